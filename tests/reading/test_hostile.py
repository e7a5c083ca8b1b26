"""Whatever a page contains, it is read in bounded time and never raises."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.extract import read_page
from scrapers.model import JsonAnswer, PageContent, Role

CARD = "<div class=card><h3>商品{n}号</h3><span class=price>¥{n}</span><a href=/buy/{n}>买</a></div>"
PAGES = {
    "cards": "".join(CARD.format(n=number) for number in range(800)),
    "prices": "<p>" + "¥1 " * 50_000,
    "labels": "<p>" + "库存：" * 50_000,
    "digits": "<p>" + "1" * 1_000_000,
    "rules": "售后" * 200_000,
    "mail": "<footer>" + "a." * 100_000 + "@",
    "headings": "<h2>公告</h2>" * 4_000,
    "titles": "<div class=title>公告</div><p>x</p>" * 3_000,
    "links": "<div>" + "<a href=x>a</a>" * 5_000 + "</div>",
    "rows": "<table>" + "<tr><td>商品名称</td><td>价格</td></tr>" * 2_000,
    "nested": "<div class=title>" * 5_000 + "公告",
    "nested tables": "<table><tr><td>" * 5_000,
    "script": "<script>setVar('_var_item', " + "[" * 100_000 + "</script>",
    "json-ld": '<script type="application/ld+json">' + '[{"@graph":' * 50_000 + "</script>",
    "tiers": "<p>" + "满10件" * 40_000,
    "limits": "<p>" + "购买数量最多" * 30_000,
    "levels": "<p>" + "金牌代理" * 40_000,
    "variables": "<script>" + "var a=1," * 50_000 + "</script>",
    "assignments": "<script>" + "a = {\n" * 30_000 + "</script>",
    "answers in a script": "<script>window.x=" + '[{"name":"a","price":1,"stock":[' * 20_000 + "</script>",
    "choices": "<select>" + "".join(f"<option data-price={n}>月卡{n}</option>" for n in range(2_900)) + "</select>",
    "badges": "<span>质保30天|自动发货|限购5件</span>" * 5_000,
    "discounts": "<table><tr><th>数量</th><th>折扣</th></tr>" + "<tr><td>10</td><td>9折</td></tr>" * 5_000 + "</table>",
    "goods": "<script>var goodsMsg = " + '[{"goods":[' * 30_000 + "</script><a href='/assets/luna/'></a>",
}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", [Role.PRODUCT, Role.TERMS])
def test_a_hostile_page_is_read_in_bounded_time(name: str, role: Role) -> None:
    started = time.process_time()
    reading = read_page(PageContent("http://evil.test/item/1", PAGES[name]), role=role)
    assert time.process_time() - started < 6
    assert len(reading.facts) <= 20_000 and len(reading.blocks) <= 600


def test_a_page_that_was_cut_says_so() -> None:
    reading = read_page(PageContent("http://evil.test/", "<div>" * 5000 + "深处"))
    assert any("too big or nested" in problem for problem in reading.problems)


PIECES = """<div class=title>|公告|</div>|<table>|<tr>|<td>|价格|¥12|库存：3|<h1>|</h1>|<p>|<a href='//[bad'>|<dt>|<dd>
|<a href='?gid=1'>|<img src='data:x'>|<!--|-->|<script>|\x00|<input name=gid>|<form action=create-order>|&#x110000;
|<div class='goods-box'>|<div id=pjax-container>|<div class='item-list'><a data-id=1>|<div class=abacus>|<div hidden>
|setVar('_var_item',{|</script>"""
MARKUP = st.lists(st.sampled_from(PIECES.split("|")), max_size=40).map("".join)


@settings(max_examples=80, deadline=None)
@given(MARKUP, st.sampled_from([None, *Role]), st.text(max_size=20), st.text(max_size=30))
def test_reading_never_raises(html: str, role: Role | None, path: str, body: str) -> None:
    answers = tuple(
        JsonAnswer(f"http://x.test/user/api/index/{end}", "POST", 200, path, text)
        for end in ("commodity", "commodityDetail", "valuation", "stock")
        for text in (body, '{"data":[1,{"id":[]}]}', '{"data":{"price":{},"stock":true,"config":[1]}}')
    )
    content = PageContent(
        f"http://x.test/{path}", html, text=body, popups=(body,), answers=answers, cookies=("ACG-SHOP",)
    )
    reading = read_page(content, role=role)
    keys = [(fact.subject, fact.kind, fact.qualifier) for fact in reading.facts]
    assert len(keys) == len(set(keys))
