"""Lists of goods on a page of unknown make: repeated cards with a price, and tables with known column heads.

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

from bs4 import Tag
from bs4.element import NavigableString

from scrapers.dom import Document, ParsedPage, address_of, attribute, line_of, place_of, text_of
from scrapers.families.findings import MAX_PRODUCTS, available_fact, fact, name_key
from scrapers.families.locks import lock_in
from scrapers.families.loose_rows import LooseRow, find_loose_rows
from scrapers.labels import canonical, is_delivery, kind_of_label, labelled_facts
from scrapers.levels import level_of, named_level
from scrapers.model import Fact, FactKind, Role, Source
from scrapers.money import discounted, find_prices, find_tiers, read_amount, read_fold, share_of, yuan
from scrapers.quantities import find_sold, read_limit
from scrapers.text import condense, one_line
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
_TABLE_LABELS = {
    "商品": FactKind.NAME,
    "卡种": FactKind.NAME,
    "卡类": FactKind.NAME,
    "item": FactKind.NAME,
    "name": FactKind.NAME,
    "qty": FactKind.STOCK,
    "商品类型": FactKind.DELIVERY,
    "类型": FactKind.DELIVERY,
    "名称": FactKind.NAME,
    "货品": FactKind.NAME,
    "商品标题": FactKind.NAME,
    "状态": FactKind.STOCK,
    "商品状态": FactKind.STOCK,
    "销售状态": FactKind.STOCK,
}
_OPTION_ATTRIBUTES = (
    (FactKind.PRICE, ("data-price", "price", "data-money")),
    (FactKind.STOCK, ("data-stock", "stock", "data-num")),
)
_STOCK_WORDS = frozenset(word.lower() for word in STOCK_WORDS)
_NUMBER_LABELS = frozenset({"编号", "商品编号", "商品id", "id", "货号"})
_QUANTITY_LABELS = frozenset({"数量", "批发数量", "购买数量", "起批量", "起购数量", "件数", "quantity", "qty"})
_PRODUCT_PATH = re.compile(r"/(?:buy|item|items|product|products|goods|detail|commodity|p|g)/[^/]+$|detail", re.I)
_NOT_A_NAME = re.compile(r"^[\W\d_]*$|购买|下单|立即|加入|详情|库存|已售|销量|自动发货|登录")


@dataclass(frozen=True)
class Goods:
    """One product of a list: its element, its key and its facts."""

    element: Tag
    subject: str
    facts: tuple[Fact, ...]


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
        return tuple(_option_goods(page.document)) if page.role is not Role.PRODUCT else ()
    return tuple(_keyed(page, cards))


def table_goods(document: Document) -> tuple[Goods, ...]:
    """The goods in the tables of a document whose column heads are known, each once."""
    rows = (goods for table in document.with_tag("table")[:100] for goods in _table_goods(table))
    return tuple({goods.subject: goods for goods in rows}.values())


def elements_of(goods: tuple[Goods, ...]) -> frozenset[int]:
    """The `id()` of the elements that hold goods, of rows also that of their table: its text is no rule."""
    rows = (item.element for item in goods if item.element.name == "tr")
    tables = (table for row in rows if (table := row.find_parent("table")) is not None)
    return frozenset((*(id(item.element) for item in goods), *map(id, tables)))


def _option_goods(document: Document) -> Iterator[Goods]:
    """Goods that are the options of a select, each with its price in an attribute; none for fewer than two."""
    for select in document.with_tag("select")[:20]:
        options = [(o, name) for o in select.find_all("option", limit=MAX_PRODUCTS) if (name := _option_name(o))]
        if len(options) < 2:
            continue
        seen: set[str] = set()
        for option, name in options:
            subject, place = name_key(name), f"{place_of(select)} > option"
            if subject in seen:
                continue
            seen.add(subject)
            facts = [*fact(subject, FactKind.NAME, name, place=place, confidence=0.8)]
            for kind, keys in _OPTION_ATTRIBUTES:
                key = next((key for key in keys if attribute(option, key)), "")
                shown = attribute(option, key) if key else ""
                value = yuan(shown) if kind is FactKind.PRICE else canonical(kind, shown)
                if not value or value in ("null", "undefined"):
                    continue
                told = fact(
                    subject,
                    kind,
                    value,
                    shown=shown,
                    place=f"{place}[{key}]",
                    source=Source.ATTRIBUTE,
                    confidence=0.7,
                )
                for found in told:
                    facts += (found, *(available_fact(found) if kind is FactKind.STOCK else ()))
            yield Goods(option, subject, tuple(facts))


def _option_name(option: Tag) -> str:
    """The name of a product that is an option, "" for other options."""
    name = line_of(option, 120)
    priced = any(yuan(attribute(option, key)) not in ("", "0") for key in _OPTION_ATTRIBUTES[0][1])
    return name if priced and 2 <= len(name) <= 100 and attribute(option, "value") not in ("", "0") else ""


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


def price_elements(document: Document) -> list[Tag]:
    """Elements that show one price and little else, in document order; tiers are not among them."""
    found: dict[int, Tag] = {}
    for node in document.soup.find_all(string=_SIGN, limit=5000):
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


def table_tiers(root: Tag, subject: str, unit_price: str = "") -> Iterator[Fact]:
    """Unit prices by quantity from a table with the heads 数量 and 单价, 总价 or 折扣 (then off `unit_price`)."""
    for table in root.select("table", limit=50):
        heads, rows = _heads_and_rows(table)
        plain = [fold_traditional(condense(head)) for head in heads]
        quantity = next((i for i, head in enumerate(plain) if head in _QUANTITY_LABELS), None)
        total = next((i for i, head in enumerate(plain) if head in ("总价", "合计", "总额", "total")), None)
        ratio = next((i for i, head in enumerate(plain) if head in ("折扣", "优惠", "折率", "discount")), None)
        price = next((i for i, head in enumerate(heads) if kind_of_label(head) is FactKind.PRICE), None)
        column = next((i for i in (price, total, ratio) if i is not None), None)
        if quantity is None or column is None:
            continue
        for row in rows[:100]:
            cells = [line_of(cell) for cell in row.find_all(["td", "th"], recursive=False)]
            number = re.match(r"\D{0,3}(\d+)", cells[quantity]) if len(cells) > max(quantity, column) else None
            if number is None or int(number.group(1)) < 2:
                continue
            if column == ratio:
                value = discounted(unit_price, read_fold(cells[column])) if unit_price else ""
            else:
                value = read_amount(cells[column])
                value = share_of(value, number.group(1)) if column == total and column != price else value
            yield from fact(
                subject,
                FactKind.TIER_PRICE,
                value,
                shown=" ".join(cells),
                qualifier=str(int(number.group(1))),
                place=place_of(table),
                confidence=0.9,
            )


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
    for found in labelled_facts(f"{laid_out}\n{loose}", subject, place, Source.TEXT, 0.75):
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


def heads_of(table: Tag) -> list[str]:
    """The known column heads of a table, none where it has no such row."""
    return _heads_and_rows(table)[0]


def _heads_and_rows(table: Tag) -> tuple[list[str], list[Tag]]:
    rows: list[Tag] = list(table.find_all("tr", limit=MAX_PRODUCTS + 1))
    for number, row in enumerate(rows[:5]):
        cells = row.find_all(["th", "td"], recursive=False)
        heads = [line_of(cell) for cell in cells]
        if sum(_kind_of_head(head) is not None or condense(head) in _QUANTITY_LABELS for head in heads) >= 2:
            return heads, rows[number + 1 :]
    return [], []


def _kind_of_head(head: str) -> FactKind | None:
    bare = re.sub(r"[（(].*", "", head)
    if level_of(bare):
        return FactKind.MEMBER_PRICE
    return _TABLE_LABELS.get(fold_traditional(condense(head))) or kind_of_label(bare)


def _table_goods(table: Tag) -> Iterator[Goods]:
    heads, rows = _heads_and_rows(table)
    kinds = [_kind_of_head(head) for head in heads]
    if FactKind.NAME not in kinds or not ({FactKind.PRICE, FactKind.STOCK, FactKind.FACE_VALUE} & set(kinds)):
        return
    number = next((i for i, head in enumerate(heads) if condense(head) in _NUMBER_LABELS), None)
    listed: list[tuple[Tag, list[Tag], str]] = []
    for row in rows:
        cells = list(row.find_all(["td", "th"], recursive=False))
        if len(cells) >= 2 and len(cells) > kinds.index(FactKind.NAME):
            name = line_of(cells[kinds.index(FactKind.NAME)])
            if name and _kind_of_head(name) is None:
                listed.append((row, cells, name))
    numbers = [line_of(cells[number]) if number is not None and number < len(cells) else "" for _, cells, _ in listed]
    seen: set[str] = set()
    for (row, cells, name), own in zip(listed, numbers, strict=True):
        key = f"no:{own}" if all(numbers) else name_key(name)
        if key not in seen:
            seen.add(key)
            yield Goods(row, key, tuple(_row_facts(heads, cells, key, place_of(table))))


def _row_facts(heads: list[str], cells: list[Tag], subject: str, place: str) -> Iterator[Fact]:
    for head, cell in zip(heads, cells, strict=False):
        kind, shown = _kind_of_head(head), line_of(cell)
        if kind is None or not shown:
            continue
        if kind in (FactKind.PRICE, FactKind.MEMBER_PRICE) and (lock := lock_in(shown)):
            yield from fact(subject, FactKind.LOCKED, lock, shown=shown, place=f"{place} locked", confidence=0.9)
            continue
        if kind is FactKind.LIMIT:
            for limit in read_limit(head, shown):
                yield from fact(
                    subject,
                    kind,
                    limit.value,
                    shown=shown,
                    qualifier=limit.side,
                    place=f"{place} limit",
                    confidence=0.9,
                )
            continue
        money = kind in (FactKind.PRICE, FactKind.ORIGINAL_PRICE, FactKind.MEMBER_PRICE)
        value = (read_amount(shown) or yuan(shown)) if money else canonical(kind, shown)
        qualifier = named_level(level_of(head)) if kind is FactKind.MEMBER_PRICE else ""
        where = f"{place} {kind.value}"
        for found in fact(subject, kind, value, shown=shown, qualifier=qualifier, place=where, confidence=0.9):
            yield found
            yield from available_fact(found) if kind is FactKind.STOCK else ()
