"""Free answers are read as facts; what can be read in two ways is a choice, what was not said stays unknown."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from monitor.complaints.quick import QuickAnswers
from monitor.complaints.quick.amounts import find_amounts, read_chinese
from monitor.complaints.quick.moments import find_moments
from monitor.complaints.quick.understand import open_choices, read_orders, read_platform, understand
from monitor.complaints.routing.fraud_signs import hint_purposes
from monitor.times import SHANGHAI
from storage.case import Answer, Facts, PaymentForm, ProblemKind

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # Monday, noon in Shanghai


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("50 微信商家", PaymentForm.WECHAT_MERCHANT),
        ("200 支付宝付给商家的", PaymentForm.ALIPAY_MERCHANT),
        ("昨晚 8 点支付宝扫的个人码 200 块", PaymentForm.PERSONAL_CODE),
        ("微信扫他的收款码 30", PaymentForm.PERSONAL_CODE),
        ("微信转账30元", PaymentForm.TRANSFER),
        ("发了个红包 88", PaymentForm.TRANSFER),
        ("银行卡转账 5000", PaymentForm.TRANSFER),
        ("信用卡 100", PaymentForm.BANK_CARD),
        ("云闪付 12.5", PaymentForm.BANK_CARD),
        ("跳转到一个收银台付的 50元", PaymentForm.EPAY),
        ("余额 50", PaymentForm.BALANCE),
        ("200u 泰达币", PaymentForm.USDT),
        ("50 C", PaymentForm.PERSONAL_CODE),
        ("A 50", PaymentForm.WECHAT_MERCHANT),
        ("Ｃ ５０元", PaymentForm.PERSONAL_CODE),
        ("不知道", PaymentForm.UNKNOWN),
        ("", PaymentForm.UNKNOWN),
    ],
)
def test_payment_form_is_read(typed: str, form: PaymentForm) -> None:
    said = understand(QuickAnswers(paid=typed), NOW)
    assert said.payment is form
    assert not said.choices


@pytest.mark.parametrize(
    ("typed", "letters"), [("50 微信", "ACD"), ("200块，支付宝", "BCD"), ("扫码付了50", "ABCDEFGH")]
)
def test_an_ambiguous_payment_is_a_choice_that_the_next_question_carries(typed: str, letters: str) -> None:
    answers = QuickAnswers(paid=typed)
    said = understand(answers, NOW)
    assert said.payment is PaymentForm.UNKNOWN
    assert "".join(letter for letter, _ in said.choices[0].options) == letters
    assert open_choices(answers, 4) == said.choices
    assert not open_choices(answers, 5)


def test_the_letter_before_the_next_answer_takes_the_choice_and_is_no_part_of_the_story() -> None:
    said = understand(QuickAnswers(paid="50 微信", what="C 卡密提示已被使用"), NOW)
    assert (said.payment, said.problem, said.what) == (
        PaymentForm.PERSONAL_CODE, ProblemKind.USED_KEY, "卡密提示已被使用",
    )  # fmt: skip
    assert not said.choices


def test_a_letter_that_is_a_word_is_left_alone() -> None:
    said = understand(QuickAnswers(paid="50 微信商家", what="E卡兑换不了"), NOW)
    assert said.what == "E卡兑换不了"
    assert said.payment is PaymentForm.WECHAT_MERCHANT


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("卡密提示已被使用", ProblemKind.USED_KEY),
        ("Steam 的码提示已激活过，机器人回复，3天后说无法退款", ProblemKind.USED_KEY),
        ("卡密无效，客服说不退", ProblemKind.DEAD_KEY),
        ("E卡没法用", ProblemKind.DEAD_KEY),
        ("卡密过期了", ProblemKind.EXPIRED_KEY),
        ("面值不对，只有30", ProblemKind.SHORT_VALUE),
        ("付了钱没卡密", ProblemKind.NOT_DELIVERED),
        ("一直不发货", ProblemKind.NOT_DELIVERED),
        ("话费充值没到账", ProblemKind.TOPUP_MISSING),
        ("发错了，不是我买的区服", ProblemKind.WRONG_GOODS),
        ("礼品卡入库后被卖家退掉了", ProblemKind.ACCOUNT_LOST),
        ("买的号被找回了", ProblemKind.ACCOUNT_LOST),
        ("余额不能提现，每天限额500", ProblemKind.BALANCE_FROZEN),
        ("激活要补30激活费", ProblemKind.EXTRA_FEE),
        ("要我补差价20", ProblemKind.EXTRA_FEE),
        ("网站打不开了，也没发货", ProblemKind.PLATFORM_GONE),
        ("客服说不退款", ProblemKind.REFUSED_AFTER_SALES),
        ("没有让我交解冻金，就是卡密用不了", ProblemKind.DEAD_KEY),
        ("支付成功但没有显示卡密", ProblemKind.NOT_DELIVERED),
        ("已发货但显示卡已核销", ProblemKind.USED_KEY),
        ("买的游戏包玩不了，想退款", ProblemKind.UNKNOWN),
        ("东西不好", ProblemKind.UNKNOWN),
    ],
)
def test_problem_is_read(typed: str, kind: ProblemKind) -> None:
    assert understand(QuickAnswers(what=typed), NOW).problem is kind


def test_two_problems_of_equal_standing_are_asked_in_the_last_question() -> None:
    answers = QuickAnswers(what="卡密过期了，账号也被找回了")
    (choice,) = open_choices(answers, 5)
    assert {name for _, name in choice.options} == {"卡密已过期", "账号被找回、被封"}
    assert understand(answers, NOW).problem is ProblemKind.UNKNOWN
    chosen = understand(QuickAnswers(what=answers.what, when="I 昨晚8点"), NOW)
    assert chosen.problem is ProblemKind.ACCOUNT_LOST
    assert chosen.paid_at is not None


@pytest.mark.parametrize(
    ("typed", "yuan"),
    [
        ("50 微信", "50"), ("￥1,200.00", "1200.00"), ("五十块", "50"), ("8块5", "8.5"), ("1.5万", "15000"),
        ("①50元 微信", "50"), ("一百二十元", "120"), ("昨晚 8 点 支付宝 200 块", "200"), ("11月10日 50", "50"),
        ("一共付了80元，先50元再30元", "80"), ("订单20261110001 付 50", "50"),
    ],
)  # fmt: skip
def test_amount_is_read_and_a_time_or_an_order_number_is_none(typed: str, yuan: str) -> None:
    assert understand(QuickAnswers(paid=typed), NOW).amount == Decimal(yuan)


@pytest.mark.parametrize(
    "typed", ["先50元再30元", "200u", "不记得", "充100元送20元再付50元", "50-60元", "2笔各50元", "50多块"]
)
def test_an_amount_that_cannot_be_said_stays_unknown(typed: str) -> None:
    assert understand(QuickAnswers(paid=typed), NOW).amount is None


def test_several_amounts_are_not_added_up_and_that_is_told() -> None:
    assert any("没有替你相加" in note for note in understand(QuickAnswers(paid="先50元再30元"), NOW).notes)


@pytest.mark.parametrize(
    ("written", "number"),
    [("五十", 50), ("一百二", 120), ("两千零五", 2005), ("十二", 12), ("一万二", 12000), ("x", None)],
)
def test_chinese_numbers(written: str, number: int | None) -> None:
    assert read_chinese(written) == number


@pytest.mark.parametrize(
    ("typed", "shown", "day_only"),
    [
        ("昨晚 8 点", "2026-11-22 20:00", False),
        ("昨晚12点", "2026-11-23 00:00", False),
        ("昨晚1点", "2026-11-23 01:00", False),
        ("11月10日下午3点半", "2026-11-10 15:30", False),
        ("2026-11-10 14:30", "2026-11-10 14:30", False),
        ("12月25日", "2025-12-25 00:00", True),
        ("上周五", "2026-11-20 00:00", True),
        ("上个月5号", "2026-10-05 00:00", True),
        ("去年12月25日晚上9点", "2025-12-25 21:00", False),
        ("前天", "2026-11-21 00:00", True),
        ("半小时前", "2026-11-23 11:30", False),
        ("三天前", "2026-11-20 00:00", True),
        ("刚才", "2026-11-23 12:00", False),
    ],
)
def test_time_is_read(typed: str, shown: str, day_only: bool) -> None:
    (moment,) = find_moments(typed, NOW)
    assert moment.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") == shown
    assert moment.day_only is day_only


@pytest.mark.parametrize(
    "typed", ["2027年3月1日", "今晚8点", "随便", "2026年13月40日", "7个月前", "上个月", "上上周五", "下周五"]
)
def test_a_time_ahead_or_none_is_no_time(typed: str) -> None:
    assert find_moments(typed, NOW) == ()
    assert understand(QuickAnswers(when=typed), NOW).paid_at is None


def test_several_times_are_told_apart_by_the_words_beside_them() -> None:
    said = understand(QuickAnswers(when="昨晚 8 点付款，9 点发现，今天上午 10 点联系客服"), NOW)
    assert said.paid_at and said.noticed_at and said.contacted_at
    shown = [
        one.at.astimezone(SHANGHAI).strftime("%d %H") for one in (said.paid_at, said.noticed_at, said.contacted_at)
    ]
    assert shown == ["22 20", "22 21", "23 10"]


def test_the_time_in_the_payment_answer_counts_where_none_else_was_given() -> None:
    said = understand(QuickAnswers(paid="昨晚 8 点支付宝扫的个人码 200 块"), NOW)
    assert said.paid_at is not None
    assert said.amount == 200


def test_a_time_of_noticing_is_not_taken_for_the_payment() -> None:
    said = understand(QuickAnswers(when="昨晚8点兑换时才发现"), NOW)
    assert said.paid_at is None
    assert said.noticed_at is not None


@pytest.mark.parametrize(
    ("typed", "name", "url"),
    [
        ("星河卡盟 https://xh88.example/buy/12", "星河卡盟", "https://xh88.example/buy/12"),
        ("xh88.example/buy/12", "", "https://xh88.example/buy/12"),
        ("星河卡盟", "星河卡盟", ""),
        ("https://xh88.example/buy/12。", "", "https://xh88.example/buy/12"),
        ("https://user:pw@x.example/", "https://user:pw@x.example/", ""),
        ("", "", ""),
    ],
)
def test_platform_and_address_are_told_apart(typed: str, name: str, url: str) -> None:
    assert read_platform(typed) == (name, url)


@pytest.mark.parametrize(
    ("typed", "orders"),
    [
        ("XH20261110001", ("XH20261110001",)), ("订单号：ＸＨ2026111，XH2026112", ("XH2026111", "XH2026112")),
        ("①XH2026111 ②XH2026112", ("XH2026111", "XH2026112")), ("没有", ()), ("不记得了", ()), ("", ()),
    ],
)  # fmt: skip
def test_order_numbers(typed: str, orders: tuple[str, ...]) -> None:
    assert read_orders(typed) == orders


def test_fee_balance_reply_and_use_are_read() -> None:
    said = understand(QuickAnswers(what="余额5000提现要交解冻金2000，客服说：“不交就作废”。卡我没用过"), NOW)
    assert (said.extra, said.extra_name, said.balance) == (Decimal(2000), "解冻金", Decimal(5000))
    assert said.reply == "不交就作废"
    assert said.used is Answer.NO
    assert [one.id for one in said.fraud] == ["unfreeze_fee"]


@pytest.mark.parametrize(
    ("typed", "extra", "name"),
    [
        ("要补30元激活费", Decimal(30), "激活费"),
        ("激活费30元", Decimal(30), "激活费"),
        ("要交解冻保证金，前后转了12200", None, "解冻保证金"),
        ("还要3000会员费才给提现", Decimal(3000), "会员费"),
    ],
)
def test_a_fee_takes_only_the_sum_that_stands_beside_it(typed: str, extra: Decimal | None, name: str) -> None:
    said = understand(QuickAnswers(what=typed), NOW)
    assert (said.extra, said.extra_name) == (extra, name)


def test_a_daily_limit_is_no_balance() -> None:
    said = understand(QuickAnswers(what="余额提现每天限500，还要冻结30天"), NOW)
    assert said.problem is ProblemKind.BALANCE_FROZEN
    assert said.balance is None
    assert understand(QuickAnswers(what="余额还有500提不出来"), NOW).balance == 500


@pytest.mark.parametrize("typed", ["没有让我交解冻金", "没要求交保证金，就是不发货"])
def test_what_is_denied_is_no_sign_of_fraud(typed: str) -> None:
    assert understand(QuickAnswers(what=typed), NOW).fraud == ()


def test_hostile_answers_are_bounded() -> None:
    long = "卡密无效" * 5000 + "1" * 5000 + "昨" * 5000
    said = understand(QuickAnswers(long, long, long, long, long), NOW)
    assert len(said.what) <= 2000
    assert find_amounts("9" * 400) == ()
    assert understand(QuickAnswers(what="卡密\x1b[2J无效\u202e"), NOW).what == "卡密[2J无效"


@pytest.mark.parametrize(
    "told",
    [
        "在接码平台买的号",
        "帮店家刷信誉，垫付返现没有到账",
        "买了四件套发现不能用",
        "棋牌充值后不能下注",
        "买的科技号被封",
    ],
)
def test_quick_and_the_plan_know_an_unlawful_purpose_by_the_same_words(told: str) -> None:
    found = understand(QuickAnswers("某卡盟", "X1", "50元 微信", told, "昨天"), NOW).unlawful
    assert found and {one.purpose for one in found} == set(hint_purposes(Facts(what_happened=told)))


@pytest.mark.parametrize(
    "told",
    [
        "我买了手机卡充值没到账",
        "不是刷单，是自己用",
        "客服没有辅助我处理",
        "客服一直说平台不涉及刷单",
        "页面写明严禁用于接码",
    ],
)
def test_words_that_only_look_like_an_unlawful_purpose_hint_at_none(told: str) -> None:
    assert hint_purposes(Facts(what_happened=told)) == ()
    assert understand(QuickAnswers("某卡盟", "X1", "50元 微信", told, "昨天"), NOW).unlawful == ()
