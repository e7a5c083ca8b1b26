"""Lists of goods on a page of unknown make: tables first, then repeated cards with a price, loose rows, options.

Takes a ParsedPage; gives the goods with their elements, each product once. Keys come from the number column of a
table, else from names: shops take the link away from what is sold out, and a key made of it would come and go.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import parse_qsl, urlencode, urlsplit
from weakref import WeakKeyDictionary

from bs4 import Tag
from bs4.element import NavigableString

from scrapers.document import Document
from scrapers.dom import ParsedPage, address_of, attribute, line_of, place_of, text_of
from scrapers.families.findings import MAX_PRODUCTS, available_fact, fact, name_key
from scrapers.families.goods import Goods
from scrapers.families.goods_tables import option_goods, table_goods
from scrapers.families.loose_rows import LooseRow, find_loose_rows
from scrapers.labels import is_delivery, labelled_facts
from scrapers.model import Fact, FactKind, Role, Source
from scrapers.money import find_prices, find_tiers, read_amount
from scrapers.quantities import find_sold
from scrapers.text import one_line
from scrapers.traditional import fold_traditional
from scrapers.vocabulary import STOCK_WORDS

_PRICE_CLASS = re.compile(r"price|money|amount|jiage", re.I)
_SIGN = re.compile(r"[¥￥元]|CNY|RMB")
_NAME_CLASS = re.compile(
    r"(?:^|[-_])(?:name|title|tit|goodsname|subject)(?:$|[-_])|gname|goodsname|product-?name", re.I
)
_BARE_PRICE = re.compile(r"^\d{1,6}\.\d{2}$")  # shops that set no currency sign set two decimals
_BARE_PRICE_TAGS = ("strong", "b", "em", "i", "font", "span")
_STRUCK = ("del", "s", "strike")
_OLD_PRICE = re.compile(
    r"(?:^|[-_\s])(?:old|orig|original?|market|line-through|del|through)(?:$|[-_\s])|(?:old|original?|market)-?price",
    re.I,
)
_BESIDE_A_PRICE = re.compile(
    r"商品|产品|价格|售价|单价|现价|原价|市场价|会员价|优惠价|特价|价|仅需|低至|每?[件个张份套]|起|¥|￥|元|CNY|RMB|[\W\d_]",
    re.I,
)
_STATE_CLASS = re.compile(r"active|select|current|hover|sold|disabled|first|last|odd|even", re.I)
_RANDOM_PARAMETER = re.compile(
    r"^(?:utm_.*|t|ts|_|token|sid|sign|from|ref|rand|r|timestamp|v|session.*|phpsessid)$", re.I
)
_STOCK_WORDS = frozenset(word.lower() for word in STOCK_WORDS)
_PRODUCT_PATH = re.compile(r"/(?:buy|item|items|product|products|goods|detail|commodity|p|g)/[^/]+$|detail", re.I)
_PRICES_OF: WeakKeyDictionary[Document, tuple[Tag, ...]] = WeakKeyDictionary()
"""What was found in documents that are still being read: three readers ask."""
_NOT_A_NAME = re.compile(r"^[\W\d_]*$|购买|下单|立即|加入|详情|库存|已售|销量|自动发货|登录")


def find_goods(page: ParsedPage) -> tuple[Goods, ...]:
    """The goods that a page lists: rows of tables first, then repeated cards; none when there are fewer than two."""
    rows = table_goods(page.document)
    if len(rows) >= 2:
        return rows[:MAX_PRODUCTS]
    cards = _find_cards(page)[:MAX_PRODUCTS]
    if len(cards) < 2 and page.role is not Role.PRODUCT:  # beside one product such a list is a recommendation
        cards = [
            _Card(row.element, row.name, [], row)
            for row in find_loose_rows(page)[:MAX_PRODUCTS]
            if not _NOT_A_NAME.search(row.name)
        ]
    if len(cards) < 2:
        return tuple(option_goods(page.document)) if page.role is not Role.PRODUCT else ()
    return tuple(_keyed(page, cards))


def product_key(address: str) -> str:
    """A stable key from an address: its path and those query parameters that do not look random."""
    parts = urlsplit(address)
    kept = (
        sorted(
            (name, value)
            for name, value in parse_qsl(parts.query, max_num_fields=50)
            if not _RANDOM_PARAMETER.match(name) and len(value) <= 40
        )
        if len(parts.query) < 2000
        else []
    )
    return (parts.path or "/") + (f"?{urlencode(kept)}" if kept else "")


def looks_like_product(address: str) -> bool:
    """Whether an address looks like that of one product."""
    return _PRODUCT_PATH.search(urlsplit(address).path.rstrip("/")) is not None


def price_elements(document: Document) -> tuple[Tag, ...]:
    """Elements that show one price and little else, in document order; tiers are not among them."""
    known = _PRICES_OF.get(document)
    if known is None:
        known = _PRICES_OF.setdefault(document, tuple(_find_price_elements(document)))
    return known


def _find_price_elements(document: Document) -> list[Tag]:
    found: dict[int, Tag] = {}
    for node in islice(document.strings_like(_SIGN), 5000):
        parent = node.parent
        if parent is None or parent.name in ("script", "style", "template", "noscript", "title", "option", "textarea"):
            continue
        element, text = parent, line_of(parent, 80)
        while not find_prices(text) and element.parent is not None and len(text) < 6:
            element = element.parent
            text = line_of(element, 80)
        found.setdefault(id(element), element)
    for name, elements in document.by_class.items():
        if _PRICE_CLASS.search(name):
            for element in elements:
                if id(element) not in found and not any(
                    id(inner) in found for inner in islice(element.descendants, 40)
                ):
                    found[id(element)] = element
    prices = [element for element in found.values() if _is_price(element)]
    bare = (e for e in document.with_tag(*_BARE_PRICE_TAGS)[:5000] if _BARE_PRICE.match(line_of(e, 20)))
    return prices or list(bare)


def price_shown(element: Tag) -> str:
    """The text of a price element; its own words only where tiers stand inside it."""
    text = line_of(element, 80)
    if not find_tiers(text):
        return text
    return one_line("".join(str(node) for node in element.find_all(string=True, recursive=False)))


def is_struck(element: Tag) -> bool:
    """Whether a price is crossed out or called an old one."""
    for node in (element, *list(element.parents)[:2]):
        if node.name in _STRUCK or _OLD_PRICE.search(attribute(node, "class")):
            return True
        if "line-through" in attribute(node, "style"):
            return True
    return line_of(element).startswith(("原价", "市场价", "官方价", "划线价"))


def _is_price(element: Tag) -> bool:
    text = price_shown(element)
    if not text or len(text) > 60 or not (find_prices(text) or read_amount(text)) or find_tiers(text):
        return False
    return len(_BESIDE_A_PRICE.sub("", text)) <= 2 or _PRICE_CLASS.search(attribute(element, "class")) is not None


@dataclass(frozen=True)
class _Card:
    element: Tag
    name: str
    prices: list[Tag]
    row: LooseRow | None = None  # where the price stands loose in it


def _find_cards(page: ParsedPage) -> list[_Card]:
    """Elements that stand beside others of their kind, each with a name and a price."""
    prices = price_elements(page.document)
    inside = {id(node) for element in prices for node in (element, *islice(element.parents, 12))}
    alike: dict[int, Counter[str]] = {}
    names: dict[int, str] = {}
    found: dict[int, _Card] = {}
    for element in prices:
        for node in (element, *islice(element.parents, 8)):
            parent = node.parent
            if parent is None or node.name in ("body", "html", "tbody", "table", "form", "td"):
                break
            if id(node) in found:
                found[id(node)].prices.append(element)
                break
            if id(parent) not in alike:
                children = [c for c in parent.children if isinstance(c, Tag) and id(c) in inside]
                alike[id(parent)] = Counter(_signature(child) for child in children)
            if alike[id(parent)][_signature(node)] >= 2:
                name = names[id(node)] if id(node) in names else names.setdefault(id(node), _name_of(node))
                if name:
                    found[id(node)] = _Card(node, name, [element])
                    break
    return [card for card in found.values() if not all(is_struck(price) for price in card.prices)]


def _signature(element: Tag) -> str:
    names = attribute(element, "class").split()
    return f"{element.name} {next((name for name in names if not _STATE_CLASS.search(name)), '')}"


def _name_of(card: Tag) -> str:
    """The name in a card: a heading, an element called name or title, the text of its link, or its picture's words."""
    inner = [node for node in islice(card.descendants, 400) if isinstance(node, Tag)]
    for rank, option in sorted(((_name_rank(e), e) for e in inner[:80]), key=lambda pair: pair[0]):
        text = line_of(option, 120) if rank < 9 else ""
        if 2 <= len(text) <= 100 and not _NOT_A_NAME.search(text) and len(_BESIDE_A_PRICE.sub("", text)) > 1:
            return text
    named = next((e for e in inner if (e.name == "img" and e.has_attr("alt")) or e.has_attr("title")), None)
    text = attribute(named, "alt") or attribute(named, "title") if named is not None else ""
    return text if 2 <= len(text) <= 100 and not _NOT_A_NAME.search(text) else ""


def _name_rank(element: Tag) -> int:
    """How likely an element holds the name: headings, then what is called a name, then links, then other text."""
    if element.name in ("h1", "h2", "h3", "h4", "h5", "h6"):
        return 0
    if any(_NAME_CLASS.search(name) for name in attribute(element, "class").split()):
        return 1
    return 2 if element.name == "a" else 3 if element.name in ("p", "span", "div", "strong", "b") else 9


def _keyed(page: ParsedPage, cards: list[_Card]) -> Iterator[Goods]:
    """Goods by name; of several with one name, those at other addresses are told apart by them."""
    seen: dict[str, set[str]] = {}
    for card in cards:
        key = name_key(card.name)
        address = product_key(_address(page, card.element))
        if address in seen.get(key, ()):
            continue
        subject = key if key not in seen else f"{key} {address}"
        seen.setdefault(key, set()).add(address)
        yield Goods(card.element, subject, tuple(_card_facts(card, subject)))


def _address(page: ParsedPage, card: Tag) -> str:
    for link in (card, *(e for e in islice(card.descendants, 60) if isinstance(e, Tag) and e.name == "a")):
        address = address_of(page, link)
        if address:
            return address
    return ""


def _card_facts(card: _Card, subject: str) -> Iterator[Fact]:
    place = place_of(card.element)
    yield from fact(subject, FactKind.NAME, card.name, place=place, confidence=0.8)
    for element in card.prices:
        kind = FactKind.ORIGINAL_PRICE if is_struck(element) else FactKind.PRICE
        shown = price_shown(element)
        prices = find_prices(shown)
        amount = prices[0].value if prices else read_amount(shown)
        yield from fact(subject, kind, amount, shown=shown, place=place, confidence=0.8)
    if card.row is not None:
        shown = card.row.price
        yield from fact(subject, FactKind.PRICE, read_amount(shown), shown=shown, place=place, confidence=0.7)
        for found in labelled_facts(card.row.words, subject, place, Source.TEXT, 0.7):
            if found.kind is FactKind.ORIGINAL_PRICE:
                yield found
        for found in fact(subject, FactKind.STOCK, card.row.stock, place=place, confidence=0.6):
            yield from (found, *available_fact(found))
    pieces = (node.strip() for node in islice(card.element.descendants, 400) if type(node) is NavigableString)
    loose = "\n".join(piece for piece in pieces if piece)
    laid_out = text_of(card.element, with_hidden=True, limit=4000)
    lines = dict.fromkeys((*laid_out.split("\n"), *loose.split("\n")))
    for found in labelled_facts("\n".join(lines), subject, place, Source.TEXT, 0.75):
        if found.kind not in (FactKind.NAME, FactKind.PRICE, FactKind.ORIGINAL_PRICE):
            yield found
            yield from available_fact(found) if found.kind is FactKind.STOCK else ()
    sold = next(find_sold(loose), None)
    if sold is not None:
        yield from fact(subject, FactKind.SOLD, sold.value, shown=sold.shown, place=place, confidence=0.6)
    for line in loose.split("\n"):
        if is_delivery(line):
            yield from fact(subject, FactKind.DELIVERY, line, place=place, confidence=0.6)
        if fold_traditional(line).lower() in _STOCK_WORDS:
            for found in fact(subject, FactKind.STOCK, line, place=place, confidence=0.6):
                yield from (found, *available_fact(found))
    for tier in find_tiers(laid_out):
        yield from fact(
            subject,
            FactKind.TIER_PRICE,
            tier.price,
            shown=tier.shown,
            qualifier=tier.quantity,
            place=place,
            confidence=0.7,
        )
