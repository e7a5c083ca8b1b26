"""Every capture leaves statements on the sites that it speaks of; an equal look is not read again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

import monitor.operators.statements as reading
from monitor.operators.site_names import name_site
from monitor.selectors import Selectors
from monitor.watch import record_capture
from scrapers.model import Capture, Exchange, Origin, Outcome, PageContent, Reason
from statements.conftest import START
from statements.shop import FOOT, visit, watch
from storage.archive import Archive
from storage.identity import Statement
from storage.sites import platforms_of_site, sites_of_platform
from storage.statements import statements_of

DAY = timedelta(days=1)
HOME = "https://www.xinglan-ka.com/"


def record(archive: Archive, capture: Capture, platform: str = "星岚卡盟") -> tuple[str, ...]:
    page = watch(archive, capture.url, capture.started_at, platform)
    return record_capture(archive, capture, page, Selectors()).problems


def stated(archive: Archive, *sites: str) -> dict[tuple[str, str], Statement]:
    with archive.database.reading() as session:
        return {(one.kind, one.value): one for one in statements_of(session, sites)}


def test_a_visit_leaves_statements_with_their_capture(archive: Archive) -> None:
    capture = visit(HOME, START)
    assert not [line for line in record(archive, capture) if "identifiers" in line]
    told = stated(archive, "xinglan-ka.com")
    for key in (("qq", "2846109375"), ("telegram", "xinglan_kf"), ("icp", "粤ICP备2021048137号-2"), ("ip", "8.8.4.4")):
        assert told[key].first_capture == told[key].last_capture == capture.id
        assert told[key].first_seen == START
        assert not told[key].claimed
    with archive.database.reading() as session:
        assert sites_of_platform(session, "星岚卡盟") == ("xinglan-ka.com",)


def test_an_equal_look_goes_on_without_being_read(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    record(archive, visit(HOME, START))
    monkeypatch.setattr(reading, "state_capture", lambda *_: pytest.fail("an equal look must not be read again"))
    later = visit(HOME, START + DAY)
    record(archive, later)
    one = stated(archive, "xinglan-ka.com")["qq", "2846109375"]
    assert (one.first_seen, one.last_seen, one.times, one.last_capture) == (START, START + DAY, 2, later.id)


def test_another_look_is_read_and_what_is_gone_stays_as_it_was_last_seen(archive: Archive) -> None:
    record(archive, visit(HOME, START))
    record(archive, visit(HOME, START + DAY, body="客服QQ：3190274658"))
    told = stated(archive, "xinglan-ka.com")
    assert told["qq", "2846109375"].last_seen == START
    assert told["qq", "3190274658"].first_seen == START + DAY


def test_what_is_new_at_every_visit_and_names_nobody_is_no_other_look() -> None:
    def asked(query: str) -> Capture:
        beacon = Exchange(9, f"https://www.xinglan-ka.com/api/goods?{query}", "GET", START, "xhr", status=200)
        return visit(HOME, START, exchanges=(beacon,))

    assert reading.digest_look(asked("_=1763870400001&cid=3")) == reading.digest_look(asked("_=1763956800077&cid=3"))
    assert reading.digest_look(asked("pid=1000")) != reading.digest_look(asked("pid=1001"))


def test_a_redirect_is_a_statement_of_the_site_that_sends_on(archive: Archive) -> None:
    record(archive, visit(HOME, START, hops=(HOME,), final_url="https://xinglan-new.com/"))
    old, new = stated(archive, "xinglan-ka.com"), stated(archive, "xinglan-new.com")
    assert ("redirect", "xinglan-new.com") in old
    assert ("qq", "2846109375") not in old
    assert ("qq", "2846109375") in new
    with archive.database.reading() as session:
        assert sites_of_platform(session, "星岚卡盟", arrived=False) == ("xinglan-ka.com",)
        assert platforms_of_site(session, "xinglan-new.com") == ("星岚卡盟",)


def test_the_numbers_of_a_search_engine_are_not_noted_when_a_site_sends_there(archive: Archive) -> None:
    record(archive, visit(HOME, START, hops=(HOME,), final_url="https://www.baidu.com/"))
    assert not stated(archive, "baidu.com")


def test_a_challenge_says_nothing_but_its_connection_and_an_own_error_page_what_it_says(archive: Archive) -> None:
    blocked = visit(HOME, START, outcome=Outcome.BLOCKED, reason=Reason.CAPTCHA, status=403)
    record(archive, blocked)
    assert {kind for kind, _ in stated(archive, "xinglan-ka.com")} <= {"ip", "name"}
    gone = visit(
        "https://moved-shop.com/", START, outcome=Outcome.FAILED, reason="http_503", status=503, body="维护中 " + FOOT
    )
    record(archive, gone)
    assert ("qq", "2846109375") in stated(archive, "moved-shop.com")


def test_trouble_of_our_own_states_nothing(archive: Archive) -> None:
    record(archive, visit(HOME, START, outcome=Outcome.FAILED, reason=Reason.OWN_NETWORK, status=None))
    assert not stated(archive, "xinglan-ka.com")


def test_what_a_file_claims_stands_apart(archive: Archive) -> None:
    claimed = START - 300 * DAY
    record(archive, visit(HOME, START, origin=Origin.IMPORTED, claimed_at=claimed))
    record(archive, visit(HOME, START + DAY))
    with archive.database.reading() as session:
        rows = [one for one in statements_of(session, ["xinglan-ka.com"]) if one.kind == "qq"]
    assert [(one.claimed, one.first_seen) for one in rows] == [(False, START + DAY), (True, claimed)]


def test_a_reader_that_fails_loses_neither_the_capture_nor_its_reading(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("made to fail")

    monkeypatch.setattr(reading, "identifiers_by_site", lambda *_, **__: fail())
    problems = record(archive, visit(HOME, START))
    assert any("identifiers not read" in line for line in problems)


def content(text: str, title: str = "") -> PageContent:
    return PageContent(HOME, f"<p>{text}</p>", text, title)


@pytest.mark.parametrize(
    ("url", "text", "site"),
    [
        ("https://www.kashop.com/goods/1", "", "kashop.com"),
        ("https://s88.kashop.com/", "普通页面，开通分站只需 9.9 元", "kashop.com"),
        ("https://laowang.kashop.com/", "欢迎光临，本站为凯店平台旗下分站", "laowang.kashop.com"),
        ("https://laowang.kashop.com/", "分站站长：老王", "laowang.kashop.com"),
        ("https://m.kashop.com/", "本站为凯店平台旗下分站", "kashop.com"),
        ("https://pay.kashop.com/shop/A8K2Z9", "店铺名称：小王的店", "pay.kashop.com/shop/A8K2Z9"),
        ("https://pay.kashop.com/shop/A8K2Z9", "满屏商品", "kashop.com"),
        ("https://pay.kashop.com/shop/index", "店铺名称：小王的店", "kashop.com"),
        ("https://shop.example.github.io/", "", "example.github.io"),
        ("not an address", "", ""),
    ],
)
def test_a_branch_is_a_site_of_its_own_only_where_the_page_says_so(url: str, text: str, site: str) -> None:
    assert name_site(url, content(text), lambda _: False) == site


def test_all_pages_of_a_known_branch_are_of_it(archive: Archive) -> None:
    host = "https://laowang.kashop.com"
    record(archive, visit(f"{host}/", START, body="本站为凯店平台旗下分站 " + FOOT))
    record(archive, replace(visit(f"{host}/goods/7", START + DAY)))
    assert stated(archive, "laowang.kashop.com")["qq", "2846109375"].times == 2
    assert not stated(archive, "kashop.com")
