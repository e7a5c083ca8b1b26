"""Pages made to harm the reader of identifiers: bounded time, nothing raised, what is genuine still read."""

from __future__ import annotations

import logging
import time

import pytest

from scrapers.identifiers.text import MAX_OF_KIND, find_identifiers
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


def test_of_a_list_of_contacts_the_first_fifty_are_kept_and_the_rest_is_counted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    lines = "".join(f"<p>客服QQ：{300000000 + number}</p>" for number in range(400))
    with caplog.at_level(logging.WARNING):
        found = find_identifiers(PageContent("https://shop.test/", f"<body>{lines}<p>粤ICP备19283746号</p>"))
    assert [one.value for one in found if one.kind == "qq"] == [
        str(300000000 + number) for number in range(MAX_OF_KIND)
    ]
    assert "icp" in {one.kind for one in found}, "a flood of one kind hides no other"
    assert "350 further values of kind qq" in caplog.text


@pytest.mark.parametrize(
    "line", ["<p>客服QQ：{}</p>", '<a href="https://t.me/abc{}">x</a>', "<p>版权所有：深圳市{}某某科技有限公司</p>"]
)
def test_a_page_of_many_values_costs_no_more_than_its_length(line: str) -> None:
    def cost(count: int) -> float:
        page = PageContent("https://shop.test/", "<body>" + "".join(line.format(3000000 + n) for n in range(count)))
        start = time.process_time()
        find_identifiers(page)
        return time.process_time() - start

    def least(count: int) -> float:  # a collection of the whole test process's garbage is no cost of a page
        return min(cost(count) for _ in range(3))

    cost(100)
    assert least(12_000) < 8 * max(least(3_000), 0.05), "four times the length is no sixteen times the work"
