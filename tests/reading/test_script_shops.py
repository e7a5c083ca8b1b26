"""Shops whose goods stand in data and scripts: dujiao-next, zfaka and qs-faka, and what a description promises."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.changes.compare import compare_readings
from scrapers.dom import parse_page
from scrapers.extract import FAMILIES, read_page
from scrapers.families.dujiao_next_data import promotion_tier
from scrapers.families.promises import part_prompts, promise_facts, read_after_sales
from scrapers.model import Author, Block, BlockKind, FactKind, JsonAnswer, PageContent, Reading, Role, Source
from scrapers.partial_json import read_cut_json
from storage.model import ChangeClass

from .golden import example_pages, load_answer, read_example

OWN = ("acg-faka", "dujiaoka", "dujiao-next", "zfaka", "qs-faka")


def _values(reading: Reading, kind: FactKind) -> dict[str, str]:
    return {fact.qualifier: fact.value for fact in reading.facts if fact.kind is kind}


@pytest.mark.parametrize("family", OWN)
def test_a_family_has_examples_of_a_list_and_of_goods_that_are_there_and_gone(family: str) -> None:
    answers = [load_answer(page) for page in example_pages() if page.parent.name == family.replace("-", "_")]
    facts = [[fact for fact in answer["facts"] if fact[0]] for answer in answers if isinstance(answer["facts"], list)]
    assert any(len({fact[0] for fact in one}) > 1 for one in facts), "a list"
    for kind, value in (("available", "yes"), ("available", "no")):
        assert any([kind, value] == [fact[1], fact[3]] for one in facts for fact in one), f"{kind} {value}"
    for kind in ("tier_price", "limit", "after_sales", "validity", "original_price", "face_value", "locked"):
        if (family, kind) in (
            ("acg-faka", "original_price"),
            ("acg-faka", "face_value"),
            ("qs-faka", "original_price"),
        ):
            continue  # this software has no such field
        if (family, kind) in (("dujiaoka", "locked"), ("zfaka", "face_value"), ("dujiao-next", "face_value")):
            continue
        assert any(fact[1] == kind for one in facts for fact in one), kind


@pytest.mark.parametrize("page", [p for p in example_pages() if p.parent.name in ("dujiao_next", "qs_faka", "zfaka")])
def test_each_example_belongs_to_one_family_only(page: Path) -> None:
    answer = load_answer(page)
    extra = page.with_suffix(".content.json")
    told = json.loads(extra.read_text("utf-8")).get("answers", []) if extra.exists() else []
    content = PageContent(
        str(answer["url"]), page.read_text("utf-8"), answers=tuple(JsonAnswer(**answer) for answer in told)
    )
    parsed = parse_page(content)
    sure = {family.name for family in FAMILIES if family.recognise(parsed).confidence >= 0.6}
    assert sure == {page.parent.name.replace("_", "-")}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("购满100.00 CNY，每件优惠5.00%", ("7", "15.01")),
        ("购满100 CNY，每件立减1.30", ("7", "14.5")),
        ("购满31.60 CNY，单价降至12.00", ("2", "12")),
        ("每件优惠10%", ("1", "14.22")),
        ("新客专享", None),
        ("购满100，每件优惠100%", None),
    ],
)
def test_a_promotion_from_an_amount_on_becomes_a_unit_price(line: str, expected: tuple[str, str] | None) -> None:
    assert promotion_tier("15.80", line=line) == expected


@pytest.mark.parametrize(
    "variable", ['[{"qty":"5","discount":"0.9"}]', "[{qty:5,discount:0.9}]", "[{'qty':'5','discount':'0.9'}]"]
)
def test_a_discount_ratio_of_zfaka_becomes_a_unit_price(variable: str) -> None:
    html = f"""<body id="zlkbbody"><span class="trade-goodname">木屿月卡</span><span class="trade-price">12.00</span>
    <input type="hidden" id="pid" value="3"><script>var PIFA = {variable};</script></body>"""
    reading = read_page(PageContent("http://x.test/product/3.html", html), role=Role.PRODUCT)
    assert reading.family == "zfaka"
    assert _values(reading, FactKind.TIER_PRICE) == {"5": "10.8"}


def test_a_page_with_a_password_over_it_is_read_and_marked_locked() -> None:
    reading = read_example(next(p for p in example_pages() if p.stem == "locked" and p.parent.name == "zfaka"),
                           "http://bomu.test/product/43.html", "product")  # fmt: skip
    assert _values(reading, FactKind.LOCKED) == {"": "password"}
    assert _values(reading, FactKind.PRICE) == {"": "60"}


def test_answers_alone_give_the_product_with_their_source() -> None:
    row = {"slug": "a", "title": {"zh-CN": "星卡"}, "price_amount": "3.00", "stock_status": "in_stock",
           "fulfillment_type": "auto", "auto_stock_available": 4}  # fmt: skip
    body = json.dumps({"status_code": 0, "data": row})
    bodies = {"products/a": body, "config": '{"status_code":0,"data":{}}'}
    answers = tuple(
        JsonAnswer(f"http://x.test/api/v1/public/{path}", "GET", 200, "", told) for path, told in bodies.items()
    )
    reading = read_page(
        PageContent("http://x.test/products/a", "<div id=app></div>", answers=answers), role=Role.PRODUCT
    )
    assert reading.family == "dujiao-next"
    facts = {fact.kind: (fact.value, fact.source) for fact in reading.facts}
    assert facts[FactKind.PRICE] == ("3", Source.JSON) and facts[FactKind.STOCK] == ("4", Source.JSON)


def test_an_answer_that_was_cut_is_read_up_to_the_cut_and_said_so() -> None:
    assert read_cut_json('{"data":[{"id":1,"name":"甲, {乙}"},{"id":2,"name":"丙') == {
        "data": [{"id": 1, "name": "甲, {乙}"}, {"id": 2}]
    }
    assert read_cut_json("<html>") is None and read_cut_json("") is None and read_cut_json('{"a') == {}
    answer = JsonAnswer("http://x.test/user/api/index/commodity", "GET", 200, "", '{"data":[{"id":1,"na')
    reading = read_page(PageContent("http://x.test/", "<p>店</p>", answers=(answer,)))
    assert any("cut short" in problem for problem in reading.problems)


LEAVES = st.none() | st.text(max_size=6) | st.integers()
NAMES = st.text(max_size=4)
DATA = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3))


@settings(max_examples=60, deadline=None)
@given(DATA, st.integers(0, 200))
def test_a_cut_text_never_raises_and_a_whole_one_is_read_whole(data: object, end: int) -> None:
    text = json.dumps(data)
    read_cut_json(text[:end])
    if isinstance(data, dict | list):
        assert read_cut_json(text) == data


def test_a_promise_under_a_heading_is_taken_whole_and_nothing_else() -> None:
    text = "规格：月卡\n售后说明\n卡密失效 24 小时内补发。\n激活后不退。\n使用教程\n打开网站输入卡密。"
    assert read_after_sales(text) == ("卡密失效 24 小时内补发。 激活后不退。", 1.0)
    assert read_after_sales("规格：月卡\n自动发货，即买即用。") == ("", 0.0)
    assert read_after_sales("质保：7天\n规格：月卡") == ("", 0.0), "a label is a fact of its own"


def test_a_code_to_exchange_is_no_promise_and_a_label_goes_before_loose_lines() -> None:
    assert read_after_sales("兑换码，31天会员。\n兑换码自售出之日起90天内有效。") == ("", 0.0)
    text = "本品售后由商家负责处理。\n【售后】质保期内失效可免费换新。"
    facts = {f.kind: f.value for f in promise_facts(text, "p", "body", Source.TEXT)}
    assert facts[FactKind.AFTER_SALES] == "质保期内失效可免费换新"


def test_a_promise_of_two_lines_that_changes_in_one_is_told_once() -> None:
    shop = """<link href="/assets/luna/css/main.css"><form action="/create-order"><input name="gid" value="9">
    <div class="goods-msg"><div class="goods-name">点券</div><div class="price-num">9.00</div></div></form>
    <div class="intro"><p>售后说明</p><p>卡密失效{days}天内补发。</p><p>激活后的卡不能退换。</p></div>"""
    one, two = (
        read_page(PageContent("http://x.test/buy/9", shop.replace("{days}", days)), role=Role.PRODUCT)
        for days in ("7", "3")
    )
    assert any(fact.kind is FactKind.AFTER_SALES for fact in one.facts)
    differences = compare_readings(one, two, role=Role.PRODUCT)
    assert [difference.change_class for difference in differences] == [ChangeClass.RULE]


def test_a_notice_to_buyers_in_a_description_is_a_block_of_its_own() -> None:
    block = Block(
        BlockKind.DESCRIPTION,
        "规格：月卡\n【购买须知】售出不退！\n请核对账号。\n使用教程\n打开网站。",
        "详情",
        "p:1",
        Author.PLATFORM,
    )
    parts = part_prompts([block])
    assert [(part.kind, part.heading, part.text) for part in parts] == [
        (BlockKind.DESCRIPTION, "详情", "规格：月卡\n使用教程\n打开网站。"),
        (BlockKind.PROMPT, "购买须知", "【购买须知】售出不退！\n请核对账号。"),
    ]
    assert {part.author for part in parts} == {Author.PLATFORM}


def test_a_gate_for_wechat_is_no_product() -> None:
    page = next(p for p in example_pages() if p.stem == "gate")
    reading = read_example(page, "http://haijiao.test/buy/7", "product")
    assert reading.family == "dujiaoka" and not reading.facts and not reading.blocks
    assert any("another browser" in problem for problem in reading.problems)


CARD = '<div class="group"><h3>卡</h3><b class="theme-price-sm">1 CNY</b></div>'
QS = '<meta content="骑士寄售"><div class="shop-main-content">'
HOSTILE = {
    "tiers": '<body id="zlkbbody"><input id="pid" value="1"><script>var PIFA = [' + "{qty:1," * 30_000 + "</script>",
    "cards": '<a href="https://github.com/dujiao-next">x</a>' + CARD * 3_000,
    "nested": '<div class="theme-prose">' * 3_000 + "售后",
    "items": QS + '<div class="goods-item"><h4 class="goods-name">卡</h4></div>' * 3_000,
    "promises": QS + '<div class="description-section">' + "<p>售后" * 20_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_of_these_families_are_read_in_bounded_time(name: str) -> None:
    body = '{"data":{"shop":{},"goods":[' + '{"name":"卡","wholesale_discount_list":[{"num":"9' * 20_000
    answers = tuple(
        JsonAnswer(f"http://x.test{path}", "POST", 200, "", body)
        for path in ("/shop", "/api/v1/public/products", "/product/get", "/user/api/index/commodity")
    )
    started = time.process_time()
    reading = read_page(PageContent("http://x.test/links/A", HOSTILE[name], answers=answers), role=Role.PRODUCT)
    assert time.process_time() - started < 6
    assert len(reading.facts) <= 20_000 and len(reading.blocks) <= 600
