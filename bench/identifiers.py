"""How well identifiers are read from pages, and how fast.

    python -m bench.identifiers [FOLDER]

Reads pages with answers (FOLDER, by default those of the tests: NAME.html and NAME.json) and prints precision and
recall for each kind, every miss and every false one, then the milliseconds of processor time that a page of
100 KB takes (median and worst of many).
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

from scrapers.identifiers.text import find_identifiers
from scrapers.model import PageContent

_PAGE_BYTES = 100_000
_RUNS = 40
_SHOP_PARTS = frozenset(
    {"footer_full", "analytics", "qq_list", "dense_one_line", "script_config", "tenants", "epay_form"}
)
CHECKSUMMED = frozenset({"uscc", "crypto", "police_icp", "icp"})


def main() -> None:
    """Print quality, then speed."""
    sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
    from identifiers.answered_pages import PAGES, answered_pages

    pages = answered_pages(Path(sys.argv[1]) if len(sys.argv) > 1 else PAGES)
    right, missed, false = Counter[str](), Counter[str](), Counter[str]()
    for page in pages:
        found = {(each.kind, each.value, str(each.place)) for each in find_identifiers(page.content)}
        wanted = set(page.expected)
        for key in found & wanted:
            right[key[0]] += 1
        for key in sorted(wanted - found):
            missed[key[0]] += 1
            print(f"missed  {page.name}: {' '.join(key)}")
        for key in sorted(found - wanted):
            false[key[0]] += 1
            print(f"false   {page.name}: {' '.join(key)}")
    print(f"{len(pages)} pages\n{'kind':<20}{'right':>6}{'missed':>8}{'false':>7}{'precision':>11}{'recall':>8}")
    for kind in sorted(right | missed | false):
        print(_row(kind, right[kind], missed[kind], false[kind]))
    exact = [counter.total() - sum(counter[kind] for kind in CHECKSUMMED) for counter in (right, missed, false)]
    print(_row("checksummed", *(sum(counter[kind] for kind in CHECKSUMMED) for counter in (right, missed, false))))
    print(_row("others", *exact))
    _measure_speed([page.content.dom for page in pages if page.name in _SHOP_PARTS])


def _row(name: str, right: int, missed: int, false: int) -> str:
    precision = right / (right + false) if right + false else 1.0
    recall = right / (right + missed) if right + missed else 1.0
    return f"{name:<20}{right:>6}{missed:>8}{false:>7}{precision:>11.3f}{recall:>8.3f}"


def _measure_speed(pages: list[str]) -> None:
    """Read a page of 100 KB as a shop has it: goods, links, scripts, and the answered pages' own parts.

    Then one on which no two lines are alike, so that nothing that is remembered of a line helps.
    """
    goods = "".join(
        f'<div class="goods-item" data-id="{number}"><a href="/buy/{number}.html" title="点卡{number}">'
        f'<img src="/i/{number}.png" alt="商品{number}"><p class="name">某游戏点卡 {number} 元自动发货</p></a>'
        f'<span class="price">￥{number}.00</span></div>'
        for number in range(300)
    )
    script = "<script>" + "function f(a){return a.map(function(b){return b*2+1}).join(',');}\n" * 180 + "</script>"
    html = f"<html><body>{goods}{script}"
    html += "".join(pages)
    html += (
        "<p>售后说明：卡密一经发出不退不换，请在七天内使用。</p>" * ((_PAGE_BYTES - len(html.encode())) // 78)
        + "</body></html>"
    )
    _time_page("a shop's page", html)
    _time_page("no two lines alike", f"<html><body>{_unlike_lines()}{''.join(pages)}</body></html>")


def _unlike_lines() -> str:
    drawn = random.Random(20261101)
    words = [
        "".join(chr(drawn.randrange(0x4E00, 0x8FFF)) for _ in range(length)) for length in (9, 8, 8, 6, 20, 12) * 210
    ]
    return "".join(
        f'<div class="goods-item of-{number}" data-id="{number}"><a href="/buy/{number}.html" title="{a}{number}">'
        f'<img src="/i/{number}.png" alt="{b}"><p class="name">{c} {number} {d}</p></a>'
        f'<span class="price">￥{number}.00</span><p>{e}，{f}。</p></div>'
        for number, (a, b, c, d, e, f) in enumerate(zip(*[iter(words)] * 6, strict=True))
    )


def _time_page(name: str, html: str) -> None:
    taken = []
    for _ in range(_RUNS):
        content = PageContent(url="https://shop.haoka.cn/", dom=html)
        started = time.process_time()
        find_identifiers(content)
        taken.append((time.process_time() - started) * 1000)
    print(
        f"{name}, {len(html.encode()) / 1000:.0f} KB: median {statistics.median(taken):.1f} ms of processor time, "
        f"least {min(taken):.1f}, worst {max(taken):.1f}"
    )


if __name__ == "__main__":
    main()
