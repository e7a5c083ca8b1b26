"""Designs: equal for the same words in the same build, near within a template, far from strangers."""

from __future__ import annotations

import random

from scrapers.identifiers.design import design_distance, design_values, find_design, read_design
from scrapers.model import PageContent

_LIST = (
    "平台 公告 本站 售后 联系 客服 卡密 自动 发货 充值 会员 活动 规则 退款 说明 时间 处理 订单 "
    "注意 事项 提供 虚拟 商品 特殊 购买 之前 仔细 阅读 问题 回复"
)
WORDS = _LIST.split()


def notice(seed: int, length: int = 160) -> str:
    dice = random.Random(seed)
    return "".join(dice.choice(WORDS) + ("，" if n % 7 == 6 else "") for n in range(length))


def shop(words: str, *, theme: str = "unicorn", goods: int = 8, price: int = 5) -> PageContent:
    cards = "".join(
        f'<div class="{theme}-card"><h5 class="title">游戏点卡{n}号面值五十元自动发货</h5><b>￥{price + n}.00</b></div>'
        for n in range(goods)
    )
    half = len(words) // 2
    links = '<a class="nav-link">首页</a><a class="nav-link">查询订单</a>'
    body = (
        f'<header class="{theme}-head"><nav class="nav">{links}</nav></header><main class="{theme}-main">'
        f'<section class="notice"><p>{words[:half]}</p><p>{words[half:]}</p></section>'
        f'<div class="row">{cards}</div></main><footer class="{theme}-foot"><p>版权所有</p></footer>'
    )
    return PageContent("https://www.xh88.com/", f"<html><body>{body}</body></html>")


def values(content: PageContent) -> set[str]:
    return set(design_values(read_design(content)))


def test_the_same_words_on_the_same_template_are_one_design_whatever_the_goods() -> None:
    one, other = shop(notice(1)), shop(notice(1), goods=20, price=30)
    assert values(one) and values(one) == values(other)
    assert design_distance(read_design(one), read_design(other)) < 0.05


def test_a_few_changed_words_keep_a_value() -> None:
    words = notice(2, 300)
    kept = sum(
        bool(values(shop(words)) & values(shop(words[:place] + "改" + words[place + 1 :])))
        for place in range(10, 410, 20)
    )
    assert kept >= 16


def test_two_shops_of_one_template_share_no_value() -> None:
    one, other = shop(notice(3)), shop(notice(4))
    assert not values(one) & values(other)
    assert 0.2 < design_distance(read_design(one), read_design(other)) < 0.6


def test_the_same_words_in_another_template_share_no_value() -> None:
    assert not values(shop(notice(5))) & values(shop(notice(5), theme="luna"))


def test_numbers_and_domains_are_no_part_of_a_design() -> None:
    words = notice(6)
    one, other = shop(f"{words} 客服 123456 地址 kamao1.com"), shop(f"{words} 客服 987654 地址 kamao22.net")
    assert values(one) == values(other)


def test_a_page_with_few_words_of_its_own_has_no_value() -> None:
    assert find_design(shop("欢迎光临")) == ()
    assert find_design(PageContent("https://www.xh88.com/", "")) == ()
    assert find_design(shop(notice(1)))


def test_the_words_of_a_products_page_are_its_suppliers() -> None:
    content = shop(notice(7))
    assert find_design(content)
    assert find_design(PageContent("https://www.xh88.com/buy/12", content.dom)) == ()
