"""What the case itself holds against a letter: its chat, its story, its years. The letter says it, or leaves out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from complaints.casefiles import ORDERED, make_item, make_step
from routing.whofiles import known_who

from letters.lettercase import make_change, make_page, make_version, make_whole, write
from monitor.complaints.evidence.exhibits import list_exhibits
from monitor.complaints.letters.text import render_text
from monitor.complaints.letters.write import find_letter_missing
from monitor.complaints.model import CaseFile, LetterBlocked
from monitor.config.complaints import ComplaintSettings
from storage.case import Answer, Case, Demand, DemandKind, Meant, Order, ProblemKind, Respondent

SILENCE = "没有收到能解决问题的答复"
ANSWERED = "对方已有答复，原话见聊天记录"
MENTIONED = "看不出是不是对处理要求的答复"


def case_with_chat(text: str, **facts: object) -> CaseFile:
    """The ordinary case with one chat and no other talk."""
    file = make_whole(kinds=("order", "wallet_bill", "failure"), **facts)
    chat = replace(make_item("chat", text=text, text_source="chat"), title="聊天记录")
    return replace(file, items=(*file.items, chat))


def told(kind: str, file: CaseFile) -> tuple[str, str]:
    letter = write(kind, file)
    return render_text(letter), "\n".join(letter.notes)


# --- what a chat answers --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "chat",
    [
        "2026-11-10 16:30 我：卡密无效，请退款\n2026-11-10 16:40 客服：稍等",
        "2026-11-10 16:30 我：卡密无效，请退款\n2026-11-10 16:31 我：在吗\n2026-11-10 16:40 客服：不能退",
        "我：卡密无效，请换一张\n客服：您好\n客服：不支持退换",
    ],
)
def test_a_line_of_the_seller_behind_the_demand_is_an_answer(chat: str) -> None:
    text, _ = told("demand", case_with_chat(chat))
    assert ANSWERED in text and SILENCE not in text


@pytest.mark.parametrize(
    "chat",
    [
        "2026-11-10 16:30 我：怎么换头像\n2026-11-10 16:31 客服：点设置",
        "2026-11-10 16:30 我：卡密无效，请退款\n2026-11-10 16:40 我：怎么换头像\n2026-11-10 16:41 客服：点设置",
        "卡密无效，能退吗\n可以退",
        "卡密无效\n一经售出概不退换",
    ],
)
def test_words_of_which_nobody_can_tell_what_they_answer_are_neither_answer_nor_silence(chat: str) -> None:
    for kind in ("demand", "payment"):
        text, _ = told(kind, case_with_chat(chat))
        assert ANSWERED not in text and SILENCE not in text and "未获解决" not in text
    assert MENTIONED in told("demand", case_with_chat(chat))[1]


@pytest.mark.parametrize(
    "chat",
    [
        "2026-11-10 16:30 我：卡密无效，请退款",
        "2026-11-10 16:30 我：卡密无效，请退款\n2026-11-10 16:31 客服：您好，有什么可以帮您",
        "卡密兑换提示无效\n请退款，谢谢",
        "2026-11-10 14:32 客服：卡密已发\n2026-11-10 16:30 我：卡密无效，请退款",
    ],
)
def test_a_greeting_or_an_earlier_line_leaves_the_demand_unanswered(chat: str) -> None:
    assert SILENCE in told("demand", case_with_chat(chat))[0]
    assert "未获解决" in told("payment", case_with_chat(chat))[0]


def test_who_tells_of_an_offer_does_not_say_that_nothing_came() -> None:
    story = "卡密兑换时提示无效。客服说补20给我，没有补。"
    assert SILENCE not in told("demand", make_whole(kinds=("order",), what_happened=story))[0]
    refused = "卡密兑换时提示无效。客服说不退。"
    assert SILENCE in told("demand", make_whole(kinds=("order",), what_happened=refused))[0]


# --- a typed answer and the chat ------------------------------------------------------------------

_OFFERED = "2026-11-10 16:30 我：卡密无效，请退款\n2026-11-10 16:50 客服：都可以退的"


def test_an_offer_in_the_chat_is_told_beside_the_answer_that_was_filled_in() -> None:
    file = case_with_chat(_OFFERED, seller_reply="激活后不退")
    text, notes = told("demand", file)
    assert "答复：“激活后不退”" in text
    assert "聊天记录中另有答复：“都可以退的”（证5-1）" in text
    assert "先答复它" in notes and "读不到原话" in notes


def test_an_offer_of_nobody_known_is_noted_beside_a_refusal() -> None:
    file = case_with_chat("卡密无效，能退吗\n可以退", seller_reply="激活后不退")
    text, notes = told("demand", file)
    assert "可以退" not in text and "看不出是谁说的" in notes


def test_an_answer_that_the_chat_bears_out_raises_no_doubt() -> None:
    for reply in ("都可以退的", "客服说可以退，一直没有退"):
        text, notes = told("demand", case_with_chat(_OFFERED, seller_reply=reply))
        assert "另有答复" not in text and "先答复它" not in notes
    _, notes = told("demand", case_with_chat(_OFFERED, seller_reply="都可以退的"))
    assert "读不到原话" not in notes
    alone = make_whole(kinds=("order",), seller_reply="激活后不退")
    assert "读不到原话" not in told("demand", alone)[1]


# --- what a story judges --------------------------------------------------------------------------


def test_conclusions_of_law_and_the_fate_of_others_are_left_out_and_named() -> None:
    story = "卡密提示无效，卖家虚假宣传，应当退一赔三。故意拖延，存心不退。王八蛋客服骂我。同事刘芳也被骗了。"
    file = make_whole(what_happened=story)
    for kind in ("demand", "p12315", "payment", "heimao", "lawsuit"):
        text, notes = told(kind, file)
        assert "卡密提示无效" in text
        for words in ("虚假宣传", "退一赔三", "存心不退", "故意拖延", "王八", "刘芳"):
            assert words not in text, (kind, words)
            assert words in notes, (kind, words)
    police, _ = told("police", file)
    assert "刘芳也被骗了" in police and "虚假宣传" not in police


def test_what_the_seller_says_of_law_stays_his_answer() -> None:
    text, _ = told("demand", make_whole(kinds=("order",), seller_reply="您违反平台规定第3条，属于恶意退款，不予退款"))
    assert "您违反平台规定第3条，属于恶意退款，不予退款" in text


def test_a_resale_in_the_story_takes_the_consumers_words_out_until_it_is_cleared_up() -> None:
    words = "我进了十张准备放到自己店里卖"
    resale = make_whole(what_happened=f"{words}。卡密提示无效。")
    for kind in ("demand", "payment", "lawsuit", "heimao"):
        text, notes = told(kind, resale)
        assert "用于生活消费" not in text and "消费者权益保护法" not in text
        assert words in notes and "case clarify" in notes
    cleared = make_whole(what_happened=f"{words}。卡密提示无效。", meant=(Meant(words, "那是另一批货"),))
    text, notes = told("demand", cleared)
    assert "用于生活消费" in text and "case clarify" not in notes


def test_a_post_for_everybody_masks_the_names_of_third_persons() -> None:
    story = "卡密提示无效。店长赵铁柱和表妹陈晓丽知道。"
    text, notes = told("heimao", make_whole(what_happened=story, seller_reply="我是店长赵铁柱，不退"))
    assert "赵铁柱" not in text and "陈晓丽" not in text and "赵**" in text
    assert "第三人的姓名、就读的学校已遮盖" in notes
    assert "赵铁柱" in told("demand", make_whole(what_happened=story))[0]
    assert "已遮盖" not in told("heimao", make_whole())[1]


# --- sums, years, money that is back --------------------------------------------------------------


def test_the_principal_of_a_balance_with_gifts_is_reckoned_from_what_was_paid_in() -> None:
    top_up = Order("XH1", "余额充值 充500送100", Decimal(500), 1, ORDERED)
    for asked in (Decimal(420), Decimal(600)):
        file = make_whole(
            orders=(top_up,), problem=ProblemKind.BALANCE_FROZEN, balance=Decimal(600), used=Answer.PARTLY,
            what_happened="充500送100，已经消费了80元，剩下的取不出来。",
            demands=(Demand(DemandKind.RELEASE, asked, "余额"),),
        )  # fmt: skip
        text, _ = told("demand", file)
        assert "其中的充值本金420.00元退还（计算：充值500.00元－已消费80.00元，不含赠送）" in text
        assert "余额420.00元退还" not in text


def test_a_short_value_that_was_redeemed_is_not_asked_back_whole() -> None:
    file = make_whole(problem=ProblemKind.SHORT_VALUE, used=Answer.YES, what_happened="兑换成功了但面值少了20。")
    text, notes = told("demand", file)
    assert "50.00元退至" not in text and "face_value" in notes
    blocked = find_letter_missing("payment", file, list_exhibits(file), ComplaintSettings())
    assert isinstance(blocked, LetterBlocked) and "got_part" in {one.field for one in blocked.missing}


def test_three_years_are_told_in_the_claim_and_in_the_payment_dispute() -> None:
    old = ORDERED - timedelta(days=3 * 366 + 30)
    order = replace(make_whole().case.facts.orders[0], ordered_at=old, paid_at=old)
    late = make_whole(orders=(order,), noticed_at=old, received_at=old, contacted_at=None)
    for kind in ("lawsuit", "payment"):
        assert "已超过三年" in told(kind, late)[1]
        assert "三年" not in told(kind, make_whole())[1]


def test_a_report_to_the_police_says_that_all_came_back_and_asks_for_no_inquiry() -> None:
    step = make_step("platform", outcome="refunded", returned=Decimal("50.00"))
    text, notes = told("police", replace(make_whole(), steps=(step,)))
    assert "尚有0.00元" not in text and "没有未退回的款项" in text and "收款账户的情况" not in text
    assert "全额退回" in notes
    part = replace(step, returned=Decimal("20.00"))
    text, notes = told("police", replace(make_whole(), steps=(part,)))
    assert "尚有30.00元未退回" in text and "收款账户的情况" in text and "全额退回" not in notes


def test_a_wrong_number_of_ones_own_is_no_goods_that_never_came() -> None:
    file = make_whole(
        problem=ProblemKind.TOPUP_MISSING, delivered=Answer.NO, received_at=None,
        what_happened="我把账号填错了一位，没有到账。",
    )  # fmt: skip
    text, _ = told("payment", file)
    assert "争议类型：充值信息填写有误，没有到账" in text and "未收到商品" not in text


def test_a_report_that_names_no_suspicion_is_not_written() -> None:
    harmless, clause = "质保7天", "最终解释权归本站所有"
    for text, lacks in ((harmless, True), (clause, False)):
        before = make_version("c-20261109T063000-aaaaaaaa", ORDERED - timedelta(days=1), text)
        after = make_version("c-20261112T063000-bbbbbbbb", ORDERED + timedelta(days=2), text, "质保7天已取消")
        change = make_change(before, after, "质保7天", "质保7天已取消")
        file = replace(make_whole(), who=known_who(), pages=(make_page(before, after),), changes=(change,))
        blocked = find_letter_missing("market_report", file, list_exhibits(file), ComplaintSettings())
        assert ("acts" in {one.field for one in blocked.missing} if blocked else False) == lacks


def test_the_answer_stays_in_a_shortened_post_whoever_gave_it() -> None:
    shop = Respondent(shop="快充小店")
    story = "。".join(f"卡密第{place}次在官方页面兑换时提示无效" for place in range(25))
    for reply in ("请联系商家，平台概不负责", "一律不退"):
        file = make_whole(platform="百店卡城", respondent=shop, seller_reply=reply, what_happened=story)
        assert reply in render_text(write("heimao", file), 500)
        assert reply in render_text(write("payment", file), 300)
        assert "对方已有答复" not in told("demand", replace(file, case=_without_reply(file)))[0]


def _without_reply(file: CaseFile) -> Case:
    return replace(file.case, facts=replace(file.case.facts, seller_reply=""))


@pytest.mark.parametrize(
    ("story", "gone", "kept"),
    [
        ("我同学小胖也买过，他说能用。卡密提示无效。", "他说能用", "卡密提示无效"),
        ("客服让我找群主。我同事王磊也在他家买过，他那张是好的。卡密提示无效。", "他那张是好的", "客服让我找群主"),
        ("卡密提示无效。同事也被骗了。她还报了警。客服不退。", "她还报了警", "客服不退"),
        ("室友小王也买过，那张也能用，我这张提示无效。", "那张也能用", "我这张提示无效"),
        ("邻居也买了，结果他的没问题。我的一直报错。", "他的没问题", "我的一直报错"),
    ],
)
def test_what_points_back_to_somebody_left_out_goes_with_him(story: str, gone: str, kept: str) -> None:
    text, notes = told("demand", make_whole(what_happened=story))
    assert gone not in text and gone in notes and kept in text


@pytest.mark.parametrize(
    "story",
    [
        "客服让我找他的上家，他说不管",
        "网上很多人也说无效，这张卡我试了三次",
        "店主答应换一张，他后来没有换",
        "我兑换时提示无效，那张卡的卡号是对的",
        "卖家发来一张，它显示已被使用",
    ],
)
def test_what_points_to_somebody_who_is_told_of_stays(story: str) -> None:
    text, _ = told("demand", make_whole(what_happened=f"{story}。"))
    assert story.split("，")[1] in text


@pytest.mark.parametrize(
    ("story", "kept"),
    [
        ("付了钱他们故意不发货", "付了钱他们不发货"),
        ("客服恶意拖延不退款，到现在也没有发货", "客服拖延不退款，到现在也没有发货"),
        ("他们存心不退", "他们不退"),
        ("卡密无效，客服故意不回", "卡密无效，客服不回"),
        ("店主蓄意拖着不处理", "店主拖着不处理"),
    ],
)
def test_only_the_motive_goes_and_the_fact_stays(story: str, kept: str) -> None:
    text, notes = told("demand", make_whole(what_happened=f"{story}。"))
    assert kept in text and story not in text and any(one in notes for one in story.split("，"))


@pytest.mark.parametrize("story", ["我不是故意输错的", "商家故意骗我", "他们是恶意欺诈"])
def test_a_denied_motive_stays_and_an_accusation_goes_whole(story: str) -> None:
    text, _ = told("demand", make_whole(what_happened=f"卡密无效。{story}。"))
    assert (story in text) is story.startswith("我不是")
    assert "骗我" not in text and "欺诈" not in text
