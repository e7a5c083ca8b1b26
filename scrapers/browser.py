"""The browser that captures pages: one Chromium, a clean context for each capture, replaced before it grows old.

`open_browser` gives a Browser; `capture_page` may be called several times at once. A browser that dies under a
capture is replaced and the capture tried once more; whatever a page does ends as an outcome, never as an exception.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from playwright.async_api import BrowserContext, StorageState, ViewportSize
from playwright.async_api import Error as PlaywrightError

from scrapers.capture import visit_page
from scrapers.deadline import Deadline
from scrapers.devtools import Payload, get_part, get_text
from scrapers.errors import BrowserLost, BrowserUnavailable, DevToolsRefused, SessionError
from scrapers.gate import Gate, Lane, show_proxy
from scrapers.memory import MemoryBounds, give_back_memory
from scrapers.model import Capture, Clock, NetworkPolicy, Outcome, PageTask, Reason, Surroundings
from scrapers.process import BrowserProcess, FoundBrowser, find_browser, start_process
from scrapers.recorder import Recorder, network_settings
from scrapers.surroundings import HostsWatch, count_extensions, find_hosts_file, list_hosts
from scrapers.tab import Tab

__all__ = ["Browser", "FoundBrowser", "find_browser", "open_browser"]

_LEAST_SECONDS = 5.0  # what a second try gets when the first spent the rest
_CLOSING_SECONDS = 4.0
_SET_UP_SECONDS = 10.0
_ENDING_SECONDS = 0.5
_UNEXPLAINED = (Reason.EMPTY_ANSWER, Reason.UNREACHABLE)  # what a browser says whose network's process is just ending
_MOST_MEMORY = 2 << 30
_MEMORY_EVERY = 10
_BOUNDS = MemoryBounds()
_UNKNOWN = Surroundings()


@dataclass
class _Seat:
    """A running browser and the captures in it."""

    process: BrowserProcess
    tabs: dict[str, Tab] = field(default_factory=dict)  # by DevTools' id of their context
    pages: dict[str, asyncio.Future[str]] = field(default_factory=dict)  # id of a page -> our session with it
    captures: int = 0
    active: int = 0
    retired: bool = False
    worn: bool = False  # it kept a document back: whatever the cause, another browser takes the next capture
    greediest: Tab | None = None  # whom a browser that was ended for its memory is put down to

    def session_of(self, target: str) -> asyncio.Future[str]:
        """Our wire's session with a page, once it has been attached."""
        return self.pages.setdefault(target, asyncio.get_running_loop().create_future())

    def hear(self, method: str, params: Payload) -> None:
        """Pages as they come to be, each held before its first request: ours go on, one that a page opened is closed.

        Playwright tells of a new window (`page.on("popup")`) when its first request, a form's POST perhaps, is out.
        """
        info = get_part(params, "targetInfo")
        if method != "Target.attachedToTarget":
            return
        target, session = get_text(info, "targetId"), get_text(params, "sessionId")
        tab = self.tabs.get(get_text(info, "browserContextId"))
        if get_text(info, "type") == "shared_worker":
            if tab is not None:
                tab.adopt_shared_worker(session, info)
            else:
                self.process.connection.send("Runtime.runIfWaitingForDebugger", None, session)
            return
        if tab is None:
            self.session_of(target).set_result(session)
            self.process.connection.send("Runtime.runIfWaitingForDebugger", None, session)
            return
        tab.refuse(get_text(info, "url") or "about:blank", "the page opened a new window")
        self.process.connection.send("Target.closeTarget", {"targetId": target})

    def find_greediest(self) -> Tab | None:
        """The tab that most was sent to; once found it stays, however the others end."""
        self.greediest = self.greediest or max(self.tabs.values(), key=lambda tab: tab.recorder.received, default=None)
        return self.greediest

    def forget(self, tab: Tab) -> None:
        """Drop a tab that was closed."""
        self.tabs = {context: other for context, other in self.tabs.items() if other is not tab}
        self.pages.pop(tab.target, None)


class Browser:
    """Captures pages with one Chromium at a time. Made by `open_browser`."""

    def __init__(
        self,
        found: FoundBrowser,
        policy: NetworkPolicy,
        clock: Clock,
        recycle_after: int,
        trusted_spki: tuple[str, ...],
        memory: MemoryBounds,
        surroundings: Surroundings,
        spool_folder: Path | None = None,
    ) -> None:
        self.found = found
        self._spool_folder = spool_folder
        self.surroundings = surroundings
        self._gate = Gate(policy, clock)
        self._clock = clock
        self._proxy = show_proxy(policy.proxy)
        self._recycle_after = recycle_after
        self._trusted_spki = trusted_spki
        self._memory = memory
        self._hosts = HostsWatch(find_hosts_file(os.environ))
        self._seat: _Seat | None = None
        self._starting = asyncio.Lock()
        self._again = asyncio.Lock()
        self._own_seat: _Seat | None = None  # of a capture that is tried once more
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def pid(self) -> int | None:
        """The id of the browser's first process while one runs."""
        seats = (self._own_seat, self._seat)
        return next((seat.process.pid for seat in seats if seat is not None and seat.process.alive), None)

    async def capture_page(self, task: PageTask) -> Capture:
        """Visit one page. Never raises for what a page does; raises BrowserUnavailable when no browser starts."""
        started_at = self._clock()
        deadline = Deadline(task.limits.capture_seconds)
        try:
            return await self._capture(task)
        except BrowserLost:
            pass  # tried once more below
        # In a browser of its own, one after another: of several that lost one together one may be what ended it.
        async with self._again:
            left = replace(task.limits, capture_seconds=max(deadline.left, _LEAST_SECONDS))
            try:
                return await self._capture(replace(task, limits=left), alone=True)
            except BrowserLost as error:
                last = error
        return Capture(
            id=task.capture_id,
            url=task.url,
            final_url=task.url,
            vantage=task.vantage,
            started_at=started_at,
            ended_at=self._clock(),
            outcome=Outcome.FAILED,
            reason=Reason.CRASH,
            detail=f"the browser ended twice during this capture: {last}",
            browser=f"{self.found.kind} {self.found.version}",
            proxy=self._proxy,
            session=task.session,
            surroundings=self.surroundings,
        )

    async def close(self) -> None:
        """End the browser with its whole process tree."""
        if self._seat is not None:
            self._retire(self._seat, force=True)
            self._seat = None
        if self._closing:
            await asyncio.gather(*self._closing, return_exceptions=True)

    async def _capture(self, task: PageTask, *, alone: bool = False) -> Capture:
        seat = await (self._take_own_seat() if alone else self._take_seat())
        lane = await self._gate.open_lane(int(task.limits.page_megabytes * (1 << 20)))
        tab: Tab | None = None
        watched = seat.process.memory.begin()
        name = f"{self.found.kind} {seat.process.version}"
        try:
            set_up = min(_SET_UP_SECONDS, max(task.limits.capture_seconds / 2, 2.0))
            async with asyncio.timeout(task.limits.capture_seconds + _CLOSING_SECONDS + set_up):
                async with asyncio.timeout(set_up):
                    tab = await self._open_tab(seat, lane, task)
                targets = seat.process.connection.send("Target.getTargets", {"filter": [{}]})
                capture = await visit_page(task, tab, lane, self._clock, name, self._proxy)
                seat.worn = seat.worn or _lost_document(capture)
                if capture.outcome is not Outcome.COMPLETE:
                    unexplained = capture.status is None and capture.reason in _UNEXPLAINED
                    if not await seat.process.find_out(_ENDING_SECONDS if unexplained else 0):
                        raise BrowserLost("the browser, or the process of its network, ended under it")
                return replace(capture, surroundings=await self._surround(capture, seat.process, targets))
        except SessionError as error:
            return self._failed(task, name, Reason.SESSION, str(error))
        except BrowserLost:
            if tab is not None and tab.memory_trouble and tab is seat.find_greediest():
                return self._failed(task, name, Reason.MEMORY, tab.memory_trouble)
            raise
        except TimeoutError as error:
            seat.process.kill()
            raise BrowserLost("the browser stopped answering") from error
        except (DevToolsRefused, PlaywrightError) as error:
            if seat.process.alive:
                return self._failed(task, name, Reason.BROWSER, f"the browser refused: {error}")
            if tab is not None and tab.memory_trouble and tab is seat.find_greediest():
                return self._failed(task, name, Reason.MEMORY, tab.memory_trouble)
            raise BrowserLost(str(error)) from error
        finally:
            seat.process.memory.end(watched)
            if tab is not None:
                await tab.close()
                seat.forget(tab)
            await lane.close()
            seat.active -= 1
            if seat.retired and seat.active == 0:
                self._stop_later(seat.process)

    async def _surround(
        self, capture: Capture, process: BrowserProcess, targets: asyncio.Future[Payload]
    ) -> Surroundings:
        """What this capture was made in; costs it no wait."""
        listed = targets.result() if targets.done() and not targets.exception() else None
        return replace(
            self.surroundings,
            browser_product=process.product,
            clean_profile=True,
            extensions_off=process.extensions_off,
            extensions=None if listed is None else count_extensions(listed),
            hosts_file=await asyncio.to_thread(self._hosts.look, list_hosts(capture)),
        )

    def _failed(self, task: PageTask, browser: str, reason: Reason, detail: str) -> Capture:
        now = self._clock()
        return Capture(
            task.capture_id,
            task.url,
            task.url,
            task.vantage,
            now,
            now,
            Outcome.FAILED,
            reason,
            detail,
            browser=browser,
            proxy=self._proxy,
            session=task.session,
            surroundings=self.surroundings,
        )

    async def _take_seat(self) -> _Seat:
        """The running browser, or a new one when it is dead, old or too big."""
        async with self._starting:
            seat = self._seat
            if seat is not None and (not seat.process.alive or self._is_old(seat)):
                self._retire(seat, force=not seat.process.alive)
                seat = None
            if seat is None:
                seat = self._seat = await self._open_seat()
            seat.captures += 1
            seat.active += 1
            return seat

    async def _take_own_seat(self) -> _Seat:
        """A browser for one capture, ended after it."""
        async with self._starting:
            if self._seat is not None and not self._seat.process.alive:
                self._retire(self._seat, force=True)
                self._seat = None
            seat = self._own_seat = await self._open_seat()
            seat.captures = seat.active = 1
            seat.retired = True
            return seat

    async def _open_seat(self) -> _Seat:
        process = await start_process(self.found, self._trusted_spki, self._memory)
        self._gate.closed_ports.add(process.port)
        seat = _Seat(process)
        process.connection.listen("", seat.hear)
        return seat

    def _is_old(self, seat: _Seat) -> bool:
        if seat.worn or seat.captures >= self._recycle_after:
            return True
        return seat.captures % _MEMORY_EVERY == _MEMORY_EVERY - 1 and seat.process.memory.total() > _MOST_MEMORY

    def _retire(self, seat: _Seat, *, force: bool) -> None:
        seat.retired = True
        if force or seat.active == 0:
            self._stop_later(seat.process)

    def _stop_later(self, process: BrowserProcess) -> None:
        self._gate.closed_ports.discard(process.port)
        give_back_memory()
        task = asyncio.get_running_loop().create_task(process.stop())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _open_tab(self, seat: _Seat, lane: Lane, task: PageTask) -> Tab:
        vantage = task.vantage
        screen: ViewportSize = {"width": vantage.width, "height": vantage.height}
        try:
            context = await seat.process.chromium.new_context(
                proxy={"server": f"socks5://127.0.0.1:{lane.port}", "bypass": "<-loopback>"},
                viewport=screen,
                screen=screen,
                locale=vantage.locale,
                timezone_id=vantage.timezone,
                user_agent=vantage.user_agent or seat.process.user_agent,
                is_mobile=vantage.mobile,
                has_touch=vantage.mobile,
                device_scale_factor=1,
                service_workers="block",
                accept_downloads=True,  # into a folder of Playwright's; recorded from there
                storage_state=_read_state(task),
            )
        except PlaywrightError as error:
            if task.session_state and seat.process.alive:
                raise SessionError(_tell_session(task.session, "is refused by the browser")) from error
            raise
        try:
            return await self._open_page(seat, lane, task, context)
        except BaseException:
            with contextlib.suppress(PlaywrightError):
                await context.close()
            raise

    async def _open_page(self, seat: _Seat, lane: Lane, task: PageTask, context: BrowserContext) -> Tab:
        page = await context.new_page()
        asking = await context.new_cdp_session(page)  # only to learn its ids
        info = get_part(await asking.send("Target.getTargetInfo"), "targetInfo")
        target = get_text(info, "targetId")
        recorder = Recorder(seat.process.connection, lane, task.limits, self._clock(), self._spool_folder)
        tab = Tab(seat.process, page, target, await seat.session_of(target), recorder, task.vantage, task.limits)
        seat.tabs[get_text(info, "browserContextId")] = tab
        await tab.set_up()
        if seat.captures == 1:
            await _check_recording(tab, self.found)
        return tab


def _lost_document(capture: Capture) -> bool:
    """Whether the page's own document came whole and its body could not be had from the browser."""
    return any(
        exchange.main_document and not exchange.error and "hand" in exchange.body_missing
        for exchange in capture.exchanges
    )


async def _check_recording(tab: Tab, found: FoundBrowser) -> None:
    """A browser without durable messages would hand over text decoded and encoded anew: no evidence of the bytes."""
    try:
        await tab.connection.send("Network.configureDurableMessages", network_settings(tab.limits), tab.session)
    except DevToolsRefused as error:
        raise BrowserUnavailable(
            f"{found.path} {found.version} is too old to keep answers byte for byte ({error}): install a newer one"
        ) from error


def _read_state(task: PageTask) -> StorageState | None:
    """The storage state of a task, None without one. Raises SessionError when it is none; its text is not repeated."""
    if task.session_trouble:
        raise SessionError(task.session_trouble)
    if not task.session_state:
        return None
    try:
        state = json.loads(task.session_state)
    except (ValueError, RecursionError):
        state = None
    if not isinstance(state, dict) or not isinstance(state.get("cookies"), list):
        raise SessionError(_tell_session(task.session, "holds no storage state"))
    return StorageState(cookies=state["cookies"], origins=state.get("origins", []))


def _tell_session(name: str, trouble: str) -> str:
    return f"the session '{name}' {trouble}; log in again: cardwatch login URL --session {name}"


@asynccontextmanager
async def open_browser(
    found: FoundBrowser,
    policy: NetworkPolicy,
    clock: Clock,
    *,
    recycle_after: int = 50,
    trusted_spki: tuple[str, ...] = (),
    memory: MemoryBounds = _BOUNDS,
    surroundings: Surroundings = _UNKNOWN,
    spool_folder: Path | None = None,
) -> AsyncIterator[Browser]:
    """Open a browser under a network policy; closed with its whole process tree at the end.

    `memory` bounds what its processes may take; `surroundings` is what was learnt of the machine for this run.
    `trusted_spki` are base64 SHA-256 digests of public keys whose certificates count as good (drills and tests).
    `spool_folder` is on the disk that takes bodies too big for memory; None is the system's place for temporary files.
    Raises BrowserUnavailable when it does not start.
    """
    browser = Browser(found, policy, clock, recycle_after, trusted_spki, memory, surroundings, spool_folder)
    try:
        yield browser
    finally:
        await browser.close()
