"""The home pages of known shop software, by their example pages: products, rules and notices are found on each."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from reading.golden import FIXTURES, content_of_example, load_answer

from scrapers.discover import explain_refusal, find_products, guess_link
from scrapers.dom import parse_page
from scrapers.extract import read_page
from scrapers.links import find_links
from scrapers.model import FactKind, PageContent, Role

# Software that shows all its products on one page, in a list to choose from: they have no address of their own.
_ONE_PAGE = ("caihong",)


def lists() -> list[Path]:
    """Example pages that list at least two products."""
    found = []
    for page in sorted(FIXTURES.glob("*/*.html")):
        answer = load_answer(page)
        facts = answer["facts"]
        assert isinstance(facts, list)
        if len({fact[0] for fact in facts if fact[0] and fact[1] == FactKind.NAME}) >= 2:
            found.append(page)
    return found


def _name(page: Path) -> str:
    return f"{page.parent.name}/{page.stem}"


@pytest.mark.parametrize("example", lists(), ids=_name)
def test_every_product_of_a_list_has_a_name_and_most_have_an_address(example: Path) -> None:
    url = str(load_answer(example)["url"])
    content = content_of_example(example, url)
    reading = read_page(content, role=Role.HOME)
    products = find_products(parse_page(content, Role.HOME), reading)
    named = [one for one in products if one.name]
    assert len(named) >= 2
    linked = [one for one in named if one.url]
    if example.parent.name in _ONE_PAGE:
        return
    assert len(linked) == len({one.url for one in linked}), "each product has an address of its own"
    expected = _linked_names(example)
    assert expected <= {one.name for one in linked}


def test_products_without_a_link_get_their_address_from_the_answers() -> None:
    example = FIXTURES / "dujiao_next" / "list.html"
    url = str(load_answer(example)["url"])
    content = content_of_example(example, url)
    products = find_products(parse_page(content, Role.HOME), read_page(content, role=Role.HOME))
    assert products
    assert all("/products/" in one.url for one in products)


def test_a_list_of_two_thousand_is_matched_with_its_links_at_once() -> None:
    rows = "".join(
        f'<div class="card"><h3>云图点卡{n}号</h3><b>￥{n}.50</b><a href="/goods/{n}">购买</a></div>'
        for n in range(2000)
    )
    content = PageContent("https://shop.test/", f"<html><body>{rows}</body></html>")
    reading = read_page(content, role=Role.HOME)
    page = parse_page(content, Role.HOME)
    started = time.process_time()
    products = find_products(page, reading)
    assert time.process_time() - started < 4
    assert len({one.url for one in products}) == len(products) == 2000


def _linked_names(example: Path) -> set[str]:
    """Names of products that the example links to by itself, found without our own code: text inside an <a href>."""
    html = example.read_bytes().decode("utf-8", "replace")
    names = {str(fact[3]) for fact in load_answer(example)["facts"] if fact[1] == FactKind.NAME}  # type: ignore[attr-defined]
    return {
        name
        for name in names
        if re.search(rf'<a\b[^>]*href="(?!javascript|#")[^"]+"[^>]*>\s*{re.escape(name)}\s*</a>', html)
    }


@pytest.mark.parametrize("example", sorted(FIXTURES.glob("*/*.html")), ids=_name)
def test_no_example_page_offers_a_login_or_an_order_query_for_watching(example: Path) -> None:
    page = parse_page(content_of_example(example, str(load_answer(example)["url"])))
    for link in find_links(page):
        if any(word in link.words for word in ("登录", "登陆", "注册", "购物车")) or link.words in (
            "查询订单",
            "订单查询",
        ):
            assert explain_refusal(link), link
        elif "协议" in link.words or "售后" in link.words:
            assert guess_link(link).role is Role.TERMS, link
