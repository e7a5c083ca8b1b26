"""Walks through the script: at each planned moment real captures of real pages go through the whole pipeline.

Takes visits, settings, an open archive and a browser that was found; gives how every visit ended and what the archive
then holds. A grave change is looked at again ten simulated minutes later, as the schedule would do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.demo.clock import SimulatedClock
from monitor.demo.platform import PracticePlatform, policy_at
from monitor.demo.script import VISITS, Visit, page_of
from monitor.demo.truth import Seen
from monitor.watch import PageResult, watch_page
from scrapers.browser import Browser, FoundBrowser, open_browser
from storage.changes import list_changes
from storage.model import Change

if TYPE_CHECKING:
    from monitor.config import Settings
    from scrapers.model import NetworkPolicy
    from storage.archive import Archive

LOOK_AGAIN = timedelta(minutes=10)
_AT_ONCE = 2
_MOST_LOOKS = 3  # a page that never stands still is left until its next planned visit


@dataclass(frozen=True)
class Stage:
    """How far a walk is: the simulated moment, visits done and visits known so far."""

    at: datetime
    done: int
    known: int
    result: PageResult | None = None


@dataclass(frozen=True)
class Walk:
    """What a walk saw, and all changes that the archive holds after it, oldest first."""

    visits: tuple[Seen, ...]
    changes: tuple[Change, ...]
    problems: tuple[str, ...]


async def walk_script(
    settings: Settings,
    archive: Archive,
    found: FoundBrowser,
    *,
    now: datetime,
    visits: Sequence[Visit] = VISITS,
    report: Callable[[Stage], None] = lambda stage: None,
) -> Walk:
    """Walk through the visits, oldest first. `now` is the real time, for the practice platform's certificates."""
    clock = SimulatedClock(visits[0].at - timedelta(minutes=1))
    seen: list[Seen] = []
    problems: list[str] = []
    left = sum(len(visit.pages) for visit in visits)
    with PracticePlatform(clock, now=now) as platform:
        async with AsyncExitStack() as stack:
            browser, policy = None, None
            for planned in visits:
                left -= len(planned.pages)
                visit = planned
                for _ in range(_MOST_LOOKS):
                    clock.move_to(visit.at)
                    report(Stage(visit.at, len(seen), len(seen) + len(visit.pages) + left))
                    if browser is None or policy_at(visit.at, platform.ports) != policy:
                        await stack.aclose()
                        policy = policy_at(visit.at, platform.ports)
                        browser = await _open(stack, found, policy, clock, platform)
                    results = await _visit_pages(visit, settings, archive, browser, clock)
                    for key, result in results:
                        seen.append(_as_seen(key, result))
                        problems += [f"{key}: {problem}" for problem in result.problems]
                        report(Stage(visit.at, len(seen), len(seen) + left, result))
                    again = tuple(key for key, result in results if result.awaits_confirmation)
                    if not again:
                        break
                    visit = Visit(visit.at + LOOK_AGAIN, again)
    changes = await asyncio.to_thread(_read_changes, archive)
    return Walk(tuple(seen), changes, tuple(dict.fromkeys(problems)))


async def _open(
    stack: AsyncExitStack, found: FoundBrowser, policy: NetworkPolicy, clock: SimulatedClock, platform: PracticePlatform
) -> Browser:
    """A browser for one state of the network; the policy of a browser never changes."""
    return await stack.enter_async_context(open_browser(found, policy, clock, trusted_spki=(platform.trusted_spki,)))


async def _visit_pages(
    visit: Visit, settings: Settings, archive: Archive, browser: Browser, clock: SimulatedClock
) -> list[tuple[str, PageResult]]:
    turns = asyncio.Semaphore(_AT_ONCE)
    pages = {page.url: page for page in settings.pages}

    async def look(key: str) -> tuple[str, PageResult]:
        async with turns:
            page = pages[page_of(key).url]
            return key, await watch_page(page, settings=settings, archive=archive, browser=browser, clock=clock)

    return list(await asyncio.gather(*(look(key) for key in visit.pages)))


def _as_seen(key: str, result: PageResult) -> Seen:
    capture = result.capture
    return Seen(
        page=key,
        at=capture.started_at,
        outcome=capture.outcome,
        reason=capture.reason,
        certificate_error=bool(capture.certificate_error),
        capture_id=capture.id,
    )


def _read_changes(archive: Archive) -> tuple[Change, ...]:
    with archive.database.reading() as session:
        return tuple(reversed(list_changes(session, limit=1000)))
