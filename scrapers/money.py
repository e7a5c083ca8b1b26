"""Prices in text: ¥15.80, 15.80元, 29.90 CNY, and the many ways shops write a price from a quantity on.

Takes text; gives decimal strings in yuan without trailing zeros, so that 2879.2 and 2879.20 are one price.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,4})?|\d{1,9}(?:\.\d{1,4})?"
_BEFORE = r"(?:[¥￥]|CNY|RMB|人民币)"
_AFTER = r"(?:元|圆|块钱|[¥￥]|CNY|RMB)"
_PRICE = re.compile(rf"{_BEFORE}\s{{0,3}}({_NUMBER})|(?<![\d.])({_NUMBER})\s{{0,3}}{_AFTER}(?![a-z])", re.I)
_PLAIN = re.compile(rf"^\D{{0,12}}?({_NUMBER})\D{{0,8}}$")
_QUANTITY = r"(\d{1,7})(?![\d.])\s*"
_UNIT = r"(?:件|个|张|份|套|次|条|枚|只|pcs)"
_OR_MORE = r"(?:或?以上|及以上|起批?|\+)"
_EACH = r"(?:单价|每[件个张份套]|优惠价|批发价|价格)?[\s:：为]*"
_UNIT_PRICE = rf"{_BEFORE}?\s*({_NUMBER})(?![\d.%折])(?:\s*{_AFTER})?"
_TIERS = (
    # 满10个 单价24.90元/件; 买满10件，单价24.90元; 购买10件或以上,每个：24.90￥; 购买 10 件起，24.90 元/件
    re.compile(
        rf"(?:购买|买满|购满|满|达到|≥|>=)\s*{_QUANTITY}(?:{_UNIT}\s*{_OR_MORE}?|{_OR_MORE})[\s,，:：]*{_EACH}{_UNIT_PRICE}",
        re.I,
    ),
    # 10件以上 24.9元; 10件起批：24.9; 10+ ￥24.9
    re.compile(rf"(?<![\d.\-~]){_QUANTITY}{_UNIT}?\s*{_OR_MORE}[\s,，:：]*{_EACH}{_UNIT_PRICE}", re.I),
    # 10-49件 ￥24.9
    re.compile(rf"(?<![\d.\-~]){_QUANTITY}[-~—至到]+\s*\d{{1,7}}\s*{_UNIT}[\s,，:：]*{_EACH}{_UNIT_PRICE}", re.I),
)


@dataclass(frozen=True)
class Price:
    """One price in a text: the canonical value, as it stood, and where it starts."""

    value: str
    shown: str
    start: int


@dataclass(frozen=True)
class Tier:
    """A unit price from a least quantity on."""

    quantity: str
    price: str
    shown: str


def yuan(value: object) -> str:
    """A canonical decimal string for a number or text, "" when it is none or negative."""
    if isinstance(value, bool) or value is None:
        return ""
    text = str(value).replace(",", "").strip()
    try:
        number = Decimal(text)
    except InvalidOperation:
        return ""
    if not number.is_finite() or number < 0 or number >= Decimal(10) ** 12:
        return ""
    plain = f"{number:f}"
    return plain.rstrip("0").rstrip(".") or "0" if "." in plain else plain


def find_prices(text: str) -> tuple[Price, ...]:
    """All amounts with a currency sign, in order; at most 500."""
    found = []
    for match in _PRICE.finditer(text[:200_000]):
        value = yuan(match.group(1) or match.group(2))
        if value:
            found.append(Price(value, match.group().strip(), match.start()))
        if len(found) == 500:
            break
    return tuple(found)


def read_amount(text: str) -> str:
    """The one amount of a short text with or without a sign ("¥ 29.90", "29.9"), "" if there is not just one."""
    prices = find_prices(text)
    if len(prices) == 1:
        return prices[0].value
    match = _PLAIN.match(text.strip()) if not prices else None
    return yuan(match.group(1)) if match else ""


def find_tiers(text: str) -> tuple[Tier, ...]:
    """Unit prices by quantity in a text, each quantity once, in order of quantity."""
    found: dict[int, Tier] = {}
    for pattern in _TIERS:
        for match in pattern.finditer(text[:20_000]):
            quantity, price = int(match.group(1)), yuan(match.group(2))
            if price and quantity > 1 and quantity not in found:
                found[quantity] = Tier(str(quantity), price, match.group().strip())
    return tuple(found[quantity] for quantity in sorted(found))
