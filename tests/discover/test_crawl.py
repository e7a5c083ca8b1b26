"""A crawl by a real browser over a loopback site: what it proposes, what it leaves alone, and where it stops."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator

import pytest

from monitor.discovery import Bounds, Discovery
from scrapers.model import Outcome, Role

from .site import Site, crawl, serve_site

RunAsync = Callable[[Coroutine[object, object, Discovery]], Discovery]
RULES = "<h1>{title}</h1><p>一、卡密无效的，买家可以在购买后7天内申请退款。</p><p>二、客服时间为每天9点到22点。</p>"
CARD = '<li class="card"><h3>{name}</h3><b>￥{price}</b><a href="{url}">立即购买</a></li>'


@pytest.fixture
def site() -> Iterator[Site]:
    with serve_site() as served:
        yield served


def roles(found: Discovery) -> dict[str, Role]:
    return {one.url.removeprefix("http://shop.test"): one.role for one in found.proposals}


def furnish(site: Site) -> None:
    """A small shop: a menu, cards, a footer, and every page that must stay closed."""
    cards = "".join(
        CARD.format(name=f"星辰会员第{number}档", price=f"{number}.50", url=f"/goods/{number}") for number in (1, 2, 3)
    )
    site.page(
        "/",
        f'<nav><a href="/">首页</a><a href="/login">登录</a><a href="/order/search">查询订单</a>'
        f'<a href="/cart">购物车</a><a href="/list?cate=2">点卡分类</a>'
        f"<button onclick=\"location.href='/bulletin'\">站内公告</button></nav><ul>{cards}</ul>"
        '<form action="/pay" method="post"><button>立即支付</button></form>'
        '<footer><a href="/page/3">售后说明</a><a href="/protocol.html">用户协议</a><a href="/lianxi">联系我们</a>'
        '<a href="https://addr.elsewhere.test/">永久发布页</a><a href="https://ad.elsewhere.test/">赞助</a></footer>',
        title="星辰小铺",
    )
    for number in (1, 2, 3):
        site.page(
            f"/goods/{number}",
            f"<h1>星辰会员第{number}档</h1><p>价格：￥{number}.50</p><p>库存：12</p><p>商品说明：自动发货。</p>",
            title=f"星辰会员第{number}档",
        )
    extra = "".join(CARD.format(name=f"云图点卡{n}元", price=f"{n}.00", url=f"/goods/{n}") for n in (10, 20))
    site.page("/list?cate=2", f"<ul>{extra}</ul>", title="点卡分类")
    site.page("/page/3", RULES.format(title="售后说明"), title="售后说明")
    site.page("/protocol.html", RULES.format(title="用户协议"), title="用户协议")
    site.page("/bulletin", "<h1>站内公告</h1><p>本店将于国庆期间正常发货，客服在线时间不变，敬请放心选购。</p>")
    site.page("/lianxi", "<h1>联系我们</h1><p>客服QQ：2800123456</p><p>邮箱：help@shop.test</p>")


def test_a_site_is_proposed_page_by_page_with_roles(site: Site, run_async: RunAsync) -> None:
    furnish(site)
    found = run_async(crawl(site, watched=("http://www.shop.test/protocol.html",)))
    seen = roles(found)
    assert seen["/"] is Role.HOME
    assert seen["/page/3"] is Role.TERMS
    assert seen["/protocol.html"] is Role.TERMS
    assert seen["/bulletin"] is Role.NOTICE
    assert seen["/lianxi"] is Role.CONTACT
    assert {f"/goods/{number}" for number in (1, 2, 3, 10, 20)} <= {url for url, r in seen.items() if r is Role.PRODUCT}
    assert seen["https://addr.elsewhere.test/"] is Role.RELEASE
    assert [one.url for one in found.proposals if one.watched] == ["http://shop.test/protocol.html"]
    assert all(one.why for one in found.proposals)
    assert found.proposals[0].role is Role.HOME


def test_login_cart_payment_and_order_pages_are_never_asked_for(site: Site, run_async: RunAsync) -> None:
    furnish(site)
    found = run_async(crawl(site))
    asked = site.asked_pages()
    assert not {"/login", "/cart", "/order/search", "/pay"} & set(asked)
    assert all(line.startswith("GET ") for line in site.asked)
    left = {one.url.removeprefix("http://shop.test"): one.reason for one in found.skipped}
    assert {"/login", "/cart", "/order/search"} <= set(left)
    assert not {"/login", "/cart", "/order/search"} & set(roles(found))
    assert "https://ad.elsewhere.test/" in left


def test_a_list_with_products_of_its_own_is_proposed_as_a_list(site: Site, run_async: RunAsync) -> None:
    furnish(site)
    listed = [one for one in run_async(crawl(site)).proposals if one.note == "list"]
    assert [one.url for one in listed] == ["http://shop.test/list?cate=2"]
    assert "2 件" in listed[0].why


def test_what_robots_txt_closes_is_named_and_not_opened(site: Site, run_async: RunAsync) -> None:
    furnish(site)
    site.text("/robots.txt", "User-agent: *\nDisallow: /page/\nDisallow: /*.html$\nAllow: /bulletin\n")
    found = run_async(crawl(site))
    assert not {"/page/3", "/protocol.html"} & set(site.asked_pages())
    closed = {one.url.removeprefix("http://shop.test"): one.note for one in found.proposals if one.note}
    assert closed["/page/3"].startswith("robots.txt: Disallow: /page/")
    assert "not opened" in closed["/protocol.html"]
    assert any(one.reason.startswith("robots.txt") for one in found.skipped)


def test_robots_txt_that_fails_closes_everything_but_the_page_that_was_named(site: Site, run_async: RunAsync) -> None:
    furnish(site)
    site.text("/robots.txt", "down", status=503)
    found = run_async(crawl(site))
    assert set(site.asked_pages()) == {"/", "/robots.txt"}
    assert any("robots.txt could not be read" in note for note in found.notes)


def test_the_sitemap_adds_what_no_link_shows(site: Site, run_async: RunAsync) -> None:
    furnish(site)
    site.text("/robots.txt", "Sitemap: http://shop.test/map.xml\n")
    site.text(
        "/map.xml",
        "<?xml version='1.0'?><urlset><url><loc>http://shop.test/refund-policy</loc></url>"
        "<url><loc>http://other.test/terms</loc></url></urlset>",
        kind="application/xml",
    )
    site.page("/refund-policy", RULES.format(title="退款规则"), title="退款规则")
    found = run_async(crawl(site))
    assert roles(found)["/refund-policy"] is Role.TERMS
    assert "http://other.test/terms" not in {one.url for one in found.proposals}


def test_what_is_no_address_of_a_page_is_passed_over_in_robots_and_sitemap(site: Site, run_async: RunAsync) -> None:
    furnish(site)
    site.text("/robots.txt", "Sitemap: http://[\nSitemap: file://shop.test/etc/passwd\nSitemap: /map.xml\n")
    odd = ("http://[", "file://shop.test/terms", "ftp://shop.test/terms", "javascript:location='/terms'", "//[/x")
    listed = "".join(f"<url><loc>{one}</loc></url>" for one in (*odd, "/refund-policy"))
    site.text("/map.xml", f"<urlset>{listed}</urlset>", kind="application/xml")
    site.page("/refund-policy", RULES.format(title="退款规则"), title="退款规则")
    found = run_async(crawl(site))
    assert roles(found)["/refund-policy"] is Role.TERMS
    assert {one.url[:7] for one in (*found.proposals, *found.visited)} <= {"http://", "https:/"}


def test_bounds_end_a_crawl_and_are_said(site: Site, run_async: RunAsync) -> None:
    furnish(site)
    found = run_async(crawl(site, bounds=Bounds(pages=2, pace=0)))
    assert len(found.visited) == 2
    assert "--max-pages" in found.stopped


def test_a_site_that_makes_links_without_end_ends(site: Site, run_async: RunAsync) -> None:
    for number in range(60):
        site.page(f"/calendar/{number}", f'<p>第{number}天的记录</p><a href="/calendar/{number + 1}">后一天</a>')
    site.page("/", '<a href="/calendar/0">日历</a>', title="日历")
    found = run_async(crawl(site, bounds=Bounds(pages=40, depth=5, pace=0)))
    assert sum(path.startswith("/calendar/") for path in site.asked_pages()) <= 6
    assert not found.stopped


def test_hash_routes_are_pages_of_their_own(site: Site, run_async: RunAsync) -> None:
    terms = RULES.format(title="服务条款").replace("\n", "")
    site.page(
        "/",
        f"""<div id="app"></div><script>
        const pages = {{'': '<a href="#/terms">服务条款</a><a href="#top">回顶部</a><p>欢迎来到本店</p>',
                        '#/terms': '{terms}'}};
        const show = () => document.getElementById('app').innerHTML = pages[location.hash] || pages[''];
        addEventListener('hashchange', show); show();</script>""",
        title="单页商店",
    )
    found = run_async(crawl(site))
    assert roles(found)["/#/terms"] is Role.TERMS
    assert next(one for one in found.proposals if one.role is Role.TERMS).opened == "complete"
    assert "http://shop.test/#top" not in {one.url for one in found.proposals}


def test_links_in_frames_are_found(site: Site, run_async: RunAsync) -> None:
    site.page("/", '<h1>老牌卡盟</h1><iframe src="/menu.html" width="400" height="200"></iframe>', title="卡盟")
    site.page("/menu.html", '<a href="/rule.asp?id=7">规则变更</a>')
    site.page("/rule.asp?id=7", RULES.format(title="规则变更"), title="规则变更")
    found = run_async(crawl(site))
    assert roles(found)["/rule.asp?id=7"] is Role.TERMS


def test_a_private_address_is_refused_before_a_byte_is_sent(site: Site, run_async: RunAsync) -> None:
    furnish(site)
    found = run_async(crawl(site, allow=False))
    assert found.outcome is Outcome.FAILED
    assert found.reason == "forbidden_address"
    assert any("allow_private" in note for note in found.notes)
    assert not site.asked


def test_a_home_page_that_leads_elsewhere_is_not_followed(site: Site, run_async: RunAsync) -> None:
    site.page("/", "<script>location.replace('http://shop.test:9/away')</script><p>正在跳转</p>")
    found = run_async(crawl(site))
    assert not [one for one in found.proposals if one.role is not Role.HOME]


def test_a_page_behind_a_wall_keeps_its_proposal_and_says_what_stood_there(site: Site, run_async: RunAsync) -> None:
    site.page(
        "/",
        "<h1>商店首页</h1><p>欢迎光临本店，全部商品自动发货。</p>"
        '<a href="/terms">服务条款</a><a href="/rules">交易规则</a>',
    )
    site.page("/terms", '<form><p>请先登录</p><input type="password"></form>', title="登录")
    found = run_async(crawl(site))
    walled = next(one for one in found.proposals if one.url.endswith("/terms"))
    assert walled.opened == "blocked: login"
    assert walled.confidence <= 0.6
    assert not any(one.url.endswith("/rules") for one in found.proposals), "a page that is not there is not proposed"
