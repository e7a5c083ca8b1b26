"""The way of a case: which channels in which order, what blocks them, what is said plainly."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from complaints.casefiles import NOW, make_facts, make_file, make_item, make_step

from monitor.complaints.model import CaseFile, OtherCase, Plan, PlannedStep
from monitor.complaints.routing.plan import plan_case
from monitor.config.complaints import AverageWage, ComplaintSettings
from monitor.operators.model import Band
from monitor.operators.respondents import RespondentRole
from monitor.operators.seller_role import SellerRole
from routing.whofiles import FIRM, known_who, make_subject, make_who, page, respondent, seen, void_clause
from storage.case import (
    Answer,
    CaseStep,
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

SETTINGS = ComplaintSettings()
WAGES = replace(SETTINGS, wages={"330000": AverageWage(2025, Decimal(100_000), "测试用数字")})
BOUGHT = (make_item("order"), make_item("wallet_bill"))


def plan(file: CaseFile, settings: ComplaintSettings = SETTINGS) -> Plan:
    return plan_case(file, settings)


def places(found: Plan) -> dict[str, int]:
    return {step.channel: step.place for step in found.steps}


def step(found: Plan, channel: str) -> PlannedStep:
    return next(one for one in found.steps if one.channel == channel)


def unsuited(found: Plan) -> dict[str, str]:
    return {one.channel: one.reason for one in found.unsuited}


def known_file(**facts: object) -> CaseFile:
    return replace(make_file(**facts), items=BOUGHT, who=known_who())


def test_an_ordinary_dispute_goes_from_the_seller_to_the_payment_to_12315_to_the_court() -> None:
    found = plan(known_file())
    order = [one.channel for one in found.steps]
    wanted = [
        "platform",
        "wechat_pay",
        "p12315",
        "heimao",
        "market_complaint",
        "pre_mediation",
        "small_claims",
        "court",
    ]
    assert [one for one in order if one in wanted] == wanted
    assert "24小时" in step(found, "platform").due
    assert step(found, "p12315").blocked == ()
    assert FIRM in step(found, "p12315").reason
    assert "余杭区" in step(found, "p12315").forum
    assert found.refused == ""


def test_12315_is_blocked_without_a_respondent_and_says_where_to_look() -> None:
    found = plan(replace(make_file(payee=""), items=BOUGHT))
    gap = {one.field: one for one in step(found, "p12315").blocked}["respondent.name"]
    assert "备案" in gap.mend and "公示系统" in gap.mend
    assert gap.articles == ("tsjb-10",)
    assert step(found, "platform").blocked == () and step(found, "wechat_pay").blocked == ()


def test_without_a_respondent_a_report_stands_beside_the_complaint() -> None:
    found = plan(replace(make_file(payee=""), items=BOUGHT))
    assert places(found)["market_report"] == places(found)["p12315"]
    assert step(found, "market_report").blocked == ()
    assert "随时" in step(found, "market_report").start
    assert "market_report" not in places(plan(known_file()))


def test_the_firm_on_the_bill_is_named_and_its_address_is_asked_for() -> None:
    found = plan(replace(make_file(), items=BOUGHT))
    gap = {one.field: one for one in step(found, "p12315").blocked}["respondent.address"]
    assert "杭州某某网络科技有限公司" in gap.what


def test_what_the_buyer_says_of_the_seller_counts_as_his_own_statement() -> None:
    found = plan(replace(make_file(respondent=Respondent(FIRM, "杭州市余杭区")), items=BOUGHT))
    complaint = step(found, "p12315")
    assert complaint.blocked == ()
    assert "余杭区" in complaint.forum
    assert any("您自己填写" in one for one in complaint.warnings)


def test_a_suspicion_never_becomes_a_respondent() -> None:
    who = make_who(respondent(band=Band.PROBABLE))
    found = plan(replace(make_file(payee=""), items=BOUGHT, who=who))
    gap = {one.field: one for one in step(found, "p12315").blocked}["respondent.name"]
    assert "高度疑似" in gap.why
    assert FIRM not in step(found, "p12315").reason


def test_a_stolen_licence_is_never_complained_against() -> None:
    who = make_who(victims=(make_subject(uninvolved=True),))
    found = plan(replace(make_file(payee="", respondent=Respondent(FIRM, "杭州市")), items=BOUGHT, who=who))
    assert found.flags[0][0] == "fake_identity"
    assert "p12315" not in places(found)
    assert "被冒用" in step(found, "court").blocked[0].why
    involved = make_who(respondent(subject=make_subject(uninvolved=True)))
    other = plan(replace(make_file(payee=""), items=BOUGHT, who=involved))
    assert "respondent.name" in {one.field for one in step(other, "p12315").blocked}


def test_the_platform_that_collects_for_a_shop_is_not_named_before_it_was_asked() -> None:
    file = replace(make_file(respondent=Respondent(shop="快充小店")), items=BOUGHT)
    gap = {one.field: one for one in step(plan(file), "p12315").blocked}["respondent.name"]
    assert "请平台提供店铺经营者" in gap.mend
    asked = replace(file, steps=(make_step("platform", outcome="refused"),))
    gap = {one.field: one for one in step(plan(asked), "p12315").blocked}["respondent.address"]
    assert "杭州某某网络科技有限公司" in gap.what


def test_a_shop_on_a_platform_leads_to_the_platform_once_it_did_not_disclose() -> None:
    who = make_who(respondent(RespondentRole.PLATFORM_OPERATOR), seller=SellerRole.PLATFORM)
    file = replace(make_file(payee="", respondent=Respondent(shop="小店")), items=BOUGHT, who=who)
    gap = {one.field: one for one in step(plan(file), "p12315").blocked}["respondent.name"]
    assert "第四十四条" in gap.mend and "披露" not in gap.what
    asked = replace(file, steps=(make_step("platform", outcome="silent", due_at=NOW - timedelta(days=2)),))
    named = step(plan(asked), "p12315")
    assert named.blocked == () and FIRM in named.reason and "平台没有提供店铺" in named.reason


@pytest.mark.parametrize(
    ("form", "channel"),
    [
        (PaymentForm.WECHAT_MERCHANT, "wechat_pay"),
        (PaymentForm.ALIPAY_MERCHANT, "alipay"),
        (PaymentForm.BANK_CARD, "bank"),
        (PaymentForm.PERSONAL_CODE, "transfer_report"),
        (PaymentForm.TRANSFER, "transfer_report"),
        (PaymentForm.USDT, "transfer_report"),
    ],
)
def test_how_it_was_paid_decides_which_dispute_exists(form: PaymentForm, channel: str) -> None:
    found = plan(replace(make_file(payment=form), items=BOUGHT))
    paid = {"wechat_pay", "alipay", "bank", "transfer_report"} & set(places(found))
    assert paid == {channel}


def test_a_personal_code_has_no_merchant_dispute_and_its_owner_is_for_police_and_court() -> None:
    found = plan(make_file(payment=PaymentForm.PERSONAL_CODE, payee="李某"))
    assert "没有商户争议" in unsuited(found)["wechat_pay"]
    assert "police" in places(found)


def test_a_card_dispute_names_its_last_day() -> None:
    found = plan(make_file(payment=PaymentForm.BANK_CARD))
    assert any("最迟2027-03-10" in one for one in step(found, "bank").warnings)


def test_balance_and_unknown_payments_are_told_apart() -> None:
    balance = plan(make_file(payment=PaymentForm.BALANCE))
    assert "充值" in unsuited(balance)["alipay"]
    unknown = plan(make_file(payment=PaymentForm.UNKNOWN))
    assert "未填写" in unsuited(unknown)["wechat_pay"] and "付款方式未填写" in unknown.notes[0]


def test_a_gateway_is_disputed_in_the_wallet_under_it() -> None:
    order = Order("1", "点卡", Decimal(50), 1, NOW, NOW, "4200002211202611101234567890")
    assert "alipay" not in places(plan(make_file(payment=PaymentForm.EPAY, orders=(order,))))
    found = plan(make_file(payment=PaymentForm.EPAY, orders=(replace(order, payment_no="1"),)))
    assert places(found)["wechat_pay"] == places(found)["alipay"]
    assert "p12363" in places(found)


def test_an_unfreeze_deposit_puts_police_and_payment_first() -> None:
    found = plan(
        make_file(
            problem=ProblemKind.BALANCE_FROZEN,
            extra_asked=Decimal(3000),
            extra_name="解冻保证金",
            what_happened="提现时客服让我先交3000元解冻保证金。",
            balance=Decimal(800),
        )
    )
    assert places(found)["police"] == places(found)["wechat_pay"] == 1
    assert "platform" in unsuited(found)
    assert step(found, "police").blocked == ()
    assert any("可能涉及" in sentence for _, sentence in found.flags)
    assert not any("构成" in sentence for _, sentence in found.flags)
    assert "p12315" not in places(found)
    assert "p12315" in places(plan(replace(known_file(extra_name="解冻金"), items=BOUGHT)))


def test_an_activation_fee_is_a_sign_and_no_police_case() -> None:
    found = plan(known_file(problem=ProblemKind.EXTRA_FEE, extra_asked=Decimal(30), extra_name="激活费"))
    assert [name for name, _ in found.flags] == ["fee_before_service"]
    assert not any("才肯交付" in sentence for _, sentence in found.flags)  # the card had come before
    assert places(found)["platform"] == 1 and "police" in unsuited(found)


@pytest.mark.parametrize(
    "told",
    ["卖家没有要求交解冻金，只是不回复。", "店铺写着已缴纳保证金，我下单后卡密无效。", "客服说不用再交保证金。"],
)
def test_a_word_behind_a_negation_or_about_the_shop_is_no_sign(told: str) -> None:
    assert plan(make_file(what_happened=told)).flags == ()


def test_paid_and_vanished_is_for_the_police_but_not_where_the_seller_can_be_found() -> None:
    gone = {"problem": ProblemKind.PLATFORM_GONE, "delivered": Answer.NO}
    found = plan(make_file(**gone, payee=""))
    assert places(found)["police"] == 1
    reachable = plan(known_file(**gone))
    assert "police" not in places(reachable)
    assert places(reachable)["wechat_pay"] == 1 and "platform" in unsuited(reachable)


def test_a_platform_that_is_back_under_another_address_is_not_gone() -> None:
    gone = {"problem": ProblemKind.PLATFORM_GONE, "delivered": Answer.NO, "payee": ""}
    since = NOW - timedelta(days=5)
    lives = page(after=seen(NOW - timedelta(days=1)))
    found = plan(replace(make_file(**gone, noticed_at=since), pages=(lives,)))
    assert [name for name, _ in found.flags] == ["moved"]
    assert places(found)["platform"] == places(found)["wechat_pay"] == 1
    before = page(after=seen(NOW - timedelta(days=6)))
    assert "platform" in unsuited(plan(replace(make_file(**gone, noticed_at=since), pages=(before,))))
    unreachable = replace(lives, visits_now="连接超时")
    assert "platform" in unsuited(plan(replace(make_file(**gone, noticed_at=since), pages=(unreachable,))))


def test_a_reseller_goes_by_contract() -> None:
    found = plan(known_file(purpose=Purpose.RESALE))
    for channel in ("p12315", "market_complaint", "consumer_assoc"):
        one = next(row for row in found.unsuited if row.channel == channel)
        assert "mfd-577" in one.articles
        assert ("tsjb-16" in one.articles) is (channel != "consumer_assoc")
    assert {"platform", "wechat_pay", "small_claims", "court"} <= set(places(found))
    told = "".join(one.reason + one.due for one in found.steps)
    assert "消费者权益保护法" not in told and "12315" not in told


@pytest.mark.parametrize("purpose", list(UnlawfulPurpose))
def test_an_unlawful_purpose_is_refused_with_a_warning(purpose: UnlawfulPurpose) -> None:
    found = plan(known_file(unlawful=(purpose,)))
    assert found.steps == () and found.refused
    assert any("牵连自己" in note for note in found.notes)
    assert any("律师" in note for note in found.notes)
    assert "《民法典》第一百五十三条" in found.notes[0].replace("（", "")


def test_a_word_of_an_unlawful_purpose_asks_and_does_not_refuse() -> None:
    found = plan(known_file(what_happened="我帮店家刷单，货没有到。"))
    assert found.refused == "" and "刷单" in found.notes[0]


def test_a_minor_acts_through_the_guardian() -> None:
    minor = {"minor": True, "buyer": Person("小徐", born_on=None)}
    found = plan(known_file(**minor))
    fields = {one.field for one in step(found, "p12315").blocked}
    assert {"guardian_name", "buyer_phone", "buyer_address"} <= fields
    whole = plan(known_file(**minor, guardian=Person("徐父", "13900139000", "杭州市西湖区")))
    assert step(whole, "p12315").blocked == ()
    assert "guardian_authorisation" not in step(whole, "p12315").letters  # he shows the relation, no authority
    helped = plan(known_file(**minor, guardian=Person("徐父", "13900139000", "杭州市西湖区"), helper=Person("王律师")))
    letters = step(helped, "p12315").letters
    assert "guardian_authorisation" in letters and "authorisation" not in letters
    assert any("监护人" in note for note in whole.notes)


def test_whoever_acts_for_another_needs_the_original_of_his_authority() -> None:
    helped = known_file(helper=Person("王助"))
    gap = {one.field: one for one in step(plan(helped), "p12315").blocked}["authorisation"]
    assert "原件" in gap.what and gap.articles == ("tsjb-11",)
    paper = (*BOUGHT, make_item("authorisation"))
    gap = {one.field: one for one in step(plan(replace(helped, items=paper)), "p12315").blocked}["helper_identity"]
    assert "王助" in gap.what and gap.articles == ("tsjb-11",)
    kept = replace(helped, items=(*paper, make_item("identity")))
    assert step(plan(kept), "p12315").blocked == ()


def test_small_claims_asks_for_the_wage_of_the_province_instead_of_a_fixed_sum() -> None:
    gap = step(plan(known_file()), "small_claims").blocked[-1]
    assert gap.field == "wages.330000"
    assert "浙江省" in gap.what and "2025" in gap.what and "统计局" in gap.mend
    assert gap.articles[0] == "msf-165"
    assert step(plan(known_file(), WAGES), "small_claims").blocked == ()


@pytest.mark.parametrize(
    ("amount", "told", "listed"),
    [
        ("50000.00", "限额以下", True),
        ("50000.01", "双方都同意", True),
        ("200000.00", "双方都同意", True),
        ("200000.01", "不适用", False),
    ],
)
def test_the_formula_of_small_claims(amount: str, told: str, listed: bool) -> None:
    file = known_file(demands=(Demand(DemandKind.REFUND, Decimal(amount), ""),))
    found = plan(file, WAGES)
    assert ("small_claims" in places(found)) is listed
    assert told in (step(found, "small_claims").reason if listed else unsuited(found)["small_claims"])


def test_small_claims_is_for_money_only_and_for_a_defendant_who_can_be_found() -> None:
    assert "金钱给付" in unsuited(plan(known_file(demands=(Demand(DemandKind.REPLACE),)), WAGES))["small_claims"]
    demands = (Demand(DemandKind.REFUND, Decimal(50), ""), Demand(DemandKind.INVALID_CLAUSE))
    both = step(plan(known_file(demands=demands), WAGES), "small_claims")
    assert any("起诉时不写“确认条款无效”" in one for one in both.warnings)
    nobody = plan(replace(make_file(payee=""), items=BOUGHT), WAGES)
    gap = {one.field: one for one in step(nobody, "small_claims").blocked}["respondent.name"]
    assert gap.articles == ("msf-122", "msf-166")


def test_each_body_asks_by_its_own_articles() -> None:
    bare = plan(replace(make_file(payee="", buyer=Person("林小明"), demands=()), items=()))
    for channel, prefix in (("p12315", "tsjb-"), ("market_complaint", "tsjb-"), ("court", "msf")):
        assert {name.startswith(prefix) for one in step(bare, channel).blocked for name in one.articles} == {True}
    assert all(one.articles == () for one in step(bare, "consumer_assoc").blocked)


def test_the_buyers_home_court_where_it_came_over_the_network() -> None:
    found = plan(known_file())
    assert step(found, "court").forum == "浙江省杭州市西湖区的基层人民法院（买家住所地）"
    assert any("买家住所地" in one and "第二十条" in one for one in step(found, "court").warnings)


def test_a_small_sum_goes_the_quick_way_and_a_large_one_prepares_the_formal_way_early() -> None:
    small, large = plan(known_file()), plan(known_file(demands=(Demand(DemandKind.REFUND, Decimal(5000), ""),)))
    assert places(small)["heimao"] < places(small)["market_complaint"]
    assert places(large)["heimao"] == places(large)["market_complaint"]
    assert "经验值" in large.basis["escalation_yuan"]
    assert "5000" in large.basis["escalation_yuan"]


def test_harm_to_many_adds_a_report_beside_the_complaint() -> None:
    file = replace(known_file(), pages=(page(seen(findings=(void_clause(),))),))
    found = plan(file)
    assert places(found)["market_report"] == places(found)["p12315"]
    assert "格式条款" in step(found, "market_report").reason
    unsure = replace(known_file(), pages=(page(seen(findings=(void_clause(needs_human=True),))),))
    assert "market_report" not in places(plan(unsure))
    others = tuple(OtherCase(f"k-{n}", "星河卡盟", "", "", f"买家{n}", "", NOW, 1) for n in range(2))
    assert "3件" in step(plan(replace(known_file(), others=others)), "market_report").reason


def test_joint_complaints_follow_their_rule() -> None:
    others = (
        OtherCase("k-1", "星河卡盟", "", "", "李四", "", NOW, 1),
        OtherCase("k-2", "别的", "", "", "王五", "", NOW, 1),
    )
    found = plan(replace(known_file(others=("k-1",)), others=others))
    assert any("两名代表人" in note for note in found.notes)
    wrong = plan(replace(known_file(others=("k-1", "k-2")), others=others))
    assert any("不能共同投诉" in note for note in wrong.notes)


def test_one_body_at_a_time() -> None:
    running = make_step("p12315", due_at=NOW + timedelta(days=3))
    found = plan(replace(known_file(), steps=(running,)))
    for channel in ("market_complaint", "consumer_assoc"):
        assert any(one.field == "steps.p12315" for one in step(found, channel).blocked), channel
    for channel in ("court", "small_claims", "pre_mediation"):  # no court refuses a suit for a pending complaint
        assert not any(one.field == "steps.p12315" for one in step(found, channel).blocked), channel
    assert step(found, "p12315").start.startswith("已于")
    assert step(found, "heimao").blocked == ()
    sued = plan(replace(known_file(), steps=(make_step("court"),)))
    gap = next(one for one in step(sued, "p12315").blocked if one.field == "steps.court")
    assert gap.articles == ("tsjb-16",)


def test_what_a_court_decided_is_not_sued_for_again() -> None:
    decided = make_step("small_claims", outcome="refused", answered_at=NOW)
    found = plan(replace(known_file(), steps=(decided,)))
    gap = next(one for one in step(found, "court").blocked if one.field == "steps.small_claims")
    assert "一审终审" in gap.mend
    mediated = plan(replace(known_file(), steps=(make_step("pre_mediation", outcome="ended", answered_at=NOW),)))
    assert not any(one.field.startswith("steps.") for one in step(mediated, "court").blocked)


def test_after_a_mediation_without_agreement_the_court_is_open_and_the_bodies_are_not() -> None:
    found = plan(replace(known_file(), steps=(make_step("p12315", outcome="ended", answered_at=NOW),)))
    assert "p12315" not in places(found)
    assert not any(one.field.startswith("steps.") for one in step(found, "court").blocked)
    assert any(one.field == "steps.p12315" for one in step(found, "market_complaint").blocked)
    assert any("已终止" in note for note in found.notes)


def test_a_complaint_that_was_not_accepted_can_be_mended_and_filed_again() -> None:
    found = plan(replace(known_file(), steps=(make_step("p12315", outcome="rejected", answered_at=NOW),)))
    assert step(found, "p12315").blocked == ()
    assert any("补正" in one for one in step(found, "p12315").warnings)
    assert step(found, "market_complaint").blocked == ()


def test_when_the_seller_let_his_time_pass_the_payment_is_now() -> None:
    silent = make_step("platform", due_at=NOW - timedelta(days=1))
    found = plan(replace(known_file(), steps=(silent,)))
    assert "platform" not in places(found)
    assert places(found)["wechat_pay"] == 1


def test_after_the_payment_provider_refused_its_hot_line_is_named() -> None:
    refused = make_step("wechat_pay", outcome="refused", answered_at=NOW)
    found = plan(replace(known_file(), steps=(refused,)))
    assert step(found, "p12363").blocked == ()
    assert "p12378" not in places(found)


def test_12377_and_12321_do_not_refund() -> None:
    found = plan(known_file())
    assert "不处理退款" in unsuited(found)["p12377"] and "不处理退款" in unsuited(found)["p12321"]


def test_over_three_years_the_complaint_is_blocked() -> None:
    old = datetime(2023, 11, 22, 4, tzinfo=UTC)
    gap = {one.field: one for one in step(plan(known_file(noticed_at=old)), "p12315").blocked}["noticed_at"]
    assert gap.articles == ("tsjb-16",)
    last_day = datetime(2023, 11, 23, 4, tzinfo=UTC)
    orders = (replace(make_facts().orders[0], ordered_at=old, paid_at=old),)
    in_time = known_file(noticed_at=last_day, orders=orders, received_at=None, contacted_at=None)
    assert step(plan(in_time), "p12315").blocked == ()


def test_before_2026_04_15_the_articles_of_then_are_named() -> None:
    then = datetime(2026, 4, 10, 4, tzinfo=UTC)
    file = make_file(at=then, payee="", noticed_at=then, orders=(Order("1", "点卡", Decimal(50), 1, then, then, "1"),))
    found = plan(replace(file, items=BOUGHT))
    gap = {one.field: one for one in step(found, "p12315").blocked}["respondent.name"]
    assert gap.articles == ("tsjb_old-9",)
    assert "旧办法" in step(found, "p12315").due


def test_an_advertisement_later_than_the_orders_is_said_plainly() -> None:
    orders = tuple(
        Order(str(n), "充值", Decimal(100), 1, NOW - timedelta(days=60 - n), NOW - timedelta(days=60 - n))
        for n in range(5)
    )
    advert = replace(make_item("advert"), said_at=NOW - timedelta(days=3))
    file = make_file(orders=orders, advert_relied_on=advert.id, demands=(Demand(DemandKind.FRAUD, Decimal(1500), ""),))
    found = plan(replace(file, items=(*BOUGHT, advert)))
    assert any("晚于全部订单" in note and "没有依据" in note for note in found.notes)


def test_what_came_back_is_taken_off_and_a_settled_case_is_to_be_closed() -> None:
    back = make_step("platform", outcome="partly", returned=Decimal("20.00"), answered_at=NOW)
    assert "已退回20.00元" in plan(replace(known_file(), steps=(back,))).basis["amount"]
    whole = replace(back, outcome="refunded", returned=Decimal("50.00"))
    assert "结案" in plan(replace(known_file(), steps=(whole,))).notes[0]


def test_steps_of_a_case_are_told_with_their_term() -> None:
    filed = CaseStep("p-1", "k", "p12315", NOW - timedelta(days=1), due_at=NOW + timedelta(days=8), due_what="决定")
    found = plan(replace(known_file(), steps=(filed,)))
    assert "已于2026-11-22提交" in step(found, "p12315").start
