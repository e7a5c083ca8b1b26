"""What holds for the plan of any case: there is a way or a refusal, blocks can be mended, no rule of yesterday."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from complaints.casefiles import make_file, make_item, make_step
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.complaints.deadlines.terms import list_due
from monitor.complaints.filing.prefiling import check_before_filing
from monitor.complaints.filing.pressure import pressure_sentence
from monitor.complaints.model import CaseFile, OtherCase, Plan
from monitor.complaints.routing.channels import load_channels
from monitor.complaints.routing.exclusions import may_run_together
from monitor.complaints.routing.plan import plan_case
from monitor.complaints.routing.plan_text import tell_check, tell_plan
from monitor.config.complaints import AverageWage, ComplaintSettings
from monitor.operators.model import Band
from monitor.operators.respondents import RespondentRole
from monitor.operators.seller_role import SellerRole
from monitor.review.laws import load_articles
from routing.whofiles import known_who, make_who, page, respondent, seen, void_clause
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

START = datetime(2024, 7, 1, tzinfo=UTC)
PROMISE = re.compile(
    r"(?<!不)(?<!没有)保证(?!金|能)|一定能|必定|肯定会|必退|包赔|稳赢|构成诈骗|(?<!不)(?<!能否)冻结对方"
)
MOMENTS = st.integers(0, 900).map(lambda days: START + timedelta(days=days, hours=5))
MONEY = st.none() | st.integers(1, 30_000_000).map(lambda cents: Decimal(cents) / 100)
ACCOUNTS = st.sampled_from(
    ("", "卡密无效。", "要我交解冻保证金才能提现。", "又让我再转一笔。", "帮店家刷单没到货。", "没有要求交保证金。")
)
OUTCOMES = ("", "refunded", "replaced", "partly", "refused", "rejected", "ended", "silent")


@st.composite
def files(draw: st.DrawFn) -> CaseFile:
    now = draw(MOMENTS)
    before = st.integers(0, 1500).map(lambda days: now - timedelta(days=days))
    orders = tuple(
        Order("X", "点卡", draw(MONEY), draw(st.none() | st.integers(1, 40)), draw(st.none() | before), None, "4200")
        for _ in range(draw(st.integers(0, 2)))
    )
    demands = tuple(
        Demand(kind, draw(MONEY)) for kind in draw(st.lists(st.sampled_from(DemandKind), max_size=3, unique=True))
    )
    named = draw(st.sampled_from((Respondent(), Respondent("某某公司"), Respondent("某某公司", "杭州市西湖区"))))
    file = make_file(
        at=now,
        orders=orders,
        payment=draw(st.sampled_from(PaymentForm)),
        payee=draw(st.sampled_from(("", "李某", "杭州某某网络科技有限公司"))),
        problem=draw(st.sampled_from(ProblemKind)),
        what_happened=draw(ACCOUNTS),
        delivered=draw(st.sampled_from(Answer)),
        used=draw(st.sampled_from(Answer)),
        noticed_at=draw(st.none() | before),
        contacted_at=draw(st.none() | before),
        extra_asked=draw(st.none() | st.just(Decimal(300))),
        extra_name=draw(st.sampled_from(("", "激活费", "解冻金"))),
        balance=draw(st.none() | st.just(Decimal(5000))),
        purpose=draw(st.sampled_from(Purpose)),
        unlawful=draw(st.sampled_from(((), (), (), (UnlawfulPurpose.CHEATS,)))),
        buyer=draw(st.sampled_from((Person(), Person("林小明", "13800138000", "浙江省杭州市西湖区")))),
        minor=draw(st.booleans()),
        guardian=draw(st.sampled_from((Person(), Person("林父", "13900000000", "浙江省杭州市")))),
        helper=draw(st.sampled_from((Person(), Person("王助")))),
        respondent=named,
        demands=demands,
        advert_relied_on=draw(st.sampled_from(("", "i-advert", "c-none"))),
        home=draw(st.sampled_from(("", "浙江省杭州市西湖区", "火星"))),
        by_network=draw(st.booleans()),
        others=draw(st.sampled_from(((), ("k-1",)))),
    )
    kinds = draw(st.lists(st.sampled_from(("order", "wallet_bill", "chat", "advert", "authorisation")), max_size=3))
    who = draw(
        st.sampled_from(
            (
                None,
                make_who(),
                known_who(),
                make_who(respondent(band=Band.PROBABLE)),
                make_who(respondent(RespondentRole.PLATFORM_OPERATOR), seller=SellerRole.PLATFORM),
            )
        )
    )
    steps = tuple(
        make_step(
            channel,
            filed_at=now - timedelta(days=3),
            due_at=draw(st.sampled_from((None, now - timedelta(days=1), now + timedelta(days=2)))),
            outcome=draw(st.sampled_from(OUTCOMES)),
        )
        for channel in draw(st.lists(st.sampled_from(tuple(load_channels())), max_size=3, unique=True))
    )
    return replace(
        file,
        items=tuple(make_item(kind) for kind in dict.fromkeys(kinds)),
        who=who,
        steps=steps,
        pages=draw(st.sampled_from(((), (page(seen(now, findings=(void_clause(),))),)))),
        others=draw(st.sampled_from(((), (OtherCase("k-1", "星河卡盟", "", "", "李四", "138", now, 3),)))),
    )


SETTINGS = st.sampled_from(
    (
        ComplaintSettings(),
        ComplaintSettings(escalation_yuan=Decimal(1), wages={"330000": AverageWage(2025, Decimal(90_000), "测试")}),
    )
)


def texts(plan: Plan) -> list[str]:
    found = [plan.refused, *plan.notes, *(sentence for _, sentence in plan.flags), *plan.basis.values()]
    for step in plan.steps:
        found += [step.reason, step.start, step.gives, step.gives_not, step.due, step.cost, *step.warnings]
        found += [text for gap in step.blocked for text in (gap.what, gap.why, gap.mend)]
    return found + [one.reason for one in plan.unsuited]


@settings(max_examples=250, deadline=None)
@given(files(), SETTINGS)
def test_the_plan_of_any_case(file: CaseFile, chosen: ComplaintSettings) -> None:
    plan = plan_case(file, chosen)
    assert bool(plan.steps) != bool(plan.refused)
    assert plan == plan_case(file, chosen)
    channels = [step.channel for step in plan.steps]
    assert len(channels) == len(set(channels))
    assert not set(channels) & {one.channel for one in plan.unsuited}
    places = [step.place for step in plan.steps]
    assert places == sorted(places)
    assert set(places) == set(range(1, len(set(places)) + 1))
    articles = load_articles()
    cited = [name for one in plan.unsuited for name in one.articles]
    for step in plan.steps:
        assert step.reason and step.start and step.entry
        for gap in step.blocked:
            assert gap.what and gap.why and gap.mend, gap
            cited += gap.articles
        for other in plan.steps:
            if other.place == step.place:
                assert may_run_together(step.channel, other.channel)
    assert all(articles[name].is_in_force(file.today) for name in cited)
    if file.today >= date(2026, 4, 15):
        assert "投诉举报处理暂行办法" not in "".join(texts(plan))
    assert not any(PROMISE.search(text) for text in texts(plan)), [t for t in texts(plan) if PROMISE.search(t)]
    assert "构成诈骗" not in "".join(tell_plan(plan, file.case.id, file.today, full=True))
    if any(name in ("unfreeze_fee", "asked_again") for name, _ in plan.flags) and plan.steps:
        assert channels[0] == "police" or any(step.channel == "police" for step in file.steps)


@settings(max_examples=120, deadline=None)
@given(files(), SETTINGS, st.sampled_from(tuple(load_channels())))
def test_the_check_and_the_terms_of_any_case(file: CaseFile, chosen: ComplaintSettings, channel: str) -> None:
    check = check_before_filing(file, channel, chosen)
    articles = load_articles()
    for gap in check.blocks:
        assert gap.mend
        assert all(articles[name].is_in_force(file.today) for name in gap.articles)
    for point in check.attacks:
        assert point.mend
        assert all(articles[name].is_in_force(file.today) for name in point.articles)
    assert tell_check(check, file.case.id, file.today)
    assert "已于" not in pressure_sentence(file, channel)  # no step of these has a proof
    plan = plan_case(file, chosen)
    planned = next((step for step in plan.steps if step.channel == channel), None)
    if planned is not None and not any(step.channel == channel for step in file.steps):
        assert {one.field for one in planned.blocked} <= {one.field for one in check.blocks}
    for row in list_due(file.case, file.steps, file.at, chosen):
        assert row.due.what and row.passed == (row.due.at < file.at)


def test_no_row_of_the_tables_promises_anything() -> None:
    from importlib import resources

    for name in ("channels.toml", "fraud_signs.toml"):
        for line in resources.files("monitor.reference").joinpath(name).read_text(encoding="utf-8").splitlines():
            assert not PROMISE.search(line), line
