"""Files as the real Chromium writes them: MHTML of a GBK page with a frame, and a HAR with an XHR."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from scrapers.browser import find_browser
from scrapers.content import content_of
from scrapers.model import Outcome, ViewKind
from scrapers.saved import open_saved

from .files import page_html
from .test_formats import view_text

_SHOP = (
    page_html(7, charset="gb2312")
    .replace("</body>", "<div id=stock></div><iframe src=/notice></iframe><script src=/app.js></script></body>")
    .encode("gbk")
)
_SCRIPT = b"fetch('/api').then(r => r.json()).then(d => { document.getElementById('stock').textContent = d.stock })"
_ANSWERS = {
    "/terms": ("text/html", _SHOP),
    "/notice": ("text/html; charset=utf-8", "<html><body><p>公告：本店不退款</p></body></html>".encode()),
    "/app.js": ("text/javascript", _SCRIPT),
    "/api": ("application/json; charset=utf-8", '{"stock": "库存 12"}'.encode()),
}


@pytest.fixture
def shop() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            media_type, body = _ANSWERS.get(self.path, ("text/plain", b""))
            self.send_response(200 if self.path in _ANSWERS else 404)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/terms"
    server.shutdown()
    thread.join()
    server.server_close()


async def save_page(url: str, har: Path) -> str:
    """Give the MHTML of a page and write its HAR."""
    found = find_browser(os.environ)
    assert found is not None
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(found.path), args=["--no-sandbox"])
        context = await browser.new_context(record_har_path=har, record_har_content="embed")
        page = await context.new_page()
        await page.goto(url, wait_until="load")
        await page.wait_for_function("document.getElementById('stock').textContent")
        session = await context.new_cdp_session(page)
        snapshot = await session.send("Page.captureSnapshot", {"format": "mhtml"})
        await context.close()
        await browser.close()
    return str(snapshot["data"])


def test_files_of_a_real_browser_are_read(
    tmp_path: Path, shop: str, run_async: Callable[[Coroutine[object, object, str]], str]
) -> None:
    started = datetime.now(UTC) - timedelta(seconds=2)  # the Date header has whole seconds
    mhtml, har = tmp_path / "page.mhtml", tmp_path / "page.har"
    mhtml.write_text(run_async(save_page(shop, har)), newline="")
    now = datetime.now(UTC)

    (saved,) = open_saved(mhtml, url="", claimed_at=None, at=now, make_id=lambda: "c-1")
    assert (saved.url, saved.title, saved.outcome) == (shop, "售后条款", Outcome.COMPLETE)
    assert saved.claimed_at is not None
    assert started <= saved.claimed_at <= now
    assert "购买后7天内" in view_text(saved, ViewKind.DOM)
    assert "库存 12" in view_text(saved, ViewKind.DOM)
    assert "本店不退款" in view_text(saved, ViewKind.FRAME_DOM)

    (logged,) = open_saved(har, url="", claimed_at=None, at=now, make_id=lambda: "c-2")
    assert logged.url == shop
    content = content_of(logged)
    assert "购买后7天内" in content.dom
    assert [answer.body for answer in content.answers] == ['{"stock": "库存 12"}']
