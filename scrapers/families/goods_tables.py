"""Goods in tables with known column heads, goods that are options of a select, and tables of wholesale prices.

Takes elements; gives goods and facts. Keys come from the number column of a table, else from names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import Tag

from scrapers.document import Document
from scrapers.dom import attribute, line_of, place_of
from scrapers.families.findings import MAX_PRODUCTS, available_fact, fact, name_key
from scrapers.families.goods import Goods
from scrapers.families.locks import lock_in
from scrapers.labels import canonical, kind_of_label
from scrapers.levels import level_of, named_level
from scrapers.model import Fact, FactKind, Source
from scrapers.money import discounted, read_amount, read_fold, share_of, yuan
from scrapers.quantities import read_limit
from scrapers.text import condense
from scrapers.traditional import fold_traditional

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
_NUMBER_LABELS = frozenset({"编号", "商品编号", "商品id", "id", "货号"})
_QUANTITY_LABELS = frozenset({"数量", "批发数量", "购买数量", "起批量", "起购数量", "件数", "quantity", "qty"})


def table_goods(document: Document) -> tuple[Goods, ...]:
    """The goods in the tables of a document whose column heads are known, each once."""
    rows = (goods for table in document.with_tag("table")[:100] for goods in _table_goods(table))
    return tuple({goods.subject: goods for goods in rows}.values())


def option_goods(document: Document) -> Iterator[Goods]:
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


def table_tiers(root: Tag, subject: str, unit_price: str = "") -> Iterator[Fact]:
    """Unit prices by quantity from a table with the heads 数量 and 单价, 总价 or 折扣 (then off `unit_price`)."""
    for table in root.find_all("table", limit=50):
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
