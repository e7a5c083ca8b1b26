"""HTML to PDF with the browser: scripts off, no network, A4 with page numbers.

Takes HTML of our own making (what it quotes is hostile, and was escaped) and the pictures that it names; gives the
PDF's bytes. The page has no address of this machine: pictures are served to it by name, every other request is refused.
"""

from __future__ import annotations

import asyncio
import mimetypes
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser as Chromium
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Route, async_playwright

from scrapers.errors import BrowserUnavailable
from scrapers.process import NETWORK_ARGUMENTS, FoundBrowser

_SECONDS = 60.0
_ADDRESS = "http://print.invalid/"
PAGE_OF_PAGES = (
    "<div style='width:100%;font-size:7.5pt;color:#555;text-align:center;font-family:sans-serif'>"
    "<span class='pageNumber'></span> / <span class='totalPages'></span></div>"
)
_NOTHING = "<span></span>"
_MARGIN = {"top": "16mm", "bottom": "18mm", "left": "16mm", "right": "16mm"}


@dataclass(frozen=True)
class Document:
    """An HTML document to print. `pictures` are the files or bytes behind the names that it uses as `src`.

    `footer` is Chromium's template of what stands at the foot of every page, "" for nothing; `scale` (0.1 to 2)
    shrinks or enlarges all; `seconds` is how long it may take.
    """

    html: str = field(repr=False)
    pictures: Mapping[str, Path | bytes] = field(default_factory=dict, repr=False)
    footer: str = PAGE_OF_PAGES
    scale: float = 1.0
    seconds: float = _SECONDS


class Printer:
    """A browser that prints one document after the other."""

    def __init__(self, path: Path, chromium: Chromium) -> None:
        self._path = path
        self._chromium = chromium

    async def print(self, document: Document) -> bytes:
        """Print one document. Raises BrowserUnavailable when the browser does not do it in time."""

        async def answer(route: Route) -> None:
            url = route.request.url
            if url == _ADDRESS and route.request.is_navigation_request():
                body = document.html.encode("utf-8", "replace")
                await route.fulfill(body=body, content_type="text/html; charset=utf-8")
                return
            name = url.removeprefix(_ADDRESS) if url.startswith(_ADDRESS) else ""
            picture = document.pictures.get(name)
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            if picture is None:
                await route.abort()
            elif isinstance(picture, bytes):
                await route.fulfill(body=picture, content_type=kind)
            else:
                await route.fulfill(path=picture, content_type=kind)

        try:
            async with asyncio.timeout(document.seconds):
                context = await self._chromium.new_context(java_script_enabled=False, service_workers="block")
                try:
                    page = await context.new_page()
                    await page.route("**/*", answer)
                    await page.goto(_ADDRESS, wait_until="load")
                    return await page.pdf(
                        format="A4",
                        print_background=True,
                        display_header_footer=bool(document.footer),
                        header_template=_NOTHING,
                        footer_template=document.footer or _NOTHING,
                        margin=_MARGIN,  # type: ignore[arg-type]
                        scale=document.scale,
                        tagged=True,
                        outline=True,
                    )
                finally:
                    await context.close()
        except (PlaywrightError, TimeoutError) as error:
            what = str(error).partition("\n")[0] or f"not done within {document.seconds:.0f} s"
            raise BrowserUnavailable(f"{self._path} did not print the document: {what}; write HTML instead") from error


@asynccontextmanager
async def open_printer(found: FoundBrowser) -> AsyncIterator[Printer]:
    """A browser for printing, as long as the `async with` lasts. Raises BrowserUnavailable when it does not start."""
    async with async_playwright() as driver:
        try:
            chromium = await driver.chromium.launch(
                executable_path=found.path,
                args=list(NETWORK_ARGUMENTS),
                chromium_sandbox=not (sys.platform == "linux" and os.geteuid() == 0),
                timeout=_SECONDS * 1000,
            )
        except PlaywrightError as error:
            what = str(error).partition("\n")[0]
            raise BrowserUnavailable(f"{found.path} did not start to print: {what}; write HTML instead") from error
        try:
            yield Printer(found.path, chromium)
        finally:
            await chromium.close()


async def print_documents(found: FoundBrowser, documents: Sequence[Document]) -> list[bytes]:
    """Print several documents in one browser, in their order. Raises BrowserUnavailable when one is not printed."""
    async with open_printer(found) as printer:
        return [await printer.print(document) for document in documents]


async def print_html(found: FoundBrowser, html: str) -> bytes:
    """Print one HTML document. Raises BrowserUnavailable when the browser does not do it in a minute."""
    (printed,) = await print_documents(found, [Document(html)])
    return printed
