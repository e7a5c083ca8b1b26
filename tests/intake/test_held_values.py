"""A text holds a value only where a reader finds it there: whole numbers, amounts with decimals or currency."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from complaints.casefiles import make_file, make_item

from monitor.complaints.evidence.exhibits import list_exhibits
from monitor.complaints.evidence.held_values import holds_amount, holds_name, holds_number
from monitor.complaints.letters.support import amount_in, text_in
from monitor.complaints.pack.backing import SAID, Backing


@pytest.mark.parametrize(
    "text",
    [
        "-50.00",
        "实付50元",
        "￥50",
        "¥ 50.0",
        "RMB 50",
        "50 块",
        "共 50.00 元",
        "50.000",
        "人民币50圆",
        "金额：５０．００",
    ],
)
def test_an_amount_stands_with_decimals_or_currency(text: str) -> None:
    assert holds_amount(text, Decimal("50.00"))


@pytest.mark.parametrize(
    "text",
    ["50", "第50单", "150.00", "50.001", "1,050.00", "15050元", "50.5元", "¥500", "¥50.50", "20:50", "50,000.00", ""],
)
def test_a_number_that_only_ends_so_or_has_no_currency_is_no_amount(text: str) -> None:
    assert not holds_amount(text, Decimal(50))


@pytest.mark.parametrize(
    ("amount", "text", "held"),
    [
        ("8.8", "8.80", True),
        ("8.8", "8.8元", True),
        ("8.8", "版本8.8", False),
        ("119273", "119,273.00", True),
        ("119.273", "119.273", True),
        ("119.273", "119.27", False),
        ("0.01", "-0.01", True),
    ],
)
def test_decimals_are_those_of_the_amount(amount: str, text: str, held: bool) -> None:
    assert holds_amount(text, Decimal(amount)) is held


def test_what_is_only_the_name_of_the_goods_is_no_price() -> None:
    assert not holds_amount("某游戏点卡 50元 实付80.00元", Decimal(50), "某游戏点卡 50元")
    assert holds_amount("某游戏点卡 50元 实付50.00元", Decimal(50), "某游戏点卡 50元")


@pytest.mark.parametrize(
    ("number", "text", "held"),
    [
        ("XH20261110001", "订单 XH2026 1110 001。", True),
        ("XH20261110001", "XH202611100012", False),
        ("20261110001", "XH20261110001", False),
        ("123", "123", False),
        ("8800-12", "8800-12", True),
        ("8800-12", "8800-123", False),
    ],
)
def test_a_number_is_held_whole(number: str, text: str, held: bool) -> None:
    assert holds_number(text, number) is held and holds_name(text, number) is held


def test_a_name_is_held_however_it_is_spaced_and_a_lone_sign_is_none() -> None:
    assert holds_name("收款方 杭州某某 网络科技\n有限公司", "杭州某某网络科技有限公司")
    assert not holds_name("王芳", "王") and not holds_name("有字", "")


@pytest.mark.parametrize("text", ["实付 50", "实付 50.00", "￥50", "150.00", "某游戏点卡 50元", "1,050.00元", "50元"])
def test_letter_and_first_page_say_the_same_of_an_amount(text: str) -> None:
    file = make_file()
    file = replace(file, items=(make_item("wallet_bill", text=text, text_source="ocr"),))
    order = file.case.facts.orders[0]
    assert order.amount is not None
    first_page = Backing(file, list_exhibits(file)).amounts([order.amount]) != SAID
    assert first_page is bool(amount_in(order.amount, order.product)(text))


@pytest.mark.parametrize(
    "text", ["XH20261110001", "单号XH20261110001号", "AXH20261110001", "XH202611100019", "XH2026111 0001"]
)
def test_letter_and_first_page_say_the_same_of_a_number(text: str) -> None:
    file = make_file()
    file = replace(file, items=(make_item("order", text=text, text_source="ocr"),))
    number = file.case.facts.orders[0].number
    assert bool(Backing(file, list_exhibits(file)).number(number)) is bool(text_in(number)(text))
