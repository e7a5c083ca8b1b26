"""What the end of a capture means beside the one before it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.outcomes import compare_outcomes, is_transient, left_site, registrable_domain
from scrapers.model import Origin, Outcome, Role
from storage.model import Severity, StoredCapture, WatchedPage

AT = datetime(2026, 3, 2, tzinfo=UTC)
PAGE = WatchedPage("p-1", "示例卡盟", "https://www.shop.test/buy/12", Role.PRODUCT, "desktop")


def capture(
    outcome: Outcome = Outcome.COMPLETE, reason: str = "", final_url: str = PAGE.url, certificate_error: str = ""
) -> StoredCapture:
    return StoredCapture(
        id="c-1", page=PAGE, started_at=AT, ended_at=AT, outcome=outcome, reason=reason, detail="", missing=(),
        status=200, final_url=final_url, title="", warc="", warc_bytes=0, manifest="",
        certificate_error=certificate_error, full_views=True, origin=Origin.OWN, claimed_at=None, source_file="",
        previous="",
    )  # fmt: skip


OPEN = capture()


@pytest.mark.parametrize(
    ("after", "kind"),
    [
        (capture(Outcome.FAILED, "dns_no_such_name"), "site_unreachable"),
        (capture(Outcome.FAILED, "http_404"), "page_gone"),
        (capture(Outcome.BLOCKED, "soft_404"), "page_gone"),
        (capture(Outcome.BLOCKED, "login"), "page_blocked"),
        (capture(certificate_error="ERR_CERT_DATE_INVALID"), "certificate_bad"),
        (capture(final_url="https://other.test/"), "site_moved"),
    ],
)
def test_each_way_to_lose_a_page_has_its_name(after: StoredCapture, kind: str) -> None:
    difference = compare_outcomes(OPEN, after)
    assert difference is not None
    assert difference.kinds == (kind,)
    assert difference.before == "可以正常打开"


def test_the_same_trouble_is_told_once_and_its_end_too() -> None:
    gone = capture(Outcome.FAILED, "refused")
    assert compare_outcomes(gone, gone) is None
    back = compare_outcomes(gone, OPEN)
    assert back is not None
    assert back.kinds == ("site_back",)
    assert back.severity is Severity.NONE


@pytest.mark.parametrize("reason", ["own_network", "crash", "memory", "browser", "forbidden_address"])
def test_trouble_of_our_own_is_no_fact_about_a_platform(reason: str) -> None:
    assert compare_outcomes(OPEN, capture(Outcome.FAILED, reason)) is None


def test_a_site_that_sends_on_to_no_page_did_that_itself() -> None:
    found = compare_outcomes(OPEN, capture(Outcome.FAILED, "unsafe_redirect"))
    assert found is not None and "跳转到不是网页的地址" in str(found)


def test_a_first_capture_that_opens_is_no_news_and_one_that_fails_is() -> None:
    assert compare_outcomes(None, OPEN) is None
    assert compare_outcomes(None, capture(Outcome.FAILED, "dns_no_such_name")) is not None


def test_another_host_of_the_same_site_is_no_move() -> None:
    assert left_site(capture(final_url="https://m.shop.test/buy/12")) == ""
    assert left_site(capture(final_url="https://shop2.test/buy/12")) == "shop2.test"
    assert registrable_domain("https://a.b.shop.com.cn/") == "shop.com.cn"
    assert registrable_domain("http://127.0.0.1:8001/") == "127.0.0.1"


def test_only_what_may_pass_by_itself_is_tried_again() -> None:
    assert is_transient(Outcome.FAILED, "timeout")
    assert is_transient(Outcome.FAILED, "http_503")
    assert not is_transient(Outcome.FAILED, "http_404")
    assert not is_transient(Outcome.FAILED, "dns_no_such_name")
    assert not is_transient(Outcome.BLOCKED, "captcha")
