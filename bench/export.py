"""What writing the package of a capture costs, beside py-wacz on the same WARC and beside hashing and zipping alone.

Run `python bench/export.py [--times 7]` (about a minute). The measured list page is captured by Chromium, filled up to
50 exchanges, and kept twice: a first visit, and a full one later whose bytes are all stored already. Prints the median
seconds of each way, and bytes. Goal: 0.3 s for a package in process. Leaves with 1 when it is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import io
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shop import open_shop
from wacz.main import main as run_wacz

from monitor.export import export_capture
from scrapers.browser import open_browser
from scrapers.model import Capture, NetworkPolicy, PageTask, Role
from scrapers.process import FoundBrowser, find_browser
from storage.archive import Archive, open_archive
from storage.checkpoints import seal_log
from storage.ids import new_id
from storage.model import StoredCapture
from storage.pages import ensure_page
from storage.wacz import export_wacz

EXCHANGES = 50
GOAL = 0.3
TOOLS = Path(sys.executable).parent


def main() -> int:
    """Capture, export in every way, compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--times", type=int, default=7)
    options = parser.parse_args()
    found = find_browser(os.environ)
    if found is None:
        print("no browser: `cardwatch doctor` says how to get one", file=sys.stderr)
        return 8
    missed = False
    with tempfile.TemporaryDirectory(prefix="cardwatch-export-") as name:
        folder = Path(name)
        with open_shop(folder / "shop", str(found.path)) as shop:
            capture = asyncio.run(_capture(found, shop.list_page))
        archive = open_archive(folder / "archive", f"sqlite:///{folder}/archive/cardwatch.db", at=datetime.now(UTC))
        for label, stored in _keep(archive, capture).items():
            seconds = _measure(archive, stored, folder, options.times)
            missed |= seconds["export_wacz, in process"] > GOAL
            print(f"{label}: {len(capture.exchanges)} exchanges, sealed WARC of {stored.warc_bytes:,} bytes")
            for way, median in seconds.items():
                print(f"  {median:7.3f} s  {way}")
        archive.close()
    return int(missed)


async def _capture(found: FoundBrowser, url: str) -> Capture:
    policy = NetworkPolicy(allow_private=("127.0.0.1",))
    async with open_browser(found, policy, lambda: datetime.now(UTC)) as browser:
        capture = await browser.capture_page(PageTask(new_id("capture", datetime.now(UTC)), url, Role.PRODUCT))
    chance = random.Random(3)
    model = next(exchange for exchange in capture.exchanges if exchange.resource_type == "image")
    more = []
    for number in range(len(capture.exchanges), EXCHANGES):
        body = chance.randbytes(30_000)
        digest = hashlib.sha256(body).hexdigest()
        more.append(replace(model, sequence=number, url=f"{url}more/{number}.jpg", body=body, body_digest=digest))
    return replace(capture, exchanges=(*capture.exchanges, *more))


def _keep(archive: Archive, capture: Capture) -> dict[str, StoredCapture]:
    with archive.database.writing() as session:
        page = ensure_page(session, "示例卡盟", capture.url, Role.PRODUCT, "desktop", capture.started_at)
    first = archive.keep_capture(capture, page)
    later = replace(capture, id=new_id("capture", capture.started_at + timedelta(hours=1)))
    again = archive.keep_capture(later, page)
    seal_log(archive, datetime.now(UTC))
    return {"first visit": first, "every byte stored before": again}


def _measure(archive: Archive, stored: StoredCapture, folder: Path, times: int) -> dict[str, float]:
    now = datetime.now(UTC)
    warc = folder / "capture.warc.gz"
    warc.write_bytes(archive.objects.read(stored.warc))
    config = folder / "config.toml"
    config.write_text(f'[archive]\npath = "{folder / "archive"}"\n', "utf-8")
    command = [TOOLS / "cardwatch", "export", "--config", config, stored.id, "--wacz"]
    whole = folder / "whole.wacz"
    export_wacz(archive, stored.id, whole, at=now)
    data = whole.read_bytes()
    whole.unlink()
    ways: dict[str, Callable[[Path], object]] = {
        "floor: SHA-256 and ZIP of the same bytes, fsync": lambda path: _zip(path, data),
        "export_wacz, in process": lambda path: export_wacz(archive, stored.id, path, at=now),
        "with attestation and verify.html": lambda path: export_capture(archive, stored.id, path, at=now),
        "wacz create of the sealed WARC, in process": lambda path: _create(warc, path),
        "cardwatch export, a process of its own": lambda path: subprocess.run(
            [*command, path], check=True, capture_output=True
        ),
        "wacz create, a process of its own": lambda path: subprocess.run(
            [TOOLS / "wacz", "create", "-f", warc, "-o", path], check=True, capture_output=True
        ),
    }
    return {way: _median(write, folder / "out.wacz", times) for way, write in ways.items()}


def _median(write: Callable[[Path], object], path: Path, times: int) -> float:
    taken = []
    for _ in range(times):
        path.unlink(missing_ok=True)
        began = time.perf_counter()
        write(path)
        taken.append(time.perf_counter() - began)
    path.unlink()
    return statistics.median(taken)


def _zip(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        with zipfile.ZipFile(file, "w") as package:
            hashlib.sha256(data).digest()
            package.writestr("data", data)
        file.flush()
        os.fsync(file.fileno())


def _create(warc: Path, path: Path) -> None:
    with redirect_stdout(io.StringIO()):
        run_wacz(["create", "-f", str(warc), "-o", str(path)])


if __name__ == "__main__":
    sys.exit(main())
