"""A mark stands only on a payment that stands, of these goods and this order; captions say what was read."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from complaints.casefiles import ORDERED, make_item

from letters.lettercase import make_page, make_version, make_whole, write
from letters.test_support import holding, text_of
from monitor.complaints.evidence.evidence_kinds import load_kinds
from monitor.complaints.letters.text import render_text, shorten
from monitor.complaints.model import LetterBlocked
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
    assert "账单显示的收款方为“李四”，与所填的收款方不同，两者的关系尚待查明（证3-1）" in text


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


@pytest.mark.parametrize(("state", "field"), [("付款失败", "paid_proof"), ("已全额退款", "not_returned")])
def test_letter_that_asks_for_money_stops_at_a_bill_that_says_otherwise(state: str, field: str) -> None:
    file = holding(make_whole(kinds=("wallet_bill",)), wallet_bill=f"微信支付\n{state}\n金额：50.00元")
    for kind in ("demand", "payment", "heimao"):
        with pytest.raises(LetterBlocked) as blocked:
            write(kind, file)
        assert field in [one.field for one in blocked.value.missing]


def test_refund_that_the_buyer_says_never_came_stops_nothing() -> None:
    chat = "2026-11-10 16:30 我：卡密无效，请退款\n2026-11-10 16:40 客服：已为您全额退款50元"
    said = make_whole(kinds=("order", "chat"), what_happened="客服说已经退款，但我一直没有收到退款。")
    assert write("demand", holding(said, chat=chat))
    with pytest.raises(LetterBlocked):
        write("demand", holding(make_whole(kinds=("order", "chat")), chat=chat))


def test_caption_says_what_was_read_and_not_what_the_file_was_called() -> None:
    worked = holding(make_whole(), failure="兑换成功 面值50元已到账 2026-11-10 15:30")
    named = tuple(replace(one, shows=load_kinds()[one.kind].shows) for one in worked.items)
    worked = replace(worked, items=named)  # as case add fills it in
    for kind in ("evidence_list", "demand_chat"):
        text = text_of(kind, worked)
        assert "到账失败的结果" not in text and "以原件所载为准" in text
        assert "到账失败的结果" in text_of(kind, make_whole())


def test_picture_in_which_nothing_was_read_is_only_brought_for_something() -> None:
    bare = replace(make_whole(), items=(make_item("failure", media_type="image/png"),))
    assert "拟证明兑换、激活、登录或到账失败的结果（图中文字没有读出" in render_text(write("evidence_list", bare))


def test_short_complaint_keeps_the_dispute_and_says_what_it_left_out() -> None:
    orders = tuple(
        Order(
            f"XH2026111000{place}",
            "某游戏点卡",
            Decimal(50),
            1,
            ORDERED,
            ORDERED,
            f"420000221120261110123456789{place}",
        )
        for place in range(3)
    )
    story = "".join(f"第{place}次在官方页面兑换仍提示卡号不存在，换了手机和网络也一样。" for place in range(1, 29))
    file = make_whole(
        orders=orders, what_happened=story, seller_reply="一经售出概不退换",
        demands=(Demand(DemandKind.REFUND, Decimal(150)),),
    )  # fmt: skip
    cut = shorten(write("p12315_compact", file), 1000)
    for told in (
        "共3笔，实付合计150.00元", "无法兑换或激活", "没有成功兑换或使用过", "交易单号4200002211202611101234567890",
        "交付了商品", "提出处理要求", "一经售出概不退换",
    ):  # fmt: skip
        assert told in cut.text, told
    assert "略去" in cut.text and "事实中的内容" in cut.text


def test_what_pages_showed_gives_way_before_the_dispute() -> None:
    rule = "以上各项规则如有争议，最终解释权归本站所有。"
    page = make_page(make_version("c-1", ORDERED, rule), None)
    letter = write("p12315", replace(make_whole(), pages=(page,)))
    whole = len(render_text(letter))
    texts = [shorten(letter, whole - less).text for less in range(50, 650, 50)]
    told = [("没有成功兑换或使用过" in one, "最终解释权" in one) for one in texts]
    assert (True, False) in told and (False, True) not in told
