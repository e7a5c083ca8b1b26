"""The daemon: APScheduler looks every few seconds at what is due and runs the same function as cron does.

One job, memory store, one process; leases in the archive keep other runners away, so nothing is stored here. The
configuration is read again when its file changes; a broken one is told and the old one stays.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from monitor.config.problems import ConfigError
from monitor.page_result import PageResult
from monitor.runner import RunOutcome, find_due, perform_run, stop_on_signals, utc_now
from monitor.schedule import RunControl
from monitor.timestamps import stamp_pending
from scrapers.errors import ScraperError
from storage.errors import ArchiveError
from storage.session import DatabaseUnavailable

if TYPE_CHECKING:
    from monitor.config.settings import Settings
    from storage.archive import Archive


def run_daemon(
    settings: Settings,
    archive: Archive,
    *,
    seconds: int,
    reload: Callable[[], Settings],
    on_result: Callable[[PageResult], None],
    on_run: Callable[[RunOutcome], None],
) -> None:
    """Run until SIGTERM or Ctrl-C; the visits under way end first. A run that cannot work is told and tried again."""
    asyncio.run(_Daemon(settings, archive, seconds, reload, on_result, on_run).run())


class _Daemon:
    def __init__(
        self,
        settings: Settings,
        archive: Archive,
        seconds: int,
        reload: Callable[[], Settings],
        on_result: Callable[[PageResult], None],
        on_run: Callable[[RunOutcome], None],
    ) -> None:
        self._settings = settings
        self._archive = archive
        self._seconds = seconds
        self._reload = reload
        self._on_result = on_result
        self._on_run = on_run
        self._read_at = self._stamp()
        self._trouble = ""

    async def run(self) -> None:
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick left out while a run goes on is no news
        control = RunControl(on_result=self._on_result)
        idle = asyncio.Lock()

        async def tick() -> None:
            async with idle:
                await self._look(control)

        scheduler = AsyncIOScheduler(timezone="UTC")
        scheduler.add_job(tick, IntervalTrigger(seconds=self._seconds), coalesce=True, max_instances=1,
                          misfire_grace_time=None)  # fmt: skip
        with stop_on_signals(control.stop):
            scheduler.start()
            await tick()
            await control.stop.wait()
            scheduler.pause()
            async with idle:  # the run under way has been told to end
                scheduler.shutdown(wait=False)

    async def _look(self, control: RunControl) -> None:
        if control.stop.is_set():
            return
        self._reload_if_changed()
        try:
            due = await asyncio.to_thread(find_due, self._settings, self._archive, self._settings.pages)
            if not due:
                await asyncio.to_thread(stamp_pending, self._settings, self._archive, utc_now)
                return
            pages = [page.page for page in due]
            outcome = await perform_run(
                self._settings, self._archive, pages, mode="schedule", only_due=True, control=control
            )
        except (ScraperError, ArchiveError, DatabaseUnavailable, OSError) as error:
            self._say(f"this run could not work: {error}; trying again in {self._seconds} s")
            return
        self._trouble = ""
        self._on_run(outcome)

    def _reload_if_changed(self) -> None:
        stamp = self._stamp()
        if stamp == self._read_at:
            return
        self._read_at = stamp
        try:
            self._settings = self._reload()
        except ConfigError as error:
            self._say(f"the changed configuration is not used: {error}")
        else:
            self._say(f"read {self._settings.path} again: {len(self._settings.pages)} pages")

    def _stamp(self) -> tuple[int, int]:
        try:
            state = self._settings.path.stat()
        except OSError:
            return (0, 0)
        return (state.st_mtime_ns, state.st_size)

    def _say(self, text: str) -> None:
        if text != self._trouble:  # an outage that lasts is told once, not every tick
            sys.stderr.write(f"{text}\n")
            self._trouble = text
