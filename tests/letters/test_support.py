"""A mark stands only where the readable text of an exhibit holds what the sentence says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from complaints.casefiles import NOW, ORDERED, make_facts, make_item, make_step

from letters.lettercase import make_change, make_page, make_version, make_whole, promise, write
from monitor.complaints.letters.support import amount_in, told_by_seller, words_in
from monitor.complaints.letters.text import render_text, shorten
from monitor.complaints.letters.write import Extra
from monitor.complaints.model import CaseFile, LetterBlocked
from scrapers.model import Block, BlockKind, Origin, Role, Source
from storage.case import Answer, Demand, DemandKind, Order, ProblemKind

DAY = timedelta(days=1)
REFUND = (Demand(DemandKind.REFUND),)


def text_of(kind: str, file: CaseFile, extra: Extra | None = None) -> str:
    return render_text(write(kind, file, extra))


def holding(file: CaseFile, **texts: str) -> CaseFile:
    """The case with other texts in its items."""
    items = tuple(replace(one, text=texts.get(one.kind, one.text), text_source="ocr") for one in file.items)
    return replace(file, items=items)


def test_bill_of_another_payment_marks_nothing() -> None:
    other = "商户全称：上海某某公司\n金额：80.00元\n交易单号：4200009999\n支付时间：2026-10-01 09:00"
    for kind in ("demand", "police", "market_complaint"):
        text = text_of(kind, holding(make_whole(), wallet_bill=other))
        assert "证3-1）" not in text
        assert "账单显示收款方" not in text


def test_bill_of_one_order_does_not_show_the_sum_of_two() -> None:
    orders = (
        Order("CZ1", "充值A", Decimal(60000), 1, ORDERED, ORDERED, "2026080122001400000000000001"),
        Order("CZ2", "充值B", Decimal(59273), 1, ORDERED, ORDERED, "2026090122001400000000000002"),
    )
    file = make_whole(orders=orders, demands=(Demand(DemandKind.REFUND, Decimal(119273)),))
    file = holding(file, wallet_bill="金额：60000.00元\n交易号：2026080122001400000000000001")
    text = text_of("police", file)
    assert "付款119273.00元。" in text
    assert "付款，60000.00元（证3-1）" in text
    assert "付款，59273.00元\n" in text
    assert "交易单号2026090122001400000000000002。" in text
    payment = text_of("payment", file)
    assert "付款金额（第1笔）：60000.00元" in payment
    assert "付款金额：119273.00元" not in payment
    assert "订单CZ1等2笔（合计119273.00元）" in text_of("demand_chat", file)


def test_words_of_the_seller_are_his_only_where_he_says_them() -> None:
    fee = "激活费30元请补上，激活后不退"
    file = make_whole(seller_reply=fee, extra_asked=Decimal(30), extra_name="激活费", kinds=("order", "chat"))
    theirs = "2026-11-10 16:00 我：激活费30元请补上，激活后不退？\n2026-11-10 16:01 客服：亲可以全额退款的"
    text = text_of("demand", holding(file, chat=theirs))
    assert f"对方答复：“{fee}”。" in text
    assert "另要求支付“激活费”30.00元。" in text
    said = f"2026-11-10 16:01 客服：{fee}"
    assert f"对方答复：“{fee}”（证5-1）" in text_of("demand", holding(file, chat=said))


def test_amounts_and_denied_words_are_read_as_they_stand() -> None:
    assert amount_in(Decimal("50.00"))("实付 ¥50")
    assert amount_in(Decimal(119273))("合计 119,273.00 元")
    assert not amount_in(Decimal(50), "某游戏点卡 50元")("某游戏点卡 50元 实付80.00元")
    assert not amount_in(Decimal(50))("订单 15050")
    assert not words_in(("无效",))("卡密不是无效的，请重试")
    assert not told_by_seller([amount_in(Decimal(30))], make_facts())("我：30元太贵")


QUOTE = "一经售出概不退换"


@pytest.mark.parametrize(
    "chat",
    [
        f"2026-11-10 16:20 客服：我们什么时候说过{QUOTE}？给您退",
        f"2026-11-10 16:20 客服：我们没有说过{QUOTE}，可以退",
        f"2026-11-10 16:00:11 林小明(12345678)\n{QUOTE}是什么意思？\n\n2026-11-10 16:20:05 星河客服(10001)\n可以退",
        f"快乐小鱼 2026-11-10 16:00:11\n你们{QUOTE}\n\n星河客服 2026-11-10 16:20:05\n给您退",
        f"2026-11-10 16:20:05 王五(87654321)\n我朋友也买过，他们{QUOTE}\n2026-11-10 16:21:00 星河客服(10001)\n可以退",
        f"我问客服：{QUOTE}",
    ],
)
def test_words_that_the_seller_asks_denies_or_that_are_anothers_carry_no_mark(chat: str) -> None:
    file = holding(make_whole(seller_reply=QUOTE, kinds=("order", "chat")), chat=chat)
    text = text_of("demand", file)
    assert f"对方答复：“{QUOTE}”" in text and f"{QUOTE}”（证5-1）" not in text


@pytest.mark.parametrize(
    "chat",
    [
        f"2026-11-10 16:20 客服：亲，{QUOTE}哦",
        f"2026-11-10 16:00:11 林小明(12345678)\n能退吗\n\n2026-11-10 16:20:05 星河客服(10001)\n{QUOTE}",
        f"2026-11-10 16:20:05 小七(987654321)\n{QUOTE}",
    ],
)
def test_words_that_the_named_seller_states_carry_the_mark(chat: str) -> None:
    file = make_whole(seller_reply=QUOTE, kinds=("order", "chat"), seller_contact="QQ：987654321")
    assert f"对方答复：“{QUOTE}”（证5-1）" in text_of("demand", holding(file, chat=chat))


def test_automatic_reply_is_called_that() -> None:
    file = make_whole(seller_reply=QUOTE, kinds=("order", "chat"))
    text = text_of("demand", holding(file, chat=f"2026-11-10 16:01 智能客服：{QUOTE}"))
    assert f"对方的自动回复：“{QUOTE}”（证5-1）" in text


def test_bubbles_that_name_nobody_are_attached_and_prove_no_speaker() -> None:
    file = make_whole(seller_reply=QUOTE, kinds=("order", "chat"))
    assert f"“{QUOTE}”，附证5-1（据本人陈述）" in text_of("demand", holding(file, chat=f"卡密无效，请退款\n{QUOTE}"))
    asked = text_of("demand", holding(file, chat=f"卡密无效，请退款\n{QUOTE}吗\n可以退"))
    assert f"对方答复：“{QUOTE}”" in asked and f"“{QUOTE}”，附证" not in asked


@pytest.mark.parametrize(
    "denied", ["没有激活费30元这回事，您别被骗了", "是要收激活费30元吗？", "激活费30元我们不收，不用付"]
)
def test_fee_that_the_seller_denies_is_no_fee_he_asked(denied: str) -> None:
    fee = {"extra_asked": Decimal(30), "extra_name": "激活费", "kinds": ("order", "chat")}
    chat = f"2026-11-10 16:00 我：你们说的激活费30元\n2026-11-10 16:20 客服：{denied}"
    assert "“激活费”30.00元（证" not in text_of("demand", holding(make_whole(**fee), chat=chat))


CONTACTED = "本人于2026年11月10日16:30首次就此联系对方"
DEMANDED = "提出处理要求（证5-1）"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("2026-11-10 16:30 我：怎么换头像", f"{CONTACTED}（证5-1）"),
        ("2026-11-10 16:30 我：压缩包要密码，密码多少", f"{CONTACTED}（证5-1）"),
        ("2026-11-10 16:30 我：不用退款，我自己解决了", f"{CONTACTED}（证5-1）"),
        ("2026-11-10 16:30 我：先不退了，也不用换，我再试试", f"{CONTACTED}（证5-1）"),
        ("2026-11-10 16:30 客服：您要退款吗", f"{CONTACTED}（据本人陈述）"),
    ],
)
def test_who_only_turned_to_the_seller_is_not_said_to_have_demanded(words: str, told: str) -> None:
    text = text_of("demand", holding(make_whole(kinds=("order", "demand_chat")), demand_chat=words))
    assert CONTACTED in text and "提出处理要求" not in text
    assert told.removesuffix("（据本人陈述）") in text


@pytest.mark.parametrize(
    ("words", "when"),
    [
        ("2026-11-10 16:30 我：卡密无效，给我换一张", "16:30向对方"),
        ("2026-11-10 16:32 我：能退吗", "16:32向对方"),
        ("2026-11-10 16:31 我：我不要补10块，要么换国区的，要么退款", "16:31向对方"),
        ("2026-11-10 16:30 我：在吗\n2026-11-10 16:50 我：用不了，不行就退50", "16:50在聊天中向对方"),
        ("2026-11-10 16:30 我：怎么用\n2026-11-10 17:05 我：请发卡", "17:05在聊天中向对方"),
        ("2026-11-10 16:30 我：怎么用\n2026-11-10 17:05 我：给个能用的码", "17:05在聊天中向对方"),
    ],
)
def test_a_demand_is_told_with_the_time_of_the_line_that_makes_it(words: str, when: str) -> None:
    text = text_of("demand", holding(make_whole(kinds=("order", "demand_chat")), demand_chat=words))
    assert f"本人于2026年11月10日{when}{DEMANDED}" in text
    assert (CONTACTED in text) is ("聊天中" in when)


def test_the_timeline_for_the_police_tells_the_question_and_the_demand_apart() -> None:
    words = "2026-11-10 16:30 我：压缩包要密码，密码多少\n2026-11-10 16:50 我：页面没写这个费用，请退款"
    text = text_of("police", holding(make_whole(kinds=("order", "chat")), chat=words))
    assert "2026年11月10日16:30 | 首次就此联系对方" in text
    assert "2026年11月10日16:50 | 向对方提出处理要求" in text


def test_nobody_is_said_to_be_silent_whose_answer_the_case_holds() -> None:
    chat = "2026-11-10 16:30 我：卡密无效，请退款\n2026-11-10 16:40 客服：可以退，请发收款码"
    letter = write("demand", holding(make_whole(kinds=("order", "demand_chat")), demand_chat=chat))
    text = render_text(letter)
    assert "没有收到能" not in text and "对方已有答复，原话见聊天记录（证5-1）" in text
    assert any("seller_reply" in note for note in letter.notes)


def test_picture_that_shows_the_contrary_or_nothing_proves_no_defect() -> None:
    good = text_of("demand", holding(make_whole(), failure="充值成功 2026-11-10"))
    assert "收到的卡密无法兑换或激活。" in good
    blank = text_of("demand", holding(make_whole(), failure=""))
    assert "收到的卡密无法兑换或激活，附证4-1（据本人陈述）" in blank
    assert "附证" not in text_of("heimao", holding(make_whole(), failure=""))


def test_fact_of_a_concealed_text_is_never_quoted() -> None:
    seen = make_version("c-1", ORDERED - DAY, "卡密无效7天内包换", facts=(promise("质保：永久，假一赔十"),))
    hidden = Block(BlockKind.DESCRIPTION, "质保：永久，假一赔十", source=Source.HIDDEN, concealed="stylesheet")
    seen = replace(seen, reading=replace(seen.reading, blocks=(*seen.reading.blocks, hidden)))
    assert "假一赔十" not in text_of("demand", replace(make_whole(), pages=(make_page(seen, None, role=Role.PRODUCT),)))


def test_paragraphs_that_stand_apart_are_quoted_apart_with_their_speaker() -> None:
    joined = promise("平台承诺：质保7天 售后请联系客服")
    seen = make_version("c-1", ORDERED - DAY, "平台承诺：质保7天\n其他说明\n售后请联系客服", facts=(joined,))
    reading = replace(seen.reading, text="平台承诺：质保7天\n其他说明\n售后请联系客服")
    page = make_page(replace(seen, reading=reading), None, role=Role.PRODUCT)
    text = text_of("demand", replace(make_whole(), pages=(page,)))
    assert "（平台的说明）所示售后“平台承诺：质保7天”" in text
    assert "质保7天 售后" not in text


def test_day_without_a_clock_time_is_told_as_that() -> None:
    day = datetime(2026, 11, 9, 16, tzinfo=UTC)  # 2026-11-10 00:00 in China
    order = Order("XH20261110001", "某游戏点卡 50元", Decimal(50), 1, day, day)
    morning, noon = day + timedelta(hours=8), day + timedelta(hours=12)
    before, after = make_version("c-1", morning, "七天内包换。"), make_version("c-2", noon, "概不退换。")
    change = make_change(before, after, "七天内包换。", "概不退换。")
    file = replace(make_whole(orders=(order,)), pages=(make_page(None, before),), changes=(change,))
    text = text_of("demand", file)
    assert "本人于2026年11月10日（时刻不详）在" in text
    assert "00:00在" not in text
    assert "变更在下单之前还是之后不能断定" in text
    assert "（下单后最近一次抓取）" not in text


def test_rule_that_came_and_went_is_told_as_both() -> None:
    before = make_version("c-1", ORDERED + DAY, "七天内包换。")
    after = make_version("c-2", ORDERED + 2 * DAY, "概不退换。")
    newest = make_version("c-3", ORDERED + 4 * DAY, "七天内包换。")
    page = replace(make_page(None, before), newest=newest)
    change = make_change(before, after, "七天内包换。", "概不退换。")
    text = text_of("demand", replace(make_whole(), pages=(page,), changes=(change,)))
    assert "其后在2026-11-14 14:30:00 +08:00的抓取中已不见变更后的内容，又显示变更前的内容" in text


def test_fee_in_the_captured_terms_is_told_and_not_called_unagreed() -> None:
    terms = "部分卡种须另付激活费30元。"
    page = make_page(make_version("c-1", ORDERED - DAY, terms), make_version("c-2", ORDERED + DAY, terms))
    fee = {"problem": ProblemKind.EXTRA_FEE, "extra_asked": Decimal(30), "extra_name": "激活费"}
    text = text_of("demand", replace(make_whole(**fee), pages=(page,)))
    assert "写明“部分卡种须另付激活费30元。”" in text
    assert "《消费者权益保护法》第二十条" not in text
    assert "《民法典》第四百九十六条" in text


def test_answer_with_a_word_that_no_letter_holds_is_told_without_it() -> None:
    file = make_whole(seller_reply="我们不是骗子，同意全额退款，请把收款码发来")
    for kind in ("demand", "payment", "heimao"):
        letter = write(kind, file)
        text = render_text(letter)
        assert "答复：“……同意全额退款，请把收款码发来”" in text
        assert "未获解决" not in text and "骗子" not in text
        assert any("对方答复中有" in note for note in letter.notes)


def test_what_speaks_for_the_seller_is_never_cut_for_length() -> None:
    story = "".join(f"我第{place}次在官方充值页兑换，仍然提示卡密无效，换了手机和网络。" for place in range(1, 25))
    file = make_whole(what_happened=story, seller_reply="同意全额退款，三天内到账", demands=REFUND)
    file = replace(file, steps=(make_step("platform", returned=Decimal(20)),))
    for kind, limit in (("payment", 300), ("heimao", 500), ("p12315_compact", 1000)):
        cut = shorten(write(kind, file), limit)
        assert cut.left_out
        assert "此前已退回20.00元" in cut.text and "同意全额退款，三天内到账" in cut.text


def test_all_is_not_asked_back_where_a_part_was_got() -> None:
    partly = make_whole(delivered=Answer.PARTLY, problem=ProblemKind.TOPUP_MISSING)
    with pytest.raises(LetterBlocked) as blocked:
        write("payment", partly)
    assert [one.field for one in blocked.value.missing] == ["got_part"]
    text = text_of("demand", partly)
    assert "将没有交付或不能使用部分的价款退至原支付方式" in text
    assert "充值只有部分到账" in text and "将50.00元退" not in text
    known = replace(partly, case=make_whole(
        delivered=Answer.PARTLY, problem=ProblemKind.TOPUP_MISSING, face_value=Decimal(100), got_value=Decimal(40),
        demands=REFUND).case)  # fmt: skip
    assert "请求退款金额：30.00元" in text_of("payment", known)


def test_gift_in_a_balance_is_not_asked_for_as_principal() -> None:
    facts = {"problem": ProblemKind.BALANCE_FROZEN, "balance": Decimal(3000), "demands": (Demand(DemandKind.RELEASE),)}
    file = make_whole(**facts, what_happened="充值50元，余额里其余的是赠送的，现在不能提现。")
    assert "其中的充值本金50.00元退还" in text_of("demand", file)
    assert "请求退款金额：50.00元" in text_of("payment", file)


def test_filing_without_proof_is_told_nowhere_and_its_writer_knows() -> None:
    file = replace(make_whole(), steps=(make_step("p12315"),))
    for kind in ("police", "market_complaint", "demand"):
        assert "向全国12315平台（投诉）提出" not in text_of(kind, file)
    assert any("没有凭证" in note for note in write("police", file).notes)


def test_the_office_reads_of_its_own_earlier_refusal_and_of_the_police_with_their_outcome() -> None:
    refused = make_step("p12315", outcome="rejected", note="不归我局管辖")
    taken = make_step("police", accepted_at=NOW)
    file = replace(make_whole(), steps=(refused, taken))
    for kind in ("p12315", "market_complaint"):
        told = text_of(kind, file)
        assert "向全国12315平台（投诉）提出，结果：不予受理（所告知的理由：不归我局管辖）" in told
        assert "向公安机关报案，已于2026年11月23日受理" in told
        assert "其他行政机关" not in told
    assert any("按本人陈述写入" in note for note in write("p12315", file).notes)
    pending = replace(make_whole(), steps=(make_step("p12315"),))
    assert "已经提出的其他请求" not in text_of("p12315", pending)


@pytest.mark.parametrize(
    ("story", "kept", "gone"),
    [
        ("卡密在官方页提示无效，太坑了，客服不理。", "卡密在官方页提示无效，客服不理", "太坑"),
        ("真是无语。卡密兑换提示无效。", "卡密兑换提示无效", "无语"),
        ("客服坑了我50元激活费。", "客服坑了我50元激活费", "太坑"),
    ],
)
def test_a_cry_is_no_fact_of_a_letter(story: str, kept: str, gone: str) -> None:
    for kind in ("p12315", "demand"):
        told = text_of(kind, make_whole(what_happened=story))
        assert kept in told and gone not in told


def test_an_account_that_only_cries_out_is_asked_for_what_happened() -> None:
    with pytest.raises(LetterBlocked, match="事情经过"):
        write("demand", make_whole(what_happened="太坑了！！！"))


def test_file_of_somebody_else_is_called_that_and_carries_no_act() -> None:
    seen = make_version("c-1", ORDERED - DAY, "最终解释权归本站所有。", origin=Origin.IMPORTED)
    file = replace(make_whole(), pages=(make_page(seen, None),))
    with pytest.raises(LetterBlocked) as blocked:
        write("market_report", file)
    assert [one.field for one in blocked.value.missing] == ["acts"]
    assert "存档文件（他人提供）中载有“最终解释权归本站所有" in text_of("p12315", file)
    assert "（提供人声称的时间）" in text_of("data_note", file)
    note = text_of("capture_note", file)
    assert "打开网页并保存" not in note and "不是本工具打开网页所得" in note


def test_captures_made_while_logged_in_are_called_that() -> None:
    seen = make_version("c-1", ORDERED - DAY, "最终解释权归本站所有。")
    file = replace(make_whole(), pages=(make_page(seen, None),))
    extra = Extra(logged_in=frozenset(("c-1",)))
    for kind in ("demand", "market_report", "evidence_list", "capture_note", "data_note"):
        assert "登录状态下" in text_of(kind, file, extra)


def test_public_post_warns_of_names_and_of_a_wallet_that_differs() -> None:
    file = make_whole(what_happened="我在支付宝上付的款，卡密提示无效。")
    notes = write("heimao", file).notes
    assert any("人名" in note for note in notes)
    assert any("支付宝" in note and "微信" in note for note in notes)


def test_ordinary_card_order_is_no_prepayment() -> None:
    for problem in (ProblemKind.NOT_DELIVERED, ProblemKind.TOPUP_MISSING, ProblemKind.DEAD_KEY):
        text = text_of("demand", make_whole(problem=problem))
        assert "第五十三条" not in text
        assert problem is not ProblemKind.DEAD_KEY or "《电子商务法》第二十条" not in text


def test_item_of_the_case_that_is_a_saved_page_marks_nothing() -> None:
    page = make_item("failure", text="卡密无效", text_source="html", said_at=NOW)
    text = text_of("demand", replace(make_whole(kinds=("order",)), items=(page,)))
    assert "无法兑换或激活，附证4-1（据本人陈述）" in text
