"""What a risk answer is made from and what it gives. Frozen values.

A factor is a sign with its proof, never a judgement of guilt; there is no total score.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.complaints.risk.metrics import Figure, KnownCase
from monitor.findings.model import Sight, SiteFinding
from monitor.operators.who import WhoAnswer
from monitor.review.laws import Article
from monitor.review.model import TermFinding
from storage.identity import Move, SitePeriod


class Weight(StrEnum):
    """How much a factor weighs, as a word. The words are promises."""

    GRAVE = "grave"
    HEED = "heed"
    UNKNOWN = "unknown"
    UNSEEN = "unseen"

    @property
    def zh(self) -> str:
        """As a reader sees it."""
        return {"grave": "严重", "heed": "注意", "unknown": "未知", "unseen": "未见"}[self.value]


@dataclass(frozen=True)
class Factor:
    """One sign. `captures` and `cases` prove it; `local` says that it must never be published."""

    id: str
    name: str
    weight: Weight
    sentence: str
    captures: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    other_proof: tuple[str, ...] = ()  # ids of moves' and periods' proof, changes
    quote: str = ""
    articles: tuple[Article, ...] = ()
    local: bool = False


@dataclass(frozen=True)
class RecordedFigure:
    """A figure that others made public, as a person read it off a captured page. Not checked by this tool."""

    name: str
    value: str
    capture: str
    url: str
    seen_at: datetime
    evidence: str
    recorded_at: datetime


@dataclass(frozen=True)
class SightedClause:
    """A clause of current terms with where it was seen."""

    sight: Sight
    finding: TermFinding


@dataclass(frozen=True)
class RiskInput:
    """All that is known of a platform at a moment, gathered from the archive."""

    asked: str
    platforms: tuple[str, ...]
    sites: tuple[str, ...]
    at: datetime
    sights: tuple[Sight, ...] = ()  # the newest of each watched page
    unread: int = 0
    findings: tuple[SiteFinding, ...] = ()
    clauses: tuple[SightedClause, ...] = ()
    moves: tuple[Move, ...] = ()  # certain successors
    candidates: int = 0
    periods: tuple[SitePeriod, ...] = ()  # open ones
    who: WhoAnswer | None = None
    cases: tuple[KnownCase, ...] = ()
    rules_watched: int = 0  # pages of rules with at least two captures in the days that count
    figures: tuple[RecordedFigure, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class RiskAnswer:
    """The factors, the gravest first, one sentence, the figures of own cases, and what others published."""

    asked: str
    platforms: tuple[str, ...]
    at: datetime
    sentence: str
    factors: tuple[Factor, ...]
    metrics: tuple[Figure, ...]
    cases: int
    figures: tuple[RecordedFigure, ...]
    notes: tuple[str, ...]
