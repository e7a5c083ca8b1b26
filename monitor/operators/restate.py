"""Makes the statements of kept captures anew: after better readers, and for captures from before there were any.

Sites are made whole: of each domain all captures are read, the old statements of captures give way to the new ones in
one transaction, those of lookups stay. A domain with a capture that cannot be read keeps its old statements beside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from monitor.config.services import OCR_OFF
from monitor.operators.statements import READERS, digest_look, link_sites, state_capture
from monitor.outcomes import OWN_TROUBLE
from scrapers.domains import registrable_domain
from scrapers.model import Origin
from storage.captures import MOST, list_captures
from storage.errors import ArchiveDamaged
from storage.pages import list_pages
from storage.readable import describe_capture
from storage.sites import list_sites
from storage.statement_looks import forget_look, is_restated, note_restated
from storage.statements import note_statements, replace_statements

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.config.services import OcrSettings
    from storage.archive import Archive
    from storage.identity import Statement
    from storage.model import StoredCapture, WatchedPage

_MOST_REMEMBERED = 500

Key = tuple[str, str, str, str, bool]
"""Site, kind, value, place, claimed."""


@dataclass
class Restated:
    """How far it is: captures read (`equal` ones were read for an earlier look), statements made, what could not be."""

    total: int = 0
    read: int = 0
    equal: int = 0
    statements: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)


def restate_pages(
    archive: Archive,
    pages: Sequence[WatchedPage],
    *,
    at: datetime,
    ocr: OcrSettings = OCR_OFF,
    again: bool = False,
    on_progress: Callable[[Restated], None] | None = None,
) -> Restated:
    """Make the statements of pages anew, and of all that share a domain with them; `again` also where it was done."""
    done = Restated()
    with archive.database.reading() as session:
        waiting = [page for page in pages if again or not is_restated(session, page.id, READERS)]
    if not waiting:
        return done
    captures, domains = _gather(archive, waiting)
    done.total = len(captures)
    made: dict[Key, Statement] = {}
    broken: set[str] = set()
    looks: dict[str, tuple[Statement, ...]] = {}
    links: list[tuple[StoredCapture, tuple[Statement, ...]]] = []
    for stored in sorted(captures, key=lambda one: (one.seen_at, one.id)):
        try:
            told = _restate_one(archive, stored, ocr, looks, done)
        except (ArchiveDamaged, OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            done.failures.append((stored.id, f"{type(error).__name__}: {error}"))
            broken |= _domains_of(stored)
            told = ()
        for one in told:
            key = (one.site, one.kind, one.value, one.place, one.claimed)
            made[key] = _go_on(made[key], one) if key in made else one
        links.append((stored, told))
        if on_progress is not None:
            on_progress(done)
    _write(archive, made, domains, broken, links, at)
    done.statements = len(made)
    return done


def _gather(archive: Archive, pages: Sequence[WatchedPage]) -> tuple[list[StoredCapture], set[str]]:
    """All captures that share a domain with these pages, over as many steps as it takes; and those domains."""
    with archive.database.reading() as session:
        every = {page.id: page for page in list_pages(session)}
        captures: list[StoredCapture] = []
        after = ""
        while batch := list_captures(session, after=after, limit=MOST):
            captures += batch
            after = batch[-1].id
    chosen = {page.id for page in pages}
    domains = {registrable_domain(every[name].url) for name in chosen if name in every}
    grown = True
    while grown:
        grown = False
        for one in captures:
            own = _domains_of(one)
            if own & domains and not own <= domains:
                domains |= own
                grown = True
    return [one for one in captures if _domains_of(one) & domains], domains - {""}


def _domains_of(stored: StoredCapture) -> set[str]:
    return {registrable_domain(url) for url in (stored.page.url, stored.final_url) if url}


def _restate_one(
    archive: Archive, stored: StoredCapture, ocr: OcrSettings, looks: dict[str, tuple[Statement, ...]], done: Restated
) -> tuple[Statement, ...]:
    if stored.reason in OWN_TROUBLE:
        done.read += 1
        return ()
    digest = digest_look(describe_capture(archive, stored), ocr.engine)
    told = looks.get(digest)
    if told is None:
        told, whole = state_capture(archive, archive.load_capture(stored.id, fill_views=True), stored, ocr)
        if whole and len(looks) < _MOST_REMEMBERED:
            looks[digest] = told
    else:
        done.equal += 1
    done.read += 1
    claimed = stored.origin is not Origin.OWN
    return tuple(
        replace(
            one, first_seen=stored.seen_at, last_seen=stored.seen_at, first_capture=stored.id, last_capture=stored.id,
            claimed=claimed,
        )
        for one in told
    )  # fmt: skip


def _go_on(before: Statement, now: Statement) -> Statement:
    """Captures come in the order of time: the first sight stays, the words are those of the last."""
    return replace(
        now, first_seen=before.first_seen, first_capture=before.first_capture, times=before.times + 1,
    )  # fmt: skip


def _write(
    archive: Archive,
    made: Mapping[Key, Statement],
    domains: set[str],
    broken: set[str],
    links: Sequence[tuple[StoredCapture, tuple[Statement, ...]]],
    at: datetime,
) -> None:
    by_site: dict[str, list[Statement]] = {}
    for one in made.values():
        by_site.setdefault(one.site, []).append(one)
    with archive.database.writing() as session:
        # What was captured while we read must not give way to what we read.
        read = {stored.id for stored, _ in links}
        fresh = [one for one in list_captures(session, since=at, limit=MOST) if one.id not in read]
        broken |= {domain for one in fresh for domain in _domains_of(one)}
        known = [one.site for one in list_sites(session)]
        for site in dict.fromkeys((*known, *by_site)):
            domain = registrable_domain(f"//{site}")
            if domain not in domains or domain in broken:
                note_statements(session, by_site.get(site, ()))
            else:
                replace_statements(session, site, by_site.get(site, ()), at)
        pages: dict[str, bool] = {}
        for stored, told in links:
            link_sites(session, stored, told)
            pages[stored.page.id] = pages.get(stored.page.id, True) and not _domains_of(stored) & broken
        for page, whole in pages.items():
            forget_look(session, page)
            if whole:
                note_restated(session, page, READERS)
