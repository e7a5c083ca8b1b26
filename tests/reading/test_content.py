"""A capture becomes what a reader takes, whether a browser saw the page or a file was brought in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from scrapers.content import content_of
from scrapers.extract import read_page
from scrapers.model import Capture, Exchange, FactKind, Origin, Outcome, Role, Vantage, View, ViewKind

AT = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
HTML = "<html><head><meta charset='utf-8'></head><body><h1>鹭岛点卡</h1><b>￥30.00</b><p>库存：4</p></body></html>"


def _exchange(number: int, url: str, body: bytes | None, content_type: str) -> Exchange:
    return Exchange(
        sequence=number,
        url=url,
        method="GET",
        started_at=AT,
        resource_type="document" if number == 0 else "xhr",
        status=200,
        response_headers=(("Content-Type", content_type), ("Set-Cookie", "shop_session=abc; Path=/\nXSRF-TOKEN=1")),
        request_headers=(("cookie", "seen=1; theme=dark"),),
        body=body,
        main_document=number == 0,
    )


def _capture(*views: View, exchanges: tuple[Exchange, ...] = ()) -> Capture:
    return Capture(
        id="cap_1",
        url="http://ludao.test/p/1",
        final_url="http://www.ludao.test/p/1",
        vantage=Vantage(),
        started_at=AT,
        ended_at=AT,
        outcome=Outcome.COMPLETE,
        title="鹭岛点卡",
        exchanges=exchanges,
        views=views,
    )


def _view(kind: ViewKind, text: str | None, name: str = "") -> View:
    return View(kind, "text/html", None if text is None else text.encode(), "digest", name)


def test_views_answers_and_cookie_names_are_joined() -> None:
    capture = _capture(
        _view(ViewKind.DOM, HTML),
        _view(ViewKind.FRAME_DOM, "<p>框架</p>", "http://ludao.test/frame"),
        _view(ViewKind.TEXT, "鹭岛点卡\n￥30.00"),
        _view(ViewKind.POPUP_TEXT, "公告\n今日维护", "popup-1"),
        _view(ViewKind.SCREENSHOT, "not text"),
        exchanges=(
            _exchange(0, "http://ludao.test/p/1", HTML.encode("gbk"), "text/html; charset=utf-8"),
            _exchange(1, "http://ludao.test/api", '{"库存":4}'.encode("gbk"), "application/json; charset=gbk"),
            _exchange(2, "http://ludao.test/logo.png", b"\x89PNG", "image/png"),
            _exchange(3, "http://ludao.test/list", b'[{"id": 1}]', "text/html"),
        ),
    )
    content = content_of(capture)
    assert (content.url, content.dom, content.text) == ("http://www.ludao.test/p/1", HTML, "鹭岛点卡\n￥30.00")
    assert content.source_html == HTML, "the decoded main document"
    assert [(frame.url, frame.dom) for frame in content.frames] == [("http://ludao.test/frame", "<p>框架</p>")]
    assert content.popups == ("公告\n今日维护",)
    assert [answer.body for answer in content.answers] == ['{"库存":4}', '[{"id": 1}]']
    assert set(content.cookies) == {"seen", "theme", "shop_session", "XSRF-TOKEN"}


def test_without_a_browser_the_main_document_is_read() -> None:
    document = _exchange(0, "http://ludao.test/p/1", HTML.encode("gb18030"), "text/html; charset=gb2312")
    reading = read_page(content_of(_capture(exchanges=(document,))), role=Role.PRODUCT)
    assert {(fact.kind, fact.value) for fact in reading.facts if fact.kind in (FactKind.PRICE, FactKind.STOCK)} == {
        (FactKind.PRICE, "30"),
        (FactKind.STOCK, "4"),
    }


def test_the_source_never_stands_in_for_a_page_that_our_browser_could_not_read() -> None:
    document = _exchange(0, "http://ludao.test/p/1", HTML.encode(), "text/html; charset=utf-8")
    visited = replace(_capture(exchanges=(document,)), browser="headless-shell 156.0")
    content = content_of(visited)
    assert (content.dom, content.source_html) == ("", "")
    assert not [fact for fact in read_page(content, role=Role.PRODUCT).facts if fact.kind is FactKind.PRICE]
    archived = content_of(replace(visited, origin=Origin.IMPORTED))
    assert archived.dom == HTML


def test_a_view_whose_bytes_were_not_loaded_is_passed_over() -> None:
    document = _exchange(0, "http://ludao.test/p/1", HTML.encode(), "text/html")
    content = content_of(_capture(_view(ViewKind.DOM, None), _view(ViewKind.TEXT, None), exchanges=(document,)))
    assert (content.dom, content.text) == (HTML, "")


def test_a_document_that_is_no_page_gives_no_source() -> None:
    document = _exchange(0, "http://ludao.test/a.zip", b"PK\x03\x04", "application/zip")
    assert content_of(_capture(exchanges=(document,))).dom == ""
