"""One product of a list, as all the readers of lists give it: its element, its key and its facts."""

from __future__ import annotations

from dataclasses import dataclass

from bs4 import Tag

from scrapers.model import Fact


def elements_of(goods: tuple[Goods, ...]) -> frozenset[int]:
    """The `id()` of the elements that hold goods, of rows also that of their table: its text is no rule."""
    rows = (item.element for item in goods if item.element.name == "tr")
    tables = (table for row in rows if (table := row.find_parent("table")) is not None)
    return frozenset((*(id(item.element) for item in goods), *map(id, tables)))


@dataclass(frozen=True)
class Goods:
    """One product of a list: its element, its key and its facts."""

    element: Tag
    subject: str
    facts: tuple[Fact, ...]
