"""HTML to PDF with the browser: scripts off, no network, A4 with page numbers.

Takes HTML of our own making (what it quotes is hostile, and was escaped); gives the PDF's bytes. The page has no
address of this machine, and every request that it makes is refused.
"""

from __future__ import annotations

import asyncio
import os
import sys

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Route, async_playwright

from scrapers.errors import BrowserUnavailable
from scrapers.process import NETWORK_ARGUMENTS, FoundBrowser

_SECONDS = 60.0
_ADDRESS = "http://print.invalid/"
_FOOTER = (
    "<div style='width:100%;font-size:7.5pt;color:#555;text-align:center;font-family:sans-serif'>"
    "<span class='pageNumber'></span> / <span class='totalPages'></span></div>"
)


async def print_html(found: FoundBrowser, html: str) -> bytes:
    """Print one HTML document. Raises BrowserUnavailable when the browser does not do it in a minute."""

    async def answer(route: Route) -> None:
        if route.request.url == _ADDRESS and route.request.is_navigation_request():
            await route.fulfill(body=html.encode("utf-8", "replace"), content_type="text/html; charset=utf-8")
        else:
            await route.abort()

    try:
        async with asyncio.timeout(_SECONDS), async_playwright() as driver:
            chromium = await driver.chromium.launch(
                executable_path=found.path,
                args=list(NETWORK_ARGUMENTS),
                chromium_sandbox=not (sys.platform == "linux" and os.geteuid() == 0),
            )
            try:
                context = await chromium.new_context(java_script_enabled=False, service_workers="block")
                page = await context.new_page()
                await page.route("**/*", answer)
                await page.goto(_ADDRESS, wait_until="load")
                return await page.pdf(
                    format="A4",
                    print_background=True,
                    display_header_footer=True,
                    header_template="<span></span>",
                    footer_template=_FOOTER,
                    margin={"top": "16mm", "bottom": "18mm", "left": "16mm", "right": "16mm"},
                    tagged=True,
                    outline=True,
                )
            finally:
                await chromium.close()
    except (PlaywrightError, TimeoutError) as error:
        what = str(error).partition("\n")[0] or f"not done within {_SECONDS:.0f} s"
        raise BrowserUnavailable(f"{found.path} did not print the document: {what}; write HTML instead") from error
