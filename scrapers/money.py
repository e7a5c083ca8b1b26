"""Prices in text: ¥15.80, 15.80元, 29.90 CNY, and the many ways shops write a price from a quantity on.

Takes text; gives decimal strings in yuan without trailing zeros, so that 2879.2 and 2879.20 are one price. Wholesale
prices come in three conventions (a price of each, a price of all, a discount) and are given as unit prices.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from scrapers.traditional import fold_traditional

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,4})?|\d{1,9}(?:\.\d{1,4})?"
_BEFORE = r"(?:[¥￥]|CNY|RMB|人民币)"
_AFTER = r"(?:元|圆|块钱|[¥￥]|CNY|RMB)"
_PRICE = re.compile(rf"{_BEFORE}\s{{0,3}}({_NUMBER})|(?<![\d.])({_NUMBER})\s{{0,3}}{_AFTER}(?![a-z])", re.I)
_PLAIN = re.compile(rf"^\D{{0,12}}?({_NUMBER})\D{{0,8}}$")
_QUANTITY = r"(\d{1,7})(?![\d.])\s*"
_UNIT = r"(?:件|个|张|份|套|次|条|枚|只|组|盒|月|年|pcs|pieces?|units?|items?|codes?|keys?)"
_OR_MORE = r"(?:或?以上|及以上|起批?|\+|or\smore)"
_EACH = r"(?:单价|每[件个张份套]|优惠价|批发价|价格|仅需?|只需|each|@)?[\s:：为]*"
_UNIT_PRICE = rf"{_BEFORE}?\s*({_NUMBER})(?![\d.%折])(?:\s*{_AFTER})?"
_REACHED = r"(?:购买|买满|购满|满|买够|达到|批发|拿|buy|order|≥|>=)"
_UNIT_PRICES = (
    # 满10个 单价24.90元/件; 买满10件，单价24.90元; 购买10件或以上,每个：24.90￥; 购买 10 件起，24.90 元/件
    re.compile(
        rf"{_REACHED}\s*{_QUANTITY}(?:{_UNIT}\s*{_OR_MORE}?|{_OR_MORE})[\s,，:：]*{_EACH}{_UNIT_PRICE}",
        re.I,
    ),
    # 10件以上 24.9元; 10件起批：24.9; 10+ ￥24.9
    re.compile(rf"(?<![\d.\-~]){_QUANTITY}{_UNIT}?\s*{_OR_MORE}\s*{_UNIT}?[\s,，:：]*{_EACH}{_UNIT_PRICE}", re.I),
    # 10-49件 ￥24.9
    re.compile(rf"(?<![\d.\-~]){_QUANTITY}[-~—–至到]+\s*\d{{1,7}}\s*{_UNIT}[\s,，:：]*{_EACH}{_UNIT_PRICE}", re.I),
)
_ALL = r"(?:总价|共计?|合计|一共|总共|总计|打包价?|套餐价|整组|in\stotal|total)"
_TOTALS = (
    # 满10件共249元; 10个打包价￥95; 买5件 总价 45元
    re.compile(
        rf"(?<![\d.\-~]){_QUANTITY}{_UNIT}(?:装|套餐|组合)?[\s,，:：]*{_ALL}[\s:：为只需仅要]*{_UNIT_PRICE}", re.I
    ),
    # 5件装 ￥45; 5件套餐：45元
    re.compile(rf"(?<![\d.\-~]){_QUANTITY}{_UNIT}(?:装|套餐|组合)[\s,，:：]*{_UNIT_PRICE}", re.I),
)
_TOTAL_FIRST = re.compile(rf"{_BEFORE}?\s*({_NUMBER})\s*{_AFTER}?\s*/\s*{_QUANTITY}{_UNIT}", re.I)
_FOLDS = r"(\d(?:\.\d{1,2})?|\d{2}|[一二三四五六七八九]{1,2})\s*折"
_DISCOUNT = re.compile(
    rf"(?<![\d.\-~]){_QUANTITY}(?:[-~—–至到]+\s*\d{{1,7}}\s*)?{_UNIT}?\s*{_OR_MORE}?\s*{_UNIT}?[\s,，:：]*"
    rf"(?:可?享受?|全部|单价|每[件个张份]|一律|立?打|[\s,，:：])*"
    rf"(?:{_FOLDS}|(?:优惠|立减|减|降|-|save\s|discount\s)\s*(\d{{1,2}}(?:\.\d{{1,2}})?)\s*[%％](?!\d)"
    rf"|(\d{{1,2}}(?:\.\d{{1,2}})?)\s*[%％]\s*off)",
    re.I,
)
_OFF_EACH = re.compile(
    rf"(?<![\d.\-~]){_QUANTITY}{_UNIT}\s*{_OR_MORE}?[\s,，:：]*每[件个张份套]\s*(?:再|立)?(?:优惠|立减|减|便宜|降)\s*"
    rf"{_BEFORE}?\s*({_NUMBER})(?![\d.%％折])(?:\s*{_AFTER})?",
    re.I,
)
_MAY_TOTAL = re.compile("总|共|合计|打包|套|整组|装|组合|total", re.I)
_MAY_TIER = re.compile(
    f"{_MAY_TOTAL.pattern}|[/折%％减降+≥至到以起满够拿~—–-]|优惠|便宜|购买|达到|批发|buy|order|>=|more", re.I
)
"""What a text has in which any of these patterns is found: asked first, of every card of a list."""
_DIGITS = {word: number for number, word in enumerate("零一二三四五六七八九")}
_FOREIGN = re.compile(
    rf"(?:(USDT|USD|US\$|HK\$|HKD|NT\$|TWD|EUR|€|GBP|£|JPY|\$)\s{{0,2}}({_NUMBER})|(?<![\d.])({_NUMBER})\s{{0,2}}(USDT|USD|HKD|TWD|EUR|美元|美金|港币|台币|欧元|[Uu](?![A-Za-z])))"
)
_CURRENCIES = {
    "US$": "USD",
    "$": "USD",
    "美元": "USD",
    "美金": "USD",
    "HK$": "HKD",
    "港币": "HKD",
    "NT$": "TWD",
    "台币": "TWD",
    "€": "EUR",
    "欧元": "EUR",
    "£": "GBP",
    "U": "USDT",
    "u": "USDT",
}


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


def find_foreign(text: str) -> tuple[Price, str] | None:
    """The first amount in another currency than yuan, with the currency's code (USDT is one), None without one."""
    match = _FOREIGN.search(text[:20_000])
    value = yuan(match.group(2) or match.group(3)) if match else ""
    if match is None or not value:
        return None
    sign = match.group(1) or match.group(4)
    return Price(value, match.group().strip(), match.start()), _CURRENCIES.get(sign, sign)


def find_tiers(text: str, unit_price: str = "") -> tuple[Tier, ...]:
    """Unit prices by quantity in a text, each quantity once, in order of quantity.

    `unit_price` is the price of one, needed where the text names a discount only (满10件9.5折, 每件减2元).
    """
    text = text[:20_000]
    plain = fold_traditional(text)
    found: dict[int, Tier] = {}

    def keep(match: re.Match[str], quantity: str, price: str) -> None:
        if price and price != "0" and int(quantity) > 1 and int(quantity) not in found:
            found[int(quantity)] = Tier(str(int(quantity)), price, text[match.start() : match.end()].strip())

    if not _MAY_TIER.search(plain):
        return ()
    for pattern in _TOTALS if _MAY_TOTAL.search(plain) else ():
        for match in pattern.finditer(plain):
            keep(match, match.group(1), share_of(match.group(2), match.group(1)))
    for match in _TOTAL_FIRST.finditer(plain):
        keep(match, match.group(2), share_of(match.group(1), match.group(2)))
    if unit_price:
        for match in _OFF_EACH.finditer(plain):
            keep(match, match.group(1), _less(unit_price, match.group(2)))
        for match in _DISCOUNT.finditer(plain):
            keep(match, match.group(1), discounted(unit_price, _ratio(match)))
    for pattern in _UNIT_PRICES:
        for match in pattern.finditer(plain):
            keep(match, match.group(1), yuan(match.group(2)))
    return tuple(found[quantity] for quantity in sorted(found))


def share_of(total: str, quantity: str) -> str:
    """The price of one where `quantity` of them cost `total`; four decimals at most."""
    amount = yuan(total)
    return yuan(round(Decimal(amount) / int(quantity), 4)) if amount and int(quantity) else ""


def discounted(unit_price: str, ratio: str) -> str:
    """The unit price after a discount to `ratio` ("0.95"); four decimals at most, "" for a ratio that is none."""
    price, share = yuan(unit_price), yuan(ratio)
    if not price or not share or not 0 < Decimal(share) < 1:
        return ""
    return yuan(round(Decimal(price) * Decimal(share), 4))


def read_fold(text: str) -> str:
    """A Chinese discount as a ratio: 9.5折, 95折 and 九五折 are "0.95", "" where there is none."""
    match = re.search(_FOLDS, text)
    return _fold_ratio(match.group(1)) if match else ""


def _ratio(match: re.Match[str]) -> str:
    if match.group(2):
        return _fold_ratio(match.group(2))
    return yuan(1 - Decimal(match.group(3) or match.group(4)) / 100)


def _fold_ratio(fold: str) -> str:
    digits = "".join(str(_DIGITS.get(character, character)) for character in fold)
    return yuan(Decimal(digits) / (10 if "." in digits or len(digits) == 1 else 100))


def _less(price: str, taken: str) -> str:
    return yuan(Decimal(price) - Decimal(yuan(taken) or "0"))
