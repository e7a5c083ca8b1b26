"""How fast a history is read anew: own pages of a usual size, each visited many times, some visits unchanged.

    python bench/reextract.py [--captures 2000] [--jobs 2] [--changed 0.5]

Makes an archive of its own, reads it with `reextract`, and prints versions a second. Goal: 30 on two cores. `--changed`
is the share of visits whose page is no copy of the last one; 1.0 leaves nothing to reuse.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.reextract import reextract_pages
from scrapers.model import Capture, Exchange, Outcome, Role, Vantage, View, ViewKind
from scrapers.text import readable_text
from storage.archive import Archive, open_archive
from storage.ids import new_id
from storage.pages import ensure_page, list_pages

GOAL = 30.0
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
PAGES = 20
_RULES = (
    "卡密失效的，自购买之日起{n}天内可以申请补发。",
    "下单后{n}小时内未到账的，联系客服全额退款。",
    "满{n}件每件优惠，详见商品说明。",
    "请在付款后{n}分钟内查看卡密，逾期不予处理。",
    "本商品有效期{n}个月，到期未激活的自动作废。",
)


def main() -> int:
    """Make the past, read it anew, and leave with 1 when the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--captures", type=int, default=2000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--changed", type=float, default=0.5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cardwatch-reextract-") as name:
        root = Path(name)
        archive = open_archive(root, f"sqlite:///{root}/cardwatch.db", at=BEGAN, minimum_free_megabytes=1)
        began = time.monotonic()
        size = _make_past(archive, options.captures, options.changed)
        print(f"{options.captures} captures of {PAGES} pages, {size // 1000} KB of DOM each, "
              f"made in {time.monotonic() - began:.0f} s")  # fmt: skip
        with archive.database.reading() as session:
            pages = list_pages(session)
        before = os.times()
        tally = reextract_pages(archive, pages, {}, clock=lambda: BEGAN, jobs=options.jobs)
        after = os.times()
        archive.close()
    cpu = sum(after[:4]) - sum(before[:4])
    print(f"{tally.read} read in {tally.seconds:.1f} s by {options.jobs} processes, {tally.reused} of them reused, "
          f"{len(tally.failures)} failed: {tally.rate:.1f} versions/s, goal {GOAL:.0f}")  # fmt: skip
    print(f"CPU: {cpu:.1f} s, {cpu / max(1, tally.read) * 1000:.0f} ms a version")
    return int(tally.rate < GOAL or bool(tally.failures))


def _make_past(archive: Archive, captures: int, changed: float) -> int:
    chance = random.Random(7)
    sizes = []
    dom = {number: _make_page(chance, number) for number in range(PAGES)}
    for number in range(captures):
        place = number % PAGES
        if chance.random() < changed:
            dom[place] = _make_page(chance, place)
        at = BEGAN + timedelta(minutes=number)
        url = f"https://shop{place}.test/buy/{place}"
        with archive.database.writing() as session:
            page = ensure_page(session, f"平台{place % 4}", url, Role.PRODUCT, "desktop", at)
        archive.keep_capture(_make_capture(url, at, dom[place]), page)
        sizes.append(len(dom[place].encode()))
    return sum(sizes) // len(sizes)


def _make_page(chance: random.Random, number: int) -> str:
    """A product page: navigation, product, rules, a list of others, and the markup around them."""
    rules = "".join(f"<li>{chance.choice(_RULES).format(n=chance.randrange(1, 90))}</li>" for _ in range(25))
    others = "".join(
        f'<div class="col card"><a href="/buy/{n}"><img data-src="/img/{n}.webp"><h5 class="card-title">商品 {n}</h5>'
        f'<span class="price">¥{chance.randrange(100, 9999) / 100}</span><em>库存 {chance.randrange(500)}</em></a>'
        for n in range(40)
    )
    links = "".join(f'<li class="nav-item"><a class="nav-link" href="/c/{n}">分类 {n}</a></li>' for n in range(30))
    return (
        f'<!doctype html><html lang="zh"><head><title>商品 {number} - 自助发卡</title></head><body><ul class="nav">'
        f'{links}</ul><main><h1>商品 {number}</h1><p class="price">价格：¥{chance.randrange(100, 9999) / 100}</p>'
        f"<p>库存：{chance.randrange(900)}</p><h2>购买须知</h2><ol>{rules}</ol></main><section>{others}</section>"
        f"<script>{'var settings = {};' * 200}</script></body></html>"
    )


def _make_capture(url: str, at: datetime, html: str) -> Capture:
    views = ((ViewKind.DOM, "text/html", html), (ViewKind.TEXT, "text/plain", readable_text(html)))
    document = Exchange(
        sequence=0, url=url, method="GET", started_at=at, resource_type="document", status=200,
        response_headers=(("Content-Type", "text/html; charset=utf-8"),), body=html.encode(), main_document=True,
    )  # fmt: skip
    picture = Exchange(
        sequence=1, url=f"{url}.webp", method="GET", started_at=at, resource_type="image", status=200,
        response_headers=(("Content-Type", "image/webp"),), body=url.encode() * 2000,
    )  # fmt: skip
    return Capture(
        id=new_id("capture", at), url=url, final_url=url, vantage=Vantage(), started_at=at,
        ended_at=at + timedelta(seconds=2), outcome=Outcome.COMPLETE, status=200, title="自助发卡",
        exchanges=(document, picture), browser="made by hand",
        views=tuple(
            View(kind, media, text.encode(), hashlib.sha256(text.encode()).hexdigest()) for kind, media, text in views
        ),
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
