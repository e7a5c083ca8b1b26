"""Demands are proposed by what happened, every sum reckoned; deceit is never assumed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from complaints.casefiles import ORDERED, make_facts
from hypothesis import given
from hypothesis import strategies as st

from monitor.complaints.facts.demands import (
    check_demands,
    propose_demands,
    reckon_fraud,
    tell_late_advert,
    total_asked,
)
from storage.case import Answer, Demand, DemandKind, Facts, Order, ProblemKind, Purpose, UnlawfulPurpose


def propose(**changed: object) -> list[tuple[DemandKind, Decimal | None]]:
    facts = make_facts(demands=(), **changed)
    return [(one.kind, one.amount) for one in propose_demands(facts).demands]


FIFTY = Decimal("50.00")
DECEIT = "客服谎称卡密是官方直供。"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, [(DemandKind.REPLACE, None), (DemandKind.REFUND, FIFTY)]),
        ({"seller_reply": "不退"}, [(DemandKind.REFUND, FIFTY)]),
        ({"problem": ProblemKind.NOT_DELIVERED}, [(DemandKind.DELIVER, None), (DemandKind.REFUND, FIFTY)]),
        ({"problem": ProblemKind.ACCOUNT_LOST}, [(DemandKind.REFUND, FIFTY)]),
        ({"problem": ProblemKind.BALANCE_FROZEN, "balance": Decimal(5000)}, [(DemandKind.RELEASE, Decimal(5000))]),
        ({"problem": ProblemKind.BALANCE_FROZEN}, [(DemandKind.RELEASE, None)]),
        ({"problem": ProblemKind.EXTRA_FEE, "extra_asked": Decimal(30)}, [(DemandKind.REFUND, FIFTY)]),
        (
            {"problem": ProblemKind.PLATFORM_GONE, "delivered": Answer.NO, "balance": Decimal(7)},
            [(DemandKind.REFUND, FIFTY), (DemandKind.RELEASE, Decimal(7))],
        ),
        (
            {"problem": ProblemKind.SHORT_VALUE, "face_value": Decimal(100), "got_value": Decimal(70)},
            [(DemandKind.REFUND, Decimal("15.00"))],
        ),
        ({"problem": ProblemKind.SHORT_VALUE}, [(DemandKind.REFUND, None)]),
        ({"problem": ProblemKind.UNKNOWN}, []),
        ({"unlawful": (UnlawfulPurpose.FAKE_ORDERS,)}, []),
    ],
)
def test_what_fits_the_problem_is_proposed(
    changed: dict[str, object], expected: list[tuple[DemandKind, Decimal | None]]
) -> None:
    assert propose(**changed) == expected


def test_threefold_damages_need_evidence_and_are_at_least_five_hundred() -> None:
    assert (DemandKind.FRAUD, Decimal(500)) in propose(fraud_evidence=("e-1",), what_happened=DECEIT)
    big = make_facts(orders=(Order(amount=Decimal(200)),), fraud_evidence=("e-1",), what_happened=DECEIT, demands=())
    assert propose_demands(big).demands[-1] == Demand(
        DemandKind.FRAUD, Decimal(600), "实付200.00元的三倍为600.00元（以证据能证明存在欺诈为前提）"
    )
    assert DemandKind.FRAUD not in dict(propose(fraud_evidence=("e-1",), purpose=Purpose.RESALE))
    assert reckon_fraud(Decimal("166.67"))[0] == Decimal("500.01")


def test_an_advertisement_after_the_order_carries_nothing_and_it_is_said() -> None:
    facts = make_facts(advert_relied_on="c-ad", what_happened=DECEIT, demands=())
    early = propose_demands(facts, seen={"c-ad": ORDERED - timedelta(days=1)})
    late = propose_demands(facts, seen={"c-ad": ORDERED + timedelta(days=1)})
    assert DemandKind.FRAUD in {one.kind for one in early.demands}
    assert DemandKind.FRAUD not in {one.kind for one in late.demands}
    assert any("晚于下单时间" in note for note in late.notes)
    asked = make_facts(advert_relied_on="c-ad", what_happened=DECEIT, demands=(Demand(DemandKind.FRAUD, Decimal(500)),))
    assert any("晚于下单" in line for line in check_demands(asked, seen={"c-ad": ORDERED + timedelta(days=1)}))


def test_several_orders_are_added_up_in_the_reckoning() -> None:
    facts = make_facts(
        orders=(Order(amount=Decimal("50")), Order(amount=Decimal("20.5"))), seller_reply="不", demands=()
    )
    (refund,) = propose_demands(facts).demands
    assert refund == Demand(DemandKind.REFUND, Decimal("70.5"), "2笔订单实付合计：50.00元＋20.50元＝70.50元")
    unknown = make_facts(orders=(Order(amount=Decimal(50)), Order()), seller_reply="不", demands=())
    assert propose_demands(unknown).demands[0].amount is None


@pytest.mark.parametrize(
    ("demands", "told"),
    [
        ((Demand(DemandKind.REFUND, Decimal(51)),), "多于订单实付合计50.00元"),
        ((Demand(DemandKind.REFUND),), "没有写金额"),
        ((Demand(DemandKind.REFUND, Decimal(0)),), "应大于0"),
        ((Demand(DemandKind.REFUND, Decimal(5)), Demand(DemandKind.REFUND, Decimal(5))), "写了2次"),
        ((Demand(DemandKind.DAMAGES, Decimal(5)),), "怎么算的"),
        ((Demand(DemandKind.FRAUD, Decimal(500)),), "没有证明欺骗的材料"),
    ],
)
def test_doubtful_demands_are_told(demands: tuple[Demand, ...], told: str) -> None:
    assert any(told in line for line in check_demands(make_facts(demands=demands)))


def test_a_wrong_threefold_sum_and_a_reseller_are_told() -> None:
    wrong = make_facts(fraud_evidence=("e-1",), demands=(Demand(DemandKind.FRAUD, Decimal(150)),))
    assert any("按规定算是500.00元" in line for line in check_demands(wrong))
    reseller = make_facts(
        purpose=Purpose.RESALE, fraud_evidence=("e-1",), demands=(Demand(DemandKind.FRAUD, Decimal(500)),)
    )
    assert any("转卖" in line for line in check_demands(reseller))
    assert check_demands(make_facts()) == ()


def test_a_total_is_only_given_where_every_sum_is_known() -> None:
    assert total_asked((Demand(DemandKind.REPLACE), Demand(DemandKind.REFUND, Decimal(5)))) == Decimal(5)
    assert total_asked((Demand(DemandKind.REFUND), Demand(DemandKind.RELEASE, Decimal(5)))) is None
    assert total_asked(()) is None


@given(
    st.sampled_from(ProblemKind),
    st.lists(st.none() | st.decimals(0, 10**6, places=2), max_size=8),
    st.none() | st.decimals(0, 1000, places=2),
    st.none() | st.decimals(0, 1000, places=2),
    st.sampled_from(Purpose),
    st.booleans(),
)
def test_no_proposal_is_doubtful_or_more_than_was_paid(
    problem: ProblemKind,
    amounts: list[Decimal | None],
    face: Decimal | None,
    got: Decimal | None,
    purpose: Purpose,
    refused: bool,
) -> None:
    facts = Facts(
        orders=tuple(Order(amount=amount) for amount in amounts),
        problem=problem,
        face_value=face,
        got_value=got,
        purpose=purpose,
        seller_reply="不退" if refused else "",
    )
    demands = propose_demands(facts).demands
    assert DemandKind.FRAUD not in {one.kind for one in demands}
    for demand in demands:
        assert demand.reckoning
        if demand.kind is DemandKind.REFUND and demand.amount is not None:
            assert facts.paid is not None and demand.amount <= facts.paid
    doubts = check_demands(replace(facts, demands=demands))
    assert all("没有写金额" in line or "大于0" in line for line in doubts)


def test_without_a_word_of_deceit_nothing_is_trebled() -> None:
    facts = make_facts(fraud_evidence=("e-1",), demands=())
    proposal = propose_demands(facts)
    assert DemandKind.FRAUD not in {one.kind for one in proposal.demands}
    assert any("不实的话" in note for note in proposal.notes)
    asked = make_facts(fraud_evidence=("e-1",), demands=(Demand(DemandKind.FRAUD, Decimal(500)),))
    assert any("不实的话" in line for line in check_demands(asked))


def test_only_orders_after_the_advertisement_are_trebled() -> None:
    orders = (
        Order(amount=Decimal(9000), ordered_at=ORDERED),
        Order(amount=Decimal(200), ordered_at=ORDERED + timedelta(days=2)),
    )
    facts = make_facts(orders=orders, advert_relied_on="c-ad", what_happened=DECEIT, demands=())
    assert tell_late_advert(facts, {"c-ad": ORDERED + timedelta(days=1)}) == ""
    late = propose_demands(facts, seen={"c-ad": ORDERED + timedelta(days=1)})
    assert [one.amount for one in late.demands if one.kind is DemandKind.FRAUD] == [Decimal(600)]


def test_what_was_got_in_part_is_not_asked_back_whole() -> None:
    partly: dict[str, object] = {"problem": ProblemKind.TOPUP_MISSING, "seller_reply": "退", "delivered": Answer.PARTLY}
    assert propose(**partly) == [(DemandKind.REFUND, None)]
    told = propose(**partly, face_value=Decimal(100), got_value=Decimal(40))
    assert told == [(DemandKind.REFUND, Decimal("30.00"))]
    whole = make_facts(delivered=Answer.PARTLY, demands=(Demand(DemandKind.REFUND, FIFTY),))
    assert any("一部分" in line for line in check_demands(whole))


def test_what_was_given_on_top_is_no_principal() -> None:
    facts: dict[str, object] = {"problem": ProblemKind.BALANCE_FROZEN, "balance": Decimal(3000)}
    assert propose(**facts, what_happened="充值50元，送的部分也不能用") == [(DemandKind.RELEASE, FIFTY)]


def test_a_balance_that_was_paid_in_is_asked_back_once() -> None:
    top_up = Order("CZ1", "余额充值", Decimal(5000))
    facts = make_facts(problem=ProblemKind.EXTRA_FEE, balance=Decimal(5000), orders=(top_up,), demands=())
    assert [(one.kind, one.amount) for one in propose_demands(facts).demands] == [(DemandKind.RELEASE, Decimal(5000))]
    part = replace(facts, balance=Decimal(3000))
    amounts = {one.kind: one.amount for one in propose_demands(part).demands}
    assert amounts == {DemandKind.REFUND: Decimal(2000), DemandKind.RELEASE: Decimal(3000)}


@pytest.mark.parametrize("story", ["我要求按50元发货。", "请按页面价格交付。", "我要求对方发货，不补差价。"])
def test_who_asks_for_his_goods_without_the_fee_is_proposed_delivery_first(story: str) -> None:
    fee = {"problem": ProblemKind.EXTRA_FEE, "extra_asked": Decimal(20), "demands": ()}
    proposed = propose_demands(make_facts(**fee, delivered=Answer.NO, what_happened=story)).demands
    assert [one.kind for one in proposed] == [DemandKind.DELIVER, DemandKind.REFUND]
    money = propose_demands(make_facts(**fee, delivered=Answer.NO, what_happened="要求退款。")).demands
    assert [one.kind for one in money] == [DemandKind.REFUND]
