"""The browser that captures pages: one Chromium, a clean context for each capture, replaced before it grows old.

`open_browser` gives a Browser; `capture_page` may be called several times at once. A browser that dies under a
capture is replaced and the capture tried once more; whatever a page does ends as an outcome, never as an exception.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from scrapers.capture import visit_page
from scrapers.deadline import Deadline
from scrapers.devtools import Payload, get_number, get_part, get_parts, get_text
from scrapers.errors import BrowserLost, DevToolsRefused, SessionFileError
from scrapers.gate import Gate, Lane, show_proxy
from scrapers.model import Capture, Clock, NetworkPolicy, Outcome, PageTask, Reason
from scrapers.process import BrowserProcess, FoundBrowser, find_browser, start_process
from scrapers.recorder import Recorder
from scrapers.tab import Tab

__all__ = ["Browser", "FoundBrowser", "find_browser", "open_browser"]

_LEAST_SECONDS = 5.0  # what a second try gets when the first spent the rest
_CLOSING_SECONDS = 4.0
_SET_UP_SECONDS = 10.0
_MOST_MEMORY = 2 << 30
_MEMORY_EVERY = 10


@dataclass
class _Seat:
    """A running browser and the captures in it."""

    process: BrowserProcess
    tabs: dict[str, Tab]
    captures: int = 0
    active: int = 0
    retired: bool = False


class Browser:
    """Captures pages with one Chromium at a time. Made by `open_browser`."""

    def __init__(
        self,
        found: FoundBrowser,
        policy: NetworkPolicy,
        clock: Clock,
        recycle_after: int,
        trusted_spki: tuple[str, ...],
    ) -> None:
        self.found = found
        self._gate = Gate(policy, clock)
        self._clock = clock
        self._proxy = show_proxy(policy.proxy)
        self._recycle_after = recycle_after
        self._trusted_spki = trusted_spki
        self._seat: _Seat | None = None
        self._starting = asyncio.Lock()
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def pid(self) -> int | None:
        """The id of the browser's first process while one runs."""
        return self._seat.process.pid if self._seat is not None and self._seat.process.alive else None

    async def capture_page(self, task: PageTask) -> Capture:
        """Visit one page. Never raises for what a page does; raises BrowserUnavailable when no browser starts."""
        started_at = self._clock()
        deadline = Deadline(task.limits.capture_seconds)
        last: BrowserLost | None = None
        for _ in range(2):
            left = replace(task.limits, capture_seconds=max(deadline.left, _LEAST_SECONDS))
            try:
                return await self._capture(replace(task, limits=left))
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
            session=task.session_file,
        )

    async def close(self) -> None:
        """End the browser with its whole process tree."""
        if self._seat is not None:
            self._retire(self._seat, force=True)
            self._seat = None
        if self._closing:
            await asyncio.gather(*self._closing, return_exceptions=True)

    async def _capture(self, task: PageTask) -> Capture:
        seat = await self._take_seat()
        lane = await self._gate.open_lane(int(task.limits.page_megabytes * (1 << 20)))
        tab: Tab | None = None
        name = f"{self.found.kind} {seat.process.product.partition('/')[2]}"
        try:
            async with asyncio.timeout(task.limits.capture_seconds + _CLOSING_SECONDS + _SET_UP_SECONDS):
                async with asyncio.timeout(_SET_UP_SECONDS):
                    tab = await self._open_tab(seat, lane, task)
                return await visit_page(task, tab, lane, self._clock, name, self._proxy)
        except SessionFileError as error:
            return self._failed(task, name, Reason.LOGIN, str(error))
        except TimeoutError as error:
            seat.process.kill()
            raise BrowserLost("the browser stopped answering") from error
        except DevToolsRefused as error:
            if not seat.process.alive:
                raise BrowserLost(str(error)) from error
            return self._failed(task, name, Reason.BROWSER, f"the browser refused: {error}")
        finally:
            if tab is not None:
                seat.tabs.pop(tab.context, None)
                await tab.close()
            await lane.close()
            seat.active -= 1
            if seat.retired and seat.active == 0:
                self._stop_later(seat.process)

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
            session=task.session_file,
        )

    async def _take_seat(self) -> _Seat:
        """The running browser, or a new one when it is dead, old or too big."""
        async with self._starting:
            seat = self._seat
            if seat is not None and (not seat.process.alive or self._is_old(seat)):
                self._retire(seat, force=not seat.process.alive)
                seat = None
            if seat is None:
                process = await start_process(self.found, self._trusted_spki)
                seat = self._seat = _Seat(process, {})
                process.connection.listen("", lambda method, params: _hear_root(process, seat, method, params))
            seat.captures += 1
            seat.active += 1
            return seat

    def _is_old(self, seat: _Seat) -> bool:
        if seat.captures >= self._recycle_after:
            return True
        return seat.captures % _MEMORY_EVERY == _MEMORY_EVERY - 1 and seat.process.memory() > _MOST_MEMORY

    def _retire(self, seat: _Seat, *, force: bool) -> None:
        seat.retired = True
        if force or seat.active == 0:
            self._stop_later(seat.process)

    def _stop_later(self, process: BrowserProcess) -> None:
        task = asyncio.get_running_loop().create_task(process.stop())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _open_tab(self, seat: _Seat, lane: Lane, task: PageTask) -> Tab:
        connection = seat.process.connection
        cookies, stored = await asyncio.to_thread(_read_session, task.session_file)
        params: Payload = {
            "disposeOnDetach": True,
            "proxyServer": f"socks5://127.0.0.1:{lane.port}",
            "proxyBypassList": "<-loopback>",
        }
        context = get_text(await connection.send("Target.createBrowserContext", params), "browserContextId")
        tab = Tab(
            connection,
            context,
            "",
            Recorder(connection, lane, task.limits, self._clock()),
            task.vantage,
            task.limits,
            seat.process.user_agent,
            seat.process.product.partition("/")[2],
            stored=stored,
        )
        seat.tabs[context] = tab
        downloads: Payload = {"behavior": "deny", "browserContextId": context, "eventsEnabled": True}
        connection.send("Browser.setDownloadBehavior", downloads)
        if cookies:
            await connection.send("Storage.setCookies", {"cookies": cookies, "browserContextId": context})
        await connection.send("Target.createTarget", {"url": "about:blank", "browserContextId": context})
        await tab.set_up()
        return tab


def _hear_root(process: BrowserProcess, seat: _Seat, method: str, params: Payload) -> None:
    """Events of the browser itself: new targets wait here until their tab takes them; downloads are told to theirs."""
    if method == "Target.attachedToTarget":
        info = get_part(params, "targetInfo")
        tab = seat.tabs.get(get_text(info, "browserContextId"))
        session = get_text(params, "sessionId")
        if tab is None:
            process.connection.send("Runtime.runIfWaitingForDebugger", None, session)
            return
        if not tab.target and get_text(info, "type") == "page":
            tab.target = get_text(info, "targetId")
        tab.adopt(session, info, "")
    elif method == "Browser.downloadWillBegin":
        for tab in seat.tabs.values():
            if get_text(params, "frameId") == tab.target:
                if not tab.download.done():
                    tab.download.set_result(get_text(params, "suggestedFilename")[:500])
                tab.refuse(get_text(params, "url"), "a download: recorded, not saved")


def _read_session(path: str) -> tuple[list[Payload], dict[str, list[list[str]]]]:
    """Cookies and local storage of a Playwright storage state. Raises SessionFileError."""
    if not path:
        return [], {}
    try:
        state: object = json.loads(Path(path).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SessionFileError(f"the session file {path} cannot be read: {error}; record the login anew") from error
    if not isinstance(state, dict):
        raise SessionFileError(f"the session file {path} is not a storage state; record the login anew")
    cookies: list[Payload] = []
    for cookie in get_parts(state, "cookies"):
        kept: Payload = {
            key: cookie[key] for key in ("name", "value", "domain", "path", "httpOnly", "secure") if key in cookie
        }
        if get_number(cookie, "expires") > 0:
            kept["expires"] = get_number(cookie, "expires")
        if get_text(cookie, "sameSite") in ("Strict", "Lax", "None"):
            kept["sameSite"] = cookie["sameSite"]
        cookies.append(kept)
    stored = {
        get_text(origin, "origin"): [
            [get_text(item, "name"), get_text(item, "value")] for item in get_parts(origin, "localStorage")
        ]
        for origin in get_parts(state, "origins")
    }
    return cookies, stored


@asynccontextmanager
async def open_browser(
    found: FoundBrowser,
    policy: NetworkPolicy,
    clock: Clock,
    *,
    recycle_after: int = 50,
    trusted_spki: tuple[str, ...] = (),
) -> AsyncIterator[Browser]:
    """Open a browser under a network policy; closed with its whole process tree at the end.

    `trusted_spki` are base64 SHA-256 digests of public keys whose certificates count as good (drills and tests).
    Raises BrowserUnavailable when it does not start.
    """
    browser = Browser(found, policy, clock, recycle_after, trusted_spki)
    try:
        yield browser
    finally:
        await browser.close()
