"""What a link is for by its words and address, and what is never opened."""

from __future__ import annotations

import pytest

from scrapers.discover import (
    explain_refusal,
    guess_link,
    other_sub_site,
    same_address,
    shape_of,
)
from scrapers.links import Link, LinkPlace, join_address
from scrapers.model import Role


def link(words: str, path: str = "/a/3") -> Link:
    return Link(f"https://shop.test{path}", words, LinkPlace.PAGE)


@pytest.mark.parametrize(
    ("words", "path", "role"),
    [
        ("用户协议", "/a/3", Role.TERMS),
        ("隐私政策", "/p", Role.TERMS),
        ("退換貨規則", "/x", Role.TERMS),
        ("售後說明", "/x", Role.TERMS),
        ("购买须知", "/x", Role.TERMS),
        ("Terms of Service", "/x", Role.TERMS),
        ("", "/privacy-policy", Role.TERMS),
        ("", "/xieyi.html", Role.TERMS),
        ("平台公告", "/x", Role.NOTICE),
        ("更多", "/notice/list", Role.NOTICE),
        ("联系客服", "/x", Role.CONTACT),
        ("投诉举报", "/x", Role.CONTACT),
        ("营业执照", "/x", Role.CONTACT),
        ("最新地址发布页", "/x", Role.RELEASE),
        ("防失联", "/x", Role.RELEASE),
        ("星辰月卡", "/item/12", Role.PRODUCT),
        ("查看", "/goods.asp?id=12", Role.PRODUCT),
    ],
)
def test_the_role_of_a_link(words: str, path: str, role: Role) -> None:
    guess = guess_link(link(words, path))
    assert guess.role is role
    assert guess.sign


@pytest.mark.parametrize("path", ["/cat/3", "/list?cate=2", "/category/games", "/?page=2"])
def test_lists_are_opened_for_what_they_list(path: str) -> None:
    guess = guess_link(link("游戏", path))
    assert guess.role is None
    assert guess.lists


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("登录", "/x"),
        ("用户登录", "/x"),
        ("登录/注册", "/x"),
        ("查询订单", "/x"),
        ("订单查询", "/x"),
        ("提取卡密", "/x"),
        ("购物车", "/x"),
        ("立即购买", "/x"),
        ("充值", "/x"),
        ("退出登录", "/x"),
        ("进入", "/user/login"),
        ("进入", "/order-search"),
        ("进入", "/index.php?mod=query"),
        ("进入", "/guest/orders"),
        ("进入", "/pay/12"),
        ("更多", "/#/order/list"),
        ("下载", "/files/app.apk"),
        ("Sign in", "/x"),
    ],
)
def test_what_logs_in_buys_pays_or_queries_is_never_opened(words: str, path: str) -> None:
    assert explain_refusal(link(words, path))


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("话费充值", "/cat/2"),
        ("软件注册码", "/buy/9"),
        ("支付宝红包口令", "/item/4"),
        ("立即购买", "/buy/3"),
        ("购买", "/item/3"),
        ("会员协议", "/member/agreement"),
        ("帮助", "/member/help"),
        ("订单纠纷处理规则", "/rule/4"),
        ("用户协议", "/user-agreement"),
        ("星辰会员", "/goods/3"),
    ],
)
def test_goods_and_rules_that_sound_alike_are_opened(words: str, path: str) -> None:
    assert not explain_refusal(link(words, path))


def test_one_page_has_one_spelling() -> None:
    assert same_address("https://www.shop.test/index.php?utm_source=x&id=3") == same_address("http://shop.test/?id=3")
    assert same_address("https://shop.test/a/") == same_address("https://shop.test/a?t=99")
    assert same_address("https://shop.test/#/a") != same_address("https://shop.test/#/b")
    assert same_address("https://shop.test/a?id=1") != same_address("https://shop.test/a?id=2")


def test_alike_addresses_have_one_shape() -> None:
    assert shape_of("https://shop.test/buy/1") == shape_of("https://shop.test/buy/22")
    assert shape_of("https://shop.test/products/a-b") == shape_of("https://shop.test/products/c")
    assert shape_of("https://shop.test/buy/1") != shape_of("https://shop.test/cat/1")


def test_another_shop_of_a_platform_is_told_apart() -> None:
    assert other_sub_site("https://x.test/shop/a/", "https://x.test/shop/b/terms")
    assert not other_sub_site("https://x.test/shop/a/", "https://x.test/shop/a/terms")
    assert not other_sub_site("https://x.test/", "https://x.test/shop/b")


@pytest.mark.parametrize(
    "target",
    [
        "javascript:void(0)",
        "mailto:a@b.c",
        "http://[::1",
        "http://user:pw@x.test/",
        "ftp://x.test/",
        "",
        "http://x:99999/",
    ],
)
def test_addresses_that_lead_nowhere_are_none(target: str) -> None:
    assert join_address("https://shop.test/", target) == ""


@pytest.mark.parametrize(
    "path", ["/" + "a" * 600 + "/../user/logout", "/?" + "a=1&" * 200 + "mod=logout", "/#/" + "b" * 600 + "/logout"]
)
def test_padding_before_a_refused_word_does_not_hide_it(path: str) -> None:
    assert explain_refusal(link("更多", path))
