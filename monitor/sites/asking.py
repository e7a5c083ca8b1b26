"""The questions of a run about its sites, by the plan; and how our own network was while they were asked.

Of visited sites the page is known and not asked for; names that are gone get one cheap question.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from monitor.lookups.run import LookupRun, lookup_domains
from monitor.operators.site_looks import Network
from monitor.outcomes import is_readable
from monitor.sites.plan import Plan
from scrapers.domains import is_address
from scrapers.lookups.canary import Reach
from scrapers.model import Reason
from storage.identity import LookupKind

if TYPE_CHECKING:
    from monitor.config.settings import Settings
    from scrapers.model import Clock
    from storage.archive import Archive

_VISITED_KINDS = (LookupKind.DNS, LookupKind.RDAP, LookupKind.TLS, LookupKind.ICON)
_UNSEEN_KINDS = (LookupKind.DNS, LookupKind.RDAP, LookupKind.HTTP, LookupKind.ICON)
_CHEAP_KINDS = (LookupKind.DNS,)


async def ask_about(settings: Settings, archive: Archive, clock: Clock, plan: Plan) -> list[LookupRun]:
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


def network_of(runs: Iterable[LookupRun], plan: Plan) -> tuple[Network, tuple[str, ...]]:
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
