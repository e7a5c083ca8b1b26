from __future__ import annotations

import asyncio
import itertools
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime

import pytest

from scrapers.browser import Browser, FoundBrowser, find_browser, open_browser
from scrapers.model import Capture, KnownViews, NetworkPolicy, PageTask, Role

from .site import Names, Site


class Visitor:
    """A browser in a thread with an event loop of its own, so that plain tests can use it."""

    def __init__(self, found: FoundBrowser, policy: NetworkPolicy, **settings: object) -> None:
        self._numbers = itertools.count(1)
        self._loop = asyncio.new_event_loop()
        self._ready: threading.Event = threading.Event()
        self._end: asyncio.Event
        self.browser: Browser
        self.trouble: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(found, policy, settings))
        self._thread.start()
        self._ready.wait(60)

    def _run(self, found: FoundBrowser, policy: NetworkPolicy, settings: dict[str, object]) -> None:
        async def live() -> None:
            self._end = asyncio.Event()
            async with open_browser(found, policy, lambda: datetime.now(UTC), **settings) as browser:  # type: ignore[arg-type]
                self.browser = browser
                self._ready.set()
                await self._end.wait()

        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(live())
        finally:
            self._ready.set()

    def start(self, url: str, role: Role = Role.PRODUCT, **settings: object):  # type: ignore[no-untyped-def]
        """Begin a capture and give its concurrent future."""
        task = PageTask(f"c{next(self._numbers)}", url, role, **settings)  # type: ignore[arg-type]
        return asyncio.run_coroutine_threadsafe(self.browser.capture_page(task), self._loop)

    def capture(self, url: str, role: Role = Role.PRODUCT, **settings: object) -> Capture:
        return self.start(url, role, **settings).result(90)  # type: ignore[no-any-return]

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(30)


@pytest.fixture(scope="session")
def found_browser() -> FoundBrowser:
    found = find_browser(os.environ)
    if found is None:
        pytest.skip("no browser on this machine (see `cardwatch doctor`)")
    return found


MakeVisitor = Callable[..., AbstractContextManager[Visitor]]


@pytest.fixture(scope="session")
def visiting(found_browser: FoundBrowser) -> MakeVisitor:
    """A browser under a policy of the test's own: `with visiting(policy) as visitor`."""

    @contextmanager
    def make(policy: NetworkPolicy, **settings: object) -> Iterator[Visitor]:
        visitor = Visitor(found_browser, policy, **settings)
        try:
            yield visitor
        finally:
            visitor.close()

    return make


@pytest.fixture(scope="session")
def visitor(visiting: MakeVisitor) -> Iterator[Visitor]:
    """A browser that may visit 127.0.0.1, shared by the tests."""
    with visiting(NetworkPolicy(allow_private=("127.0.0.1",)), recycle_after=1000) as visitor:
        yield visitor


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture
def names() -> Iterator[Names]:
    names = Names()
    yield names
    names.close()


def known_of(capture: Capture) -> KnownViews:
    """What the archive would hand to the next capture of the same page."""
    from dataclasses import replace

    from scrapers.model import ViewKind

    assert capture.appearance is not None
    text = next(view.data for view in capture.views if view.kind is ViewKind.TEXT)
    assert text is not None
    views = tuple(replace(view, data=None, reused_from=capture.id) for view in capture.views)
    return KnownViews(capture.id, capture.ended_at, capture.appearance, text.decode(), views)
