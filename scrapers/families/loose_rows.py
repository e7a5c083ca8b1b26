"""Goods of a plain list, whose prices stand loose beside a link: `<li><a>月卡</a> ￥18.50 库存：33</li>`.

Takes a ParsedPage; gives rows of one kind under one parent, at least two of them. Sentences that speak of money are no
rows: beside price, stock and other labelled values hardly a character may be left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from bs4 import Tag
from bs4.element import NavigableString

from scrapers.dom import ParsedPage, attribute, line_of
from scrapers.labels import find_labelled
from scrapers.model import FactKind
from scrapers.money import find_prices, find_tiers
from scrapers.text import one_line
from scrapers.vocabulary import STOCK_WORDS

_SIGN = re.compile(r"[¥￥元]|CNY|RMB")
_NO_ROW = frozenset({"script", "style", "template", "noscript", "title", "option", "textarea", "body", "html", "a"})
_FILLING = re.compile(r"商品|价格?|仅需|每?[件个张份套]|[\W_\d]")
_STOCK_WORD = re.compile("|".join(sorted(STOCK_WORDS, key=len, reverse=True)))
_MOST = 120
_MOST_NODES = 5000


@dataclass(frozen=True)
class LooseRow:
    """One row: its element, the name in its link or before its price, its own words, the price among them.

    `stock` is a word such as 缺货 where no label names the stock.
    """

    element: Tag
    name: str
    words: str
    price: str
    stock: str


def find_loose_rows(page: ParsedPage) -> list[LooseRow]:
    """The rows of all such lists, in the order of the page."""
    groups: dict[tuple[int, str, str], list[LooseRow]] = {}
    seen: set[int] = set()
    for node in islice(page.document.strings_like(_SIGN), _MOST_NODES):
        element = node.parent
        if element is None or element.parent is None or element.name in _NO_ROW or id(element) in seen:
            continue
        seen.add(id(element))
        row = _read_row(element)
        if row is not None:
            kind = (id(element.parent), element.name, attribute(element, "class"))
            groups.setdefault(kind, []).append(row)
    return [row for rows in groups.values() for row in _of_one_list(rows)]


def _of_one_list(rows: list[LooseRow]) -> Iterator[LooseRow]:
    """Rows beside each other; shops take the link away from what is sold out, but not from all."""
    if len(rows) >= 2 and any(row.element.find("a") is not None for row in rows):
        yield from rows


def _read_row(element: Tag) -> LooseRow | None:
    words = one_line(" ".join(node for node in element.find_all(string=True, recursive=False) if _is_text(node)))
    if not words or len(words) > _MOST or find_tiers(words):
        return None
    rest, priced, counted = words, "", False
    for found in find_labelled(words):
        rest = rest.replace(found.shown, " ", 1)
        if found.kind is FactKind.PRICE:
            priced = next((price.shown for price in find_prices(found.value)), found.value)
        counted = counted or found.kind is FactKind.STOCK
    loose = find_prices(rest)
    if len(loose) != (0 if priced else 1):
        return None
    link = element.find("a")
    name = line_of(link, 100) if isinstance(link, Tag) else ""
    if loose:
        before, _, behind = rest.partition(loose[0].shown)
        rest = f"{before} {behind}"
        if link is None:
            name, rest = before.strip(" ,，:：-—"), behind
    state = _STOCK_WORD.search(rest)
    if not 2 <= len(name) <= 100 or len(_FILLING.sub("", _STOCK_WORD.sub("", rest))) > 2:
        return None
    stock = state.group() if state and not counted else ""
    return LooseRow(element, name, words, priced or loose[0].shown, stock)


def _is_text(node: NavigableString) -> bool:
    return type(node) is NavigableString
