"""The doctor's line about lookups: who learns which domains are watched, and whether our own outages are recognised."""

from __future__ import annotations

from monitor.config.lookups import OFFLINE, PUBLIC_RESOLVERS
from monitor.config.settings import Settings
from monitor.doctor_checks import Check, State
from monitor.lookups.asker import find_resolvers

WHAT = "lookups"
_CANARIES = 'name hosts that practically always work: [lookups] canaries = ["www.example.org", "192.0.2.1:443"]'
_SECOND = f"one more resolver in lookups.resolvers shows filtering; {' and '.join(PUBLIC_RESOLVERS)} are public ones"


def check_lookups(settings: Settings) -> Check:
    """Which name servers would be asked, and by which canaries our own network is known. Asks nobody."""
    lookups = settings.lookups
    if lookups.offline:
        found = f"offline: nobody is asked about domains (lookups.offline or {OFFLINE})"
        return Check(WHAT, State.OK, found)
    resolvers = find_resolvers(lookups, settings.network)
    asked = f"name servers asked: {', '.join(resolvers)}" if resolvers else "no name server can be asked"
    if not lookups.canaries:
        blind = "no canary: an outage of this machine's network is easily taken for one of a site"
        return Check(WHAT, State.WARN, f"{asked}; {blind}", _CANARIES)
    found = f"{asked}; canaries: {', '.join(lookups.canaries)}"
    if not resolvers:
        return Check(WHAT, State.WARN, found, 'name some: [lookups] resolvers = ["system", "223.5.5.5"]')
    return Check(WHAT, State.OK, found if len(resolvers) > 1 else f"{found} ({_SECOND})")
