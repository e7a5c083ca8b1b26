"""Waiting until a page has said what it has to say, as short as it allows and never longer than told.

Three things must be quiet at once: the network, the document, and short timers that the page has set (a pop-up after
800 ms). No fixed pause: a page without any of them is done in a tenth of a second.
"""

from __future__ import annotations

import asyncio
import time

from scrapers.errors import DevToolsRefused
from scrapers.page_scripts import WAIT_QUIET, fill
from scrapers.tab import Tab

_QUIET_MS = 90
_TIMER_SECONDS = 1.4  # pages that re-arm a timer for ever are not waited for longer
_DOCUMENT_SECONDS = 1.5
_AGAIN_SECONDS = 0.02


async def settle(tab: Tab, seconds: float) -> bool:
    """Wait until the page is quiet, at most `seconds`; False when it never was."""
    start = time.monotonic()
    timers = 0.0
    while (left := start + seconds - time.monotonic()) > 0:
        if tab.stilled or not await _network_quiet(tab, left):
            return False
        due = await tab.timers_due()
        if due > 0 and timers < _TIMER_SECONDS:
            pause = min(due + 0.02, _TIMER_SECONDS - timers + 0.02, left)
            timers += pause
            await asyncio.sleep(pause)
            continue
        try:
            script = fill(WAIT_QUIET, quiet=_QUIET_MS, most=int(min(left, _DOCUMENT_SECONDS) * 1000))
            changes = await tab.evaluate(script, min(left, _DOCUMENT_SECONDS) + 1)
        except DevToolsRefused:
            if tab.lost:
                return False
            await asyncio.sleep(_AGAIN_SECONDS)  # the page went on to another document in the middle
            continue
        except TimeoutError:
            await tab.stop_script()
            return False
        busy = not tab.recorder.quiet.is_set()
        if not busy and (not changes or timers >= _TIMER_SECONDS or await tab.timers_due() == 0):
            return True
    return False


async def _network_quiet(tab: Tab, seconds: float) -> bool:
    try:
        await asyncio.wait_for(tab.recorder.quiet.wait(), seconds)
    except TimeoutError:
        return False
    return True
