"""Answers that a person looked up by hand (公示系统, 工信部, payment provider, court ...) and what they can prove.

Takes stored records, gives typed answers. An answer proves what its source can know: 公示系统 that a firm exists under
a number, never that it runs a site; 工信部 asked by the domain who holds its 备案. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from scrapers.identifiers.checks import canonical_value, problem_of, split_icp
from storage.identity import VerifiedRecord

SOURCES = {
    "gsxt": "国家企业信用信息公示系统",
    "miit": "工信部备案查询",
    "payment": "支付机构或银行的答复",
    "platform": "平台的披露",
    "court": "法院文书",
    "other": "其他来源",
}
FIELDS = {
    "name": "名称",
    "uscc": "统一社会信用代码",
    "address": "住所或经营场所",
    "icp": "备案号",
    "domain": "域名",
    "filed_on": "备案审核通过日期",
    "website": "年报公示的网站",
    "account": "收款账户或商户号",
    "status": "登记状态",
    "scope": "经营范围",
    "legal_representative": "法定代表人或经营者",
    "role": "身份",
    "uninvolved": "与该站点无关（yes）",
    "note": "说明",
}
_YES = frozenset({"yes", "true", "1", "是", "y"})
_GONE = re.compile(r"注销|吊销|撤销|清算|解散|迁出")
_MOST_FIELD = 500
_NUMBER_SOURCES = ("gsxt", "court", "payment")


@dataclass(frozen=True)
class VerifiedAnswer:
    """One answer, read. `links_site` says that its source itself ties the subject to the site or the payment."""

    record: VerifiedRecord
    name: str = ""
    uscc: str = ""
    address: str = ""
    icp: str = ""
    account: str = ""
    status: str = ""
    scope: str = ""
    domains: tuple[str, ...] = ()
    filed_on: date | None = None
    uninvolved: bool = False
    links_site: bool = False
    asked_site: bool = False  # the site's own name was asked for

    @property
    def is_gone(self) -> bool:
        """Whether the register calls the subject deleted, revoked or the like."""
        return _GONE.search(self.status) is not None

    @property
    def gives_number(self) -> bool:
        """Whether its source keeps names and numbers together itself, so that one proves the other."""
        return bool(self.name and self.uscc) and self.record.source in _NUMBER_SOURCES

    @property
    def source_zh(self) -> str:
        """The source in Chinese."""
        return SOURCES.get(self.record.source, self.record.source)


def read_answers(records: Iterable[VerifiedRecord]) -> tuple[VerifiedAnswer, ...]:
    """The answers that stand (not revoked), oldest look-up first."""
    standing = (record for record in records if record.revoked_at is None)
    return tuple(read_answer(record) for record in sorted(standing, key=lambda one: (one.looked_on, one.id)))


def read_answer(record: VerifiedRecord) -> VerifiedAnswer:
    """One record's fields, spelt as statements spell them; a number that fails its checks is left out."""
    told: dict[str, str] = {}
    domains: list[str] = []
    for name, value in record.fields:
        value = value.strip()[:_MOST_FIELD]
        if name in ("domain", "website"):
            domains += [one.lower() for one in re.split(r"[\s,，;；、]+", value)[:50] if one]
        else:
            told.setdefault(name, value)
    uscc = canonical_value("uscc", told.get("uscc", ""))
    icp = canonical_value("icp", told.get("icp", ""))
    uscc = uscc if uscc and not problem_of("uscc", uscc) else ""
    names_site = any(_is_about(one, record.site) for one in (*domains, record.asked))
    return VerifiedAnswer(
        record=record,
        name=canonical_value("company", told.get("name", "")),
        uscc=uscc,
        address=told.get("address", ""),
        icp=icp_key(icp),
        account=told.get("account", ""),
        status=told.get("status", ""),
        scope=told.get("scope", ""),
        domains=tuple(domains),
        filed_on=_read_day(told.get("filed_on", "")),
        uninvolved=told.get("uninvolved", "").lower() in _YES,
        asked_site=_is_about(record.asked, record.site),
        links_site={
            "gsxt": any(_is_about(one, record.site) for one in domains),
            "miit": names_site,
            "payment": True,
            "platform": True,
            "court": True,
        }.get(record.source, False),
    )


def check_fields(fields: Iterable[tuple[str, str]]) -> str:
    """What is wrong with the fields that a person types, "" where nothing is."""
    fields = tuple(fields)
    for name, value in fields:
        if name not in FIELDS:
            return f"there is no field {name!r}; the fields are {', '.join(FIELDS)}"
        if not value.strip() or len(value) > _MOST_FIELD:
            return f"the field {name} needs 1 to {_MOST_FIELD} characters"
        if name == "filed_on" and _read_day(value.strip()) is None:
            return f"the field filed_on is a day such as 2024-05-31, not {value!r}"
        if name == "uscc" and (problem := problem_of("uscc", value)):
            return f"the USCC {value!r} cannot be right ({problem}); look at the register again"
    if not any(name in ("name", "uscc", "icp", "account", "uninvolved") for name, _ in fields):
        return "an answer needs at least one of name, uscc, icp, account, uninvolved"
    return ""


def days_apart(answer: VerifiedAnswer, day: date) -> int:
    """How many days lie between the look-up and a day."""
    return abs((answer.record.looked_on - day).days)


def icp_key(value: str) -> str:
    """An ICP number without the suffix of its site: 粤ICP备12345678号."""
    province, digits, _ = split_icp(value)
    return f"{province}ICP备{digits}号" if digits else ""


def _read_day(text: str) -> date | None:
    """A day that a person typed: 2024-05-31, 2024/5/31 or 2024年5月31日."""
    match = re.fullmatch(r"([0-9]{4})[-/年.]([0-9]{1,2})[-/月.]([0-9]{1,2})日?", text)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def _is_about(told: str, site: str) -> bool:
    """Whether an address or domain that was typed is the site's: equal, or below it."""
    host = re.sub(r"^[a-z]+://", "", told.strip().lower()).split("/")[0].split(":")[0].rstrip(".")
    name = site.split("@")[0].split("/")[0].lower()
    return bool(host) and bool(name) and (host == name or host.endswith(f".{name}"))
