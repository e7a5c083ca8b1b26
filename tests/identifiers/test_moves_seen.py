"""Redirects as a real browser meets them: each kind is told with the site that sends on, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from capture.conftest import MakeVisitor, Visitor, found_browser, visiting  # noqa: F401
from capture.site import Answer, Site

from scrapers.content import content_of
from scrapers.identifiers.capture import identifiers_by_site
from scrapers.identifiers.moves import find_redirects
from scrapers.model import Capture, NetworkPolicy

A, B, J = "kamao-old.com", "kamao-new.net", "tiaozhuan.top"
SHOP = (
    "<title>卡猫</title><h1>卡猫自动发卡</h1><p>价格 ¥10 库存 5，售后七天内包补发，联系客服处理。</p>"
    + "<p>商品说明文字若干。</p>" * 20
)


@pytest.fixture(scope="module")
def shop() -> Iterator[Site]:
    site = Site()
    site.page("/b", SHOP)
    yield site
    site.close()


@pytest.fixture(scope="module")
def browser(shop: Site, visiting: MakeVisitor) -> Iterator[Visitor]:  # noqa: F811
    hosts = (A, f"www.{A}", B, J, f"cdn.{A}")
    policy = NetworkPolicy(allow_private=hosts, resolve=tuple((host, shop.endpoint) for host in hosts))
    with visiting(policy, recycle_after=1000) as visitor:
        yield visitor


def redirects(capture: Capture) -> list[tuple[str, str, str]]:
    return [(one.block, one.role, one.value) for one in find_redirects(capture, content_of(capture))]


def to(target: str) -> tuple[tuple[str, str], ...]:
    return (("Location", target),)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_an_http_redirect_is_told_by_its_status(browser: Visitor, shop: Site, status: int) -> None:
    shop.page(f"/{status}", "", status=status, headers=to(f"http://{B}/b"))
    assert redirects(browser.capture(f"http://{A}/{status}")) == [(A, str(status), B)]


@pytest.mark.parametrize(
    ("path", "answer", "kind"),
    [
        ("/refresh", Answer("<p>正在跳转</p>", headers=(("Refresh", f"0; url=http://{B}/b"),)), "refresh"),
        ("/meta", f'<meta http-equiv="refresh" content="0;url=http://{B}/b"><p>跳转中</p>', "meta"),
        ("/href", f"<script>window.location.href = 'http://{B}/b'</script>", "script"),
        ("/replace", f"<p>稍候</p><script>setTimeout(() => location.replace('http://{B}/b'), 150)</script>", "script"),
        ("/made", f"<script>var d='{B[:5]}';location.assign('http://'+d+'{B[5:]}/b')</script>", "script"),
    ],
)
def test_what_a_page_does_by_itself_is_told_by_its_means(
    browser: Visitor, shop: Site, path: str, answer: Answer | str, kind: str
) -> None:
    shop.answers[path] = answer if isinstance(answer, Answer) else Answer(answer)
    assert redirects(browser.capture(f"http://{A}{path}")) == [(A, kind, B)]


def test_a_chain_is_told_hop_by_hop_and_as_a_whole(browser: Visitor, shop: Site) -> None:
    shop.page("/start", "", status=302, headers=to(f"http://{J}/go?x=1"))
    shop.page("/go", f"<script>location='http://{B}/b'</script>")
    capture = browser.capture(f"http://{A}/start")
    assert redirects(capture) == [(A, "302", J), (J, "script", B), (A, "chain", B)]
    sites = identifiers_by_site(capture, content_of(capture))
    assert {one.value for one in sites[A] if one.kind == "redirect"} == {J, B}
    assert {one.value for one in sites[J] if one.kind == "redirect"} == {B}
    assert not [one for one in sites[B] if one.kind == "redirect"]


def test_a_redirect_inside_one_domain_is_none(browser: Visitor, shop: Site) -> None:
    shop.page("/www", "", status=301, headers=to(f"http://www.{A}/b"))
    assert redirects(browser.capture(f"http://{A}/www")) == []


def test_a_frame_of_another_domain_over_the_whole_window_is_told(browser: Visitor, shop: Site) -> None:
    frame = f'<iframe src="http://{B}/b" style="position:fixed;inset:0;width:100%;height:100%;border:0"></iframe>'
    shop.page("/framed", f"<title>卡猫</title>{frame}")
    assert redirects(browser.capture(f"http://{A}/framed")) == [(A, "iframe", B)]


def test_a_frame_in_a_page_with_words_of_its_own_is_a_part_of_it(browser: Visitor, shop: Site) -> None:
    shop.page("/part", f'{SHOP}<iframe src="http://{B}/b" width="300" height="200"></iframe>')
    assert redirects(browser.capture(f"http://{A}/part")) == []


def test_a_click_that_leads_away_is_no_redirect(browser: Visitor, shop: Site) -> None:
    shop.page("/pay", f"{SHOP}<button onclick=\"location.href='http://{B}/b'\">去支付</button>"
              f"<script>function pay(){{ location.href='http://{B}/b'; }}</script>")  # fmt: skip
    assert redirects(browser.capture(f"http://{A}/pay")) == []


def test_a_target_that_does_not_answer_is_still_where_the_site_sent(browser: Visitor, shop: Site) -> None:
    shop.page("/gone", "", status=302, headers=to("http://kamao-next.invalid.com/"))
    assert redirects(browser.capture(f"http://{A}/gone")) == [(A, "302", "invalid.com")]
