"""Whose words are an excuse: the seller's; not the buyer's in whatever form of chat, and not a denial."""

from __future__ import annotations

from dataclasses import replace

import pytest
from complaints.casefiles import make_file, make_item

from monitor.complaints.excuses import AnsweredExcuse, answer_excuses, list_cautions


def of_chat(text: str) -> tuple[AnsweredExcuse, ...]:
    return answer_excuses(replace(make_file(), items=(make_item("chat", text=text, text_source="chat"),)))


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-10 16:00 我：凭什么收激活费？一经售出概不退换，最终解释权归你们吗？余额不退吗\n"
        "2026-11-10 16:20 人工客服小李：收款人为本店，亲可以全额退款的",
        "[2026/11/10 16:00] 我: 逾期不处理我就投诉，请提供公司证明\n[2026/11/10 16:02] 客服: 已全额退款，请查收",
        "林小明 2026-11-10 16:00\n你们是不是一经售出概不退换？\n\n人工客服 2026-11-10 16:20\n可以退，请提供订单号",
        "2026-11-10 16:00 林小明\n你们概不退换？\n真的不退款吗\n2026-11-10 16:20 客服\n可以退",
        "16:00 我：已逾期\n16:01 客服：联系人为小王",
        "买家：不退款我就举报，你们拉黑我吧",
        "快乐小鱼 2026-11-10 16:00:11\n卡密无效，你们要是不给退我就投诉\n\n"
        "星河客服 2026-11-10 16:20:05\n给您退，请稍等",
        "卡密无效，你们不退款我就去12315",
        "卡密无效\n不退款就起诉",
    ],
)
def test_the_buyers_own_words_are_no_excuse(text: str) -> None:
    assert of_chat(text) == ()


def test_the_sellers_words_in_an_export_are_one() -> None:
    text = "林小明 2026-11-10 16:00\n能退吗\n星河客服 2026-11-10 16:20\n亲\n一经售出概不退换"
    (found,) = of_chat(text)
    assert (found.id, found.raised[0].speaker) == ("no_refund", "seller")


def test_a_third_person_in_a_group_says_nothing_for_the_seller() -> None:
    text = (
        "2026-11-10 16:00:11 林小明(12345678)\n卡密无效，能退吗\n\n"
        "2026-11-10 16:20:05 王五(87654321)\n我朋友也买过，他们最终解释权归自己，概不退换\n\n"
        "2026-11-10 16:21:00 星河客服(10001)\n可以退，请发收款码"
    )
    assert of_chat(text) == ()


def test_the_only_stranger_beside_the_buyer_may_be_the_seller() -> None:
    text = "林小明 2026-11-10 16:00\n能退吗\n快充小六 2026-11-10 16:20\n一经售出概不退换"
    (found,) = of_chat(text)
    assert (found.id, found.raised[0].speaker) == ("no_refund", "unknown")


def test_an_automatic_reply_is_told_to_be_one_and_comes_last() -> None:
    text = "2026-11-10 16:01 智能客服：虚拟商品一经售出概不退换\n2026-11-10 16:20 客服：没有录屏不处理"
    found = of_chat(text)
    assert found[0].id == "prove"
    robot = next(one for one in found if one.id == "no_refund")
    assert robot.raised[0].speaker == "robot"
    assert any("自动回复" in note for note in robot.notes)


def test_a_line_that_names_nobody_is_told_to_be_unclear() -> None:
    (found,) = of_chat("一经售出概不退换")
    assert found.raised[0].speaker == "unknown"
    assert any("没有写明" in note for note in found.notes)


@pytest.mark.parametrize(
    "reply",
    [
        "可以退款，不用交手续费",
        "不会拒绝退款，本店支持七天无理由，也没有说过只换不退",
        "不是概不退换，无效包退，请先发截图证明",
        "收款人为本店，联系人为小王",
        "没有手续费的亲",
        "我们什么时候说过一经售出概不退换？给您退",
        "谁说不给退的，马上给您退",
        "哪有说不退，请发订单号",
        "您说我们拒绝退款，不是这样的",
        "概不退换？没有这样的规定，可以退",
    ],
)
def test_what_is_denied_is_no_excuse(reply: str) -> None:
    assert answer_excuses(make_file(seller_reply=reply)) == ()


@pytest.mark.parametrize(
    "reply",
    [
        "没有质量问题不退款",
        "您是不是操作不当",
        "不是质量问题概不退换",
        "我跟您说过一经售出概不退换",
        "不管是谁说的都不退",
        "无论哪个原因都不退款",
        "我们不退您又能怎么样？",
    ],
)
def test_a_refusal_with_another_negation_stays_one(reply: str) -> None:
    assert answer_excuses(make_file(seller_reply=reply))


def test_an_offer_in_the_chat_is_told_before_the_refusal_is_answered() -> None:
    said = "林小明 2026-11-10 16:00\n能退吗\n星河客服 2026-11-10 16:20\n给您退，请稍等"
    item = make_item("chat", text=said, text_source="chat")
    file = replace(make_file(seller_reply="不给退"), items=(item,))
    assert any("给您退" in one and item.id in one for one in list_cautions(file))
    assert not any("另说" in one for one in list_cautions(make_file(seller_reply="不给退")))
