"""Sums that a letter reckons itself, what a payment provider is asked for, and laws that go by an age."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from letters.lettercase import make_whole, write
from monitor.complaints.filing.filing_blocks import find_blocks
from monitor.complaints.letters.text import render_text
from monitor.complaints.model import CaseFile
from monitor.config.complaints import ComplaintSettings
from storage.case import Answer, Demand, DemandKind, Person

HOME = "浙江省杭州市西湖区某路1号"


def threefold(**facts: object) -> CaseFile:
    demands = (Demand(DemandKind.REFUND, Decimal(50)), Demand(DemandKind.FRAUD))
    told = "客服说是官方渠道的卡，实际是别人用过的卡，官方查询说早已兑换。"
    return make_whole(demands=demands, what_happened=told, fraud_evidence=("i-refusal",), **facts)


def test_a_sum_that_the_law_fixes_need_not_be_typed() -> None:
    asked = [one.field for one in find_blocks(threefold(), "p12315", ComplaintSettings())]
    assert "demand" not in asked


def test_damages_without_a_sum_still_stop() -> None:
    file = make_whole(demands=(Demand(DemandKind.DAMAGES),))
    assert "demand" in [one.field for one in find_blocks(file, "p12315", ComplaintSettings())]


def test_a_payment_provider_is_asked_for_the_payment_alone() -> None:
    assert "增加赔偿500.00元" in render_text(write("demand", threefold()))
    told = render_text(write("payment", threefold()))
    assert "请求原路退款50.00元。" in told
    assert "增加赔偿" not in told


def test_money_beside_money_is_asked_for_too_and_goods_or_money_for_one() -> None:
    demands = (Demand(DemandKind.REFUND, Decimal(50)), Demand(DemandKind.DAMAGES, Decimal(5), "打印费5元"))
    assert "原路退款50.00元，并赔偿损失5.00元" in render_text(write("demand_chat", make_whole(demands=demands)))
    either = (Demand(DemandKind.REPLACE), Demand(DemandKind.REFUND, Decimal(50)))
    assert "换同面值商品，或原路退款50.00元" in render_text(write("demand_chat", make_whole(demands=either)))


@pytest.mark.parametrize(
    ("born", "cited"), [(None, False), (date(1999, 5, 1), False), (date(2014, 5, 1), True)], ids=["unknown", "27", "12"]
)
def test_the_law_on_minors_is_cited_where_the_age_is_known(born: date | None, cited: bool) -> None:
    guardian = Person("林大明", "13900139000", HOME)
    child = Person("林小明", born_on=born)
    letter = write("demand", make_whole(minor=True, guardian=guardian, buyer=child, guardian_agreed=Answer.NO))
    assert ("《民法典》第一百四十五条" in render_text(letter)) is cited
    assert any("依年龄适用的条文没有引用" in note for note in letter.notes) is not cited
