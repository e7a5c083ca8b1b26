"""Who is named, as what, how sure: never on copyable text alone, and never a third party or a victim."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.operators.model import Band
from monitor.operators.proofs import Strength, Voucher, name_strength, tell_dates
from monitor.operators.respondents import RespondentAnswer, RespondentRole, rank_respondents
from monitor.operators.seller_role import SellerRole, judge_seller
from monitor.operators.subject_gathering import gather_subjects
from respondents.sights import FIRM, ORDER, SINCE, UNTIL, USCC, footer, looked_up, make_uscc, statement
from scrapers.identity import IdentifierKind, Place
from storage.identity import Statement, VerifiedRecord

OWN = judge_seller(["星河数码 正品卡密 自动发货"])
REGISTERED = statement("registered_on", "2023-02-01", "registry", block="")
PLATFORM = judge_seller(["商户入驻 免费开店", "本平台仅提供交易服务，由商户自行发货"])


def rank(
    statements: list[Statement],
    *verified: VerifiedRecord,
    vouchers: tuple[Voucher, ...] = (),
    seller: object = OWN,
    uscc_elsewhere: int = 0,
) -> RespondentAnswer:
    elsewhere = {("uscc", USCC): uscc_elsewhere}
    subjects = gather_subjects(statements, at=ORDER, verified=verified, vouchers=vouchers, other_sites=elsewhere)
    return rank_respondents(subjects, seller, at=ORDER, statements=statements)  # type: ignore[arg-type]


def bands(answer: RespondentAnswer) -> dict[tuple[str, str], Band]:
    return {(one.role.value, one.subject.name): one.band for one in (*answer.respondents, *answer.leads)}


def test_a_whole_footer_names_nobody() -> None:
    answer = rank(footer())
    assert not answer.is_known and answer.respondents == ()
    assert bands(answer)["own_site_seller", FIRM] is Band.LEAD
    assert "照抄" in answer.leads[0].why


def test_a_register_shows_that_a_firm_exists_and_nothing_of_the_site() -> None:
    record = looked_up("gsxt", USCC, name=FIRM, uscc=USCC, status="存续")
    for seller in (OWN, PLATFORM, judge_seller([])):
        answer = rank(footer(), record, seller=seller)
        assert not answer.is_known and answer.respondents == ()
    assert any("连起来" in missing for one in answer.leads for missing in one.missing)


@pytest.mark.parametrize(
    "record",
    [
        looked_up("miit", "xinghe.cn", name=FIRM, icp="粤ICP备19283746号-3", filed_on="2026-05-20"),
        looked_up("court", "(2026)案号", name=FIRM, uscc=USCC),
    ],
    ids=lambda one: one.source,
)
def test_a_source_that_knows_the_site_makes_it_sure(record: VerifiedRecord) -> None:
    assert bands(rank([*footer(), REGISTERED], record))["own_site_seller", FIRM] is Band.CONFIRMED


@pytest.mark.parametrize(
    ("filed_on", "registered"), [("2019-05-31", "2023-02-01"), ("", "2023-02-01"), ("2024-05-31", "")]
)
def test_a_filing_that_may_be_the_former_holders_does_not_settle(filed_on: str, registered: str) -> None:
    told = {"filed_on": filed_on} if filed_on else {}
    days = [statement("registered_on", registered, "registry")] if registered else []
    answer = rank([*footer(), *days], looked_up("miit", "xinghe.cn", name=FIRM, **told))  # type: ignore[arg-type]
    assert bands(answer)["own_site_seller", FIRM] is Band.PROBABLE
    assert bands(answer)["icp_holder", FIRM] is Band.CONFIRMED
    operator = next(one for one in answer.respondents if one.role is RespondentRole.OWN_SITE_SELLER)
    assert any("filed_on" in missing for missing in operator.missing)
    assert any("从前的持有人" in doubt for doubt in operator.subject.doubts) is (filed_on == "2019-05-31")


def test_what_an_own_site_says_of_itself_is_its_own_word() -> None:
    record = looked_up("platform", "客服", name=FIRM, uscc=USCC)
    for seller in (OWN, judge_seller([])):
        answer = rank(footer(), record, seller=seller)
        assert answer.respondents == () and set(bands(answer).values()) == {Band.LEAD}
    assert bands(rank([], record, seller=PLATFORM))["platform_shop", FIRM] is Band.PROBABLE


def test_whoever_may_imitate_another_site_names_nobody_by_its_own_word() -> None:
    told = looked_up("platform", "客服", name=FIRM, uscc=USCC)
    subjects = gather_subjects(footer(), at=ORDER, verified=[told])
    answer = rank_respondents(subjects, PLATFORM, at=ORDER, imitates=["true.test"])
    assert answer.respondents == () and any("true.test" in one.why for one in answer.leads)
    paid = gather_subjects(footer(), at=ORDER, verified=[told], vouchers=[Voucher(FIRM, ORDER, evidence="e-9")])
    sure = rank_respondents(paid, PLATFORM, at=ORDER, imitates=["true.test"])
    assert bands(sure)["payee", FIRM] is Band.CONFIRMED


@pytest.mark.parametrize("evidence", ["e-9", ""])
def test_a_payment_into_a_strangers_account_names_nobody_here(evidence: str) -> None:
    voucher = Voucher("杭州别家商贸有限公司", ORDER, "31866", evidence=evidence)
    astray = {"31866": "该收款账户只见于other.test"}
    subjects = gather_subjects(footer(), at=ORDER, vouchers=[voucher], astray=astray)
    answer = rank_respondents(subjects, OWN, at=ORDER)
    assert answer.respondents == ()
    assert bands(answer)["payee", "杭州别家商贸有限公司"] is Band.LEAD
    assert next(one for one in answer.leads if one.role is RespondentRole.PAYEE).why == astray["31866"]
    record = looked_up("payment", "订单1", name=FIRM, account="31866")
    paid = rank_respondents(gather_subjects(footer(), at=ORDER, verified=[record], astray=astray), OWN, at=ORDER)
    assert paid.respondents == ()


def test_a_payee_that_many_strangers_share_does_not_run_the_site() -> None:
    answer = rank(footer(), vouchers=(Voucher(FIRM, ORDER, evidence="e-9"),), uscc_elsewhere=8)
    assert bands(answer)["payee", FIRM] is Band.CONFIRMED
    assert bands(answer)["own_site_seller", FIRM] is Band.LEAD


def test_the_number_alone_asked_at_the_ministry_does_not_tie_it_to_the_site() -> None:
    answer = rank(footer(), looked_up("miit", "粤ICP备19283746号", name=FIRM, icp="粤ICP备19283746号"))
    assert Band.CONFIRMED not in bands(answer).values()


def test_a_domain_typed_beside_a_number_that_was_asked_is_no_look_up_by_domain() -> None:
    told = {"name": FIRM, "domain": "xinghe.cn", "filed_on": "2026-05-20"}
    answer = rank([*footer(), REGISTERED], looked_up("miit", "粤ICP备19283746号", **told))  # type: ignore[arg-type]
    assert bands(answer)["icp_holder", FIRM] is Band.PROBABLE
    assert bands(answer)["own_site_seller", FIRM] is Band.PROBABLE
    holder = next(one for one in answer.respondents if one.role is RespondentRole.ICP_HOLDER)
    assert "按备案号" in holder.why and any("您填写" in row.sentence for row in holder.rows)


def test_a_copied_number_that_was_asked_names_nobody_on_a_site_that_may_imitate() -> None:
    record = looked_up("miit", "粤ICP备19283746号", name=FIRM, domain="xinghe.cn", filed_on="2026-05-20")
    subjects = gather_subjects([*footer(), REGISTERED], at=ORDER, verified=[record])
    assert rank_respondents(subjects, OWN, at=ORDER, imitates=["true.test"]).respondents == ()
    assert rank_respondents(subjects, OWN, at=ORDER).respondents != ()


def test_a_filing_looked_up_too_far_away_is_told_as_that() -> None:
    record = looked_up("miit", "xinghe.cn", on=date(2024, 1, 5), name=FIRM, icp="粤ICP备19283746号-3")
    holder = next(one for one in rank(footer(), record).leads if one.role is RespondentRole.ICP_HOLDER)
    assert "离订单日太远" in holder.why


def test_a_yearly_report_that_names_the_site_is_not_said_to_be_silent_of_it() -> None:
    record = looked_up("gsxt", USCC, name=FIRM, uscc=USCC, website="xinghe.cn")
    recent = statement("registered_on", "2026-04-20", "registry", block="")
    lead = next(one for one in rank([*footer(), recent], record).leads if one.role is RespondentRole.OWN_SITE_SELLER)
    assert "不说它与本站点有关" not in lead.why and "从前的持有人" in lead.why


def test_what_somebody_told_ties_nothing() -> None:
    answer = rank(footer(), looked_up("other", "客服", name=FIRM, uscc=USCC))
    assert Band.CONFIRMED not in bands(answer).values()


def test_chinese_registrant_and_footer_agree() -> None:
    answer = rank([*footer(), statement("registrant", FIRM, "registry", block="")])
    assert bands(answer)["own_site_seller", FIRM] is Band.CONFIRMED
    assert bands(answer)["registrant", FIRM] is Band.CONFIRMED


def test_registrant_of_an_unchecked_ending_is_text() -> None:
    shop = "xinghe.com"
    answer = rank([*footer(shop), statement("registrant", FIRM, "registry", site=shop, block="")])
    assert answer.respondents == ()


def test_payment_voucher_goes_first() -> None:
    answer = rank(footer(), vouchers=(Voucher("广州云付商务有限公司", ORDER, evidence="e-9"),))
    first = answer.respondents[0]
    assert (first.role, first.band, first.rows[0].proof) == (RespondentRole.PAYEE, Band.CONFIRMED, ("e-9",))
    assert ("own_site_seller", "广州云付商务有限公司") not in bands(answer)


def test_payee_and_footer_of_one_firm_make_it_sure() -> None:
    assert (
        bands(rank(footer(), vouchers=(Voucher(FIRM, ORDER, evidence="e-9"),)))["own_site_seller", FIRM]
        is Band.CONFIRMED
    )


def test_persons_of_one_name_are_not_one_person_for_sure() -> None:
    answer = rank([statement("registrant", "王伟", "registry")], vouchers=(Voucher("王伟", ORDER, evidence="e-9"),))
    assert bands(answer)["payee", "王伟"] is Band.CONFIRMED
    assert bands(answer)["own_site_seller", "王伟"] is Band.PROBABLE


def test_payee_text_of_a_page_is_a_lead_and_its_code_an_account() -> None:
    answer = rank(
        [statement("payee", "王伟", role="收款方"), statement("alipay_static", "fkx0123456abcdefg", "image_ocr")]
    )
    assert bands(answer)["payee", "王伟"] is Band.LEAD
    assert bands(answer)["payee", ""] is Band.PROBABLE
    assert not answer.is_known


def test_shared_licence_stays_a_lead_though_it_is_genuine() -> None:
    record = looked_up("gsxt", USCC, name=FIRM, uscc=USCC, status="存续")
    assert bands(rank(footer(), record, uscc_elsewhere=5))["own_site_seller", FIRM] is Band.LEAD


def test_a_victim_is_named_as_a_victim_only() -> None:
    answer = rank(footer(), looked_up("gsxt", USCC, name=FIRM, uscc=USCC, uninvolved="yes"))
    assert [one.uscc for one in answer.victims] == [USCC]
    assert all(one.subject.uscc != USCC for one in (*answer.respondents, *answer.leads))


def test_a_deleted_firm_is_not_sure() -> None:
    records = (
        looked_up("gsxt", USCC, name=FIRM, uscc=USCC, status="注销"),
        looked_up("miit", "xinghe.cn", name=FIRM, icp="粤ICP备19283746号", filed_on="2026-05-20"),
    )
    answer = rank([*footer(), REGISTERED], *records)
    assert bands(answer)["own_site_seller", FIRM] is Band.PROBABLE
    assert any("注销" in doubt for doubt in answer.respondents[0].subject.doubts)


def test_two_who_are_both_sure_contradict_each_other() -> None:
    other, name = make_uscc("440106", "MA9EYXWT"), "广州市另一家网络有限公司"
    records = (
        looked_up("miit", "xinghe.cn", name=FIRM, icp="粤ICP备19283746号", filed_on="2026-05-20"),
        looked_up("court", "(2026)案号", name=name, uscc=other),
    )
    answer = rank([*footer(), REGISTERED], *records)
    operators = [one for one in answer.respondents if one.role is RespondentRole.OWN_SITE_SELLER]
    assert len(operators) == 2 and {one.band for one in operators} == {Band.PROBABLE}
    assert any("互相矛盾" in note for note in answer.notes)


def test_a_look_up_far_from_the_order_is_said_and_settles_nothing() -> None:
    record = looked_up("miit", "xinghe.cn", on=date(2025, 1, 5), name=FIRM, filed_on="2024-05-31")
    answer = rank([*footer(), REGISTERED], record)
    assert Band.CONFIRMED not in bands(answer).values()
    told = [row.sentence for one in answer.leads for row in one.rows if row.source == "miit"]
    assert told and all("相隔" in sentence and "重新查询" in sentence for sentence in told)


def test_sights_far_from_the_order_do_not_speak_for_it() -> None:
    late = ORDER + timedelta(days=200)
    old = [
        statement(one.kind, one.value, one.place, since=late, until=late + timedelta(days=5))
        for one in [*footer(), statement("registrant", FIRM, "registry")]
    ]
    answer = rank(old)
    assert answer.respondents == ()
    assert any("首次在订单日后" in row.sentence for one in answer.leads for row in one.rows)


def test_revoked_records_are_not_heard() -> None:
    record = looked_up("court", "(2026)案号", name=FIRM, uscc=USCC)
    gone = VerifiedRecord(**{**record.__dict__, "revoked_at": UNTIL})
    assert Band.CONFIRMED in bands(rank([*footer(), REGISTERED], record)).values()
    assert Band.CONFIRMED not in bands(rank([*footer(), REGISTERED], gone)).values()


def test_platform_and_shop_are_two_roles() -> None:
    shop = [statement("company", "海口阿豆商贸有限公司", role="店铺名称", block="shop")]
    filed = looked_up("miit", "xinghe.cn", name=FIRM, filed_on="2026-05-20")
    answer = rank([*footer(), *shop, REGISTERED], filed, seller=PLATFORM)
    assert bands(answer)["platform_operator", FIRM] is Band.CONFIRMED
    assert bands(answer)["platform_shop", "海口阿豆商贸有限公司"] is Band.LEAD
    disclosed = looked_up("platform", "请披露店铺经营者", name="海口阿豆商贸有限公司")
    assert bands(rank(shop, disclosed, seller=PLATFORM))["platform_shop", "海口阿豆商贸有限公司"] is Band.PROBABLE
    paid = (Voucher("海口阿豆商贸有限公司", ORDER, evidence="e-9"),)
    sure = rank(shop, disclosed, vouchers=paid, seller=PLATFORM)
    assert bands(sure)["platform_shop", "海口阿豆商贸有限公司"] is Band.CONFIRMED


@pytest.mark.parametrize(
    ("texts", "suppliers", "role"),
    [
        (["商户入驻", "本平台仅提供信息服务"], [], SellerRole.PLATFORM),
        (["普通页面"], ["甲店", "乙店"], SellerRole.PLATFORM),
        (["商户入驻"], [], SellerRole.UNKNOWN),
        (["自动发货 正品保证"], ["甲店"], SellerRole.OWN_SITE),
        ([], [], SellerRole.UNKNOWN),
    ],
)
def test_platform_or_own_site(texts: list[str], suppliers: list[str], role: SellerRole) -> None:
    judged = judge_seller(texts, suppliers=suppliers)
    assert judged.role is role and judged.sentence


_VALUES = st.sampled_from(
    [
        ("uscc", USCC),
        ("uscc", make_uscc("310115", "MA1FPQRT")),
        ("company", FIRM),
        ("company", "上海某处网络科技有限公司"),
        ("icp", "粤ICP备19283746号-3"),
        ("payee", FIRM),
        ("payee", "王伟"),
        ("registrant", FIRM),
        ("merchant_id", "wechat:1604827193"),
        ("alipay_static", "fkx0123456abcdefg"),
        ("address", "广东省深圳市南山区某路"),
        ("qq", "23456789"),
        ("unheard_of", "x"),
    ]
)
_PAGE_PLACES = st.sampled_from(
    [one.value for one in Place if one not in (Place.REGISTRY, Place.VOUCHER)] + ["elsewhere"]
)


@st.composite
def _page_statements(draw: st.DrawFn) -> Statement:
    kind, value = draw(_VALUES)
    since = SINCE + timedelta(days=draw(st.integers(-400, 400)))
    return statement(
        kind,
        value,
        draw(_PAGE_PLACES),
        site=draw(st.sampled_from(["xinghe.cn", "xinghe.com", "other.top"])),
        block=draw(st.sampled_from(["", "a", "b"])),
        role=draw(st.sampled_from(["", "收款方", "店铺", "主办单位", "技术支持"])),
        since=since,
        until=since + timedelta(days=draw(st.integers(0, 300))),
    )


@settings(deadline=None, max_examples=150)
@given(st.lists(_page_statements(), max_size=14), st.sampled_from([OWN, PLATFORM, judge_seller([])]))
def test_pages_alone_never_make_anybody_sure_nor_name_him(statements: list[Statement], seller: object) -> None:
    answer = rank(statements, seller=seller)
    assert Band.CONFIRMED not in bands(answer).values()
    assert not answer.is_known


@settings(deadline=None, max_examples=80)
@given(st.lists(_page_statements(), max_size=10), st.integers(0, 3))
def test_whoever_is_sure_has_a_row_that_no_page_can_make(statements: list[Statement], extra: int) -> None:
    records = [
        looked_up("gsxt", USCC, name=FIRM, uscc=USCC),
        looked_up("miit", "xinghe.cn", name=FIRM),
        looked_up("payment", "订单", name="王伟"),
    ][:extra]
    answer = rank([*statements, statement("registrant", FIRM, "registry")], *records)
    beyond = (Strength.VOUCHER, Strength.LINKED, Strength.REGISTRY)
    for one in answer.respondents:
        if one.band is Band.CONFIRMED:
            assert any(row.strength in beyond and row.timely and row.settles for row in one.rows) or (
                one.role is RespondentRole.ICP_HOLDER
            )


def test_a_flood_of_names_costs_little_and_hides_no_registry() -> None:
    flood = [statement("company", f"第{number}号练习网络有限公司", block=f"b{number}") for number in range(20_000)]
    answer = rank([*flood, statement("registrant", FIRM, "registry")])
    assert answer.respondents[0].subject.name == FIRM
    assert len(answer.leads) == 100 and any("只列出100条" in note for note in answer.notes)


def test_every_kind_and_place_is_answered() -> None:
    everything = [statement(kind.value, "值", place.value) for kind in IdentifierKind for place in Place]
    rank(everything)


def test_a_registrant_alone_is_named_as_registrant_only() -> None:
    answer = rank([statement("registrant", FIRM, "registry")])
    assert bands(answer) == {
        ("registrant", FIRM): Band.CONFIRMED,
        ("own_site_seller", FIRM): Band.LEAD,
    }
    assert not answer.is_known  # who registered a name has not sold anything by that


def test_a_typed_payee_is_the_buyers_word_and_never_an_operator() -> None:
    answer = rank(
        [*footer(), statement("registrant", "海口别家商贸有限公司", "registry")], vouchers=(Voucher(FIRM, ORDER),)
    )
    assert bands(answer)["payee", FIRM] is Band.PROBABLE
    assert all(one.band is not Band.CONFIRMED for one in answer.respondents if one.subject.name == FIRM)
    assert all(one.role is RespondentRole.PAYEE for one in answer.respondents if one.subject.name == FIRM)
    told = [row.sentence for one in answer.respondents for row in one.rows]
    assert not any("付款凭证显示" in one for one in told) and any("您称" in one for one in told)
    assert any("海口别家商贸有限公司" in note and "不一致" in note for note in answer.notes)


def test_a_payment_answer_without_its_file_confirms_nobody() -> None:
    with_file = looked_up("payment", "订单号 1", name=FIRM)
    assert bands(rank(footer(), with_file))["payee", FIRM] is Band.CONFIRMED
    assert bands(rank(footer(), replace(with_file, evidence="")))["payee", FIRM] is Band.PROBABLE


@pytest.mark.parametrize("typed", ["pay.suitong.top#20417", "20417", "PAY.suitong.top#20417"])
def test_a_typed_account_that_the_page_shows_is_that_account(typed: str) -> None:
    answer = rank([statement("epay_pid", "pay.suitong.top#20417", "attribute")], vouchers=(Voucher("", ORDER, typed),))
    (only,) = answer.respondents
    assert only.subject.key == "account:epay_pid:pay.suitong.top#20417" and "您称" in only.why


def test_a_typed_payee_and_the_account_of_the_page_are_one() -> None:
    shown = statement("epay_pid", "pay.suitong.top#20417", "attribute")
    (only,) = rank([shown], vouchers=(Voucher(FIRM, ORDER, "20417"),)).respondents
    assert (only.subject.name, only.band) == (FIRM, Band.PROBABLE) and "页面上也见到" in only.why


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("供货商入口\n其余商品由入驻供货商销售", SellerRole.PLATFORM),
        ("缴纳供应商保证金\n本站提供交易撮合和结算服务", SellerRole.PLATFORM),
        ("供货商入口", SellerRole.UNKNOWN),
        ("本站不接受商户入驻，全部商品本店自营", SellerRole.OWN_SITE),
    ],
)
def test_suppliers_of_others_make_a_platform(text: str, role: SellerRole) -> None:
    assert judge_seller([text]).role is role


def test_days_are_those_of_the_calendar() -> None:
    order = datetime(2026, 6, 1, 1, tzinfo=UTC)
    assert "当天" in tell_dates(datetime(2026, 6, 1, 12, tzinfo=UTC), datetime(2026, 6, 1, 12, tzinfo=UTC), order)[1]
    late = datetime(2026, 6, 1, 17, tzinfo=UTC)  # already the second in China
    assert "订单日后1天" in tell_dates(late, late, order)[1]


def test_a_registrys_answer_is_no_text_of_a_page_and_says_which_doubt_applies() -> None:
    near = rank([statement("registrant", FIRM, "registry", site="xinghe.top")])
    (lead,) = [one for one in near.leads if one.role is RespondentRole.REGISTRANT]
    assert "不经实名核验" in lead.why and "较远" not in lead.why
    assert "页面" not in name_strength(lead.rows[0]) and "查询中" in lead.rows[0].sentence
