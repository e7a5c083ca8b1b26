"""One run from end to end: what is due, a browser for it, the visits, the digest, the heartbeat and the seal.

`run_once` is for a process that runs and leaves (cron); `perform_run` is the same for a loop that goes on (daemon).
Nothing that alerts or pings can fail a run.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitor import alert_text
from monitor.alerts import DigestResult, keep_ledger, ping_heartbeat, send_digest
from monitor.case_notices import notices_of_cases
from monitor.clock_check import read_clocks
from monitor.page_result import PageResult
from monitor.rot_telling import notices_of_reading
from monitor.schedule import (
    DuePage,
    RunControl,
    RunSummary,
    due_pages,
    read_last_starts,
    read_second_looks,
    run_pages,
)
from monitor.times import show_time
from monitor.timestamps import Sealing, seal_and_stamp
from monitor.watch import read_unread
from scrapers.browser import find_browser, open_browser
from scrapers.errors import BrowserUnavailable
from scrapers.surroundings import find_egress, learn_machine

if TYPE_CHECKING:
    from monitor.config.settings import PageSettings, Settings
    from monitor.sites.watch import SiteRun
    from scrapers.model import Surroundings
    from storage.archive import Archive

_log = logging.getLogger(__name__)

NO_BROWSER = (
    "no browser was found: install chromium-headless-shell (or chromium), or set CARDWATCH_CHROMIUM to one; "
    "`cardwatch doctor` shows where it looked"
)


@dataclass(frozen=True)
class RunOutcome:
    """A run's summary, its digest (None when nobody is to be told), trouble with the heartbeat, and its seal.

    `sealing` is the custody log's newest checkpoint and what the time-stamping authorities gave for it; `sites` what
    was learnt of where the platforms are (None where sites are not looked at).
    """

    summary: RunSummary
    digest: DigestResult | None
    heartbeat_problem: str = ""
    sealing: Sealing | None = None
    sites: SiteRun | None = None


def utc_now() -> datetime:
    """The present moment, aware, in UTC: the clock of everything that is not a simulation."""
    return datetime.now(UTC)


def run_once(
    settings: Settings,
    archive: Archive,
    pages: Sequence[PageSettings],
    *,
    mode: str,
    only_due: bool,
    on_result: Callable[[PageResult], None] | None = None,
    on_wait: Callable[[Sequence[PageSettings], float], None] | None = None,
) -> RunOutcome:
    """Run over pages in a loop of its own. SIGTERM and Ctrl-C end it after the visits under way."""

    async def perform() -> RunOutcome:
        control = RunControl(on_result=on_result, on_wait=on_wait)
        with stop_on_signals(control.stop):
            return await perform_run(settings, archive, pages, mode=mode, only_due=only_due, control=control)

    return asyncio.run(perform())


async def perform_run(
    settings: Settings,
    archive: Archive,
    pages: Sequence[PageSettings],
    *,
    mode: str,
    only_due: bool,
    control: RunControl,
) -> RunOutcome:
    """Read what a crash left unread, visit what is due, tell who is to be told, seal what was kept."""
    await asyncio.to_thread(read_unread, archive, settings)
    due = await asyncio.to_thread(find_due, settings, archive, pages) if only_due else tuple(map(DuePage, pages))
    ok, pinged = False, ""
    try:
        summary = await _visit(due, mode, settings, archive, control)
        ok = not summary.note
    finally:
        pinged = await asyncio.to_thread(ping_heartbeat, settings.alerts.heartbeat, ok=ok)
    sites = await _look_at_sites(settings, archive, summary) if settings.sites.check else None
    await asyncio.to_thread(_settle_operators, archive)
    # Nobody is told later because an authority is slow, and none is asked later because a channel is.
    digest, sealing = await asyncio.gather(
        asyncio.to_thread(_tell, settings, archive, summary, sites.notices if sites else ()),
        asyncio.to_thread(seal_and_stamp, settings, archive, utc_now, ask=not control.stop.is_set()),
    )
    return RunOutcome(summary, digest, pinged, sealing, sites)


async def _look_at_sites(settings: Settings, archive: Archive, summary: RunSummary) -> SiteRun:
    """Look at the sites of the run. What goes wrong there is told and never costs the run."""
    from monitor.sites.watch import SiteRun, watch_sites  # the scorer under it is slow to import

    try:
        return await watch_sites(settings, archive, utc_now, summary.results)
    except Exception as error:  # the one place where trouble with sites ends: captures and alerts go on
        _log.exception("the sites were not looked at")
        return SiteRun(problem=f"the sites were not looked at ({type(error).__name__}: {error}); the next run tries")


def _settle_operators(archive: Archive) -> None:
    """Work out the operators of the sites with new statements. What goes wrong waits for the next run."""
    from monitor.operators.operator_store import settle_operators  # slow to import, as above

    try:
        settle_operators(archive, at=utc_now())
    except Exception:  # the one place where trouble with operators ends; their sites stay marked
        _log.exception("the operators were not worked out; the next run tries again")


def _tell(
    settings: Settings, archive: Archive, summary: RunSummary, more: Sequence[alert_text.Notice] = ()
) -> DigestResult | None:
    if not settings.alerts.channels:
        return None
    at = summary.ended_at
    notices = []
    if summary.disk_full:
        day = show_time(at)[:10]
        free = shutil.disk_usage(archive.root).free // 1_000_000
        least = settings.archive.minimum_free_megabytes
        notices.append(alert_text.notice_disk_full(free_megabytes=free, minimum_free_megabytes=least, day=day))
    since = [page.missed_since for page in summary.missed if page.missed_since]
    if since:
        missed = sum(page.missed for page in summary.missed)
        notices.append(alert_text.notice_missed_runs(pages=len(summary.missed), missed=missed, since=min(since)))
    notices += [*more, *notices_of_reading(archive.database, at=at)]
    notices += notices_of_cases(archive.database, settings.complaints, at=at)
    told = alert_text.RunSummary(
        summary.run_id,
        summary.started_at,
        at,
        summary.planned,
        len(summary.results),
        len(summary.failed),
        tuple(notices),
    )
    return send_digest(told, settings.alerts, keep_ledger(archive.database, settings.alerts, at=at))


def find_due(settings: Settings, archive: Archive, pages: Sequence[PageSettings]) -> tuple[DuePage, ...]:
    """Those of the pages that are due now."""
    at = utc_now()
    return due_pages(pages, read_last_starts(archive), at, second_looks=read_second_looks(archive, settings, at))


async def _visit(
    due: Sequence[DuePage], mode: str, settings: Settings, archive: Archive, control: RunControl
) -> RunSummary:
    if not due:  # no browser is started for nothing
        now = utc_now()
        return RunSummary("", now, now, 0, ())
    found, surroundings = await asyncio.gather(
        asyncio.to_thread(find_browser, os.environ), asyncio.to_thread(look_around, settings, os.environ)
    )
    if found is None:
        raise BrowserUnavailable(NO_BROWSER)
    async with open_browser(
        found, settings.network, utc_now, surroundings=surroundings, spool_folder=archive.root
    ) as browser:
        if settings.egress_url:
            browser.surroundings = replace(
                surroundings, egress=await find_egress(browser, settings.egress_url, utc_now)
            )
        return await run_pages(
            due, mode=mode, settings=settings, archive=archive, browser=browser, clock=utc_now, control=control
        )


def look_around(settings: Settings, environ: Mapping[str, str]) -> Surroundings:
    """What every capture of a run is made in: learnt once, the clocks of the settings asked once."""
    clocks = read_clocks(settings.clock_sources, utc_now)
    return replace(learn_machine(settings.network, environ), clocks=clocks)


@contextmanager
def stop_on_signals(stop: asyncio.Event) -> Iterator[None]:
    """Set the event on SIGTERM or Ctrl-C; a second signal ends the process as usual."""
    loop = asyncio.get_running_loop()
    wanted = (signal.SIGINT, signal.SIGTERM)

    def stop_softly(number: int) -> None:
        stop.set()
        restore()
        name = signal.Signals(number).name
        sys.stderr.write(f"{name}: ending after the visits under way (again to end at once)\n")

    if sys.platform == "win32":  # its loops know no signal handlers
        before = {number: signal.getsignal(number) for number in wanted}

        def restore() -> None:
            for number, handler in before.items():
                signal.signal(number, handler)

        for number in wanted:
            signal.signal(number, lambda n, _frame: loop.call_soon_threadsafe(stop_softly, n))
    else:

        def restore() -> None:
            for number in wanted:
                loop.remove_signal_handler(number)

        for number in wanted:
            loop.add_signal_handler(number, stop_softly, number)
    try:
        yield
    finally:
        restore()
