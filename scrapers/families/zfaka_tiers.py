"""Wholesale of zfaka: discount ratios by quantity, in an inline variable or an answer, as unit prices.

Takes a ParsedPage or what an answer holds; gives rows {qty, discount} and facts. 0.95 from 10 on makes 24.9 to 23.655.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from scrapers.dom import ParsedPage
from scrapers.families.findings import Json, fact, parse_json, text_in
from scrapers.model import Fact, FactKind, Source
from scrapers.money import discounted, yuan

_VARIABLE = re.compile(r"\bvar\s+PIFA\s*=\s*(?=\[)")
_ROWS = re.compile(r"(\[[^;<]*?\])\s*(?:;|\n|<|$)")
_MAX_ROWS = 20_000
_BARE_KEY = re.compile(r"([{,]\s*)([A-Za-z_]\w{0,30})\s*:")


def ratio_rows(told: Json) -> list[dict[str, Json]]:
    """Ratios of an answer, which may stand in it as a text of their own."""
    rows = parse_json(told) if isinstance(told, str) else told
    return [row for row in rows[:100] if isinstance(row, dict)] if isinstance(rows, list) else []


def ratio_facts(rows: list[dict[str, Json]], subject: str, price: str, place: str, source: Source) -> Iterator[Fact]:
    """Unit prices from ratios of a price."""
    for row in rows:
        quantity, ratio = text_in(row, "qty"), yuan(text_in(row, "discount"))
        unit = discounted(price, ratio) or (price if ratio == "1" else "")
        if quantity.isdigit() and int(quantity) > 0:
            yield from fact(
                subject,
                FactKind.TIER_PRICE,
                unit,
                shown=f"{quantity}: {ratio}",
                qualifier=str(int(quantity)),
                place=place,
                source=source,
                confidence=0.95,
            )


def ratios_in_page(page: ParsedPage) -> list[dict[str, Json]]:
    """The ratios of the page's inline variable; its keys may stand without quotes."""
    for source in (page.content.dom, page.content.source_html):
        start = _VARIABLE.search(source)
        match = _ROWS.match(source[start.end() : start.end() + _MAX_ROWS]) if start else None
        if match is None:
            continue
        text = html.unescape(match.group(1))
        for attempt in (text, _BARE_KEY.sub(r'\1"\2":', text).replace("'", '"')):
            rows = ratio_rows(attempt)
            if rows:
                return rows
    return []
