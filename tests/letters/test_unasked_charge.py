"""A charge that nobody asked for is told as one: no order, no delivery, its own dispute, its own law."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from complaints.casefiles import ORDERED

from letters.lettercase import make_whole, write
from monitor.complaints.facts.demands import propose_demands
from monitor.complaints.filing.prefiling import check_before_filing
from monitor.complaints.letters.text import render_text
from monitor.complaints.model import CaseFile
from monitor.config.complaints import ComplaintSettings
from storage.case import Answer, Demand, DemandKind, Meant, Order, ProblemKind

SETTINGS = ComplaintSettings()
CLOSED = "体验完我点了关闭自动续费，结果10月18日扣了25元，我是看零钱明细才发现的。"


def charged(story: str = CLOSED, **facts: object) -> CaseFile:
    orders = tuple(
        Order(
            "",
            "影视会员连续包月",
            Decimal(25),
            1,
            moment := ORDERED + timedelta(days=30 * n),
            moment,
            f"42000022112026{n}",
        )
        for n in range(2)
    )
    usual: dict[str, object] = {
        "problem": ProblemKind.UNASKED_CHARGE,
        "orders": orders,
        "what_happened": story,
        "used": Answer.NO,
        "demands": (Demand(DemandKind.REFUND, Decimal(50)),),
    }
    return make_whole(**usual | facts)


@pytest.mark.parametrize(
    "kind", ["p12315", "market_complaint", "consumer_assoc", "lawsuit", "payment", "demand", "police"]
)
def test_nothing_is_said_to_be_ordered_bought_or_delivered(kind: str) -> None:
    text = render_text(write(kind, charged()))
    for said in ("下单购买", "购买“", "交付了", "所购商品", "没有成功兑换", "没有收到商品", "实付"):
        assert said not in text, said
    assert "没有经过同意" in text


def test_each_charge_is_told_with_its_name_and_the_sum_of_all() -> None:
    text = render_text(write("market_complaint", charged()))
    assert "本人的账户于2026年11月10日14:30被" in text and "扣款25.00元，名目“影视会员连续包月”" in text
    assert "以上扣款共2笔，合计50.00元" in text and "（计算：扣款合计50.00元）" in text
    assert "本人没有使用过所扣费的服务" in text
    assert "上述款项从本人的账户扣付；所涉服务用于生活消费" in text and "上述扣款真实存在" in text


def test_a_renewal_has_its_own_dispute_and_law_and_another_debit_neither() -> None:
    assert "争议类型：未经同意的扣款（自动续费）" in render_text(write("payment", charged()))
    suit = render_text(write("lawsuit", charged()))
    assert "《网络交易监督管理办法》第十八条" in suit and "消费者权益保护法实施条例》第十条" in suit
    order = replace(charged().case.facts.orders[0], product="服务费")
    asked = (Demand(DemandKind.REFUND, Decimal(25)),)
    once = charged("我没有下单，11月10日账户里少了25元。", orders=(order,), demands=asked)
    payment, suit = render_text(write("payment", once)), render_text(write("lawsuit", once))
    assert "争议类型：未经同意的扣款\n" in payment
    assert "第十八条" not in suit and "《消费者权益保护法》第九条" in suit


def test_what_was_taken_is_proposed_to_be_given_back() -> None:
    asked = propose_demands(replace(charged().case.facts, demands=())).demands
    assert [(one.kind, one.amount) for one in asked] == [(DemandKind.REFUND, Decimal(50))]


def stops(file: CaseFile, channel: str = "p12315") -> dict[str, str]:
    return {one.field: one.why for one in check_before_filing(file, channel, SETTINGS).blocks}


@pytest.mark.parametrize(
    "story",
    [
        CLOSED,
        "7天试用到期后自动扣费，从我微信里扣了25。",
        "我早就取消了，11月18日又扣了25元。",
        "没有经过我同意就把钱扣走了。",
        "每个月扣我25，我根本没买过。",
        "扣了25元我都不知道，看账单才发现。",
    ],
)
def test_a_charge_that_is_filed_as_bought_goods_waits_for_its_own_problem(story: str) -> None:
    for problem in (ProblemKind.REFUSED_AFTER_SALES, ProblemKind.WRONG_GOODS, ProblemKind.DEAD_KEY):
        assert "下单购买" in stops(charged(story, problem=problem))["problem"]
    assert "problem" not in stops(charged(story))
    said = next(
        one.read
        for one in check_before_filing(charged(story, problem=ProblemKind.DEAD_KEY), "p12315", SETTINGS).blocks
        if one.field == "problem"
    )
    meant = (Meant(said, "这几笔都是我自己下单的，写的是另一个会员。"),)
    assert "problem" not in stops(charged(story, problem=ProblemKind.DEAD_KEY, meant=meant))


@pytest.mark.parametrize(
    "story",
    [
        "买的连续包月会员，给的号登不上。",
        "客服说要扣20元手续费才退。",
        "提现的时候扣了10%手续费。",
        "卡密无效，付款时扣了50元，一直没退。",
        "封号以后余额被扣光了。",
        "他们说违规又扣了我的信用分。",
    ],
)
def test_what_was_paid_for_goods_is_no_charge_unasked(story: str) -> None:
    assert "problem" not in stops(charged(story, problem=ProblemKind.DEAD_KEY))


def test_small_print_that_was_not_noticed_speaks_not_against_a_charge() -> None:
    small = "买的时候没注意下面有一行灰色小字。" + CLOSED
    assert "story.own_slip" not in stops(charged(small))
