"""A browser that prints while a pack is made, in a thread of its own: the rest of a pack knows no event loop.

The browser starts with the first document, so that a pack that is refused costs none. Documents are given as HTML and
pictures; what comes back is a PDF without the date on which it was printed.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from monitor.complaints.pack.pdf import settle_dates

if TYPE_CHECKING:
    from scrapers.printing import Document, Printer
    from scrapers.process import FoundBrowser

T = TypeVar("T")


class Press:
    """Prints one document after the other; `at` is the date that the PDFs carry. `seconds` is the browser's time."""

    def __init__(self, browser: FoundBrowser, at: datetime) -> None:
        self._browser = browser
        self._at = at
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._printer: Printer | None = None
        self._closing: AbstractAsyncContextManager[Printer] | None = None
        self.printed = 0
        self.seconds = 0.0

    def __enter__(self) -> Press:
        return self

    def print(self, document: Document) -> bytes:
        """The PDF of a document. Raises BrowserUnavailable when the browser does not start or is not done in time."""
        started = time.monotonic()
        data = self._run(self._print(document))
        self.seconds += time.monotonic() - started
        self.printed += 1
        return settle_dates(data, self._at)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop is None or self._thread is None:
            return
        try:
            if self._closing is not None:
                self._run(self._closing.__aexit__(None, None, None))
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    async def _print(self, document: Document) -> bytes:
        from scrapers.printing import open_printer

        if self._printer is None:
            self._closing = open_printer(self._browser)
            self._printer = await self._closing.__aenter__()
        return await self._printer.print(document)

    def _run(self, work: Coroutine[object, object, T]) -> T:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._loop.run_forever, name="press", daemon=True)
            self._thread.start()
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()
