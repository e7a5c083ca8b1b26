"""What sealing a run costs: captures kept with and without the custody log, then one signature and one token.

Run `python bench/sealing.py [--captures 100]` (about two minutes). Real captures of the measured shop's pages; each is
kept in two archives, one of which has its log taken out, in turns. The token comes from `openssl ts` on loopback. Goal:
log, signature and token add under 3 % to the time of the run. Exit status 1 when it is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from shop import Shop, open_shop
from timestamps.tsa import start_tsa

import storage.archive
from monitor.config.settings import Settings, load_settings
from monitor.timestamps import Sealing, seal_and_stamp
from scrapers.browser import open_browser
from scrapers.model import Capture, NetworkPolicy, PageTask, Role
from scrapers.process import FoundBrowser, find_browser
from storage.archive import Archive, open_archive
from storage.ids import new_id
from storage.keys import KeyFolder
from storage.model import EntryKind, LogEntry
from storage.pages import ensure_page
from storage.session import Session

GOAL = 0.03


@dataclass
class Times:
    """Seconds of a run: of all captures, of keeping them without and with the log, of signature and token."""

    captures: int = 0
    capturing: float = 0.0
    plain: float = 0.0
    logged: float = 0.0
    sealing: float = 0.0
    asking: float = 0.0


def main() -> int:
    """Capture, keep twice, seal, print both sides; leaves with 1 when the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--captures", type=int, default=100)
    options = parser.parse_args()
    found = find_browser(os.environ)
    if found is None:
        print("no browser: `cardwatch doctor` says how to get one", file=sys.stderr)
        return 8
    with tempfile.TemporaryDirectory(prefix="cardwatch-sealing-") as name:
        folder = Path(name)
        with open_shop(folder / "shop", str(found.path)) as shop, start_tsa(folder / "tsa") as tsa:
            plain, sealed = _settings(folder / "plain", ""), _settings(
                folder / "sealed", f'[[tsa]]\nname = "own"\nurl = "{tsa.url}"\nca = "{tsa.root_pem}"\n'
            )  # fmt: skip
            times, sealing = asyncio.run(_measure(found, shop, plain, sealed, options.captures))
    return _print(times, sealing)


def _settings(folder: Path, text: str) -> Settings:
    folder.mkdir()
    (folder / "config.toml").write_text(text, "utf-8")
    return load_settings(folder / "config.toml", {})


def _open(settings: Settings) -> Archive:
    return open_archive(settings.archive.path, settings.archive.database, at=_now(), minimum_free_megabytes=0)


def _now() -> datetime:
    return datetime.now(UTC)


async def _measure(
    found: FoundBrowser, shop: Shop, plain: Settings, sealed: Settings, captures: int
) -> tuple[Times, Sealing]:
    times = Times()
    without, with_log = _open(plain), _open(sealed)
    addresses = (shop.list_page, *shop.product_pages)
    async with open_browser(found, NetworkPolicy(allow_private=("127.0.0.1",)), _now) as browser:
        for number in range(captures + 1):  # the first is to warm up, and makes the log's key
            address = addresses[number % len(addresses)]
            started = time.perf_counter()
            capture = await browser.capture_page(PageTask(new_id("capture", _now()), address, Role.PRODUCT))
            capturing = time.perf_counter() - started
            plain_first = number % 2 == 0
            if plain_first:
                taken = _keep_plain(without, capture, address)
            logged = _keep(with_log, capture, address)
            if not plain_first:
                taken = _keep_plain(without, capture, address)
            if number:
                times.captures += 1
                times.capturing += capturing
                times.plain += taken
                times.logged += logged
    started = time.perf_counter()
    sealing = await asyncio.to_thread(seal_and_stamp, sealed, with_log, _now)
    times.sealing = time.perf_counter() - started
    times.asking = sum(asked.seconds for asked in sealing.asked)
    without.close()
    with_log.close()
    return times, sealing


def _keep(archive: Archive, capture: Capture, address: str) -> float:
    with archive.database.writing() as session:
        page = ensure_page(session, "measured", address, Role.PRODUCT, "desktop", _now())
    started = time.perf_counter()
    archive.keep_capture(capture, page)
    return time.perf_counter() - started


def _keep_plain(archive: Archive, capture: Capture, address: str) -> float:
    with _without_log():
        return _keep(archive, capture, address)


@contextmanager
def _without_log() -> Iterator[None]:
    """Take the log out of keeping, which has no such switch: the entry gets a number and is not written."""
    append = storage.archive.append_entry
    count = iter(range(time.monotonic_ns() >> 10, 1 << 62))

    def number_only(
        session: Session, kind: EntryKind, at: datetime, fields: Mapping[str, object], keys: KeyFolder
    ) -> LogEntry:
        return LogEntry(next(count), kind, at, b"", dict(fields))

    storage.archive.append_entry = number_only
    try:
        yield
    finally:
        storage.archive.append_entry = append


def _print(times: Times, sealing: Sealing) -> int:
    plain = times.capturing + times.plain
    added = times.logged - times.plain + times.sealing
    count = times.captures
    print(f"{count} captures, run of {plain:.1f} s without a seal")
    print(f"{'':<28}{'without':>10}{'with':>10}")
    print(f"{'capturing, s':<28}{times.capturing:>10.2f}{times.capturing:>10.2f}")
    print(f"{'keeping, s':<28}{times.plain:>10.2f}{times.logged:>10.2f}")
    waited = f"(waiting for the token {times.asking:.2f})"
    print(f"{'signature, files, token, s':<28}{0:>10.2f}{times.sealing:>10.2f}   {waited}")
    print(f"{'whole run, s':<28}{plain:>10.2f}{plain + added:>10.2f}   {added / plain:+.2%}, goal under {GOAL:.0%}")
    held = [asked for asked in sealing.asked if asked.status == "held"]
    print(f"tokens held: {len(held)}; {sealing.problem or 'no problem'}")
    return int(added / plain >= GOAL or len(held) != 1)


if __name__ == "__main__":
    sys.exit(main())
