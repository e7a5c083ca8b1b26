"""ReplayWeb.page on loopback: fetched once by npm at a pinned version, served with a package, and shown in Chromium."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, Frame, Page

from .serving import serve

PINNED = json.loads((Path(__file__).parent / "player.json").read_text())
FILES = ("ui.js", "sw.js")
WAIT = 30_000
EMBEDDED = """<!doctype html><meta charset="utf-8"><script src="/ui.js"></script><body style="margin:0">
<replay-web-page style="height:100vh" source="/page.wacz" url="{url}" replayBase="/replay/" embed="replayonly">
</replay-web-page>"""
APP = '<!doctype html><script src="/ui.js"></script><replay-app-main></replay-app-main>'
READ_COMPARED = """async () => {
    const wait = request => new Promise((done, fail) => {
        request.onsuccess = () => done(request.result);
        request.onerror = () => fail(request.error);
    });
    for (const {name} of await indexedDB.databases()) {
        const database = await wait(indexedDB.open(name));
        if (database.objectStoreNames.contains("verification"))
            return wait(database.transaction("verification").objectStore("verification").getAll());
    }
    return [];
}"""
RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def find_player() -> Path:
    """Give the folder with the player, kept beside the test packages; skip where it cannot be had."""
    folder = Path(sys.prefix) / f"{PINNED['name']}-{PINNED['version']}"
    with FileLock(f"{folder}.lock"):
        if not all((folder / name).is_file() for name in FILES):
            _install(folder)
    return folder


def _install(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not here, and ReplayWeb.page comes by it: install Node.js to try replays")
    folder.mkdir(parents=True, exist_ok=True)
    command = [npm, "pack", f"{PINNED['name']}@{PINNED['version']}", "--pack-destination", str(folder)]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=90, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("npm gave no ReplayWeb.page within 90 seconds: is the network up?")
    if done.returncode:
        pytest.skip(f"npm could not fetch ReplayWeb.page: {done.stderr.strip()[-300:]}")
    packed = folder / f"{PINNED['name']}-{PINNED['version']}.tgz"
    digest = base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode()
    assert f"sha512-{digest}" == PINNED["integrity"], "npm gave another ReplayWeb.page than the pinned one"
    with tarfile.open(packed) as archive:
        for name in FILES:
            member = archive.extractfile(f"package/{name}")
            assert member is not None
            (folder / name).write_bytes(member.read())
    packed.unlink()


@dataclass
class Outside:
    """Stands for the live web: a proxy that lets nothing through and notes what came."""

    port: int
    asked: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Shown:
    """What a player shows of a package: the frame with the page, and the player's own frame."""

    page: Page
    frame: Frame
    app: Frame

    def text(self) -> str:
        return self.frame.inner_text("body")

    def wait(self, condition: str) -> None:
        """Wait until a JavaScript condition holds in the page."""
        self.frame.wait_for_function(condition, timeout=WAIT)

    def wait_for_pictures(self) -> list[int]:
        """Wait until every picture is there or has failed, and give their true widths."""
        self.wait("[...document.images].every(image => image.complete)")
        return self.frame.evaluate("[...document.images].map(image => image.naturalWidth)")

    def about(self) -> dict[str, object]:
        """What the player itself says of the package."""
        name = self.frame.url.split("/w/")[1].split("/")[0]
        ask = "async name => (await fetch('/replay/w/api/c/' + name + '?all=1')).json()"
        return self.app.evaluate(ask, name)

    def compared(self) -> dict[str, object]:
        """What the player has compared: True or False; None is a fact that it only notes.

        Release 2.4.6 compares the signature at once, and notes the index and the pages without ever comparing them.
        """
        rows = self.app.evaluate(READ_COMPARED)
        return {row["id"]: row["matched"] for row in rows}


@contextmanager
def show(browser: Browser, player: Path, package: Path, url: str) -> Iterator[Shown]:
    """Show an address from a package until the end of the `with`; a player that shows nothing in time is an error."""
    with _serve(player, package, url) as address:
        context = browser.new_context()
        page = context.new_page()
        try:
            with page.expect_event("framenavigated", lambda frame: "mp_/" in frame.url, timeout=WAIT) as found:
                page.goto(address, timeout=WAIT)
            frame = found.value
            frame.wait_for_load_state("load", timeout=WAIT)
            assert frame.parent_frame is not None
            yield Shown(page, frame, frame.parent_frame)
        finally:
            context.close()


@contextmanager
def serve_outside() -> Iterator[Outside]:
    """Serve the proxy for all that is not on loopback."""

    class Refusing(BaseHTTPRequestHandler):
        def parse_request(self) -> bool:
            if super().parse_request():
                outside.asked.append(f"{self.command} {self.path}")
                self.send_error(502)
            return False

        def log_message(self, *_: object) -> None: ...

    with serve(Refusing) as port:
        outside = Outside(port)
        yield outside


@contextmanager
def _serve(player: Path, package: Path, url: str) -> Iterator[str]:
    files = {
        "/": (EMBEDDED.format(url=url).encode(), "text/html"),
        "/replay/": (APP.encode(), "text/html"),
        "/ui.js": ((player / "ui.js").read_bytes(), "text/javascript"),
        "/replay/sw.js": ((player / "sw.js").read_bytes(), "text/javascript"),
        "/page.wacz": (package.read_bytes(), "application/wacz"),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = files.get(self.path.partition("?")[0])
            if found is None:
                self.send_error(404)
                return
            body, media_type = found
            asked = RANGE.fullmatch(self.headers.get("Range", ""))
            self.send_response(206 if asked else 200)
            if asked:
                first, last = asked.groups()
                start = int(first) if first else max(0, len(body) - int(last))
                end = min(int(last), len(body) - 1) if first and last else len(body) - 1
                self.send_header("Content-Range", f"bytes {start}-{end}/{len(body)}")
                body = body[start : end + 1]
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None: ...

    with serve(Handler) as port:
        yield f"http://127.0.0.1:{port}/"
