"""What a complaint of many orders keeps when it is cut, and how many exhibits stand behind a list that is cut."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from complaints.casefiles import ORDERED, make_item

from letters.lettercase import FIRM, make_whole, write
from monitor.complaints.letters.text import shorten
from monitor.complaints.model import CaseFile
from storage.case import Demand, DemandKind, Order

STORY = "卡密在官方充值页兑换时提示“卡号不存在”。客服说一经售出概不退换。"


def of_many(count: int) -> CaseFile:
    orders = tuple(
        Order(f"XH2026111{n:04}", "某游戏点卡 50元", Decimal(50), 1, moment := ORDERED + timedelta(minutes=n), moment,
              f"42000022112026111012345{n:05}")
        for n in range(1, count + 1)
    )  # fmt: skip
    bills = tuple(
        make_item("wallet_bill", id=f"i-{n}", evidence=f"e-20261110T0000{n:02}-bill{n:04}", text_source="ocr",
                  text=f"微信支付 商户全称 {FIRM.name}\n金额 50.00元\n交易单号 {order.payment_no}\n2026-11-10")
        for n, order in enumerate(orders)
    )  # fmt: skip
    file = make_whole(orders=orders, what_happened=STORY, demands=(Demand(DemandKind.REFUND, Decimal(50 * count)),))
    asked = tuple(one for one in file.items if one.kind in ("demand_chat", "refusal"))
    return replace(file, items=(*asked, *bills))


def test_numbers_of_many_payments_give_way_before_what_is_wrong() -> None:
    cut = shorten(write("p12315_compact", of_many(20)), 1000)
    assert len(cut.text) <= 1000
    for kept in ("无法兑换或激活", "提示“卡号不存在”", "提出处理要求", "没有成功兑换或使用过", "所购商品用于生活消费"):
        assert kept in cut.text, kept
    assert any("交易单号" in one for one in cut.left_out)


def test_the_number_of_a_single_payment_comes_before_the_account() -> None:
    text = shorten(write("p12315_compact", make_whole(what_happened=STORY)), 1000).text
    assert text.index("交易单号") < text.index("提示“卡号不存在”")
    assert "所购商品用于生活消费" in text


def test_a_list_of_exhibits_that_is_cut_says_how_many_there_are() -> None:
    text = shorten(write("p12315", of_many(6))).text
    assert "付款方式为微信支付（商户收款），共6件载明，列前4件（证3-1、3-2、3-3、3-4）" in text
    whole = shorten(write("p12315", of_many(4))).text
    assert "付款方式为微信支付（商户收款）（证3-1、3-2、3-3、3-4）" in whole
