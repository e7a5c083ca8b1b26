"""A loopback site whose answers a test writes by path, and a crawl of it by a real browser."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from monitor.discover import discover_site
from monitor.discovery import Bounds, Discovery
from scrapers.browser import find_browser, open_browser
from scrapers.model import Capture, NetworkPolicy, PageTask, Role
from storage.ids import new_id

HOST = "shop.test"


@dataclass
class Site:
    """What each path answers (status, media type, body), and what was asked for, in order, with its method."""

    port: int
    pages: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def page(self, path: str, body: str, *, title: str = "", status: int = 200) -> None:
        """Serve an HTML page."""
        head = f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{title}</title></head>'
        self.pages[path] = (status, "text/html; charset=utf-8", f"{head}<body>{body}</body></html>")

    def text(self, path: str, body: str, *, kind: str = "text/plain", status: int = 200) -> None:
        """Serve another text."""
        self.pages[path] = (status, f"{kind}; charset=utf-8", body)

    def asked_pages(self) -> list[str]:
        """The paths that were asked for, without what browsers ask for by themselves."""
        return [line.partition(" ")[2] for line in self.asked if "favicon" not in line]


@contextmanager
def serve_site() -> Iterator[Site]:
    """Serve until the end of the `with`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(f"{self.command} {self.path}")
            status, kind, text = site.pages.get(self.path, (404, "text/html; charset=utf-8", "<p>页面不存在</p>"))
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site = Site(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


async def crawl(
    site: Site, path: str = "/", *, bounds: Bounds | None = None, watched: tuple[str, ...] = (), allow: bool = True
) -> Discovery:
    """Discover the site with a real browser; without `allow` the gate keeps its usual refusal of private addresses."""
    found = find_browser(os.environ)
    if found is None:
        pytest.skip("no Chromium here")
    policy = NetworkPolicy(resolve=((HOST, f"127.0.0.1:{site.port}"),)) if allow else NetworkPolicy()
    address = f"http://{HOST}{path}" if allow else f"http://127.0.0.1:{site.port}{path}"
    async with open_browser(found, policy, lambda: datetime.now(UTC)) as browser:

        async def look(url: str, role: Role) -> Capture:
            return await browser.capture_page(PageTask(new_id("capture", datetime.now(UTC)), url, role))

        return await discover_site(address, look=look, bounds=bounds or Bounds(pace=0), watched=watched)
