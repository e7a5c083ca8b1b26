"""Walks through the script: at each planned moment real captures of real pages go through the whole pipeline.

Takes visits, settings, an open archive and a browser that was found; gives how every visit ended and what the archive
then holds. A grave change is looked at again ten simulated minutes later, as the schedule would do.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.demo.clock import SimulatedClock
from monitor.demo.event import Visit
from monitor.demo.line import NO_LINE, DemoLine, read_line_of
from monitor.demo.platform import PracticePlatform, ask_practice, policy_at
from monitor.demo.script import VISITS, page_of
from monitor.demo.truth import Seen
from monitor.outcomes import left_site
from monitor.page_result import PageResult
from monitor.watch import watch_page
from scrapers.browser import Browser, FoundBrowser, open_browser
from scrapers.model import Outcome
from scrapers.surroundings import learn_machine
from storage.changes import list_changes
from storage.model import Change

if TYPE_CHECKING:
    from monitor.config.settings import Settings
    from scrapers.model import NetworkPolicy, Surroundings
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
    """What a walk saw, all changes that the archive holds after it, oldest first, and where the platform went."""

    visits: tuple[Seen, ...]
    changes: tuple[Change, ...]
    problems: tuple[str, ...]
    line: DemoLine = NO_LINE


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
            network = _Network(stack, found, clock, platform)
            for planned in visits:
                left -= len(planned.pages)
                visit = planned
                for _ in range(_MOST_LOOKS):
                    clock.move_to(visit.at)
                    report(Stage(visit.at, len(seen), len(seen) + len(visit.pages) + left))
                    browser = await network.browser_at(visit.at)
                    results = await _visit_pages(visit, settings, archive, browser, clock)
                    problems += await _watch_sites(results, settings, archive, platform, clock)
                    seen += [_as_seen(key, result) for key, result in results]
                    problems += [f"{key}: {problem}" for key, result in results for problem in result.problems]
                    for _, result in results:
                        report(Stage(visit.at, len(seen), len(seen) + left, result))
                    again = tuple(key for key, result in results if result.awaits_confirmation)
                    if not again:
                        break
                    visit = Visit(visit.at + LOOK_AGAIN, again)
    changes = await asyncio.to_thread(_read_changes, archive)
    line = await asyncio.to_thread(read_line_of, archive, clock())
    return Walk(tuple(seen), changes, tuple(dict.fromkeys(problems)), line)


class _Network:
    """The browser for each state of the network: a browser keeps its policy, so another policy is another browser."""

    def __init__(
        self, stack: AsyncExitStack, found: FoundBrowser, clock: SimulatedClock, platform: PracticePlatform
    ) -> None:
        self._stack = stack
        self._found = found
        self._clock = clock
        self._platform = platform
        self._policy: NetworkPolicy | None = None
        self._browser: Browser | None = None
        self._machine: Surroundings | None = None

    async def browser_at(self, moment: datetime) -> Browser:
        """The browser that sees the network of this moment; the one before it is closed."""
        policy = policy_at(moment, self._platform.ports)
        if self._browser is None or policy != self._policy:
            await self._stack.aclose()
            trusted = self._platform.trusted_spki
            around = replace(self._machine or learn_machine(policy, os.environ), drill=True)
            self._machine = around
            opened = open_browser(self._found, policy, self._clock, trusted_spki=trusted, surroundings=around)
            self._browser, self._policy = await self._stack.enter_async_context(opened), policy
        return self._browser


async def _visit_pages(
    visit: Visit, settings: Settings, archive: Archive, browser: Browser, clock: SimulatedClock
) -> list[tuple[str, PageResult]]:
    turns = asyncio.Semaphore(_AT_ONCE)
    pages = {page.url: page for page in settings.pages}

    async def look(key: str) -> tuple[str, PageResult]:
        async with turns:
            page = pages[page_of(key).url]
            result = await watch_page(page, settings=settings, archive=archive, browser=browser, clock=clock)
            if result.capture.outcome is Outcome.PARTIAL:  # no page of the script ends so: this machine was too busy
                result = await watch_page(page, settings=settings, archive=archive, browser=browser, clock=clock)
            return key, result

    return list(await asyncio.gather(*(look(key) for key in visit.pages)))


async def _watch_sites(
    results: Sequence[tuple[str, PageResult]],
    settings: Settings,
    archive: Archive,
    platform: PracticePlatform,
    clock: SimulatedClock,
) -> list[str]:
    """What a run does for the sites after its visits: ask the practice registry, judge states, follow moves."""
    from monitor.sites.watch import watch_sites

    network = policy_at(clock(), platform.ports)
    asked = replace(settings, network=network, lookups=ask_practice(platform.ports))
    run = await watch_sites(asked, archive, clock, [result for _, result in results])
    return [run.problem] if run.problem else []


def _as_seen(key: str, result: PageResult) -> Seen:
    capture = result.capture
    return Seen(
        page=key,
        at=capture.started_at,
        outcome=capture.outcome,
        reason=capture.reason,
        detail=capture.detail,
        certificate_error=bool(capture.certificate_error),
        capture_id=capture.id,
        moved=bool(left_site(capture)),
    )


def _read_changes(archive: Archive) -> tuple[Change, ...]:
    with archive.database.reading() as session:
        return tuple(reversed(list_changes(session, limit=1000)))
