"""What is kept: frozen values that queries return and that the pure functions of monitor take.

Tables stay in `storage.tables`; nobody outside storage sees a row. Times are aware UTC, ids are opaque text that
sorts by time within a kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scrapers.model import NO_TIME_OF_DAY, Origin, Outcome, Reading, Role


@dataclass(frozen=True)
class WatchedPage:
    """A page as the archive knows it. One page per (platform, url, vantage)."""

    id: str
    platform: str
    url: str
    role: Role
    vantage: str


@dataclass(frozen=True)
class StoredCapture:
    """The row of a kept capture; its bytes are in the objects named by `warc` and `manifest` (SHA-256)."""

    id: str
    page: WatchedPage
    started_at: datetime
    ended_at: datetime
    outcome: Outcome
    reason: str
    detail: str
    missing: tuple[tuple[str, str], ...]
    status: int | None
    final_url: str
    title: str
    warc: str
    warc_bytes: int
    manifest: str
    certificate_error: str
    full_views: bool
    origin: Origin
    claimed_at: datetime | None
    source_file: str
    previous: str  # capture of the same page before this one, "" for the first

    @property
    def seen_at(self) -> datetime:
        """When the page was seen: the claimed time of an imported capture if it has one, else the start."""
        return self.claimed_at or self.started_at

    @property
    def claims_day_only(self) -> bool:
        """Whether the claimed time is a day without a time: `seen_at` is its start, and says nothing finer."""
        return any(what == NO_TIME_OF_DAY for what, _ in self.missing)


@dataclass(frozen=True)
class Version:
    """The reading of one capture by one extractor release."""

    id: str
    capture_id: str
    page_id: str
    seen_at: datetime
    origin: Origin
    reading: Reading


class ChangeClass(StrEnum):
    """What a change is, from the page's view."""

    NEW = "new"
    RULE = "rule"
    PRICE = "price"
    STOCK = "stock"
    WORDING = "wording"
    MOVED = "moved"
    TECHNICAL = "technical"
    NOISE = "noise"
    OUTCOME = "outcome"


class Severity(StrEnum):
    """How much a change harms the buyer."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for none up to 4 for critical."""
        return list(Severity).index(self)


class ChangeStatus(StrEnum):
    """Pending until a later capture shows the same; blinked if it was gone again before that.

    Claimed rests on a file that somebody else made: it is never settled and settles nothing.
    """

    PENDING = "pending"
    CONFIRMED = "confirmed"
    BLINKED = "blinked"
    CLAIMED = "claimed"


class Effect(StrEnum):
    """What a change does to the buyer."""

    WORSE = "worse"
    BETTER = "better"
    MIXED = "mixed"
    NEUTRAL = "neutral"


@dataclass(frozen=True)
class Difference:
    """One difference between two readings, judged.

    `kinds` are words of monitor/reference/change_kinds.toml (refund_removed, window_shortened ...); `reason` is one
    Chinese sentence with the decisive words; `subject` is a fact key or a clause's heading and number.
    `before` and `after` are the texts compared, "" where there is none on that side.
    """

    change_class: ChangeClass
    severity: Severity
    effect: Effect
    kinds: tuple[str, ...]
    subject: str
    before: str
    after: str
    reason: str
    quotable: bool = True  # False when it was read from hidden text or from a picture


@dataclass(frozen=True)
class Change:
    """A difference found between two captures of one page, and whether a later capture confirmed it."""

    id: str
    page: WatchedPage
    before_capture: str  # "" when the change is the first version, or an outcome with nothing before
    after_capture: str
    before_at: datetime | None
    after_at: datetime
    status: ChangeStatus
    settled_by: str  # the capture that confirmed it or showed that it blinked, "" while pending
    difference: Difference
