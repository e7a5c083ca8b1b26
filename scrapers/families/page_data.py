"""The data of a page of unknown make: JSON in scripts (next, nuxt, `window.x = {...}`) and in answers to its scripts.

Takes a ParsedPage; gives the objects in it, each with its place, breadth first and within bounds. Judges nothing.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from scrapers.dom import ParsedPage, attribute
from scrapers.families.findings import MAX_JSON, Json, parse_json
from scrapers.model import Source
from scrapers.partial_json import is_cut, read_cut_json

_ASSIGNED = re.compile(
    r"(?:(?:var|let|const)\s+|window\.|self\.|^\s*|[;,]\s*)([A-Za-z_$][\w$.]{0,60})\s*=\s*(?=[\[{])"
    r"|\(\s*[\"']([A-Za-z_$][\w$.-]{0,60})[\"']\s*,\s*(?=\{\s*[\"'])",
    re.M,
)
_SEPARATOR = re.compile(r"[^a-z0-9]")
_MAX_SCRIPTS = 60
_MAX_VALUES = 20
_MAX_NODES = 30_000
_MAX_DEPTH = 14
_MAX_INNER = 500_000


@dataclass(frozen=True)
class DataObject:
    """One JSON object: its values by plain key (lower case, no separators), the list it stands in, place and source."""

    values: dict[str, Json]
    group: str
    place: str
    source: Source


_OBJECTS_OF: WeakKeyDictionary[ParsedPage, tuple[DataObject, ...]] = WeakKeyDictionary()
"""What was found in pages that are still being read: four readers ask."""


def find_objects(page: ParsedPage) -> tuple[DataObject, ...]:
    """All objects of the page's data, at most 30,000 values looked at."""
    known = _OBJECTS_OF.get(page)
    if known is None:
        known = _OBJECTS_OF.setdefault(page, tuple(_walk_data(page)))
    return known


def _walk_data(page: ParsedPage) -> Iterator[DataObject]:
    left = _MAX_NODES
    for place, source, data in _roots(page):
        queue: deque[tuple[str, str, int, Json]] = deque([("", place, 0, data)])
        while queue and left > 0:
            group, path, depth, value = queue.popleft()
            left -= 1
            if isinstance(value, str) and depth and value[:1] in "[{" and 2 < len(value) < _MAX_INNER:
                value = parse_json(value)
            if depth > _MAX_DEPTH:
                continue
            if isinstance(value, list):
                queue.extend((path, path, depth + 1, item) for item in value[:2000])
            elif isinstance(value, dict):
                yield DataObject({plain_key(key): item for key, item in value.items()}, group, path, source)
                queue.extend(("", f"{path}/{key[:40]}", depth + 1, item) for key, item in value.items() if item)


def plain_key(key: str) -> str:
    """A key in lower case without separators: goods_name and goodsName are one."""
    return _SEPARATOR.sub("", key.lower()[:60])


def script_texts(page: ParsedPage) -> Iterator[str]:
    """The inline scripts that hold code, bounded."""
    scripts = [s for s in page.document.with_tag("script") if not s.has_attr("src")]
    for script in scripts[:_MAX_SCRIPTS]:
        if attribute(script, "type").lower() in ("", "text/javascript", "module", "application/javascript"):
            yield script.get_text()[:MAX_JSON]


def _roots(page: ParsedPage) -> Iterator[tuple[str, Source, Json]]:
    for answer in page.content.answers[:200]:
        if answer.status < 400 and answer.body.lstrip()[:1] in ("{", "["):
            data = parse_json(answer.body)
            if data is None and is_cut(answer.body):
                data = cast("Json", read_cut_json(answer.body))
            yield urlsplit(answer.url).path[-60:] or "/", Source.JSON, data
    for script in page.document.with_tag("script")[:_MAX_SCRIPTS]:
        kind = attribute(script, "type").lower()
        if "json" in kind and "ld+json" not in kind:
            place = f"script#{attribute(script, 'id')}" if script.has_attr("id") else "script[type=application/json]"
            yield place, Source.SCRIPT, _unfold(parse_json(script.get_text()))
    decoder = json.JSONDecoder()
    for text in script_texts(page):
        for number, match in enumerate(_ASSIGNED.finditer(text)):
            if number == _MAX_VALUES:
                break
            try:
                value: Json = decoder.raw_decode(text[match.end() : match.end() + MAX_JSON])[0]
            except (ValueError, RecursionError):
                continue
            yield match.group(1) or match.group(2), Source.SCRIPT, value


def _unfold(data: Json) -> Json:
    """Nuxt 3 writes a flat list in which numbers point at other entries: the same as plain objects, bounded."""
    if not isinstance(data, list) or not any(isinstance(item, dict) for item in data[:200]):
        return data
    flat = data[:5000]

    def value_at(reference: Json) -> Json:
        if isinstance(reference, int) and not isinstance(reference, bool) and 0 <= reference < len(flat):
            value = flat[reference]
            return value if not isinstance(value, list | dict) else None
        return None

    objects: list[Json] = []
    for item in flat:
        if isinstance(item, dict) and item and all(isinstance(v, int) for v in item.values()):
            objects.append({key: value_at(reference) for key, reference in item.items()})
        elif isinstance(item, dict):
            return data
    return objects or data
