"""Whether the name of a registrant is that of an organisation, of a person, or withheld. Pure.

On doubt a name is a person's: a person's name never stands in what can be published (docs/decisions/0030).
"""

from __future__ import annotations

import re

_ORGANISATION = re.compile(
    r"公司|有限|集团|工作室|商行|经营部|经销部|门市部|服务部|营业部|商贸行|网吧|个体|中心|学校|大学|学院|医院|委员会|协会"
    r"|学会|合作社|事务所|研究院|研究所|基金会|银行|报社|出版社|政府|管理局|企业|事业部|[厂店行社]$"
    r"|\b(?:ltd|limited|inc|incorporated|llc|llp|corp|corporation|company|co|gmbh|studio|group|holdings?|foundation"
    r"|university|institute|association|bank|pte|pty|s\.?a|b\.?v|ag|plc|network|networks|technology|technologies"
    r"|media|software|solutions|services|trading|enterprise|enterprises|organization|center|centre)\b\.?",
    re.IGNORECASE,
)
_WITHHELD = re.compile(
    r"redacted|privacy|private (?:registration|person)|whois ?guard|proxy|not disclosed|not shown|withheld|masked"
    r"|masking enabled|data protected|personal data|gdpr|statutory|hidden|non-public|unavailable|contact the registrar"
    r"|registration private|identity protect|whoisprotect|select (?:request|contact)|please query|query the rdap"
    r"|隐私|信息保护|已隐藏|不公开",
    re.IGNORECASE,
)
_EMPTY = frozenset({"", "-", "--", ".", "n/a", "na", "none", "null", "undefined", "not applicable", "无"})
_LONGEST = 300


def is_organisation(name: str) -> bool:
    """Whether the words of a name are those of an organisation."""
    return _ORGANISATION.search(name[:_LONGEST]) is not None


def is_withheld(value: str) -> bool:
    """Whether a registry put a phrase in place of the value, or nothing."""
    text = value.strip()[:_LONGEST]
    return text.casefold() in _EMPTY or _WITHHELD.search(text) is not None


def mask_person(name: str) -> str:
    """A person's name as it may be shown: the first character of it only ("张**")."""
    text = name.strip()
    return text[:1] + "*" * min(max(len(text) - 1, 1), 5) if text else ""
