"""Asks at a day of a world who follows whom and which sites are there, as the product would after that day's looks.

The looks of a site become periods by `site_state`, its statements so far become links by the scorer and signals by
`move_signals`, and `find_moves` names the successors.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bench.worlds.model import FIRST_DAY, SPAN, EpochTruth, World, day_time
from monitor.operators.attribute import attribute_sites
from monitor.operators.move_evidence import Known
from monitor.operators.move_signals import read_signals
from monitor.operators.quiet_groups import group_quietly
from monitor.operators.site_facts import facts_of_periods
from monitor.operators.site_looks import ContentPart, HttpPart, Network, SiteLook
from monitor.operators.site_memory import SiteMemory
from monitor.operators.site_state import advance, trace
from monitor.operators.succession import find_moves
from monitor.sites.surroundings import name_epochs
from scrapers.identifiers.names import name_bits
from storage.identity import Move, MoveKind, SitePeriod, SiteState, Statement

_AGAIN = timedelta(days=1)  # the product asks after six hours; the worlds know whole days
_PROBE = 14  # days between two looks at a name that is gone
_GONE = (("one", "no_such_name"), ("other", "no_such_name"))


@dataclass(frozen=True)
class Standing:
    """What is known on one day."""

    day: int
    moves: tuple[Move, ...]
    periods: tuple[SitePeriod, ...]

    def successors(self) -> dict[str, list[str]]:
        """The named successors of each site, the surest first; names without the day of their registration."""
        found: dict[str, list[str]] = defaultdict(list)
        for move in self.moves:
            if move.kind is MoveKind.SUCCESSOR:
                found[move.before.partition("@")[0]].append(move.after.partition("@")[0])
        return found


def look_again(world: World) -> World:
    """The world with the second look that the product takes at a site that was met sending its visitors away.

    Only who sends them still on the day after is seen twice; on a day of our own outage nobody is looked at.
    """
    epochs: dict[str, list[EpochTruth]] = defaultdict(list)
    for epoch in world.truth.epochs:
        epochs[epoch.site].append(epoch)
    looks = dict(world.looks)
    statements = []
    for row in world.statements:
        again = row.first_seen + _AGAIN
        epoch = next((one for one in epochs[row.site] if one.first <= row.first_seen.date() <= one.ended), None)
        if row.kind == "redirect" and epoch is not None:
            left = epoch.left if epoch.left is not None and row.first_seen.date() <= epoch.left else epoch.ended
            dark = any(start <= again.date() <= end for start, end in world.truth.outages)
            if again.date() <= left and not dark:
                row = replace(row, last_seen=max(row.last_seen, again))
                day = (again.date() - FIRST_DAY).days
                looks[epoch.label] = tuple(sorted({*looks[epoch.label], day}))
        statements.append(row)
    return replace(world, statements=tuple(statements), looks=looks)


def stand_on(world: World, day: int) -> Standing:
    """Judge all that was seen up to a day."""
    periods: list[SitePeriod] = []
    epochs: dict[str, tuple[tuple[datetime, str], ...]] = {}
    registered: dict[str, date] = {}
    for site, looks in looks_until(world, day).items():
        memory = SiteMemory(site)
        for look in looks:
            memory = advance(memory, look).memory
        periods += trace(site, looks)
        if memory.epochs:
            epochs[site] = memory.epochs
        if memory.registered_on is not None:
            registered[site] = memory.registered_on
    seen = clip_statements(world.statements, day_time(day))
    named = name_epochs(seen, epochs)
    links = {frozenset((link.a, link.b)): link for link in attribute_sites(named).links}
    partners: dict[str, list[str]] = defaultdict(list)
    for pair in links:
        one, other = sorted(pair)
        partners[one].append(other)
        partners[other].append(one)
    first: dict[tuple[str, str], tuple[str, datetime]] = {}
    for row in named:
        key = (row.kind, row.value)
        if key not in first or row.first_seen < first[key][1]:
            first[key] = (row.site, row.first_seen)
    known = Known(
        link_of=lambda a, b: links.get(frozenset((a, b))),
        first_shown=lambda kind, value: first.get((kind, value)),
        partners=lambda site: partners.get(site, ()),
        name_bits=name_bits,
        together=group_quietly(named),
    )
    facts = facts_of_periods(periods, registered)
    found = find_moves(read_signals(seen), facts, known, at=day_time(day), epochs=epochs)
    return Standing(day, found.moves, tuple(periods))


def clip_statements(statements: Iterable[Statement], at: datetime) -> list[Statement]:
    """The statements as they were known then."""
    return [row if row.last_seen <= at else replace(row, last_seen=at) for row in statements if row.first_seen <= at]


def looks_until(world: World, day: int) -> Mapping[str, list[SiteLook]]:
    """The looks at every site up to a day: at the living, the dead, and into the dark of our own outages."""
    redirects: dict[str, list[tuple[datetime, datetime, str]]] = defaultdict(list)
    for row in world.statements:
        if row.kind == "redirect":
            redirects[row.site].append((row.first_seen, row.last_seen, row.value))
    by_site: dict[str, list[EpochTruth]] = defaultdict(list)
    for epoch in world.truth.epochs:
        by_site[epoch.site].append(epoch)
    outages = [((a - FIRST_DAY).days, (b - FIRST_DAY).days) for a, b in world.truth.outages]
    return {
        site: list(_looks_of(world, epochs, redirects.get(site, ()), outages, day)) for site, epochs in by_site.items()
    }


def _looks_of(world: World, epochs: list[EpochTruth], redirects: Iterable[tuple[datetime, datetime, str]],
              outages: Iterable[tuple[int, int]], day: int) -> Iterable[SiteLook]:  # fmt: skip
    looks: dict[int, SiteLook] = {}
    epochs = sorted(epochs, key=lambda epoch: epoch.first)
    for number, epoch in enumerate(epochs):
        days = world.looks[epoch.label]
        until = world.looks[epochs[number + 1].label][0] if number + 1 < len(epochs) else SPAN
        gone = (epoch.ended - FIRST_DAY).days + 1
        for start, end in outages:
            for dark in range(max(start, days[0]), min(end, until) + 1):
                looks[dark] = SiteLook(epoch.site, day_time(dark), Network.DOWN, http=HttpPart.FAILED)
        for one in days:
            at = day_time(one)
            target = next((to for first, last, to in redirects if first <= at <= last), "")
            looks[one] = SiteLook(
                epoch.site, at, Network.OK, (("one", "ok"), ("other", "ok")), registry="ok",
                registered_on=epoch.registered, registered_by=frozenset({"rdap"}),
                http=HttpPart.REDIRECT if target else HttpPart.OK, status=302 if target else 200, target=target,
                content=ContentPart.UNSEEN if target else ContentPart.OWN,
            )  # fmt: skip
        left = range(0)
        if epoch.left is not None and epoch.back is not None:
            left = range((epoch.left - FIRST_DAY).days + 1, (epoch.back - FIRST_DAY).days, _PROBE)
        for one in (*left, *range(gone, until, _PROBE)):
            dark = any(start <= one <= end for start, end in outages)
            network, answers = (Network.DOWN, ()) if dark else (Network.OK, _GONE)
            looks.setdefault(one, SiteLook(epoch.site, day_time(one), network, answers,
                                           registry="" if dark else "no_such_name"))  # fmt: skip
    return [looks[one] for one in sorted(looks) if one <= day]


def wrongly_dead(world: World, standing: Standing) -> list[SitePeriod]:
    """Periods that call a site dead while it stood: what an outage of ours must never do."""
    alive: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for epoch in world.truth.epochs:
        if epoch.left is not None and epoch.back is not None:
            alive[epoch.site] += [(epoch.first, epoch.left), (epoch.back, epoch.ended)]
        else:
            alive[epoch.site].append((epoch.first, epoch.ended))
    found = []
    for period in standing.periods:
        if period.state is SiteState.DEAD:
            since = period.since.date()
            if any(first <= since <= last for first, last in alive[period.site.partition("@")[0]]):
                found.append(period)
    return found
