"""Asks about domains in a run: paced by server, bounded in number, from the archive where an answer is young enough.

Takes settings, the archive and domains; gives what was learnt, keeps every answer raw as evidence and notes what it
identifies. Our own network is looked at first: while it is down nothing is asked, and nothing is noted of any site.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from monitor.config.settings import Settings
from monitor.lookups.answers import REGISTRIES, KnownAnswer, keep_answer, remember_answers
from monitor.lookups.asker import Asker
from monitor.lookups.network import keep_network_state
from scrapers.domains import ascii_host, host_of, site_of_host
from scrapers.lookups.canary import NetworkState, Reach
from scrapers.lookups.dns import find_split
from scrapers.lookups.model import LookupAnswer
from scrapers.model import Clock
from storage.archive import Archive
from storage.errors import ArchiveError
from storage.identity import LookupKind

__all__ = ["ALL_KINDS", "REGISTRIES", "KnownAnswer", "LookupRun", "host_named", "lookup_domains"]

_log = logging.getLogger(__name__)

ALL_KINDS = tuple(LookupKind)
_MOST_DOMAINS = 100_000
_Question = tuple[str, LookupKind]
_Remembered = dict[_Question, tuple[KnownAnswer, ...]]


@dataclass(frozen=True)
class LookupRun:
    """What a run learnt. `asked` counts the questions that went out, `left` those that the bound left over.

    `network_proof` is the evidence item that shows an outage of our own network, "" where there was none.
    """

    known: tuple[KnownAnswer, ...]
    network: NetworkState
    asked: int = 0
    left: tuple[tuple[str, LookupKind], ...] = ()
    network_proof: str = ""

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
    troubled: Collection[str] = (),
    progress: Callable[[int, int, str], None] = lambda _done, _all, _what: None,
) -> LookupRun:
    """Look domains up, each kind once; `refresh` asks although a young answer is there, `any_age` takes old ones too.

    Of names that are `troubled`, or that name servers turn out not to know, a registry's older answer is not taken: it
    is asked again. `progress` is called with how many of all questions are done and the last of them.
    """
    names = tuple(dict.fromkeys(filter(None, map(host_named, domains))))[:_MOST_DOMAINS]
    asker = Asker(settings, archive, clock)
    wanted = dict.fromkeys((asker.asked_name(name, kind), kind) for name in names for kind in kinds)
    ill = frozenset(map(host_named, troubled))

    def remember(questions: Iterable[_Question]) -> _Remembered:
        return {
            (name, kind): remember_answers(
                archive, settings.lookups, name, kind, clock(), any_age=any_age, troubled=name in ill
            )
            for name, kind in questions
        }

    remembered = {} if refresh else await asyncio.to_thread(remember, wanted)
    room = settings.lookups.most_each_run
    missing = [question for question in wanted if not remembered.get(question)]
    left = missing[room:]
    proof = ""
    if missing[:room]:
        await asker.look_at_network()
        proof = await asyncio.to_thread(keep_network_state, archive, asker.network)
    known = [one for found in remembered.values() for one in found]
    known += await _ask_all(asker, archive, settings.lookups.concurrency, missing[:room], progress)
    # A name that went away just now: what its registry said before then is no answer any more.
    doubtful = _doubtful(remembered, missing[:room]) if not any_age and asker.network.reach is not Reach.DOWN else ()
    outdated = [question for question, found in (await asyncio.to_thread(remember, doubtful)).items() if not found]
    if outdated:
        room = max(0, room - len(missing))
        again = await _ask_all(asker, archive, settings.lookups.concurrency, outdated[:room], progress)
        replaced = {id(one) for question in outdated[:room] for one in remembered[question]}
        known = [one for one in known if id(one) not in replaced] + again
        left += outdated[room:]
    return LookupRun(tuple(known), asker.network, asker.asked, tuple(left), proof)


async def _ask_all(
    asker: Asker,
    archive: Archive,
    concurrency: int,
    questions: Sequence[_Question],
    progress: Callable[[int, int, str], None],
) -> list[KnownAnswer]:
    """Ask several things at a time; answers are written one after the other, off the loop that asks."""
    places, pen = asyncio.Semaphore(concurrency), asyncio.Lock()
    done = 0

    async def ask(name: str, kind: LookupKind) -> tuple[KnownAnswer, ...]:
        nonlocal done
        async with places:
            try:
                answers = await asker.ask(name, kind)
                async with pen:
                    kept = await asyncio.to_thread(lambda: tuple(keep_answer(archive, answer) for answer in answers))
            except (ArchiveError, OSError, MemoryError):
                raise
            except Exception as error:  # one answer that breaks its reader never ends the run of the others
                _log.exception("the %s answer about %s could not be read", kind.value, name)
                kept = (KnownAnswer(asker.unread(name, kind, error)),)
            done += 1
            progress(done, len(questions), f"{kind.value} {name}")
            return kept

    return [one for kept in await asyncio.gather(*(ask(name, kind) for name, kind in questions)) for one in kept]


def _doubtful(remembered: _Remembered, asked: Sequence[_Question]) -> tuple[_Question, ...]:
    """The registry's answers from the archive about names that were asked for just now."""
    names = {name for name, kind in asked if kind is LookupKind.DNS}
    return tuple(
        (name, kind) for (name, kind), found in remembered.items() if found and kind in REGISTRIES and name in names
    )
