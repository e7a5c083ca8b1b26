"""Texts of quick say what the buyer says: money that came back, an offer, a part; never the opposite of his words."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from monitor.complaints.quick import QuickAnswer, QuickAnswers, make_quick
from monitor.config.complaints import ComplaintSettings
from storage.case import Answer, ProblemKind

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def quick(what: str, paid: str = "100 微信商家", order: str = "A1") -> QuickAnswer:
    return make_quick(QuickAnswers("xx卡盟", order, paid, what, "2026-11-20 20:00"), NOW, ComplaintSettings())


def texts(answer: QuickAnswer) -> str:
    assert answer.seller is not None
    return "\n".join((answer.seller.chat, answer.seller.long, answer.payment.text if answer.payment else ""))


def test_what_came_back_is_taken_off() -> None:
    answer = quick("卡密无效，客服李明说已经给我退了30元，剩下的不退", paid="50 微信商家")
    assert answer.understood.returned == 30 and answer.facts.demands[0].amount == Decimal(20)
    assert "退还其余20元" in texts(answer) and "全额退款" not in texts(answer)
    assert any("已经退回30元" in note for note in answer.notes)


@pytest.mark.parametrize(
    "what",
    [
        "卡密无效，客服说可以退30元",
        "卡密无效，客服只肯退30",
        "卡密无效，我要求退了30元",
        "卡密无效，没有退我30元",
        "卡密无效，答应退给我30元",
        "卡密无效，30元也不退",
    ],
)
def test_an_offer_or_a_wish_gave_nothing_back(what: str) -> None:
    assert quick(what).understood.returned is None


@pytest.mark.parametrize(
    "what", ["卡密兑换成功了但面值少了20，客服说补20给我", "面值少了20，客服同意补20元红包", "少到20，店家说给我补20"]
)
def test_what_the_seller_offers_to_add_is_no_fee(what: str) -> None:
    answer = quick(what)
    assert answer.understood.problem is ProblemKind.SHORT_VALUE
    assert "另外的名目" not in texts(answer) and "补20" in texts(answer)


@pytest.mark.parametrize("what", ["客服要我补20才发货", "说要补20元差价", "让我再补30", "要加钱"])
def test_what_the_seller_asks_on_top_is_one(what: str) -> None:
    assert quick(what).understood.problem is ProblemKind.EXTRA_FEE


@pytest.mark.parametrize("what", ["孩子偷偷充的，已经用掉了", "我已经兑换了，不好玩", "会员已经激活，客服不退"])
def test_what_the_buyers_own_hands_used_was_used_by_nobody_else(what: str) -> None:
    answer = quick(what)
    assert answer.understood.problem is not ProblemKind.USED_KEY
    assert "已被使用" not in texts(answer)


@pytest.mark.parametrize(
    "what",
    ["卡密已被使用", "提示已使用", "兑换时显示已经兑换过", "卡密被人用了", "这张卡已激活", "“已被领取”", "已被使用"],
)
def test_a_key_that_others_used_is_one(what: str) -> None:
    assert quick(what).understood.problem is ProblemKind.USED_KEY


def test_a_child_who_used_it_is_said_so() -> None:
    answer = quick("孩子偷偷充的，已经用掉了", paid="648 支付宝商家")
    assert answer.understood.used is Answer.YES and "孩子偷偷充的" in texts(answer)


def test_of_two_orders_told_one_by_one_the_good_one_is_left_out() -> None:
    answer = quick("A1无效，A2正常，客服说只换不退", order="A1、A2", paid="60 微信商家")
    assert answer.understood.partly and "有问题部分" in texts(answer) and "全额退款" not in texts(answer)
    assert answer.understood.offer == "客服说只换不退"
    both = quick("A1无效，A2也不正常", order="A1、A2", paid="60 微信商家")
    assert not both.understood.partly


def test_a_promise_to_deliver_is_told() -> None:
    assert quick("卡密没发货，客服答应明天发，我等不及").understood.offer == "客服答应明天发"
    assert "客服答应明天发" in texts(quick("卡密没发货，客服答应明天发，我等不及"))
    for silent in ("卡密没发货，客服说没货", "客服说不会发", "卡密没发货，客服没说什么时候发"):
        assert not quick(silent).understood.offer


@pytest.mark.parametrize(
    "what",
    [
        "我用过了卡密，没问题，但朋友说可以退款试试",
        "不是卡密无效，是我输错了",
        "已经解决了，想退款",
    ],
)
def test_where_nothing_is_wrong_only_a_friendly_question_is_written(what: str) -> None:
    answer = quick(what)
    assert answer.understood.regret and (answer.payment is None or not answer.payment.text)
    assert "起诉" not in texts(answer) and "能否退款" in texts(answer)


@pytest.mark.parametrize("what", ["不是卡密无效，是我输错了，现在好了，不过客服态度差", "是我看错了，已经解决了"])
def test_where_the_trouble_is_over_and_nothing_asked_no_text_is_made_and_nothing_untrue_said(what: str) -> None:
    answer = quick(what)
    assert answer.understood.solved and answer.seller is None and answer.payment is None
    assert "问题已经解决" in answer.alerts[0]
    assert not any("不想要" in alert for alert in answer.alerts)


@pytest.mark.parametrize(
    "what", ["客服说已经解决了，但卡密仍然无效", "问题没有解决，卡密无效", "现在好了，但要求退还多扣的20元"]
)
def test_a_trouble_that_is_not_over_gets_its_texts(what: str) -> None:
    assert not quick(what).understood.solved


def test_of_redeemed_goods_only_what_did_not_come_is_asked_with_its_sum() -> None:
    answer = quick("卡密兑换成功了但面值少了20，客服说补20给我")
    assert answer.seller is not None and answer.payment is not None
    assert "全额退款" not in texts(answer)
    for text in (answer.seller.chat, answer.seller.long):
        assert "补足少给的20元" in text
    assert "把少给的20元退回原支付账户" in answer.payment.text
    assert answer.facts.used is Answer.YES


def test_what_did_not_come_is_reckoned_from_what_was_promised_and_came() -> None:
    answer = quick("面值100的卡，兑换成功但只到账80")
    assert (answer.facts.face_value, answer.facts.got_value) == (100, 80)
    assert answer.facts.demands[0].amount == Decimal(20)
    assert "少给的20元" in texts(answer)


@pytest.mark.parametrize("what", ["面值不对", "少了2张", "面值不足，还没有兑换成功"])
def test_without_a_sum_or_a_use_neither_is_made_up(what: str) -> None:
    answer = quick(what)
    assert answer.understood.missing is None and not answer.understood.redeemed
    assert "补足差额或全额退款" in texts(answer)


def test_the_chat_text_tells_the_sellers_offer() -> None:
    answer = quick("卡密没发货，客服答应明天发，我等不及")
    assert answer.seller is not None and "客服答应明天发" in answer.seller.chat


def test_what_was_paid_on_top_is_told_and_asked_back() -> None:
    answer = quick("充值没到账，客服让我再交300元解冻，我已经交了300元", paid="200 微信商家")
    assert answer.understood.extra_paid == "300元"
    assert answer.seller is not None and answer.payment is not None
    for text in (answer.seller.chat, answer.seller.long):
        assert "已经交了300元" in text and "退还另付的300元" in text
    assert "已经交了300元" in answer.payment.text
    assert answer.alerts[0].startswith("先报警")


@pytest.mark.parametrize(
    "what", ["付了50元以后客服又要激活费30元，我没交", "客服要再交300，我一共交了350", "让我再交30，我还没付"]
)
def test_a_fee_that_was_only_asked_was_not_paid(what: str) -> None:
    assert quick(what).understood.extra_paid == ""


def test_a_dead_site_is_asked_for_no_records_and_three_years_are_told() -> None:
    answer = make_quick(QuickAnswers("xx卡盟", "", "", "网站打不开", "三年前"), NOW, ComplaintSettings())
    assert answer.seller is not None and "交付记录" not in answer.seller.long
    assert any("3年前" in one.basis and "可能已经过了" in one.basis for one in answer.clocks)
    assert any("联系得到" in note for note in answer.notes)
    late = make_quick(QuickAnswers("xx卡盟", "", "50", "卡密无效", "2023-10-01"), NOW, ComplaintSettings())
    assert any("已经过了" in one.basis for one in late.clocks)
    assert not any("已经过了" in one.basis for one in quick("卡密无效").clocks)


@pytest.mark.parametrize(
    "what", ["账号没问题，卡密无效", "卡密提示无效，我没输错", "第一张没问题，第二张无效", "充值没到账，问题没有解决"]
)
def test_a_word_of_order_beside_a_fault_hides_no_fault(what: str) -> None:
    assert not quick(what).understood.regret


def test_threats_and_insults_of_the_buyer_go_to_nobody() -> None:
    told = texts(quick("东西不好用。他们就是诈骗集团，我要曝光他们。不退我就找人砸了你们店！"))
    assert "诈骗" not in told and "砸" not in told and "不好用" in told


def test_a_clause_that_judges_goes_and_the_fact_beside_it_stays() -> None:
    told = texts(quick("卡密无效，客服说已经给我退了30元，剩下的不退，骗子", paid="50 微信商家"))
    assert "已经给我退了30元，剩下的不退" in told and "骗子" not in told


def test_who_sells_on_in_his_own_shop_is_a_reseller() -> None:
    assert quick("买了三张卡放到自己淘宝店卖，客户说无效").understood.resale
    assert not quick("在他的淘宝店里买的，卡密无效").understood.resale


@pytest.mark.parametrize(
    "what",
    [
        "卡是土耳其区的，页面写了我没看清，客服不给换",
        "我下单时没注意看地区，店家不退",
        "是我自己看漏了说明，客服拒绝退款",
        "买的时候没仔细看详情页，不给退货",
        "我选错了区服，客服不换",
    ],
)
def test_an_own_mistake_is_told_as_one_and_no_fault_is_invented(what: str) -> None:
    answer = quick(what)
    assert answer.understood.regret and (answer.payment is None or not answer.payment.text)
    assert "商品有问题" not in texts(answer) and "能否退款" in texts(answer)


@pytest.mark.parametrize(
    "what",
    [
        "买的年卡到账只有一个月，客服说是我看错了",
        "卖家说我自己没看清页面，不给退款",
        "客服称我买错了，拒绝退款",
        "激活不了，客服说是我输错",
    ],
)
def test_what_the_seller_says_of_a_mistake_is_no_admission(what: str) -> None:
    assert not quick(what).understood.regret


@pytest.mark.parametrize("what", ["同事说用不了，客服不给换", "客服不退款", "卖家拒绝售后，推来推去"])
def test_a_refusal_alone_is_told_in_his_own_words(what: str) -> None:
    told = texts(quick(what))
    assert "商品有问题" not in told and what.rstrip("。") in told
