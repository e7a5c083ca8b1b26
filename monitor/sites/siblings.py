"""Asks the DNS for names like those of a site in trouble, within a bound and a pace; what resolves is a candidate.

One question a name and resolver. A candidate by name alone is shown as such and never becomes more without signals.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.operators.siblings import sibling_names
from monitor.operators.site_memory import SiteMemory
from monitor.sites.moves import BY_NAME
from monitor.sites.records import read_memory
from scrapers.identifiers.names import name_bits
from scrapers.lookups.dns import ask_name, system_resolvers
from scrapers.lookups.registry import is_reserved
from storage.identity import Move, MoveKind, SiteState
from storage.moves import keep_move, list_moves
from storage.runs import read_note, write_note

if TYPE_CHECKING:
    from monitor.config.settings import Settings
    from monitor.sites.moves import PlatformLine
    from scrapers.model import Clock
    from storage.archive import Archive

EVERY = timedelta(days=7)
_MOST_SITES = 4  # of one platform in one run
_AT_ONCE = 4
_NOTE = "siblings:"


async def note_siblings(settings: Settings, archive: Archive, clock: Clock, line: PlatformLine) -> tuple[Move, ...]:
    """Ask for siblings of the line's troubled sites that have no successor yet; keep those that resolve."""
    if settings.lookups.offline:
        return ()
    at = clock()
    moved = {move.before for move in line.moves if move.kind is MoveKind.SUCCESSOR}
    with archive.database.reading() as session:
        due = [
            site
            for site in line.sites
            if site not in moved
            and _is_troubled(read_memory(session, site))
            and _is_old(read_note(session, f"{_NOTE}{site}"), at)
        ][:_MOST_SITES]
    found: list[Move] = []
    for site in due:
        names = [name for name in sibling_names(site, most=settings.sites.siblings) if name not in line.sites]
        names = [name for name in names if not is_reserved(name)]
        resolving = await _resolve(settings, names)
        found += [_candidate(site, name, at) for name in resolving]
        with archive.database.writing() as session:
            write_note(session, f"{_NOTE}{site}", at.isoformat())
            known = {(move.before, move.after) for move in list_moves(session, [site])}
            for move in found:
                if (move.before, move.after) not in known:
                    keep_move(session, move, at)
    return tuple(found)


async def _resolve(settings: Settings, names: list[str]) -> list[str]:
    """Those of the names that have an address, in their order."""
    resolver = _resolver(settings)
    if not resolver or not names:
        return []
    places = asyncio.Semaphore(_AT_ONCE)

    async def ask(name: str) -> bool:
        async with places:
            asked = await ask_name(name, resolver, seconds=settings.lookups.dns_seconds)
            await asyncio.sleep(settings.lookups.dns_pace_seconds)
            return asked.code == "NOERROR" and asked.answer is not None and bool(asked.answer.answer)

    there = await asyncio.gather(*(ask(name) for name in names))
    return [name for name, resolves in zip(names, there, strict=True) if resolves]


def _resolver(settings: Settings) -> str:
    if settings.network.proxy:
        return ""  # the user's way out carries no datagrams
    named = [one for one in settings.lookups.resolvers if one != "system"]
    if settings.network.nameserver:
        return settings.network.nameserver
    return named[0] if named else next(iter(system_resolvers()), "")


def _candidate(site: str, name: str, at: datetime) -> Move:
    bits = max(0.0, name_bits(site, name))
    reason = "仅因名称相近且可以解析而列出，没有任何共同标识或旧站的说法：仅为候选，不能认定为同一平台"
    return Move(site, name, MoveKind.CANDIDATE, at, bits, ((BY_NAME, 0.0, ""), ("name", bits, "")), reason)


def _is_troubled(memory: SiteMemory) -> bool:
    if memory.pending is not None and memory.pending.sign.state is not SiteState.ACTIVE:
        return True
    return memory.current is not None and memory.current.state not in (SiteState.ACTIVE, SiteState.UNKNOWN)


def _is_old(note: str | None, at: datetime) -> bool:
    return not note or abs(at - datetime.fromisoformat(note)) >= EVERY
