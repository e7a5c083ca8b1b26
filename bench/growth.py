"""What a visit costs on disk and in CPU to keep: the first, an unchanged one, one with other prices, a weekly full one.

Run `python bench/growth.py [--visits 5]` (about a minute). Real captures of the measured list page (40 pictures,
script, style, data) go into a fresh archive. Prints medians: bytes of all files and blocks on the disk, each with the
growth of the database, and the CPU milliseconds of keeping. Goals: 25 KB unchanged, 300 KB when prices moved.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sqlite3
import statistics
import sys
import tempfile
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shop import Shop, open_shop

from scrapers.browser import open_browser
from scrapers.model import NetworkPolicy, PageTask, Role
from scrapers.process import FoundBrowser, find_browser
from storage.archive import Archive, open_archive
from storage.check import check_archive
from storage.ids import new_id
from storage.pages import ensure_page

GOALS = {"unchanged": 25_000, "prices moved": 300_000}
Cost = tuple[int, int, float]


def main() -> int:
    """Capture, keep, measure; leaves with 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--visits", type=int, default=5)
    options = parser.parse_args()
    found = find_browser(os.environ)
    if found is None:
        print("no browser: `cardwatch doctor` says how to get one", file=sys.stderr)
        return 8
    with tempfile.TemporaryDirectory(prefix="cardwatch-growth-") as name:
        folder = Path(name)
        with open_shop(folder / "shop", str(found.path)) as shop:
            costs = asyncio.run(_measure(found, shop, folder / "archive", options.visits))
    print(f"{'visit':<14}{'files, bytes':>14}{'blocks, bytes':>15}{'keeping, CPU ms':>17}")
    missed = False
    for kind, measured in costs.items():
        files, blocks, cpu = (statistics.median(cost[part] for cost in measured) for part in range(3))
        print(f"{kind:<14}{files:>14,.0f}{blocks:>15,.0f}{cpu:>17.1f}")
        missed |= files > GOALS.get(kind, files)
    return int(missed)


async def _measure(found: FoundBrowser, shop: Shop, root: Path, visits: int) -> dict[str, list[Cost]]:
    archive = open_archive(root, f"sqlite:///{root}/cardwatch.db", at=datetime.now(UTC))
    costs: dict[str, list[Cost]] = {"first": [], "unchanged": [], "prices moved": [], "weekly full": []}
    async with open_browser(found, NetworkPolicy(allow_private=("127.0.0.1",)), lambda: datetime.now(UTC)) as browser:

        async def visit(kind: str, *, full: bool = False) -> None:
            now = datetime.now(UTC)
            with archive.database.writing() as session:
                page = ensure_page(session, "measured", shop.list_page, Role.HOME, "desktop", now)
            known = None if full else archive.known_views(page.id, at=now, max_age=timedelta(days=7))
            task = PageTask(new_id("capture", now), shop.list_page, Role.HOME, known=known)
            capture = await browser.capture_page(task)
            before = _size(archive)
            started = time.process_time()
            archive.keep_capture(capture, page)
            cpu = (time.process_time() - started) * 1000
            after = _size(archive)
            costs[kind].append((after[0] - before[0], after[1] - before[1], cpu))

        await visit("first")
        for _ in range(visits):
            await visit("unchanged")
        for number in range(visits):
            address = f"{shop.url}/set?price={9 + number}.5&stock={number + 3}"
            await asyncio.to_thread(lambda wanted: urllib.request.urlopen(wanted).close(), address)
            await visit("prices moved")
        for _ in range(visits):
            await visit("weekly full", full=True)
    report = check_archive(archive)
    archive.close()
    print(f"check of {report.captures} captures and {report.records} records: {len(report.problems)} problems")
    return costs


def _size(archive: Archive) -> tuple[int, int]:
    """The bytes of all files, and of all blocks with those of folders; the database's log brought home first."""
    connection = sqlite3.connect(archive.root / "cardwatch.db")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    paths = list(archive.root.rglob("*"))
    files = sum(path.stat().st_size for path in paths if path.is_file())
    return files, sum(getattr(path.stat(), "st_blocks", 0) * 512 for path in paths)


if __name__ == "__main__":
    sys.exit(main())
