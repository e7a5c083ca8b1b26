"""Files that an address gave in place of a page: their bytes go into the record, and no file of them stays.

Playwright has the browser write each into a folder of its own, cleared when the context closes; from there it is taken
into the exchange it belongs to, within the limits of a body. At most a few of a page are taken.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

from playwright.async_api import Download
from playwright.async_api import Error as PlaywrightError

from scrapers.recorder import Recorder

_MOST = 5


class Downloads:
    """The downloads of one page."""

    def __init__(self, recorder: Recorder, refuse: Callable[[str, str], None]) -> None:
        self._recorder = recorder
        self._refuse = refuse
        self._taken = 0
        self._waiting: set[asyncio.Task[object]] = set()
        self.named: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def take(self, download: Download) -> None:
        """Have a download that began recorded, or refuse it."""
        if not self.named.done():
            self.named.set_result(download.suggested_filename[:500])
        why = self._explain_refusal(download.url)
        self._refuse(download.url, f"a download: recorded, not saved{why and ' (' + why + ')'}")
        task = asyncio.current_task()
        if why or task is None:
            self._recorder.keep_download(download.url, None, f"the body of a download is not kept: {why}")
            with contextlib.suppress(PlaywrightError):
                await download.cancel()
            return
        self._taken += 1
        self._waiting.add(task)
        try:
            path = await download.path()
            await asyncio.to_thread(self._recorder.keep_download, download.url, Path(path), "")
        except PlaywrightError as error:
            self._recorder.keep_download(download.url, None, f"the download broke off: {error.message[:200]}")
        finally:
            self._waiting.discard(task)

    async def finish(self, seconds: float) -> None:
        """Wait, at most so long, for those that are under way."""
        if self._waiting:
            await asyncio.wait(list(self._waiting), timeout=max(seconds, 0))

    def _explain_refusal(self, url: str) -> str:
        if not url.startswith(("http:", "https:")):
            return "it was made by the page and is no traffic"
        if self._taken >= _MOST:
            return f"more than {_MOST} of one page"
        if self._recorder.is_packed(url):
            return "it is packed, and would be unpacked to any length on the disk"
        return ""
