"""What a family's reader gives back, and small steps that all readers share.

A reader takes a ParsedPage and gives Findings; it never raises for what a page contains, and never leaves a product
page empty without saying in `problems` what it sought.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import cast
from urllib.parse import urlsplit

from scrapers.dom import ParsedPage
from scrapers.labels import availability
from scrapers.model import Block, Fact, FactKind, JsonAnswer, PageContent, Source
from scrapers.partial_json import is_cut, read_cut_json
from scrapers.text import condense

MAX_JSON = 5_000_000
MAX_PRODUCTS = 2000

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None


@dataclass(frozen=True)
class Recognition:
    """How sure a family is that a page is its own (0 to 1), and the signs it saw."""

    confidence: float
    signs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Findings:
    """What one reader found on one page. `final`: there is no more to be found (a closed shop, a gate)."""

    facts: tuple[Fact, ...] = ()
    blocks: tuple[Block, ...] = ()
    problems: tuple[str, ...] = ()
    final: bool = False


@dataclass(frozen=True)
class Family:
    """A family of shop software and its reader."""

    name: str
    recognise: Callable[[ParsedPage], Recognition]
    read: Callable[[ParsedPage], Findings]


def weigh_signs(signs: Iterable[tuple[bool, float, str]]) -> Recognition:
    """Join signs that each leave a share of doubt: two signs of 0.6 make 0.84."""
    doubt, seen = 1.0, []
    for present, weight, name in signs:
        if present:
            doubt *= 1 - weight
            seen.append(name)
    return Recognition(round(1 - doubt, 3), tuple(seen))


def parse_json(text: str) -> Json:
    """A JSON text as data, None when it is not JSON, too long or too deep."""
    if len(text) > MAX_JSON:
        return None
    try:
        data: Json = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return data


def answers_to(content: PageContent, path_end: str) -> Iterator[tuple[JsonAnswer, dict[str, Json]]]:
    """The page's JSON answers whose path ends so and that hold an object."""
    for answer in content.answers[:200]:
        if urlsplit(answer.url).path.rstrip("/").endswith(path_end) and answer.status < 400:
            data = parse_json(answer.body)
            if data is None and is_cut(answer.body):
                data = cast("Json", read_cut_json(answer.body))
            if isinstance(data, dict):
                yield answer, data


def script_value(page: ParsedPage, before: re.Pattern[str]) -> Json:
    """The JSON value that follows a pattern in an inline script, None where there is none."""
    for html in (page.content.dom, page.content.source_html):
        match = before.search(html)
        if match is None:
            continue
        start = match.end()
        try:
            value: Json = json.JSONDecoder().raw_decode(html[start : start + MAX_JSON])[0]
        except (ValueError, RecursionError):
            continue
        return value
    return None


def source_seen(page: ParsedPage, text: str, kept_in: Source) -> Source:
    """How a text that stands in data was seen: shown or popped up where the browser saw it, else as it is kept."""
    if page.sight.visible and page.sight.shows(text):
        return Source.TEXT
    return Source.POPUP if page.sight.pops_up(text) else kept_in


def text_in(data: dict[str, Json], key: str) -> str:
    """A text or number of a JSON object as text, "" for anything else."""
    value = data.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)


def available_fact(stock: Fact) -> tuple[Fact, ...]:
    """Whether the product can be bought, as its stock says it."""
    word = availability(stock.value)
    if not word:
        return ()
    return (replace(stock, kind=FactKind.AVAILABLE, value=word),)


def name_key(name: str) -> str:
    """A subject key made of a product's name, for lists that give no number."""
    return "name:" + condense(name)[:80]


def unique_facts(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Each (subject, kind, qualifier) once: the surest, and of equals the first."""
    best: dict[tuple[str, FactKind, str], Fact] = {}
    for fact in facts:
        key = (fact.subject, fact.kind, fact.qualifier)
        if fact.value and (key not in best or fact.confidence > best[key].confidence):
            best[key] = fact
    return tuple(best.values())


def fact(
    subject: str,
    kind: FactKind,
    value: str,
    *,
    shown: str = "",
    qualifier: str = "",
    place: str = "",
    source: Source = Source.TEXT,
    confidence: float = 1.0,
) -> tuple[Fact, ...]:
    """A fact, or nothing where there is no value."""
    return (Fact(subject, kind, value, shown or value, qualifier, place, source, confidence),) if value else ()
