"""Every family reads its example pages as their answers say."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from scrapers.dom import parse_page
from scrapers.extract import FAMILIES, read_page
from scrapers.families import generic
from scrapers.model import FactKind, PageContent, Role, Source

from .golden import FIXTURES, as_answer, content_of_example, example_pages, load_answer, read_example

KNOWN = [page for page in example_pages() if page.parent.name != "generic"]


def _name(page: Path) -> str:
    return f"{page.parent.name}/{page.stem}"


@pytest.mark.parametrize("page", example_pages(), ids=_name)
def test_an_example_page_is_read_as_its_answer_says(page: Path) -> None:
    expected = load_answer(page)
    url, role = str(expected["url"]), str(expected["role"])
    assert as_answer(read_example(page, url, role), url, role) == expected


@pytest.mark.parametrize("name", [family.name for family in (*FAMILIES, generic.FAMILY)])
def test_every_family_has_example_pages(name: str) -> None:
    answers = [load_answer(page) for page in example_pages() if page.parent.name == name.replace("-", "_")]
    assert any(answer["family"] == name for answer in answers), f"no page in {FIXTURES}/{name.replace('-', '_')}"


@pytest.mark.parametrize("page", KNOWN, ids=_name)
def test_a_family_is_recognised_without_its_signature(page: Path) -> None:
    answer = load_answer(page)
    reading = read_example(page, str(answer["url"]), str(answer["role"]))
    assert reading.family == page.parent.name.replace("_", "-")
    assert reading.family_confidence >= 0.6
    assert reading.signs


@pytest.mark.parametrize("page", [p for p in KNOWN if p.stem not in ("closed", "spinner", "chosen")], ids=_name)
def test_the_generic_reader_alone_finds_the_prices_of_known_families(page: Path) -> None:
    answer = load_answer(page)
    role = Role(str(answer["role"])) if answer["role"] else None
    parsed = parse_page(content_of_example(page, str(answer["url"])), role)
    found = {fact.value for fact in generic.read_page(parsed).facts if fact.kind is FactKind.PRICE}
    facts = cast("list[list[str]]", answer["facts"])
    assert {value for _, kind, _, value, source in facts if (kind, source) == ("price", "text")} <= found


def test_each_product_of_a_list_comes_once() -> None:
    reading = read_example(FIXTURES / "dujiaoka" / "unicorn_list.html", "http://haijiao.test/", "home")
    names = [fact.value for fact in reading.facts if fact.kind is FactKind.NAME]
    assert names == ["潮汐点券 100", "潮汐点券 500"]


def test_facts_are_keyed_once_and_carry_place_and_confidence() -> None:
    for page in example_pages():
        answer = load_answer(page)
        reading = read_example(page, str(answer["url"]), str(answer["role"]))
        keys = [(fact.subject, fact.kind, fact.qualifier) for fact in reading.facts]
        assert len(keys) == len(set(keys)), page.name
        assert all(0 < fact.confidence <= 1 and fact.shown and fact.place for fact in reading.facts), page.name


def test_a_product_page_without_a_product_says_so() -> None:
    reading = read_page(PageContent("http://x.test/item/1", "<p>很抱歉</p>"), role=Role.PRODUCT)
    assert any("without a product" in problem for problem in reading.problems)
    assert any("no readable text" in problem for problem in read_page(PageContent("http://x.test/", "")).problems)


def test_a_page_of_its_own_in_a_known_shop_is_read_by_the_generic_reader() -> None:
    html = """<link href="/assets/unicorn/css/main.css"><nav><a href="/order-search">查单</a>
    <a href="/buy/7">点券</a></nav>
    <article><h1>售后条款</h1><p>卡密无效，收到后24小时内补发。</p></article>"""
    reading = read_page(PageContent("http://haijiao.test/article/3", html), role=Role.TERMS)
    assert reading.family == "dujiaoka"
    assert [(block.heading, block.text) for block in reading.blocks] == [("售后条款", "卡密无效，收到后24小时内补发。")]


def test_a_theme_that_the_family_does_not_know_still_gives_the_product() -> None:
    html = """<link href="/assets/unicorn/css/main.css"><form action="/create-order"><input name="gid" value="7">
    <div class="x-name"><h1>潮汐点券 100</h1></div><b class="x-price">￥9.80</b><p>库存：3</p></form>"""
    reading = read_page(PageContent("http://haijiao.test/buy/7", html), role=Role.PRODUCT)
    assert reading.family == "dujiaoka"
    assert {"潮汐点券 100", "9.8", "3"} <= {fact.value for fact in reading.facts}


def test_a_plain_list_of_two_goods_is_read() -> None:
    html = """<h1>小店</h1><ul><li><a href="/p/1">Steam充值卡100元</a> ￥18.50 库存：33</li>
    <li><a href="/p/2">爱奇艺月卡</a> 售价：9.90元，原价：15元，库存 7</li><li>腾讯视频月卡 ￥8 缺货</li></ul>
    <p>全场满100元减10元，库存有限</p>"""
    reading = read_page(PageContent("http://x.test/", html), role=Role.HOME)
    assert not reading.problems
    facts = {(fact.subject.removeprefix("name:"), fact.kind): fact.value for fact in reading.facts}
    assert facts["steam充值卡100元", FactKind.PRICE] == "18.5" and facts["steam充值卡100元", FactKind.STOCK] == "33"
    assert facts["爱奇艺月卡", FactKind.PRICE] == "9.9" and facts["爱奇艺月卡", FactKind.ORIGINAL_PRICE] == "15"
    assert facts["腾讯视频月卡", FactKind.PRICE] == "8" and facts["腾讯视频月卡", FactKind.AVAILABLE] == "no"


def test_sentences_that_speak_of_money_are_no_goods() -> None:
    html = """<ul><li><a href="/a">优惠活动</a> 充值100元送10元，库存有限</li>
    <li><a href="/b">新人说明</a> 满30元减5元</li>
    <li><a href="/c">运费规则</a> 满50元包邮</li></ul>"""
    reading = read_page(PageContent("http://x.test/", html), role=Role.HOME)
    assert not [fact for fact in reading.facts if fact.kind is FactKind.NAME]
    assert any("no list of goods" in problem for problem in reading.problems)


def test_a_price_told_to_machines_only_is_doubted() -> None:
    html = """<h1>星海点卡</h1><span class="price">¥30</span>
    <script type="application/ld+json">{"@type":"Product","name":"星海点卡","offers":{"price":"20"}}</script>"""
    reading = read_page(PageContent("http://x.test/p/1", html), role=Role.PRODUCT)
    price = next(fact for fact in reading.facts if fact.kind is FactKind.PRICE)
    assert (price.value, price.source) == ("30", Source.TEXT)
    assert any("machine-readable" in problem for problem in reading.problems)
