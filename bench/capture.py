"""What a capture costs beside a bare load of the same page in the same browser build, both sides in one run.

Prints medians of CPU seconds per page over the whole process trees (python, driver, browser and all its children; the
shop's server apart), bytes that an archive grows by, and pages per minute at two at once. `python -m bench.capture`
[--rounds 7] [--json]. Exit code 1 when a figure that must hold does not.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import psutil
from playwright.async_api import Browser as PlaywrightBrowser
from playwright.async_api import async_playwright

from bench.shop import Shop, open_shop
from scrapers.browser import Browser, find_browser, open_browser
from scrapers.model import Capture, Limits, NetworkPolicy, Outcome, PageTask, Role, Vantage
from storage.archive import Archive, open_archive
from storage.ids import new_id
from storage.model import WatchedPage
from storage.pages import ensure_page

MUST = {"full_ratio": 3.5, "unchanged_ratio": 2.2, "unchanged_kilobytes": 25.0, "price_kilobytes": 300.0}
AIM = {"full_ratio": 3.0, "unchanged_ratio": 1.8}


@dataclass(frozen=True)
class Bench:
    """What all measurements share."""

    shop: Shop
    bare: PlaywrightBrowser
    browser: Browser
    archive: Archive
    folder: Path


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def tree_seconds(skip: int) -> float:
    """CPU seconds of this process and all below it, the reaped ones included, without the shop's server."""
    own = psutil.Process()
    total = 0.0
    for process in (own, *own.children(recursive=True)):
        if process.pid != skip:
            try:
                times = process.cpu_times()
            except psutil.Error:
                continue
            total += times.user + times.system + times.children_user + times.children_system
    return total


async def cost(bench: Bench, work: Callable[[], Awaitable[int]]) -> float:
    """CPU seconds per page of a piece of work that says how many pages it did."""
    await asyncio.sleep(0.4)
    before = tree_seconds(bench.shop.pid)
    pages = await work()
    await asyncio.sleep(0.4)
    return (tree_seconds(bench.shop.pid) - before) / pages


async def load_bare(bench: Bench, urls: tuple[str, ...]) -> int:
    """The floor: a clean context, a page, goto until load, close."""
    for url in urls:
        context = await bench.bare.new_context(locale="zh-CN", viewport={"width": 1280, "height": 800})
        page = await context.new_page()
        await page.goto(url, wait_until="load")
        await context.close()
    return len(urls)


def page_of(bench: Bench, url: str, role: Role) -> WatchedPage:
    """The archive's page for a URL."""
    with bench.archive.database.writing() as session:
        return ensure_page(session, "bench", url, role, Vantage().name, now())


async def keep(bench: Bench, url: str, role: Role, *, known: bool) -> Capture:
    """One capture, stored and fsynced."""
    page = page_of(bench, url, role)
    views = bench.archive.known_views(page.id, at=now(), max_age=timedelta(days=7)) if known else None
    task = PageTask(new_id("capture", now()), url, role, limits=Limits(), known=views)
    capture = await bench.browser.capture_page(task)
    assert capture.outcome is Outcome.COMPLETE, (capture.outcome, capture.reason, capture.detail)
    await asyncio.to_thread(bench.archive.keep_capture, capture, page)
    return capture


async def keep_all(bench: Bench, urls: tuple[str, ...], role: Role, *, known: bool) -> int:
    """One capture of each, one after the other."""
    for url in urls:
        await keep(bench, url, role, known=known)
    return len(urls)


def size_of(folder: Path) -> int:
    """Bytes of an archive folder, the database's log written back first."""
    for database in folder.glob("*.db"):
        connection = sqlite3.connect(database)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


async def growth(bench: Bench, url: str, role: Role, times: int) -> list[float]:
    """Kilobytes that the archive grows by with each of so many captures."""
    sizes = []
    for _ in range(times):
        before = size_of(bench.folder)
        await keep(bench, url, role, known=True)
        sizes.append((size_of(bench.folder) - before) / 1000)
    return sizes


async def move_prices(shop: Shop, price: float, stock: int) -> None:
    """Let the shop move its prices and stocks."""
    await asyncio.to_thread(lambda: urlopen(f"{shop.url}/set?price={price}&stock={stock}").read())


async def pages_per_minute(bench: Bench, urls: tuple[str, ...], at_once: int) -> float:
    """Full captures, stored, so many at once."""
    queue = list(urls)

    async def worker() -> None:
        while queue:
            await keep(bench, queue.pop(), Role.PRODUCT, known=False)

    started = time.monotonic()
    await asyncio.gather(*(worker() for _ in range(at_once)))
    return len(urls) / (time.monotonic() - started) * 60


async def measure(bench: Bench, rounds: int) -> dict[str, float]:
    """All figures, as medians over the rounds."""
    figures: dict[str, list[float]] = {}

    def note(name: str, value: float) -> None:
        figures.setdefault(name, []).append(value)

    sets = (("list", (bench.shop.list_page,) * 3, Role.HOME), ("product", bench.shop.product_pages, Role.PRODUCT))
    for _, urls, role in sets:  # warm both sides
        await load_bare(bench, urls[:2])
        await keep_all(bench, urls[:2], role, known=False)
        await keep_all(bench, urls, role, known=True)
    for number in range(rounds):
        for name, urls, role in sets:
            await move_prices(bench.shop, 10, 100)
            bare = await cost(bench, lambda urls=urls: load_bare(bench, urls))
            full = await cost(bench, lambda urls=urls, role=role: keep_all(bench, urls, role, known=False))
            same = await cost(bench, lambda urls=urls, role=role: keep_all(bench, urls, role, known=True))
            await move_prices(bench.shop, 11 + number, 90 - number)
            price = await cost(bench, lambda urls=urls, role=role: keep_all(bench, urls, role, known=True))
            for what, value in (("bare", bare), ("full", full), ("unchanged", same), ("price", price)):
                note(f"{name}_{what}_cpu", value)
            note(f"{name}_full_ratio", full / bare)
            note(f"{name}_unchanged_ratio", same / bare)
            note(f"{name}_price_ratio", price / bare)
    for name, url, role in (
        ("list", bench.shop.list_page, Role.HOME),
        ("product", bench.shop.product_pages[0], Role.PRODUCT),
    ):
        await move_prices(bench.shop, 10, 100)
        await keep(bench, url, role, known=False)
        for value in await growth(bench, url, role, rounds):
            note(f"{name}_unchanged_kilobytes", value)
        for number in range(rounds):
            await move_prices(bench.shop, 20 + number, 70 - number)
            for value in await growth(bench, url, role, 1):
                note(f"{name}_price_kilobytes", value)
        await move_prices(bench.shop, 10, 100)
    for _ in range(3):
        note("pages_per_minute_at_2", await pages_per_minute(bench, bench.shop.product_pages * 2, 2))
        note("list_pages_per_minute_at_2", await pages_per_minute(bench, (bench.shop.list_page,) * 10, 2))
    return {name: round(statistics.median(values), 3) for name, values in figures.items()}


async def run(rounds: int) -> dict[str, float]:
    """Set both sides up and measure."""
    found = find_browser(os.environ)
    if found is None:
        sys.exit("no browser was found: see `cardwatch doctor`")
    with tempfile.TemporaryDirectory(prefix="cardwatch-bench-") as folder:
        home = Path(folder)
        with open_shop(home / "pictures", str(found.path)) as shop:
            archive = open_archive(home / "archive", f"sqlite:///{home}/archive/cardwatch.db", at=now())
            policy = NetworkPolicy(allow_private=("127.0.0.1",))
            try:
                async with (
                    async_playwright() as playwright,
                    open_browser(found, policy, now, recycle_after=500) as browser,
                ):
                    bare = await playwright.chromium.launch(executable_path=str(found.path), args=["--no-sandbox"])
                    return await measure(Bench(shop, bare, browser, archive, home / "archive"), rounds)
            finally:
                archive.close()


def main() -> int:
    """Print the figures; 1 when one that must hold does not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    figures = asyncio.run(run(max(wanted.rounds, 5)))
    if wanted.json:
        print(json.dumps(figures, indent=2))
    else:
        for name, value in figures.items():
            print(f"{name:34} {value:9.3f}")
    failed = []
    for name, most in MUST.items():
        value = max(figures[f"{page}_{name}"] for page in ("list", "product"))
        failed += [name] if value > most else []
        aim = f", aim {AIM[name]}" if name in AIM else ""
        print(f"{'FAIL' if value > most else 'ok':4} {name}: {value} (must {most}{aim})", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
