"""Replays an exported WACZ in pywb, driven by real Chromium: does the archive show what the buyer saw?

Run `python bench/replay.py` (about two minutes; makes a virtual environment with pywb in a temporary folder, or keeps
it in `--venv FOLDER`). A shop page in GBK with conflicting charset metas, pictures and prices that scripts fetch is
captured twice; the second capture, whose payloads all lie in the first one's file, is exported. Prints what replays;
leaves with 1 if anything is missing, if the text is not right, or if one request leaves the replay.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import venv
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

from scrapers.browser import open_browser
from scrapers.model import NetworkPolicy, PageTask, Role
from scrapers.process import FoundBrowser, find_browser
from storage.archive import Archive, open_archive
from storage.ids import new_id
from storage.pages import ensure_page
from storage.wacz import Exported, export_wacz

PICTURES = 12
URL = "http://shop.test/buy.html"
PAGE = """<!doctype html><html><head><meta charset="gb2312">
<meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>游戏点卡 自动发货</title></head><body>
<h1>售后承诺：三天内补发</h1><p>价格：<b id="price">…</b>，库存：<i id="stock">…</i></p>%s
<script>
fetch('/price.json').then(r => r.json()).then(d => { document.getElementById('price').textContent = d.price; });
fetch('/stock', {method: 'POST', headers: {'Content-Type': 'application/x-www-form-urlencoded'}, body: 'card=12'})
  .then(r => r.json()).then(d => { document.getElementById('stock').textContent = d.stock; });
</script></body></html>"""


class _Shop(BaseHTTPRequestHandler):
    """The shop: one page, its pictures, a price by GET and the stock by POST."""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/buy.html":
            pictures = "".join(f'<img src="/{n}.png" width="120">' for n in range(PICTURES))
            self._answer("text/html", (PAGE % pictures).encode("gbk"))
        elif path == "/price.json":
            self._answer("application/json", b'{"price": "12.50"}')
        elif path.endswith(".png"):
            self._answer("image/png", _draw_picture(int(path[1:-4])))
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self._answer("application/json", b'{"stock": "88"}')

    def _answer(self, media_type: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def main() -> int:
    """Capture, export, replay, compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--venv", type=Path, help="where pywb is, or is to be installed")
    options = parser.parse_args()
    found = find_browser(os.environ)
    if found is None:
        print("no browser: `cardwatch doctor` says how to get one", file=sys.stderr)
        return 8
    with tempfile.TemporaryDirectory(prefix="cardwatch-replay-") as name:
        folder = Path(name)
        tools = _install_pywb(options.venv or folder / "pywb")
        with _serve_shop() as port:
            exported = asyncio.run(_capture_twice(found, folder, port))
        print(f"exported {exported.records} records, {exported.bytes} bytes, all of them revisits in the archive")
        checked = subprocess.run([tools.parent / "wb-manager", "--version"], capture_output=True, text=True, check=True)
        print(f"replaying in pywb ({checked.stdout.strip()}) with {found.kind} {found.version}; the shop is gone")
        with _serve_pywb(tools, folder, exported.path) as address:
            return _replay(found, address, exported.capture.started_at)


async def _capture_twice(found: FoundBrowser, folder: Path, port: int) -> Exported:
    root = folder / "archive"
    archive = open_archive(root, f"sqlite:///{root}/cardwatch.db", at=datetime.now(UTC))
    policy = NetworkPolicy(allow_private=("127.0.0.1",), resolve=(("shop.test", f"127.0.0.1:{port}"),))
    async with open_browser(found, policy, lambda: datetime.now(UTC)) as browser:
        names = [await _capture_once(archive, browser.capture_page) for _ in range(2)]
    try:
        return export_wacz(archive, names[1], folder / "page.wacz", at=datetime.now(UTC))
    finally:
        archive.close()


async def _capture_once(archive: Archive, capture_page: object) -> str:
    now = datetime.now(UTC)
    with archive.database.writing() as session:
        page = ensure_page(session, "示例卡盟", URL, Role.PRODUCT, "desktop", now)
    known = archive.known_views(page.id, at=now, max_age=timedelta(days=7))
    capture = await capture_page(PageTask(new_id("capture", now), URL, Role.PRODUCT, known=known))  # type: ignore[operator]
    stored = archive.keep_capture(capture, page)
    print(f"captured: {capture.outcome}, {len(capture.exchanges)} exchanges, WARC of {stored.warc_bytes} bytes")
    return stored.id


def _replay(found: FoundBrowser, address: str, at: datetime) -> int:
    outside: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(found.path))
        page = browser.new_page()
        page.on("request", lambda request: _note_outside(request.url, address, outside))
        page.goto(f"{address}/page/{at:%Y%m%d%H%M%S}/{URL}", wait_until="load")
        page.wait_for_load_state("networkidle")
        frame = page.frame(name="replay_iframe")
        assert frame is not None, "pywb shows no replay frame"
        frame.wait_for_load_state("load")
        title, text = frame.title(), frame.inner_text("body")
        widths = frame.evaluate("[...document.images].map(image => image.naturalWidth)")
        browser.close()
    facts = {
        "title is right": title == "游戏点卡 自动发货",
        "Chinese text is right": "售后承诺：三天内补发" in text,
        f"pictures shown: {sum(width > 0 for width in widths)} of {PICTURES}": len(widths) == PICTURES
        and all(width > 0 for width in widths),
        "price by GET is filled in": "价格：12.50" in text,
        "stock by POST is filled in": "库存：88" in text,
        f"requests that left the replay: {len(outside)}": not outside,
    }
    for fact, holds in facts.items():
        print("yes" if holds else "NO ", fact)
    return 0 if all(facts.values()) else 1


def _note_outside(url: str, address: str, outside: list[str]) -> None:
    if not url.startswith((address, "data:", "blob:", "about:")):
        outside.append(url)


def _install_pywb(folder: Path) -> Path:
    """Give the Python of an environment with pywb, made now if it is not there."""
    python = folder / ("Scripts" if os.name == "nt" else "bin") / ("python.exe" if os.name == "nt" else "python")
    if not (python.with_name("wayback").exists() or python.with_name("wayback.exe").exists()):
        print("installing pywb ...", flush=True)
        venv.create(folder, with_pip=True)
        # A newer pyOpenSSL than pywb asks for: the old one fails with today's cryptography.
        command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "pywb", "pyopenssl>=25"]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    return python


@contextmanager
def _serve_shop() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Shop)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def _serve_pywb(python: Path, folder: Path, package: Path) -> Iterator[str]:
    for words in (("init", "page"), ("add", "--unpack-wacz", "page", str(package))):
        subprocess.run([python.with_name("wb-manager"), *words], cwd=folder, check=True, capture_output=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [python.with_name("wayback"), "-b", "127.0.0.1", "-p", str(port)]
    log = (folder / "pywb.log").open("wb")
    process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)
        log.close()


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("pywb did not start")


def _draw_picture(number: int) -> bytes:
    """Draw a small PNG of one colour."""
    width = height = 64
    rows = b"".join(b"\0" + bytes((number * 20 % 256, x * 4 % 256, 90)) * width for x in range(height))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


if __name__ == "__main__":
    sys.exit(main())
