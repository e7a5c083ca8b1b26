"""A window in which the user logs in by himself; what the site stored in it is given back as a storage state.

Nothing is typed, clicked or read here. The traffic takes the same way out as that of captures (the gate), so that the
site sees the same visitor later. Gives Playwright's storage state as JSON, in memory only.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Mapping, Sequence

from playwright.async_api import Browser as Chromium
from playwright.async_api import BrowserContext, Page, async_playwright
from playwright.async_api import Error as PlaywrightError

from scrapers.errors import BrowserUnavailable, SessionError
from scrapers.gate import Gate
from scrapers.model import Clock, NetworkPolicy, Vantage
from scrapers.process import NETWORK_ARGUMENTS, FoundBrowser, find_browser

_TRAFFIC = 4 << 30
_COOKIE_SECONDS = 1.0
_LONGEST_SECONDS = 3600.0
_STATE_SECONDS = 20.0
_ELSEWHERE = (
    "log in on a machine with a desktop instead, save the state there "
    "(playwright open --save-storage=state.json URL), and bring it in with `cardwatch login URL --session NAME "
    "--import state.json`"
)


def find_window(environ: Mapping[str, str]) -> FoundBrowser:
    """The browser for a login. Raises BrowserUnavailable when none can show a window here, with what to do."""
    found = find_browser(environ, windowed=True)
    if found is None:
        raise BrowserUnavailable(
            "no browser that can show a window was found (a headless shell cannot): install chromium, or " + _ELSEWHERE
        )
    if sys.platform == "linux" and not (environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")):
        raise BrowserUnavailable(f"there is no display here (DISPLAY is not set): {_ELSEWHERE}")
    return found


async def record_login(
    found: FoundBrowser,
    url: str,
    *,
    policy: NetworkPolicy,
    vantage: Vantage,
    clock: Clock,
    done: asyncio.Event,
    headless: bool = False,
) -> str:
    """Open `url` in a window until `done` is set or the last window is closed; give the storage state then.

    Raises BrowserUnavailable when no window opens, SessionError when the page cannot be opened.
    """
    gate = Gate(policy, clock)
    lane = await gate.open_lane(_TRAFFIC)
    try:
        async with async_playwright() as driver:
            try:
                chromium = await driver.chromium.launch(
                    executable_path=found.path,
                    headless=headless,
                    args=list(NETWORK_ARGUMENTS),
                    chromium_sandbox=not (sys.platform == "linux" and os.geteuid() == 0),
                )
            except PlaywrightError as error:
                what = error.message.partition("\n")[0]
                raise BrowserUnavailable(f"{found.path} opened no window: {what}; {_ELSEWHERE}") from error
            try:
                context = await chromium.new_context(
                    proxy={"server": f"socks5://127.0.0.1:{lane.port}", "bypass": "<-loopback>"},
                    no_viewport=not vantage.mobile,
                    viewport={"width": vantage.width, "height": vantage.height} if vantage.mobile else None,
                    is_mobile=vantage.mobile,
                    has_touch=vantage.mobile,
                    locale=vantage.locale,
                    timezone_id=vantage.timezone,
                    user_agent=vantage.user_agent or None,
                    service_workers="block",
                )
                return await _await_login(chromium, context, url, done)
            finally:
                with contextlib.suppress(PlaywrightError):
                    await chromium.close()
    finally:
        await lane.close()


async def _await_login(chromium: Chromium, context: BrowserContext, url: str, done: asyncio.Event) -> str:
    ended = asyncio.Event()

    def note_closed(_page: Page) -> None:
        if not context.pages:
            ended.set()

    context.on("page", lambda page: page.on("close", note_closed))
    chromium.on("disconnected", lambda _browser: ended.set())
    page = await context.new_page()
    try:
        await page.goto(url, wait_until="commit")
    except PlaywrightError as error:
        if not ended.is_set():
            raise SessionError(f"{url} cannot be opened: {error.message.partition(chr(10))[0]}") from error
    cookies: Sequence[Mapping[str, object]] = ()
    waits = [asyncio.ensure_future(event.wait()) for event in (done, ended)]
    try:
        async with asyncio.timeout(_LONGEST_SECONDS):
            while not any(wait.done() for wait in waits):
                with contextlib.suppress(PlaywrightError):  # it may be gone by now: then the last ones count
                    cookies = [dict(cookie) for cookie in await context.cookies()]
                await asyncio.wait(waits, timeout=_COOKIE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    except TimeoutError:
        raise SessionError(f"nobody ended the login within {_LONGEST_SECONDS / 60:.0f} minutes; begin anew") from None
    finally:
        for wait in waits:
            wait.cancel()
    try:
        async with asyncio.timeout(_STATE_SECONDS):
            return json.dumps(await context.storage_state())
    except (PlaywrightError, TimeoutError):
        # The whole browser was ended, not its window: local storage went with it, the last cookies are known.
        return json.dumps({"cookies": list(cookies), "origins": []})
