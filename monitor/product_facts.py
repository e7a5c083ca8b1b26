"""What a page says about its goods, as one record a product: the form in which readings leave the tool as JSON.

Takes a Reading and the page's address; gives frozen records. Pure. A field that the page does not tell is None or
empty, and `sources` says of every other where it stood, how, and how sure the reader is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlsplit

from scrapers.model import Author, Block, BlockKind, Fact, FactKind, Reading

DEFAULT_CURRENCY = "CNY"
_NOTICES = (BlockKind.NOTICE, BlockKind.PROMPT)
_SIMPLE = {
    "name": FactKind.NAME,
    "price": FactKind.PRICE,
    "original_price": FactKind.ORIGINAL_PRICE,
    "sold": FactKind.SOLD,
    "delivery": FactKind.DELIVERY,
    "face_value": FactKind.FACE_VALUE,
    "validity": FactKind.VALIDITY,
    "warranty": FactKind.WARRANTY,
    "after_sales": FactKind.AFTER_SALES,
    "supplier": FactKind.SUPPLIER,
    "locked": FactKind.LOCKED,
    "available": FactKind.AVAILABLE,
}
_AFTER_SALES = re.compile(r"售后|退换|退款|质保")
_DIGITS = re.compile(r"\d+")
_SHORT_SIDES = {"": "max", "maximum": "max", "minimum": "min"}


@dataclass(frozen=True)
class FactSource:
    """Where a field was read: the kind of text, its place in the page, how it stood, and the confidence (0 to 1)."""

    source: str
    place: str
    shown: str
    confidence: float


@dataclass(frozen=True)
class Variant:
    """A kind of the product that is chosen before buying; `price` in yuan, None where it is not told."""

    name: str
    price: str | None


@dataclass(frozen=True)
class WholesaleTier:
    """From so many pieces on, one piece costs so much."""

    min_quantity: int
    unit_price: str


@dataclass(frozen=True)
class MemberPrice:
    """What a level of members pays for one piece; `level` is "" where there is one level only."""

    level: str
    price: str


@dataclass(frozen=True)
class Contact:
    """One way to reach somebody, as the page gives it: qq, wechat, telegram, phone, email, group ..."""

    kind: str
    value: str


@dataclass(frozen=True)
class ProductFacts:
    """All that a page tells of one product. Money is a decimal string in `currency`, None is "not told".

    `stock` is a number, or None where the page gives a word only or nothing; `stock_text` is as it stood. `notices`
    and `after_sales` hold what the shop itself says, not what its software ships.
    """

    name: str | None = None
    price: str | None = None
    original_price: str | None = None
    currency: str = DEFAULT_CURRENCY
    stock: int | None = None
    stock_text: str | None = None
    available: str | None = None
    sold: str | None = None
    variants: tuple[Variant, ...] = ()
    wholesale: tuple[WholesaleTier, ...] = ()
    member_prices: tuple[MemberPrice, ...] = ()
    min_quantity: int | None = None
    max_quantity: int | None = None
    delivery: str | None = None
    face_value: str | None = None
    spec: str | None = None
    validity: str | None = None
    warranty: str | None = None
    after_sales: str | None = None
    notices: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    supplier: str | None = None
    locked: str | None = None
    family: str = ""
    confidence: float = 0.0
    sources: Mapping[str, FactSource] = field(default_factory=dict)


def list_products(reading: Reading) -> tuple[ProductFacts, ...]:
    """Give one record for each product that the page names, in the order of their keys."""
    by_subject = _by_subject(reading.facts)
    return tuple(_describe(reading, subject, facts) for subject, facts in by_subject.items() if subject)


def describe_page(reading: Reading, url: str = "") -> ProductFacts:
    """Give the record of the product that the page is about; of a list or a page of rules only what is the page's own.

    The product is the only one there is, the one that the address names, or the only one that the page describes.
    """
    by_subject = _by_subject(reading.facts)
    subject = _main_subject(reading, [one for one in by_subject if one], url)
    return _describe(reading, subject, by_subject.get(subject, []))


def _by_subject(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    by_subject: dict[str, list[Fact]] = {}
    for one in facts:
        by_subject.setdefault(one.subject, []).append(one)
    return by_subject


def _main_subject(reading: Reading, subjects: Sequence[str], url: str) -> str:
    if len(subjects) == 1:
        return subjects[0]
    named = [subject for subject in subjects if _is_named_by(subject, url)]
    if len(named) == 1:
        return named[0]
    described = {
        block.subject for block in reading.blocks if block.kind in (BlockKind.DESCRIPTION, BlockKind.PROMPT)
    } & set(subjects)
    return next(iter(described)) if len(described) == 1 else ""


def _is_named_by(subject: str, url: str) -> bool:
    """Whether the last part of an address, or a number in its query, is the number or name in a product's key."""
    key = subject.partition(":")[2]
    if not key or not url:
        return False
    parts = urlsplit(url)
    if key.startswith("/"):
        return key.split("?")[0].rstrip("/") == parts.path.rstrip("/")
    last = [part.rstrip("/").rpartition("/")[2] for part in (parts.path, parts.fragment)]
    asked = [value for _name, value in parse_qsl(parts.query)[:50]]
    return key in {*last, *asked, *(one.rpartition(".")[0] for one in last)}


def _describe(reading: Reading, subject: str, facts: Sequence[Fact]) -> ProductFacts:
    by_kind: dict[FactKind, list[Fact]] = {}
    for one in facts:
        by_kind.setdefault(one.kind, []).append(one)
    plain = {name: _first(by_kind.get(kind, ())) for name, kind in _SIMPLE.items()}
    told = {name: one for name, one in plain.items() if one is not None}
    stock = _first(by_kind.get(FactKind.STOCK, ()))
    limits = {_SHORT_SIDES.get(one.qualifier, one.qualifier): one for one in by_kind.get(FactKind.LIMIT, ())}
    specs = by_kind.get(FactKind.SPEC, [])
    currency = _first(by_kind.get(FactKind.CURRENCY, ()))
    extra = {"stock": stock, "min_quantity": limits.get("min"), "max_quantity": limits.get("max")}
    extra["spec"] = specs[0] if specs else None
    told |= {name: one for name, one in extra.items() if one is not None}
    for name, kind in (
        ("wholesale", FactKind.TIER_PRICE),
        ("variants", FactKind.VARIANT_PRICE),
        ("member_prices", FactKind.MEMBER_PRICE),
    ):
        if by_kind.get(kind):
            told[name] = by_kind[kind][0]
    values = {name: one.value if one is not None else None for name, one in plain.items()}
    product = ProductFacts(
        name=values["name"],
        price=values["price"],
        original_price=values["original_price"],
        sold=values["sold"],
        delivery=values["delivery"],
        face_value=values["face_value"],
        validity=values["validity"],
        warranty=values["warranty"],
        after_sales=values["after_sales"],
        supplier=values["supplier"],
        locked=values["locked"],
        available=values["available"],
        currency=currency.value if currency else DEFAULT_CURRENCY,
        stock=_whole(stock.value) if stock else None,
        stock_text=(stock.shown or stock.value) if stock else None,
        variants=tuple(Variant(one.qualifier, one.value or None) for one in by_kind.get(FactKind.VARIANT_PRICE, ())),
        wholesale=_tiers(by_kind.get(FactKind.TIER_PRICE, ())),
        member_prices=tuple(MemberPrice(one.qualifier, one.value) for one in by_kind.get(FactKind.MEMBER_PRICE, ())),
        min_quantity=_whole(limits["min"].value) if "min" in limits else None,
        max_quantity=_whole(limits["max"].value) if "max" in limits else None,
        spec="；".join(f"{one.qualifier}：{one.value}" if one.qualifier else one.value for one in specs) or None,
        notices=tuple(dict.fromkeys(block.text for block in _notices(reading.blocks, subject))),
        contacts=_contacts(reading.facts, subject),
        family=reading.family,
        confidence=reading.family_confidence,
        sources={name: FactSource(one.source, one.place, one.shown, one.confidence) for name, one in told.items()},
    )
    return _with_after_sales(product, reading, subject)


def _first(facts: Sequence[Fact]) -> Fact | None:
    """The fact without a qualifier, else the first."""
    return next((one for one in facts if not one.qualifier), facts[0] if facts else None)


def _whole(text: str) -> int | None:
    return int(text) if _DIGITS.fullmatch(text) and len(text) < 16 else None


def _tiers(facts: Sequence[Fact]) -> tuple[WholesaleTier, ...]:
    tiers = [
        WholesaleTier(number, one.value) for one in facts if (number := _whole(one.qualifier)) is not None and one.value
    ]
    return tuple(sorted(tiers, key=lambda tier: tier.min_quantity))


def _notices(blocks: Sequence[Block], subject: str) -> Iterable[Block]:
    for block in blocks:
        own = block.author is not Author.SOFTWARE and block.subject in ("", subject)
        if own and block.text and block.kind in _NOTICES:
            yield block


def _contacts(facts: Sequence[Fact], subject: str) -> tuple[Contact, ...]:
    found = (one for one in facts if one.kind is FactKind.CONTACT and one.subject in ("", subject))
    return tuple(dict.fromkeys(Contact(one.qualifier, one.value) for one in found))


def _with_after_sales(product: ProductFacts, reading: Reading, subject: str) -> ProductFacts:
    """Where no promise was read as a fact, the block that is headed as one."""
    if product.after_sales:
        return product
    for block in reading.blocks:
        headed = _AFTER_SALES.search(block.heading) is not None and block.author is not Author.SOFTWARE
        if headed and block.text and block.subject in ("", subject):
            source = FactSource(block.source, block.place, block.text, 0.8)
            return replace(product, after_sales=block.text, sources={**product.sources, "after_sales": source})
    return product
