"""What a run saw of each site becomes one look at it, and the look a state that is kept.

Takes captures and answers of one run; gives the periods that began. Front pages that were looked at without a browser
tell who runs the site as captures do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.lookups.run import KnownAnswer, LookupRun
from monitor.operators.site_looks import Network
from monitor.operators.site_reading import Answer, SeenPage, build_look, recognises
from monitor.outcomes import OWN_TROUBLE
from monitor.sites.plan import Plan
from monitor.sites.records import record_look
from scrapers.domains import host_of, site_of_host
from scrapers.identifiers import find_identifiers
from scrapers.identifiers.notices import find_notices
from scrapers.lookups.model import HttpFacts
from scrapers.model import PageContent
from storage.identity import SitePeriod, Statement
from storage.statements import note_identifiers, statements_of

if TYPE_CHECKING:
    from storage.archive import Archive
    from storage.model import StoredCapture

TELLING = (
    "qq", "qq_group", "icp", "police_icp", "company", "uscc", "wechat", "telegram", "mobile", "tel400", "email",
    "baidu_tongji", "cnzz", "la51", "ga", "gtm", "cs_tenant", "merchant_id", "epay_pid", "alipay_static", "design",
    "verification_meta",
)  # fmt: skip


def record_looks(
    archive: Archive,
    plan: Plan,
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
            told = statements_of(session, [site], kinds=TELLING, claimed=False)
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


def note_fronts(archive: Archive, runs: Iterable[LookupRun]) -> None:
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
