"""What a run does for sites after its visits: looks them up, keeps their states and moves, says what is news.

Takes settings, the archive, a clock and the results of the run; gives a SiteRun. Sites whose pages were visited are
judged by their captures; troubled ones are asked about more often, names that are gone every week and for ever.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.lookups import KnownAnswer, LookupRun, lookup_domains
from monitor.operators.site_looks import Network
from monitor.operators.site_reading import Answer, SeenPage, build_look, recognises
from monitor.outcomes import OWN_TROUBLE, is_readable
from monitor.site_follow import Proposal, follow_successor
from monitor.site_moves import PlatformLine, follow_platform, keep_moves, read_line, targets_of
from monitor.site_records import is_due, read_memory, record_look
from monitor.site_siblings import note_siblings
from monitor.site_telling import tell_sites
from scrapers.domains import host_of, is_address, registrable_domain, site_of_host
from scrapers.identifiers import find_identifiers
from scrapers.identifiers.notices import find_notices
from scrapers.lookups.canary import Reach
from scrapers.lookups.model import HttpFacts
from scrapers.model import Origin, PageContent, Reason
from storage.identity import LookupKind, Move, SitePeriod, SiteState, Statement
from storage.pages import list_platforms
from storage.runs import read_note, write_note
from storage.sites import link_platform, platforms_of_site, sites_of_platform
from storage.statements import note_identifiers, statements_of

if TYPE_CHECKING:
    from monitor.alert_text import Notice
    from monitor.config import PageSettings, Settings
    from monitor.watch import PageResult
    from scrapers.model import Clock
    from storage.archive import Archive
    from storage.model import StoredCapture

SECONDS = 240.0
"""A run spends no longer on its sites; what is left is asked by the next run."""

_VISITED_KINDS = (LookupKind.DNS, LookupKind.RDAP, LookupKind.TLS, LookupKind.ICON)
_UNSEEN_KINDS = (LookupKind.DNS, LookupKind.RDAP, LookupKind.HTTP, LookupKind.ICON)
_CHEAP_KINDS = (LookupKind.DNS,)
_GONE = frozenset({SiteState.DEAD, SiteState.REREGISTERED})
_PLANNED = "sites-planned"
_PLAN_EVERY = timedelta(minutes=30)  # cron may run every minute: what no page of a run shows is not sought so often
_MOST_SITES = 500
_MOST_TARGETS = 6
_TELLING = (
    "qq", "qq_group", "icp", "police_icp", "company", "uscc", "wechat", "telegram", "mobile", "tel400", "email",
    "baidu_tongji", "cnzz", "la51", "ga", "gtm", "cs_tenant", "merchant_id", "epay_pid", "alipay_static", "design",
    "verification_meta",
)  # fmt: skip


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


@dataclass(frozen=True)
class _Plan:
    """Which sites are looked at in this run: those visited with their captures, and those asked about only."""

    visited: dict[str, tuple[StoredCapture, ...]] = field(default_factory=dict)
    unseen: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def sites(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.visited, *self.unseen, *self.gone)))


async def watch_sites(
    settings: Settings, archive: Archive, clock: Clock, results: Sequence[PageResult] = (), *, everything: bool = False
) -> SiteRun:
    """Look at the sites that are due; with `everything` at all that are known. Never takes longer than SECONDS."""
    plan = await asyncio.to_thread(_plan, archive, results, clock(), everything)
    if not plan.sites:
        return SiteRun()
    try:
        async with asyncio.timeout(SECONDS):
            return await _watch(settings, archive, clock, plan)
    except TimeoutError:
        return SiteRun(problem=f"looking at {len(plan.sites)} sites took more than {SECONDS:g} s; the next run goes on")


async def _watch(settings: Settings, archive: Archive, clock: Clock, plan: _Plan) -> SiteRun:
    runs = await _ask(settings, archive, clock, plan)
    network, silent = _network_of(runs, plan)
    begun = await asyncio.to_thread(_record, archive, plan, runs, network, silent, clock())
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
    for line in lines:
        followed = await asyncio.to_thread(follow_successor, settings, line)
        proposals += followed.proposals
        taken += followed.taken
    return SiteRun(
        checked=plan.sites,
        begun=tuple(begun),
        found=tuple(found),
        proposals=tuple(proposals),
        taken=tuple(taken),
        notices=tell_sites(begun, found, taken, platforms_of=_names_of(lines)),
        asked=sum(run.asked for run in runs),
    )


def _plan(archive: Archive, results: Sequence[PageResult], at: datetime, everything: bool) -> _Plan:
    captures: dict[str, list[StoredCapture]] = defaultdict(list)
    for result in results:
        site = registrable_domain(result.capture.page.url)
        if site and result.capture.origin is Origin.OWN:
            captures[site].append(result.capture)
    unseen: list[str] = []
    gone: list[str] = []
    with archive.database.reading() as session:
        planned = read_note(session, _PLANNED)
        asking = everything or not planned or abs(at - datetime.fromisoformat(planned)) >= _PLAN_EVERY
        for platform in list_platforms(session) if asking else ():
            own = sites_of_platform(session, platform, arrived=False)
            for site in read_line(session, own):
                if site in captures or is_address(site):
                    continue
                memory = read_memory(session, site)
                if not everything and not is_due(memory, at, visited=site in own):
                    continue
                state = memory.current.state if memory.current else None
                (gone if state in _GONE and not everything else unseen).append(site)
    if asking:
        with archive.database.writing() as session:
            write_note(session, _PLANNED, at.isoformat())
    visited = {site: tuple(found) for site, found in captures.items()}
    room = max(0, _MOST_SITES - len(visited))
    return _Plan(visited, tuple(dict.fromkeys(unseen))[:room], tuple(dict.fromkeys(gone))[:room])


async def _ask(settings: Settings, archive: Archive, clock: Clock, plan: _Plan) -> list[LookupRun]:
    """The lookups of a run: what the archive knows of young age is not asked again."""
    runs = []
    # What a registry said days ago of a site that does not open now may be why it does not: it is asked again.
    troubled = [site for site, seen in plan.visited.items() if not any(is_readable(one.outcome) for one in seen)]
    for sites, kinds in (
        (tuple(site for site in plan.visited if not is_address(site)), _VISITED_KINDS),
        (plan.unseen, _UNSEEN_KINDS),
        (plan.gone, _CHEAP_KINDS),
    ):
        if sites:
            runs.append(await lookup_domains(settings, archive, sites, clock, kinds=kinds, troubled=troubled))
    told = {
        known.answer.domain
        for run in runs
        for known in run.known
        if known.answer.kind == LookupKind.RDAP and str(known.answer.outcome) in ("ok", "no_such_name", "offline")
    }
    silent = [site for site in (*plan.visited, *plan.unseen) if site not in told and not is_address(site)]
    if silent:
        runs.append(
            await lookup_domains(settings, archive, silent, clock, kinds=(LookupKind.WHOIS,), troubled=troubled)
        )
    back = [site for site in plan.gone if any(str(one.outcome) == "ok" for run in runs for one in run.answers(site))]
    if back:  # a name that was gone resolves again: who holds it now, and what is there?
        asked_anew = (LookupKind.RDAP, LookupKind.WHOIS, LookupKind.HTTP)
        runs.append(await lookup_domains(settings, archive, back, clock, kinds=asked_anew))
    return runs


def _network_of(runs: Iterable[LookupRun], plan: _Plan) -> tuple[Network, tuple[str, ...]]:
    """How our own network was: by canaries, else by whether anything at all answered in this run."""
    listed = list(runs)
    reaches = {run.network.reach for run in listed}
    silent = tuple(dict.fromkeys(server for run in listed for server in run.network.silent_resolvers))
    captures = [capture for found in plan.visited.values() for capture in found]
    own_trouble = [capture for capture in captures if capture.reason == Reason.OWN_NETWORK]
    answered = any(capture.status for capture in captures)
    if Reach.DOWN in reaches:
        return Network.DOWN, silent
    if Reach.PARTIAL in reaches or (own_trouble and answered):
        return Network.PARTIAL, silent
    if Reach.OK in reaches:
        return Network.OK, silent
    if own_trouble and len(own_trouble) == len(captures):
        return Network.DOWN, silent
    return Network.OK if answered else Network.UNKNOWN, silent


def _record(
    archive: Archive,
    plan: _Plan,
    runs: Sequence[LookupRun],
    network: Network,
    silent: tuple[str, ...],
    at: datetime,
) -> list[SitePeriod]:
    """Take one look at each site into account; gives the periods that began."""
    begun: list[SitePeriod] = []
    by_site: dict[str, list[KnownAnswer]] = defaultdict(list)
    for run in runs:
        for one in run.known:
            by_site[one.answer.domain].append(one)
    outage = tuple(dict.fromkeys(run.network_proof for run in runs if run.network_proof))
    for site in plan.sites:
        with archive.database.writing() as session:
            captures = plan.visited.get(site, ())
            told = statements_of(session, [site], kinds=_TELLING, claimed=False)
            known = _known_values(told, before=min((c.started_at for c in captures), default=at))
            look = build_look(
                site,
                max((capture.started_at for capture in captures), default=at),
                pages=_see(captures, told, known),
                answers=[Answer(one.answer, one.lookup) for one in by_site.get(site, ())],
                network=_of_site(network, captures),
                silent_resolvers=silent,
                known_values=known,
            )
            if look.network is not Network.OK:
                look = replace(look, proof=(*outage, *look.proof))
            step = record_look(session, look)
        begun += [period for period in step.periods if period.ended_at is None]
    return begun


def _of_site(network: Network, captures: Sequence[StoredCapture]) -> Network:
    """Our network as far as one site is concerned: nothing is said by visits that all failed for reasons of ours."""
    if captures and all(capture.reason in OWN_TROUBLE for capture in captures):
        return Network.DOWN if network is not Network.OK else Network.PARTIAL
    return network


def _see(captures: Sequence[StoredCapture], told: Sequence[Statement], known: frozenset[str]) -> list[SeenPage]:
    return [
        SeenPage(one, recognised=recognises(known, [row.value for row in told if row.last_seen >= one.started_at]))
        for one in captures
    ]


def _known_values(told: Iterable[Statement], *, before: datetime) -> frozenset[str]:
    """What the site told of itself before a moment."""
    return frozenset(one.value for one in told if one.first_seen < before and not one.problem)


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
            told = statements_of(session, [site], kinds=_TELLING, claimed=False)
            if not told and is_due(read_memory(session, site), clock(), visited=False):
                wanted.append(site)
    wanted = wanted[:_MOST_TARGETS]
    if not wanted:
        return False
    plan = _Plan(unseen=tuple(wanted))
    runs = await _ask(settings, archive, clock, plan)
    network, silent = _network_of(runs, plan)
    await asyncio.to_thread(_note_fronts, archive, runs)
    await asyncio.to_thread(_record, archive, plan, runs, network, silent, clock())
    return True


def _note_fronts(archive: Archive, runs: Iterable[LookupRun]) -> None:
    """Note what the front pages that were looked at without a browser show of who runs them."""
    for run in runs:
        for known in run.known:
            fact = known.answer.facts
            if not isinstance(fact, HttpFacts) or not fact.html or not known.lookup or fact.status >= 400:
                continue
            host = host_of(fact.final_url)
            content = PageContent(url=fact.final_url, dom=fact.html, title=fact.title)
            identifiers = (*find_identifiers(content, site_host=host), *find_notices(content, site_host=host))
            with archive.database.writing() as session:
                note_identifiers(session, site_of_host(host), identifiers, known.answer.asked_at, known.lookup)


def _names_of(lines: Iterable[PlatformLine]) -> dict[str, str]:
    """The platform that each site is of, for what is told."""
    return {site: line.platform for line in lines for site in line.sites}
