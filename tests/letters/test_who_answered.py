"""Whose words an answer is where a shop sells on a platform, and what is not said of goods that came and went."""

from __future__ import annotations

from dataclasses import replace

import pytest
from complaints.casefiles import ORDERED, make_item

from letters.lettercase import make_whole, write
from monitor.complaints.letters.text import render_text
from monitor.complaints.letters.who_answered import Answerer, who_answered
from monitor.complaints.model import CaseFile
from storage.case import Answer, Order, ProblemKind, Respondent

SHOP = Respondent(shop="快充小店")


def on_platform(reply: str, chat: str = "") -> CaseFile:
    file = make_whole(platform="百店卡城", respondent=SHOP, seller_reply=reply, replied_at=ORDERED)
    talk = make_item("chat", said_at=ORDERED, title="聊天", text=chat, text_source="chat")
    return replace(file, items=(*file.items, talk)) if chat else file


@pytest.mark.parametrize(
    ("reply", "chat", "who"),
    [
        ("请联系商家，平台概不负责", "", Answerer.PLATFORM),
        ("一律不退", "快充小店 11-10 16:40\n一律不退\n", Answerer.SHOP),
        ("一律不退", "百店卡城客服 11-10 16:40\n一律不退\n", Answerer.PLATFORM),
        ("一律不退", "", Answerer.UNKNOWN),
        ("平台不支持退款", "", Answerer.UNKNOWN),
        ("平台不介入，找商家", "快充小店 11-10 16:40\n平台不介入，找商家\n", Answerer.SHOP),
    ],
)
def test_an_answer_on_a_platform_is_whose_words_it_is(reply: str, chat: str, who: Answerer) -> None:
    assert who_answered(on_platform(reply, chat)) is who


def test_the_platforms_words_are_not_put_into_the_shops_mouth() -> None:
    file = on_platform("请联系商家，平台概不负责")
    for kind in ("demand", "heimao", "police"):
        told = render_text(write(kind, file))
        assert "平台客服于2026年11月10日14:30答复：“请联系商家，平台概不负责”" in told
        assert "对方于2026年11月10日14:30答复" not in told
        assert "提出处理要求" in told and "联系对方" not in told and "向对方提出" not in told
    assert "【平台客服答复】" in render_text(write("heimao", file))


def test_a_platform_is_asked_to_pass_the_demand_on_and_the_shop_is_named() -> None:
    file = on_platform("请联系商家，平台概不负责")
    chat = render_text(write("demand_chat", file))
    assert "请转告店铺“快充小店”于" in chat and "原路退款" in chat
    payment = render_text(write("payment", file))
    assert "联系店铺或平台" in payment and "联系商家" not in payment.replace("请联系商家", "")
    for kind in ("police", "heimao", "demand"):
        assert "对方（该平台上的店铺“快充小店”）于" in render_text(write(kind, file))
    police = render_text(write("police", file))
    assert "店铺 | 快充小店" in police and "| 店铺“快充小店”交付" in police
    own = make_whole(seller_reply="不退", replied_at=ORDERED)
    assert "转告" not in render_text(write("demand_chat", own)) and "店铺" not in render_text(write("police", own))
    assert "联系商家" in render_text(write("payment", own))


def test_an_answer_of_nobody_known_is_said_to_have_come() -> None:
    told = render_text(write("demand", on_platform("一律不退")))
    assert "本人于2026年11月10日14:30收到答复：“一律不退”" in told


def test_who_first_turned_to_a_shop_or_its_platform_is_not_said_to_have_asked_the_seller() -> None:
    file = on_platform("请联系商家", "2026-11-10 16:30 我：这张卡怎么兑换\n")
    told = render_text(write("demand", replace(file, items=tuple(one for one in file.items if one.kind == "chat"))))
    assert "本人于2026年11月10日16:30首次就此联系店铺或平台" in told and "提出处理要求" not in told


def test_where_the_seller_runs_the_site_he_is_the_other_side() -> None:
    told = render_text(write("demand", make_whole(seller_reply="不退", replied_at=ORDERED)))
    assert "向对方提出处理要求" in told
    assert "对方于2026年11月10日14:30答复：“不退”" in told


def test_what_was_taken_back_is_not_said_never_to_have_been_redeemed() -> None:
    file = make_whole(problem=ProblemKind.ACCOUNT_LOST, used=Answer.NO, what_happened="兑换到账的皮肤第二天被收回了。")
    for kind in ("demand", "payment", "heimao"):
        letter = write(kind, file)
        assert "没有成功" not in render_text(letter)
    assert any("请核对 used" in note for note in write("demand", file).notes)


def test_of_several_orders_only_the_disputed_goods_are_said_to_be_unused() -> None:
    usual = make_whole().case.facts.orders[0]
    file = make_whole(orders=(usual, Order(number="XH2", product="视频会员月卡", amount=usual.amount)), used=Answer.NO)
    told = render_text(write("demand", file))
    assert "没有成功兑换或使用过有争议的商品" in told
    assert "使用过该商品" not in told


@pytest.mark.parametrize(
    ("shop", "name", "who"),
    [
        ("百店", "百店卡城客服", Answerer.PLATFORM),
        ("快充小店", "快充官方旗舰店客服", Answerer.SHOP),
        ("快充小店", "官方补贴店主", Answerer.SHOP),
        ("快充小店", "官方客服", Answerer.PLATFORM),
        ("快充小店", "平台店铺管理员", Answerer.UNKNOWN),
    ],
)
def test_the_longer_name_is_meant_and_official_shops_are_shops(shop: str, name: str, who: Answerer) -> None:
    file = on_platform("一律不退", f"{name} 11-10 16:40\n一律不退\n")
    named = replace(file.case.facts, respondent=Respondent(shop=shop))
    assert who_answered(replace(file, case=replace(file.case, facts=named))) is who
