"""Redirects as a page without a browser tells them: saved files, and what a page would do after a while."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scrapers.identifiers.moves import find_redirects
from scrapers.identifiers.page_hops import find_page_hops
from scrapers.model import Capture, Origin, Outcome, PageContent, Vantage

AT = datetime(2026, 11, 1, tzinfo=UTC)
HOME = "https://www.kamao-old.com/"
WORDS = "<p>" + "本店出售各类游戏点卡，自动发货，售后七天内包补发，请联系客服处理。" * 8 + "</p>"


def hops(dom: str) -> list[tuple[str, str]]:
    return [(hop.kind, hop.target) for hop in find_page_hops(PageContent(HOME, dom))]


@pytest.mark.parametrize(
    ("dom", "told"),
    [
        ('<meta http-equiv="refresh" content="5; url=https://b.com/x">', [("meta", "https://b.com/x")]),
        ("<META HTTP-EQUIV=Refresh CONTENT='0;URL=\"https://b.com/\"'>", [("meta", "https://b.com/")]),
        ('<meta content="1;url=//b.com/a&amp;c" http-equiv="refresh">', [("meta", "https://b.com/a&c")]),
        ('<meta http-equiv="refresh" content="86400;url=https://b.com/">', []),
        ('<meta http-equiv="refresh" content="30">', []),
        ("<script>top.location='https://b.com/?a=1'</script>", [("script_in_source", "https://b.com/?a=1")]),
        ('<script>self.location.replace("https:\\/\\/b.com\\/")</script>', [("script_in_source", "https://b.com/")]),
        ("<script>window.open('https://b.com/')</script>", [("script_in_source", "https://b.com/")]),
        (f"{WORDS}<script>function pay(){{location.href='https://b.com/'}}</script>", []),
        ('<script>if (location.href == "https://b.com/") {}</script>', []),
        ('<frameset rows="100%"><frame src="https://b.com/"></frameset>', [("iframe", "https://b.com/")]),
        ('<iframe src="https://b.com/" width="100%" height="100%"></iframe>', [("iframe", "https://b.com/")]),
        ('<iframe src="https://b.com/" id="whole"></iframe>', [("iframe", "https://b.com/")]),
        ('<iframe src="https://b.com/" width="1" height="1"></iframe>', []),
        ('<iframe src="https://b.com/" style="display:none"></iframe>', []),
        ('<iframe src="https://googletagmanager.com/ns.html" style="width:100%;height:100%"></iframe>', []),
        ('<iframe src="/inner" style="width:100%;height:100%"></iframe>', []),
        (f'{WORDS}<iframe src="https://b.com/" width="100%" height="100%"></iframe>', []),
    ],
)
def test_a_page_that_would_send_on_is_told_and_a_page_with_words_is_not(dom: str, told: list[tuple[str, str]]) -> None:
    assert hops(dom) == told


def redirects(url: str, final: str, dom: str = "<p>x</p>") -> list[tuple[str, str]]:
    capture = Capture("c", url, final, Vantage(), AT, AT, Outcome.COMPLETE, origin=Origin.IMPORTED)
    return [(one.block, one.value) for one in find_redirects(capture, PageContent(final, dom))]


def test_a_saved_page_that_ended_elsewhere_says_so() -> None:
    assert redirects("http://kamao-old.com/", "https://kamao-new.net/") == [("kamao-old.com", "kamao-new.net")]
    assert redirects("http://kamao-old.com/", "https://www.kamao-old.com/") == []


@pytest.mark.parametrize("target", ["https://www.baidu.com/", "https://t.cn/A6x", "https://mp.weixin.qq.com/s/x"])
def test_a_search_engine_or_a_big_platform_is_no_target(target: str) -> None:
    assert redirects("http://kamao-old.com/", target) == []


def test_an_address_can_be_a_target() -> None:
    assert redirects("http://kamao-old.com/", "http://45.76.2.2/") == [("kamao-old.com", "45.76.2.2")]
