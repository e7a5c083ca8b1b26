"""Where to complain, report and sue: by the role, by the day of filing, by what is known of the place."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.operators.addresses import find_division_in
from monitor.operators.jurisdiction import (
    Delivery,
    Forum,
    Procedure,
    find_forums,
    find_forums_unknown,
    locate_subject,
)
from monitor.operators.respondents import RespondentRole
from monitor.operators.subject_names import SubjectKind
from monitor.operators.subjects import Address, Subject
from monitor.review.laws import load_articles
from respondents.sights import FIRM, USCC

NEW, OLD = date(2026, 4, 15), date(2026, 4, 14)
HOME = find_division_in("浙江省杭州市西湖区").division
PRINTED = Address("广东省深圳市南山区科技园一路1号", "printed")
VERIFIED = Address("深圳市福田区华强北路2号", "verified")


def firm(*addresses: Address, uscc: str = "", name: str = FIRM) -> Subject:
    return Subject("name:x", SubjectKind.COMPANY, name, uscc, addresses=addresses)


PLATFORM = Subject(
    "name:p", SubjectKind.COMPANY, "杭州某平台有限公司", addresses=(Address("杭州市余杭区某路", "verified"),)
)


def forum(procedure: Procedure, role: RespondentRole, subject: Subject, on: date = NEW, **more: object) -> Forum:
    found = find_forums(subject, role, filed_on=on, home=HOME, **more)  # type: ignore[arg-type]
    return next(one for one in found if one.procedure is procedure)


@pytest.mark.parametrize("role", [RespondentRole.PLATFORM_OPERATOR, RespondentRole.OWN_SITE_SELLER])
def test_platforms_and_own_sites_by_their_domicile(role: RespondentRole) -> None:
    complaint = forum(Procedure.COMPLAINT, role, firm(VERIFIED))
    report = forum(Procedure.REPORT, role, firm(VERIFIED))
    assert complaint.authority == "广东省深圳市福田区（县级）市场监督管理部门"
    assert (complaint.articles, report.articles) == (("tsjb-13",), ("tsjb-31",))
    assert "县级以上" in report.authority


def test_a_shop_by_its_shown_address_or_its_platform() -> None:
    shop = RespondentRole.PLATFORM_SHOP
    shown = forum(Procedure.COMPLAINT, shop, firm(PRINTED), platform=PLATFORM)
    assert shown.division is not None and shown.division.name == "广东省深圳市南山区"
    assert any("余杭区" in note for note in shown.notes)
    hidden = forum(Procedure.COMPLAINT, shop, firm(), platform=PLATFORM)
    assert hidden.division is not None and hidden.division.name == "浙江省杭州市余杭区"
    assert any("公示地址不明" in note for note in hidden.notes)


def test_old_rule_took_the_shops_place_of_business_and_is_never_cited_later() -> None:
    shop = RespondentRole.PLATFORM_SHOP
    assert forum(Procedure.COMPLAINT, shop, firm(PRINTED), OLD).articles == ("tsjb_old-12",)
    assert forum(Procedure.COMPLAINT, shop, firm(PRINTED), NEW).articles == ("tsjb-13",)


def test_a_day_without_a_kept_rule_is_told_as_unknown() -> None:
    report = forum(Procedure.REPORT, RespondentRole.OWN_SITE_SELLER, firm(PRINTED), OLD)
    assert (report.authority, report.articles) == ("", ()) and "没有收录" in report.problem
    assert "没有收录" in forum(Procedure.COURT, RespondentRole.PAYEE, firm(PRINTED), date(2019, 5, 1)).problem


@given(
    st.dates(date(2015, 1, 1), date(2030, 1, 1)),
    st.sampled_from(list(RespondentRole)),
    st.sampled_from([firm(), firm(PRINTED), firm(VERIFIED, PRINTED), firm(uscc=USCC), firm(name="")]),
)
def test_no_rule_is_cited_outside_its_time(on: date, role: RespondentRole, subject: Subject) -> None:
    known = load_articles()
    forums = (*find_forums(subject, role, filed_on=on, home=HOME), *find_forums_unknown(filed_on=on, home=HOME))
    assert all(known[name].is_in_force(on) for one in forums for name in one.articles)
    assert all(one.authority or one.problem for one in forums)


def test_court_at_the_buyers_home_for_goods_over_the_network() -> None:
    courts = [
        one
        for one in find_forums(firm(VERIFIED), RespondentRole.OWN_SITE_SELLER, filed_on=NEW, home=HOME)
        if one.procedure is Procedure.COURT
    ]
    assert [one.division.name for one in courts if one.division] == ["浙江省杭州市西湖区", "广东省深圳市福田区"]
    assert "msfjs-20" in courts[0].articles and "msf-24" in courts[1].articles
    assert any("互联网法院" in note and "未能核实" in note for note in courts[0].notes)
    assert not any("互联网法院" in note for note in courts[1].notes)


def test_court_by_the_place_of_receipt_for_goods_by_post() -> None:
    court = forum(Procedure.COURT, RespondentRole.OWN_SITE_SELLER, firm(VERIFIED), delivery=Delivery.POST)
    assert "收货地" in court.reason


def test_a_registrant_is_no_party_to_the_sale() -> None:
    forums = find_forums(firm(VERIFIED), RespondentRole.REGISTRANT, filed_on=NEW, home=HOME)
    assert {one.procedure for one in forums} == {Procedure.COMPLAINT, Procedure.REPORT}
    assert "同时是实际卖家" in forums[0].reason


def test_an_unnamed_subject_cannot_be_complained_against() -> None:
    complaint = forum(Procedure.COMPLAINT, RespondentRole.PAYEE, firm(VERIFIED, name=""))
    assert "名称不明" in complaint.problem


def test_register_goes_before_page_and_page_before_code() -> None:
    both = locate_subject(firm(PRINTED, VERIFIED, uscc=USCC))
    assert both.division is not None and (both.source, both.division.name) == ("verified", "广东省深圳市福田区")
    assert "不一致" in both.problem
    assert locate_subject(firm(PRINTED, uscc=USCC)).source == "printed"
    code = locate_subject(firm(uscc=USCC))
    assert code.source == "uscc_code" and "核对今天的住所" in code.problem


def test_a_coarse_address_is_refined_by_the_code_within_it() -> None:
    place = locate_subject(firm(Address("广东省深圳市科技园", "printed"), uscc=USCC))
    assert place.division is not None and place.division.name == "广东省深圳市南山区"
    assert "信用代码" in place.step


def test_no_place_is_a_problem_in_words() -> None:
    place = locate_subject(firm())
    assert place.division is None and "公示系统" in place.problem
    complaint = forum(Procedure.COMPLAINT, RespondentRole.OWN_SITE_SELLER, firm())
    assert complaint.authority == "" and "住所地不明" in complaint.problem


def test_a_city_without_counties_is_the_last_step() -> None:
    complaint = forum(
        Procedure.COMPLAINT, RespondentRole.OWN_SITE_SELLER, firm(Address("广东省东莞市南城街道", "verified"))
    )
    assert "不设区县" in complaint.authority and complaint.problem == ""


def test_nobody_known_leaves_the_report_open() -> None:
    forums = {one.procedure: one for one in find_forums_unknown(filed_on=NEW + timedelta(days=9), home=HOME)}
    assert forums[Procedure.COMPLAINT].problem and forums[Procedure.COURT].problem
    assert "12315" in forums[Procedure.REPORT].authority
