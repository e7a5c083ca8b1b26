"""What is due, and one run over it: the function that cron, the daemon and later the distributed worker call.

Takes settings, an open archive and a clock; gives a summary. A page is held by a lease while it is visited, so that
two runners never capture it twice; what one page does never ends the run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.outcomes import is_readable, is_transient
from monitor.pace import HostPace
from monitor.page_result import PageResult
from monitor.timetable import ScheduleRule, last_due, next_due
from monitor.watch import know_page, watch_page
from storage.captures import last_starts
from storage.changes import list_changes
from storage.errors import ArchiveFull
from storage.leases import lease_of, release_lease, take_lease
from storage.model import Change, ChangeStatus, Severity
from storage.pages import list_pages
from storage.runs import end_run, record_missed, start_run

if TYPE_CHECKING:
    from monitor.config.settings import PageSettings, Settings
    from scrapers.browser import Browser
    from scrapers.model import Clock
    from storage.archive import Archive

PageKey = tuple[str, str, str]
"""(platform, URL, vantage): what makes a page of the settings and a page of the archive the same."""

_MOST_TICKS_COUNTED = 1000
_CLOCK_TRUST = timedelta(days=1)  # a last visit later than this was noted by a clock that ran ahead
_RETRY_SECONDS = (5.0, 20.0, 60.0)


@dataclass(frozen=True)
class DuePage:
    """A page to visit now; `missed` due times before this one passed without a visit, the first at `missed_since`."""

    page: PageSettings
    missed: int = 0
    missed_since: datetime | None = None


@dataclass(frozen=True)
class RunSummary:
    """What a run did. `skipped` were held by another runner; `note` says why it ended early, "" if it did not."""

    run_id: str
    started_at: datetime
    ended_at: datetime
    planned: int
    results: tuple[PageResult, ...]
    skipped: tuple[PageSettings, ...] = ()
    missed: tuple[DuePage, ...] = ()
    note: str = ""
    disk_full: bool = False

    @property
    def failed(self) -> tuple[PageResult, ...]:
        """Pages whose last visit in this run brought no readable page."""
        last = {result.page.id: result for result in self.results}
        return tuple(result for result in last.values() if not is_readable(result.capture.outcome))

    @property
    def grave(self) -> tuple[Change, ...]:
        """Grave changes that this run confirmed, or found and could not look at again."""
        settled = {change.id: change for result in self.results for change in result.found}
        settled |= {change.id: change for result in self.results for change in result.confirmed}
        for result in self.results:
            for change in result.blinked:
                settled.pop(change.id, None)
        return tuple(c for c in settled.values() if c.difference.severity.rank >= Severity.HIGH.rank)


@dataclass
class RunControl:
    """How a caller follows a run and ends it.

    `stop` is set by SIGTERM, `on_result` is called after every visit, `on_wait` before the wait for second looks.
    """

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    on_result: Callable[[PageResult], None] | None = None
    on_wait: Callable[[Sequence[PageSettings], float], None] | None = None


def key_of(page: PageSettings) -> PageKey:
    """What a page of the settings is known by in the archive."""
    return (page.platform, page.url, page.vantage.name)


def read_last_starts(archive: Archive) -> dict[PageKey, datetime]:
    """When each page of the archive was last visited by us."""
    with archive.database.reading() as session:
        starts = last_starts(session)
        pages = list_pages(session)
    return {(p.platform, p.url, p.vantage): starts[p.id] for p in pages if p.id in starts}


def read_second_looks(archive: Archive, settings: Settings, at: datetime) -> frozenset[PageKey]:
    """Pages on which a grave change waits for its second look, and has waited long enough."""
    ready = at - timedelta(seconds=settings.run.confirm_after_seconds)
    with archive.database.reading() as session:
        waiting = list_changes(
            session, status=ChangeStatus.PENDING, min_severity=Severity.HIGH, until=ready, limit=1000
        )
    return frozenset((c.page.platform, c.page.url, c.page.vantage) for c in waiting)


def due_pages(
    pages: Sequence[PageSettings],
    starts: Mapping[PageKey, datetime],
    at: datetime,
    *,
    second_looks: frozenset[PageKey] = frozenset(),
) -> tuple[DuePage, ...]:
    """The pages to visit at a moment: never visited, past their time, or waiting for a second look. Each once."""
    due = []
    for page in pages:
        start = starts.get(key_of(page))
        if start is None or start > at + _CLOCK_TRUST:
            due.append(DuePage(page))
        elif start < last_due(page.schedule, at) or (not page.schedule.cron and start <= last_due(page.schedule, at)):
            missed, since = _count_missed(page.schedule, start, at)
            due.append(DuePage(page, missed, since))
        elif key_of(page) in second_looks:
            due.append(DuePage(page))
    return tuple(due)


def _count_missed(rule: ScheduleRule, start: datetime, at: datetime) -> tuple[int, datetime | None]:
    """How many due times after the last visit passed before the present one, and the first of them."""
    first = next_due(rule, start)
    if rule.cron:
        latest, tick, missed = last_due(rule, at), first, 0
        while tick < latest and missed < _MOST_TICKS_COUNTED:
            missed += 1
            tick = next_due(rule, tick)
    else:
        missed = max(0, int((at - start).total_seconds() // rule.seconds) - 1)
    return (missed, first) if missed else (0, None)


async def run_pages(
    due: Sequence[DuePage],
    *,
    mode: str,
    settings: Settings,
    archive: Archive,
    browser: Browser,
    clock: Clock,
    control: RunControl,
    pace: HostPace | None = None,
) -> RunSummary:
    """Visit pages, as many at once as configured, each host at its pace; then look again at what is grave.

    Raises BrowserUnavailable when no browser can be started; a full disk ends the run early, with a note.
    """
    started_at = clock()
    missed = tuple(page for page in due if page.missed)
    run_id = await asyncio.to_thread(_begin_run, archive, mode, due, started_at)
    runner = _Runner(settings, archive, browser, clock, control, pace or HostPace.of(settings.run))
    try:
        await runner.visit_all([page.page for page in due])
        await runner.look_again()
    finally:
        summary = RunSummary(
            run_id,
            started_at,
            clock(),
            len(due),
            tuple(runner.results),
            tuple(runner.skipped),
            missed,
            runner.note or ("stopped before its end" if control.stop.is_set() else ""),
            disk_full=bool(runner.note),
        )
        await asyncio.to_thread(_end_run, archive, summary)
    return summary


def _begin_run(archive: Archive, mode: str, due: Sequence[DuePage], at: datetime) -> str:
    for page in due:
        if page.missed and page.missed_since:
            watched = know_page(archive, page.page, lambda: at)
            with archive.database.writing() as session:
                record_missed(session, watched.id, page.missed_since, at, missed=page.missed)
    with archive.database.writing() as session:
        return start_run(session, mode, at, planned=len(due))


def _end_run(archive: Archive, summary: RunSummary) -> None:
    with archive.database.writing() as session:
        end_run(
            session,
            summary.run_id,
            summary.ended_at,
            captured=len(summary.results),
            failed=len(summary.failed),
            changes=sum(len(result.found) for result in summary.results),
            note=summary.note,
        )


class _Runner:
    """The state of one run: what is still to visit, what came back, and why it ended early."""

    def __init__(
        self,
        settings: Settings,
        archive: Archive,
        browser: Browser,
        clock: Clock,
        control: RunControl,
        pace: HostPace,
    ) -> None:
        self.results: list[PageResult] = []
        self.skipped: list[PageSettings] = []
        self.note = ""  # why no room was left; ends the run
        self._settings = settings
        self._archive = archive
        self._browser = browser
        self._clock = clock
        self._control = control
        self._pace = pace
        self._holder = f"{archive.name_process()}:{id(self):x}"
        self._again: dict[PageKey, PageSettings] = {}

    async def visit_all(self, pages: Sequence[PageSettings]) -> None:
        """Visit every page once; workers take the page whose host is free soonest."""
        waiting = list(pages)

        async def work() -> None:
            while waiting and not self._ended:
                page = waiting.pop(self._pace.soonest([p.url for p in waiting]))
                if await self._wait(self._pace.take_turn(page.url)):
                    await self._visit(page)

        try:
            async with asyncio.TaskGroup() as workers:
                for _ in range(min(self._settings.run.concurrency, len(waiting))):
                    workers.create_task(work())
        except ExceptionGroup as group:
            raise group.exceptions[0] from group  # no browser, no database: the same for every worker

    async def look_again(self) -> None:
        """Visit the pages with a grave unconfirmed change once more, some minutes after the first look."""
        pages, self._again = list(self._again.values()), {}
        seconds = self._settings.run.confirm_after_seconds
        if pages and seconds and self._control.on_wait and not self._ended:
            self._control.on_wait(pages, seconds)
        if pages and await self._wait(seconds):
            await self.visit_all(pages)

    @property
    def _ended(self) -> bool:
        return bool(self.note) or self._control.stop.is_set()

    async def _wait(self, seconds: float) -> bool:
        """Wait, unless the run is told to stop; False then."""
        if seconds > 0:
            try:
                await asyncio.wait_for(self._control.stop.wait(), seconds)
            except TimeoutError:
                return not self._ended
        return not self._ended

    async def _visit(self, page: PageSettings) -> None:
        watched = await asyncio.to_thread(know_page, self._archive, page, self._clock)
        if not await asyncio.to_thread(self._take, watched.id):
            self.skipped.append(page)
            return
        try:
            await self._visit_with_retries(page)
        finally:
            await asyncio.to_thread(self._give_back, watched.id)

    async def _visit_with_retries(self, page: PageSettings) -> None:
        for attempt in range(self._settings.run.retries + 1):
            try:
                self._archive.require_room()
                result = await watch_page(
                    page, settings=self._settings, archive=self._archive, browser=self._browser, clock=self._clock
                )
            except ArchiveFull as error:
                self.note = str(error)
                return
            self.results.append(result)
            if self._control.on_result:
                self._control.on_result(result)
            if result.awaits_confirmation:
                self._again[key_of(page)] = page
            if not is_transient(result.capture.outcome, result.capture.reason):
                return
            last = attempt == self._settings.run.retries
            if last or not await self._wait(_RETRY_SECONDS[min(attempt, len(_RETRY_SECONDS) - 1)]):
                return

    def _take(self, page_id: str) -> bool:
        # Long enough for every attempt with its wait; a runner that dies holds the page no longer than this.
        attempts = self._settings.run.retries + 1
        seconds = attempts * (self._settings.limits.capture_seconds + _RETRY_SECONDS[-1] + 30)
        at = self._clock()
        with self._archive.database.writing() as session:
            if take_lease(session, page_id, self._holder, at, seconds):
                return True
            held = lease_of(session, page_id, at)
            if held is None or self._archive.is_process_alive(held[0].partition(":")[0]):
                return False
            release_lease(session, page_id, held[0])  # its runner was killed
            return take_lease(session, page_id, self._holder, at, seconds)

    def _give_back(self, page_id: str) -> None:
        with self._archive.database.writing() as session:
            release_lease(session, page_id, self._holder)
