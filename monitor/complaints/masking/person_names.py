"""Tells a natural person's name from the many words that begin with a family name.

Takes Han texts, gives yes or no, or the place of a name behind a label. Where a label and a colon stand before it,
nearly anything of two to four Han is a name; without a colon only what looks like one.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources

from monitor.operators.subject_names import SubjectKind, classify_name, is_person_name

_HAN = re.compile(r"[\u4e00-\u9fff]{2,4}(?:·[\u4e00-\u9fff]{1,8})?|[\u4e00-\u9fff]{1,6}·[\u4e00-\u9fff]{1,8}")
_LATIN = re.compile(r"[A-Z][a-z]{1,14}(?: [A-Z][a-z]{1,14}){1,2}")
_ENDS = re.compile(r"[\s,，。.;；:!?、()\[\]{}<>|/\"'*\-—+&=_~《》【】「」『』…]|[0-9A-Za-z]|$")
_FOLLOWS = re.compile(
    r"[,，。.;；:!?、\s()\[\]]|[0-9]|$|[于在向因系及和与即是的为已也就，被把通购下付支手电身住男女收]"
)
_FILE = "key_formats.toml"
_LEADING_VERB = re.compile(
    r"[的了在于向是不没有要把被会能可也都就还很已未请将对从给让叫去来到说问买卖付收发退用找看想应该需]"
)


@cache
def _load_words() -> frozenset[str]:
    """Words that begin with a family name and are no names."""
    text = resources.files("monitor.reference").joinpath(_FILE).read_text(encoding="utf-8")
    return frozenset(tomllib.loads(text)["not_names"]["words"])


def is_name(text: str) -> bool:
    """Whether Han without a label look like a person's name."""
    if text in _load_words() or text[:2] in _load_words() or classify_name(text) is not SubjectKind.PERSON:
        return False
    return is_person_name(text) and not _LEADING_VERB.match(text[1:])


def read_name(text: str, begin: int, limit: int, *, said: bool, label: str) -> tuple[int, int] | None:
    """Where the name behind a label stands, None where there is none."""
    match = _HAN.match(text, begin) or _LATIN.match(text, begin, max(begin, limit))
    if match is None:
        return None
    name = match[0]
    if name[0].isascii():
        return match.span() if said and name.lower() not in ("sign in", "log in") else None
    after = text[match.end() : match.end() + 1]
    if after == "*":
        return None  # masked already
    if "·" in name:
        return match.span()
    if (
        said
        and (not after or _ENDS.match(after))
        and name not in _load_words()
        and classify_name(name) in (SubjectKind.PERSON, SubjectKind.NAME)
    ):
        stem = name.removesuffix("的")  # 实名是成年人的: whose it is, said without a name; 实名是王小明的 with one
        if stem != name:
            return (begin, begin + len(stem)) if is_name(stem) else None
        spoken = label in _LOOSE_LABELS and name[:2] in _load_words()
        if (is_person_name(name) and not spoken) or (
            len(name) <= 3 and name[:2] not in _load_words() and label not in _LOOSE_LABELS
        ):
            return match.span()
        return None
    if name[0] == "于" and label == "本人":
        return None  # 本人于… says when
    for length in range(min(len(name), 3), 1, -1):
        part = name[:length]
        if is_name(part) and _FOLLOWS.match(text[begin + length : begin + length + 1]):
            if text[begin + length : begin + length + 2] == "公司":
                continue
            return begin, begin + length
    return None


_LOOSE_LABELS = frozenset(
    {
        "本人",
        "我是",
        "买家",
        "卖家",
        "老板",
        "店主",
        "法人",
        "签名",
        "签字",
        "顾客",
        "名字",
        "收款方",
        "收款方全称",
        "付款方全称",
        "商户全称",
        "对方全称",
        "收款人全称",
        "全称",
        "消费者",
        "付款方",
        "负责人",
        "联系人",
        "经营者",
        "收款账户",
        "实名",
        "实名认证",
        "payee",
        "payer",
        "掌柜",
        "此致",
        "敬礼",
        "购买方",
        "嫌疑人",
        "第三人",
    }
)
