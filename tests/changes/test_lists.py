"""Lists whose lead-in says what is done with each item: an item came, went, crossed, or the whole list did."""

from __future__ import annotations

import pytest

from monitor.changes.clauses import split_block
from monitor.changes.compare import compare_texts
from monitor.changes.lead_ins import join_item, read_lead_in
from scrapers.model import Block, BlockKind, Role
from storage.model import ChangeClass, Difference, Effect, Severity

REFUSED = "以下情况不予售后：\n1. 超时；\n2. 卡密已使用。\n"
REFUNDED = "以下情形可以退款：\n（1）卡密无效；\n（2）面值不符。\n"


def only_rule(before: str, after: str) -> Difference:
    """The one difference that is no noise."""
    told = compare_texts(before, after, role=Role.TERMS)
    found = [one for one in told if one.change_class is not ChangeClass.NOISE]
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("lead_in", "item", "joined"),
    [
        ("以下情况不予售后：", "兑换失败的；", "兑换失败的，不予售后"),
        ("不予退款的情形包括但不限于：", "卡密已查看", "卡密已查看，不予退款"),
        ("我们不对下列损失承担责任：", "账号被封。", "账号被封，我们不对此承担责任"),
        ("满足以下条件方可退款：", "全程录屏", "须全程录屏，方可退款"),
        ("申请售后须提供以下材料：", "身份证照片", "申请售后须提供身份证照片"),
        ("符合以下条件之一的，可以退款：", "卡密无效", "卡密无效，可以退款"),
    ],
)
def test_an_item_is_read_with_its_lead_in(lead_in: str, item: str, joined: str) -> None:
    assert join_item(lead_in, item) == joined


@pytest.mark.parametrize("line", ["售后规则如下：", "注意事项如下：", "购买须知：", "以下情况不予售后", "客服QQ："])
def test_a_heading_that_only_names_is_no_lead_in(line: str) -> None:
    assert read_lead_in(line) is None


def test_items_end_where_their_marks_end() -> None:
    text = REFUSED + "3、本店只此一家\n" + "二、联系客服\n请加QQ"
    leads = {clause.text: clause.lead_in for clause in split_block(Block(BlockKind.TERMS, text))}
    assert leads["超时；"] == leads["卡密已使用。"] == "以下情况不予售后："
    assert leads["联系客服"] == leads["请加QQ"] == ""


def test_one_more_case_of_refusal_is_a_loss_whatever_its_words() -> None:
    told = only_rule(REFUSED, REFUSED.replace("使用。", "使用；") + "3. 兑换时提示错误的。")
    assert (told.effect, told.kinds[0], told.severity) == (Effect.WORSE, "warranty_cut", Severity.HIGH)
    assert told.reason == "“以下情况不予售后”新增一项“兑换时提示错误的”（质保减少），对买家不利"
    assert told.after == "兑换时提示错误的。"


def test_one_case_less_of_refusal_is_a_gain() -> None:
    told = only_rule(REFUSED + "3. 提示错误的。", REFUSED)
    assert (told.effect, told.severity) == (Effect.BETTER, Severity.NONE)


def test_one_case_less_of_refund_narrows_it() -> None:
    told = only_rule(REFUNDED, REFUNDED.replace("\n（2）面值不符。", ""))
    assert (told.effect, told.kinds, told.severity) == (Effect.WORSE, ("refund_narrowed",), Severity.HIGH)


def test_a_condition_more_is_a_burden_though_it_stands_under_a_refund() -> None:
    rule = "满足以下条件方可退款：\n1、提供录屏；\n2、24小时内联系。"
    told = only_rule(rule, rule + "\n3、提供手持身份证照片。")
    assert (told.effect, told.kinds[0]) == (Effect.WORSE, "burden_added")


def test_an_item_that_crosses_into_the_contrary_list_is_no_move() -> None:
    after = REFUNDED.replace("\n（2）面值不符。", "") + REFUSED.replace("使用。", "使用；") + "3. 面值不符。"
    told = only_rule(REFUNDED + REFUSED, after)
    assert (told.effect, told.severity) == (Effect.WORSE, Severity.HIGH)
    assert "改列“以下情况不予售后”" in told.reason


@pytest.mark.parametrize(("came", "effect"), [(True, Effect.WORSE), (False, Effect.BETTER)])
def test_a_whole_list_is_one_change(came: bool, effect: Effect) -> None:
    rest = "卡密问题请联系客服处理。\n"
    texts = (rest, rest + REFUSED) if came else (rest + REFUSED, rest)
    told = only_rule(*texts)
    assert told.effect is effect
    assert "“以下情况不予售后”共2项" in told.reason


def test_a_reworded_lead_in_and_another_order_say_nothing_new() -> None:
    told = compare_texts(REFUSED, "下列情形概不售后：\n1. 卡密已使用；\n2. 超时。\n", role=Role.TERMS)
    assert {one.effect for one in told} == {Effect.NEUTRAL}


def test_a_value_within_an_item_is_read_with_what_the_list_does() -> None:
    rule = "有下列情形之一的，不予退款：\n（一）已查看卡密；\n（二）超过24小时未反馈。"
    told = only_rule(rule, rule.replace("24", "12"))
    assert (told.effect, told.kinds[0]) == (Effect.WORSE, "window_shortened")
