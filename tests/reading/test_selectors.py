"""Plain selectors find what soupsieve finds; others are refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from scrapers.selectors import select, select_one

PAGES = sorted((Path(__file__).parent / "fixtures").glob("*/*.html"))
MADE = """<div class="a b" id="x"><p class="c">1<b class="c d">2</b></p><a data-id="7" href="/">
<i name="gid">3</i></a></div>
<section class="a"><div class="b"><p>4</p></div></section><p class="c">5</p><input name=gid>"""
SELECTORS = (
    "p",
    ".c",
    "p.c, b",
    ".a .b p",
    "#x .c .d",
    "div.a.b p b",
    "[name=gid]",
    "a[data-id] i, input[name=gid]",
    ".card-body, .card-title",
    "main p, ul li a",
    "body div span",
    "tr td",
)


@pytest.mark.parametrize("selector", SELECTORS)
def test_what_is_found_is_what_soupsieve_finds(selector: str) -> None:
    for html in (MADE, *(page.read_bytes().decode("utf-8", "replace") for page in PAGES)):
        soup = BeautifulSoup(html, "lxml")
        for root in (soup, *soup.select("body > *")[:6]):
            expected = [id(element) for element in root.select(selector)]
            assert [id(element) for element in select(root, selector)] == expected
            assert [id(element) for element in select(root, selector, limit=2)] == expected[:2]
            assert select_one(root, selector) is root.select_one(selector)


@pytest.mark.parametrize("selector", ["a > b", "p + p", "li:first-child", "*", "", "a,,b", 'a[href^="/"]'])
def test_other_selectors_are_refused(selector: str) -> None:
    with pytest.raises(ValueError, match="selector"):
        select(BeautifulSoup("<p>x", "lxml"), selector)
