"""Answers to who it is, and pages around an order, for case files: made by hand, so that a test says what it needs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from complaints.casefiles import NOW, ORDERED

from monitor.complaints.model import PageAround, SeenVersion
from monitor.operators.jurisdiction import find_forums, find_forums_unknown, locate_subject
from monitor.operators.model import Band
from monitor.operators.respondents import Respondent, RespondentAnswer, RespondentRole
from monitor.operators.seller_role import SellerJudgement, SellerRole
from monitor.operators.subject_names import SubjectKind
from monitor.operators.subjects import Address, Subject
from monitor.operators.who import Placed, WhoAnswer
from monitor.review.model import TermFinding
from scrapers.model import Fact, FactKind, Origin, Reading, Role
from storage.model import Severity

FIRM = "杭州星河网络科技有限公司"
HOME = "浙江省杭州市余杭区某街道1号"


def make_subject(name: str = FIRM, address: str = HOME, **changed: object) -> Subject:
    addresses = (Address(address, "verified"),) if address else ()
    return Subject(f"name:{name}", SubjectKind.COMPANY, name, addresses=addresses, **changed)  # type: ignore[arg-type]


def make_who(
    *respondents: Respondent, seller: SellerRole = SellerRole.OWN_SITE, victims: tuple[Subject, ...] = ()
) -> WhoAnswer:
    judged = SellerJudgement(seller, (), "")
    answer = RespondentAnswer(ORDERED, respondents, (), victims, (), judged)
    today = NOW.date()
    placed = tuple(
        Placed(one, locate_subject(one.subject), find_forums(one.subject, one.role, filed_on=today))
        for one in respondents
    )
    forums = () if answer.is_known else find_forums_unknown(filed_on=today)
    return WhoAnswer("星河卡盟", ("星河卡盟",), ORDERED, today, (), answer, placed, forums, (), (), ())


def respondent(
    role: RespondentRole = RespondentRole.OWN_SITE_SELLER,
    band: Band = Band.CONFIRMED,
    subject: Subject | None = None,
) -> Respondent:
    return Respondent(subject or make_subject(), role, band, "法院文书写明", ())


def known_who(**changed: object) -> WhoAnswer:
    return make_who(respondent(), **changed)  # type: ignore[arg-type]


def make_reading(*facts: Fact) -> Reading:
    return Reading("generic", 1.0, "2026.11.1", "商品", "商品说明", facts)


def seen(
    at: datetime = ORDERED - timedelta(days=1),
    *,
    role: Role = Role.PRODUCT,
    origin: Origin = Origin.OWN,
    facts: tuple[Fact, ...] = (),
    findings: tuple[TermFinding, ...] = (),
    capture: str = "c-20261109T063000-aaaaaaaa",
) -> SeenVersion:
    return SeenVersion(
        capture, "p-1", "https://xh88.test/buy/12", role, "desktop", at, origin, "商品", make_reading(*facts), findings
    )


def page(before: SeenVersion | None = None, after: SeenVersion | None = None) -> PageAround:
    one = before or after
    assert one is not None
    return PageAround(one.url, one.role, "desktop", before, after, after or before, "", None, None, None)


def void_clause(*, needs_human: bool = False) -> TermFinding:
    return TermFinding(
        "R01", "排除退款", 0, 8, "概不退换", Severity.HIGH, "排除消费者权利", (), needs_human=needs_human
    )


def spec() -> Fact:
    return Fact("12", FactKind.SPEC, "50元点卡")


LONG_AGO = datetime(2022, 1, 10, 4, tzinfo=UTC)
