"""Numbers as Chinese terms write them: 7, 7.5, 1,200, 1.5万, 三, 十二, 一百二十, 两, 半, 伍拾. Text in, Decimal out."""

from __future__ import annotations

import re
from decimal import Decimal

DIGIT_NUMBER = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
CHINESE_NUMBER = r"[零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟廿卅]+"
NUMBER = rf"(?:(?:{DIGIT_NUMBER})\s?[万千百亿]?|{CHINESE_NUMBER})"

_DIGITS = {
    c: i
    for i, row in enumerate(("零〇", "一壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for c in row
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "廿": 20, "卅": 30}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
_MIXED = re.compile(rf"({DIGIT_NUMBER})\s?([百千万亿]?)")


def read_number(text: str) -> Decimal | None:
    """The value of a numeral, None when it is not one. Half (半) is read by its caller, who knows the unit."""
    text = text.strip()
    mixed = _MIXED.fullmatch(text)
    if mixed:
        factor = _MYRIADS.get(mixed.group(2)) or _UNITS.get(mixed.group(2)) or 1
        return Decimal(mixed.group(1).replace(",", "")) * factor
    return _read_chinese(text)


def _read_chinese(text: str) -> Decimal | None:
    if not text or len(text) > 20:
        return None
    if all(c in _DIGITS for c in text):
        return Decimal("".join(str(_DIGITS[c]) for c in text))  # 二〇二六, 七
    total = section = digit = 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _UNITS:
            unit = _UNITS[character]
            section += unit if unit in (20, 30) else (digit or 1) * unit
            digit = 0
        elif character in _MYRIADS:
            total += (section + digit or 1) * _MYRIADS[character]
            section = digit = 0
        else:
            return None
    return Decimal(total + section + digit)
