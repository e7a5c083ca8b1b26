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
    log_index: int | None = None  # its place in the custody log

    @property
    def seen_at(self) -> datetime:
        """When the page was seen: the claimed time of an imported capture if it has one, else the start."""
        return self.claimed_at or self.started_at

    @property
    def claims_day_only(self) -> bool:
        """Whether the claimed time is a day without a time: `seen_at` is its start, and says nothing finer."""
        return any(what == NO_TIME_OF_DAY for what, _ in self.missing)


@dataclass(frozen=True)
class StoredPayload:
    """The one WARC record that holds these bytes: `length` bytes of `artifact` from `offset` on are its gzip member.

    `digest` is of the payload, `size` its bytes; `record_id`, `url` and `date` are what a revisit must name.
    """

    digest: str
    artifact: str
    offset: int
    length: int
    size: int
    record_id: str
    url: str
    date: datetime
    content_type: str


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


class Verdict(StrEnum):
    """What another release says of a change between two old captures."""

    NEWLY_FOUND = "newly_found"  # it sees a change that the older release missed
    NOT_FOUND_AGAIN = "not_found_again"  # it would not have told this change


@dataclass(frozen=True)
class Reassessed:
    """A change between two old captures on which two extractor releases differ. What was told stays as it was."""

    page: WatchedPage
    release: str
    former: str
    verdict: Verdict
    before_capture: str
    after_capture: str
    before_at: datetime
    after_at: datetime
    difference: Difference


@dataclass(frozen=True)
class Lost:
    """A text that the reader found before and does not find now, though the page still shows it."""

    text: str
    what: str  # the block or fact it was read as: terms, notice, price ...


@dataclass(frozen=True)
class ReadingState:
    """A time in which a page was read worse than before. `ended_at` None while it lasts."""

    key: int
    page: WatchedPage
    began_capture: str
    began_at: datetime
    ended_capture: str
    ended_at: datetime | None
    lost: tuple[Lost, ...]
    selectors: tuple[str, ...]  # configured ones that match nothing any more
    proposal: str  # a CSS selector under which most of the lost text stands now, "" when none was found
    share: float  # how much of the lost text stands under it, 0 to 1
    grave: bool = False  # whether so much is lost that a person is told


# --- the custody log --------------------------------------------------------------------------------------------


class EntryKind(StrEnum):
    """What an entry of the custody log says. Its fields are listed in docs/evidence.md."""

    LOG = "log"  # the first entry: the log's id and first key
    CAPTURE = "capture"
    EVIDENCE = "evidence"
    DERIVATIVE = "derivative"  # a masked or redacted copy, which names its original
    TOMBSTONE = "tombstone"  # an item was erased
    KEY = "key"  # the signing key was replaced
    TOKEN = "token"  # noqa: S105 - a time token that is held: later tokens seal it
    RECORD = "record"  # a lookup, or what a person recorded or took back
    EPOCH = "epoch"  # the log goes on from an older state, after a restore


@dataclass(frozen=True)
class LogEntry:
    """A leaf of the custody log. `data` is what is hashed; `fields` is the same as JSON values."""

    index: int
    kind: EntryKind
    at: datetime
    data: bytes
    fields: dict[str, object]


@dataclass(frozen=True)
class Checkpoint:
    """A signed tree head. `note` is the signed note (C2SP tlog-checkpoint), `digest` its SHA-256."""

    epoch: int
    size: int
    note: bytes
    digest: str
    made_at: datetime


class TokenKind(StrEnum):
    """Who vouches for a time."""

    RFC3161 = "rfc3161"
    OPENTIMESTAMPS = "opentimestamps"


class TokenStatus(StrEnum):
    """`pending` has no data, or a proof that Bitcoin has not confirmed; `refused` was answered wrongly for good."""

    PENDING = "pending"
    HELD = "held"
    REFUSED = "refused"


@dataclass(frozen=True)
class TimeToken:
    """A time token of a checkpoint, or of the older token with the key `renews`."""

    key: int
    checkpoint: Checkpoint
    renews: int | None
    kind: TokenKind
    authority: str
    status: TokenStatus
    imprint: str  # SHA-256 of what is stamped: the checkpoint's note, or the renewed token's bytes
    data: bytes | None
    stamped_at: datetime | None
    expires_at: datetime | None
    asked_at: datetime
    tries: int
    next_try_at: datetime | None
    trouble: str


@dataclass(frozen=True)
class StoredEvidence:
    """An evidence item as it is kept. `object`, `name`, `media_type` and `note` are "" once it was erased."""

    id: str
    kept_at: datetime
    manifest: str
    object: str
    original: str  # the item that it is a masked copy of, "" for an original
    log_index: int
    erased_at: datetime | None
    name: str = ""
    media_type: str = ""
    note: str = ""  # of a masked copy: what was masked
    bytes: int = 0
    tombstone_index: int | None = None
