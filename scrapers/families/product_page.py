"""The one product of a page of unknown make: name, prices, limits, promises, from labels, badges, choices and data.

Takes a ParsedPage; gives facts and blocks about one subject. What the page shows wins over what its data say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from bs4 import Tag

from scrapers.document import Document
from scrapers.dom import ParsedPage, attribute, line_of, place_of, text_of
from scrapers.families.choices import choice_facts, name_of_choice
from scrapers.families.data_goods import find_data_goods, goods_blocks, goods_facts, loose_tiers, product_of_page
from scrapers.families.findings import Findings, available_fact, fact, name_key, unique_facts
from scrapers.families.goods import Goods
from scrapers.families.goods_tables import table_tiers
from scrapers.families.listing import is_struck, price_elements, price_shown, product_key
from scrapers.families.locks import lock_facts, lock_in
from scrapers.families.product_name import name_facts, title_of
from scrapers.families.promises import MAX_PROMISE, promise_facts
from scrapers.families.script_variables import variable_facts
from scrapers.families.sections import called_notices, headed_blocks, unclaimed_rules
from scrapers.families.structured import microdata_facts, structured_facts
from scrapers.labels import RECOMMENDED, canonical, counted_facts, is_delivery, kind_of_label, labelled_facts
from scrapers.levels import find_level_prices, is_level_price, level_of, named_level
from scrapers.model import Block, BlockKind, Fact, FactKind, Source
from scrapers.money import find_foreign, find_prices, find_tiers, read_amount
from scrapers.quantities import read_limit
from scrapers.text import condense, one_line
from scrapers.traditional import fold_traditional
from scrapers.vocabulary import STOCK_WORDS

_PARTS = re.compile(r"[|｜·•/／,，、\n]|\s{2,}")
_PAYABLE = re.compile(r"支付金额|应付|合计|总价|小计|运费|余额")
_AFTER_SALES = re.compile(r"售后|退换|退款|包换|after.?sales|refund|returns", re.I)
_QUANTITY_FIELD = re.compile(r"num|qty|quantity|amount|count|shuliang", re.I)
_BADGES = frozenset(
    {FactKind.STOCK, FactKind.SOLD, FactKind.DELIVERY, FactKind.WARRANTY, FactKind.VALIDITY, FactKind.LIMIT}
)
_LABEL_TAGS = frozenset(
    {"dt", "th", "td", "span", "div", "label", "strong", "b", "p", "li", "em", "i", "small", "font"}
)
_BADGE_TAGS = frozenset({"span", "div", "small", "p", "em", "i", "b", "td", "li", "strong", "font"})
_BADGE_BOXES = frozenset({"div", "p", "span", "li"})
_PRICE_TAGS = frozenset({"span", "div", "p", "b", "strong", "em", "li", "td", "dd", "h2", "h3"})
_HEADING_TAGS = frozenset({"h2", "h3", "h4", "h5", "h6", "div", "p"})
_SHORT_WORD = re.compile(r"^\s{0,200}\S{1,8}(?:\s\S{1,8}){0,2}\s{0,200}$")
_STOCK_WORDS = frozenset(word.lower() for word in STOCK_WORDS)


def read_product_page(page: ParsedPage, goods: tuple[Goods, ...], subject: str) -> Findings:
    """The facts and blocks of the one product of a page; `goods` are those that the page lists beside it."""
    others = _other_goods(page, goods)
    blocks = headed_blocks(page, others, subject)
    blocks += called_notices(page, blocks, others)
    blocks += unclaimed_rules(page, BlockKind.DESCRIPTION, blocks, others, subject)
    body = page.soup.body or page.soup
    without = page.document.boilerplate | others
    text = text_of(body, without=without)
    facts = [
        *name_facts(page, subject, others, without),
        *_price_facts(page.document, subject, without),
        *_paired_facts(page.document, subject, without),
        *(f for f in labelled_facts(text, subject, "body", Source.TEXT, 0.7) if f.kind is not FactKind.NAME),
        *_badge_facts(page.document, subject, without),
        *counted_facts(text, subject, "body", Source.TEXT),
        *_level_facts(text, subject),
        *_loose_words(page.document, subject, without),
        *_field_limits(page.document, subject),
        *lock_facts(page, subject, without),
        *structured_facts(page, subject),
        *microdata_facts(page, subject),
        *choice_facts(page.document, subject, without),
        *variable_facts(page, subject),
    ]
    name = max((f for f in facts if f.kind is FactKind.NAME), key=lambda f: f.confidence, default=None)
    data = product_of_page(page, find_data_goods(page), name.value if name else "")
    if data is not None:
        shown = shown_price(facts)
        facts += goods_facts(data, subject, shown)
        held = "".join(condense(block.text) for block in blocks)
        blocks += [block for block in goods_blocks(page, data, subject) if condense(block.text) not in held]
    facts += loose_tiers(page, subject, shown_price(facts))
    facts += _currency_facts(page.document, subject, facts)
    price = max((f for f in facts if f.kind is FactKind.PRICE), key=lambda f: f.confidence, default=None)
    facts += _tier_facts(body, text, subject, price.value if price else "", without)
    facts += _promised(blocks, subject)
    facts += [found for stock in facts if stock.kind is FactKind.STOCK for found in available_fact(stock)]
    unique = unique_facts(facts)
    kinds = {found.kind for found in unique}
    problems = [
        f"{kind.value}: {sought}"
        for kind, sought in (
            (FactKind.NAME, "no h1, name class, JSON-LD, og:title or title"),
            (FactKind.PRICE, "no amount with ¥ or 元, price class, JSON-LD or price meta"),
            (FactKind.STOCK, "no label 库存 or 剩余, no stock word, no JSON-LD availability"),
        )
        if kind not in kinds and not (kind is FactKind.STOCK and FactKind.AVAILABLE in kinds)
    ]
    problems += _contradictions(facts)
    return Findings(unique, tuple(blocks), tuple(problems))


def shown_price(facts: list[Fact]) -> str:
    """The price that the page shows, "" where it shows none."""
    return next((f.value for f in facts if f.kind is FactKind.PRICE and f.source is Source.TEXT), "")


def _contradictions(facts: list[Fact]) -> list[str]:
    """A price told to machines that differs from the one shown to people."""
    shown = next((f.value for f in facts if f.kind is FactKind.PRICE and f.source is Source.TEXT), "")
    told = next((f.value for f in facts if f.kind is FactKind.PRICE and f.source is Source.META), "")
    return (
        [f"price: the page shows {shown} but its machine-readable data say {told}"]
        if shown and told and shown != told
        else []
    )


def _other_goods(page: ParsedPage, goods: tuple[Goods, ...]) -> frozenset[int]:
    """Goods on a product page that are not its product: recommendations come and go by themselves."""
    own = product_key(page.content.url)
    title = condense(page.content.title or title_of(page))
    others = set()
    for item in goods:
        name = next((f.value for f in item.facts if f.kind is FactKind.NAME), "")
        if item.subject not in (own, name_key(title)) and condense(name) not in title:
            others.add(id(item.element))
    for heading in islice(filter(_says_recommended, page.document.elements), 20):
        if len(line_of(heading)) <= 12:
            others.update(id(sibling) for sibling in heading.find_next_siblings(limit=5) if isinstance(sibling, Tag))
    return frozenset(others)


def _says_recommended(element: Tag) -> bool:
    if element.name not in _HEADING_TAGS or len(element.contents) != 1:
        return False
    words = element.string
    return words is not None and RECOMMENDED.search(words) is not None


def _price_facts(document: Document, subject: str, without: frozenset[int]) -> Iterator[Fact]:
    offered = False
    passed_over = without | document.covered(without) | document.hidden
    for element in price_elements(document):
        if id(element) in passed_over:
            continue
        shown = price_shown(element)
        prices = find_prices(shown)
        amount = prices[0].value if prices else read_amount(shown)
        struck = is_struck(element)
        variant = name_of_choice(element, shown)
        if variant:
            yield from fact(
                subject,
                FactKind.VARIANT_PRICE,
                amount,
                shown=shown,
                qualifier=variant,
                place=place_of(element),
                confidence=0.7,
            )
            continue
        around = line_of(element.parent)[:80] if element.parent is not None else ""
        if not struck and (_PAYABLE.search(around) or len(shown) > 30):
            yield from fact(subject, FactKind.PRICE, amount, shown=shown, place=place_of(element), confidence=0.4)
            continue
        if struck or not offered:
            kind = FactKind.ORIGINAL_PRICE if struck else FactKind.PRICE
            classed = "price" in attribute(element, "class").lower()
            yield from fact(
                subject, kind, amount, shown=shown, place=place_of(element), confidence=0.95 if classed else 0.9
            )
            offered = offered or not struck


def _tier_facts(root: Tag, text: str, subject: str, price: str, without: frozenset[int]) -> Iterator[Fact]:
    yield from table_tiers(root, subject, price)
    for tier in find_tiers(text, price):
        yield from fact(
            subject,
            FactKind.TIER_PRICE,
            tier.price,
            shown=tier.shown,
            qualifier=tier.quantity,
            place="body",
            confidence=0.8,
        )


def _currency_facts(document: Document, subject: str, known: list[Fact]) -> Iterator[Fact]:
    """Prices in another currency, where the page shows none in yuan: the amount stays, the currency is told."""
    if any(f.kind is FactKind.PRICE and f.confidence > 0.5 and find_prices(f.shown) for f in known):
        return
    for element in islice(document.named_inside(document.body, _PRICE_TAGS), 3000):
        shown = line_of(element, 40)
        found = find_foreign(shown) if 0 < len(shown) <= 40 else None
        if found is None or id(element) in document.hidden:
            continue
        amount, currency = found
        old = is_struck(element) or re.match(r"(?:original|list|was|原价)", shown, re.I)
        kind = FactKind.ORIGINAL_PRICE if old else FactKind.PRICE
        yield from fact(subject, kind, amount.value, shown=shown, place=place_of(element), confidence=0.91)
        if kind is FactKind.PRICE:
            yield from fact(subject, FactKind.CURRENCY, currency, shown=shown, place=place_of(element), confidence=0.9)


def _promised(blocks: list[Block], subject: str) -> Iterator[Fact]:
    """What the product's own texts promise; a heading belongs to its text."""
    for block in blocks:
        if block.kind not in (BlockKind.DESCRIPTION, BlockKind.PROMPT, BlockKind.TERMS) or block.concealed:
            continue
        own = block.subject == subject
        if _AFTER_SALES.search(fold_traditional(block.heading)) and block.text:
            told_under = one_line(block.text)[:MAX_PROMISE]
            yield from fact(
                subject, FactKind.AFTER_SALES, told_under, place=block.place, source=block.source, confidence=0.72
            )
        text = f"{block.heading}\n{block.text}" if block.heading else block.text
        for told in promise_facts(text, subject, block.place or "body", block.source, 0.7 if own else 0.6):
            if own or told.kind is FactKind.AFTER_SALES:
                yield told


def _paired_facts(document: Document, subject: str, without: frozenset[int]) -> Iterator[Fact]:
    """Labels and values in elements of their own: dt and dd, th and td, or any two neighbours."""
    covered = document.covered(without)
    for element in islice(document.named_inside(document.body, _LABEL_TAGS), 4000):
        if len(element.contents) > 3 and not document.is_leaf(element):
            continue
        label = one_line(document.words_of(element))
        if not 1 < len(label) <= 10:
            continue
        level = level_of(label) if is_level_price(label) else ""
        kind = FactKind.MEMBER_PRICE if level else kind_of_label(label)
        if kind is None or id(element) in covered:
            continue
        value = element.find_next_sibling()
        if not isinstance(value, Tag):
            continue
        shown = line_of(value)
        if not shown or len(shown) > 40 or kind_of_label(shown) is not None:
            continue
        if kind is FactKind.LIMIT:
            for limit in read_limit(label, shown):
                shown_as = f"{label} {shown}"
                place = place_of(value)
                yield from fact(
                    subject, kind, limit.value, shown=shown_as, qualifier=limit.side, place=place, confidence=0.92
                )
            continue
        if kind in (FactKind.PRICE, FactKind.MEMBER_PRICE) and (lock := lock_in(shown)):
            yield from fact(subject, FactKind.LOCKED, lock, shown=shown, place=place_of(value), confidence=0.9)
            continue
        result = canonical(kind, shown)
        if kind in (FactKind.PRICE, FactKind.ORIGINAL_PRICE, FactKind.MEMBER_PRICE) and not result[:1].isdigit():
            continue
        yield from fact(
            subject,
            kind,
            result,
            shown=f"{label} {shown}",
            qualifier=named_level(level),
            place=place_of(value),
            confidence=0.92,
        )


def _field_limits(document: Document, subject: str) -> Iterator[Fact]:
    """The least and the most that the field for the quantity takes; a field without its own bounds says nothing."""
    for field in islice(document.named_inside(document.body, ("input",)), 200):
        if not _QUANTITY_FIELD.search(" ".join((attribute(field, "name"), attribute(field, "id")))):
            continue
        for side, least in (("min", 2), ("max", 1)):
            bound = attribute(field, side)
            if bound.isdecimal() and least <= int(bound) <= 9999:
                yield from fact(
                    subject,
                    FactKind.LIMIT,
                    str(int(bound)),
                    qualifier=side,
                    place=f"{place_of(field)}[{side}]",
                    source=Source.ATTRIBUTE,
                    confidence=0.5,
                )
        return


def _loose_words(document: Document, subject: str, without: frozenset[int]) -> Iterator[Fact]:
    """Words of stock that stand beside elements, in none of their own."""
    for node in islice(document.strings_like(_SHORT_WORD, document.body), 500):
        word, parent = one_line(node), node.parent
        if parent is None or parent.name in ("script", "style", "option", "title", "a", "button"):
            continue
        if fold_traditional(word).lower() not in _STOCK_WORDS or id(parent) in document.hidden:
            continue
        if not any(id(element) in without for element in (parent, *parent.parents)):
            yield from fact(subject, FactKind.STOCK, word, place=place_of(parent), confidence=0.5)


def _level_facts(text: str, subject: str) -> Iterator[Fact]:
    for told in find_level_prices(text):
        yield from fact(
            subject,
            FactKind.MEMBER_PRICE,
            told.price,
            shown=told.shown,
            qualifier=told.level,
            place="body",
            confidence=0.8,
        )


def _badge_facts(document: Document, subject: str, without: frozenset[int]) -> Iterator[Fact]:
    """Short texts that stand by themselves: 自动发货, 有货, 质保30天, also several in a row."""
    passed_over = document.covered(without) | document.hidden
    for element in islice(document.named_inside(document.body, _BADGE_TAGS), 4000):
        if id(element) in passed_over or document.holds(element, _BADGE_BOXES):
            continue
        whole = one_line(document.words_of(element))
        if not 2 <= len(whole) <= 60:
            continue
        for text in (part.strip() for part in _PARTS.split(whole)) if len(whole) > 16 else (whole,):
            plain = fold_traditional(text)
            if not 2 <= len(text) <= 16:
                continue
            kind = (
                FactKind.STOCK if plain.lower() in _STOCK_WORDS else FactKind.DELIVERY if is_delivery(plain) else None
            )
            if kind is not None:
                yield from fact(subject, kind, text, place=place_of(element), confidence=0.6)
                continue
            found = (*labelled_facts(text, subject, "", Source.TEXT, 0.72),)
            found += counted_facts(text, subject, "", Source.TEXT, 0.71)
            yield from (replace(item, place=place_of(element)) for item in found if item.kind in _BADGES)
