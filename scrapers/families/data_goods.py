"""Products in the data of a page of unknown make: objects with a name, a price and one more field of a product.

Takes a ParsedPage; gives products with facts and texts. For a product's page the one that the page shows or its
address names; nothing where several would fit. What only data say carries the source `json` or `script`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import urlsplit

from scrapers.dom import ParsedPage
from scrapers.families import data_words as words
from scrapers.families.findings import MAX_PRODUCTS, Json, available_fact, fact, parse_json, source_seen
from scrapers.families.page_data import DataObject, find_objects, plain_key
from scrapers.labels import canonical
from scrapers.model import Block, BlockKind, Fact, FactKind
from scrapers.money import discounted, yuan
from scrapers.text import condense, one_line, readable_text, tidy_lines

_TAG = re.compile(r"<[a-z/!]", re.I)
_IDS = ("id", "goodsid", "productid", "gid", "pid", "slug", "token", "code", "sn", "uuid")
_LANGUAGES = ("zhcn", "zh", "zhhans", "cn", "zhtw", "zhhk", "en", "enus")
_MORE = (
    *(key for kind, keys in words.FIELDS.items() if kind is not FactKind.PRICE for key in keys),
    *(*words.DESCRIPTIONS, *words.VARIANTS, *words.TIERS, *words.LEAST, *words.MOST, "categoryid", "goodsid"),
)
_CONTACTS = {
    "qq": re.compile(r"[1-9]\d{4,10}"),
    "wechat": re.compile(r"[A-Za-z][\w-]{5,19}|1[3-9]\d{9}"),
    "email": re.compile(r"[\w.+-]{1,60}@[\w-]{1,60}(?:\.[\w-]{1,60}){1,4}"),
    "telegram": re.compile(r"@?[A-Za-z]\w{3,40}"),
    "phone": re.compile(r"1[3-9]\d{9}|\d{3,4}-?\d{7,8}|400-?\d{3}-?\d{4}"),
}
_MOST_TEXT = 200_000


@dataclass(frozen=True)
class DataGoods:
    """One product of the data: its name, ids, the list it stands in, its values and where they are."""

    name: str
    ids: frozenset[str]
    group: str
    data: DataObject
    price: str
    rank: int = field(default=0)


def find_data_goods(page: ParsedPage) -> tuple[DataGoods, ...]:
    """The products of the page's data, each name of a list once, at most 2,000."""
    found: dict[tuple[str, str], DataGoods] = {}
    for data in find_objects(page):
        goods = _as_goods(data)
        if goods is not None:
            key = (goods.group, condense(goods.name))
            if key not in found or goods.rank > found[key].rank:
                found[key] = goods
        if len(found) == MAX_PRODUCTS:
            break
    return tuple(found.values())


def product_of_page(page: ParsedPage, goods: tuple[DataGoods, ...], shown_name: str) -> DataGoods | None:
    """The product that the page is about: named by its address, or shown by name; the richest of equals."""
    parts = urlsplit(page.content.url)
    address = {part for part in re.split(r"[/?&=#.]", f"{parts.path}?{parts.query}#{parts.fragment}") if part}
    scored: dict[str, tuple[int, int, DataGoods]] = {}
    for item in goods:
        score = 4 * bool(item.ids & address) + 3 * (condense(item.name) == condense(shown_name)) + (not item.group)
        name = condense(item.name)
        if name not in scored or (score, item.rank) > scored[name][:2]:
            scored[name] = (score, item.rank, item)
    ranked = sorted(scored.values(), key=lambda entry: entry[:2], reverse=True)
    if not ranked or (ranked[0][0] < 3 and len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None
    return ranked[0][2]


def goods_facts(goods: DataGoods, subject: str, shown_price: str = "", confidence: float = 0.7) -> Iterator[Fact]:
    """What the data say of a product.

    Money counts in hundredths where the page shows a hundredth of the data's price.
    """
    data = goods.data
    cents = bool(shown_price) and shown_price != goods.price and in_yuan(goods.price) == shown_price

    def money(amount: str) -> str:
        return in_yuan(amount) if cents else amount

    def told(kind: FactKind, key: str, value: str, qualifier: str = "", shown: str = "") -> tuple[Fact, ...]:
        return fact(
            subject,
            kind,
            value,
            shown=shown or value,
            qualifier=qualifier,
            place=f"{data.place}/{key}",
            source=data.source,
            confidence=confidence,
        )

    yield from told(FactKind.NAME, "name", goods.name)
    yield from told(FactKind.PRICE, "price", money(goods.price))
    for kind, keys in words.FIELDS.items():
        if kind is FactKind.PRICE:
            continue
        for key in keys:
            value = _field_value(kind, data.values.get(key))
            if not value or (kind is FactKind.ORIGINAL_PRICE and (value in ("0", goods.price))):
                continue
            value = money(value) if kind in (FactKind.ORIGINAL_PRICE, FactKind.MEMBER_PRICE) else value
            for found in told(kind, key, value):
                yield found
                yield from available_fact(found) if kind is FactKind.STOCK else ()
            break
    for side, keys in (("min", words.LEAST), ("max", words.MOST)):
        number = next((n for key in keys if (n := _text(data.values.get(key))).isdecimal() and int(n) > 0), "")
        if number and (side == "max" or int(number) > 1):
            yield from told(FactKind.LIMIT, side, str(int(number)), side)
    inner = data.values.get("config")
    nested = {plain_key(key): value for key, value in inner.items()} if isinstance(inner, dict) else {}
    for name, price in (*_variants(data.values), *_variants(nested)):
        yield from told(FactKind.VARIANT_PRICE, "variants", money(price), name)
    for quantity, price in (*_tiers(data.values, goods.price), *_tiers(nested, goods.price)):
        yield from told(FactKind.TIER_PRICE, "wholesale", money(price), quantity)
    if any(data.values.get(key) in (True, 1, "1") for key in words.PASSWORDS):
        yield from told(FactKind.LOCKED, "password", "password")


def contact_facts(page: ParsedPage) -> Iterator[Fact]:
    """Contacts of the shop that the data of its site tell: qq, wechat, email ... in objects that are no product."""
    found: dict[str, dict[str, DataObject]] = {}
    for data in find_objects(page):
        of_goods = _as_goods(data) is not None
        for key, value in data.values.items():
            kind = words.CONTACTS.get(key, "") if not of_goods or key in words.SERVICE_CONTACTS else ""
            text = _text(value).strip() if kind else ""
            if text and _CONTACTS[kind].fullmatch(text):
                found.setdefault(kind, {}).setdefault(text, data)
    for kind, values in found.items():
        told = ", ".join(sorted(values)[:10])
        data = values[sorted(values)[0]]
        yield from fact(
            "", FactKind.CONTACT, told, qualifier=kind, place=data.place, source=data.source, confidence=0.6
        )


def in_yuan(hundredths: str) -> str:
    """Hundredths of a yuan as yuan."""
    value = yuan(hundredths)
    return yuan(Decimal(value) / 100) if value else ""


def loose_tiers(page: ParsedPage, subject: str, price: str) -> Iterator[Fact]:
    """Wholesale prices in a list of their own: small objects of a quantity and a price or discount, without a name."""
    for data in find_objects(page):
        if not data.group or len(data.values) > 5 or any(data.values.get(key) for key in words.NAME):
            continue
        for quantity, unit in _tiers({"tiers": [dict(data.values)]}, price):
            yield from fact(
                subject,
                FactKind.TIER_PRICE,
                unit,
                qualifier=quantity,
                place=data.place,
                source=data.source,
                confidence=0.5,
            )


def goods_blocks(page: ParsedPage, goods: DataGoods, subject: str) -> Iterator[Block]:
    """The texts of a product in the data: its description and its notice to buyers."""
    for kind, keys in ((BlockKind.DESCRIPTION, words.DESCRIPTIONS), (BlockKind.PROMPT, words.PROMPTS)):
        for key in keys:
            text = plain_text(goods.data.values.get(key))
            if len(text) >= 4:
                seen = source_seen(page, text, goods.data.source)
                yield Block(kind, text, subject=subject, place=f"{goods.data.place}/{key}", source=seen)
                break


def plain_text(value: Json) -> str:
    """A text of the data as a person would read it: HTML, escaped HTML, or one of several languages."""
    text = _text(value)[:_MOST_TEXT]
    if "&lt;" in text:
        text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    return readable_text(text) if _TAG.search(text) else tidy_lines(text)


def _as_goods(data: DataObject) -> DataGoods | None:
    values = data.values
    name_key = next((key for key in words.NAME if _text(values.get(key)).strip()), "")
    name = one_line(_text(values.get(name_key)))[:200]
    price = next((p for key in words.FIELDS[FactKind.PRICE] if (p := _amount(values.get(key)))), "")
    more = sum(1 for key in _MORE if values.get(key) not in (None, "", [], {}))
    if not name or not price or not more or _TAG.search(name):
        return None
    ids = frozenset(text for key in _IDS if (text := _text(values.get(key))))
    return DataGoods(name, ids, data.group, data, price, more)


def _text(value: Json) -> str:
    """A text, or the Chinese one of a text in several languages."""
    if isinstance(value, dict):
        by_language = {plain_key(key): item for key, item in value.items()}
        found = (by_language[language] for language in _LANGUAGES if by_language.get(language))
        return next((item for item in found if isinstance(item, str)), "")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)


def _amount(value: Json) -> str:
    return yuan(_text(value).lstrip("¥￥ ").removesuffix("元"))


def _field_value(kind: FactKind, value: Json) -> str:
    text = one_line(_text(value))
    if not text or text.lower() in ("null", "none", "-1"):
        return ""
    if kind in (FactKind.ORIGINAL_PRICE, FactKind.MEMBER_PRICE):
        return _amount(text)
    if kind is FactKind.DELIVERY:
        return words.DELIVERY_WORDS.get(text.lower(), "" if text.isascii() and text.isdecimal() else text)[:40]
    if kind in (FactKind.STOCK, FactKind.SOLD):
        return canonical(kind, text)[:20]
    return text[:120]


def _rows(value: Json) -> list[Json]:
    if isinstance(value, str) and value[:1] in "[{":
        value = parse_json(value)
    if isinstance(value, dict):
        return [[key, item] for key, item in list(value.items())[:200]]
    return value[:200] if isinstance(value, list) else []


def _variants(values: dict[str, Json]) -> Iterator[tuple[str, str]]:
    for key in words.VARIANTS:
        for row in _rows(values.get(key)):
            if isinstance(row, dict):
                plain = {plain_key(k): v for k, v in row.items()}
                name = next((one_line(_text(plain[k])) for k in words.SKU_NAMES if _text(plain.get(k))), "")
                price = next((p for k in words.FIELDS[FactKind.PRICE] if (p := _amount(plain.get(k)))), "")
            elif isinstance(row, list) and len(row) == 2:
                name, price = one_line(_text(row[0])), _amount(row[1])
            else:
                continue
            if name and price and len(name) <= 60:
                yield name, price


def _tiers(values: dict[str, Json], base: str) -> Iterator[tuple[str, str]]:
    for key in words.TIERS:
        for row in _rows(values.get(key)):
            if isinstance(row, dict):
                plain = {plain_key(k): v for k, v in row.items()}
                quantity = next((_text(plain[k]) for k in words.QUANTITIES if _text(plain.get(k))), "")
                price = next((p for k in words.TIER_PRICES if (p := _amount(plain.get(k)))), "")
                ratio = next((_text(plain[k]) for k in words.RATIOS if _text(plain.get(k))), "")
                price = price or discounted(base, _share(ratio))
            elif isinstance(row, list) and len(row) >= 2:
                quantity, price = _text(row[0]), _amount(row[1])
            else:
                continue
            if quantity.isdecimal() and int(quantity) > 1 and price and price != "0":
                yield str(int(quantity)), price


def _share(ratio: str) -> str:
    """A discount as a share of the price: 0.95, 9.5 (折) and 95 (%) are one."""
    value = yuan(ratio)
    if not value:
        return ""
    number = float(value)
    return value if number < 1 else str(number / 10) if number < 10 else str(number / 100)
