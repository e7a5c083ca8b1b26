"""彩虹, card-system and classic 卡盟: broken escapes, huge lists, nested tables, wrong charsets, frames and locks."""

from __future__ import annotations

import json
import time

import pytest

from scrapers.extract import read_page
from scrapers.families.caihong import read_tiers, unescape
from scrapers.families.card_system import read_rich_text
from scrapers.families.locks import lock_in
from scrapers.model import Author, BlockKind, FactKind, FrameContent, JsonAnswer, PageContent, Reading, Role, Source
from scrapers.text import decode_html

OPTION = '<option value="{n}" price="{n}.50" stock="9" close="0" desc="%u8BF4%u660E{n}">商品{n}号</option>'


def _values(reading: Reading, kind: FactKind) -> dict[str, str]:
    return {fact.subject + fact.qualifier: fact.value for fact in reading.facts if fact.kind is kind}


@pytest.mark.parametrize(
    ("escaped", "text"),
    [
        ("%u9000%u6B3E", "退款"),
        ("50%25%20off", "50% off"),
        ("%uD83D%uDE00", "😀"),
        ("%E9%80%80%E6%AC%BE", "退款"),
        ("%u12 %zz %u9000%", "%u12 %zz 退%"),
        ("%uD83D", "\ufffd"),
        ("caf%E9", "café"),
    ],
)
def test_escaped_texts_are_read_and_broken_escapes_stay(escaped: str, text: str) -> None:
    assert unescape(escaped) == text
    unescape(escaped).encode("utf-8")


def test_both_ways_of_writing_tiers_give_unit_prices() -> None:
    assert read_tiers("10%24.90|100%19.90", "29.9") == (("10", "24.9"), ("100", "19.9"))
    assert read_tiers("10|1.5,100|3", "29.9") == (("10", "28.4"), ("100", "26.9"))
    assert read_tiers("|,x|y,10|,5%", "29.9") == () and read_tiers("10|40", "29.9") == ()


def test_a_huge_list_of_options_is_read_in_bounded_time_and_says_what_it_left_out() -> None:
    html = '<select id="tid">' + "".join(OPTION.format(n=n) for n in range(1, 2600)) + "</select>"
    started = time.process_time()
    reading = read_page(PageContent("http://x.test/", html), role=Role.HOME)
    assert time.process_time() - started < 6
    assert reading.family == "caihong" and 1400 <= len(_values(reading, FactKind.NAME)) <= 2000
    assert any("too big" in problem or "the rest was not read" in problem for problem in reading.problems)


def test_only_the_product_of_the_address_is_read_on_its_page() -> None:
    html = '<select id="tid">' + OPTION.format(n=4) + OPTION.format(n=5) + "</select>"
    reading = read_page(PageContent("http://x.test/?cid=1&tid=5", html), role=Role.PRODUCT)
    assert _values(reading, FactKind.PRICE) == {"tid:5": "5.5"}
    assert [(b.subject, b.text) for b in reading.blocks if b.kind is BlockKind.DESCRIPTION] == [("tid:5", "说明5")]


def test_a_text_of_an_attribute_that_was_seen_counts_as_shown() -> None:
    html = '<div id="anounce"><p>公告在此</p></div><select id="tid">' + OPTION.format(n=4) + "</select>"
    unseen = read_page(PageContent("http://x.test/", html, text="公告在此"), role=Role.HOME)
    seen = read_page(PageContent("http://x.test/", html, text="公告在此\n说明4"), role=Role.HOME)
    popped = read_page(PageContent("http://x.test/", html, text="公告在此", popups=("说明4",)), role=Role.HOME)
    assert [
        next(block.source for block in reading.blocks if block.text == "说明4") for reading in (unseen, seen, popped)
    ] == [Source.ATTRIBUTE, Source.TEXT, Source.POPUP]


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ('{"ops":[{"insert":"第一行\\n第二行\\n"},{"insert":{"image":"x"}}]}', "第一行\n第二行"),
        ("<p>甲</p><p>乙</p>", "甲\n乙"),
        ("{不是数据", "{不是数据"),
        ("", ""),
    ],
)
def test_a_description_is_readable_however_it_is_written(told: str, text: str) -> None:
    assert read_rich_text(told) == text


def test_hundredths_are_told_from_yuan_by_what_the_page_shows() -> None:
    def price(amount: object, text: str) -> str:
        config = {"shop": {"name": "a", "qq": "1", "ann": ""}, "categories": [], "pays": []}
        row = {"id": 1, "name": "商品甲", "price": amount, "count": 1}
        config["product"] = row
        html = f"<p>{text}</p><script>var config = {json.dumps(config)}</script>"
        reading = read_page(PageContent("http://x.test/p/1", html), role=Role.PRODUCT)
        return _values(reading, FactKind.PRICE)["p:1"]

    assert price(1990, "¥19.90") == "19.9"
    assert price(1990, "¥1990") == "1990"
    assert price("19.90", "商品") == "19.9"
    assert price(1990, "商品") == "19.9"


def test_a_locked_category_and_broken_answers_are_told_not_guessed() -> None:
    config = {"shop": {"name": "a", "ann": "", "qq": ""}, "categories": [{"id": 1, "name": "内部", "password_open": 1}]}
    html = f"<script>var config = {json.dumps(config)}</script>"
    answers = tuple(
        JsonAnswer("http://x.test/api/shop/product", "POST", 200, "", body)
        for body in ("", "[]", '{"data":{"id":[]}}', '{"data":[1,null,{"id":7}]}', "{" * 5000)
    )
    reading = read_page(PageContent("http://x.test/c/1", html, answers=answers), role=Role.HOME)
    assert reading.family == "card-system"
    assert any("locked by a password" in problem for problem in reading.problems)
    assert not _values(reading, FactKind.PRICE)


def test_goods_in_a_frame_are_those_of_the_page() -> None:
    frame = """<table><tr><td>编号</td>
    <td>商品名称</td><td>面值</td><td>购价</td><td>库存状态</td><td>购买类型</td></tr>
    <tr><td>7001</td><td>春江点卡</td><td>10元</td><td>9.875</td><td>12</td><td>卡密</td></tr>
    <tr><td>7002</td><td>春江月卡</td><td>30元</td><td>请先登录</td><td>暂停销售</td><td>直充</td></tr></table>"""
    outer = "<html><frameset cols='180,*'><frame name='left'><frame name='frame_content'></frameset></html>"
    content = PageContent("http://x.test/main.asp", outer, frames=(FrameContent("http://x.test/list.asp", frame),))
    reading = read_page(content, role=Role.HOME)
    assert reading.family == "kameng"
    assert _values(reading, FactKind.PRICE) == {"no:7001": "9.875"}
    assert _values(reading, FactKind.LOCKED) == {"no:7002": "login"}
    assert _values(reading, FactKind.AVAILABLE) == {"no:7001": "yes", "no:7002": "no"}


def test_the_introduction_in_a_dialogs_frame_belongs_to_the_product() -> None:
    page = """<title>春江卡盟</title>
    <table><tr><td>商品编号</td><td>7001</td></tr><tr><td>商品名称</td><td>春江点卡</td></tr>
    <tr><td>面值</td><td>10元</td></tr><tr><td>购价</td><td>9.875</td></tr><tr><td>库存状态</td><td>充足</td></tr>
    <tr><td>供货商</td><td>江北数卡</td></tr></table><iframe name="frame_content"></iframe>"""
    frame = "<body><p>激活后三天内质保，人为损坏不换。</p></body>"
    content = PageContent("http://x.test/buy.asp?id=7001", page, frames=(FrameContent("http://x.test/js.asp", frame),))
    reading = read_page(content, role=Role.PRODUCT)
    described = [(b.subject, b.text) for b in reading.blocks if b.kind is BlockKind.DESCRIPTION]
    assert described == [("no:7001", "激活后三天内质保，人为损坏不换。")]
    assert _values(reading, FactKind.SUPPLIER) == {"no:7001": "江北数卡"}


@pytest.mark.parametrize(
    ("heading", "text", "kind", "author"),
    [
        ("供货商相关说明", "卡密错误请当日反馈，本店包换。", BlockKind.PROMPT, Author.MERCHANT),
        ("供货商相关说明", "各供货商提现须满100元。", BlockKind.OTHER, Author.PLATFORM),
        ("提现变更通知", "手续费自下月起为百分之三。", BlockKind.OTHER, Author.PLATFORM),
        ("规则变更", "买家投诉时限改为24小时。", BlockKind.TERMS, Author.PLATFORM),
        ("平台公告", "点卡类售出不退。", BlockKind.NOTICE, Author.PLATFORM),
    ],
)
def test_rules_for_suppliers_are_kept_apart_from_rules_for_buyers(
    heading: str, text: str, kind: BlockKind, author: Author
) -> None:
    html = f"""<title>春江卡盟</title><h3>{heading}</h3><p>{text}</p>
    <table><tr><th>编号</th><th>商品名称</th><th>面值</th>
    <th>购价</th></tr><tr><td>1</td><td>甲卡</td><td>10元</td><td>9</td></tr><tr><td>2</td><td>乙卡</td><td>9元</td>
    <td>8</td></tr></table>"""
    reading = read_page(PageContent("http://x.test/list.asp", html), role=Role.HOME)
    assert [(b.kind, b.author) for b in reading.blocks if b.text == text] == [(kind, author)]


@pytest.mark.parametrize("declared", ["gb2312", "utf-8", "iso-8859-1"])
@pytest.mark.parametrize("written", ["gb18030", "utf-8"])
def test_a_charset_that_lies_does_not_spoil_the_goods(declared: str, written: str) -> None:
    row = "<tr><td>{n}</td><td>一卡通{n}型</td><td>30元</td><td>28.7{n}</td><td>充足</td></tr>"
    html = f"""<meta charset="{declared}"><body><p>公告</p></body><body>
    <table><tr><td>编号</td><td>商品名称</td><td>面值</td>
    <td>购价</td><td>库存状态</td></tr>{row.format(n=1)}{row.format(n=2)}</table></body>"""
    dom = decode_html(html.encode(written), f"text/html; charset={declared}")
    reading = read_page(PageContent("http://x.test/list.asp", dom, source_html=dom), role=Role.HOME)
    assert _values(reading, FactKind.NAME) == {"no:1": "一卡通1型", "no:2": "一卡通2型"}
    assert _values(reading, FactKind.PRICE) == {"no:1": "28.71", "no:2": "28.72"}


def test_nested_tables_of_layout_do_not_hide_the_table_of_goods() -> None:
    inner = """<table>
    <tr><td>编号</td><td>商品名称</td><td>购价</td><td>库存状态</td></tr><tr><td>1</td><td>甲卡</td><td>9</td>
    <td>3</td></tr><tr><td>2</td><td>乙卡</td><td>8</td><td>0</td></tr></table>"""
    html = "<table><tr><td>" * 12 + inner + "</td></tr></table>" * 12
    reading = read_page(PageContent("http://x.test/list.asp", html), role=Role.HOME)
    assert _values(reading, FactKind.PRICE) == {"no:1": "9", "no:2": "8"}


@pytest.mark.parametrize(
    ("text", "lock"),
    [
        *[("登录后可见", "login"), ("请先登录", "login"), ("登陆后查看价格", "login"), ("仅限VIP会员购买", "level")],
        *[("等级不足", "level"), ("请输入商品密码", "password"), ("登錄後可見", "login")],
        *[("28.5", ""), ("登录密码忘了可以找客服重新设置，请提供订单号和付款截图以便核实身份", "")],
    ],
)
def test_a_text_in_the_place_of_a_price_says_what_locks_it(text: str, lock: str) -> None:
    assert lock_in(text) == lock
