"""A buyer who names no fault of the goods, or ordered wrong himself, is given no text that says there is one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from complaints.casefiles import ORDERED, make_file

from excuses.pages import around, seen
from monitor.complaints.excuses import AnsweredExcuse, answer_excuses
from monitor.complaints.model import CaseFile
from storage.case import ProblemKind

FAULT = "商品本身的问题"


def answered(file: CaseFile) -> dict[str, AnsweredExcuse]:
    return {one.id: one for one in answer_excuses(file)}


def with_page(text: str, **facts: object) -> CaseFile:
    page = around(seen(text, ORDERED - timedelta(days=1)), seen(text, ORDERED + timedelta(days=1)))
    return replace(make_file(**facts), pages=(page,))


@pytest.mark.parametrize(
    ("problem", "story"),
    [
        (ProblemKind.REFUSED_AFTER_SALES, "我手滑多拍了一张，卡没问题，想退掉一张。"),
        (ProblemKind.REFUSED_AFTER_SALES, "买多了，想退一张，客服说看过就算使用。"),
        (ProblemKind.WRONG_GOODS, "页面上有写土耳其区，我下单的时候没注意看。"),
        (ProblemKind.WRONG_GOODS, "是我没看清，买成了别的区的。"),
        (ProblemKind.TOPUP_MISSING, "充值的时候我账号填错了一位。"),
    ],
)
def test_who_names_no_fault_is_given_no_text_of_one(problem: ProblemKind, story: str) -> None:
    found = answered(make_file(problem=problem, what_happened=story, seller_reply="一经售出不退不换"))["no_refund"]
    assert FAULT not in found.paste and "没有到账" not in found.paste
    assert "页面上的哪一条" in found.paste
    assert any("不要说成质量问题" in one for one in found.notes)


@pytest.mark.parametrize(
    ("problem", "story"),
    [
        (ProblemKind.DEAD_KEY, "卡密兑换提示无效。"),
        (ProblemKind.WRONG_GOODS, "买的是年卡，到账只有一个月，客服说是我看错了。"),
        (ProblemKind.USED_KEY, "兑换提示已被使用，不是我填错了。"),
        (ProblemKind.REFUSED_AFTER_SALES, "用了八天就登不上了，客服不管。"),
        (ProblemKind.SHORT_VALUE, "一百元的卡只到账八十元。"),
    ],
)
def test_a_fault_that_is_named_is_named_in_the_text(problem: ProblemKind, story: str) -> None:
    found = answered(make_file(problem=problem, what_happened=story, seller_reply="一经售出不退不换"))["no_refund"]
    assert FAULT in found.paste
    assert not any("不要说成质量问题" in one for one in found.notes)


def test_a_top_up_of_a_phone_is_no_balance() -> None:
    page = "0-15天到账，充值期间不支持退款。余额不予退还。"
    assert "balance" not in answered(with_page(page, problem=ProblemKind.TOPUP_MISSING))


def test_a_balance_opens_the_answer_on_balances_and_so_does_a_seller_who_names_it() -> None:
    page = "账户余额一律不予退还。"
    assert "balance" in answered(with_page(page, problem=ProblemKind.BALANCE_FROZEN))
    assert "balance" in answered(with_page(page, problem=ProblemKind.REFUSED_AFTER_SALES, balance=Decimal(30)))
    assert "balance" in answered(make_file(problem=ProblemKind.DEAD_KEY, seller_reply="余额不退的"))


@pytest.mark.parametrize("reply", ["过了30天售后期", "超过7天了不处理", "质保期早就过了", "包赔三天，已过包赔期"])
def test_a_term_that_is_over_is_heard(reply: str) -> None:
    assert answered(make_file(seller_reply=reply))["too_late"].raised


@pytest.mark.parametrize("reply", ["过两天给您看看", "您过一会儿再试", "我们营业时间是9点到18点", "三天内给您补发"])
def test_a_time_that_is_no_term_is_not(reply: str) -> None:
    assert "too_late" not in answered(make_file(seller_reply=reply))


def test_a_sentence_of_the_page_on_the_same_thing_is_shown_though_it_refuses_nothing() -> None:
    page = "卡密无效的，收到后7天内凭录屏免费换同面值卡密。客服在线时间9点到21点。"
    found = answered(with_page(page, seller_reply="没有录屏不处理"))["prove"]
    notes = "".join(found.notes)
    assert "凭录屏免费换同面值卡密" in notes and "没有找到对应的条款" not in notes
    other = answered(with_page("客服在线时间9点到21点。", seller_reply="没有录屏不处理"))["prove"]
    assert "没有找到对应的条款" in "".join(other.notes)
