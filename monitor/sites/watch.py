"""What a run does for sites after its visits: looks them up, keeps their states and moves, says what is news.

Takes settings, the archive, a clock and the results of the run; gives a SiteRun. Sites whose pages were visited are
judged by their captures; troubled ones are asked about more often, names that are gone every week and for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.operators.certain_moves import choose_certain
from monitor.operators.platform_sites import list_sites_of
from monitor.operators.site_looks import Network
from monitor.sites.asking import ask_about, network_of
from monitor.sites.follow import Proposal, follow_successor
from monitor.sites.looks import TELLING, note_fronts, record_looks
from monitor.sites.moves import PlatformLine, follow_platform, keep_moves, targets_of
from monitor.sites.plan import Plan, make_plan
from monitor.sites.records import is_due, read_memory
from monitor.sites.siblings import note_siblings
from monitor.sites.telling import tell_sites
from scrapers.domains import is_address
from storage.identity import Move, SitePeriod
from storage.sites import link_platform, platforms_of_site
from storage.statements import statements_of

if TYPE_CHECKING:
    from monitor.alert_text import Notice
    from monitor.config.settings import PageSettings, Settings
    from monitor.page_result import PageResult
    from scrapers.model import Clock
    from storage.archive import Archive

SECONDS = 240.0
"""A run spends no longer on its sites; what is left is asked by the next run."""

_MOST_TARGETS = 6


@dataclass(frozen=True)
class SiteRun:
    """What a run learnt of sites: states that began, successors that are new, pages proposed or taken, what to tell."""

    checked: tuple[str, ...] = ()
    begun: tuple[SitePeriod, ...] = ()
    found: tuple[Move, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    taken: tuple[PageSettings, ...] = ()
    notices: tuple[Notice, ...] = ()
    asked: int = 0
    problem: str = ""


async def watch_sites(
    settings: Settings, archive: Archive, clock: Clock, results: Sequence[PageResult] = (), *, everything: bool = False
) -> SiteRun:
    """Look at the sites that are due; with `everything` at all that are known. Never takes longer than SECONDS."""
    plan = await asyncio.to_thread(make_plan, archive, results, clock(), everything)
    if not plan.sites:
        return SiteRun()
    try:
        async with asyncio.timeout(SECONDS):
            return await _watch(settings, archive, clock, plan)
    except TimeoutError:
        return SiteRun(problem=f"looking at {len(plan.sites)} sites took more than {SECONDS:g} s; the next run goes on")


async def _watch(settings: Settings, archive: Archive, clock: Clock, plan: Plan) -> SiteRun:
    runs = await ask_about(settings, archive, clock, plan)
    network, silent = network_of(runs, plan)
    begun = await asyncio.to_thread(record_looks, archive, plan, runs, network, silent, clock())
    platforms = await asyncio.to_thread(_platforms_of, archive, plan.sites)
    lines: list[PlatformLine] = []
    found: list[Move] = []
    for platform in platforms:
        line = await asyncio.to_thread(_follow, archive, platform, clock())
        if network is not Network.DOWN and await _look_at_targets(settings, archive, clock, line):
            line = await asyncio.to_thread(_follow, archive, platform, clock())
        if network is Network.OK and settings.sites.siblings:
            await note_siblings(settings, archive, clock, line)
        found += await asyncio.to_thread(_keep, archive, line, clock())
        lines.append(line)
    proposals: list[Proposal] = []
    taken: list[PageSettings] = []
    certain: list[Move] = []
    for line in lines:
        sure = await asyncio.to_thread(_certain_moves, archive, line)
        arrived = frozenset(move.after.partition("@")[0] for move in sure)
        followed = await asyncio.to_thread(follow_successor, settings, line, arrived)
        proposals += followed.proposals
        taken += followed.taken
        certain += sure
    return SiteRun(
        checked=plan.sites,
        begun=tuple(begun),
        found=tuple(found),
        proposals=tuple(proposals),
        taken=tuple(taken),
        notices=await asyncio.to_thread(_tell, archive, lines, begun, found, taken, certain),
        asked=sum(run.asked for run in runs),
    )


def _platforms_of(archive: Archive, sites: Iterable[str]) -> tuple[str, ...]:
    """The platforms whose pages led to any of the sites, or that moved there."""
    with archive.database.reading() as session:
        return tuple(dict.fromkeys(name for site in sites for name in platforms_of_site(session, site)))


def _follow(archive: Archive, platform: str, at: datetime) -> PlatformLine:
    with archive.database.reading() as session:
        return follow_platform(session, platform, at)


def _keep(archive: Archive, line: PlatformLine, at: datetime) -> tuple[Move, ...]:
    with archive.database.writing() as session:
        news = keep_moves(session, line, at)
        for site in line.sites:
            if line.platform and line.platform not in platforms_of_site(session, site):
                link_platform(session, line.platform, site, at, arrived=True)
    return news


async def _look_at_targets(settings: Settings, archive: Archive, clock: Clock, line: PlatformLine) -> bool:
    """Look at the front page of sites that the old side names and that nobody captured: what do they share?"""
    wanted = []
    with archive.database.reading() as session:
        for site in targets_of(line)[: 3 * _MOST_TARGETS]:
            if is_address(site) or "/" in site:
                continue
            told = statements_of(session, [site], kinds=TELLING, claimed=False)
            if not told and is_due(read_memory(session, site), clock(), visited=False):
                wanted.append(site)
    wanted = wanted[:_MOST_TARGETS]
    if not wanted:
        return False
    plan = Plan(unseen=tuple(wanted))
    runs = await ask_about(settings, archive, clock, plan)
    network, silent = network_of(runs, plan)
    await asyncio.to_thread(note_fronts, archive, runs)
    await asyncio.to_thread(record_looks, archive, plan, runs, network, silent, clock())
    return True


def _certain_moves(archive: Archive, line: PlatformLine) -> tuple[Move, ...]:
    """The moves that certainly lead to the platform's next sites; release pages are proposed, never taken."""
    if not line.moves:
        return ()
    with archive.database.reading() as session:
        return choose_certain(session, line.moves)


def _tell(
    archive: Archive,
    lines: Iterable[PlatformLine],
    begun: Iterable[SitePeriod],
    found: Sequence[Move],
    taken: Iterable[PageSettings],
    certain: Sequence[Move],
) -> tuple[Notice, ...]:
    """What to tell: only of sites that are certainly a platform's, since notices leave this machine.

    A successor that a link made certain later is told then; a channel hears of each once.
    """
    with archive.database.reading() as session:
        names = {site: line.platform for line in lines for site in list_sites_of(session, [line.platform], ())}
    told = tuple(dict.fromkeys((*found, *(move for move in certain if not move.decided_by))))
    return tell_sites(begun, told, taken, platforms_of=names, certain=certain)
