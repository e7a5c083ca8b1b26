"""Serves a sample of a world's sites on loopback by host name and reads them in a real Chromium, codes in pictures too.

Gives how many of the written identifiers were found by `identifiers_of_capture`, and what was found beyond.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

import zxingcpp
from PIL import Image

from bench.worlds.markup import is_on_page
from bench.worlds.model import World
from bench.worlds.moves import show_life
from bench.worlds.pages import render_pages
from bench.worlds.population import make_population
from scrapers.browser import open_browser
from scrapers.content import content_of
from scrapers.identifiers.capture import identifiers_of_capture
from scrapers.model import NetworkPolicy, Outcome, PageTask, Role
from scrapers.process import find_browser

_ROLES = {"home": Role.HOME, "product": Role.PRODUCT, "contact": Role.CONTACT}
_CODES = {"alipay_static": "https://qr.alipay.com/{}", "wechat_static": "{}"}
_OF_TRAFFIC = {"name", "design", "ip", "tls_san", "tls_spki", "favicon", "cname"}


@dataclass
class BrowserSample:
    """What the browser saw of the sample; counts are of identifiers on a site."""

    sites: int = 0
    pages: int = 0
    failed: list[str] = field(default_factory=list)
    written: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    beyond: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    seconds: float = 0.0


async def read_sample(world: World, sites: int, count: int = 50) -> BrowserSample:
    """Read so many sites of the world in the browser; `sites` as given to `make_world`."""
    people = make_population(world.seed, sites, world.shape)
    labels = {epoch.label for epoch in world.truth.epochs}
    plans = [plan for plan in people.plans if plan.site in labels and "/" not in plan.site and not plan.earlier]
    sample, served = BrowserSample(), dict[tuple[str, str], tuple[str, bytes]]()
    wanted: dict[str, set[tuple[str, str]]] = {}
    pages: list[tuple[str, str, str]] = []
    for plan in random.Random(world.seed).sample(plans, min(count, len(plans))):
        days = world.looks[plan.site]
        day = next((day for day in reversed(days) if day <= plan.content_last), days[0])
        rows = [row for row in show_life(people, plan) if row.first <= day <= row.last]
        codes = [row for row in rows if row.kind in _CODES and row.place == "image_ocr"]
        for number, row in enumerate(codes):
            served[plan.site, f"/qr/{number}.png"] = ("image/png", draw_code(_CODES[row.kind].format(row.value)))
        for page in render_pages(plan.site, plan.theme, plan.stem, rows, day):
            if page.role in _ROLES:
                path = "/" + page.url.split("/", 3)[3]
                images = "".join(f'<img src="/qr/{number}.png" width="240">' for number in range(len(codes)))
                text = page.text.replace("</body>", f"{images}</body>") if page.role == "product" else page.text
                served[plan.site, path] = ("text/html; charset=utf-8", text.encode())
                pages.append((plan.site, path, page.role))
        kept = [row for row in rows if (is_on_page(row) and row.value != plan.site) or row in codes]
        wanted[plan.site] = {(row.kind, row.value) for row in kept}
    found = await _visit(served, pages, sample)
    for site, written in wanted.items():
        _count(sample, site, written, found.get(site, set()))
    return sample


def draw_code(text: str) -> bytes:
    """A QR code as PNG."""
    code = zxingcpp.write_barcode(zxingcpp.BarcodeFormat.QRCode, text, width=240, height=240)
    out = BytesIO()
    Image.fromarray(code).save(out, "PNG")
    return out.getvalue()


async def _visit(served: dict[tuple[str, str], tuple[str, bytes]], pages: list[tuple[str, str, str]],
                 sample: BrowserSample) -> dict[str, set[tuple[str, str]]]:  # fmt: skip
    browser_found = find_browser(os.environ)
    if browser_found is None:
        raise FileNotFoundError("no Chromium was found: install one, or name it as docs/quickstart.md says")
    found: dict[str, set[tuple[str, str]]] = {}
    hosts = sorted({site for site, _, _ in pages})
    sample.sites = len(hosts)
    started = time.monotonic()
    with _serving(served) as port:
        policy = NetworkPolicy(("127.0.0.1",), tuple((host, f"127.0.0.1:{port}") for host in hosts))
        async with open_browser(browser_found, policy, lambda: datetime.now(UTC)) as browser:
            for number, (site, path, role) in enumerate(pages):
                task = PageTask(f"sample-{number}", f"http://{site}{path}", _ROLES[role])
                capture = await browser.capture_page(task)
                sample.pages += 1
                if capture.outcome is Outcome.FAILED:
                    sample.failed.append(f"{site}{path}: {capture.reason} {capture.detail}")
                    continue
                for one in identifiers_of_capture(capture, content_of(capture)):
                    if not one.problem:
                        found.setdefault(site, set()).add((one.kind, one.value))
    sample.seconds = time.monotonic() - started
    return found


def _count(sample: BrowserSample, site: str, written: set[tuple[str, str]], found: set[tuple[str, str]]) -> None:
    for kind, value in sorted(written):
        sample.written[kind] += 1
        if (kind, value) not in found:
            sample.missed[kind] += 1
            sample.examples.append(f"missed {kind} {value} of {site}")
    for kind, value in sorted(found - written):
        if kind not in _OF_TRAFFIC:
            sample.beyond[kind] += 1
            sample.examples.append(f"beyond {kind} {value} of {site}")


@contextmanager
def _serving(served: dict[tuple[str, str], tuple[str, bytes]]) -> Iterator[int]:
    """A server on loopback that answers by host and path."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host = self.headers.get("Host", "").partition(":")[0]
            kind, body = served.get((host, self.path), ("text/plain", b""))
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the pages are told of in the figures."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
