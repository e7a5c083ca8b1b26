"""A soak: thousands of captures of the local shop and of hostile pages through one browser, its size sampled.

Prints a table of resident memory of this process, of its processes and of its open files, and writes it as a plot.
`python -m bench.soak` [--captures 2000] [--every 20] [--hostile 10] [--plot docs/soak.svg] [--json]. Exit code 1 when
one of the three grows: a line is laid through the second half, and may not rise by more than the bound.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import itertools
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from bench.shop import Shop, open_shop
from scrapers.browser import Browser, find_browser, open_browser
from scrapers.model import Limits, NetworkPolicy, Outcome, PageTask, Role

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))  # the hostile pages are the tests' own

from hostile.catalogue import address_of, list_handlers, list_pages
from hostile.keys import make_keys
from hostile.page import Page
from hostile.pages.transport import specials
from hostile.site import Site, open_site

MEGABYTE = 1 << 20
MUST_PER_THOUSAND = {"megabytes": 10.0, "processes": 1.0, "files": 2.0}
"""How much the runner's memory, its processes and its open files may grow in a thousand captures."""
LEAST_CAPTURES = 500
"""Below it a slope says nothing: the first captures load what is then kept."""


@dataclass(frozen=True)
class Sample:
    """The runner after so many captures."""

    captures: int
    seconds: float
    megabytes: float  # resident, of this process
    browser_megabytes: float  # resident, of all below it
    processes: int  # below this one
    files: int  # open in this process, sockets among them
    failed: int  # captures of the shop that were not whole


def slope_per_thousand(points: Sequence[tuple[float, float]]) -> float:
    """How much y rises in a thousand of x: the median of all pairs' slopes (Theil and Sen), so that no peak counts."""
    slopes = sorted(
        (later[1] - earlier[1]) / (later[0] - earlier[0])
        for earlier, later in itertools.combinations(points, 2)
        if later[0] != earlier[0]
    )
    return 1000 * slopes[len(slopes) // 2] if slopes else 0.0


def measure(captures: int, started: float, failed: int) -> Sample:
    """Look at this process and those below it."""
    gc.collect()
    own, below = psutil.Process(), 0.0
    family = own.children(recursive=True)
    for process in family:
        try:
            below += process.memory_info().rss
        except psutil.Error:
            continue
    return Sample(
        captures,
        round(time.monotonic() - started, 1),
        round(own.memory_info().rss / MEGABYTE, 1),
        round(below / MEGABYTE, 1),
        len(family),
        own.num_fds() if hasattr(own, "num_fds") else len(own.open_files()),
        failed,
    )


def list_tasks(shop: Shop, hostile: Sequence[Page], every: int) -> Iterator[tuple[str, Limits, bool]]:
    """Address, limits, and whether it is the shop's: every so many captures a hostile page is among them."""
    shops = itertools.cycle((shop.list_page, *shop.product_pages))
    traps = itertools.cycle(hostile)
    for number in itertools.count(1):
        if every and number % every == 0:
            page = next(traps)
            yield address_of(page), Limits(page.seconds, page_megabytes=60, body_megabytes=20, exchanges=400), False
        else:
            yield next(shops), Limits(), True


async def soak(browser: Browser, shop: Shop, arguments: argparse.Namespace) -> list[Sample]:
    """Capture two at a time until the number is reached, and sample between."""
    hostile = [page for page in list_pages() if not page.bench and page.seconds <= 6]
    tasks, started = list_tasks(shop, hostile, arguments.hostile), time.monotonic()
    samples, done, failed = [], 0, 0

    async def capture(number: int, task: tuple[str, Limits, bool]) -> bool:
        url, limits, ours = task
        made = await browser.capture_page(PageTask(f"soak-{number}", url, Role.PRODUCT, limits=limits))
        return ours and made.outcome is not Outcome.COMPLETE

    while done < arguments.captures:
        step = min(arguments.every, arguments.captures - done)
        for _ in range(0, step, 2):
            pair = [capture(done + place, next(tasks)) for place in range(2)]
            failed += sum(await asyncio.gather(*pair))
            done += 2
        samples.append(measure(done, started, failed))
        if not arguments.json:
            print_row(samples[-1], head=len(samples) == 1)
    return samples


def print_row(sample: Sample, *, head: bool) -> None:
    """One line of the table, with its heading before the first."""
    if head:
        print(
            f"{'captures':>8} {'seconds':>8} {'runner MB':>9} {'browser MB':>10} {'processes':>9} {'files':>6} failed"
        )
    print(
        f"{sample.captures:>8} {sample.seconds:>8.0f} {sample.megabytes:>9.1f} {sample.browser_megabytes:>10.1f}"
        f" {sample.processes:>9} {sample.files:>6} {sample.failed:>6}",
        flush=True,
    )


def draw(samples: Sequence[Sample]) -> str:
    """An SVG of three small plots over the number of captures."""
    width, height, left, top, gap = 860, 150, 70, 40, 50
    plots = (
        ("resident memory of the runner, MB", [sample.megabytes for sample in samples], "#2563eb"),
        ("processes below it", [float(sample.processes) for sample in samples], "#b45309"),
        ("open files of the runner", [float(sample.files) for sample in samples], "#047857"),
    )
    last = max(samples[-1].captures, 1)
    total = top + len(plots) * (height + gap)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width + left + 30} {total}" '
        'font-family="sans-serif" font-size="13" fill="#1f2937">',
        f'<rect width="100%" height="100%" fill="#fff"/><text x="{left}" y="20" font-weight="bold">'
        f"{last} captures of the local shop and of hostile pages, two at a time</text>",
    ]
    for number, (title, values, colour) in enumerate(plots):
        base = top + number * (height + gap) + height
        most = max(*values, 1.0) * 1.15
        line = " ".join(
            f"{left + width * sample.captures / last:.1f},{base - height * value / most:.1f}"
            for sample, value in zip(samples, values, strict=True)
        )
        parts.append(f'<text x="{left}" y="{base - height + 14}">{title}</text>')
        for part in (0.0, 0.5, 1.0):
            y = base - height * part / 1.15
            parts.append(f'<line x1="{left}" x2="{left + width}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e5e7eb"/>')
            parts.append(f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{most * part / 1.15:.0f}</text>')
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{left + width}" y="{base + 18}" text-anchor="end">{last} captures</text>')
    return "\n".join([*parts, "</svg>", ""])


async def run(site: Site, shop: Shop, arguments: argparse.Namespace) -> list[Sample]:
    """Open the browser, soak it, and look once more when it is closed."""
    found = find_browser(os.environ)
    assert found is not None, "no browser on this machine"
    policy = NetworkPolicy(allow_private=("127.0.0.1",), resolve=site.resolve)
    opened = open_browser(found, policy, lambda: datetime.now(UTC), trusted_spki=site.keys.trusted)
    async with opened as browser:
        return await soak(browser, shop, arguments)


def main() -> int:
    """Run it, print, draw, and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--captures", type=int, default=2000)
    parser.add_argument("--every", type=int, default=20, help="captures between two samples")
    parser.add_argument("--hostile", type=int, default=10, help="every so many captures a hostile page; 0 for none")
    parser.add_argument("--plot", type=Path, help="where the SVG goes")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    found = find_browser(os.environ)
    assert found is not None, "no browser on this machine"
    keys = make_keys()
    with (
        tempfile.TemporaryDirectory() as folder,
        open_shop(Path(folder), str(found.path)) as shop,
        open_site(list_handlers(list_pages()), specials(keys), keys) as site,
    ):
        samples = asyncio.run(run(site, shop, arguments))
    if arguments.plot:
        arguments.plot.write_text(draw(samples), encoding="utf-8")
    half = samples[len(samples) // 2 :]
    slopes = {
        name: round(slope_per_thousand([(sample.captures, getattr(sample, name)) for sample in half]), 2)
        for name in MUST_PER_THOUSAND
    }
    enough = samples[-1].captures >= LEAST_CAPTURES
    flat = all(slopes[name] <= most for name, most in MUST_PER_THOUSAND.items()) if enough else None
    if arguments.json:
        print(json.dumps({"samples": [asdict(sample) for sample in samples], "per_thousand": slopes, "flat": flat}))
    else:
        print(f"growth per 1,000 captures in the second half: {slopes}, allowed {MUST_PER_THOUSAND}")
        print("too few captures to judge it" if flat is None else "flat" if flat else "NOT flat")
    return 0 if flat is not False and samples[-1].failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
