"""States of sites between the pure rules and the archive: what is remembered, which periods began, what holds now.

Takes a session first where one is needed. A name that was registered anew has its earlier periods under the name of
the earlier registration too; readers of periods see each only once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from monitor.operators.site_facts import Epochs
from monitor.operators.site_memory import Pending, SiteMemory, dump_memory, load_memory
from monitor.operators.site_state import Advance, advance
from storage.identity import SitePeriod, SiteState
from storage.runs import read_note, write_note
from storage.site_periods import begin_period, check_period, end_period, list_periods

if TYPE_CHECKING:
    from monitor.operators.site_looks import SiteLook
    from storage.session import Session

TROUBLED_EVERY = timedelta(hours=6)
SEEN_EVERY = timedelta(hours=24)
GONE_EVERY = timedelta(days=7)
UNKNOWN_EVERY = timedelta(hours=1)
_NOTE = "site:"


def read_memory(session: Session, site: str) -> SiteMemory:
    """What is remembered of a site."""
    return load_memory(site, read_note(session, f"{_NOTE}{site}"))


def record_look(session: Session, look: SiteLook) -> Advance:
    """Take one look at a site into account, and keep what it brought."""
    step = advance(read_memory(session, look.site), look)
    if step.old_epoch:
        _keep_epoch(session, look.site, step)
    for period in step.periods:
        if period.site == look.site:
            (begin_period if period.ended_at is None else end_period)(session, period)
    current = step.memory.current
    if current is not None and current not in step.periods:
        check_period(session, current)
    write_note(session, f"{_NOTE}{look.site}", dump_memory(step.memory))
    return step


def read_periods(session: Session, sites: Iterable[str]) -> tuple[SitePeriod, ...]:
    """The periods of sites and of their earlier registrations, each under the name of its own."""
    found: list[SitePeriod] = []
    for site in dict.fromkeys(sites):
        memory = read_memory(session, site)
        names = [name for _, name in memory.epochs]
        begun = memory.epochs[-1][0] if memory.epochs else None
        for period in list_periods(session, [site, *names]):
            if period.site == site and begun is not None and period.since < begun:
                continue  # an earlier registration's, and there under its name
            found.append(period)
    return tuple(found)


def read_epochs(session: Session, sites: Iterable[str]) -> tuple[Epochs, dict[str, date]]:
    """The earlier registrations of sites, and the days on which the present ones began."""
    memories = {site: read_memory(session, site) for site in sites}
    epochs = {site: memory.epochs for site, memory in memories.items() if memory.epochs}
    registered = {site: memory.registered_on for site, memory in memories.items() if memory.registered_on}
    return epochs, registered


def next_check(period: SitePeriod | None, pending: Pending | None, *, visited: bool) -> timedelta:
    """How long after its last check a site is looked at again. A site whose pages are captured needs no look between.

    Names that are gone are asked for every week and never given up: one in forty comes back.
    """
    if pending is not None:
        return TROUBLED_EVERY
    if period is None or period.state is SiteState.UNKNOWN:
        return UNKNOWN_EVERY
    if period.state in (SiteState.DEAD, SiteState.REREGISTERED):
        return GONE_EVERY
    return SEEN_EVERY if not visited or period.state is not SiteState.ACTIVE else 4 * SEEN_EVERY


def is_due(memory: SiteMemory, at: datetime, *, visited: bool) -> bool:
    """Whether a site that no page of the run shows is to be looked at now."""
    if memory.last_at is None or memory.last_at > at + SEEN_EVERY:  # never, or by a clock that ran ahead
        return True
    return at - memory.last_at >= next_check(memory.current, memory.pending, visited=visited)


def _keep_epoch(session: Session, site: str, step: Advance) -> None:
    """Keep the earlier registration's periods under its own name; the last says that it was registered anew."""
    name = step.old_epoch
    begun = step.memory.epochs[-2][0] if len(step.memory.epochs) > 1 else None
    for period in list_periods(session, [site]):
        if begun is None or period.since >= begun:
            begin_period(session, replace(period, site=name, ended_at=None))
    for period in step.periods:
        if period.site == name and period.ended_at is None:
            begin_period(session, period)
