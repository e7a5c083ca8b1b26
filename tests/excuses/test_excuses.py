"""Excuses are recognised in what the seller wrote and in the terms seen, and answered from the captures."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from complaints.casefiles import NOW, ORDERED, make_file, make_item

from excuses.pages import URL, around, seen
from monitor.complaints.excuses import AnsweredExcuse, Standing, answer_excuses, list_cautions
from monitor.complaints.excuses.answer import PASTE_MOST
from monitor.complaints.excuses.book import load_excuses, load_wordings
from monitor.complaints.model import CaseFile
from monitor.review.laws import load_articles
from scrapers.model import Origin, Role, Source
from storage.case import Answer, ProblemKind, Purpose
from storage.model import (
    Change,
    ChangeClass,
    ChangeStatus,
    Difference,
    Effect,
    Severity,
    WatchedPage,
)

DAY = timedelta(days=1)
HARSH = "卡密一经售出，概不退换。最终解释权归本站所有。"
FAIR = "卡密无效的，买家可以在7天内申请补发或退款。"


def answered(file: CaseFile) -> dict[str, AnsweredExcuse]:
    return {one.id: one for one in answer_excuses(file)}


@pytest.mark.parametrize(
    ("reply", "excuse"),
    [
        ("虚拟商品，一经售出不退不换", "no_refund"),
        ("最终解释权归本站所有", "final_say"),
        ("卡密已经激活过就不能退了亲", "activated"),
        ("是您自己操作不当", "user_fault"),
        ("卡密被你自己泄露了吧", "user_fault"),
        ("已超过售后期", "too_late"),
        ("24小时内反馈有效，逾期不处理", "too_late"),
        ("您下单时已同意用户协议", "agreed"),
        ("虚拟商品性质特殊，不适用七天无理由", "virtual"),
        ("系统显示已发货，交易完成", "sent"),
        ("这是上级供货商的问题，我也没办法", "upstream"),
        ("没有录屏没法处理，请自证", "prove"),
        ("再投诉就拉黑封号", "rating"),
        ("先撤销投诉再给你退款", "rating"),
        ("余额不能提现，只能消费", "balance"),
        ("我们只是平台，请找商家负责", "platform_only"),
        ("只能退到余额", "replace_only"),
        ("要先交激活费才可以用", "fee"),
        ("规则已经更新了，按现在的规则", "new_rules"),
        ("货出概不负责", "no_refund"),
        ("已核实卡密正常，是您使用不当造成", "user_fault"),
        ("您的订单已过售后时效", "too_late"),
        ("自己去问官方", "upstream"),
        ("已经帮你反馈供货商了 等着吧", "upstream"),
        ("你说没用就没用？拿出证据", "prove"),
        ("录屏不完整，无法受理", "prove"),
        ("卡密一旦提取视为使用", "activated"),
        ("解冻需要先充值500", "fee"),
        ("我们是发卡平台，请联系店铺卖家", "platform_only"),
        ("按公告执行", "agreed"),
        ("可以退到余额", "replace_only"),
    ],
)
def test_an_excuse_is_recognised_in_the_sellers_reply(reply: str, excuse: str) -> None:
    found = answered(make_file(seller_reply=reply))
    assert excuse in found
    assert found[excuse].raised[0].words in reply


@pytest.mark.parametrize(
    "reply",
    [
        "", "好的亲，马上给您补发", "已为您原路退款，请查收", "请稍等，正在核实",
        "您好，已收到您的反馈，24小时内给您答复",
        "系统显示您的订单已发货，请刷新订单页查看卡密", "请提供订单号和截图，我帮您核实", "稍等我问下上级",
        "好的，给您退款，手续费我们承担", "如卡密无效可以联系客服退换", "可以换一张给你", "余额可以随时提现",
        "这边支持七天无理由", "您可以投诉，我们配合处理", "质保期内包换", "已为您申请售后，请等待审核",
    ],
)  # fmt: skip
def test_a_helpful_answer_is_no_excuse(reply: str) -> None:
    assert answer_excuses(make_file(seller_reply=reply)) == ()


def test_every_excuse_has_all_its_parts_and_known_articles() -> None:
    for row in load_excuses():
        assert row.why and row.may_bind and row.ask
        assert 0 < len(row.paste) <= PASTE_MOST
        assert 0 < len(row.paste_civil) <= PASTE_MOST
        assert any(not reason.laws or any(law.startswith("mfd-") for law in reason.laws) for reason in row.why), row.id
        for reason in (*row.why, *row.may_bind):
            assert all(not law.startswith("tsjb_old") for law in reason.laws)
            assert set(reason.laws) <= set(load_articles())


def test_chat_text_is_looked_at_and_its_speaker_is_not_claimed() -> None:
    item = make_item(
        "chat", text="2026-11-10 15:00\n我：卡密无效\n星河客服：亲，虚拟商品不退不换哦", text_source="chat"
    )
    found = answered(replace(make_file(), items=(item,)))["no_refund"]
    assert found.raised[0].source == "item"
    assert found.raised[0].id == item.id
    assert found.raised[0].speaker == "seller"
    assert any("请对照原件" in note for note in found.notes)


def test_the_buyers_own_lines_in_a_chat_are_no_excuse_of_the_seller() -> None:
    item = make_item("chat", text="我：你们不退不换是不合法的，再拉黑我就投诉\n客服：您好，稍等", text_source="chat")
    assert answer_excuses(replace(make_file(), items=(item,))) == ()


def test_what_was_read_from_a_picture_is_to_be_held_against_the_original() -> None:
    item = make_item("chat", text="虚拟商品不退不换", text_source="ocr")
    found = answered(replace(make_file(), items=(item,)))["no_refund"]
    assert found.raised[0].read == "ocr"
    assert any("图片识别" in note for note in found.notes)


def test_a_removed_item_or_a_duplicate_says_nothing() -> None:
    items = (
        make_item("chat", text="不退不换", removed_at=NOW),
        make_item("reply", text="不退不换", duplicate_of="i-1"),
    )
    assert answer_excuses(replace(make_file(), items=items)) == ()


def test_a_clause_on_both_sides_is_quoted_with_both_times() -> None:
    page = around(seen(HARSH, ORDERED - DAY), seen(HARSH, ORDERED + DAY))
    found = answered(replace(make_file(seller_reply="不退不换"), pages=(page,)))["no_refund"]
    (clause,) = found.clauses
    assert clause.standing is Standing.BOTH_SIDES
    assert "概不退换" in clause.quote
    assert "两次抓取中均显示，间隔期间未观察" in clause.statement
    assert len(clause.captures) == 2


def test_a_clause_first_seen_after_the_order_may_have_come_before_it() -> None:
    page = around(seen(FAIR, ORDERED - DAY), seen(HARSH, ORDERED + DAY))
    (clause,) = answered(replace(make_file(), pages=(page,)))["no_refund"].clauses
    assert clause.standing is Standing.ADDED_BETWEEN
    assert "可能早于下单" in clause.statement


def test_a_clause_missing_after_the_order_and_there_later_was_added_since() -> None:
    page = around(seen(FAIR, ORDERED - DAY), seen(FAIR, ORDERED + DAY), seen(HARSH, ORDERED + 5 * DAY))
    file = replace(make_file(seller_reply="按协议规定不退不换"), pages=(page,))
    found = answered(file)["no_refund"]
    assert found.clauses[0].standing is Standing.ADDED_AFTER
    assert "下单前后最近的两次页面存证" in found.paste
    assert "才出现" not in found.paste + found.clauses[0].statement
    assert len(found.paste) <= PASTE_MOST


def test_without_a_capture_before_the_order_nothing_is_said_of_that_day() -> None:
    page = around(None, seen(HARSH, ORDERED + DAY))
    (clause,) = answered(replace(make_file(), pages=(page,)))["no_refund"].clauses
    assert clause.standing is Standing.AFTER_ONLY
    assert "无法判断" in clause.statement


def test_a_clause_that_went_is_said_to_have_gone() -> None:
    page = around(seen(HARSH, ORDERED - DAY), seen(FAIR, ORDERED + DAY))
    (clause,) = answered(replace(make_file(), pages=(page,)))["no_refund"].clauses
    assert clause.standing is Standing.GONE_AFTER


def test_hidden_words_are_never_quoted_as_shown() -> None:
    page = around(seen(HARSH, ORDERED - DAY, source=Source.HIDDEN), None)
    (clause,) = answered(replace(make_file(), pages=(page,)))["no_refund"].clauses
    assert clause.quote == ""
    assert "不作为当时显示的内容引用" in clause.statement


def test_a_page_brought_in_by_somebody_else_is_told_as_such() -> None:
    page = around(seen(HARSH, ORDERED - DAY, origin=Origin.IMPORTED), None)
    (clause,) = answered(replace(make_file(), pages=(page,)))["no_refund"].clauses
    assert "他人保存后导入" in clause.statement


def test_the_change_that_brought_a_clause_is_named() -> None:
    page = WatchedPage("g-1", "星河卡盟", URL, Role.TERMS, "desktop")
    difference = Difference(
        ChangeClass.RULE, Severity.HIGH, Effect.WORSE, ("refund_removed",), "一", FAIR, HARSH, "新增不退换"
    )
    change = Change("d-1", page, "c-1", "c-2", ORDERED - DAY, ORDERED + DAY, ChangeStatus.CONFIRMED, "c-3", difference)
    around_page = around(seen(FAIR, ORDERED - DAY), seen(HARSH, ORDERED + DAY))
    file = replace(make_file(), pages=(around_page,), changes=(change,))
    assert answered(file)["no_refund"].clauses[0].changes == ("d-1",)


def test_terms_alone_are_answered_after_what_was_said() -> None:
    page = around(seen(HARSH, ORDERED - DAY), None)
    found = answer_excuses(replace(make_file(seller_reply="没有录屏不处理"), pages=(page,)))
    assert found[0].id == "prove"
    later = next(one for one in found if one.id == "final_say")
    assert later.raised == ()
    assert any("先备好" in note for note in later.notes)


def test_a_reseller_is_answered_by_civil_law_alone() -> None:
    file = make_file(
        purpose=Purpose.RESALE, seller_reply="不退不换，最终解释权归本站，超过售后期，操作不当，没录屏，上级问题"
    )
    found = answer_excuses(file)
    assert len(found) >= 5
    for one in found:
        cited = [law.id for reason in (*one.why, *one.may_bind) for law in reason.articles]
        assert all(law.startswith(("mfd-", "zj-", "msf")) for law in cited), (one.id, cited)
        assert "消费者" not in one.paste
        assert one.why
    assert any("不是消费者" in caution for caution in list_cautions(file))


def test_only_articles_in_force_on_the_day_of_the_order_are_cited() -> None:
    early = datetime(2021, 2, 1, 4, 0, tzinfo=UTC)
    order = replace(make_file().case.facts.orders[0], ordered_at=early, paid_at=early)
    found = answered(make_file(orders=(order,), seller_reply="不退不换，最终解释权归本站"))
    cited = {law.id for one in found.values() for reason in one.why for law in reason.articles}
    assert "xbf-26" in cited
    assert not cited & {"xbftl-17", "wlxf-1", "wljy-21", "htxz-8"}  # since 2024, 2022, 2021-05 and 2023


def test_the_buyers_own_use_decides_what_is_said() -> None:
    unused = answered(make_file(used=Answer.NO, seller_reply="激活后不退"))["activated"]
    used = answered(make_file(used=Answer.YES, seller_reply="激活后不退"))["activated"]
    assert any("没有使用过" in reason.says for reason in unused.why)
    assert not any("没有使用过" in reason.says for reason in used.why)
    assert any("很可能对你有效" in reason.says for reason in used.may_bind)


def test_validity_decides_whether_too_late_may_hold() -> None:
    in_time = answered(make_file(valid_until=ORDERED + 30 * DAY, seller_reply="超过有效期"))["too_late"]
    late = answered(make_file(valid_until=ORDERED - DAY, seller_reply="超过有效期"))["too_late"]
    unknown = answered(make_file(seller_reply="超过有效期"))["too_late"]
    assert any("有效期之内" in reason.says for reason in in_time.why)
    assert any("期满以后" in reason.says for reason in late.may_bind)
    assert any("没有填写" in reason.says for reason in unknown.may_bind)


def test_seven_days_without_reason_are_not_promised_for_digital_goods() -> None:
    found = answered(make_file(seller_reply="虚拟商品特殊不支持退"))["virtual"]
    assert any("不能保证适用七日无理由" in said for said in found.not_promised)
    assert {law.id for reason in found.may_bind for law in reason.articles} == {"xbf-25", "7d-6"}


def test_an_advertisement_later_than_the_order_is_said_plainly() -> None:
    page = around(seen(FAIR, ORDERED - DAY), seen(HARSH, ORDERED + DAY))
    assert page.after is not None and page.before is not None
    late = replace(make_file(advert_relied_on=page.after.capture), pages=(page,))
    assert any("晚于下单" in caution for caution in list_cautions(late))
    early = replace(make_file(advert_relied_on=page.before.capture), pages=(page,))
    assert not any("广告" in caution for caution in list_cautions(early))
    nowhere = make_file(advert_relied_on="e-unknown")
    assert any("没有可核对的时间" in caution for caution in list_cautions(nowhere))


def test_goods_without_a_named_problem_are_not_claimed_to_be_bad() -> None:
    found = answered(make_file(problem=ProblemKind.UNKNOWN, seller_reply="不退不换"))["no_refund"]
    assert any("先写明问题" in note for note in found.notes)


def test_long_hostile_texts_are_bounded() -> None:
    items = tuple(make_item("chat", id=f"i-{n}", text="不退" * 200_000) for n in range(3))
    found = answered(replace(make_file(seller_reply="激活" * 100_000), items=items))
    assert all(len(raised.words) < 200 for one in found.values() for raised in one.raised)


# --- quotations, subjects, what was taken back ---------------------------------------------------------------------


def test_an_excuse_is_quoted_as_a_whole_sentence_without_the_speakers_head() -> None:
    chat = make_item(
        "chat",
        text="2026-11-10 16:05:00 星河客服：规则已经更新，按现在的规则执行，之前的订单也一样。您看可以吗？",
        text_source="chat",
    )
    [raised] = answered(replace(make_file(seller_reply=""), items=(chat,)))["new_rules"].raised
    assert raised.words == "规则已经更新，按现在的规则执行，之前的订单也一样。"


def test_a_question_of_nobody_known_is_no_excuse() -> None:
    chat = make_item("chat", text="王五：激活后不退是什么意思？", text_source="chat")
    assert "activated" not in answered(replace(make_file(seller_reply=""), items=(chat,)))


def test_what_is_said_of_the_balance_is_no_word_on_the_goods() -> None:
    found = answered(make_file(seller_reply="余额不退", problem=ProblemKind.BALANCE_FROZEN))
    assert "balance" in found
    assert "no_refund" not in found
    both = answered(make_file(seller_reply="余额不退，卡密一经售出概不退换"))
    assert {"balance", "no_refund"} <= set(both)


@pytest.mark.parametrize(
    ("problem", "reply", "said"),
    [
        (ProblemKind.NOT_DELIVERED, "虚拟商品一经售出不退不换", "付款后没有收到商品"),
        (ProblemKind.TOPUP_MISSING, "系统显示已发货，交易完成", "到账的凭证"),
        (ProblemKind.BALANCE_FROZEN, "虚拟商品性质特殊", "余额"),
        (ProblemKind.ACCOUNT_LOST, "是您自己操作不当", "该账号"),
    ],
)
@pytest.mark.parametrize("purpose", [Purpose.LIVING, Purpose.RESALE])
def test_nobody_asks_for_the_records_of_a_key_that_he_never_got(
    problem: ProblemKind, reply: str, said: str, purpose: Purpose
) -> None:
    found = answered(make_file(seller_reply=reply, problem=problem, purpose=purpose))
    assert found
    for one in found.values():
        assert "该卡密" not in one.paste
        assert len(one.paste) <= PASTE_MOST
    assert purpose is Purpose.RESALE or any(said in one.paste for one in found.values())


def test_the_words_for_other_troubles_stand_in_the_texts() -> None:
    assert {problem for one in load_wordings() for problem in one.problems} >= {"not_delivered", "topup_missing"}


def shown(before: str, after: str, reply: str, **facts: object) -> CaseFile:
    page = around(seen(before, ORDERED - DAY), seen(after, ORDERED + DAY))
    return replace(make_file(seller_reply=reply, **facts), pages=(page,))


def test_a_promise_is_held_against_the_seller_only_while_the_page_still_makes_it() -> None:
    harsh = "卡密一经售出概不退换。但卡密无效、已被使用的，凭录屏全额退款。"
    kept = answered(shown(harsh, harsh, "概不退换"))["no_refund"].paste
    assert "存证）同时写明“但卡密无效、已被使用的，凭录屏全额退款”" in kept
    over = "卡密一经售出概不退换。但卡密无效、已被使用的，凭录屏全额退款的承诺到期终止。"
    assert "同时写明" not in answered(shown(harsh, over, "概不退换"))["no_refund"].paste


def test_a_promise_on_keys_is_not_held_against_a_refusal_on_a_balance() -> None:
    harsh = "卡密一经售出概不退换。但卡密无效、已被使用的，凭录屏全额退款。"
    found = answered(shown(harsh, harsh, "概不退换", problem=ProblemKind.BALANCE_FROZEN))
    assert "同时写明" not in found["no_refund"].paste


def test_a_rule_that_the_page_takes_back_is_not_shown_there_any_more() -> None:
    rule = "余额不予退还。"
    over = "自即日起取消“余额不予退还”的规定，余额可随时提现。"
    file = shown(rule, over, "余额不退", problem=ProblemKind.BALANCE_FROZEN)
    clauses = answered(file)["balance"].clauses
    assert [one.standing for one in clauses] == [Standing.GONE_AFTER]
    assert "均显示" not in clauses[0].statement
    only = answered(shown(over, over, "余额不退", problem=ProblemKind.BALANCE_FROZEN))
    assert only["balance"].clauses == ()


def test_the_newer_sentence_that_takes_a_rule_back_is_told_and_pasted() -> None:
    rule, over = "余额不予退还。", "自即日起取消“余额不予退还”的规定，余额可随时提现。"
    found = answered(shown(rule, over, "余额不退", problem=ProblemKind.BALANCE_FROZEN))["balance"]
    (clause,) = found.clauses
    assert (clause.better, clause.better_seen) == (over, ORDERED + DAY)
    assert "现写明「自即日起取消“余额不予退还”的规定，余额可随时提现」" in found.paste
    assert (
        answered(shown(rule, rule, "余额不退", problem=ProblemKind.BALANCE_FROZEN))["balance"].clauses[0].better == ""
    )


def test_a_sentence_that_gives_what_the_old_rule_refused_is_told_though_it_does_not_name_it() -> None:
    found = answered(shown("卡密一经售出概不退换。", "本店七天内可以退款。", "概不退换"))["no_refund"]
    assert found.clauses[0].better == "本店七天内可以退款。"
    still = answered(shown("卡密一经售出概不退换。", "本店不可以退款，请谨慎下单。", "概不退换"))["no_refund"]
    assert [one.better for one in still.clauses] == [""] * len(still.clauses)


def test_a_sentence_on_keys_is_not_quoted_beside_a_clause_on_a_balance() -> None:
    text = "余额不予退还。但卡密无效包换。"
    found = answered(shown(text, text, "余额不退", problem=ProblemKind.BALANCE_FROZEN))["balance"]
    assert found.clauses
    assert [one.but for one in found.clauses] == [""] * len(found.clauses)


def test_a_promise_that_is_over_opens_neither_fault_of_the_buyer_nor_new_rules() -> None:
    file = shown("质保7天。", "质保7天已取消，概不负责。", "", problem=ProblemKind.DEAD_KEY)
    assert set(answered(file)) == set()
    assert [
        one.quote for one in answered(shown("质保7天。", "质保7天已取消，概不负责。", "概不负责"))["no_refund"].clauses
    ] == ["概不负责"]
