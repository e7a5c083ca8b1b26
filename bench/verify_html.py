"""How fast verify.html checks large packages, and how much memory the browser takes for it.

Run `python bench/verify_html.py [--megabytes 300]` (about a minute); leaves with 1 when a goal is missed. Packages
of so many megabytes that no packer makes smaller are kept, sealed and exported by the real archive: one long body;
sixty bodies; sixty that a later visit reuses, so that they lie in the completing file; the sixty in an export that was
packed anew with compression, within a ZIP that is packed too. Memory is the highest PSS over that before the file was
given, sampled every 20 ms: of the page's own process, and of all processes of the browser, which holds what had to be
unpacked (without a profile, as here, in memory). Goal: 400 MB for the page's.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests")]

from playwright.sync_api import Browser, sync_playwright  # noqa: E402
from verify_html.exports import START, visit, with_body  # noqa: E402
from verify_html.reader import ask, open_verifier  # noqa: E402

from scrapers.browser import find_browser  # noqa: E402
from scrapers.model import Role  # noqa: E402
from storage.archive import open_archive  # noqa: E402
from storage.checkpoints import seal_log  # noqa: E402
from storage.pages import ensure_page  # noqa: E402
from storage.wacz import export_wacz  # noqa: E402

PARTS = 60
GOAL = 400 << 20
AT = START + timedelta(days=1)


def main() -> int:
    """Make the packages, give each to the page, tell what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=300)
    megabytes = parser.parse_args().megabytes
    found = find_browser(os.environ)
    if found is None:
        print("no browser: `cardwatch doctor` says how to get one", file=sys.stderr)
        return 8
    missed = False
    with tempfile.TemporaryDirectory(prefix="cardwatch-verify-") as folder, sync_playwright() as playwright:
        for label, package in _make_packages(Path(folder), megabytes << 20):
            browser = playwright.chromium.launch(executable_path=found.path)
            peak, seconds, verdict = _measure(browser, package)
            browser.close()
            missed |= peak.renderer > GOAL or verdict not in ("cannot_say", "intact")
            size = package.stat().st_size
            package.unlink()
            print(
                f"{label}: {size >> 20} MB, {verdict}, {seconds:.1f} s ({size / seconds / 1e6:.0f} MB/s); "
                f"page {peak.renderer >> 20} MB, browser {peak.whole >> 20} MB",
                flush=True,
            )
    return int(missed)


def _make_packages(folder: Path, size: int) -> Iterator[tuple[str, Path]]:
    chance = random.Random(7)
    archive = open_archive(folder / "archive", f"sqlite:///{folder}/archive/cardwatch.db", at=START)
    with archive.database.writing() as session:
        page = ensure_page(session, "示例卡盟", visit(START).url, Role.PRODUCT, "desktop", START)
    long = archive.keep_capture(
        with_body(visit(START), b"".join(chance.randbytes(1 << 20) for _ in range(size >> 20))), page
    )
    parts = [chance.randbytes(size // PARTS) for _ in range(PARTS)]
    many = archive.keep_capture(with_body(visit(START + timedelta(hours=1)), *parts), page)
    again = archive.keep_capture(with_body(visit(START + timedelta(hours=2)), *parts), page)
    del parts
    seal_log(archive, AT)
    for label, stored in (("one body", long), (f"{PARTS} bodies", many), (f"{PARTS} reused bodies", again)):
        path = folder / "package.wacz"
        export_wacz(archive, stored.id, path, at=AT)
        yield label, path
    export_wacz(archive, many.id, folder / "many.wacz", at=AT)
    packed = _pack_anew(folder / "many.wacz", folder / "anew.wacz")
    outer = folder / "outer.zip"
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.write(packed, "anew.wacz")
    yield "packed anew, in a packed ZIP", outer
    archive.close()


def _pack_anew(source: Path, target: Path) -> Path:
    with zipfile.ZipFile(source) as given, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            made.writestr(name, given.read(name))
    source.unlink()
    return target


@dataclass
class _Peak:
    """The most bytes that were taken beyond those before."""

    renderer: int = 0
    whole: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)


def _measure(browser: Browser, package: Path) -> tuple[_Peak, float, str]:
    page = browser.new_page()
    open_verifier(page)
    with _watch() as peak:
        began = time.perf_counter()
        answer = ask(page, package)
        seconds = time.perf_counter() - began
    return peak, seconds, answer.verdict


@contextmanager
def _watch() -> Iterator[_Peak]:
    before = _read_memory()
    peak = _Peak()

    def sample() -> None:
        while not peak.stopped.wait(0.02):
            now = _read_memory()
            peak.renderer = max(peak.renderer, now[0] - before[0])
            peak.whole = max(peak.whole, now[1] - before[1])

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield peak
    finally:
        peak.stopped.set()
        thread.join()


def _read_memory() -> tuple[int, int]:
    """PSS of the renderers and of all processes below this one, in bytes."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue  # it ended
    renderer = whole = 0
    for process in parents:
        above = process
        while above in parents and above != os.getpid():
            above = parents[above]
        if above != os.getpid() or process == above:
            continue
        try:
            rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
            command = Path(f"/proc/{process}/cmdline").read_bytes()
        except OSError:
            continue
        pss = next((int(line.split()[1]) << 10 for line in rollup.splitlines() if line.startswith("Pss:")), 0)
        renderer += pss * (b"--type=renderer" in command)
        whole += pss * (b"headless" in command or b"chrom" in command)
    return renderer, whole


if __name__ == "__main__":
    sys.exit(main())
