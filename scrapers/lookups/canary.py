"""Whether our own network works: well-known names are resolved and connected to before anything is said of a site.

Takes the configured canaries ("www.example.org", "192.0.2.1:443"), gives a state with its proof. None configured is
`unknown`, never `ok`: a site must not be called dead by a machine that is offline itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scrapers.addresses import parse_address
from scrapers.gate import Gate
from scrapers.lookups.connection import connect, open_lane
from scrapers.lookups.dns import ask_name
from scrapers.lookups.model import LookupFailed
from scrapers.model import Clock
from scrapers.names import split_endpoint

_PORT = 443


class Reach(StrEnum):
    """How our own network is."""

    OK = "ok"
    PARTIAL = "partial"
    DOWN = "down"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class CanaryCheck:
    """One thing that should work: a connection, or a resolver's answer about a name. `trouble` is "" if it did."""

    canary: str
    by: str  # "connection" or the resolver
    trouble: str = ""


@dataclass(frozen=True)
class NetworkState:
    """How our own network was at a moment, and by which checks that is known.

    `silent_resolvers` answered about no canary: what they say of other names is not to be counted.
    """

    reach: Reach
    checked_at: datetime
    checks: tuple[CanaryCheck, ...] = ()

    @property
    def silent_resolvers(self) -> tuple[str, ...]:
        """The resolvers that answered nothing."""
        told = [check for check in self.checks if check.by != "connection"]
        answering = {check.by for check in told if not check.trouble}
        return tuple(dict.fromkeys(check.by for check in told if check.by not in answering))

    @property
    def words(self) -> str:
        """What failed, or that nothing did."""
        failed = [f"{check.canary} ({check.by}): {check.trouble}" for check in self.checks if check.trouble]
        if not self.checks:
            return "no canary is configured (lookups.canaries)"
        return "; ".join(failed)[:1000] or f"{len(self.checks)} checks, all well"


async def own_network_state(
    canaries: Sequence[str],
    resolvers: Sequence[str],
    gate: Gate,
    *,
    clock: Clock,
    seconds: float,
    by_stream: bool = False,
) -> NetworkState:
    """Connect to every canary, and ask every resolver for every name among them.

    `by_stream` asks resolvers through the gate too, for a user's proxy that carries no datagrams.
    """
    checked_at = clock()
    if not canaries:
        return NetworkState(Reach.UNKNOWN, checked_at)
    asked = [_try_connection(canary, gate, seconds) for canary in canaries]
    for canary in canaries:
        host = split_endpoint(canary, _PORT)[0]
        if parse_address(host) is None:
            asked += [
                _try_resolver(canary, host, resolver, seconds, gate if by_stream else None) for resolver in resolvers
            ]
    checks = tuple(await asyncio.gather(*asked))
    working = [check for check in checks if not check.trouble]
    connected = any(check.by == "connection" and not check.trouble for check in checks)
    reach = Reach.OK if len(working) == len(checks) else Reach.PARTIAL if connected else Reach.DOWN
    return NetworkState(reach, checked_at, checks)


async def _try_connection(canary: str, gate: Gate, seconds: float) -> CanaryCheck:
    host, port = split_endpoint(canary, _PORT)
    try:
        async with open_lane(gate, seconds) as lane, connect(lane, host, port):
            return CanaryCheck(canary, "connection")
    except LookupFailed as failed:
        return CanaryCheck(canary, "connection", f"{failed.outcome}: {failed.detail}")


async def _try_resolver(canary: str, host: str, resolver: str, seconds: float, gate: Gate | None) -> CanaryCheck:
    asked = await ask_name(host, resolver, seconds=seconds, gate=gate)
    return CanaryCheck(canary, resolver, "" if asked.code == "NOERROR" else asked.detail or asked.code)
