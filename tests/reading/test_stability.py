"""The same page with other tokens, ids and order is read the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scrapers.extract import read_page
from scrapers.model import FactKind, PageContent, Role
from scrapers.text import decode_html

from .golden import example_pages, load_answer

SHOP = """<html><body data-token="{token}"><div id="app-{token}" class="css-{token}">
<h1 id="h{token}">岭南月卡</h1><span class="price">¥{price}</span><p>库存：8</p>
<div class="box-{token}"><h3>售后说明</h3><p>三天内包换。</p></div>
<h4>热门推荐</h4><div>{others}</div>
<input type="hidden" name="_csrf" value="{token}"></div></body></html>"""
CARD = '<div class="c"><a href="/goods/{n}?t={n}99"><h5>推荐商品{n}</h5></a><span class="price">¥{n}.00</span></div>'


def _shop(token: str, order: list[int], price: str = "15.00") -> PageContent:
    others = "".join(CARD.format(n=number) for number in order)
    return PageContent("http://lingnan.test/goods/1?sid=" + token, SHOP.format(token=token, others=others, price=price))


def test_tokens_ids_and_recommendations_change_nothing() -> None:
    one = read_page(_shop("a81f3c", [3, 5, 9]), role=Role.PRODUCT)
    two = read_page(_shop("77be02", [9, 12, 4]), role=Role.PRODUCT)
    assert one.facts == two.facts
    assert one.blocks == two.blocks


def test_a_price_with_and_without_trailing_zeros_is_one_price() -> None:
    one, two = (read_page(_shop("a", [3], price), role=Role.PRODUCT) for price in ("15.00", "15"))
    values = [[fact.value for fact in reading.facts if fact.kind is FactKind.PRICE] for reading in (one, two)]
    assert values == [["15"], ["15"]]


def test_a_list_in_another_order_gives_equal_facts() -> None:
    def listing(order: list[int]) -> PageContent:
        cards = "".join(CARD.format(n=number) for number in order)
        return PageContent("http://lingnan.test/", f"<body><div>{cards}</div></body>")

    one, two = (read_page(listing(order), role=Role.HOME) for order in ([1, 2, 3], [3, 1, 2]))
    assert len([fact for fact in one.facts if fact.kind is FactKind.NAME]) == 3
    assert one.facts == two.facts


def test_a_product_keeps_its_key_when_it_is_sold_out() -> None:
    page = next(page for page in example_pages() if page.stem == "hyper_list")
    html = page.read_text("utf-8")
    gone = html.replace('<a href="/buy/7" class="home-card">', '<a href="javascript:void(0);" class="home-card">')
    subjects = [
        {fact.subject for fact in read_page(PageContent("http://haijiao.test/", dom), role=Role.HOME).facts}
        for dom in (html, gone)
    ]
    assert subjects[0] == subjects[1]


@pytest.mark.parametrize("page", example_pages(), ids=lambda page: f"{page.parent.name}/{page.stem}")
def test_changed_tokens_leave_an_example_page_as_it_was(page: Path) -> None:
    answer = load_answer(page)
    html = decode_html(page.read_bytes(), "")
    noisy = re.sub(r"<body", '<body data-csrf="ZZ91"', html).replace("TOKEN", "qX81")
    noisy = noisy.replace("layui-layer1", "layui-layer7")
    role = Role(str(answer["role"]))
    one, two = (read_page(PageContent(str(answer["url"]), dom), role=role) for dom in (html, noisy))
    assert (one.facts, one.blocks) == (two.facts, two.blocks)
