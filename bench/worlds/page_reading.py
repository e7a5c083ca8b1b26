"""Reads the pages of a world by `find_identifiers`, at several times of each site, into statements.

What stands on no page (DNS, TLS, registers, icons' bytes, codes in pictures, redirects of the server) is given as
lookups and captures would give it. `PageReading.misread` counts what was missed or found beyond what was written.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from bench.worlds.markup import is_on_page
from bench.worlds.model import Shown, World, day_time
from bench.worlds.moves import show_life
from bench.worlds.pages import RenderedPage, render_pages
from bench.worlds.population import Population, SitePlan, make_population
from scrapers.identifiers import find_identifiers
from scrapers.identifiers.notices import find_notices
from scrapers.identifiers.release import find_release_identifiers
from scrapers.identity import Identifier
from scrapers.model import PageContent
from storage.identity import Statement

TIMES = 4  # looks at each site whose pages are read
_OTHERWISE = {"name", "design"}  # told by every page, not written by us


@dataclass
class PageReading:
    """What reading the pages of a world gave, and how right it was. Counts are of identifiers on a site's pages."""

    statements: list[Statement] = field(default_factory=list)
    written: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    beyond: Counter[str] = field(default_factory=Counter)
    examples: list[tuple[str, str, str, str]] = field(default_factory=list)  # missed or beyond, kind, value, site
    pages: int = 0
    bytes: int = 0
    seconds: float = 0.0


def read_world(world: World, sites: int) -> PageReading:
    """Render and read every site of the world; `sites` as given to `make_world`."""
    people = make_population(world.seed, sites, world.shape)
    reading = PageReading()
    by_site: dict[str, list[tuple[int, ...]]] = {}
    for epoch in world.truth.epochs:
        by_site.setdefault(epoch.site, []).append(world.looks[epoch.label])
    for plan in people.plans:
        looks = next((days for days in by_site.get(plan.site, ()) if plan.first <= days[0] <= plan.last), None)
        if looks is not None:
            _read_site(people, plan, looks, reading)
    return reading


def choose_days(looks: tuple[int, ...], count: int = TIMES) -> tuple[int, ...]:
    """So many of the looks, the first and the last among them."""
    if len(looks) <= count:
        return looks
    return tuple(sorted({looks[round(place * (len(looks) - 1) / (count - 1))] for place in range(count)}))


def _read_site(people: Population, plan: SitePlan, looks: tuple[int, ...], reading: PageReading) -> None:
    rows = show_life(people, plan)
    seen: dict[tuple[str, str, str], Statement] = {}
    for day in choose_days(looks):
        at = day_time(day)
        shown = [row for row in rows if row.first <= day <= row.last]
        for row in shown:
            if not is_on_page(row):
                _note(seen, plan.site, Identifier(row.kind, row.value, row.place, role=row.role, where=row.where), at)
        if day > plan.content_last or (plan.down is not None and plan.down[0] < day < plan.down[1]):
            continue
        found: dict[tuple[str, str], Identifier] = {}
        for page in render_pages(plan.site, plan.theme, plan.stem, shown, day):
            for one in _read_page(page, plan.site, reading):
                if not one.problem:
                    found[(one.kind, one.value)] = one
                _note(seen, plan.site, one, at)
        _count(reading, plan.site, [row for row in shown if is_on_page(row)], found)
    reading.statements += seen.values()


def _read_page(page: RenderedPage, site: str, reading: PageReading) -> Iterable[Identifier]:
    started = time.perf_counter()
    found = read_content(PageContent(page.url, page.text), site.partition("/")[0])
    reading.seconds += time.perf_counter() - started
    reading.pages += 1
    reading.bytes += len(page.text.encode())
    return found


def read_content(content: PageContent, host: str) -> tuple[Identifier, ...]:
    """What a page tells without its traffic and pictures."""
    return (
        *find_identifiers(content, site_host=host),
        *find_notices(content, site_host=host),
        *find_release_identifiers(content),
    )


def _note(seen: dict[tuple[str, str, str], Statement], site: str, one: Identifier, at: datetime) -> None:
    key = (one.kind, one.value, one.place)
    known = seen.get(key)
    seen[key] = replace(known, last_seen=at, times=known.times + 1) if known is not None else Statement(
        site, one.kind, one.value, one.place, at, at, where=one.where, role=one.role, problem=one.problem,
        block=one.block, confidence=one.confidence,
    )  # fmt: skip


def _count(reading: PageReading, site: str, shown: Iterable[Shown],
           found: dict[tuple[str, str], Identifier]) -> None:  # fmt: skip
    written = {(row.kind, row.value) for row in shown if row.value != site}
    for kind, value in written:
        reading.written[kind] += 1
        if (kind, value) not in found:
            reading.missed[kind] += 1
            _keep_example(reading, "missed", kind, value, site)
    for kind, value in found:
        if kind in _OTHERWISE:
            continue
        reading.found[kind] += 1
        if (kind, value) not in written:
            reading.beyond[kind] += 1
            _keep_example(reading, "beyond", kind, value, site)


def _keep_example(reading: PageReading, what: str, kind: str, value: str, site: str) -> None:
    known = sum(1 for one in reading.examples if one[:2] == (what, kind))
    if known < 3:
        reading.examples.append((what, kind, value, site))


def draw_sample(world: World, count: int, seed: int) -> list[str]:
    """Labels of a sample of the world's own sites, for a real browser."""
    labels = [epoch.label for epoch in world.truth.epochs if "/" not in epoch.site and "@" not in epoch.label]
    return random.Random(seed).sample(labels, min(count, len(labels)))
