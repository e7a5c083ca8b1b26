"""What each letter says, and what it will not say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from complaints.casefiles import NOW, ORDERED, make_item, make_step

from letters.lettercase import FIRM, make_change, make_page, make_version, make_whole, promise, write
from monitor.attestation.facts import Witness
from monitor.complaints.letters.kinds import letter_kinds
from monitor.complaints.letters.text import render_text
from monitor.complaints.letters.write import Extra, find_letter_missing
from monitor.complaints.model import CaseFile, LetterBlocked
from monitor.config.complaints import ComplaintSettings
from scrapers.model import Origin, Role, Source
from storage.case import (
    Answer,
    Demand,
    DemandKind,
    Order,
    PaymentForm,
    Person,
    ProblemKind,
    Purpose,
    Respondent,
    UnlawfulPurpose,
)
from storage.model import ChangeStatus, TokenKind, TokenStatus

DAY = timedelta(days=1)
DECEIT = "客服宣称卡密官方直供，实际却是他人用过的，兑换时提示无效。"


def text_of(kind: str, file: CaseFile, extra: Extra | None = None) -> str:
    return render_text(write(kind, file, extra))


def missing_of(kind: str, file: CaseFile) -> list[str]:
    with pytest.raises(LetterBlocked) as blocked:
        write(kind, file)
    return [one.field for one in blocked.value.missing]


def test_12315_text_holds_what_article_ten_asks_for() -> None:
    text = text_of("p12315", make_whole())
    for wanted in (
        "姓名：林小明",
        "联系电话：13800138000",
        "通讯地址：浙江省杭州市西湖区某路1号",
        f"名称：{FIRM.name}（证1-1）",
        f"地址：{FIRM.address}（证1-1）",
        "名称和地址的来源：",
        "请求被投诉人将50.00元退至原支付方式",
        "真实性负责",
        "是否同意由市场监督管理部门组织调解：□同意 □不同意",
    ):
        assert wanted in text


def test_without_a_named_respondent_the_complaint_is_blocked_and_says_where_to_look() -> None:
    file = make_whole(respondent=Respondent(), payee="")
    with pytest.raises(LetterBlocked) as blocked:
        write("p12315", file)
    one = blocked.value.missing[0]
    assert one.field == "respondent.name"
    assert "公示系统" in one.mend
    assert one.articles == ("tsjb-10",)


def test_reseller_has_no_consumer_complaint_and_no_consumer_law() -> None:
    file = make_whole(purpose=Purpose.RESALE)
    assert "living" in missing_of("p12315", file)
    for kind in ("demand", "lawsuit"):
        text = text_of(kind, file)
        assert "消费者权益保护法" not in text
        assert "《民法典》" in text


def test_unlawful_purpose_gets_no_letter_but_what_only_lists_evidence() -> None:
    file = make_whole(unlawful=(UnlawfulPurpose.FAKE_ORDERS,))
    assert missing_of("demand", file) == ["lawful"]
    assert "lawful" in missing_of("payment", file)
    write("evidence_list", file)


@pytest.mark.parametrize(("day", "said"), [(date(2026, 4, 14), False), (date(2026, 4, 15), True)])
def test_authorisation_rests_on_the_rule_of_its_day(day: date, said: bool) -> None:
    at = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
    order = Order("A1", "点卡", Decimal(50), 1, at - 5 * DAY, at - 5 * DAY)
    letter = write("authorisation", make_whole(at=at, orders=(order,), helper=Person("王五")))
    cited = {one for block in letter.blocks for sentence in block.sentences for one in sentence.articles}
    assert ("tsjb-11" in cited) is said
    assert not any(one.startswith("tsjb_old") for one in cited)


def test_order_before_the_civil_code_is_not_judged_by_it() -> None:
    ordered = datetime(2020, 12, 20, 4, tzinfo=UTC)
    order = Order("A1", "点卡", Decimal(50), 1, ordered, ordered)
    letter = write("demand", make_whole(at=datetime(2021, 1, 10, 4, tzinfo=UTC), orders=(order,)))
    assert "《民法典》" not in render_text(letter)
    assert "《消费者权益保护法》" in render_text(letter)


def test_threefold_damages_need_evidence_of_deceit_in_the_case() -> None:
    asked = (Demand(DemandKind.REFUND, Decimal(50)), Demand(DemandKind.FRAUD, Decimal(9999)))
    without = write("demand", make_whole(demands=asked))
    assert "三倍" not in render_text(without)
    assert any("没有能支持三倍" in note for note in without.notes)
    fault = write("demand", make_whole(demands=asked, fraud_evidence=("i-failure",), what_happened=DECEIT))
    silent = write("demand", make_whole(demands=asked, fraud_evidence=("i-refusal",)))
    assert "三倍" not in render_text(fault), "an order or a fault shows nothing untrue that was told"
    assert "三倍" not in render_text(silent), "no sentence tells a deceit"
    letter = write("demand", make_whole(demands=asked, fraud_evidence=("i-refusal",), what_happened=DECEIT))
    text = render_text(letter)
    assert "增加赔偿500.00元（计算：价款50.00元的三倍为150.00元，不足500.00元，按500.00元计）" in text
    assert "合计550.00元（50.00元＋500.00元）" in text
    assert any("重新计算" in note for note in letter.notes)


def test_advert_later_than_the_order_carries_no_threefold_damages() -> None:
    asked = (Demand(DemandKind.REFUND, Decimal(50)), Demand(DemandKind.FRAUD))
    file = make_whole(demands=asked, advert_relied_on="i-advert", fraud_evidence=("i-advert",), what_happened=DECEIT)
    later = replace(file, items=(*file.items, make_item("advert", said_at=ORDERED + DAY)))
    earlier = replace(file, items=(*file.items, make_item("advert", said_at=ORDERED - DAY)))
    assert "三倍" not in text_of("demand", later)
    assert "增加赔偿500.00元" in text_of("demand", earlier)


def test_refund_above_what_was_paid_is_blocked_with_the_figures() -> None:
    file = make_whole(demands=(Demand(DemandKind.REFUND, Decimal(80)),))
    with pytest.raises(LetterBlocked) as blocked:
        write("demand", file)
    assert "请求退款80.00元，而实付合计50.00元" in blocked.value.missing[0].what


def test_what_came_back_is_taken_from_the_refund() -> None:
    file = make_whole(demands=(Demand(DemandKind.REFUND),))
    file = replace(file, steps=(make_step("platform", returned=Decimal(20)),))
    assert "将30.00元退至原支付方式（计算：订单实付合计50.00元减去已退20.00元）" in text_of("demand", file)


def test_goods_or_money_are_asked_for_one_or_the_other() -> None:
    text = text_of("demand", make_whole(demands=(Demand(DemandKind.REPLACE), Demand(DemandKind.REFUND, Decimal(50)))))
    assert "不能换货或交付的，请将50.00元退至原支付方式" in text


def test_filing_is_said_only_with_its_proof() -> None:
    file = make_whole(kinds=("order", "receipt"))
    claimed = replace(file, steps=(make_step("p12315"),))
    proven = replace(file, steps=(make_step("p12315", proof=(file.items[1].evidence,)),))
    assert "提出" not in text_of("demand", claimed).partition("【其他途径】")[2].partition("【联系")[0]
    text = text_of("demand", proven)
    assert "本人已于2026年11月16日向全国12315平台（投诉）提出（证5-1）" in text
    assert "依法保留投诉、举报" in text


def test_own_deadline_is_an_exact_moment_and_the_default_is_called_one() -> None:
    own = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
    assert "请于2026-11-26 12:00:00 +08:00（北京时间）前" in text_of("demand", make_whole(answer_by=own))
    letter = write("demand", make_whole())
    assert any("默认值，不是法定期限" in note for note in letter.notes)


def test_promise_seen_on_both_sides_names_both_and_the_gap() -> None:
    told = promise("卡密无效7天内包换")
    before = make_version("c-1", ORDERED - DAY, facts=(told,))
    after = make_version("c-2", ORDERED + DAY, facts=(told,))
    text = text_of("demand", replace(make_whole(), pages=(make_page(before, after, role=Role.PRODUCT),)))
    both = "在2026-11-09 14:30:00 +08:00、2026-11-11 14:30:00 +08:00两次抓取中均显示，间隔期间未观察（证2-1、2-2）"
    assert f"“卡密无效7天内包换”，{both}" in text


def test_promise_seen_once_before_or_gone_after_is_told_as_that() -> None:
    told = promise("卡密无效7天内包换")
    before = make_version("c-1", ORDERED - DAY, facts=(told,))
    after = make_version("c-2", ORDERED + DAY, facts=())
    whole = make_whole()
    single = text_of("demand", replace(whole, pages=(make_page(before, None, role=Role.PRODUCT),)))
    assert "最后在2026-11-09 14:30:00 +08:00抓取中显示，其后没有读到内容的抓取，下单时的内容未观察" in single
    gone = text_of("demand", replace(whole, pages=(make_page(before, after, role=Role.PRODUCT),)))
    assert "抓取中没有找到，间隔期间未观察，下单时显示的是哪一种不能断定" in gone


def test_hidden_text_and_text_of_pictures_are_never_quoted() -> None:
    facts = (promise("暗处的承诺", Source.HIDDEN), promise("图里的承诺", Source.IMAGE))
    before = make_version("c-1", ORDERED - DAY, hidden="最终解释权归本站所有。", facts=facts)
    file = replace(make_whole(), pages=(make_page(before, None),))
    for kind in letter_kinds():
        if find_letter_missing(kind, file, (), ComplaintSettings()) is None:
            text = text_of(kind, file)
            assert "暗处的承诺" not in text
            assert "图里的承诺" not in text
            assert "最终解释权" not in text


def test_capture_of_somebody_else_is_called_a_claim() -> None:
    before = make_version("c-1", ORDERED - DAY, facts=(promise("七天包换"),), origin=Origin.IMPORTED)
    file = replace(make_whole(), pages=(make_page(before, None, role=Role.PRODUCT),))
    assert "他人提供的存档，时间为其声称" in text_of("demand", file)


def test_change_is_told_with_both_captures_and_only_when_confirmed_and_quotable() -> None:
    before = make_version("c-1", ORDERED + DAY, "七天内包换。")
    after = make_version("c-2", ORDERED + 3 * DAY, "概不退换。")
    change = make_change(before, after, "七天内包换。", "概不退换。")
    whole = replace(make_whole(), pages=(make_page(None, before),))
    text = text_of("demand", replace(whole, changes=(change,)))
    assert (
        "在2026-11-11 14:30:00 +08:00的抓取中显示“七天内包换。”，在2026-11-13 14:30:00 +08:00的抓取中显示“概不退换。”"
        in text
    )
    for other in (
        replace(change, status=ChangeStatus.PENDING),
        make_change(before, after, "七天内包换。", "概不退换。", quotable=False),
    ):
        letter = write("demand", replace(whole, changes=(other,)))
        assert "概不退换" not in render_text(letter)


def test_change_around_the_order_is_not_said_to_come_after_it() -> None:
    before = make_version("c-1", ORDERED - DAY, "七天内包换。")
    after = make_version("c-2", ORDERED + DAY, "概不退换。")
    change = make_change(before, after, "七天内包换。", "概不退换。")
    text = text_of("demand", replace(make_whole(), pages=(make_page(before, after),), changes=(change,)))
    assert "间隔期间未观察，变更在下单之前还是之后不能断定（证2-1、2-2）" in text
    assert "下单后的变更" not in text


def clause_file() -> CaseFile:
    before = make_version("c-1", ORDERED - DAY, "最终解释权归本站所有。")
    after = make_version("c-2", ORDERED + DAY, "最终解释权归本站所有。")
    return replace(make_whole(), pages=(make_page(before, after),))


def test_report_names_acts_and_laws_and_neither_reporter_nor_refund() -> None:
    text = text_of("market_report", clause_file())
    assert "“最终解释权归本站所有" in text
    assert "可能涉及《" in text
    assert "《合同行政监督管理办法》第十八条" in text
    for secret in ("林小明", "13800138000", "XH20261110001", "4200002211202611101234567890", "下单", "退款"):
        assert secret not in text


def test_report_with_consent_names_the_reporter() -> None:
    text = text_of("market_report", clause_file(), Extra(disclose_reporter=True))
    assert "姓名：林小明" in text
    assert "XH20261110001" in text


def test_report_without_a_seen_act_is_blocked() -> None:
    assert missing_of("market_report", make_whole()) == ["acts"]


def test_invalid_clause_is_asked_for_in_court_only_where_it_was_seen() -> None:
    demands = (Demand(DemandKind.REFUND, Decimal(50)), Demand(DemandKind.INVALID_CLAUSE))
    seen = text_of("lawsuit", replace(clause_file(), case=make_whole(demands=demands).case))
    assert "确认“最终解释权归本站所有”的格式条款无效" in seen
    letter = write("lawsuit", make_whole(demands=demands))
    assert "格式条款无效" not in render_text(letter)
    assert any("没有可引用的抓取" in note for note in letter.notes)


def test_statement_of_claim_leaves_blanks_for_what_the_case_does_not_hold() -> None:
    letter = write("lawsuit", make_whole())
    text = render_text(letter)
    assert "民族：＿＿＿＿（请填写）" in text
    assert "《最高人民法院关于适用〈民事诉讼法〉的解释》第二十条" in text
    assert any("按官方示范文本核对" in note for note in letter.notes)


def test_minor_is_acted_for_by_his_guardian() -> None:
    guardian = Person("林大明", "13900139000", "浙江省杭州市西湖区某路1号")
    child = Person("林小明", born_on=date(2014, 5, 1))
    file = make_whole(minor=True, guardian=guardian, buyer=child, guardian_agreed=Answer.NO)
    text = text_of("p12315", file)
    assert "法定代理人（监护人）：林大明" in text
    assert "《民法典》第一百四十五条" in text
    assert "guardian_name" in missing_of("guardian_authorisation", make_whole(minor=True, helper=Person("王五")))
    assert "grown_up" in missing_of(
        "authorisation", replace(file, case=make_whole(minor=True, helper=Person("王五")).case)
    )


@pytest.mark.parametrize(
    "form", [PaymentForm.PERSONAL_CODE, PaymentForm.TRANSFER, PaymentForm.BALANCE, PaymentForm.USDT]
)
def test_transfer_to_a_person_has_no_merchant_dispute(form: PaymentForm) -> None:
    assert "merchant_payment" in missing_of("payment", make_whole(payment=form))


def test_story_that_judges_is_left_out_and_its_writer_told() -> None:
    letter = write("demand", make_whole(what_happened="对方是骗子。卡密提示无效。"))
    text = render_text(letter)
    assert "骗子" not in text
    assert "卡密提示无效。" in text
    assert any("定性或过激用语" in note for note in letter.notes)


def test_live_key_is_never_whole_in_a_letter() -> None:
    text = text_of("p12315", make_whole(what_happened="卡密 ABCD-1234-EFGH-5678 提示无效。"))
    assert "ABCD-1234-EFGH-5678" not in text


def test_public_post_names_no_person_and_no_order() -> None:
    text = text_of("heimao", make_whole())
    for secret in ("林小明", "13800138000", "XH20261110001", "4200002211202611101234567890"):
        assert secret not in text


def test_evidence_list_has_groups_numbers_and_the_pages_passed_in() -> None:
    file = make_whole()
    text = text_of("evidence_list", file, Extra(pages={"1-1": "3", "2-1": "4-5"}))
    assert "【第1组　主体】\n序号 | 证据名称 | 证据来源 | 证明对象 | 页码\n1-1 | " in text
    assert " | 4-5" in text
    assert "（装订后填写）" in text


def test_note_on_captures_claims_no_trusted_time_without_its_token() -> None:
    before = make_version("c-1", ORDERED - DAY, "七天内包换。")
    file = replace(make_whole(), pages=(make_page(before, None),))
    letter = write("capture_note", file, Extra(operator="林小明", digests={"c-1": "ab" * 32}))
    text = render_text(letter)
    assert "可信时间戳" not in text
    assert "有利害关系，特此说明" in text
    assert "ab" * 32 in text
    assert "都没有独立机构的时间戳：时间只依据本机时钟" in text


def test_token_is_named_by_who_gave_it_and_says_only_that_it_existed_before() -> None:
    before = make_version("c-1", ORDERED - DAY, "七天内包换。")
    file = replace(make_whole(), pages=(make_page(before, None),))
    told = []
    for signer in ("Example TSA", "联合信任时间戳服务中心"):
        held = Witness(TokenKind.RFC3161, TokenStatus.HELD, "tsa", ORDERED, None, renews=False, signer=signer)
        told.append(text_of("capture_note", file, Extra(witnesses={"c-1": (held,)})))
    assert "RFC 3161 时间戳（Example TSA）：存在于2026-11-10 14:30:00 +08:00之前（证2-1）" in told[0]
    assert "可信时间戳" not in told[0]
    assert "可信时间戳（联合信任签发，RFC 3161）：存在于" in told[1]


def test_police_paper_lists_accounts_and_leaves_the_verdict_to_the_police() -> None:
    file = make_whole(
        problem=ProblemKind.EXTRA_FEE, extra_asked=Decimal(30), extra_name="激活费", seller_contact="QQ 12345678"
    )
    text = text_of("police", file)
    for wanted in (
        "交易单号 | 4200002211202611101234567890（证3-1）",
        "QQ 12345678",
        "是否构成违法犯罪由公安机关认定",
        "“激活费”30.00元",
    ):
        assert wanted in text


def test_correction_lists_what_is_missing_with_the_way_to_get_it() -> None:
    text = text_of("correction", make_whole(respondent=Respondent(), payee="", kinds=()))
    assert "被投诉人的名称和地址" in text
    assert "公示系统" in text


def test_correction_tells_what_a_complaint_is_returned_without_apart_from_what_helps() -> None:
    text = text_of("correction", make_whole(respondent=Respondent(), payee="", kinds=()))
    needed, _, helpful = text.partition("【可以补强，不补也能提交】")
    assert "【必须补齐，缺了会被退回" in needed
    assert "第十条" in needed
    assert "被投诉人的名称和地址" in needed
    assert "被投诉人" not in helpful.partition("【")[0].replace("被投诉人主体", "")
    assert "失败" in helpful
    whole = text_of("correction", make_whole())
    assert "必须补齐" not in whole


def test_draft_note_is_not_in_the_text_to_paste() -> None:
    letter = write("p12315", make_whole())
    assert letter.notes[0] == "草稿，提交前请核对现行法规"
    assert "草稿" not in render_text(letter)


def test_payee_is_told_as_a_payee_and_no_more() -> None:
    file = replace(clause_file(), case=make_whole(respondent=Respondent()).case)
    text = text_of("market_report", file, Extra(disclose_reporter=True))
    assert "收款方（账单所示）：杭州某某网络科技有限公司（证3-1）" in text
    assert "名称：杭州某某网络科技有限公司" not in text and "未查明经营者名称" in text


def test_day_of_the_letter_is_that_of_the_file() -> None:
    assert write("demand", make_whole(at=NOW)).signed_on == date(2026, 11, 23)
