"""Release pages (发布页) as things of their own: which addresses one lists, since when, and which it dropped.

Pure. A release page outlives the domains that it lists; whoever follows a platform watches it by itself. What it says
is the word of whoever runs it: it counts for a site only where that site named the page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.operators.move_signals import OLD_SIDE, RELEASES, SignalSet
from monitor.operators.site_facts import SiteFacts
from scrapers.domains import site_of_host
from scrapers.identity import IdentifierKind, Place
from storage.identity import Statement

_LISTING = frozenset({IdentifierKind.NOTICE_SUCCESSOR, IdentifierKind.REDIRECT})
_NOT_LISTED = frozenset({"former", "warned_against", "partner", "branch"})
_MIRROR = frozenset({"mirror", "backup"})
_OTHERS_WORDS = frozenset({Place.COMMENT, Place.USER_CONTENT, Place.THIRD_PARTY_FRAME})
_MOST_LISTED = 12  # addresses that one platform's page lists over the years; a directory lists more
_SLACK = timedelta(days=1)


@dataclass(frozen=True)
class ListedAddress:
    """An address that a release page listed, first and last then. `part` is current, mirror or dropped."""

    site: str
    part: str
    first_at: datetime
    last_at: datetime
    proof: str = ""


@dataclass(frozen=True)
class ReleasePage:
    """A release page: its address, the sites that named it, and what it lists, the newest first."""

    url: str
    site: str
    named_by: tuple[str, ...]
    first_at: datetime
    last_at: datetime
    listed: tuple[ListedAddress, ...] = ()

    @property
    def current(self) -> tuple[str, ...]:
        """The addresses that it gives as the place where the platform is now."""
        return tuple(one.site for one in self.listed if one.part == "current")


def find_release_pages(statements: Iterable[Statement]) -> tuple[ReleasePage, ...]:
    """The release pages that sites name, with what those pages were seen to list."""
    naming: dict[str, list[Statement]] = defaultdict(list)
    listing: dict[str, list[Statement]] = defaultdict(list)
    for statement in statements:
        if statement.place in _OTHERS_WORDS or statement.problem:
            continue
        if statement.kind == IdentifierKind.RELEASE_PAGE:
            naming[_bare(statement.value)].append(statement)
        elif statement.kind in _LISTING and statement.role.strip().lower() not in _NOT_LISTED:
            listing[statement.site].append(statement)
    return tuple(_build(url, rows, listing) for url, rows in sorted(naming.items()) if url)


def find_release_sites(signals: SignalSet, *, watched: Iterable[str] = (), shops: Iterable[str] = ()) -> frozenset[str]:
    """The sites that are release pages and nothing else, so that no move leads from or to them.

    Those `watched` as release pages are; those of which other pages are watched (`shops`) are not. Of the rest a site
    is one that others name as their release page, and that nobody names or redirects to as a new address.
    """
    named = {page for site, pages in signals.release_pages.items() for page in pages if page != site}
    led_to = {signal.after for signal in signals.signals if signal.way in OLD_SIDE - RELEASES}
    shown = frozenset(shops)
    return (frozenset(named - led_to) | frozenset(watched)) - shown


def is_kept_page(page: str, before: str, after: str, signals: SignalSet, facts: Mapping[str, SiteFacts]) -> bool:
    """Whether a release page is the old site's own and still in the same hands when it lists the new one.

    It and both sites name each other, and it stood open, under one registration, from when it listed the old one until
    it listed the new one, and that one alone: beside another one it may be a name warned of, and read wrongly.
    """
    listed = signals.listings.get(page, {})
    known = facts.get(page)
    if known is None or not {before, after} <= listed.keys() or len(listed) > _MOST_LISTED:
        return False
    until, last = listed[after]
    others = [span for site, span in listed.items() if site != after]
    if any(min(last, other[1]) - max(until, other[0]) > _SLACK for other in others):
        return False
    since = min(listed[before][1], until)
    if known.registered_on is not None and known.registered_on > since.date():
        return False
    return any(start <= since and until <= end for start, end in known.open_spans)


def _build(url: str, named: list[Statement], listing: Mapping[str, list[Statement]]) -> ReleasePage:
    site = site_of_host(url.partition("/")[0].partition(":")[0])
    rows = [row for row in listing.get(site, ()) if row.value != site]
    seen = max((row.last_seen for row in rows), default=None)
    by_target: dict[str, list[Statement]] = defaultdict(list)
    for row in rows:
        by_target[row.value].append(row)
    listed = []
    for target, own in by_target.items():
        last = max(row.last_seen for row in own)
        mirror = all(row.role.strip().lower() in _MIRROR for row in own)
        gone = seen is not None and last < seen - _SLACK
        part = "dropped" if gone else "mirror" if mirror else "current"
        first = min(own, key=lambda row: row.first_seen)
        listed.append(ListedAddress(target, part, first.first_seen, last, first.first_capture))
    listed.sort(key=lambda one: (one.part != "current", one.part != "mirror", -one.last_at.timestamp(), one.site))
    return ReleasePage(
        url=url,
        site=site,
        named_by=tuple(sorted({row.site for row in named if row.site != site})),
        first_at=min(row.first_seen for row in named),
        last_at=max(row.last_seen for row in named),
        listed=tuple(listed),
    )


def _bare(value: str) -> str:
    return (value.partition("://")[2] or value).rstrip("/")[:300]
