"""What a visitor saw and what he could not see are told apart."""

from __future__ import annotations

from dataclasses import replace

from scrapers.extract import read_page
from scrapers.model import BlockKind, PageContent, Role, Source

PAGE = """<body><h1>白鹭月卡</h1><span class="price">¥12</span>
<h2>售后说明</h2><div><p>七天内补发。</p><p class="tiny">补发以一次为限。</p></div>
<div id="note" class="modal fade"><h4>购买须知</h4><div>付款后不退。</div></div></body>"""
URL = "http://bailu.test/item/3"


def _blocks(content: PageContent) -> dict[str, Source]:
    reading = read_page(content, role=Role.PRODUCT)
    return {line: block.source for block in reading.blocks for line in block.text.split("\n") if block.text}


def test_text_that_the_browser_did_not_show_is_hidden_even_without_a_mark_in_the_page() -> None:
    seen = PageContent(URL, PAGE, text="白鹭月卡\n¥12\n售后说明\n七天内补发。")
    assert _blocks(seen) == {
        "七天内补发。": Source.TEXT,
        "补发以一次为限。": Source.HIDDEN,
        "付款后不退。": Source.HIDDEN,
    }


def test_what_a_pop_up_showed_is_marked_as_pop_up() -> None:
    seen = PageContent(URL, PAGE, text="七天内补发。\n补发以一次为限。", popups=("购买须知\n付款后不退。",))
    assert _blocks(seen)["付款后不退。"] is Source.POPUP


def test_a_pop_up_that_is_nowhere_in_the_page_any_more_is_a_block() -> None:
    seen = PageContent(URL, PAGE, text="七天内补发。", popups=("平台公告\n即日起售后时间缩短为3天。",))
    reading = read_page(seen, role=Role.PRODUCT)
    notice = next(block for block in reading.blocks if block.kind is BlockKind.NOTICE)
    assert (notice.heading, notice.text, notice.source) == ("平台公告", "即日起售后时间缩短为3天。", Source.POPUP)
    assert "即日起售后时间缩短为3天。" in reading.text


def test_without_a_browser_the_markup_tells_what_is_hidden() -> None:
    assert _blocks(PageContent(URL, PAGE)) == {
        "七天内补发。": Source.TEXT,
        "补发以一次为限。": Source.TEXT,
        "付款后不退。": Source.HIDDEN,
    }
    opened = PAGE.replace('class="modal fade"', 'class="modal fade show"')
    assert _blocks(PageContent(URL, opened))["付款后不退。"] is Source.POPUP


def test_a_line_that_the_browser_broke_in_two_is_still_seen() -> None:
    seen = PageContent(URL, PAGE, text="七天\n内补发。\n补发以一次\n为限。")
    assert _blocks(seen)["补发以一次为限。"] is Source.TEXT


def test_a_description_that_became_a_picture_shows_as_pictures_without_text() -> None:
    words = '<body><h1>白鹭月卡</h1><h3>商品描述</h3><div class="d"><p>七天内补发。</p></div></body>'
    picture = words.replace("<p>七天内补发。</p>", '<img src="/up/rule.png?v=1">')
    before, after = (read_page(PageContent(URL, page), role=Role.PRODUCT).blocks[0] for page in (words, picture))
    assert (before.text, before.images) == ("七天内补发。", ())
    assert (after.text, after.images) == ("", ("http://bailu.test/up/rule.png",))


def test_goods_of_another_tab_are_no_notice() -> None:
    seen = PageContent(URL, PAGE, text="七天内补发。", popups=("白鹭季卡\n¥33\n库存：4",))
    assert not [b for b in read_page(seen, role=Role.PRODUCT).blocks if b.kind is BlockKind.NOTICE]


def test_a_shadow_tree_is_part_of_the_page() -> None:
    html = """<body><shop-card><template shadowrootmode="open"><h1>白鹭月卡</h1><p>库存：5</p></template></shop-card>
    <template><p>库存：9</p></template></body>"""
    reading = read_page(PageContent(URL, html), role=Role.PRODUCT)
    assert [(f.kind, f.value) for f in reading.facts if f.kind in ("name", "stock")] == [
        ("name", "白鹭月卡"),
        ("stock", "5"),
    ]
    assert reading.text == "白鹭月卡\n库存：5"


def test_selectors_of_the_configuration_choose_what_is_read() -> None:
    content = PageContent(URL, PAGE, text="白鹭月卡\n七天内补发。\n补发以一次为限。")
    removed = read_page(content, role=Role.PRODUCT, remove=(".tiny", "#note"))
    assert "补发以一次为限" not in removed.text
    assert all("补发以一次为限" not in block.text for block in removed.blocks)
    kept = read_page(replace(content, text=""), role=Role.PRODUCT, keep=("h2 + div",))
    assert kept.text == "七天内补发。\n补发以一次为限。"


def test_frames_are_read_with_the_page() -> None:
    from scrapers.model import FrameContent

    frame = FrameContent("http://bailu.test/notice", "<h3>平台公告</h3><p>充值错误概不退款。</p>")
    reading = read_page(PageContent(URL, "<p>商品</p>", frames=(frame,)), role=Role.HOME)
    assert [block.text for block in reading.blocks if block.kind is BlockKind.NOTICE] == ["充值错误概不退款。"]
    assert "充值错误概不退款" in reading.text


def test_no_heading_of_the_terms_is_lost() -> None:
    html = "<main><h2>第一章 总则</h2><h3>第一节 退款</h3><p>七天内可退。</p><h2>第二章 概不退换</h2></main>"
    blocks = read_page(PageContent("http://bailu.test/terms", html), role=Role.TERMS).blocks
    assert [(block.heading, block.text) for block in blocks] == [
        *(("", "第一章 总则"), ("第一节 退款", "七天内可退。"), ("", "第二章 概不退换"))
    ]
