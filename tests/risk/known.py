"""What may be known of a platform, for the tests of risk: sights of its pages, own cases with their steps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from monitor.complaints.risk.metrics import KnownCase
from monitor.complaints.risk.model import RiskInput, SightedClause
from monitor.findings.model import Sight
from monitor.review.document import review_reading
from scrapers.model import Block, BlockKind, Fact, FactKind, Origin, Reading, Role
from storage.case import Case, CaseStep, Demand, DemandKind, Facts
from storage.model import Version, WatchedPage

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def sight(role: Role, text: str, *, facts: tuple[Fact, ...] = (), at: datetime = NOW - DAY) -> Sight:
    """What a page of the shop showed."""
    page = WatchedPage(f"g-{role}", "星河卡盟", f"https://xh88.test/{role}", role, "desktop")
    kind = BlockKind.TERMS if role is Role.TERMS else BlockKind.OTHER
    reading = Reading("generic", 0.5, "1", "", text, facts=facts, blocks=(Block(kind, text),))
    return Sight(page, Version(f"v-{role}", f"c-{role}", page.id, at, Origin.OWN, reading))


def goods(price: str, face: str, *, currency: str = "") -> Sight:
    """A product page with a price and a face value."""
    facts = [
        Fact("p1", FactKind.NAME, "游戏点卡"),
        Fact("p1", FactKind.PRICE, price, shown=f"¥{price}"),
        Fact("p1", FactKind.FACE_VALUE, face, shown=f"面值{face}元"),
    ]
    if currency:
        facts.append(Fact("", FactKind.CURRENCY, currency))
    return sight(Role.PRODUCT, "游戏点卡", facts=tuple(facts))


def known(*sights: Sight, **changed: object) -> RiskInput:
    """What is known, with the clauses of the sights."""
    clauses = tuple(
        SightedClause(one, finding)
        for one in sights
        for finding in review_reading(one.version.reading, at=NOW.date()).findings
    )
    usual = RiskInput("星河卡盟", ("星河卡盟",), ("xh88.test",), NOW, sights, clauses=clauses)
    return replace(usual, **changed)  # type: ignore[arg-type]


def case(
    number: int, *, opened: datetime = NOW - 10 * DAY, steps: tuple[CaseStep, ...] = (), **changed: object
) -> KnownCase:
    """An own case: 50 yuan asked back."""
    facts = Facts(platform="星河卡盟", demands=(Demand(DemandKind.REFUND, Decimal(50)),))
    told = {name: value for name, value in changed.items() if name in Facts.__dataclass_fields__}
    rest = {name: value for name, value in changed.items() if name not in told}
    made = Case(f"k-{number}", opened, opened, replace(facts, **told))  # type: ignore[arg-type]
    return KnownCase(replace(made, **rest), steps)  # type: ignore[arg-type]
