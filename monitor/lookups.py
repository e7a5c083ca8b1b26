"""Asks about domains in a run: paced by server, bounded in number, from the archive where an answer is young enough.

Takes settings, the archive and domains; gives what was learnt, keeps every answer raw as evidence and notes what it
identifies. Our own network is looked at first: while it is down nothing is asked, and nothing is noted of any site.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from urllib.parse import urlsplit

from monitor.config import Settings
from monitor.config_lookups import SYSTEM, LookupSettings
from monitor.lookup_answers import read_answer
from monitor.pace import HostPace
from scrapers.addresses import parse_address
from scrapers.domains import ascii_host, host_of, is_address, site_of_host
from scrapers.gate import Gate
from scrapers.lookups.canary import NetworkState, Reach, own_network_state
from scrapers.lookups.dns import ask_dns, ask_name, find_split, system_resolvers
from scrapers.lookups.http import look_http
from scrapers.lookups.model import TELLING, LookupAnswer, LookupOutcome
from scrapers.lookups.rdap import BOOTSTRAP_DOMAIN, ask_rdap, fetch_bootstrap, find_rdap_base, read_bootstrap
from scrapers.lookups.registry import is_reserved, registered_name
from scrapers.lookups.tls import look_tls
from scrapers.lookups.whois import ask_whois, find_whois_server
from scrapers.model import Clock, NetworkPolicy
from storage.archive import Archive
from storage.identity import LookupKind, StoredLookup
from storage.lookups import keep_lookup, list_lookups, load_answer
from storage.statements import note_identifiers

ALL_KINDS = tuple(LookupKind)
REGISTRIES = (LookupKind.RDAP, LookupKind.WHOIS)
_BOOTSTRAP_DAYS = 30
_FAILURE_HOURS = 1.0
_MOST_DOMAINS = 100_000
_STRIKES = 2


@dataclass(frozen=True)
class KnownAnswer:
    """An answer, the id under which it is kept ("" where it is not), and whether it came from the archive."""

    answer: LookupAnswer
    lookup: str = ""
    evidence: str = ""
    cached: bool = False


@dataclass(frozen=True)
class LookupRun:
    """What a run learnt. `asked` counts the questions that went out, `left` those that the bound left over."""

    known: tuple[KnownAnswer, ...]
    network: NetworkState
    asked: int = 0
    left: tuple[tuple[str, LookupKind], ...] = ()

    def answers(self, domain: str, kind: LookupKind | None = None) -> tuple[LookupAnswer, ...]:
        """The answers about one domain, of one kind if it is given."""
        name = host_named(domain)
        names = {name, site_of_host(name)} if kind in REGISTRIES or kind is None else {name}
        found = (known.answer for known in self.known if known.answer.domain in names)
        return tuple(one for one in found if kind is None or one.kind == kind)

    def split(self, domain: str) -> tuple[str, ...]:
        """Where the resolvers contradict each other about a domain."""
        return find_split(self.answers(domain, LookupKind.DNS))


def host_named(text: str) -> str:
    """The host that a site's name, host name or URL means: of "a.com/shop" and "a.com@2026-01-01" that is a.com."""
    words = text.strip()
    return host_of(words) if "//" in words else ascii_host(words.partition("@")[0].partition("/")[0])


async def lookup_domains(
    settings: Settings,
    archive: Archive,
    domains: Iterable[str],
    clock: Clock,
    *,
    kinds: Sequence[LookupKind] = ALL_KINDS,
    refresh: bool = False,
    progress: Callable[[int, int, str], None] = lambda _done, _all, _what: None,
) -> LookupRun:
    """Look domains up, each kind once; `refresh` asks although a young answer is there.

    `progress` is called with how many of all questions are done and the last of them.
    """
    names = tuple(dict.fromkeys(filter(None, map(host_named, domains))))[:_MOST_DOMAINS]
    work = _Work(settings, archive, clock, refresh)
    wanted = [(name, kind) for name in names for kind in dict.fromkeys(kinds)]
    known: list[KnownAnswer] = []
    open_questions: list[tuple[str, LookupKind]] = []
    for name, kind in wanted:
        found = () if refresh else work.remember(name, kind)
        known += found
        if not found:
            open_questions.append((name, kind))
    network = NetworkState(Reach.UNKNOWN, clock())
    if open_questions and not settings.lookups.offline:
        network = await work.look_at_network()
    planned = open_questions[: settings.lookups.most_each_run]
    places = asyncio.Semaphore(settings.lookups.concurrency)
    done = 0

    async def ask(name: str, kind: LookupKind) -> tuple[KnownAnswer, ...]:
        nonlocal done
        async with places:
            found = await work.ask(name, kind, network)
            done += 1
            progress(done, len(planned), f"{kind.value} {name}")
            return found

    for found in await asyncio.gather(*(ask(name, kind) for name, kind in planned)):
        known += found
    return LookupRun(tuple(known), network, work.asked, tuple(open_questions[len(planned) :]))


@dataclass
class _Work:
    """One run: who is asked, at which pace, and who is not asked again in it."""

    settings: Settings
    archive: Archive
    clock: Clock
    refresh: bool
    asked: int = 0
    strikes: dict[str, int] = field(default_factory=dict)
    bootstrap: dict[str, str] | None = None
    bootstrap_trouble: LookupAnswer | None = None
    bootstrap_lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        lookups = self.settings.lookups
        network = self.settings.network
        self.site_gate = Gate(network, self.clock)
        # Who names a server or a canary in the settings means it, wherever it is; sites and referrals gain nothing.
        named = (*dict(lookups.whois).values(), *dict(lookups.rdap).values(), lookups.rdap_bootstrap)
        self.registry_gate = Gate(_allowing(network, named), self.clock)
        self.own_gate = Gate(_allowing(network, (*lookups.canaries, *lookups.resolvers)), self.clock)
        self.paces = {
            kind: HostPace(lookups.dns_pace_seconds if kind is LookupKind.DNS else lookups.pace_seconds)
            for kind in LookupKind
        }
        self.resolvers = _resolvers(lookups, network)

    def remember(self, name: str, kind: LookupKind) -> tuple[KnownAnswer, ...]:
        """The answers of the archive that are young enough; () where it must be asked."""
        lookups = self.settings.lookups
        hours = _hours(lookups, kind)
        now = self.clock()
        asked_name = registered_name(name, self._suffixes(kind)) or name if kind in REGISTRIES else name
        with self.archive.database.reading() as session:
            since = now - timedelta(hours=hours)
            found = list_lookups(session, asked_name, kind=kind, since=since, until=now, limit=40)
        if not found:
            return ()
        newest = found[0].asked_at
        together = [one for one in found if newest - one.asked_at <= timedelta(minutes=5)]
        latest = {one.server: one for one in reversed(together)}
        failed = not any(one.outcome in TELLING or one.outcome == LookupOutcome.NOT_SUPPORTED for one in together)
        if failed and now - newest > timedelta(hours=min(hours, _FAILURE_HOURS)):
            return ()
        return tuple(self._read(one) for one in latest.values())

    async def look_at_network(self) -> NetworkState:
        """How our own network is, by the canaries."""
        lookups = self.settings.lookups
        return await own_network_state(
            lookups.canaries, self.resolvers, self.own_gate, clock=self.clock, seconds=lookups.dns_seconds
        )

    async def ask(self, name: str, kind: LookupKind, network: NetworkState) -> tuple[KnownAnswer, ...]:
        """Ask one thing about one domain, keep the answers and note what they identify."""
        if self.settings.lookups.offline:
            return (self._unasked(name, kind, LookupOutcome.OFFLINE, "offline mode: nobody was asked"),)
        if network.reach is Reach.DOWN:
            detail = f"our own network is down, nobody was asked: {network.words}"
            return (self._unasked(name, kind, LookupOutcome.OFFLINE, detail),)
        if kind is LookupKind.DNS:
            answers = await self._ask_dns(name, network)
        elif kind is LookupKind.RDAP:
            answers = await self._ask_rdap(name)
        elif kind is LookupKind.WHOIS:
            answers = await self._ask_whois(name)
        else:
            answers = await self._look(name, kind)
        return tuple(self._keep(answer) for answer in answers)

    async def _ask_dns(self, name: str, network: NetworkState) -> tuple[LookupAnswer, ...]:
        lookups = self.settings.lookups
        if is_address(name) or "." not in name:
            return (self._answer(name, LookupKind.DNS, LookupOutcome.NOT_SUPPORTED, "an address, not a name"),)
        own = not is_reserved(name)  # a reserved name is nobody's but that of a server which the user named
        resolvers = [one for one in self.resolvers if own or self._is_private(one)]
        resolvers = [one for one in resolvers if one not in network.silent_resolvers]
        if not resolvers:
            detail = "no resolver is left to ask; name some in lookups.resolvers"
            return (self._answer(name, LookupKind.DNS, LookupOutcome.NOT_SUPPORTED, detail),)
        label = f"cw{secrets.token_hex(6)}"
        gate = self.own_gate if self.settings.network.proxy else None

        async def ask(resolver: str) -> LookupAnswer:
            if self._is_struck(resolver):
                return self._answer(name, LookupKind.DNS, LookupOutcome.TIMEOUT, "silent in this run", resolver)
            await self._wait(LookupKind.DNS, resolver)
            answer = await ask_dns(
                name, resolver, clock=self.clock, seconds=lookups.dns_seconds, label=label, gate=gate
            )
            return await self._weigh_resolver(answer)

        return tuple(await asyncio.gather(*(ask(resolver) for resolver in resolvers)))

    async def _ask_rdap(self, name: str) -> tuple[LookupAnswer, ...]:
        kind = LookupKind.RDAP
        held = registered_name(name, self._suffixes(kind))
        if not held:
            return (self._answer(name, kind, LookupOutcome.NOT_SUPPORTED, _not_registered(name)),)
        base = find_rdap_base(held, dict(self.settings.lookups.rdap))
        if not base:
            servers, why = await self._load_bootstrap()
            if why is not None:
                return (replace(why, domain=held),)
            base = find_rdap_base(held, servers)
        if not base:
            detail = f"no RDAP server is known for .{held.partition('.')[2]}; ask WHOIS, or name one in lookups.rdap"
            return (self._answer(held, kind, LookupOutcome.NOT_SUPPORTED, detail),)
        if self._is_struck(base):
            return (self._answer(held, kind, LookupOutcome.RATE_LIMITED, "not asked again in this run", base),)
        await self._wait(kind, base)
        lookups = self.settings.lookups
        answers = await ask_rdap(held, base, self.registry_gate, clock=self.clock, seconds=lookups.seconds)
        self._weigh(replace(answers[0], server=base))
        return answers

    async def _ask_whois(self, name: str) -> tuple[LookupAnswer, ...]:
        kind = LookupKind.WHOIS
        held = registered_name(name, self._suffixes(kind))
        if not held:
            return (self._answer(name, kind, LookupOutcome.NOT_SUPPORTED, _not_registered(name)),)
        server = find_whois_server(held, dict(self.settings.lookups.whois))
        if server is None:
            detail = f".{held.rpartition('.')[2]} has no WHOIS server; name one in lookups.whois if you know it"
            return (self._answer(held, kind, LookupOutcome.NOT_SUPPORTED, detail),)
        if self._is_struck(server):
            return (self._answer(held, kind, LookupOutcome.RATE_LIMITED, "not asked again in this run", server),)
        await self._wait(kind, server)
        lookups = self.settings.lookups
        answers = await ask_whois(held, server, self.registry_gate, clock=self.clock, seconds=lookups.seconds)
        self._weigh(replace(answers[0], server=server))
        return answers

    async def _look(self, name: str, kind: LookupKind) -> tuple[LookupAnswer, ...]:
        await self._wait(kind, name)
        look = look_tls if kind is LookupKind.TLS else look_http
        return (await look(name, self.site_gate, clock=self.clock, seconds=self.settings.lookups.seconds),)

    async def _load_bootstrap(self) -> tuple[dict[str, str], LookupAnswer | None]:
        """Which registry has an RDAP server: from the archive, else asked for; with what went wrong."""
        url = self.settings.lookups.rdap_bootstrap
        async with self.bootstrap_lock:
            if self.bootstrap is not None or self.bootstrap_trouble is not None or not url:
                return self.bootstrap or {}, self.bootstrap_trouble
            now = self.clock()
            with self.archive.database.reading() as session:
                kept = list_lookups(
                    session, BOOTSTRAP_DOMAIN, kind=LookupKind.RDAP, server=url, outcomes=(LookupOutcome.OK,),
                    since=now - timedelta(days=_BOOTSTRAP_DAYS), until=now, limit=1,
                )  # fmt: skip
            if kept:
                self.bootstrap = read_bootstrap(load_answer(self.archive, kept[0]))
                return self.bootstrap, None
            self.asked += 1
            answer = await fetch_bootstrap(
                url, self.registry_gate, clock=self.clock, seconds=self.settings.lookups.seconds
            )
            if answer.outcome is not LookupOutcome.OK:
                detail = f"the table of RDAP servers did not come: {answer.detail}"
                self.bootstrap_trouble = replace(answer, detail=detail, raw=b"", media_type="")
                return {}, self.bootstrap_trouble
            self._store(answer)
            self.bootstrap = read_bootstrap(answer.raw)
            return self.bootstrap, None

    async def _wait(self, kind: LookupKind, server: str) -> None:
        self.asked += 1
        key = server if "//" in server else f"//{server}"
        await asyncio.sleep(self.paces[kind].take_turn(key))

    async def _weigh_resolver(self, answer: LookupAnswer) -> LookupAnswer:
        """A resolver that is silent about a name may only wait for that name's servers: ask it about the root."""
        if answer.outcome is LookupOutcome.TIMEOUT:
            gate = self.own_gate if self.settings.network.proxy else None
            root = await ask_name(".", answer.server, seconds=self.settings.lookups.dns_seconds, gate=gate)
            if root.answer is not None:
                self.strikes.pop(answer.server, None)
                detail = "the resolver works, but gives no answer about this name"
                return replace(answer, outcome=LookupOutcome.SERVER_FAILURE, detail=detail)
        return self._weigh(answer)

    def _weigh(self, answer: LookupAnswer) -> LookupAnswer:
        """Remember servers that are silent, or ask to be asked less."""
        if answer.outcome is LookupOutcome.RATE_LIMITED:
            self.strikes[answer.server] = _STRIKES
        elif answer.outcome is LookupOutcome.TIMEOUT:
            self.strikes[answer.server] = self.strikes.get(answer.server, 0) + 1
        elif answer.outcome in TELLING:
            self.strikes.pop(answer.server, None)
        return answer

    def _is_struck(self, server: str) -> bool:
        return self.strikes.get(server, 0) >= _STRIKES

    def _is_private(self, resolver: str) -> bool:
        """Whether a resolver is one that the user named himself, who may know names that nobody else does."""
        named = (*self.settings.lookups.resolvers, self.settings.network.nameserver)
        return resolver in named and resolver not in LookupSettings().resolvers

    def _suffixes(self, kind: LookupKind) -> frozenset[str]:
        pairs = self.settings.lookups.rdap if kind is LookupKind.RDAP else self.settings.lookups.whois
        return frozenset(suffix for suffix, _ in pairs)

    def _answer(
        self, name: str, kind: LookupKind, outcome: LookupOutcome, detail: str, server: str = ""
    ) -> LookupAnswer:
        return LookupAnswer(name, kind.value, server, self.clock(), outcome, detail)

    def _unasked(self, name: str, kind: LookupKind, outcome: LookupOutcome, detail: str) -> KnownAnswer:
        return KnownAnswer(self._answer(name, kind, outcome, detail))

    def _keep(self, answer: LookupAnswer) -> KnownAnswer:
        """Keep an answer and note what it identifies; what was not asked is not kept."""
        if answer.outcome is LookupOutcome.OFFLINE or (not answer.server and not answer.raw):
            return KnownAnswer(answer)
        stored = self._store(answer)
        if answer.identifiers:
            with self.archive.database.writing() as session:
                note_identifiers(session, answer.domain, answer.identifiers, answer.asked_at, stored.id)
        return KnownAnswer(answer, stored.id, stored.evidence)

    def _store(self, answer: LookupAnswer) -> StoredLookup:
        return keep_lookup(
            self.archive,
            domain=answer.domain,
            kind=LookupKind(answer.kind),
            server=answer.server,
            asked_at=answer.asked_at,
            outcome=str(answer.outcome),
            detail=answer.detail,
            raw=answer.raw,
            media_type=answer.media_type or "application/octet-stream",
        )

    def _read(self, stored: StoredLookup) -> KnownAnswer:
        answer = read_answer(stored, load_answer(self.archive, stored))
        return KnownAnswer(answer, stored.id, stored.evidence, cached=True)


def _resolvers(lookups: LookupSettings, network: NetworkPolicy) -> tuple[str, ...]:
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
    hosts = []
    for endpoint in endpoints:
        if endpoint and endpoint != SYSTEM:
            literal = f"[{endpoint}]" if parse_address(endpoint) and ":" in endpoint else endpoint
            hosts.append(urlsplit(literal if "//" in literal else f"//{literal}").hostname or "")
    return replace(network, allow_private=(*network.allow_private, *filter(None, hosts)))


def _not_registered(name: str) -> str:
    if is_reserved(name):
        return f"{name} is an address or a reserved name: no registry holds it"
    return f"{name} stands under a name that is handed out privately: its registration says nothing of the site"


def _hours(lookups: LookupSettings, kind: LookupKind) -> float:
    return {
        LookupKind.DNS: lookups.dns_hours,
        LookupKind.TLS: lookups.tls_hours,
        LookupKind.HTTP: lookups.http_hours,
    }.get(kind, lookups.registry_hours)
