"""Pages made to harm the reader of identifiers: bounded time, nothing raised, what is genuine still read."""

from __future__ import annotations

import time

import pytest

from scrapers.identifiers.text import find_identifiers
from scrapers.model import FrameContent, JsonAnswer, PageContent

_END = "<footer>粤ICP备20431765号-1</footer>"


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 15_000 + "</div>" * 15_000 + _END,
        "<a " + "b=c " * 60_000 + ">x</a>" + _END,
        "<p>" + "QQ：" * 60_000 + "</p>" + _END,
        "<p>" + "1 2 3 4 5 6 7 8 9 " * 15_000 + "</p>" + _END,
        "<p>" + "有限公司" * 50_000 + "</p>" + _END,
        "<p>" + "(" * 100_000 + "公司</p>" + _END,
        "<p>" + "网站由" * 60_000 + "有限公司</p>" + _END,
        "<p>" + "a@" * 90_000 + "</p>" + _END,
        "<script>" + "'" * 90_000 + "</script>" + _END,
        "<script>" + "\\u4e2d" * 30_000 + "/*" * 30_000 + "</script>" + _END,
        "<script>" + "pid=1&" * 20_000 + "//a/submit.php" * 3000 + "</script>" + _END,
        "<!--" + "粤ICP备" * 30_000 + "-->" + _END,
        "<ul>" + "<li>用户评价</li>" * 4000 + "</ul>" + _END,
        "<p>" + "公\u200b网\u200b安\u200b备" * 20_000 + "</p>" + _END,
        "<p>收款方：" + "向" * 80_000 + "</p>" + _END,
        "<p>\x00\ufffe\U0010ffff" + "&#xD800;" * 1000 + "</p>" + _END,
    ],
)
def test_a_page_made_to_cost_time_is_read_in_bounded_time(html: str) -> None:
    started = time.process_time()
    found = find_identifiers(PageContent(url="https://shop.haoka.cn/", dom=html))
    assert time.process_time() - started < 4
    assert ("icp", "粤ICP备20431765号-1") in {(each.kind, each.value) for each in found}


def test_a_page_with_nothing_gives_nothing() -> None:
    for html in ("", " ", "<", "<!doctype html>", "\x00" * 100, "纯文字没有标记"):
        assert find_identifiers(PageContent(url="", dom=html)) == ()


def test_broken_frames_and_answers_do_not_hide_the_page() -> None:
    content = PageContent(
        url="https://shop.haoka.cn/",
        dom=_END,
        frames=(FrameContent("http://[broken", "<p>QQ：273190846</p>"), FrameContent("", "")),
        answers=(JsonAnswer("https://x/", "GET", 200, "", '{"a":"\\ud83d\\ude00 \\ud800","qq":"584021973"'),),
    )
    found = {(each.kind, each.value) for each in find_identifiers(content)}
    assert {("icp", "粤ICP备20431765号-1"), ("qq", "273190846"), ("qq", "584021973")} <= found


def test_what_is_shown_can_be_written_as_utf_8() -> None:
    html = '<script>var a="\\ud800客服QQ：273190846";</script>'
    found = find_identifiers(PageContent(url="https://shop.haoka.cn/", dom=html))
    assert [each.value for each in found] == ["273190846"]
    "".join(each.shown + each.where + each.value for each in found).encode("utf-8")
