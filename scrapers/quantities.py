"""How many one may buy, and how many were bought: 限购, 起购, 已售 in sentences and beside labels.

Takes text; gives counts as digit strings. What says both a price and a quantity is a tier (scrapers.money), no limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from scrapers.traditional import fold_traditional

_UNIT = r"(?:件|个|张|份|套|次|条|枚|只|组|盒|单|笔|pcs|pieces?|units?|items?)"
_LEAST_WORD = r"(?:起购|起订|起售|起卖|起拍|起批|最少|最低|最小|至少|min)"
_MOST_WORD = r"(?:限购|限买|限售|最多|最大|至多|上限|max|limit)"
_RANGE = re.compile(
    rf"(?:购买数量|购买限制|数量限制|限购|可购买?|单次购买|每次购买|quantity)(?:数量|范围)?\s{{0,3}}[:：(（]?\s{{0,3}}"
    rf"(\d{{1,6}})\s{{0,2}}{_UNIT}?\s{{0,2}}[-~—–至到]\s{{0,2}}(\d{{1,6}})(?![\d.])",
    re.I,
)
_LEAST = (
    re.compile(
        r"(?:起购|起订|起售|起卖|起拍)(?:数量|数|量)?\s{0,3}[:：为是(（]?\s{0,3}(\d{1,6})(?![\d.])(?!\s?[元￥¥折])",
        re.I,
    ),
    re.compile(
        r"(?:最少|最低|最小|至少)(?:需要?|可)?(?:购买|订购|起购|起订|下单|买|拍)(?:数量|数|量)?\s{0,3}[:：为是]?\s{0,3}(\d{1,6})(?![\d.])(?!\s?[元￥¥折])"
    ),
    re.compile(rf"(?<![\d.])(\d{{1,6}})\s{{0,2}}{_UNIT}\s{{0,2}}(?:起购|起订|起售|起卖|起拍|起买)"),
    re.compile(
        r"min(?:imum)?\.?\s{0,2}(?:order|purchase|qty|quantity|buy)(?:\s(?:quantity|qty))?\s{0,2}[:：]?\s{0,2}(\d{1,6})(?![\d.])",
        re.I,
    ),
)
_MOST = (
    re.compile(
        r"(?:购买(?:数量)?|每[人单次笔日天]|单[次笔]|一次)\s?(?:最多|上限|不超过|至多|不得超过)(?:可?(?:购买?|买|拍|为))?"
        r"\s{0,2}[:：]?\s{0,2}(\d{1,6})(?![\d.])(?!\s?[元￥¥折])"
    ),
    re.compile(
        r"(?:限购|限买|限售)(?:数量|数)?\s{0,3}[:：为是(（]?\s{0,3}(\d{1,6})(?![\d.])(?!\s?[元￥¥折])(?!\s{0,2}[-~—–至到])"
    ),
    re.compile(
        r"(?:最多|最大|至多)(?:只?能|可以?|允许)?(?:购买|订购|下单|买|拍)(?:数量|数|量)?\s{0,3}[:：为是]?\s{0,3}(\d{1,6})(?![\d.])(?!\s?[元￥¥折])"
    ),
    re.compile(
        rf"(?:max(?:imum)?\.?\s{{0,2}}(?:order|purchase|qty|quantity|buy)?(?:\s(?:quantity|qty))?|limit(?:ed\sto)?)"
        rf"\s{{0,2}}[:：]?\s{{0,2}}(\d{{1,6}})(?![\d.])\s{{0,2}}(?:{_UNIT}|per\b|each\b|$|[,;，；|])",
        re.I,
    ),
)
_SOLD = (
    re.compile(
        r"(?:已售出?|已卖出?|累计(?:销量|销售|售出)|总?销量|月销(?:量)?|月售|售出|成交(?:量)?|热销)\s{0,3}[:：(（]?\s{0,3}"
        r"(\d[\d,]{0,9}(?:\.\d{1,2})?\s?[万千wWkK]?)\+?\s?(?:件|个|张|份|套|单|笔|次)?(?![\d.元折])"
    ),
    re.compile(
        r"(?<![\d.])(\d[\d,]{0,9}(?:\.\d{1,2})?\s?[万千wWkK]?)\+?\s?(?:人|件|个|单|笔)?\s?(?:已购买?|已付款|购买过|付款|已买)"
    ),
    re.compile(
        r"已有\s?(\d[\d,]{0,9}(?:\.\d{1,2})?\s?[万千wWkK]?)\+?\s?(?:位)?(?:人|顾客|买家|用户)(?:购买|下单|付款)"
    ),
    re.compile(r"\bsold\s{0,2}[:：]?\s{0,2}(\d[\d,]{0,9}k?)\b", re.I),
    re.compile(r"(?<![\d.])(\d[\d,]{0,9}(?:\.\d{1,2})?k?)\+?\s(?:pcs\s)?(?:sold|orders|purchases)\b", re.I),
)
_SCALE = {"万": 10_000, "w": 10_000, "千": 1_000, "k": 1_000}
_DIGIT = re.compile(r"\d")
MAX_TEXT = 50_000


@dataclass(frozen=True)
class Quantity:
    """A count in a text: "min", "max" or "sold", as digits and as it stood."""

    side: str
    value: str
    shown: str


def find_limits(text: str) -> tuple[Quantity, ...]:
    """The least and the most that one may buy at once; of each the first that the text names."""
    text = text[:MAX_TEXT]
    if not _DIGIT.search(text):
        return ()
    plain = fold_traditional(text)
    found: dict[str, Quantity] = {}

    def keep(side: str, value: str, match: re.Match[str]) -> None:
        if int(value) > 0:
            found.setdefault(side, Quantity(side, str(int(value)), text[match.start() : match.end()].strip()))

    for match in _RANGE.finditer(plain):
        if int(match.group(1)) < int(match.group(2)):
            keep("min", match.group(1), match)
            keep("max", match.group(2), match)
    for side, patterns in (("min", _LEAST), ("max", _MOST)):
        for pattern in patterns:
            for match in pattern.finditer(plain):
                keep(side, match.group(1), match)
    return tuple(found.values())


def read_limit(label: str, value: str) -> tuple[Quantity, ...]:
    """The limits of a labelled value: 限购：5, 起购数量：2件, 购买数量：1-10."""
    plain = fold_traditional(value)
    spanned = re.match(rf"\D{{0,4}}(\d{{1,6}})\s?{_UNIT}?\s?[-~—–至到]\s?(\d{{1,6}})(?!\d)", plain)
    shown = f"{label} {value}"
    if spanned and int(spanned.group(1)) < int(spanned.group(2)):
        return (Quantity("min", str(int(spanned.group(1))), shown), Quantity("max", str(int(spanned.group(2))), shown))
    both = find_limits(f"{label}：{value}")
    number = re.match(r"\D{0,8}(\d{1,6})(?![\d.])", plain)
    if number is None or int(number.group(1)) == 0:
        return both
    side = "min" if re.search(_LEAST_WORD, fold_traditional(label), re.I) else "max"
    if both and all(limit.side != side for limit in both) and not re.search(_MOST_WORD, label, re.I):
        return both
    return (
        Quantity(side, str(int(number.group(1))), shown),
        *(limit for limit in both if limit.side != side),
    )


def find_sold(text: str) -> Iterator[Quantity]:
    """Counters of what was sold, line by line; 1.2万 is 12000."""
    for line in text[:MAX_TEXT].split("\n"):
        if not _DIGIT.search(line):
            continue
        plain = fold_traditional(line)
        for pattern in _SOLD:
            for match in pattern.finditer(plain):
                if count := read_count(match.group(1)):
                    yield Quantity("sold", count, line[match.start() : match.end()].strip())


def read_count(text: str) -> str:
    """A count as digits: "1,234" is 1234, "1.2万" and "12k" are 12000; "" where there is none."""
    match = re.search(
        r"(\d[\d,]{0,9}(?:\.\d{1,2})?)\s?([万千wWkK](?![A-Za-z]))?", fold_traditional(text).replace("萬", "万")
    )
    if match is None:
        return ""
    number = Decimal(match.group(1).replace(",", ""))
    return str(int(number * _SCALE.get((match.group(2) or "").lower(), 1)))
