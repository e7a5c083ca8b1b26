"""Where the sites of a platform went: gathers what is known of them and around them, judges it, keeps what is new.

Takes a session and a platform; gives the line of its sites with all moves. What is judged is pure
(`operators/succession.py`); here is only which statements, links, states and decisions it is given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.operators.model import Link
from monitor.operators.move_evidence import Known
from monitor.operators.move_signals import OLD_SIDE, RELEASES, SignalSet, read_signals
from monitor.operators.release_pages import ReleasePage, find_release_pages, find_release_sites
from monitor.operators.site_facts import Epochs, SiteFacts
from monitor.operators.succession import Succession, find_moves
from monitor.sites.records import read_epochs, read_periods
from monitor.sites.surroundings import (
    MOST_SITES,
    first_shown,
    gather_facts,
    name_epochs,
    score_links,
    sites_around,
    sites_together,
)
from scrapers.domains import registrable_domain
from scrapers.identifiers.names import name_bits
from scrapers.model import Role
from storage.decisions import ABOUT_MOVE, list_decisions
from storage.identity import Move, MoveKind, SitePeriod
from storage.moves import keep_move, list_moves, moves_from, revoke_move
from storage.pages import list_pages
from storage.sites import sites_of_platform
from storage.statements import statements_of

if TYPE_CHECKING:
    from storage.session import Session

BY_NAME = "sibling"
"""The signal of a candidate that was found by asking for names like the site's own."""

_ROUNDS = 6  # a platform that moved more often is followed further with the next run


@dataclass(frozen=True)
class Watched:
    """What the watch list says of sites: those watched as release pages only, and those watched as shops."""

    release_sites: frozenset[str] = frozenset()
    shops: frozenset[str] = frozenset()


_NOTHING = Watched()


@dataclass(frozen=True)
class PlatformLine:
    """The sites of a platform over time: its own and those that it moved to, with all that is known of them.

    `sites` are in the order of their first sight; `around` the others that were looked at, its release pages among
    them: those are no sites of the line.
    """

    platform: str
    sites: tuple[str, ...]
    around: tuple[str, ...]
    periods: tuple[SitePeriod, ...]
    succession: Succession
    release_pages: tuple[ReleasePage, ...] = ()
    signals: SignalSet = field(default_factory=lambda: SignalSet(()))

    @property
    def moves(self) -> tuple[Move, ...]:
        """All moves, successors first."""
        return self.succession.moves


def follow_platform(session: Session, platform: str, at: datetime) -> PlatformLine:
    """Where a platform was, is and may be, judged now from all that is kept."""
    roles: dict[str, set[Role]] = defaultdict(set)
    for page in list_pages(session, platform):
        roles[registrable_domain(page.url)].add(page.role)
    watched = Watched(
        frozenset(site for site, found in roles.items() if found == {Role.RELEASE}),
        frozenset(site for site, found in roles.items() if found != {Role.RELEASE}),
    )
    start = sites_of_platform(session, platform, arrived=False)
    return follow_sites(session, start, at, platform=platform, watched=watched)


def follow_sites(
    session: Session, start: Iterable[str], at: datetime, *, platform: str = "", watched: Watched = _NOTHING
) -> PlatformLine:
    """The line of some sites: they, whatever they moved to, and what moved to them, from round to round."""
    line = [site for site in dict.fromkeys(start) if site not in watched.release_sites]
    for round_ in range(_ROUNDS):
        found = _judge(session, platform, line, at, watched)
        joined = [
            site
            for move in found.moves
            if move.kind is MoveKind.SUCCESSOR
            for site in (move.before.partition("@")[0], move.after.partition("@")[0])
        ]
        new = [site for site in joined if site not in line]
        if not new or round_ == _ROUNDS - 1 or len(line) >= MOST_SITES:
            return found
        line += dict.fromkeys(new)
    return found


def keep_moves(session: Session, line: PlatformLine, at: datetime) -> tuple[Move, ...]:
    """Keep what is new of a line's moves and end what does not hold any more; gives the successors that are new."""
    news: list[Move] = []
    held = {(move.before, move.after): move for move in line.moves}
    for site in {*line.sites, *(move.before for move in line.moves)}:
        for old in moves_from(session, site):
            by_name_only = any(name == BY_NAME for name, _, _ in old.signals)  # asked for by siblings
            if (old.before, old.after) not in held and not by_name_only:
                revoke_move(session, old.before, old.after, at)
    for move in line.moves:
        before = next((one for one in moves_from(session, move.before) if one.after == move.after), None)
        if before is not None and _says_the_same(before, move):
            continue
        keep_move(session, move, at)
        if move.kind is MoveKind.SUCCESSOR and (before is None or before.kind is not MoveKind.SUCCESSOR):
            news.append(move)
    return tuple(news)


def read_line(session: Session, sites: Iterable[str]) -> tuple[str, ...]:
    """Sites and all that are known to follow them, by the moves that are kept; judges nothing anew."""
    line = list(dict.fromkeys(sites))
    for _ in range(_ROUNDS):
        epochs = [name for site in line for _, name in read_epochs(session, [site])[0].get(site, ())]
        known = list_moves(session, [*line, *epochs], kinds=(MoveKind.SUCCESSOR,))
        new = [move.after for move in known if move.before.partition("@")[0] in line and move.after not in line]
        if not new:
            break
        line += dict.fromkeys(new)
    return tuple(line)


def _judge(session: Session, platform: str, start: Sequence[str], at: datetime, watched: Watched) -> PlatformLine:
    statements = list(statements_of(session, start, claimed=False))
    signals = read_signals(statements)
    around = sites_around(session, start, statements, signals)
    around += [site for site in sorted(watched.release_sites) if site not in around]
    statements += statements_of(session, around, claimed=False)
    signals = read_signals(statements)
    release_sites = find_release_sites(signals, watched=watched.release_sites, shops=watched.shops)
    line = [site for site in start if site not in release_sites]
    around += [site for site in start if site in release_sites]
    every = [*line, *around]
    epochs, registered = read_epochs(session, every)
    periods = read_periods(session, every)
    facts = gather_facts(periods, statements, epochs, registered)
    named = name_epochs(statements, epochs)
    links = score_links(session, named) if len(every) > 1 else {}  # one site alone has nobody to be linked with
    partners: dict[str, set[str]] = defaultdict(set)
    for pair in links:
        one, other = sorted(pair)
        partners[one].add(other)
        partners[other].add(one)
    first = first_shown(named)
    known = Known(
        link_of=lambda a, b: links.get(frozenset((a, b))),
        first_shown=lambda kind, value: first.get((kind, value)),
        partners=lambda site: sorted(partners.get(site, ())),
        name_bits=name_bits,
        together=sites_together(session, named),
    )
    old = [name for site in line for _, name in epochs.get(site, ())]
    own = [site for site in line if site not in epochs] + old
    before = [signal.before for signal in signals.signals if signal.after in line and signal.way in OLD_SIDE]
    succession = find_moves(
        signals,
        facts,
        known,
        at=at,
        decisions=list_decisions(session, about=ABOUT_MOVE),
        epochs=epochs,
        only=frozenset((*own, *before, *_returned(line, epochs, links))),
        release_sites=release_sites,
    )
    pages = find_release_pages(statements)
    return PlatformLine(
        platform=platform,
        sites=tuple(sorted(line, key=lambda site: _first_seen(site, facts, at))),
        around=tuple(around),
        periods=periods,
        succession=succession,
        release_pages=tuple(page for page in pages if is_own_page(page, line, signals)),
        signals=signals,
    )


def is_own_page(page: ReleasePage, line: Sequence[str], signals: SignalSet) -> bool:
    """Whether a release page is one of this line: its sites name it and, where it was read, it names one of them.

    A shop that is given as a spare address is no page of addresses.
    """
    own = frozenset(line)
    bare = page.url.removeprefix("www.") == page.site
    led_to = any(one.after == page.site and one.way in OLD_SIDE - RELEASES for one in signals.signals)
    if page.url.removeprefix("www.") in own or (bare and led_to) or own.isdisjoint(page.named_by):
        return False
    return not page.listed or not own.isdisjoint(one.site for one in page.listed)


def _first_seen(site: str, facts: dict[str, SiteFacts], at: datetime) -> tuple[datetime, str]:
    known = facts.get(site)
    return (known.first_seen if known else at, site)


def _returned(line: Sequence[str], epochs: Epochs, links: dict[frozenset[str], Link]) -> list[str]:
    """Names registered anew that what cannot be copied shows to be the same people's again."""
    return [
        site
        for site in line
        for _, name in epochs.get(site, ())
        if (link := links.get(frozenset((site, name)))) is not None and link.decided == "same"
    ]


def _says_the_same(before: Move, after: Move) -> bool:
    """Whether a move is known in all that matters: a bit more or less of the same signals is no news."""
    names = [frozenset(name for name, _, _ in move.signals) for move in (before, after)]
    return (
        before.kind is after.kind
        and names[0] == names[1]
        and before.decided_by == after.decided_by
        and abs(before.bits - after.bits) < 1.0
    )


def targets_of(line: PlatformLine) -> tuple[str, ...]:
    """The sites that the old side names and that are not of the line yet, likeliest first: worth a first look."""
    moves = [move for move in line.moves if move.after not in line.sites]
    pointed = {signal.after for signal in line.signals.signals if signal.way in OLD_SIDE}
    return tuple(dict.fromkeys(move.after for move in moves if move.after in pointed))
