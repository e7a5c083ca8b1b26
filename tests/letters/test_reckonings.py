"""A reckoning that comes out is kept as the buyer wrote it; one that does not is left out and said."""

from __future__ import annotations

from decimal import Decimal

import pytest
from complaints.casefiles import ORDERED

from letters.lettercase import make_whole, write
from monitor.complaints.letters.reckonings import comes_out
from monitor.complaints.letters.text import render_text
from storage.case import Answer, Demand, DemandKind, Order, PaymentForm

ONE = (Order("A1", "独享账号 30天", Decimal(199), 1, ORDERED, ORDERED, "4200002211202611101234567890"),)


def told(amount: str, reckoning: str, kind: str = "demand", **facts: object) -> str:
    demands = (Demand(DemandKind.REFUND, Decimal(amount), reckoning),)
    return render_text(write(kind, make_whole(**{"demands": demands, "orders": ONE, **facts})))


@pytest.mark.parametrize(
    ("reckoning", "amount"),
    [
        ("199元按30天计，用了7天，199÷30×23", "152.57"),
        ("490元÷10张×1张", "49"),
        ("10元÷5小时×2小时", "4"),
        ("(100-20)*0.5", "40"),
        ("100元减去20元", "80"),
        ("每张10元×3张＝30元", "30"),
        ("12+8", "20"),
    ],
)
def test_a_sum_that_comes_out_is_known(reckoning: str, amount: str) -> None:
    assert comes_out(reckoning, Decimal(amount))


@pytest.mark.parametrize(
    ("reckoning", "amount"),
    [("199÷30×23", "160"), ("差额", "20"), ("1÷0", "1"), ("2026-11-10", "2"), ("((((1", "1"), ("全部", "50")],
)
def test_a_sum_that_does_not_is_none(reckoning: str, amount: str) -> None:
    assert not comes_out(reckoning, Decimal(amount))


def test_the_buyers_own_sum_stands_in_the_letter() -> None:
    text = told("152.57", "199元按30天计，用了7天，199÷30×23")
    assert "（计算：199元按30天计，用了7天，199÷30×23＝152.57元）" in text
    wrong = told("150", "199÷30×23")
    assert "199÷30×23" not in wrong and "订单实付合计199.00元中的部分" in wrong


def test_a_part_that_is_one_of_the_orders_is_called_by_it() -> None:
    two = (*ONE, Order("A2", "点卡 60元", Decimal(60), 1, ORDERED, ORDERED))
    assert "（计算：订单A2实付60.00元）" in told("60", "第二单", orders=two)
    assert "订单A2" not in told("60", "第二单", "heimao", orders=two)


def test_what_was_paid_from_a_balance_is_asked_back_to_where_it_came_from() -> None:
    text = told("199", "", payment=PaymentForm.BALANCE)
    assert "将199.00元退至充值时所用的支付账户" in text and "原支付方式" not in text
    assert "原路" not in told("199", "", "demand_chat", payment=PaymentForm.BALANCE)


def test_a_sum_paid_in_a_coin_is_told_as_about() -> None:
    text = told("199", "", payment=PaymentForm.USDT, delivered=Answer.NO, received_at=None)
    assert "付款约合199.00元" in text and "实付约合199.00元" in text
    assert "将约合199.00元退至付款人的收款账户" in text
    assert "付款199.00元" not in text and "实付199.00元" not in text
    chat = told("199", "", "demand_chat", payment=PaymentForm.USDT)
    assert "退款约合199.00元" in chat and "（约合199.00元）" in chat and "原路" not in chat
