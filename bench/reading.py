"""How long reading a page takes, and how much of the saved pages of real shop software is read right.

Prints medians of CPU milliseconds of at least five rounds: the parsers alone and `read_page` beside them on list pages
of our own making (40 products in 120 KB, and 240 products), what reading and comparing a page of 100 KB take together
(a rule, a price and a stock changed, caches emptied), then the saved pages in ../shared (or CARDWATCH_SHARED) with the
share of product pages whose name, price and stock were found. `python -m bench.reading` [--rounds 9] [--json].
Exit code 1 when a figure fails.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bs4 import BeautifulSoup

from bench.comparing import empty_caches
from monitor.changes.compare import compare_readings
from scrapers.extract import read_page
from scrapers.model import FactKind, JsonAnswer, PageContent, Reading, Role
from scrapers.text import readable_text

MUST_MILLISECONDS = 60.0
MUST_RECALL = 1.0
CARD = """<div class="col-12 col-md-6 goods-card" data-number="{n}"><a href="/goods/{n}" class="goods-link d-block">
<img class="goods-picture" src="/uploads/picture-{n}.png"><h5 class="goods-name">季度会员 第{n}款</h5></a>
<div class="goods-line"><span class="goods-price">￥{n}.50</span><del class="goods-old">￥{n}.90</del></div>
<div class="line"><span>库存：{n}</span><span>已售：{n}</span></div><p class="note">质保7天，过期不补。</p></div>"""
SCRIPT = "<script>/* {n} */ function later{n}(a) {{ return a ? document.querySelector('.x{n}') : null; }}</script>\n"
ROLES = {
    "detail": Role.PRODUCT,
    "terms": Role.TERMS,
    "article": Role.TERMS,
    "notice": Role.NOTICE,
    "about": Role.CONTACT,
}


def list_page(products: int, kilobytes: int = 0) -> PageContent:
    """A list page of so many products, filled with scripts up to so many kilobytes, as real pages are."""
    cards = "".join(CARD.format(n=number) for number in range(1, products + 1))
    html = f"<html><body><h3>店铺公告</h3><p>售出概不退换。</p><div class='row'>{cards}</div>"
    scripts: list[str] = []
    while len(html.encode()) + sum(map(len, scripts)) < kilobytes * 1000:
        scripts.append(SCRIPT.format(n=len(scripts)))
    return PageContent("http://shop.test/", f"{html}{''.join(scripts)}</body></html>")


def median_milliseconds(work: Callable[[], object], rounds: int) -> float:
    """The median CPU time of one call."""
    times = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        times.append((time.process_time() - started) * 1000)
    return round(statistics.median(times), 1)


def measure_both(rounds: int) -> float:
    """The median CPU time of reading the new version of a 100 KB page and comparing it with the old one."""
    page = list_page(40, 100)
    dom = page.dom.replace("售出概不退换", "售出七天内包换").replace("￥7.50", "￥8.50").replace("库存：9<", "库存：3<")
    before = read_page(page, role=Role.HOME)

    def work() -> None:
        empty_caches()
        differences = compare_readings(before, read_page(replace(page, dom=dom), role=Role.HOME), role=Role.HOME)
        if len(differences) != 3:
            raise RuntimeError(f"three things were changed on the page, {len(differences)} were told")

    return median_milliseconds(work, rounds)


def saved_pages(folder: Path) -> list[tuple[str, PageContent, Role]]:
    """The saved pages beside the project, with the role each is watched for."""
    pages = []
    for file in sorted(folder.glob("*/*/*.html")):
        if file.name.endswith(".raw.html"):
            continue
        about = json.loads(file.with_suffix(".json").read_text("utf-8"))
        answers = tuple(JsonAnswer(x["u"], x["m"], x["s"], x["post"] or "", x["b"] or "") for x in about["xhr"])
        source = file.with_name(file.stem + ".raw.html").read_text("utf-8")
        content = PageContent(
            about["url"],
            file.read_text("utf-8"),
            title=about["title"],
            source_html=source,
            answers=answers,
            cookies=tuple(about["cookies"]),
        )
        role = ROLES.get(file.stem.split("_")[0], Role.HOME)
        pages.append((str(file.relative_to(folder).with_suffix("")), content, role))
    return pages


def recall(pages: list[tuple[str, Reading, Role]]) -> dict[str, tuple[int, int]]:
    """For each software, how many of name, price and stock of its product pages were found, and of how many."""
    found: dict[str, tuple[int, int]] = {}
    for name, reading, role in pages:
        if role is not Role.PRODUCT or "wechat" in name:
            continue
        software = name.split("/")[0]
        kinds = {fact.kind for fact in reading.facts if fact.subject}
        hits = sum(kind in kinds for kind in (FactKind.NAME, FactKind.PRICE, FactKind.STOCK))
        old = found.get(software, (0, 0))
        found[software] = (old[0] + hits, old[1] + 3)
    return found


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rounds = max(5, options.rounds)
    content, dense = list_page(40, 120), list_page(240)
    figures: dict[str, float] = {
        "list_kilobytes": round(len(content.dom.encode()) / 1000, 1),
        "text_only_ms": median_milliseconds(lambda: readable_text(content.dom), rounds),
        "beautifulsoup_parse_ms": median_milliseconds(lambda: BeautifulSoup(content.dom, "lxml"), rounds),
        "read_page_ms": median_milliseconds(lambda: read_page(content, role=Role.HOME), rounds),
        "dense_kilobytes": round(len(dense.dom.encode()) / 1000, 1),
        "dense_read_page_ms": median_milliseconds(lambda: read_page(dense, role=Role.HOME), rounds),
    }
    figures["read + compare, 100 KB page"] = measure_both(rounds)
    failed = max(figures["read_page_ms"], figures["read + compare, 100 KB page"]) > MUST_MILLISECONDS
    folder = Path(os.environ.get("CARDWATCH_SHARED", Path(__file__).parents[2] / "shared")) / "pages"
    if folder.is_dir():
        pages = saved_pages(folder)
        times = [median_milliseconds(lambda c=c, r=r: read_page(c, role=r), 5) for _, c, r in pages]  # type: ignore[misc]
        figures["saved_pages"] = len(pages)
        figures["saved_median_ms"] = round(statistics.median(times), 1)
        figures["saved_slowest_ms"] = max(times)
        for software, (hits, of) in recall([(n, read_page(c, role=r), r) for n, c, r in pages]).items():
            figures[f"recall_{software}"] = round(hits / of, 3)
            failed = failed or hits / of < MUST_RECALL
    else:
        sys.stderr.write(f"{folder} is not here: the saved pages are left out\n")
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        for name, figure in figures.items():
            must = f"   must {MUST_MILLISECONDS:g}" if name in ("read_page_ms", "read + compare, 100 KB page") else ""
            print(f"{name:28} {figure}{must}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
