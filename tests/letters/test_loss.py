"""The loss as the police read it: never the whole sum where the case tells that less was lost."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from complaints.casefiles import make_step

from letters.lettercase import make_whole, write
from monitor.complaints.letters.text import render_text
from storage.case import Answer, Demand, DemandKind, ProblemKind

FROZEN = {"problem": ProblemKind.BALANCE_FROZEN, "balance": Decimal(30)}


def loss_of(**facts: object) -> str:
    return render_text(write("police", make_whole(**facts))).partition("【损失】")[2].partition("【")[0]


@pytest.mark.parametrize(
    ("facts", "known"),
    [
        ({"money_back": Answer.PARTLY}, "已收到部分退款，退回的金额没有登记"),
        ({"delivered": Answer.PARTLY}, "其中一部分商品已经得到或使用"),
        ({"used": Answer.PARTLY}, "其中一部分商品已经得到或使用"),
        (FROZEN, "平台账户中的余额30.00元尚未取回，其余充值是否已使用以账户记录为准"),
    ],
)
def test_a_loss_that_nobody_reckoned_is_left_open_with_what_is_known(facts: dict[str, object], known: str) -> None:
    told = loss_of(**facts)
    assert known in told and told.strip().endswith("损失金额待核实。")


def test_all_that_was_paid_is_the_sum_where_nothing_came_or_came_back() -> None:
    assert "待核实" not in loss_of(delivered=Answer.NO, money_back=Answer.NO)
    assert "已付款合计50.00元" in loss_of(delivered=Answer.NO, money_back=Answer.NO)


def test_the_part_that_was_not_got_is_reckoned_where_both_values_are_told() -> None:
    told = loss_of(delivered=Answer.PARTLY, face_value=Decimal(50), got_value=Decimal(20))
    assert "没有得到的部分为30.00元" in told and "待核实" not in told


def test_what_the_buyer_asks_back_is_the_loss_where_it_is_less_than_was_paid() -> None:
    told = loss_of(demands=(Demand(DemandKind.REFUND, Decimal(38), "50元按30天计，用了7天"),))
    assert "请求退回的是38.00元" in told and "其余不作为损失" in told
    part = loss_of(demands=(Demand(DemandKind.REFUND, Decimal(38)),), delivered=Answer.PARTLY, used=Answer.PARTLY)
    assert "请求退回的是38.00元" in part and "待核实" not in part
    assert "请求退回的是" not in loss_of(demands=(Demand(DemandKind.REFUND, Decimal(50)),))


@pytest.mark.parametrize("kind", ["demand", "payment", "heimao"])
def test_money_that_came_back_is_taken_off_the_part_that_was_not_got(kind: str) -> None:
    step = make_step("platform", outcome="partly", returned=Decimal(15))
    short = {"problem": ProblemKind.SHORT_VALUE, "face_value": Decimal(50), "got_value": Decimal(20)}
    file = make_whole(**short, demands=(Demand(DemandKind.REFUND, Decimal(30)),))
    whole, less = render_text(write(kind, file)), render_text(write(kind, replace(file, steps=(step,))))
    assert "30.00元" in whole and "请将15.00元" not in whole
    assert "15.00元" in less and "请将30.00元" not in less and "退款30.00元" not in less
    police = render_text(write("police", replace(file, steps=(step,)))).partition("【损失】")[2]
    assert "减去已退回的15.00元为15.00元" in police and "尚有" not in police.partition("【")[0]
