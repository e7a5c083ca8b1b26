"""Reads out of statements who sends people to whom: redirects, notices of a new address, release pages, claims.

Pure. What the old site (or the release page that it named) says is a signal of the old side; what the new site says of
itself is a claim that anybody can make. Words of visitors and comments in the markup are no word of the site.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from scrapers.domains import is_domain_name, site_of_host
from scrapers.identity import IdentifierKind, Place
from storage.identity import Statement

_NOT_THE_SITES_WORD = frozenset({Place.COMMENT, Place.USER_CONTENT, Place.THIRD_PARTY_FRAME})
_HALF_SEEN = frozenset({Place.HIDDEN, Place.IMAGE_OCR})
_ADDRESS = re.compile(r"https?://\S{1,400}", re.IGNORECASE)
_PERMANENT = re.compile(r"(?<!\d)30[18](?!\d)", re.IGNORECASE)
_TEMPORARY = re.compile(r"(?<!\d)30[237](?!\d)", re.IGNORECASE)
_FRAME = re.compile(r"frame", re.IGNORECASE)
_PAGE = re.compile(r"meta|refresh|script|\bjs\b", re.IGNORECASE)
_CHAIN = "chain"
_FORMER = frozenset({"former", "old"})
_WARNED = frozenset({"warned_against", "warned", "fake"})
_SIDE = frozenset({"partner", "branch", "upstream", "friend"})
_RELEASE = "release"
_MIRROR = frozenset({"mirror", "backup"})
_SLACK = timedelta(days=1)


class Way(StrEnum):
    """How one site points to another. The words stand in the signals of a move."""

    PERMANENT = "redirect_permanent"
    TEMPORARY = "redirect_temporary"
    PAGE = "redirect_page"  # meta refresh or script
    FRAME = "redirect_frame"
    NOTICE = "notice"
    BACKUP = "notice_backup"
    RELEASE = "release_page"
    RELEASE_MIRROR = "release_mirror"
    CLAIM = "claim"  # the new site says that it was the old one
    PARTNER = "partner"  # named as 分站, reseller or friend


WAY_BITS: Mapping[Way, float] = {
    Way.PERMANENT: 8.0,
    Way.TEMPORARY: 5.0,
    Way.PAGE: 5.0,
    Way.FRAME: 6.0,
    Way.NOTICE: 7.0,
    Way.BACKUP: 7.0,
    Way.RELEASE: 9.0,
    Way.RELEASE_MIRROR: 7.0,
    Way.CLAIM: 3.0,
    Way.PARTNER: 0.0,
}
OLD_SIDE = frozenset(WAY_BITS) - {Way.CLAIM, Way.PARTNER}
REDIRECTS = frozenset({Way.PERMANENT, Way.TEMPORARY, Way.PAGE, Way.FRAME})
PAGE_REDIRECTS = frozenset({Way.PAGE, Way.FRAME})
"""What anybody makes who gets a line of script or a frame into a page."""
RELEASES = frozenset({Way.RELEASE, Way.RELEASE_MIRROR})
NOTICES = frozenset({Way.NOTICE, Way.BACKUP})
MIRRORS = frozenset({Way.BACKUP, Way.RELEASE_MIRROR})


@dataclass(frozen=True)
class MoveSignal:
    """One site points to another, seen first and last then. `bits` is what it weighs, `proof` a capture or lookup.

    `text` is the sentence that says so, as far as it is one. `said_at` is when the old site itself spoke, where that
    is not when the signal was seen: it named its release page then, whoever has its name since.
    """

    before: str
    after: str
    way: Way
    bits: float
    first_at: datetime
    last_at: datetime
    proof: str = ""
    text: str = ""
    said_at: datetime | None = None


@dataclass(frozen=True)
class SignalSet:
    """All that statements say of moves.

    `warned` holds for a site the names that it warns against; `release_pages` for a site the release pages it names;
    `listings` for a release page that a site named which sites it lists as addresses, each seen first and last then.
    """

    signals: tuple[MoveSignal, ...]
    warned: Mapping[str, frozenset[str]] = field(default_factory=dict)
    release_pages: Mapping[str, frozenset[str]] = field(default_factory=dict)
    listings: Mapping[str, Mapping[str, tuple[datetime, datetime]]] = field(default_factory=dict)


def read_signals(statements: Iterable[Statement]) -> SignalSet:
    """The signals in statements of any sites; what is said by nobody's own word is left out."""
    signals: list[MoveSignal] = []
    warned: dict[str, set[str]] = defaultdict(set)
    named: dict[str, dict[str, Statement]] = defaultdict(dict)
    listed: dict[str, list[Statement]] = defaultdict(list)
    for statement in statements:
        if statement.place in _NOT_THE_SITES_WORD or statement.problem:
            continue
        if statement.kind == IdentifierKind.RELEASE_PAGE:
            page = _site_of_page(statement.value)
            known = named[statement.site].get(page)
            if page and (known is None or statement.first_seen < known.first_seen):
                named[statement.site][page] = statement
        elif statement.kind == IdentifierKind.REDIRECT:
            listed[_sender(statement)].append(statement)
            signals += _points(statement, _way_of_redirect(statement))
        elif statement.kind == IdentifierKind.NOTICE_SUCCESSOR:
            role = statement.role.strip().lower()
            if role in _WARNED:
                warned[statement.site].add(statement.value)
            elif role in _FORMER:
                signals += _points(statement, Way.CLAIM)
            elif role == _RELEASE:
                page = _site_of_page(statement.value)
                named[statement.site].setdefault(page, statement)
            elif role in _SIDE:
                signals += _points(statement, Way.PARTNER)
            else:
                listed[statement.site].append(statement)
                signals += _points(statement, Way.BACKUP if role in _MIRROR else Way.NOTICE)
    for site, pages in named.items():
        for page, naming in pages.items():
            if page != site:
                signals += _from_release_page(site, naming, listed.get(page, ()))
    return SignalSet(
        tuple(_merge(signals)),
        {site: frozenset(names) for site, names in warned.items()},
        {site: frozenset(pages) for site, pages in named.items()},
        {page: _list_sites(listed.get(page, ())) for page in {page for pages in named.values() for page in pages}},
    )


def _list_sites(rows: Iterable[Statement]) -> dict[str, tuple[datetime, datetime]]:
    found: dict[str, tuple[datetime, datetime]] = {}
    for row in rows:
        first, last = found.get(row.value, (row.first_seen, row.last_seen))
        found[row.value] = (min(first, row.first_seen), max(last, row.last_seen))
    return found


def _points(statement: Statement, way: Way) -> list[MoveSignal]:
    site = _sender(statement) if way in REDIRECTS else statement.site
    other = statement.value
    if not other or other == site or "." not in other:
        return []
    before, after = (other, site) if way is Way.CLAIM else (site, other)
    bits = WAY_BITS[way] * (0.5 if statement.place in _HALF_SEEN and way not in REDIRECTS else 1.0)
    proof = statement.first_capture or statement.last_capture
    text = "" if way in REDIRECTS else statement.shown
    return [MoveSignal(before, after, way, bits, statement.first_seen, statement.last_seen, proof, text)]


def _from_release_page(site: str, naming: Statement, listed: Iterable[Statement]) -> list[MoveSignal]:
    """What the release page that a site named says of where the site is now."""
    rows = list(listed)
    own = [row for row in rows if row.value == site]
    dropped_at = max((row.last_seen for row in own), default=None)
    found = []
    for row in rows:
        if row.value == site or row.last_seen < naming.first_seen - _SLACK:
            continue
        role = row.role.strip().lower()
        beside = dropped_at is not None and row.first_seen <= dropped_at and row.last_seen <= dropped_at + _SLACK
        way = Way.RELEASE_MIRROR if role in _MIRROR or beside else Way.RELEASE
        bits = WAY_BITS[way] if own else WAY_BITS[way] - 2.0  # a page that never listed the site knows it less
        bits *= 0.5 if row.place in _HALF_SEEN else 1.0
        first = max(row.first_seen, naming.first_seen)
        proof = row.first_capture or row.last_capture
        last = max(first, row.last_seen)
        found.append(MoveSignal(site, row.value, way, bits, first, last, proof, said_at=naming.first_seen))
    return found


def _way_of_redirect(statement: Statement) -> Way:
    """The kind of a redirect by its role, or by where it was seen; of a chain the weakest of its hops."""
    role = statement.role.strip().lower()
    said = role if role and role != _CHAIN else _ADDRESS.sub(" ", statement.where)
    if _FRAME.search(said):
        return Way.FRAME
    if _PAGE.search(said):
        return Way.PAGE
    return Way.PERMANENT if _PERMANENT.search(said) and not _TEMPORARY.search(said) else Way.TEMPORARY


def _sender(statement: Statement) -> str:
    """The site that sends on: a visit to one site may show the hops of others, each named by its block."""
    block = statement.block
    return block if statement.role and is_domain_name(block) and site_of_host(block) == block else statement.site


def _merge(signals: Iterable[MoveSignal]) -> list[MoveSignal]:
    """One signal for each pair and way: first and last seen over all places, the strongest weight."""
    found: dict[tuple[str, str, Way], MoveSignal] = {}
    for signal in signals:
        key = (signal.before, signal.after, signal.way)
        known = found.get(key)
        if known is None:
            found[key] = signal
            continue
        earlier = signal if signal.first_at < known.first_at else known
        found[key] = MoveSignal(
            *key,
            bits=max(known.bits, signal.bits),
            first_at=earlier.first_at,
            last_at=max(known.last_at, signal.last_at),
            proof=earlier.proof or known.proof or signal.proof,
            text=earlier.text,
            said_at=earlier.said_at,
        )
    return sorted(found.values(), key=lambda one: (one.first_at, one.before, one.after, one.way))


def _site_of_page(value: str) -> str:
    host = value.partition("://")[2] or value
    return site_of_host(host.partition("/")[0].partition(":")[0])
