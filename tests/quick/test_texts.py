"""What quick says: texts within their length and with nothing invented, alerts first, exact moments."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from importlib import resources
from itertools import product

import pytest

from monitor.complaints.quick import QuickAnswer, QuickAnswers, make_quick
from monitor.complaints.quick.book import load_book
from monitor.complaints.quick.texts import CHAT_MOST, PAYMENT_MOST
from monitor.config.complaints import ComplaintSettings
from monitor.times import show_time
from storage.case import Answer, PaymentForm, ProblemKind, Purpose, UnlawfulPurpose

NOW = datetime(2026, 11, 23, 4, 3, tzinfo=UTC)
USUAL = QuickAnswers(
    "星河卡盟 https://xh88.example/buy/12", "XH20261110001", "50 微信商家", "卡密提示已被使用，客服说不退", "昨晚 8 点"
)


def quick(**changed: str) -> QuickAnswer:
    return make_quick(QuickAnswers(**{**vars(USUAL), **changed}), NOW, ComplaintSettings())


def test_every_problem_and_payment_has_texts_within_their_length() -> None:
    book = load_book()
    examples = {row.kind: row.name for row in book.problems}
    order = "A1" * 32
    for (kind, name), payment in product(examples.items(), book.payments.values()):
        made = quick(what=name, paid=f"12345.67元 {payment.letter}", order=order, when="昨晚 8 点付款，9点联系客服")
        assert made.seller is not None, kind
        assert 0 < len(made.seller.chat) <= CHAT_MOST, (kind, made.seller.chat)
        assert made.payment is not None
        assert len(made.payment.text) <= PAYMENT_MOST
        assert bool(made.payment.text) is (payment.form is not PaymentForm.USDT)


def test_every_kind_of_problem_and_form_of_payment_has_its_row() -> None:
    book = load_book()
    assert {row.kind for row in book.problems} == set(ProblemKind) - {ProblemKind.UNKNOWN}
    assert set(book.payments) == set(PaymentForm) - {PaymentForm.UNKNOWN}
    assert len({row.letter for row in book.problems}) == len(book.problems)
    assert len(book.questions) == 5


def test_the_chat_text_names_order_amount_and_the_exact_moment() -> None:
    made = quick()
    assert made.seller is not None
    assert made.seller.chat == (
        "订单XH20261110001（50元）：卡密提示已被使用。请于11月24日12:30前全额退款，或补发同面值的有效卡密，"
        "并用文字答复。本人依法保留投诉、起诉的权利。"
    )
    assert show_time(made.clocks[0].at or NOW)[:16] == "2026-11-24 12:30"
    assert made.facts.answer_by == made.clocks[0].at


def test_nothing_is_invented_where_nothing_was_said() -> None:
    made = make_quick(QuickAnswers(), NOW, ComplaintSettings())
    assert made.seller is not None
    assert made.payment is None
    assert not any(char.isdigit() for char in made.seller.chat.split("请于")[0])
    assert made.facts.orders == ()
    assert made.facts.payment is PaymentForm.UNKNOWN
    assert made.clocks[1].at is None
    assert dict(made.heard)["金额"] == "未知"


def test_no_text_threatens_promises_or_calls_names() -> None:
    for what in ("卡密无效", "余额提现要交解冻金", "不发货", "平台跑路了"):
        made = quick(what=what)
        texts = [made.seller.chat, made.seller.long] if made.seller else []
        texts += [made.payment.text, made.payment.gives] if made.payment else []
        for text in texts:
            for word in ("曝光", "保证退款", "一定能退", "构成诈骗", "骗子", "已向12315", "必须赔偿", "冻结其"):
                assert word not in text


def test_a_personal_code_is_told_that_no_merchant_dispute_exists_and_what_there_is() -> None:
    made = quick(paid="50 微信扫的个人码")
    assert made.payment is not None
    assert "没有商户" in made.payment.gives
    assert "举报" in made.payment.instead
    assert any("商户交易投诉" in alert for alert in made.alerts)


def test_an_unfreeze_deposit_puts_the_police_first_and_asks_for_no_more_payment() -> None:
    made = quick(what="余额5000提现要交解冻金2000")
    assert made.alerts[0].startswith("先报警")
    assert "110" in made.alerts[0]
    assert "no_more_money" in [one.id for one in made.save]
    assert made.seller is not None
    assert "退回原支付账户" in made.seller.chat
    assert "可能涉及" in (made.payment.text if made.payment else "")


@pytest.mark.parametrize("what", ["刷单没有返钱", "买的外挂用不了", "接码平台充值没到账", "在赌博网站下注不给提现"])
def test_an_unlawful_purpose_gets_a_warning_and_no_consumer_text(what: str) -> None:
    made = quick(what=what)
    assert "自证其罪" in made.alerts[0]
    assert made.seller is None
    assert made.payment is None
    assert made.facts.unlawful
    assert made.facts.demands == ()


def test_ordinary_goods_are_no_unlawful_purpose() -> None:
    assert quick(what="游戏点卡无效，辅助验证也收不到").facts.unlawful == ()
    assert UnlawfulPurpose.CHEATS in quick(what="透视辅助卡无效").facts.unlawful


def test_what_to_save_fits_problem_and_payment() -> None:
    ids = [one.id for one in quick().save]
    assert {
        "keep_chat",
        "no_redeem",
        "bill",
        "official_record",
        "record_activation",
        "record_talk",
        "ask_writing",
    } <= set(ids)
    assert "bill_personal" not in ids
    lost = [one.id for one in quick(what="一直不发货", paid="50 C").save]
    assert {"delivery_record", "bill_personal"} <= set(lost)
    assert "record_activation" not in lost
    assert ids[0] == "keep_chat"


def test_a_bank_card_has_its_unconfirmed_clock_told_as_such() -> None:
    made = quick(paid="信用卡 100", when="11月10日")
    clock = made.clocks[1]
    assert show_time(clock.at or NOW)[:10] == "2027-03-10"
    assert "以发卡行答复为准" in clock.basis


def test_three_years_end_on_the_same_day_and_29_february_on_the_28th() -> None:
    assert show_time(quick().clocks[1].at or NOW)[:19] == "2029-11-22 23:59:59"
    leap = make_quick(
        QuickAnswers(paid="50 微信商家", when="2024年2月29日 10:00"),
        datetime(2024, 3, 1, tzinfo=UTC),
        ComplaintSettings(),
    )
    assert show_time(leap.clocks[1].at or NOW)[:10] == "2027-02-28"
    assert "tsjb-16" not in leap.clocks[1].articles  # in force since 2026-04-15


def test_the_answer_hours_are_the_users_to_set() -> None:
    made = make_quick(USUAL, NOW, ComplaintSettings(answer_hours=2))
    assert show_time(made.clocks[0].at or NOW)[:16] == "2026-11-23 14:30"


def test_an_unknown_problem_is_told_in_the_buyers_own_words() -> None:
    made = quick(what="买的游戏包玩不了，想退款")
    assert made.seller is not None
    assert "：买的游戏包玩不了，想退款。请于" in made.seller.chat
    long = quick(what="这个东西跟我想的完全不一样" * 60)
    assert long.seller is not None and long.payment is not None
    assert len(long.seller.chat) <= CHAT_MOST
    assert len(long.payment.text) <= PAYMENT_MOST


def test_resale_and_children_are_told() -> None:
    assert quick(what="我是代理，进货的卡无效").facts.purpose is Purpose.RESALE
    assert any("未满18" in note for note in quick(what="我儿子充的，没到账").notes)


def test_several_orders_are_kept_apart_and_their_sum_is_not_shared_out() -> None:
    made = quick(order="XH2026111001 XH2026111002", paid="100 微信商家")
    assert [order.number for order in made.facts.orders] == ["XH2026111001", "XH2026111002"]
    assert [order.amount for order in made.facts.orders] == [None, None]
    assert made.seller is not None and made.payment is not None
    assert "订单XH2026111001等2笔：" in made.seller.chat
    for text in (made.seller.chat, made.seller.long, made.payment.text):
        assert "100元" not in text
    assert "逐笔提出" in made.payment.text
    assert "没有写是合计还是单笔" in dict(made.heard)["金额"]


PART = "三张卡密有一张无效，其余两张用了没问题，客服说可以补一张，我不要"


def test_goods_bad_in_part_are_asked_back_in_part_and_the_sellers_offer_is_told() -> None:
    made = quick(order="XY1、XY2、XY3", what=PART)
    assert made.understood.partly
    assert made.facts.used is Answer.PARTLY
    assert made.seller is not None and made.payment is not None
    for text in (made.seller.chat, made.seller.long, made.payment.text):
        assert "全额退款" not in text
        assert "补发" not in text
        assert "其余两张用了没问题" in text
        assert "有问题" in text
    for text in (made.seller.long, made.payment.text):
        assert "客服说可以补一张，我不要" in text


def test_an_offer_that_was_refused_is_told_and_not_asked_for() -> None:
    made = quick(what="卡密提示已被使用，客服同意补发一张，我不接受")
    assert made.seller is not None and made.payment is not None
    assert "或补发" not in made.seller.chat
    for text in (made.seller.long, made.payment.text):
        assert "客服同意补发一张，本人没有接受" in text


@pytest.mark.parametrize("what", ["卡密没有问题，就是我不想要了，客服没有说不退", "不想要了，客服不给退款"])
def test_who_only_does_not_want_it_accuses_nobody(what: str) -> None:
    made = quick(what=what, paid="50元 微信 转给张三")
    assert made.understood.regret
    assert made.facts.problem is ProblemKind.UNKNOWN
    assert "没有说商品有什么问题" in made.alerts[0]
    assert made.payment is None or made.payment.text == ""
    assert made.seller is not None
    for word in ("商品有问题", "投诉", "起诉", "全额退款"):
        assert word not in made.seller.chat + made.seller.long


def test_what_an_office_reads_of_a_sign_advises_nobody_and_counts_no_demands() -> None:
    rows = tomllib.loads(resources.files("monitor.reference").joinpath("fraud_signs.toml").read_text("utf-8"))["signs"]
    for row in rows:
        assert row["office"]
        for word in ("您", "不要", "立即", "先保全", "一次次", "："):
            assert word not in row["office"], (row["id"], word)
        assert "一次次" not in row["sentence"]


def test_the_signs_of_fraud_are_those_of_the_plan() -> None:
    for sign in tomllib.loads(resources.files("monitor.reference").joinpath("fraud_signs.toml").read_text("utf-8"))[
        "signs"
    ]:
        for word in sign["words"] if sign["critical"] else ():
            made = quick(what=f"对方说要先交{word}才能退款")
            assert sign["id"] in [one.id for one in made.understood.fraud], word
            assert made.alerts[0].startswith("先报警")
