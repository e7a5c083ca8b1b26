"""All of one capture together: each once, each of its own site, bounded, and quick."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from scrapers.identifiers import capture as whole
from scrapers.identifiers.capture import MOST, MOST_OF_KIND, identifiers_by_site, identifiers_of_capture
from scrapers.identity import Identifier
from scrapers.model import Capture, Exchange, NameAnswer, Outcome, PageContent, Reason, Vantage

AT = datetime(2026, 11, 1, tzinfo=UTC)
HOME = "https://www.kamaoda.net/"
FOOTER = "<footer>主办单位：某某 粤ICP备19283746号-2 客服QQ：283746510 防失联备用网址 kamaoda.vip</footer>"


def capture(**parts: object) -> Capture:
    start = Capture("c", HOME, HOME, Vantage(), AT, AT, Outcome.COMPLETE, status=200)
    return replace(start, **parts)  # type: ignore[arg-type]


def test_the_parts_of_a_capture_come_together_each_once() -> None:
    names = (NameAnswer("www.kamaoda.net", "dns", ("45.76.2.2",), "", AT),)
    content = PageContent(HOME, f"<body><p>卡猫发卡</p>{FOOTER}{FOOTER}</body>")
    found = identifiers_of_capture(capture(names=names), content)
    told = [(one.kind, one.value, one.place) for one in found]
    assert len(told) == len(set(told))
    assert {("icp", "粤ICP备19283746号-2"), ("qq", "283746510"), ("notice_successor", "kamaoda.vip"),
            ("ip", "45.76.2.2"), ("name", "kamaoda")} <= {one[:2] for one in told}  # fmt: skip


def test_a_site_that_sends_on_says_its_redirect_and_the_other_all_else() -> None:
    hops = (
        Exchange(1, "http://kamaoda1.com/", "GET", AT, "document", status=301,
                 response_headers=(("Location", HOME),)),
        Exchange(2, HOME, "GET", AT, "document", status=200, body=b"x", main_document=True),
    )  # fmt: skip
    seen = capture(url="http://kamaoda1.com/", exchanges=hops)
    sites = identifiers_by_site(seen, PageContent(HOME, f"<body>{FOOTER}</body>"))
    assert list(sites) == ["kamaoda.net", "kamaoda1.com"]
    assert {(one.kind, one.value) for one in sites["kamaoda1.com"]} == {
        ("name", "kamaoda"),
        ("redirect", "kamaoda.net"),
    }
    assert "icp" in {one.kind for one in sites["kamaoda.net"]}
    assert "redirect" not in {one.kind for one in sites["kamaoda.net"]}


def test_a_hosts_page_in_place_of_the_site_says_nothing_of_the_site() -> None:
    seen = capture(outcome=Outcome.BLOCKED, reason=Reason.SUSPENDED)
    found = identifiers_of_capture(seen, PageContent(HOME, f"<body>{FOOTER}</body>"))
    assert {one.kind for one in found} == {"name"}


def test_a_visit_that_reached_nobody_says_its_name_only() -> None:
    seen = capture(outcome=Outcome.FAILED, reason=Reason.DNS_NO_SUCH_NAME, status=None)
    assert {one.kind for one in identifiers_of_capture(seen, PageContent(HOME, ""))} == {"name"}


def test_a_page_of_many_identifiers_is_bounded() -> None:
    lines = "".join(
        f"<p>备用网址 km{n}shop.com 客服QQ：{283746510 + n} 粤ICP备{19283746 + n}号</p>" for n in range(3000)
    )
    assert len(identifiers_of_capture(capture(), PageContent(HOME, f"<body>{lines}</body>"))) <= MOST


def test_a_usual_page_takes_few_milliseconds() -> None:
    cards = "".join(
        f'<div class="card"><h5 class="title"><a href="/buy/{n}">游戏点卡{n}</a></h5><b>￥{n}.00</b> 库存：{n}</div>'
        for n in range(400)
    )
    content = PageContent(HOME, f"<body><p>公告：售后七天</p>{cards}{FOOTER}</body>")
    times = []
    for _ in range(5):
        start = time.process_time()
        identifiers_of_capture(capture(), content)
        times.append(time.process_time() - start)
    assert min(times) < 0.1  # seconds of the processor; 0.06 on a machine of its own


def test_a_reader_that_breaks_hides_nothing_of_the_others_and_is_named(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> tuple[()]:
        raise RuntimeError("a page that breaks it")

    monkeypatch.setattr(whole, "find_favicons", fail)
    with caplog.at_level(logging.ERROR):
        found = identifiers_of_capture(capture(), PageContent(HOME, f"<body>{FOOTER}</body>"))
    assert {"icp", "qq", "notice_successor", "name"} <= {one.kind for one in found}
    assert "find_favicons" in caplog.text or "a page that breaks it" in caplog.text


def test_readers_together_give_no_more_than_a_bounded_number_of_one_kind(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    flood = tuple(Identifier("qq", str(30000000 + n), "visible") for n in range(MOST_OF_KIND + 7))
    monkeypatch.setattr(whole, "find_picture_identifiers", lambda *_, **__: flood)
    with caplog.at_level(logging.WARNING):
        found = identifiers_of_capture(capture(), PageContent(HOME, "<body><p>粤ICP备19283746号"))
    assert sum(one.kind == "qq" for one in found) == MOST_OF_KIND
    assert "7 further values of kind qq of one look" in caplog.text
    assert {"icp", "name"} <= {one.kind for one in found}, "a flood of one kind hides no other"
