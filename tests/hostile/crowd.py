"""Captures many hostile pages through one browser, several at once, and measures what they cost it.

Between them, after every few that ended, the plain page is captured in the same browser: a hostile page is only
survived when the next page is captured whole.
"""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime

import psutil
from capture.site import Names

from scrapers.browser import Browser, FoundBrowser, open_browser
from scrapers.memory import MemoryBounds
from scrapers.model import Capture, Limits, NetworkPolicy, PageTask, Role

from .catalogue import PLAIN, address_of
from .page import Page, find_fault
from .site import Site

BOUNDS = MemoryBounds(renderer_megabytes=500, total_megabytes=1500)
_ROOM = 6  # pages at once, by their weight
_PLAIN_EVERY = 8
_MORE = 2.5
MARGIN_SECONDS = 8.0
"""Opening a browser anew, closing the page, and what a busy machine adds; no page of these holds a capture longer."""


@dataclass(frozen=True)
class Ended:
    """How one page's capture went, and the plain page's after it."""

    capture: Capture
    seconds: float  # of the wall, from asking for the capture to having it
    allowed: float  # seconds of the capture
    fault: str  # what is wrong about how it ended, or ""


@dataclass
class Peak:
    """The most that was seen, in resident megabytes."""

    renderer: float = 0.0
    tree: float = 0.0
    processes: int = 0


@dataclass
class Crowd:
    """A run over pages. `ended` and `plain` are filled as it goes."""

    found: FoundBrowser
    site: Site
    pages: tuple[Page, ...]
    scale: float = 1.0  # of each page's seconds
    ended: dict[str, Future[Ended]] = field(default_factory=dict)
    plain: dict[str, Future[Capture]] = field(default_factory=dict)  # by the page that it came after
    peak: Peak = field(default_factory=Peak)
    looked_again: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    trouble: BaseException | None = None

    def __post_init__(self) -> None:
        self.ended = {page.name: Future() for page in self.pages}
        self.plain = {page.name: Future() for page in self.pages}
        self._names = Names()
        self._names.answers.update(
            {
                "rebind.test": [["127.0.0.2"], ["127.0.0.1"]],
                "inside.test": [["127.0.0.1"]],
                "both.test": [["127.0.0.2", "127.0.0.1"]],
            }
        )
        self._thread = threading.Thread(target=self._run, name="crowd")
        self._thread.start()

    def close(self) -> None:
        """Wait for the end of the run and of its browser."""
        self.over.set()
        self._thread.join(120)
        self._names.close()

    def _run(self) -> None:
        try:
            asyncio.run(self._capture_all())
        except BaseException as error:
            self.trouble = error
        finally:
            for waiting in (*self.ended.values(), *self.plain.values()):
                if not waiting.done():
                    waiting.set_exception(self.trouble or RuntimeError("the run ended first"))

    async def _capture_all(self) -> None:
        policy = NetworkPolicy(allow_private=("127.0.0.2",), resolve=self.site.resolve, nameserver=self._names.endpoint)
        opened = open_browser(
            self.found,
            policy,
            lambda: datetime.now(UTC),
            recycle_after=10_000,
            trusted_spki=self.site.keys.trusted,
            memory=BOUNDS,
        )
        async with opened as browser:
            self.site.steering = lambda: browser.pid
            measuring = threading.Thread(target=self._measure, args=(browser,))
            room = asyncio.Semaphore(_ROOM)
            entering = asyncio.Lock()  # or a heavy page would wait for ever while light ones slip in
            since: list[str] = []
            again: list[Page] = []

            async def visit(page: Page, scale: float) -> Ended:
                limits = Limits(page.seconds * scale, page_megabytes=60, body_megabytes=20, exchanges=400)
                started = time.monotonic()
                task = PageTask(page.name, address_of(page), Role.PRODUCT, limits=limits)
                capture = await browser.capture_page(task)
                seconds = time.monotonic() - started
                return Ended(capture, seconds, limits.capture_seconds, find_fault(page, capture, self.site))

            async def one(page: Page) -> None:
                async with entering:
                    for _ in range(page.weight):
                        await room.acquire()
                try:
                    ended = await visit(page, self.scale)
                    if ended.fault or ended.seconds > ended.allowed + MARGIN_SECONDS:
                        again.append(page)
                    else:
                        self.ended[page.name].set_result(ended)
                finally:
                    for _ in range(page.weight):
                        room.release()
                since.append(page.name)
                if len(since) >= _PLAIN_EVERY:
                    await check(browser)

            async def check(browser: Browser) -> None:
                names, since[:] = list(since), []
                capture = await browser.capture_page(PageTask(PLAIN, f"http://a.test/{PLAIN}", Role.PRODUCT))
                for name in names:
                    self.plain[name].set_result(capture)

            measuring.start()
            try:
                await asyncio.gather(*(one(page) for page in self.pages))
                for page in again:  # the machine may have been too busy for it: once more, alone and with more time
                    self.ended[page.name].set_result(await visit(page, self.scale * _MORE))
                    self.looked_again.append(page.name)
                if since:
                    await check(browser)
            finally:
                self.over.set()
                measuring.join()

    def _measure(self, browser: Browser) -> None:
        while not self.over.wait(0.15):
            total, own = 0.0, psutil.Process()
            family = own.children(recursive=True)
            self.peak.processes = max(self.peak.processes, len(family))
            for process in family:
                try:
                    size = process.memory_info().rss / (1 << 20)
                    line = " ".join(process.cmdline())
                except psutil.Error:
                    continue
                total += size
                if "--type=renderer" in line:
                    self.peak.renderer = max(self.peak.renderer, size)
            self.peak.tree = max(self.peak.tree, total)
