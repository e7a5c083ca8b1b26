"""Captures and keeps a page that loads one big body, in a process of its own, and prints what that took.

`python -m traffic.big_body MEGABYTES FOLDER` with tests/ on the path: JSON with the resident memory before and at its
peak (bytes), seconds, and SHA-256 of what the server sent and of what the archive gives back.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import random
import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from scrapers.browser import find_browser, open_browser
from scrapers.model import Limits, NetworkPolicy, PageTask, Role
from storage.archive import open_archive
from storage.ids import new_id
from storage.pages import ensure_page

from .server import Reply, Request, Server

_PIECE = 1 << 20


def make_pieces(megabytes: int) -> Iterator[bytes]:
    """The body, a megabyte at a time, no two alike."""
    first = random.Random(7).randbytes(_PIECE)
    for number in range(megabytes):
        yield number.to_bytes(8, "big") + first[8:]


async def measure(megabytes: int, folder: Path) -> dict[str, object]:
    """Capture it, keep it, and load it again."""

    async def big(_request: Request, reply: Reply) -> None:
        headers = (("Content-Type", "application/octet-stream"), ("Content-Length", str(megabytes * _PIECE)))
        await reply.start(200, headers)
        for piece in make_pieces(megabytes):
            await reply.send(piece)
        await reply.end()

    server = Server()
    server.put("shop.test/big", big)
    server.put("shop.test/", "<h1>点卡</h1><p>售后：7天</p><script>fetch('/big').then(r => r.arrayBuffer())</script>")
    archive = open_archive(folder, f"sqlite:///{folder}/cardwatch.db", at=_now())
    with archive.database.writing() as session:
        page = ensure_page(session, "shop", "http://shop.test/", Role.PRODUCT, "desktop", _now())
    found = find_browser(os.environ)
    assert found is not None
    policy = NetworkPolicy(resolve=(("shop.test", server.endpoint),))
    async with open_browser(found, policy, _now) as browser:
        await browser.capture_page(PageTask(new_id("capture", _now()), "http://shop.test/none", Role.PRODUCT))
        before = _peak()
        started = time.monotonic()
        limits = Limits(body_megabytes=megabytes + 1.0, page_megabytes=megabytes + 40.0)
        task = PageTask(new_id("capture", _now()), "http://shop.test/", Role.PRODUCT, limits=limits)
        capture = await browser.capture_page(task)
        captured = time.monotonic()
        archive.keep_capture(capture, page)
        kept = time.monotonic()
        after = _peak()
    loaded = next(e for e in archive.load_capture(task.capture_id).exchanges if e.url.endswith("/big"))
    whole = _peak()
    digest = hashlib.sha256()
    read_body = getattr(loaded, "read_body", None)
    digest.update(read_body() if read_body else loaded.body or b"")
    sent = hashlib.sha256()
    for piece in make_pieces(megabytes):
        sent.update(piece)
    archive.close()
    server.close()
    return {
        "outcome": f"{capture.outcome} {capture.detail}",
        "before": before,
        "peak": after,
        "peak_loaded": whole,
        "capture_seconds": captured - started,
        "keep_seconds": kept - captured,
        "sent": sent.hexdigest(),
        "loaded": digest.hexdigest(),
        "stated": loaded.body_digest,
    }


def _now() -> datetime:
    return datetime.now(UTC)


def _peak() -> int:
    """The most resident memory that this process ever had, in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(int(sys.argv[1]), Path(sys.argv[2])))))  # noqa: T201
