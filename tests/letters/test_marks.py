"""A mark stands only on a payment that stands, of these goods and this order; captions say what was read."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from complaints.casefiles import ORDERED, make_item

from letters.lettercase import make_whole, write
from letters.test_support import holding, text_of
from monitor.complaints.letters.text import render_text
from storage.case import Demand, DemandKind, Order, PaymentForm

PAID = "付款50.00元（证3-1）"
BILL = (
    "微信支付\n商户全称 杭州某某网络科技有限公司 -50.00 支付时间 2026-11-10 14:31\n"
    "交易单号 4200002211202611101234567890"
)


@pytest.mark.parametrize("state", ["付款失败", "交易关闭", "已全额退款"])
def test_payment_that_failed_closed_or_came_back_marks_nothing(state: str) -> None:
    kinds = ("order", "wallet_bill")
    assert PAID in text_of("police", holding(make_whole(kinds=kinds), wallet_bill=BILL))
    undone = text_of("police", holding(make_whole(kinds=kinds), wallet_bill=f"{BILL}\n{state}"))
    assert "（证3-1）" not in undone


@pytest.mark.parametrize(
    ("read", "marked"),
    [
        ("官方充值页：某别的卡 Apple礼品卡 无效，不能兑换", False),
        ("订单号 ZZ99887766554433 兑换失败：卡密无效", False),
        ("兑换失败：卡密无效", True),
        ("订单号 XH20261110001 兑换失败：卡密无效", True),
    ],
)
def test_failure_of_other_goods_or_another_order_marks_nothing(read: str, *, marked: bool) -> None:
    text = text_of("demand", holding(make_whole(), failure=read))
    assert ("无法兑换或激活（证4-1）" in text) is marked


def test_way_of_paying_is_marked_apart_from_the_sum() -> None:
    bill = "转账 收款人：李四\n金额：50.00元\n转账单号：4200002211202611101234567890\n时间：2026-11-10 14:31"
    file = make_whole(payment=PaymentForm.PERSONAL_CODE, payee="张三", kinds=("order", "wallet_bill"))
    text = text_of("demand", holding(file, wallet_bill=bill))
    assert "付款方式为个人收款码。" in text
    assert "通过个人收款码付款50.00元" not in text
    assert "账单显示的收款方为“李四”" in text and "两者的关系尚待查明" in text


def test_bill_with_the_number_of_one_order_shows_no_sum_of_two() -> None:
    orders = (
        Order("XH20261110001", "卡A", Decimal(50), 1, ORDERED, ORDERED, "4200002211202611101234567890"),
        Order("XH20261110002", "卡B", Decimal(50), 1, ORDERED, ORDERED),
    )
    file = make_whole(orders=orders, demands=(Demand(DemandKind.REFUND, Decimal(100)),), kinds=("wallet_bill",))
    text = text_of("police", holding(file, wallet_bill="金额：100.00元\n交易单号：4200002211202611101234567890"))
    assert "付款100.00元（证" not in text


def test_one_bill_of_fifty_shows_no_hundred() -> None:
    order = Order("XH20261110001", "卡A", Decimal(50), 1, ORDERED, ORDERED, "4200002211202611101234567890")
    file = make_whole(orders=(order, order), demands=(Demand(DemandKind.REFUND, Decimal(100)),), kinds=("wallet_bill",))
    text = text_of("police", holding(file, wallet_bill="金额：50.00元\n交易单号：4200002211202611101234567890"))
    assert "付款100.00元（证" not in text


def test_caption_says_what_was_read_and_not_what_the_file_was_called() -> None:
    worked = holding(make_whole(), failure="兑换成功 面值50元已到账 2026-11-10 15:30")
    for kind in ("evidence_list", "demand_chat"):
        text = text_of(kind, worked)
        assert "到账失败的结果" not in text and "以原件所载为准" in text
        assert "到账失败的结果" in text_of(kind, make_whole())


def test_picture_in_which_nothing_was_read_is_only_brought_for_something() -> None:
    bare = replace(make_whole(), items=(make_item("failure", media_type="image/png"),))
    assert "拟证明兑换、激活、登录或到账失败的结果（图中文字没有读出" in render_text(write("evidence_list", bare))
