"""Asks about domains in a run: paced by server, bounded in number, from the archive where an answer is young enough.

Takes settings, the archive and domains; gives what was learnt, keeps every answer raw as evidence and notes what it
identifies. Our own network is looked at first: while it is down nothing is asked, and nothing is noted of any site.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from monitor.config import Settings
from monitor.lookup_answers import KnownAnswer, keep_answer, remember_answers
from monitor.lookup_asker import REGISTRIES, Asker
from scrapers.domains import ascii_host, host_of, site_of_host
from scrapers.lookups.canary import NetworkState
from scrapers.lookups.dns import find_split
from scrapers.lookups.model import LookupAnswer
from scrapers.model import Clock
from storage.archive import Archive
from storage.identity import LookupKind

__all__ = ["ALL_KINDS", "REGISTRIES", "KnownAnswer", "LookupRun", "host_named", "lookup_domains"]

ALL_KINDS = tuple(LookupKind)
_MOST_DOMAINS = 100_000


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
    any_age: bool = False,
    progress: Callable[[int, int, str], None] = lambda _done, _all, _what: None,
) -> LookupRun:
    """Look domains up, each kind once; `refresh` asks although a young answer is there, `any_age` takes old ones too.

    `progress` is called with how many of all questions are done and the last of them.
    """
    names = tuple(dict.fromkeys(filter(None, map(host_named, domains))))[:_MOST_DOMAINS]
    asker = Asker(settings, archive, clock)
    wanted = dict.fromkeys((asker.asked_name(name, kind), kind) for name in names for kind in kinds)
    known: list[KnownAnswer] = []
    open_questions: list[tuple[str, LookupKind]] = []
    for name, kind in wanted:
        found = () if refresh else remember_answers(archive, settings.lookups, name, kind, clock(), any_age=any_age)
        known += found
        if not found:
            open_questions.append((name, kind))
    planned = open_questions[: settings.lookups.most_each_run]
    if planned:
        await asker.look_at_network()
    places = asyncio.Semaphore(settings.lookups.concurrency)
    done = 0

    async def ask(name: str, kind: LookupKind) -> tuple[KnownAnswer, ...]:
        nonlocal done
        async with places:
            answers = await asker.ask(name, kind)
            kept = tuple(keep_answer(archive, answer) for answer in answers)
            done += 1
            progress(done, len(planned), f"{kind.value} {name}")
            return kept

    for found in await asyncio.gather(*(ask(name, kind) for name, kind in planned)):
        known += found
    return LookupRun(tuple(known), asker.network, asker.asked, tuple(open_questions[len(planned) :]))
