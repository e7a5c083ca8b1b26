"""What is kept of sites and of who runs them: statements, lookups, states, decisions, operators. Frozen values.

A site is named by its registrable domain (public suffixes respected), a 分站 by its host or host and path, and an
earlier registration by `domain@YYYY-MM-DD` of its first day; the plain name is the latest epoch.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True)
class Statement:
    """One dated observation: a site showed an identifier at a place, first and last then. Unknown kinds are kept.

    `first_capture` and `last_capture` are ids of captures or lookups that prove it, "" where a file only says so.
    """

    site: str
    kind: str
    value: str
    place: str
    first_seen: datetime
    last_seen: datetime
    first_capture: str = ""
    last_capture: str = ""
    shown: str = ""
    where: str = ""
    role: str = ""
    problem: str = ""
    block: str = ""
    confidence: float = 1.0
    times: int = 1
    claimed: bool = False  # only a file of somebody else says so; it links nothing


class LookupKind(StrEnum):
    """What was asked about a domain."""

    DNS = "dns"
    RDAP = "rdap"
    WHOIS = "whois"
    TLS = "tls"
    HTTP = "http"
    ICON = "icon"


@dataclass(frozen=True)
class StoredLookup:
    """One question about a domain and its raw answer, which is an evidence item of the custody log.

    `outcome` is ok, no_such_name, refused, timeout, server_failure, not_supported, offline or error; only `ok` and
    `no_such_name` say anything about the domain.
    """

    id: str
    domain: str
    kind: LookupKind
    server: str
    asked_at: datetime
    outcome: str
    detail: str
    evidence: str  # id of the evidence item that holds the raw answer, "" where there was none


class SiteState(StrEnum):
    """What a site is. The words are promises."""

    ACTIVE = "active"
    REDIRECTING = "redirecting"
    PARKED = "parked"
    FILTERED = "filtered"
    HELD = "held"
    EXPIRED = "expired"
    DEAD = "dead"
    UNKNOWN = "unknown"
    REREGISTERED = "reregistered"


@dataclass(frozen=True)
class SitePeriod:
    """A time in which a site was in one state. `ended_at` is None while it lasts. `proof` are ids of what shows it.

    `registry`, `http` and `content` are the three parts the state was made of, in words of their own.
    """

    site: str
    state: SiteState
    since: datetime
    checked_at: datetime
    ended_at: datetime | None = None
    registry: str = ""
    http: str = ""
    content: str = ""
    reason: str = ""
    target: str = ""  # where a redirecting site leads
    proof: tuple[str, ...] = ()


class MoveKind(StrEnum):
    """How two sites follow each other."""

    SUCCESSOR = "successor"
    CANDIDATE = "candidate"
    MIRROR = "mirror"
    BRANCH = "branch"  # 分站


@dataclass(frozen=True)
class Move:
    """One site leads to another: `kind` says how sure, `signals` are (name, bits, proof) of what says so."""

    before: str
    after: str
    kind: MoveKind
    since: datetime
    bits: float
    signals: tuple[tuple[str, float, str], ...] = ()
    reason: str = ""
    decided_by: str = ""  # "" for the tool, else the person


class Verdict(StrEnum):
    """What a person decided about two sites."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Decision:
    """A person's decision on two things (sites; with `about` "move", a domain and its successor). Never deleted."""

    id: str
    about: str  # operator or move
    a: str
    b: str
    verdict: Verdict
    made_at: datetime
    made_by: str
    reason: str
    revoked_at: datetime | None = None


class EventKind(StrEnum):
    """What happened to an operator."""

    BORN = "born"
    GAINED = "gained"
    LOST = "lost"
    MERGED = "merged"
    SPLIT = "split"
    ENDED = "ended"


@dataclass(frozen=True)
class Operator:
    """A set of sites under one control, as known from `since` until `until` (None: now). The id never changes."""

    id: str
    band: str
    sites: tuple[str, ...]
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class OperatorEvent:
    """What happened to an operator, when, and by which statement or decision."""

    operator: str
    kind: EventKind
    at: datetime
    sites: tuple[str, ...]
    others: tuple[str, ...] = ()  # operators that it was merged from or split into
    cause: str = ""


@dataclass(frozen=True)
class VerifiedRecord:
    """What a person looked up by hand and recorded: a subject as an authority or payment provider shows it.

    `fields` are (name, value): name, uscc, address, icp, status ...; `evidence` is the id of the screenshot.
    """

    id: str
    site: str
    source: str  # gsxt, miit, payment, platform, court, other
    asked: str  # the exact words that were looked up
    fields: tuple[tuple[str, str], ...]
    looked_on: date
    recorded_at: datetime
    recorded_by: str
    evidence: str = ""
    revoked_at: datetime | None = None
    evidence_erased_at: datetime | None = None  # when its screenshot was destroyed


@dataclass(frozen=True)
class Objection:
    """What a platform or person answered to being named. It goes along with every dossier and pack."""

    id: str
    about: str  # site, platform or operator
    by: str
    text: str
    received_at: datetime
    recorded_at: datetime
    evidence: str = ""
