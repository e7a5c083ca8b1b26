"""What a letter says happened at which moment, what was handed over, and what the guardian of a minor agreed to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from complaints.casefiles import ORDERED, make_item

from letters.lettercase import make_whole, write
from monitor.complaints.facts.demands import propose_demands
from monitor.complaints.letters.text import render_text
from monitor.complaints.letters.write import LetterBlocked
from monitor.complaints.model import CaseFile
from monitor.complaints.routing.limits_of_claims import find_limits
from storage.case import Answer, Demand, DemandKind, Order, Person, ProblemKind

SEEN = "2026年11月10日15:30"
GUARDIAN = Person("林大明", "13900139000", "浙江省杭州市西湖区某路1号")


def told(problem: ProblemKind, **facts: object) -> str:
    return render_text(write("p12315", make_whole(problem=problem, **facts)))


def test_the_moment_of_seeing_is_not_told_as_that_of_the_refusal() -> None:
    text = told(ProblemKind.REFUSED_AFTER_SALES)
    assert f"{SEEN}，本人发现问题；售后请求被拒绝" in text
    assert f"{SEEN}，售后请求被拒绝" not in text


def test_what_did_not_come_is_told_up_to_a_moment() -> None:
    text = told(ProblemKind.NOT_DELIVERED, delivered=Answer.NO, received_at=None, used=Answer.UNKNOWN)
    assert f"至{SEEN}，付款后没有收到商品" in text


def test_who_got_nothing_is_not_said_to_have_been_handed_it() -> None:
    letter = write("p12315", make_whole(problem=ProblemKind.TOPUP_MISSING, used=Answer.UNKNOWN))
    assert "交付了商品" not in render_text(letter)
    assert any("请核对 delivered" in note for note in letter.notes)
    assert "delivered_yet_missing" in limits(ProblemKind.TOPUP_MISSING, "没到账。")
    assert "delivered_yet_missing" not in limits(ProblemKind.TOPUP_MISSING, "没到账。", delivered=Answer.NO)
    assert "交付了商品" in told(ProblemKind.DEAD_KEY)


def test_a_balance_is_no_goods_and_is_reckoned_as_the_buyer_does() -> None:
    how = "充值1000元减已消费20元"
    text = told(
        ProblemKind.BALANCE_FROZEN,
        balance=Decimal(980),
        used=Answer.UNKNOWN,
        demands=(Demand(DemandKind.RELEASE, Decimal(980), how),),
        orders=(Order("XH20261110001", "账户余额充值", Decimal(1000), 1, ORDERED, ORDERED),),
    )
    assert f"将余额980.00元退还（计算：{how}）" in text
    assert "交付了商品" not in text


@pytest.mark.parametrize(
    ("agreed", "story", "refused"),
    [
        (Answer.NO, "孩子用我手机偷偷买的，我不知情，卡密无效。", True),
        (Answer.NO, "孩子买的，当时是我同意的，卡密无效。", False),
        (Answer.NO, "孩子买的，不是我同意的，卡密无效。", True),
        (Answer.NO, "孩子用我的支付密码买的，密码是我告诉他的，卡密无效。", False),
        (Answer.NO, "孩子问我能不能买，我说可以，卡密无效。", False),
        (Answer.NO, "我转给他钱让他自己买的，卡密无效。", False),
        (Answer.NO, "未经我允许的情况下买的，卡密无效。", True),
        (Answer.NO, "密码不是我告诉他的，卡密无效。", True),
        (Answer.NO, "密码是我以前为了交饭费告诉他的，卡密无效。", True),
        (Answer.YES, "孩子买的，卡密无效。", False),
        (Answer.UNKNOWN, "孩子买的，卡密无效。", False),
    ],
    ids=[
        "not asked",
        "told otherwise",
        "told that not",
        "gave the password",
        "said yes",
        "gave the money",
        "not allowed",
        "did not give it",
        "gave it for meals",
        "agreed",
        "not declared",
    ],
)
def test_age_is_a_ground_only_where_the_guardian_did_not_agree(agreed: Answer, story: str, refused: bool) -> None:
    child = Person("林小明", born_on=date(2014, 5, 1))
    file = make_whole(minor=True, guardian=GUARDIAN, buyer=child, guardian_agreed=agreed, what_happened=story)
    letter = write("p12315", file)
    text = render_text(letter)
    assert ("监护人不予追认" in text) is refused
    assert ("第一百四十五条" in text) is refused
    assert any("追认" in note for note in letter.notes)


def of_child(**facts: object) -> CaseFile:
    """A child of twelve bought; the guardian says that he did not agree."""
    usual: dict[str, object] = {
        "minor": True,
        "guardian": GUARDIAN,
        "buyer": Person("林小明", born_on=date(2014, 5, 1)),
        "guardian_agreed": Answer.NO,
        "what_happened": "孩子用我的手机充值。",
        "problem": ProblemKind.REFUSED_AFTER_SALES,
    }
    return make_whole(**usual | facts)


def test_short_letters_say_that_a_child_bought_and_what_the_guardian_says() -> None:
    payment = render_text(write("payment", of_child()))
    assert "购买人（未成年人）" in payment and "监护人陈述：孩子用我的手机充值" in payment
    assert "监护人不予追认" in payment
    chat = render_text(write("demand_chat", of_child()))
    assert "购买人是未成年人，监护人不予追认，订单XH20261110001" in chat and "原路退款" in chat
    told_him = of_child(what_happened="密码是我告诉他的。")
    for kind in ("payment", "demand_chat", "demand"):
        letter = write(kind, told_him)
        assert "不予追认" not in render_text(letter)
    assert any("密码是我告诉他" in note for note in write("demand", told_him).notes)


@pytest.mark.parametrize("problem", [ProblemKind.REFUSED_AFTER_SALES, ProblemKind.SHORT_VALUE, ProblemKind.WRONG_GOODS])
@pytest.mark.parametrize("used", [Answer.PARTLY, Answer.YES])
def test_what_a_guardian_does_not_ratify_is_asked_back_as_a_whole(problem: ProblemKind, used: Answer) -> None:
    file = of_child(problem=problem, used=used, demands=(Demand(DemandKind.REFUND, Decimal(50)),))
    letter = write("p12315", file)
    assert "请求被投诉人将50.00元退至原支付方式" in render_text(letter)
    assert not any("face_value" in note for note in letter.notes)
    asked = propose_demands(replace(file.case.facts, demands=())).demands
    assert [(one.kind, one.amount) for one in asked] == [(DemandKind.REFUND, Decimal(50))]


@pytest.mark.parametrize("agreed", [Answer.YES, Answer.UNKNOWN])
def test_what_was_used_of_an_agreed_trade_is_not_asked_back(agreed: Answer) -> None:
    asked = (Demand(DemandKind.REFUND, Decimal(50)),)
    file = of_child(used=Answer.PARTLY, guardian_agreed=agreed, demands=asked)
    with pytest.raises(LetterBlocked):
        write("p12315", file)


def test_the_childs_own_account_is_not_put_into_the_guardians_mouth() -> None:
    own = of_child(what_happened="我今年12岁，那天用家里的手机充了值。妈妈发现后骂了我一顿。")
    for kind in ("demand", "payment", "p12315"):
        letter = write(kind, own)
        text = render_text(letter)
        assert "购买人陈述：我今年12岁" in text and "监护人陈述：我今年" not in text
        assert "监护人陈述：该笔交易没有经过监护人同意" in text  # that is declared by the guardian
        assert any("孩子自己的话" in note for note in letter.notes)
    for told in (
        "我儿子今年12岁，用我的手机充值。",
        "孩子偷偷用他妈妈的手机充值。",
        "他爸爸让我找客服，我找了，不退。",
    ):
        assert "监护人陈述：" + told[:4] in render_text(write("demand", of_child(what_happened=told)))


def test_what_the_family_noticed_is_not_told_as_seen_by_the_child() -> None:
    for problem in (ProblemKind.REFUSED_AFTER_SALES, ProblemKind.DEAD_KEY):
        text = render_text(write("demand", of_child(problem=problem)))
        assert f"{SEEN}，购买人一方发现" in text and "购买人发现" not in text


def test_of_a_refused_return_nothing_is_unknown_that_nobody_raised() -> None:
    idle = "商品是否已被他人使用"
    assert idle not in render_text(write("demand", of_child(used=Answer.UNKNOWN)))
    raised = of_child(used=Answer.UNKNOWN, what_happened="孩子买的卡密兑换不了。")
    assert idle in render_text(write("demand", raised))


@pytest.mark.parametrize("agreed", [Answer.YES, Answer.UNKNOWN], ids=["declared", "told"])
def test_who_agreed_is_told_that_age_is_no_ground(agreed: Answer) -> None:
    child, story = Person("林小明", born_on=date(2014, 5, 1)), "当时是我同意的，卡密无效。"
    file = make_whole(minor=True, guardian=GUARDIAN, buyer=child, guardian_agreed=agreed, what_happened=story)
    (told,) = [one.sentence for one in find_limits(file) if one.id == "minor"]
    assert "监护人同意过这笔交易" in told and "不予追认" not in told


def test_what_a_small_child_bought_is_void_and_needs_no_refusal() -> None:
    child = Person("林小明", born_on=date(2020, 5, 1))
    text = told(ProblemKind.DEAD_KEY, minor=True, guardian=GUARDIAN, buyer=child, guardian_agreed=Answer.NO)
    assert "第一百四十四条" in text and "没有经过监护人同意" in text and "不予追认" not in text


def limits(problem: ProblemKind, story: str, chat: str = "", **facts: object) -> set[str]:
    item = make_item("chat", text=chat, text_source="chat")
    file = make_whole(problem=problem, what_happened=story, kinds=(), **facts)
    return {one.id for one in find_limits(replace(file, items=(item,) if chat else ()))}


def of_goods(product: str) -> dict[str, object]:
    (order,) = make_whole().case.facts.orders
    return {"orders": (replace(order, product=product),)}


def test_a_want_of_promise_is_told_only_where_none_is_told_of() -> None:
    wrong = ProblemKind.WRONG_GOODS
    assert "no_promise_broken" in limits(wrong, "游戏包玩不了。")
    asked = "2026-11-10 13:50 我：安卓能用吗\n2026-11-10 13:51 客服：可以用的\n"
    assert not {"no_promise_broken", "promise_only_told"} & limits(wrong, "买完发现只能苹果用。", asked)
    late = "2026-11-10 16:00 我：用不了\n2026-11-10 16:20 客服：可以用的，您再试试\n"
    assert "no_promise_broken" in limits(wrong, "买完发现用不了。", late)
    quoted = limits(wrong, "页面写的是“独享账号”，其实很多人共用。")
    assert "promise_only_told" in quoted and "no_promise_broken" not in quoted
    assert "no_promise_broken" not in limits(wrong, "我要的是年卡，发来的是月卡。", **of_goods("视频会员年卡"))
    refused = ProblemKind.REFUSED_AFTER_SALES
    assert "no_promise_broken" not in limits(refused, "开通了3天就掉了，找卖家不管。")
    assert "no_promise_broken" in limits(refused, "充上了，觉得不好玩，不想要了。")


@pytest.mark.parametrize(
    ("product", "word"),
    [
        ("外卖红包 10元×10张", "券"),
        ("奶茶兑换券 2张", "券"),
        ("电影票代金券", "券"),
        ("某游戏点卡 50元", "卡密"),
        ("王者荣耀点券充值卡", "卡密"),
        ("红包封面激活码", "卡密"),
    ],
)
def test_a_voucher_is_called_one(product: str, word: str) -> None:
    order = replace(make_whole().case.facts.orders[0], product=product)
    text = told(ProblemKind.EXPIRED_KEY, orders=(order,))
    assert f"收到的{word}兑换时有效期已过" in text
