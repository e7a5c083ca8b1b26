"""A product's price, stock and name in plain variables of a page's scripts: `var price = 12.00;`.

Takes a ParsedPage; gives facts that are less sure than anything that a page shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrapers.dom import ParsedPage
from scrapers.families import data_words as words
from scrapers.families.findings import available_fact, fact
from scrapers.families.page_data import plain_key, script_texts
from scrapers.model import Fact, FactKind, Source
from scrapers.money import yuan
from scrapers.text import one_line

_VARIABLE = re.compile(
    r"(?:(?:var|let|const)\s+|window\.|[,;]\s*)([A-Za-z_$][\w$]{0,40})\s*=\s*"
    r"(?:\"([^\"\\\n]{1,120})\"|'([^'\\\n]{1,120})'|(\d{1,9}(?:\.\d{1,4})?))\s*(?=[;,\n]|$)"
)
_PLACES = re.compile(r"^(?:goods|product|item|commodity|current|cur|my|the)|(?:total|num|count|value|val)$")
_MOST = 400


def variable_facts(page: ParsedPage, subject: str) -> Iterator[Fact]:
    """Facts from the scripts' variables whose names say a price, an old price, a stock or a product's name."""
    seen = 0
    for text in script_texts(page):
        for match in _VARIABLE.finditer(text[:300_000]):
            seen += 1
            if seen > _MOST:
                return
            key, value = plain_key(match.group(1)), one_line(match.group(2) or match.group(3) or match.group(4))
            yield from _as_fact(subject, key, value, match.group(1))


def _as_fact(subject: str, key: str, value: str, shown_key: str) -> Iterator[Fact]:
    bare = _PLACES.sub("", key)

    def told(kind: FactKind, canonical: str) -> tuple[Fact, ...]:
        place = f"script {shown_key}"
        return fact(subject, kind, canonical, shown=value, place=place, source=Source.SCRIPT, confidence=0.5)

    for kind in (FactKind.PRICE, FactKind.ORIGINAL_PRICE):
        if key in words.FIELDS[kind] or bare in words.FIELDS[kind]:
            yield from told(kind, yuan(value) if yuan(value) != "0" else "")
            return
    if (key in words.FIELDS[FactKind.STOCK] or bare in words.FIELDS[FactKind.STOCK]) and value.isdecimal():
        for found in told(FactKind.STOCK, value):
            yield from (found, *available_fact(found))
    elif key in ("goodsname", "productname", "itemname", "commodityname"):
        yield from told(FactKind.NAME, value)
