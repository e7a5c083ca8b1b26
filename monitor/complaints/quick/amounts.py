"""Sums of money in what people type: 50, 50元, ¥1,200.00, 五十块, 8块5, 1.5万. Pure.

Gives sums in yuan with their place. A number that is a time, a date, an order number or a count is no sum; a sum of
coins (USDT) is given apart, for it is no yuan.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

MOST = Decimal(100_000_000)
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,3})?|\d{1,9}(?:\.\d{1,3})?"
_SCALE = r"\s*(?P<scale>[万wk千]?)"
_YUAN = r"(?:元|块钱?|圆|rmb|cny|人民币)"
_GIVEN = r"(?<![送返减赠])(?<!优惠)"
_WITH_UNIT = re.compile(
    rf"(?:[¥￥]\s*(?P<signed>{_NUMBER}){_SCALE}|{_GIVEN}(?<![\d.a-z])(?P<named>{_NUMBER})(?P<scale2>\s*[万wk千]?)\s*{_YUAN}(?P<jiao>\d(?!\d))?)"
)
_CHINESE = re.compile(rf"{_GIVEN}(?P<written>[零〇一二两三四五六七八九十百千万]{{1,12}})\s*{_YUAN}")
_BARE = re.compile(
    rf"{_GIVEN}(?<![\d.,:/a-z-])(?P<bare>{_NUMBER})(?P<scale>[万wk千]?)(?![\d.,:/%-]*\d)(?![a-z])(?!\s*(?:[%多来几余:点时分号月日天年次张个笔条位岁]|小时|星期|周))"
)
_COINS = re.compile(rf"(?<![\d.])({_NUMBER})\s*(?:usdt|u(?![a-z]))")
_RANGE = re.compile(r"\d+(?:\.\d+)?\s*(?:元|块)?\s*(?:[~～—至]|-(?!\d+-)|到)\s*\d+(?:\.\d+)?\s*(?:元|块)")
_EACH = re.compile(r"(?:各|每[张笔个次单]|单价|一张)[^\d，。,]{0,4}$")
_TOTAL = re.compile(r"(?:一?共|合计|总共|总计|加起来|前后)\S{0,4}$")


@dataclass(frozen=True)
class Amount:
    """A sum in yuan, as it stood, with its place; `total` where it is called the sum of all."""

    yuan: Decimal
    shown: str
    start: int
    end: int
    total: bool = False
    each: bool = False  # of each of several: 两笔各50元


def find_amounts(text: str, *, bare: bool = False) -> tuple[Amount, ...]:
    """The sums in a text in half width and lower case, by place; with `bare` also numbers without a unit."""
    text = _RANGE.sub(lambda match: " " * len(match[0]), text)
    found = [
        _make(text, match, match["signed"] or match["named"], match["scale"] or match["scale2"], match["jiao"])
        for match in _WITH_UNIT.finditer(text)
    ]
    found += [_make_written(text, match) for match in _CHINESE.finditer(text)]
    kept = [one for one in found if one is not None]
    if not kept and bare and not _COINS.search(text):
        kept = [
            one for match in _BARE.finditer(text) if (one := _make(text, match, match["bare"], match["scale"], None))
        ]
    return tuple(sorted(kept, key=lambda one: one.start))


def find_coins(text: str) -> str:
    """A sum of coins as it stood ("200 u"), "" for none."""
    match = _COINS.search(text)
    return match[0] if match else ""


def choose_amount(amounts: tuple[Amount, ...]) -> Amount | None:
    """The one sum that was paid: the only one, or the one called the total; None where it cannot be said."""
    if any(one.each for one in amounts):
        return None
    totals = [one for one in amounts if one.total]
    if len(totals) == 1:
        return totals[0]
    values = {one.yuan for one in amounts}
    return amounts[0] if len(values) == 1 else None


def show_yuan(amount: Decimal) -> str:
    """A sum as a Chinese reader writes it, without needless zeros: 50, 8.8, 1234.5."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _make(text: str, match: re.Match[str], number: str, scale: str | None, jiao: str | None) -> Amount | None:
    try:
        value = Decimal(number.replace(",", ""))
    except InvalidOperation:
        return None
    scale = (scale or "").strip()
    value *= {"万": 10_000, "w": 10_000, "k": 1000, "千": 1000}.get(scale, 1)
    if jiao and "." not in number:
        value += Decimal(jiao) / 10
    if not 0 < value <= MOST:
        return None
    return _place(text, match, value)


def _make_written(text: str, match: re.Match[str]) -> Amount | None:
    value = read_chinese(match["written"])
    if not value:
        return None
    return _place(text, match, Decimal(value))


def _place(text: str, match: re.Match[str], value: Decimal) -> Amount:
    before = text[max(0, match.start() - 20) : match.start()]
    shown, total, each = match[0].strip(), bool(_TOTAL.search(before)), bool(_EACH.search(before))
    return Amount(value, shown, match.start(), match.end(), total, each)


def read_chinese(written: str) -> int | None:
    """A number in Chinese characters up to 万: 五十, 一百二 (120), 两千零五; None for what is none."""
    if not written or any(char not in "零〇一二两三四五六七八九十百千万" for char in written):
        return None
    whole, last, digit, part = 0, 1, 0, 0
    for char in written:
        if char in _DIGITS:
            digit = _DIGITS[char]
            last = 1 if char in "零〇" else last
        elif char == "万":
            whole, part, digit, last = (part + digit) * 10_000, 0, 0, 10_000
        else:
            part += (digit or 1) * _UNITS[char]
            last, digit = _UNITS[char], 0
    tail = digit * (last // 10) if last >= 100 and written[-1] in _DIGITS and written[-2] not in "零〇" else digit
    return whole + part + tail
