"""What is known of sites in time, as far as moves are concerned: seen from when to when, open when, gone since when.

Pure. Made of the periods of sites; a name that was registered anew is two sites, and what was said while an earlier
holder had it is said of that one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from monitor.operators.move_signals import MoveSignal
from storage.identity import SitePeriod, SiteState

_GONE = frozenset(
    {SiteState.DEAD, SiteState.EXPIRED, SiteState.HELD, SiteState.PARKED, SiteState.REREGISTERED, SiteState.FILTERED}
)

Epochs = Mapping[str, tuple[tuple[datetime, str], ...]]
"""For a site that was registered anew: when each earlier registration ended, and its name, in the order of time."""


@dataclass(frozen=True)
class SiteFacts:
    """What is known of a site in time: first and last seen as itself, and since when it is not there any more.

    `open_spans` are the times in which it was open; what our own network hid between two of them is taken as open.
    """

    site: str
    first_seen: datetime
    last_seen: datetime
    gone_since: datetime | None = None
    registered_on: date | None = None
    open_spans: tuple[tuple[datetime, datetime], ...] = ()

    def came_back_after(self, moment: datetime) -> bool:
        """Whether the site opened again, after it was gone or sent its visitors away, later than a moment."""
        return any(start > moment for start, _ in self.open_spans[1:])


def stood_together(one: SiteFacts, other: SiteFacts) -> timedelta:
    """How long two sites were open at once."""
    spans = [facts.open_spans or ((facts.first_seen, facts.last_seen),) for facts in (one, other)]
    shared = (min(a[1], b[1]) - max(a[0], b[0]) for a in spans[0] for b in spans[1])
    return sum((span for span in shared if span > timedelta(0)), timedelta(0))


def facts_of_periods(
    periods: Iterable[SitePeriod], registered: Mapping[str, date] | None = None
) -> dict[str, SiteFacts]:
    """What the periods of sites say of them in time."""
    of_site: dict[str, list[SitePeriod]] = defaultdict(list)
    for period in periods:
        of_site[period.site].append(period)
    found = {}
    for site, own in of_site.items():
        own.sort(key=lambda period: period.since)
        alive = [period for period in own if period.state is SiteState.ACTIVE]
        seen = alive or own
        known = [period for period in own if period.state is not SiteState.UNKNOWN]
        last = known[-1] if known else own[-1]  # what we could not see since changes nothing
        away = last.state in _GONE or last.state is SiteState.REDIRECTING
        found[site] = SiteFacts(
            site=site,
            first_seen=seen[0].since,
            last_seen=(seen[-1].ended_at or seen[-1].checked_at),
            gone_since=_gone_since(own) if away else None,
            registered_on=(registered or {}).get(site),
            open_spans=_open_spans(own),
        )
    return found


def _open_spans(periods: Iterable[SitePeriod]) -> tuple[tuple[datetime, datetime], ...]:
    """When a site was open: stretches of active periods, with only what we could not see between."""
    spans: list[tuple[datetime, datetime]] = []
    joined = False
    for period in periods:
        if period.state is SiteState.ACTIVE:
            until = period.ended_at or period.checked_at
            if joined:
                spans[-1] = (spans[-1][0], until)
            else:
                spans.append((period.since, until))
            joined = True
        elif period.state is not SiteState.UNKNOWN:
            joined = False
    return tuple(spans)


def _gone_since(periods: list[SitePeriod]) -> datetime:
    since = periods[-1].since
    for period in reversed(periods):
        if period.state is SiteState.ACTIVE:
            break
        if period.state is not SiteState.UNKNOWN:  # we did not see: it may have begun before
            since = period.since
    return since


def assign_epochs(signals: Iterable[MoveSignal], epochs: Epochs) -> tuple[MoveSignal, ...]:
    """The signals under the names of the registrations that they are of; one that lasted over a change is in both.

    What a release page says is said of the registration that named the page, whoever has the name when it says so.
    """
    found: list[MoveSignal] = []
    for signal in signals:
        for part in _parts_before(signal, epochs.get(signal.before, ())):
            found += _parts(part, "after", epochs.get(signal.after, ()))
    return tuple(found)


def _parts_before(signal: MoveSignal, epochs: tuple[tuple[datetime, str], ...]) -> list[MoveSignal]:
    if signal.said_at is None:
        return _parts(signal, "before", epochs)
    said_at = signal.said_at
    return [replace(signal, before=next((name for until, name in epochs if said_at < until), signal.before))]


def _parts(signal: MoveSignal, side: str, epochs: tuple[tuple[datetime, str], ...]) -> list[MoveSignal]:
    parts, rest = [], signal
    for until, name in epochs:
        if rest.first_at >= until:
            continue
        old = replace(rest, last_at=min(rest.last_at, until))
        parts.append(replace(old, before=name) if side == "before" else replace(old, after=name))
        if rest.last_at < until:
            return parts
        rest = replace(rest, first_at=until)
    return [*parts, rest]
