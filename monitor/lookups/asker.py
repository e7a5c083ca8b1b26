"""Asks one thing about one domain at a time: finds whom to ask, waits for its turn, looks at our own network first.

Every connection passes a gate. Who names a server or a canary in the settings means it, wherever it is; sites,
referrals and redirects gain nothing by that.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

from monitor.config.lookups import PUBLIC_RESOLVERS, SYSTEM, LookupSettings
from monitor.config.settings import Settings
from monitor.lookups.answers import REGISTRIES
from monitor.lookups.rdap_servers import RdapServers
from monitor.lookups.turns import ServerTurns
from scrapers.addresses import parse_address
from scrapers.domains import is_address
from scrapers.gate import Gate
from scrapers.lookups.canary import NetworkState, Reach, own_network_state
from scrapers.lookups.dns import ask_dns, ask_name, system_resolvers
from scrapers.lookups.http import look_http
from scrapers.lookups.icon import look_icon
from scrapers.lookups.model import LookupAnswer, LookupOutcome
from scrapers.lookups.rdap import ask_rdap
from scrapers.lookups.registry import is_reserved, registered_name
from scrapers.lookups.tls import look_tls
from scrapers.lookups.whois import ask_whois, find_whois_server
from scrapers.model import Clock, NetworkPolicy
from storage.archive import Archive
from storage.identity import LookupKind

_LOOKS = {LookupKind.TLS: look_tls, LookupKind.HTTP: look_http, LookupKind.ICON: look_icon}
_LEFT_ALONE = "not asked again in this run: {server} asked for patience, or is silent"


class Asker:
    """One run's questions. `network` is unknown until `look_at_network` was called."""

    def __init__(self, settings: Settings, archive: Archive, clock: Clock) -> None:
        lookups, policy = settings.lookups, settings.network
        self._lookups = lookups
        self._by_proxy = bool(policy.proxy)
        self._named = (*lookups.resolvers, policy.nameserver)
        self._clock = clock
        servers = (*dict(lookups.whois).values(), *dict(lookups.rdap).values(), lookups.rdap_bootstrap)
        self._site_gate = Gate(policy, clock)
        self._registry_gate = Gate(_allowing(policy, servers), clock)
        self._own_gate = Gate(_allowing(policy, (*lookups.canaries, *lookups.resolvers)), clock)
        self._resolvers = find_resolvers(lookups, policy)
        self._rdap = RdapServers(lookups, archive, self._registry_gate, clock)
        paces = dict.fromkeys(LookupKind, lookups.pace_seconds)
        self._turns = ServerTurns({**paces, LookupKind.DNS: lookups.dns_pace_seconds})
        self.network = NetworkState(Reach.UNKNOWN, clock())

    @property
    def asked(self) -> int:
        """How many questions went out."""
        return self._turns.asked + self._rdap.asked

    def asked_name(self, name: str, kind: LookupKind) -> str:
        """The name that is asked about: of registries that which they hold, so a subdomain costs no question more."""
        return (registered_name(name, self._suffixes(kind)) or name) if kind in REGISTRIES else name

    async def look_at_network(self) -> None:
        """See by the canaries how our own network is; nobody is asked in offline mode."""
        if not self._lookups.offline:
            self.network = await own_network_state(
                self._lookups.canaries,
                self._resolvers,
                self._own_gate,
                clock=self._clock,
                seconds=self._lookups.dns_seconds,
                by_stream=self._by_proxy,
            )

    async def ask(self, name: str, kind: LookupKind) -> tuple[LookupAnswer, ...]:
        """Ask one thing about one domain: an answer of each server, or why nobody was asked."""
        if self._lookups.offline:
            return (self._unasked(name, kind, LookupOutcome.OFFLINE, "offline mode: nobody was asked"),)
        if self.network.reach is Reach.DOWN:
            detail = f"our own network is down, nobody was asked: {self.network.words}"
            return (self._unasked(name, kind, LookupOutcome.OFFLINE, detail),)
        if kind is LookupKind.DNS:
            return await self._ask_dns(name)
        if kind in REGISTRIES:
            return await self._ask_registry(name, kind)
        await self._turns.wait(kind, name)
        return (await _LOOKS[kind](name, self._site_gate, clock=self._clock, seconds=self._lookups.seconds),)

    def unread(self, name: str, kind: LookupKind, error: Exception) -> LookupAnswer:
        """The answer in place of one that broke its reader: named, and never kept."""
        detail = f"the answer broke its reader ({type(error).__name__}: {str(error)[:200]}); please report it"
        return self._unasked(name, kind, LookupOutcome.ERROR, detail)

    async def _ask_dns(self, name: str) -> tuple[LookupAnswer, ...]:
        kind, missing = LookupKind.DNS, LookupOutcome.NOT_SUPPORTED
        if is_address(name) or "." not in name:
            return (self._unasked(name, kind, missing, "an address or a single label, no domain"),)
        # A reserved name is nobody's but that of a name server which the user named.
        resolvers = [one for one in self._resolvers if not is_reserved(name) or self._is_users_own(one)]
        resolvers = [one for one in resolvers if one not in self.network.silent_resolvers]
        if not resolvers:
            return (self._unasked(name, kind, missing, "no resolver can be asked; name some in lookups.resolvers"),)
        label = f"cw{secrets.token_hex(6)}"
        return tuple(await asyncio.gather(*(self._ask_resolver(name, resolver, label) for resolver in resolvers)))

    async def _ask_resolver(self, name: str, resolver: str, label: str) -> LookupAnswer:
        if not await self._turns.wait_unless_struck(LookupKind.DNS, resolver):
            detail = _LEFT_ALONE.format(server=resolver)
            return self._unasked(name, LookupKind.DNS, LookupOutcome.TIMEOUT, detail)
        gate = self._own_gate if self._by_proxy else None  # a proxy carries no datagrams
        seconds = self._lookups.dns_seconds
        answer = await ask_dns(name, resolver, clock=self._clock, seconds=seconds, label=label, gate=gate)
        if answer.outcome is not LookupOutcome.TIMEOUT:
            self._turns.weigh(answer)
            return answer
        # Silent about a name it may only wait for that name's servers: every resolver knows the root.
        root = await ask_name(".", resolver, seconds=seconds, gate=gate)
        if root.answer is None:
            self._turns.strike(resolver)
            return answer
        detail = "the resolver works, but gives no answer about this name"
        return replace(answer, outcome=LookupOutcome.SERVER_FAILURE, detail=detail)

    async def _ask_registry(self, name: str, kind: LookupKind) -> tuple[LookupAnswer, ...]:
        missing = LookupOutcome.NOT_SUPPORTED
        held = registered_name(name, self._suffixes(kind))
        if not held:
            return (self._unasked(name, kind, missing, _say_not_registered(name)),)
        server = await self._rdap.find(held) if kind is LookupKind.RDAP else self._whois_server(held)
        if isinstance(server, LookupAnswer):
            return (replace(server, domain=held),)
        if server is None or (not server and kind is LookupKind.RDAP):
            detail = f"no {kind.value.upper()} server is known for .{held.partition('.')[2]}"
            return (self._unasked(held, kind, missing, f"{detail}; name one in lookups.{kind.value} if you know it"),)
        if not await self._turns.wait_unless_struck(kind, server):
            detail = _LEFT_ALONE.format(server=server)
            return (self._unasked(held, kind, LookupOutcome.RATE_LIMITED, detail),)
        ask = ask_rdap if kind is LookupKind.RDAP else ask_whois
        answers = await ask(
            held,
            server,
            self._registry_gate,
            clock=self._clock,
            seconds=self._lookups.seconds,
            before_referral=partial(self._turns.wait_unless_struck, kind),
        )
        self._turns.weigh(answers[0], server)
        for answer in answers[1:]:
            self._turns.weigh(answer)
        return answers

    def _whois_server(self, held: str) -> str | None:
        return find_whois_server(held, dict(self._lookups.whois))

    def _is_users_own(self, resolver: str) -> bool:
        return resolver in self._named and resolver not in PUBLIC_RESOLVERS

    def _suffixes(self, kind: LookupKind) -> frozenset[str]:
        pairs = self._lookups.rdap if kind is LookupKind.RDAP else self._lookups.whois
        return frozenset(suffix for suffix, _ in pairs)

    def _unasked(self, name: str, kind: LookupKind, outcome: LookupOutcome, detail: str) -> LookupAnswer:
        """An answer of nobody: without a server it is never kept."""
        return LookupAnswer(name, kind.value, "", self._clock(), outcome, detail)


def find_resolvers(lookups: LookupSettings, network: NetworkPolicy) -> tuple[str, ...]:
    """Whom to ask: "system" is the name server of the settings, else those of this machine, through a proxy nobody."""
    found: list[str] = []
    for resolver in lookups.resolvers:
        if resolver != SYSTEM:
            found.append(resolver)
        elif network.nameserver:
            found.append(network.nameserver)
        elif not network.proxy:
            found += system_resolvers()
    return tuple(dict.fromkeys(found))


def _allowing(network: NetworkPolicy, endpoints: Sequence[str]) -> NetworkPolicy:
    """The policy that lets the hosts of these endpoints through too."""
    hosts = []
    for endpoint in endpoints:
        if endpoint and endpoint != SYSTEM:
            literal = f"[{endpoint}]" if parse_address(endpoint) and endpoint.count(":") > 1 else endpoint
            hosts.append(urlsplit(literal if "//" in literal else f"//{literal}").hostname or "")
    return replace(network, allow_private=(*network.allow_private, *filter(None, hosts)))


def _say_not_registered(name: str) -> str:
    if is_reserved(name):
        return f"{name} is an address or a reserved name: no registry holds it"
    return f"{name} stands under a name that is handed out privately: its registration says nothing of the site"
