"""Bytes become the right characters, and pages the text that a person reads."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.text import bound_html, decode_html, readable_text

CHINESE = "<p>售后：卡密无效，7天内补发。㎡ 镕</p>"


def _page(*metas: str) -> str:
    head = "".join(f'<meta charset="{meta}">' for meta in metas)
    return f"<html><head>{head}</head><body>{CHINESE}</body></html>"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("metas", [("gb2312", "utf-8"), ("utf-8", "gb2312"), ("gbk",), ("utf-8",), ("iso-8859-1",), ()])
@pytest.mark.parametrize("header", ["text/html", "text/html; charset=gb2312", "text/html; charset=utf-8"])
def test_whatever_header_and_metas_say_the_bytes_decide(encoding: str, metas: tuple[str, ...], header: str) -> None:
    page = _page(*metas)
    assert decode_html(page.encode(encoding), header) == page


def test_gb2312_is_read_as_its_superset() -> None:
    page = _page("gb2312")
    assert "镕" in decode_html(page.encode("gbk"), "text/html; charset=gb2312")


def test_a_byte_order_mark_goes_before_all_else() -> None:
    assert decode_html("﻿退款".encode(), "text/html; charset=gbk") == "退款"
    assert decode_html("退款".encode("utf-16"), "text/html; charset=utf-8") == "退款"


def test_one_broken_byte_does_not_turn_a_page_into_another_charset() -> None:
    data = (_page("utf-8") + CHINESE * 20).encode()
    broken = data[:-30] + b"\xff" + data[-30:]
    assert "7天内补发" in decode_html(broken, "")
    cut = _page("gbk").encode("gbk")[:-25]
    assert "7天内" in decode_html(cut, "text/html; charset=gbk")


@pytest.mark.parametrize("name", ["rot13", "base64", "no-such-charset", "undefined", "idna", "zlib"])
def test_a_charset_that_is_none_is_passed_over(name: str) -> None:
    assert "7天内补发" in decode_html(_page(name).encode(), f"text/html; charset={name}")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.text(max_size=40))
def test_decoding_and_reading_never_raise(data: bytes, content_type: str) -> None:
    readable_text(decode_html(data, content_type))


def test_blocks_stand_on_lines_of_their_own_and_scripts_do_not_show() -> None:
    html = """<body><script>var x="不要"</script><style>p{}</style><template>不要</template><noscript>不要</noscript>
    <h2>公告</h2><div>第一<b>条</b><br>第二条</div><ul><li>甲</li><li>乙</li></ul>
    <table><tr><td>名称</td><td>库存</td></tr></table><details><summary>更多</summary>合上的话</details>
    <img alt="图中字"><p>  前后
    空格\u200b　</p></body>"""
    assert readable_text(html).split("\n") == [
        *("公告", "第一条", "第二条", "甲", "乙", "名称 库存", "更多", "合上的话", "前后 空格")
    ]


def test_preserved_line_breaks_stay() -> None:
    html = "<pre>一\n二</pre><div style='white-space: pre-line'>三\n四</div><div>五\n六</div>"
    assert readable_text(html).split("\n") == ["一", "二", "三", "四", "五 六"]


HOSTILE = {
    "nested": "<div>" * 200_000 + "到底",
    "formatting": "<p><font>" * 100_000 + "到底",
    "tables": "<table><tr><td>" * 20_000 + "到底",
    "options": "<select>" + "<option>x" * 50_000,
    "attributes": "<a " + " ".join(f"x{i}=1" for i in range(100_000)) + ">到底",
    "attributes without an end": "<a " + " ".join(f"x{i}=1" for i in range(200_000)),
    "attributes behind a <": '<a x="<" ' + " ".join(f"x{i}=1" for i in range(60_000)) + ">到底",
    "attributes behind a >": '<a x=">" ' + " ".join(f"x{i}=1" for i in range(60_000)) + ">到底",
    "attributes behind a comment": '<!--<a x="--><p ' + " ".join(f"x{i}=1" for i in range(60_000)) + '>到底"',
    "attributes behind a script": "<script>'<a x=\"'</script><p "
    + " ".join(f"x{i}=1" for i in range(60_000))
    + '>到底"',
    "attributes behind quotes": '<a x=b" y=\'<\' z="<" ' + " ".join(f"x{i}=1" for i in range(60_000)) + ">到底",
    "open attribute": '<a b="' * 300_000,
    "open comment": "<!--" * 300_000,
    "open script": "<script>" * 300_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_markup_is_read_in_bounded_time(name: str) -> None:
    started = time.process_time()
    text = readable_text(HOSTILE[name])
    assert time.process_time() - started < 5
    assert len(text) <= 2_000_000


@pytest.mark.parametrize("unit", ["<!--", "<meta ", "<meta charset=", "charset="])
def test_hostile_heads_are_decoded_in_bounded_time(unit: str) -> None:
    started = time.process_time()
    assert "售后" in decode_html((unit * 30_000 + "售后").encode(), "text/html")
    assert time.process_time() - started < 1.5


def test_a_usual_page_is_not_touched_by_the_bounds() -> None:
    html = "<ul>" + "<li>商品<span>¥1</span>" * 3000 + "</ul>"
    assert bound_html(html) == html
    data = "<div data-page='" + '{"a": "1 > 2"}, ' * 2000 + "'>商品</div><svg><path d=\"" + "1 2 " * 3000 + '"></svg>'
    assert bound_html(data) == data
