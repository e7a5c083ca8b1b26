"""Names and numbers that somebody stole: a copied licence, a former holder's filing, a number printed beside a name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.operators.jurisdiction import locate_subject
from monitor.operators.model import Band
from monitor.operators.proofs import Strength, Voucher
from monitor.operators.respondents import OPERATOR_ROLES, RespondentAnswer, rank_respondents
from monitor.operators.seller_role import judge_seller
from monitor.operators.subject_gathering import gather_subjects
from monitor.operators.subjects import strength_of
from respondents.sights import FIRM, ORDER, SINCE, SITE, UNTIL, USCC, footer, looked_up, make_uscc, statement
from scrapers.domains import is_registered_name
from scrapers.identity import Place
from storage.identity import SitePeriod, SiteState, Statement, VerifiedRecord

VICTIM = "广州市受害练习网络有限公司"
VICTIM_USCC = make_uscc("440106", "MA9WTMXY")
OWN = judge_seller(["星河数码 正品卡密 自动发货"])
SELLERS = (OWN, judge_seller(["商户入驻 免费开店", "本平台仅提供交易服务，由商户自行发货"]), judge_seller([]))


def rank(
    statements: Sequence[Statement],
    *verified: VerifiedRecord,
    vouchers: tuple[Voucher, ...] = (),
    periods: tuple[SitePeriod, ...] = (),
    at: datetime = ORDER,
) -> RespondentAnswer:
    subjects = gather_subjects(statements, at=at, verified=verified, vouchers=vouchers, periods=periods)
    return rank_respondents(subjects, OWN, at=at, statements=statements)


def operator_band(answer: RespondentAnswer, name: str = FIRM) -> Band:
    found = [one for one in (*answer.respondents, *answer.leads) if one.role in OPERATOR_ROLES]
    return next(one.band for one in found if one.subject.name == name)


def registered(day: str) -> Statement:
    return statement("registered_on", day, "registry", block="")


@pytest.mark.parametrize(
    ("source", "asked", "told"),
    [
        ("gsxt", USCC, {"website": SITE}),
        ("miit", SITE, {"filed_on": "2025-03-01"}),
        ("court", "(2025)粤01民初1号", {}),
        ("platform", "客服", {}),
    ],
)
def test_an_answer_of_before_the_name_was_registered_anew_names_the_former_holder(
    source: str, asked: str, told: dict[str, str]
) -> None:
    answer = looked_up(source, asked, on=date(2026, 4, 1), name=FIRM, uscc=USCC, **told)
    after = rank([*footer(), registered("2026-05-01")], answer)
    assert after.respondents == ()
    rows = [row for one in after.leads for row in one.rows if row.source == source]
    assert rows and all("换了注册" in row.sentence for row in rows)
    before = rank([*footer(), registered("2026-05-01")], answer, at=datetime(2026, 4, 20, tzinfo=UTC))
    own_word = source == "platform"  # an own site's, which names nobody in any registration
    assert (operator_band(before) is Band.LEAD) is own_word


def test_an_answer_of_after_the_name_was_registered_anew_does_not_name_the_earlier_seller() -> None:
    answer = looked_up("miit", SITE, on=date(2026, 6, 20), name=FIRM, filed_on="2026-06-15")
    assert rank([*footer(), registered("2026-06-10")], answer).respondents == ()


def test_a_period_of_new_registration_parts_holders_without_any_lookup() -> None:
    period = SitePeriod(SITE, SiteState.REREGISTERED, datetime(2026, 5, 1, tzinfo=UTC), UNTIL)
    answer = looked_up("court", "(2026)粤01民初1号", on=date(2026, 4, 1), name=FIRM, uscc=USCC)
    assert operator_band(rank([*footer(), registered("2020-01-01")], answer)) is Band.CONFIRMED
    assert operator_band(rank([*footer(), registered("2020-01-01")], answer, periods=(period,))) is Band.LEAD


def test_a_name_that_was_for_sale_since_the_look_up_may_have_been_sold() -> None:
    sold = SitePeriod(
        SITE, SiteState.PARKED, datetime(2026, 4, 10, tzinfo=UTC), UNTIL, ended_at=datetime(2026, 5, 1, tzinfo=UTC)
    )
    answer = looked_up("miit", SITE, on=date(2026, 4, 1), name=FIRM, filed_on="2025-03-01")
    assert operator_band(rank([*footer(), registered("2020-01-01")], answer)) is Band.PROBABLE
    assert operator_band(rank([*footer(), registered("2020-01-01")], answer, periods=(sold,))) is Band.LEAD


def test_the_website_of_a_yearly_report_is_probable_and_doubted() -> None:
    answer = rank([*footer(), registered("2020-01-01")], looked_up("gsxt", USCC, name=FIRM, uscc=USCC, website=SITE))
    assert operator_band(answer) is Band.PROBABLE
    assert any("年报" in doubt for doubt in answer.respondents[0].subject.doubts)
    fresh = rank([*footer(), registered("2026-02-01")], looked_up("gsxt", USCC, name=FIRM, uscc=USCC, website=SITE))
    assert fresh.respondents == ()  # the report may have been handed in before that day


def test_a_filing_older_than_all_that_is_known_of_the_site_is_doubted() -> None:
    days = [*footer(), registered("2015-01-01")]
    bought = rank(days, looked_up("miit", SITE, name=FIRM, filed_on="2020-02-02"))
    assert operator_band(bought) is Band.PROBABLE
    assert any("转让" in doubt for one in bought.respondents for doubt in one.subject.doubts)
    filed = SINCE.date() + timedelta(days=9)
    assert operator_band(rank(days, looked_up("miit", SITE, name=FIRM, filed_on=filed.isoformat()))) is Band.CONFIRMED


def test_a_victims_number_beside_an_own_name_stays_text() -> None:
    page = [statement("uscc", VICTIM_USCC), statement("company", FIRM)]
    owned = [*page, statement("registrant", FIRM, "registry", block="")]
    paid = (Voucher(FIRM, ORDER, evidence="e-9"),)
    for answer in (rank(owned), rank(page, vouchers=paid), rank(page, looked_up("miit", SITE, name=FIRM))):
        subjects = {one.subject.key: one.subject for one in answer.respondents}
        assert {(one.name, one.uscc, one.printed_uscc) for one in subjects.values()} == {(FIRM, "", VICTIM_USCC)}
        assert all(VICTIM_USCC not in key for key in subjects)
        assert all(any(VICTIM_USCC in doubt and "未核验" in doubt for doubt in one.doubts) for one in subjects.values())
        assert all(locate_subject(one).source != "uscc_code" for one in subjects.values())


def test_a_register_that_gives_name_and_number_together_ties_them() -> None:
    page = [statement("uscc", USCC), statement("company", FIRM), statement("registrant", FIRM, "registry", block="")]
    (subject,) = {one.subject for one in rank(page, looked_up("gsxt", USCC, name=FIRM, uscc=USCC)).respondents}
    assert (subject.uscc, subject.printed_uscc) == (USCC, "")


def test_what_a_look_up_says_of_a_number_does_not_fall_on_a_name_printed_beside_it() -> None:
    page = [statement("uscc", VICTIM_USCC), statement("company", FIRM)]
    paid = (Voucher(FIRM, ORDER, evidence="e-9"),)
    answer = rank(page, looked_up("gsxt", VICTIM_USCC, uscc=VICTIM_USCC, uninvolved="yes"), vouchers=paid)
    assert [one.uscc for one in answer.victims] == [VICTIM_USCC]
    assert FIRM in {one.subject.name for one in answer.respondents}
    assert any(VICTIM_USCC in doubt for one in answer.respondents for doubt in one.subject.doubts)


def test_two_names_beside_one_number_are_not_made_one() -> None:
    page = [
        statement("uscc", VICTIM_USCC, block="a"),
        statement("company", FIRM, block="a"),
        statement("uscc", VICTIM_USCC, block="b"),
        statement("company", VICTIM, block="b"),
        statement("registrant", FIRM, "registry", block=""),
    ]
    assert {one.subject.name for one in rank(page).respondents} == {FIRM}
    assert all(VICTIM not in one.subject.other_names for one in rank(page).respondents)


@pytest.mark.parametrize(
    ("site", "checked"),
    [
        ("xinghe.cn", True),
        ("xinghe.com.cn", True),
        ("xinghe.cn@2020-01-01", True),
        ("fenzhan.xinghe.cn", False),
        ("xinghe.cn/fenzhan", False),
        ("dian.myqnapcloud.cn", False),
        ("xinghe.com", False),
    ],
)
def test_a_registry_speaks_only_for_names_registered_under_its_own_suffix(site: str, checked: bool) -> None:
    row = statement("registrant", FIRM, "registry", site=site)
    assert strength_of(row) is (Strength.REGISTRY if checked else Strength.TEXT)
    assert is_registered_name("xinghe.com")


def test_a_platforms_own_word_is_not_enough_alone_nor_with_a_register_that_only_knows_the_firm() -> None:
    told = looked_up("platform", "订单", name=VICTIM, uscc=VICTIM_USCC)
    known = looked_up("gsxt", VICTIM_USCC, name=VICTIM, uscc=VICTIM_USCC)
    for records in ((told,), (told, known)):
        subjects = gather_subjects([], at=ORDER, verified=records)
        answer = rank_respondents(subjects, SELLERS[1], at=ORDER)
        assert {one.band for one in answer.respondents} == {Band.PROBABLE}


_KINDS = {
    "uscc": [USCC, VICTIM_USCC, make_uscc("310115", "MA1FPQRT")],
    "company": [FIRM, VICTIM, "王伟", "阿豆数码店"],
    "icp": ["粤ICP备19283746号-3", "沪ICP备20192837号"],
    "payee": [FIRM, VICTIM, "王伟"],
    "address": ["广东省深圳市南山区科技园一路1号"],
    "registrant": [VICTIM],
    "registered_on": ["2020-01-01", "2026-05-20"],
}
_PLACES = [one for one in Place if one not in (Place.REGISTRY, Place.VOUCHER)]


@st.composite
def _page_texts(draw: st.DrawFn) -> Statement:
    kind = draw(st.sampled_from(sorted(_KINDS)))
    since = SINCE + timedelta(days=draw(st.integers(-60, 60)))
    return statement(
        kind,
        draw(st.sampled_from(_KINDS[kind])),
        draw(st.sampled_from(_PLACES)),
        site=draw(st.sampled_from([SITE, "xinghe.com", f"fenzhan.{SITE}", f"{SITE}/dian"])),
        block=draw(st.sampled_from(["", "a", "b"])),
        role=draw(st.sampled_from(["", "收款方", "店铺", "主办单位", "版权所有"])),
        since=since,
        until=since + timedelta(days=draw(st.integers(0, 90))),
    )


@st.composite
def _existing_firms(draw: st.DrawFn) -> VerifiedRecord:
    told = {"name": draw(st.sampled_from([FIRM, VICTIM, "王伟"])), "uscc": draw(st.sampled_from(_KINDS["uscc"]))}
    kept = draw(st.sets(st.sampled_from(sorted(told)), min_size=1))
    extra = draw(st.sampled_from([{}, {"status": "存续"}, {"scope": "互联网销售"}, {"icp": "粤ICP备19283746号"}]))
    fields = {name: told[name] for name in sorted(kept)} | extra
    return looked_up("gsxt", draw(st.sampled_from([SITE, VICTIM])), **fields)  # type: ignore[arg-type]


@settings(deadline=None, max_examples=200)
@given(st.lists(_page_texts(), max_size=12), st.lists(_existing_firms(), max_size=3), st.sampled_from(SELLERS))
def test_whatever_pages_write_and_a_register_of_firms_confirms_names_nobody(
    statements: list[Statement], records: list[VerifiedRecord], seller: object
) -> None:
    subjects = gather_subjects(statements, at=ORDER, verified=records)
    answer = rank_respondents(subjects, seller, at=ORDER, statements=statements)  # type: ignore[arg-type]
    assert answer.respondents == ()
