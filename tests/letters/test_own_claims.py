"""What the buyer alone says is told as that; what came in part, and a fee, are told as what they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from complaints.casefiles import ORDERED, make_item

from letters.lettercase import make_page, make_version, make_whole, promise, write
from monitor.complaints.facts.demands import propose_demands
from monitor.complaints.letters.text import render_text
from monitor.complaints.letters.write import LetterBlocked
from monitor.complaints.model import CaseFile
from monitor.complaints.routing.limits_of_claims import holds_promise
from storage.case import Answer, Demand, DemandKind, Order, Person, ProblemKind

REFUND = (Demand(DemandKind.REFUND, Decimal(5)),)
REBATE = {
    "problem": ProblemKind.TOPUP_MISSING,
    "delivered": Answer.PARTLY,
    "what_happened": "多次为游戏账户充值，平台宣传充值返利，我认为返利没有到账。",
    "demands": REFUND,
}


def text_of(kind: str, **facts: object) -> str:
    return render_text(write(kind, make_whole(**facts)))


@pytest.mark.parametrize("kind", ["demand", "demand_chat", "payment", "heimao"])
def test_a_rebate_that_did_not_come_is_no_top_up_that_did_not(kind: str) -> None:
    told = text_of(kind, **REBATE)
    assert "本人认为返利没有到账" in told
    assert not [one for one in ("充值只有部分到账", "只交付了部分商品", "未收到商品或服务") if one in told]


def test_a_top_up_that_itself_did_not_come_stays_one() -> None:
    told = text_of("demand", **{**REBATE, "what_happened": "充值的648元只到了一半，其余没有到账，返利也没有到账。"})
    assert "充值只有部分到账" in told and "认为返利" not in told


def test_a_letter_whose_only_request_was_dropped_asks_for_nothing_and_stops() -> None:
    file = make_whole(**{**REBATE, "demands": (Demand(DemandKind.FRAUD),)})
    for kind in ("payment", "heimao"):
        with pytest.raises(LetterBlocked) as blocked:
            write(kind, file)
        assert "demand" in [one.field for one in blocked.value.missing]


def small(*kinds: str) -> CaseFile:
    told = "下载的游戏包打不开，我不想要了，要求退款。"
    file = make_whole(problem=ProblemKind.WRONG_GOODS, what_happened=told, used=Answer.YES, demands=REFUND)
    return replace(file, items=(*file.items, *(make_item(one, title="商品页") for one in kinds)))


@pytest.mark.parametrize("kind", ["demand", "payment", "heimao"])
def test_that_goods_are_not_as_agreed_is_the_buyers_view_whatever_page_is_known(kind: str) -> None:
    for file in (small(), small("product_page")):
        told = render_text(write(kind, file))
        assert "本人认为收到的商品与约定不符" in told and "与页面所示不符" not in told


def test_of_goods_that_are_partly_good_only_the_rest_was_not_used() -> None:
    told = text_of("demand", delivered=Answer.PARTLY, used=Answer.NO, demands=REFUND)
    assert "没有成功兑换或使用过其中未能使用的部分" in told and "使用过该商品" not in told


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer.PARTLY, "对方以网络方式交付了商品，其中一部分没有交付或者不能使用"),
        (Answer.YES, "以网络方式交付了此前所购的商品"),
    ],
)
def test_what_was_ordered_later_did_not_come_at_the_told_moment(answer: Answer, told: str) -> None:
    orders = tuple(
        Order(number=f"XH{day}", product="点卡", amount=Decimal(50), ordered_at=ORDERED + timedelta(days=day))
        for day in (0, 1)
    )
    at = ORDERED + timedelta(minutes=2)
    text = text_of("demand", orders=orders, delivered=answer, received_at=at, demands=REFUND)
    assert told in text and "方式交付了商品。" not in text
    once = text_of("demand", orders=orders[:1], delivered=answer, received_at=at, demands=REFUND)
    assert "于2026年11月10日14:32以网络方式" in once and "此前所购" not in once


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        (ProblemKind.EXTRA_FEE, "本人发现问题；被要求在价款之外另行付款"),
        (ProblemKind.PLATFORM_GONE, "本人发现问题；打不开平台或没有人答复"),
    ],
)
def test_the_moment_of_seeing_is_not_that_of_the_demand_for_a_fee(problem: ProblemKind, told: str) -> None:
    text = text_of("demand", problem=problem, noticed_at=ORDERED + timedelta(hours=1))
    assert f"2026年11月10日15:30，{told}" in text


def test_a_deposit_is_no_bought_goods() -> None:
    orders = (
        Order(number="1", product="游戏充值", amount=Decimal(800), ordered_at=ORDERED, paid_at=ORDERED),
        Order(number="2", product="解冻保证金", amount=Decimal(3000), ordered_at=ORDERED, paid_at=ORDERED),
    )
    told = text_of("demand", orders=orders, demands=REFUND)
    assert "支付“解冻保证金”" in told and "购买“解冻保证金”" not in told
    assert "所购“游戏充值”用于生活消费" in told
    rows = text_of("police", orders=orders, demands=REFUND)
    assert "| 支付“解冻保证金”，3000.00元" in rows and "| 下单，3000.00元" not in rows
    assert "用于生活消费" not in text_of("demand", orders=orders[1:], demands=REFUND)


def test_goods_without_a_face_value_are_asked_for_as_they_were_agreed() -> None:
    order = (Order(number="1", product="某游戏整合包", amount=Decimal(9), ordered_at=ORDERED),)
    swap = (Demand(DemandKind.REPLACE),)
    bare = text_of("demand", orders=order, demands=swap)
    assert "更换符合约定、可正常使用的“某游戏整合包”" in bare and "面值" not in bare.partition("【请求】")[2]
    assert "更换同面值" in text_of("demand", demands=swap)


def answered(line: str, reply: str, **facts: object) -> CaseFile:
    file = make_whole(seller_reply=reply, replied_at=ORDERED + timedelta(hours=3), **facts)
    chat = make_item("chat", title="聊天", text=f"2026-11-10 17:30 客服：{line}", text_source="text")
    return replace(file, items=(*(one for one in file.items if one.kind != "refusal"), chat))


def test_an_answer_that_is_half_a_line_is_quoted_with_its_other_half() -> None:
    told = render_text(write("demand", answered("退您30，剩下20是手续费，不退", "剩下20是手续费，不退")))
    assert "答复：“退您30，剩下20是手续费，不退”" in told


def test_half_of_a_line_that_is_too_long_is_told_as_an_extract() -> None:
    told = render_text(write("payment", answered("您好，" + "请稍等我们核实一下，" * 12 + "不退", "不退")))
    assert "（节录）：“不退”" in told


def test_a_line_that_is_quoted_whole_is_no_extract() -> None:
    told = render_text(write("demand", answered("不退。", "不退")))
    assert "答复：“不退”" in told and "节录" not in told


def test_what_the_buyer_takes_off_himself_stands_beside_the_sum() -> None:
    asked = (Demand(DemandKind.REFUND, Decimal(20), "实付50元减已退30元"),)
    assert "订单实付合计50.00元中的部分（实付50元减已退30元）" in text_of("demand", demands=asked)
    plain = (Demand(DemandKind.REFUND, Decimal(20), "订单实付"),)
    assert "中的部分（" not in text_of("demand", demands=plain)


@pytest.mark.parametrize(
    ("kind", "told"), [("demand_chat", "（50.00元，已退一部分）"), ("payment", "付款50.00元，已退一部分")]
)
def test_a_short_text_says_that_a_part_came_back(kind: str, told: str) -> None:
    assert told in text_of(kind, money_back=Answer.PARTLY, demands=REFUND)
    assert "已退" not in text_of(kind, money_back=Answer.NO, demands=REFUND)


def test_a_short_text_calls_a_deposit_paid_and_not_bought() -> None:
    orders = (Order(product="解冻保证金", amount=Decimal(30), ordered_at=ORDERED, paid_at=ORDERED, payment_no="42000"),)
    for kind in ("demand_chat", "payment"):
        told = text_of(kind, orders=orders, demands=REFUND)
        assert "支付" in told and "购买" not in told


def test_the_loss_of_a_rebate_is_no_part_of_the_goods() -> None:
    told = text_of("police", **REBATE).partition("【损失】")[2]
    assert "所称没有到账的是返利，其金额没有算出" in told and "一部分商品" not in told.partition("【")[0]


@pytest.mark.parametrize(
    ("told", "swaps"),
    [("游戏包打不开，我不想要了，要求退款。", False), ("打不开，要求退款或者换一个。", True), ("打不开。", True)],
)
def test_a_buyer_who_asked_for_his_money_alone_is_not_proposed_other_goods(told: str, swaps: bool) -> None:
    facts = make_whole(problem=ProblemKind.WRONG_GOODS, what_happened=told, demands=()).case.facts
    kinds = [one.kind for one in propose_demands(facts).demands]
    assert (DemandKind.REPLACE in kinds) is swaps and DemandKind.REFUND in kinds


@pytest.mark.parametrize(
    ("text", "promises"),
    [
        ("区域错误不退不换", False),
        ("售出概不退换", False),
        ("虚拟商品不支持退款", False),
        ("特价商品无售后", False),
        ("恕不退货，敬请谅解", False),
        ("无效包换，人为损坏不退", True),
        ("质保30天", True),
        ("7天无理由退款", True),
        ("支持官方查询", True),
        ("卡密无效全额退款，过期不退", True),
    ],
)
def test_a_refusal_on_a_page_is_no_promise(text: str, promises: bool) -> None:
    seen = make_version("c-1", ORDERED - timedelta(days=1), facts=(promise(text),))
    assert holds_promise(replace(make_whole(), pages=(make_page(seen, None),))) is promises


@pytest.mark.parametrize(
    ("facts", "cited", "not_cited"),
    [
        ({"what_happened": "后来觉得太多了想退，客服不退。"}, "第五百七十七条", ("第二十四条", "第四百九十七条")),
        ({"what_happened": "卡密提示无效，客服不退。"}, "第二十四条", ("第四百九十七条",)),
        ({"what_happened": "客服保证可以退，现在不退。"}, "《消费者权益保护法实施条例》第十二条", ("第四百九十七条",)),
    ],
)
def test_a_refusal_rests_on_what_the_case_holds(facts: dict[str, str], cited: str, not_cited: tuple[str, ...]) -> None:
    told = text_of("demand", problem=ProblemKind.REFUSED_AFTER_SALES, used=Answer.YES, demands=REFUND, **facts)
    law = told.partition("【依据】")[2].partition("【其他途径】")[0]
    assert cited in law and not [one for one in not_cited if one in law]


def test_a_childs_refused_refund_rests_on_its_age_alone() -> None:
    child = Person("林小宝", born_on=date(2013, 1, 1))
    told = text_of(
        "demand",
        problem=ProblemKind.REFUSED_AFTER_SALES,
        minor=True,
        buyer=child,
        guardian=Person("林建国", "13800138000", "浙江省杭州市西湖区某路1号"),
        guardian_agreed=Answer.NO,
        what_happened="孩子自己充的，客服不退。",
        demands=REFUND,
    )
    law = told.partition("【依据】")[2].partition("【其他途径】")[0]
    assert "第一百四十五条" in law and "第二十四条" not in law and "第二十六条" not in law
