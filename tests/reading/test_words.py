"""Prices, tiers, labels, contacts and licences are found in the ways that shops write them."""

from __future__ import annotations

import pytest

from scrapers.contacts import find_contacts, find_licences
from scrapers.labels import availability, canonical, find_labelled, is_button, kind_of_heading
from scrapers.model import BlockKind, FactKind
from scrapers.money import find_prices, find_tiers, read_amount, yuan


@pytest.mark.parametrize(
    ("text", "tiers"),
    [
        ("购买10件或以上,每个：24.90￥", [("10", "24.9")]),
        ("满10个 单价24.90元/件 满100个 单价19.90元/件", [("10", "24.9"), ("100", "19.9")]),
        ("购买 10 件起，24.90 元/件。", [("10", "24.9")]),
        ("买满50件，单价13.875元", [("50", "13.875")]),
        ("10-49件 ￥8.5；50-99件 ￥8", [("10", "8.5"), ("50", "8")]),
        ("满10个 单价14.80\n50元/件", [("10", "14.8")]),
        ("满100元减5元", []),
        ("购满100.00 CNY，每件优惠5.00%", []),
        ("满3件打9折", []),
        ("30天以上不退", []),
    ],
)
def test_unit_prices_by_quantity(text: str, tiers: list[tuple[str, str]]) -> None:
    assert [(tier.quantity, tier.price) for tier in find_tiers(text)] == tiers


def test_amounts_have_one_form() -> None:
    assert [yuan(value) for value in ("29.90", "100", "1,299.00", 0, "0.003", "NaN", "-1", None, True, "1e3")] == [
        *("29.9", "100", "1299", "0", "0.003", "", "", "", "", "1000")
    ]
    assert [price.value for price in find_prices("¥ 9.80 原价12元 ￥1,000 2026年")] == ["9.8", "12", "1000"]
    assert [read_amount(text) for text in ("¥ 29.90", "29.9", "¥1 ¥2", "面议")] == ["29.9", "29.9", "", ""]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("库存：12", [("stock", "12")]),
        ("自动发货 已售 3 库存 200", [("stock", "200"), ("sold", "3")]),
        ("库存(200) 限购(5)", [("stock", "200"), ("limit", "5")]),
        ("库存：120已售：1", [("stock", "120"), ("sold", "1")]),
        ("剩余 200 件", [("stock", "200")]),
        ("库存：即将售罄", [("stock", "即将售罄")]),
        ("质保:７天", [("warranty", "7天")]),
        ("【有效期】当日 【质保】15天", [("validity", "当日"), ("warranty", "15天")]),
        ("面值：100元 购价：96.500元", [("price", "96.5"), ("face_value", "100")]),
        ("质保期：自购买之日起30天，非质保范围：改密", [("warranty", "自购买之日起30天")]),
        ("请先看库存再下单", []),
        ("1、卡密有效期以商品说明为准", []),
    ],
)
def test_labelled_values(text: str, found: list[tuple[str, str]]) -> None:
    values = [(value.kind, canonical(value.kind, value.value)) for value in find_labelled(text)]
    order = list(FactKind)
    assert sorted(values, key=lambda pair: order.index(pair[0])) == found


@pytest.mark.parametrize(
    ("word", "answer"),
    [("0", "no"), ("12", "yes"), ("已售罄", "no"), ("即将售罄", "yes"), ("缺货", "no"), ("禁售", "no"), ("看情况", "")],
)
def test_a_stock_word_says_whether_one_can_buy(word: str, answer: str) -> None:
    assert availability(word) == answer


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("公告:", BlockKind.NOTICE),
        ("【购买须知】", BlockKind.PROMPT),
        ("售后承诺", BlockKind.TERMS),
        ("免责声明", BlockKind.TERMS),
        ("宝贝详情", BlockKind.DESCRIPTION),
        ("联系我们", BlockKind.CONTACT),
        ("满减优惠", None),
        ("这是一段很长很长很长很长很长很长很长很长的公告正文", None),
    ],
)
def test_headings_say_what_stands_under_them(heading: str, kind: BlockKind | None) -> None:
    assert kind_of_heading(heading) == kind


def test_captions_of_buttons_are_no_text() -> None:
    captions = ["关闭", "我知道了(5s)", "确 定", "×", "今日不再提示", "同意并继续", "OK"]
    assert [caption for caption in captions if not is_button(caption)] == []
    assert [line for line in ("确定后不退款", "同意本协议", "关闭交易规则") if is_button(line)] == []


def test_contacts_stand_side_by_side_without_running_into_each_other() -> None:
    text = "平台客服Q Q：10086001邮箱：a.b@kefu.test时间：9-21点 微信：kefu_001 售后群：70001234"
    text += " TG：@kefu_bot 电话：13800001111"
    assert find_contacts(text) == {
        "group": ("70001234",),
        "qq": ("10086001",),
        "wechat": ("kefu_001",),
        "telegram": ("kefu_bot",),
        "email": ("a.b@kefu.test",),
        "phone": ("13800001111",),
    }


def test_licences_are_spelt_one_way() -> None:
    text = "© 2026 版权所有 海角数字（杭州）有限公司 浙 ICP 备 2026001122 号 -3"
    text += " 浙公网安备 33010602009999 号 浙B2-20260012"
    assert find_licences(text) == {
        "icp": ("浙ICP备2026001122号-3",),
        "police": ("浙公网安备33010602009999号",),
        "telecom": ("浙B2-20260012",),
        "company": ("海角数字（杭州）有限公司",),
    }
