"""Addresses of products that only a page's JSON answers give: a slug, or the token of a link, beside a name.

Takes a page's answers; gives addresses by condensed name. For shops whose cards are scripts without links. Bounded in
answers, depth and objects; what does not look like a plain slug or token is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrapers.families.findings import Json, parse_json
from scrapers.links import join_address
from scrapers.model import PageContent
from scrapers.text import condense

_MOST_ANSWERS = 50
_MOST_OBJECTS = 5000
_DEPTH = 8
_PLAIN = re.compile(r"[\w.~-]{1,120}")
_NAMES = ("title", "name", "goods_name")


def find_answer_addresses(content: PageContent) -> dict[str, str]:
    """Addresses by condensed product name, from objects with a price, a name and a slug or link token."""
    found: dict[str, str] = {}
    for answer in content.answers[:_MOST_ANSWERS]:
        for row in _objects(parse_json(answer.body)):
            path = _path_of(row)
            if path and any("price" in key for key in row):
                for name in _names_of(row):
                    found.setdefault(condense(name), join_address(content.url, path))
    return found


def _path_of(row: dict[str, Json]) -> str:
    slug, link = row.get("slug"), row.get("link")
    if isinstance(slug, str) and _PLAIN.fullmatch(slug):
        return f"/products/{slug}"
    token = link.get("token") if isinstance(link, dict) else None
    return f"/links/{token}" if isinstance(token, str) and _PLAIN.fullmatch(token) else ""


def _names_of(row: dict[str, Json]) -> Iterator[str]:
    for key in _NAMES:
        value = row.get(key)
        for text in value.values() if isinstance(value, dict) else (value,):
            if isinstance(text, str) and 0 < len(text) <= 200:
                yield text


def _objects(data: Json) -> Iterator[dict[str, Json]]:
    stack: list[tuple[Json, int]] = [(data, 0)]
    seen = 0
    while stack and seen < _MOST_OBJECTS:
        value, depth = stack.pop()
        seen += 1
        if isinstance(value, dict):
            yield value
        if depth < _DEPTH and isinstance(value, dict | list):
            inner = value.values() if isinstance(value, dict) else value
            stack.extend((one, depth + 1) for one in inner if isinstance(one, dict | list))
