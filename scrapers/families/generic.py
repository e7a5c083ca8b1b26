"""Any other shop: JSON-LD, metas, labels, tables, repeated cards, and text under headings that say what it is.

Needs no knowledge of the software. It is less sure than a family's own reader, and says so in each fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import Tag

from scrapers.contacts import shop_facts
from scrapers.dom import ParsedPage, attribute, is_hidden, line_of, place_of, text_of
from scrapers.families.findings import (
    Family,
    Findings,
    Recognition,
    available_fact,
    fact,
    name_key,
    unique_facts,
)
from scrapers.families.listing import (
    Goods,
    find_goods,
    is_struck,
    looks_like_product,
    price_elements,
    price_shown,
    product_key,
    table_tiers,
)
from scrapers.families.locks import lock_facts, lock_in
from scrapers.families.sections import (
    boilerplate,
    footer_blocks,
    headed_blocks,
    main_text_blocks,
    unclaimed_rules,
)
from scrapers.families.structured import says_product, structured_facts
from scrapers.labels import (
    RECOMMENDED,
    canonical,
    counted_facts,
    is_button,
    kind_of_heading,
    kind_of_label,
    labelled_facts,
)
from scrapers.levels import find_level_prices, is_level_price, level_of, named_level
from scrapers.model import Block, BlockKind, Fact, FactKind, Role, Source
from scrapers.money import find_prices, find_tiers, read_amount
from scrapers.quantities import read_limit
from scrapers.text import condense, one_line
from scrapers.vocabulary import STOCK_WORDS

_NAMES = re.compile(r"(?:goods|product|item)[-_]?(?:name|title)", re.I)
_TITLE_PARTS = re.compile(r"\s*[-_|–—·]\s+|\s+[-_|–—·]\s*|[_|]")
_GENERIC_NAME = re.compile(r"^(?:商品|产品|宝贝)?(?:详情|购买|信息|列表|中心|下单)|^购买商品$|首页|欢迎")
_DELIVERY = re.compile(r"^(?:自动|人工|手动|手工|在线|即时|秒)(?:发货|交付|发卡|充值|处理|代充)$")
_VARIANT = re.compile(r"sku|spec|variant|race|option|tag|radio|choice", re.I)
_TERMS_PATH = re.compile(r"terms|agreement|protocol|policy|privacy|rule|xieyi|tiaokuan|refund|disclaimer|help", re.I)
_PAYABLE = re.compile(r"支付金额|应付|合计|总价|小计|运费|余额")


def recognise_page(page: ParsedPage) -> Recognition:
    """Any page at all; `extract` comes here when no family is sure enough."""
    return Recognition(0.3, ("no known family is sure enough",)) if page.text else Recognition(0.0)


def read_page(page: ParsedPage) -> Findings:
    """Read a page of unknown make by what its role, or else the page itself, says it is."""
    if page.role in (Role.TERMS, Role.NOTICE) or (page.role is None and _is_terms(page)):
        kind = BlockKind.NOTICE if page.role is Role.NOTICE else BlockKind.TERMS
        return with_shop(page, (), main_text_blocks(page, kind), ())
    goods = find_goods(page) if page.role in (None, Role.PRODUCT, Role.HOME) else ()
    if page.role in (None, Role.PRODUCT, Role.HOME) and _is_detail(page, goods):
        return read_product(page, goods, f"product:{product_key(page.content.url)}")
    listed = tuple(fact for item in goods for fact in item.facts)
    cards = frozenset(id(item.element) for item in goods)
    blocks = headed_blocks(page, cards, "")
    blocks += unclaimed_rules(page, BlockKind.NOTICE, blocks, cards, "")
    problems = []
    if page.role is Role.HOME and not goods:
        problems.append("home page: no list of goods found (no repeated cards with a price, no table of goods)")
    return with_shop(page, listed, blocks, tuple(problems))


def popup_block(page: ParsedPage, text: str, place: str) -> Block:
    """A pop-up's text as a block; its first line says its kind, an unknown one is a notice."""
    lines = [line for line in text.split("\n") if line.strip() and not is_button(line)]
    kind = next((kind for line in lines[:2] if (kind := kind_of_heading(line))), BlockKind.NOTICE)
    if kind in (BlockKind.CONTACT, BlockKind.DESCRIPTION):
        kind = BlockKind.NOTICE
    heading = one_line(lines[0]) if len(lines) > 1 and kind_of_heading(lines[0]) else ""
    body = "\n".join(lines[1:] if heading else lines)
    return Block(kind, body, heading, place=place, source=Source.POPUP)


FAMILY = Family("generic", recognise_page, read_page)


def _is_terms(page: ParsedPage) -> bool:
    heading = next((text for head in page.document.with_tag("h1", "h2", "title") if (text := line_of(head))), "")
    return kind_of_heading(heading) is BlockKind.TERMS or (
        _TERMS_PATH.search(page.path) is not None and not price_elements(page.document)
    )


def _is_detail(page: ParsedPage, goods: tuple[Goods, ...]) -> bool:
    if says_product(page) or looks_like_product(page.content.url):
        return True
    return len(goods) < 2 and bool(price_elements(page.document))


def with_shop(page: ParsedPage, facts: tuple[Fact, ...], blocks: list[Block], problems: tuple[str, ...]) -> Findings:
    """The findings with what the page says of the shop itself: contacts, licences, footers."""
    texts = [(b.text, b.place, b.source) for b in blocks if b.kind in (BlockKind.NOTICE, BlockKind.CONTACT)]
    if page.role is Role.CONTACT:
        texts.append((page.text, "page", Source.TEXT))
        if not any(block.kind is BlockKind.CONTACT for block in blocks):
            blocks = [*blocks, *main_text_blocks(page, BlockKind.CONTACT)]
    shop = shop_facts(page, texts)
    return Findings(unique_facts((*facts, *shop)), (*blocks, *footer_blocks(page)), problems)


def read_product(page: ParsedPage, goods: tuple[Goods, ...], subject: str) -> Findings:
    """Read the one product of a page; `goods` are those that the page lists beside it."""
    others = _other_goods(page, goods)
    blocks = headed_blocks(page, others, subject)
    blocks += unclaimed_rules(page, BlockKind.DESCRIPTION, blocks, others, subject)
    body = page.soup.body or page.soup
    without = boilerplate(page.document) | others
    text = text_of(body, without=without)
    facts = [
        *_name_facts(page, subject, others),
        *_price_facts(page, subject, without),
        *_paired_facts(body, subject, without),
        *(f for f in labelled_facts(text, subject, "body", Source.TEXT, 0.7) if f.kind is not FactKind.NAME),
        *_badge_facts(body, subject, without),
        *counted_facts(text, subject, "body", Source.TEXT),
        *_level_facts(text, subject),
        *lock_facts(page, subject, without),
        *table_tiers(body, subject),
        *(
            found
            for tier in find_tiers(text)
            for found in fact(
                subject,
                FactKind.TIER_PRICE,
                tier.price,
                shown=tier.shown,
                qualifier=tier.quantity,
                place="body",
                confidence=0.8,
            )
        ),
        *structured_facts(page, subject),
    ]
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
    return with_shop(page, unique, blocks, tuple(problems))


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
    title = condense(page.content.title or _title(page))
    others = set()
    for item in goods:
        name = next((f.value for f in item.facts if f.kind is FactKind.NAME), "")
        if item.subject not in (own, name_key(title)) and condense(name) not in title:
            others.add(id(item.element))
    for heading in page.soup.find_all(["h2", "h3", "h4", "h5", "h6", "div", "p"], string=RECOMMENDED, limit=20):
        if len(line_of(heading)) <= 12:
            others.update(id(sibling) for sibling in heading.find_next_siblings(limit=5) if isinstance(sibling, Tag))
    return frozenset(others)


def _name_facts(page: ParsedPage, subject: str, others: frozenset[int]) -> Iterator[Fact]:
    title = page.content.title or _title(page)
    called = [
        e for e in page.document.elements if _NAMES.search(attribute(e, "class")) or attribute(e, "itemprop") == "name"
    ]
    for elements, confidence in (
        (page.document.with_tag("h1"), 0.95),
        (called, 0.9),
        (page.document.with_tag("h2", "h3", "h4"), 0.6),
    ):
        for element in elements[:20]:
            text = line_of(element)
            if any(id(node) in others for node in (element, *element.parents)) or is_hidden(element):
                continue
            if 2 <= len(text) <= 120 and not _GENERIC_NAME.search(text) and kind_of_heading(text) is None:
                sure = confidence if confidence > 0.8 or condense(text) in condense(title) else 0.3
                yield from fact(subject, FactKind.NAME, text, place=place_of(element), confidence=sure)
                break
    first = next((part for part in _TITLE_PARTS.split(one_line(title)) if part), "")
    if first and not _GENERIC_NAME.search(first):
        yield from fact(subject, FactKind.NAME, first, place="title", source=Source.META, confidence=0.4)


def _price_facts(page: ParsedPage, subject: str, without: frozenset[int]) -> Iterator[Fact]:
    offered = False
    for element in price_elements(page.document):
        ancestors = [element, *element.parents]
        if any(id(node) in without for node in ancestors) or is_hidden(element):
            continue
        shown = price_shown(element)
        prices = find_prices(shown)
        amount = prices[0].value if prices else read_amount(shown)
        struck = is_struck(element)
        variant = _variant_name(element, shown)
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


def _title(page: ParsedPage) -> str:
    return next((one_line(title.get_text()) for title in page.document.with_tag("title")), "")


def _variant_name(element: Tag, shown: str) -> str:
    """The name of the choice that a price stands in: a button of a form with a name and a price."""
    for node in (element, *list(element.parents)[:2]):
        if node.name in ("button", "label", "li", "a", "span", "div") and _VARIANT.search(attribute(node, "class")):
            text = line_of(node)
            name = text.replace(shown, "").strip(" ：:-") if text != shown else ""
            for price in find_prices(text):
                name = name.replace(price.shown, "").strip(" ：:-")
            if 1 <= len(name) <= 40:
                return name
    return ""


def _paired_facts(root: Tag, subject: str, without: frozenset[int]) -> Iterator[Fact]:
    """Labels and values in elements of their own: dt and dd, th and td, or any two neighbours."""
    for element in root.find_all(["dt", "th", "td", "span", "div", "label", "strong", "b", "p", "li"], limit=4000):
        if element.find(True) is not None and len(element.contents) > 3:
            continue
        label = one_line(element.get_text())
        if not 1 < len(label) <= 10:
            continue
        level = level_of(label) if is_level_price(label) else ""
        kind = FactKind.MEMBER_PRICE if level else kind_of_label(label)
        value = element.find_next_sibling()
        if kind is None or not isinstance(value, Tag) or any(id(node) in without for node in element.parents):
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


def _badge_facts(root: Tag, subject: str, without: frozenset[int]) -> Iterator[Fact]:
    for element in root.find_all(["span", "div", "small", "p", "em", "i", "b", "td"], limit=4000):
        if element.find(["div", "p", "span"]) is not None:
            continue
        text = one_line(element.get_text())
        if not 2 <= len(text) <= 16:
            continue
        kind = FactKind.STOCK if text in STOCK_WORDS else FactKind.DELIVERY if _DELIVERY.match(text) else None
        found = fact(subject, kind, text, place=place_of(element), confidence=0.6) if kind else ()
        found = found or labelled_facts(text, subject, place_of(element), Source.TEXT, 0.72)
        if found and not any(id(node) in without for node in element.parents) and not is_hidden(element):
            yield from (item for item in found if item.kind in (FactKind.STOCK, FactKind.SOLD, FactKind.DELIVERY))
