"""Wholesale prices in three conventions, limits, counters, levels and other scripts are read as shops write them."""

from __future__ import annotations

import pytest

from scrapers.labels import availability, find_labelled, kind_of_heading, kind_of_label, labelled_facts
from scrapers.levels import find_level_prices, level_of
from scrapers.model import BlockKind, FactKind, Source
from scrapers.money import discounted, find_foreign, find_tiers, read_fold, share_of
from scrapers.quantities import find_limits, find_sold, read_count
from scrapers.traditional import fold_traditional


@pytest.mark.parametrize(
    ("text", "price", "tiers"),
    [
        ("满10件9.5折", "20", [("10", "19")]),
        ("购买50个以上打九折，100个以上打85折", "20", [("50", "18"), ("100", "17")]),
        ("满10件九五折", "20", [("10", "19")]),
        ("10件以上优惠5%", "20", [("10", "19")]),
        ("10+ pcs 5% off", "20", [("10", "19")]),
        ("满10件，每件减2元", "20", [("10", "18")]),
        ("满3件打9折", "", []),
        ("5张装 30元，10张共55元", "6.5", [("5", "6"), ("10", "5.5")]),
        ("20个打包价￥100", "6", [("20", "5")]),
        ("3件共10元", "4", [("3", "3.3333")]),
        ("10 or more pcs: ¥24.90 each", "", [("10", "24.9")]),
        ("Buy 10 or more, ¥24.90 each", "29.9", [("10", "24.9")]),
        ("10+ pcs ¥119.00 each; 50+ pcs ¥109.50 each", "128", [("10", "119"), ("50", "109.5")]),
        ("滿10個 單價24.90元/個", "", [("10", "24.9")]),
        ("满100元减5元", "20", []),
        ("7天内8折回收", "20", []),
    ],
)
def test_three_conventions_of_wholesale_prices(text: str, price: str, tiers: list[tuple[str, str]]) -> None:
    assert [(tier.quantity, tier.price) for tier in find_tiers(text, price)] == tiers


def test_discounts_and_totals_become_unit_prices() -> None:
    assert [read_fold(fold) for fold in ("9.5折", "95折", "九五折", "8折", "无")] == ["0.95", "0.95", "0.95", "0.8", ""]
    assert (share_of("249", "10"), share_of("面议", "10"), share_of("10", "0")) == ("24.9", "", "")
    assert (discounted("29.9", "0.95"), discounted("29.9", "1"), discounted("", "0.9")) == ("28.405", "", "")


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("每人限购2件", "", "2"),
        ("5张起购", "5", ""),
        ("起订量：10个", "10", ""),
        ("最少购买2件，最多购买20件", "2", "20"),
        ("购买数量：1-10", "1", "10"),
        ("每单 限购 3~5 件", "3", "5"),
        ("购买数量最多3份", "", "3"),
        ("Min order: 2 pcs, limit 5 per customer", "2", "5"),
        ("每單限購5件", "", "5"),
        ("限购100元以内商品", "", ""),
        ("最低价 5 元", "", ""),
        ("最多可退50元", "", ""),
    ],
)
def test_limits_say_whether_they_are_the_least_or_the_most(text: str, least: str, most: str) -> None:
    found = {limit.side: limit.value for limit in find_limits(text)}
    assert (found.get("min", ""), found.get("max", "")) == (least, most)


@pytest.mark.parametrize(
    ("line", "limits"),
    [
        ("限购：5", {"max": "5"}),
        ("起购数量：2件", {"min": "2"}),
        ("购买数量：1-10", {"min": "1", "max": "10"}),
        ("单次限购：3", {"max": "3"}),
        ("Max order: 4", {"max": "4"}),
        ("限购：不限", {}),
    ],
)
def test_a_labelled_limit_is_qualified(line: str, limits: dict[str, str]) -> None:
    facts = labelled_facts(line, "p", "body", Source.TEXT)
    assert {fact.qualifier: fact.value for fact in facts if fact.kind is FactKind.LIMIT} == limits


@pytest.mark.parametrize(
    ("text", "sold"),
    [
        *[("已售3.2万+", "32000"), ("已有 320 人购买", "320"), ("1.5k sold", "1500"), ("销量：1,208", "1208")],
        *[("累计销量 56 件", "56"), ("售出 3 份", "3"), ("已售罄", ""), ("已售价 30 元", "")],
    ],
)
def test_counters_of_what_was_sold(text: str, sold: str) -> None:
    assert next((counter.value for counter in find_sold(text)), "") == sold


def test_counts_have_one_form() -> None:
    assert [read_count(text) for text in ("1,234", "1.2万", "12k", "999+", "无")] == [
        "1234",
        "12000",
        "12000",
        "999",
        "",
    ]


def test_prices_of_levels_carry_their_level() -> None:
    found = {
        told.level: told.price for told in find_level_prices("普通会员：￥18.500\n金牌代理价：16.125元 | 会员价 ¥20")
    }
    assert found == {"普通会员": "18.5", "金牌代理": "16.125", "": "20"}
    assert [level_of(label) for label in ("VIP价", "钻石会员价", "会员价", "单价", "联系会员")] == [
        *("VIP", "钻石会员", "会员", "", "")
    ]


def test_amounts_in_other_currencies_are_told_with_their_currency() -> None:
    def read(text: str) -> tuple[str, str] | None:
        found = find_foreign(text)
        return (found[0].value, found[1]) if found else None

    assert [read(text) for text in ("5.99 USDT", "$9.90", "NT$ 300", "¥30", "30元")] == [
        *(("5.99", "USDT"), ("9.9", "USD"), ("300", "TWD"), None, None)
    ]


@pytest.mark.parametrize(
    ("line", "kind", "value"),
    [
        ("庫存：12", FactKind.STOCK, "12"),
        ("發貨方式：自動發貨", FactKind.DELIVERY, "自動發貨"),
        ("Delivery: Instant", FactKind.DELIVERY, "Instant"),
        ("Unit price: ¥12.50", FactKind.PRICE, "12.5"),
        ("★ 质保期：三个月", FactKind.WARRANTY, "三个月"),
        ("质保30天", FactKind.WARRANTY, "30天"),
        ("30天质保", FactKind.WARRANTY, "30天"),
        ("36.80元（原价58元）", FactKind.ORIGINAL_PRICE, "58"),
        ("面值：100点券", FactKind.FACE_VALUE, "100点券"),
        ("规格 - 10GB", FactKind.SPEC, "10GB"),
    ],
)
def test_labels_in_other_scripts_and_places(line: str, kind: FactKind, value: str) -> None:
    found = {fact.kind: fact.value for fact in labelled_facts(line, "p", "body", Source.TEXT)}
    assert found.get(kind) == value


def test_what_is_kept_stands_as_it_stood() -> None:
    told = next(found for found in find_labelled("商品庫存：庫存充足"))
    assert told.value == "庫存充足" and availability(told.value) == "yes"
    assert len(fold_traditional("購買須知 ABC 12")) == len("購買須知 ABC 12")


def test_headings_and_labels_in_other_scripts() -> None:
    assert kind_of_heading("購買須知") is BlockKind.PROMPT and kind_of_heading("聯絡我們") is BlockKind.CONTACT
    assert kind_of_heading("Before you buy") is BlockKind.PROMPT and kind_of_heading("Refund policy") is BlockKind.TERMS
    assert kind_of_label("Stock") is FactKind.STOCK and kind_of_label("庫存") is FactKind.STOCK
