"""Words that look as if they spoke against a case: what is read of them, and the buyer's say in what they mean."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import replace

import pytest
from complaints.casefiles import make_case, make_file, make_item
from complaints.market import Market, make_market

from monitor.complaints.facts.case_file_toml import CaseFileWrong, read_case_text
from monitor.complaints.filing.prefiling import check_before_filing
from monitor.complaints.filing.readings import find_reading, list_readings
from monitor.complaints.model import CaseFile
from monitor.complaints.routing.plan_text import tell_missing
from monitor.config.complaints import ComplaintSettings
from storage.case import Meant, ProblemKind, Respondent
from storage.cases import keep_case

SETTINGS = ComplaintSettings()
SELLER = Respondent("杭州某某网络科技有限公司", "浙江省杭州市西湖区文三路100号")


def told(story: str, *meant: Meant, **facts: object) -> CaseFile:
    return make_file(respondent=SELLER, what_happened=f"卡密提示无效。{story}", meant=meant, **facts)


def stops(file: CaseFile, channel: str = "p12315") -> dict[str, str]:
    found = check_before_filing(file, channel, SETTINGS).blocks
    return {one.field: one.read for one in found if one.read}


@pytest.mark.parametrize(
    "story",
    [
        "我在杭州星河卡云网络科技有限公司购买了一张点卡。",
        "我看到该公司活动页写着五折。",
        "朋友公司福利发的同款卡能用。",
        "我扫码进了付款页面。",
        "我用卡密在官方页兑换，提示卡号不存在。",
        "问题解决不了。",
        "请商家全额退款给我。",
        "客服最多退我10元，我不同意。",
        "我在12315小程序上查过这家公司。",
        "在市场监管局网站上查到该公司已登记。",
        "我查到法院判过这家公司类似的案子。",
        "怀疑这张卡是别人倒卖的。",
        "我当时联系了代理。",
        "客服给我补发了一张，还是提示卡号不存在。",
        "客服说帐号没问题、可以用，但兑换仍然提示无效。",
    ],
)
def test_ordinary_words_of_a_good_complaint_stop_nothing(story: str) -> None:
    assert stops(told(story)) == {}


@pytest.mark.parametrize(
    ("story", "field"),
    [
        ("我们公司购买了十张。", "purpose"),
        ("公司统一采购的。", "purpose"),
        ("我进了10张准备卖。", "purpose"),
        ("我是代理。", "purpose"),
        ("商家已经全额退款。", "story.refunded"),
        ("客服退了10元。", "refunded"),
        ("我向市场监管局投诉过。", "story.p12315"),
        ("客服给我补发了一张。", "resent"),
        ("现在可以用了。", "story.refunded"),
    ],
)
def test_the_same_words_where_they_do_speak_against_it_stop(story: str, field: str) -> None:
    assert field in stops(told(story))


def test_what_the_buyer_explains_stops_no_more_and_is_told_at_every_check() -> None:
    file = told("商家已经全额退款。", Meant("商家已经全额退款", "页面这样写，钱没有到账"))
    check = check_before_filing(file, "p12315", SETTINGS)
    assert not [one for one in check.blocks if one.read]
    assert any("钱没有到账" in one and "照实回答" in one for one in check.warnings)
    bare = told("商家已经全额退款。", Meant("商家已经全额退款", " "))
    assert "story.refunded" in stops(bare)  # nothing was said of it


def test_a_bare_yes_and_words_that_fit_several_places_explain_nothing(market: Market) -> None:
    case = make_case().id
    for meaning in ("是的", "哦", "消协确实受理过，但我不满意", "对，退了"):
        refused = market.run("case", "clarify", case, "全额退款", meaning)
        assert refused.exit_code == 2 and ("承认" in refused.output or "太短" in refused.output), meaning
    several = market.run("case", "clarify", case, "商家已经", "说的是页面上的话，没有收到钱")
    assert several.exit_code == 2 and "一处一处说明" in several.output
    assert market.run("case", "clarify", case, "退", "说的是页面上的话，没有收到钱").exit_code == 6


def test_what_a_bill_shows_no_word_clears_up() -> None:
    bill = make_item("wallet_bill", text="商户全称 杭州某某网络科技有限公司\n已全额退款", text_source="pdf")
    file = replace(told(""), items=(bill,))
    found = {one.field: one for one in check_before_filing(file, "p12315", SETTINGS).blocks}
    assert found["refunded"].read == ""
    clear = replace(file.case.facts, meant=(Meant("已全额退款", "说的是另外一笔订单"),))
    assert "refunded" in {
        one.field
        for one in check_before_filing(replace(file, case=replace(file.case, facts=clear)), "p12315", SETTINGS).blocks
    }


def test_words_that_were_explained_do_not_hide_the_next_ones() -> None:
    file = told("客服退了10元。昨天又退了20元。", Meant("客服退了10元", "那是另一笔"))
    assert stops(file) == {"refunded": "昨天又退了20元"}


def test_a_chat_that_looks_settled_stops_until_it_is_explained() -> None:
    chat = make_item("chat", text="16:00 我：不用退款了，我自己解决了\n16:01 客服：好的", text_source="chat")
    file = replace(told(""), items=(chat,))
    read = stops(file)["settled"]
    assert "自己解决了" in read
    clear = replace(file, case=replace(file.case, facts=replace(file.case.facts, meant=(Meant(read, "说的是换头像"),))))
    assert "settled" not in stops(clear)
    again = make_item("chat", text="16:00 我：现在可以用了\n17:00 我：又提示无效了", text_source="chat")
    assert "settled" not in stops(replace(told(""), items=(again,)))


def test_a_new_key_that_works_is_read_in_a_complaint_of_a_used_one() -> None:
    chat = make_item("chat", text="客服：补给您一张新卡\n我：新卡可以用，谢谢", text_source="chat")
    assert "settled" in stops(replace(told("", problem=ProblemKind.USED_KEY), items=(chat,)))


def test_a_bare_receipt_after_goods_is_no_refund() -> None:
    text = "14:32 客服：卡密已发送，请查收\n14:33 我：收到了，谢谢\n15:00 我：卡密无效，请退款\n15:10 客服：不退"
    goods = replace(told("", seller_reply="不退"), items=(make_item("chat", text=text, text_source="chat"),))
    assert "refunded" not in stops(goods)
    money = "15:00 客服：退您50元，请查收\n15:10 我：收到了，谢谢"
    back = replace(told(""), items=(make_item("chat", text=money, text_source="chat"),))
    assert "refunded" in stops(back)


def test_what_a_field_lacks_is_no_reading() -> None:
    nameless = make_file(respondent=Respondent())
    assert list_readings(nameless, SETTINGS) == ()
    assert check_before_filing(nameless, "p12315", SETTINGS).blocks


def test_a_reading_is_found_by_a_part_of_its_words() -> None:
    readings = list_readings(told("客服退了10元。商家已经全额退款。"), SETTINGS)
    assert [one.read for one in find_reading(readings, "“全额退款”")] == ["商家已经全额退款"]
    assert find_reading(readings, "转卖") == ()
    assert find_reading(readings, "  ") == ()


def test_meanings_stand_in_a_case_file_too() -> None:
    from complaints.casefiles import NOW

    facts = read_case_text('[[meant]]\nwords = "退了10元"\nmeaning = "那是另一笔"\n', NOW)
    assert facts.meant == (Meant("退了10元", "那是另一笔"),)
    with pytest.raises(CaseFileWrong, match="没有写 words"):
        read_case_text('[[meant]]\nmeaning = "那是另一笔"\n', NOW)


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    made = make_market(tmp_path_factory.mktemp("market"))
    archive = made.open()
    try:
        with archive.database.writing() as session:
            keep_case(session, make_case(what_happened="卡密无效。商家已经全额退款。商家已经退了10元。"))
    finally:
        archive.close()
    yield made


def test_the_command_lists_takes_and_keeps_what_was_meant(market: Market) -> None:
    case = make_case().id
    listed = market.run("case", "clarify", case)
    assert listed.exit_code == 0 and "'商家已经全额退款'" in listed.output
    assert "case clarify" in market.run("case", "check", case, "--channel", "p12315").output
    assert market.run("case", "clarify", case, "全额退款").exit_code == 2
    missed = market.run("case", "clarify", case, "没有这句", "这句什么也不是")
    assert missed.exit_code == 6 and "没有读到“没有这句”" in missed.output
    done = market.ask("case", "clarify", case, "全额退款", "页面这样写，钱没有到账")
    assert done["clarified"] == [{"words": "商家已经全额退款", "meaning": "页面这样写，钱没有到账"}]
    assert [one["words"] for one in done["readings"]] == ["商家已经退了10元"]
    shown = market.run("case", "show", case, "--history").output
    assert "“商家已经全额退款”是说：页面这样写，钱没有到账" in shown
    assert market.run("case", "set", case, "meant.1=", "--yes").exit_code == 0
    assert "商家已经全额退款" in [one["words"] for one in market.ask("case", "clarify", case)["readings"]]


def test_words_of_a_chat_cannot_leave_their_quotes_in_the_command_that_is_shown() -> None:
    hostile = "16:00 我：不用退款了'; touch owned; echo '\n"
    file = replace(told(""), items=(make_item("chat", text=hostile, text_source="chat"),))
    found = [one for one in list_readings(file, SETTINGS) if one.field == "settled"]
    assert found and any("'" in one.read for one in found)
    line = next(one for one in tell_missing(found, file.today) if "case clarify" in one)
    words = shlex.split(line.partition("：")[2])
    assert words == ["case", "clarify", words[2], found[0].read, "您的意思"]
