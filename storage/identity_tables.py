"""The tables of who runs the sites: statements, lookups, states, moves, decisions, operators. Part of storage.tables.

Sites and values have small integer keys, because statements are many. What is decided or looked up is only ever added
to, ended or revoked, with the moment of it, so that what was known on a day can be asked later.
"""

from datetime import date, datetime

from sqlalchemy import JSON, Column, Date, Index, Text, UniqueConstraint
from sqlmodel import Field

from storage.columns import (
    Digest,
    PageText,
    id_column,
    key_column,
    moment_column,
    reference_column,
    text_column,
)
from storage.tables import Row


class SiteRow(Row, table=True):
    """A site by its name. `touched` counts the statements and decisions that wait for its operators."""

    __tablename__ = "site"
    __table_args__ = (Index(None, "touched"),)
    key: int | None = Field(default=None, sa_column=key_column())
    name: str = Field(sa_column=id_column())
    noted_at: datetime = Field(sa_column=moment_column())
    touched: int | None = Field(default=None)  # None where nothing waits


class PlatformSiteRow(Row, table=True):
    """That pages of a platform are on a site, or (`arrived`) that a visit to one ended there."""

    __tablename__ = "platform_site"
    __table_args__ = (Index(None, "site_key"), {"sqlite_with_rowid": False})
    platform_key: int = Field(sa_column=reference_column("platform.key", primary=True))
    site_key: int = Field(sa_column=reference_column("site.key", primary=True))
    arrived: bool
    first_seen_at: datetime = Field(sa_column=moment_column())
    last_seen_at: datetime = Field(sa_column=moment_column())


class IdentifierRow(Row, table=True):
    """A distinct identifier, on how many sites we saw it ourselves, and the learnt chance that many own them."""

    __tablename__ = "identifier"
    __table_args__ = (UniqueConstraint("kind", "value"),)
    key: int | None = Field(default=None, sa_column=key_column())
    kind: str = Field(sa_column=text_column())
    value: str = Field(sa_column=text_column())
    sites: int
    shared: float | None = Field(default=None)
    shared_sites: int | None = Field(default=None)  # on how many sites it stood when that was learnt


class StatementRow(Row, table=True):
    """That a site showed an identifier at a place, first and last then, and which capture or lookup proves it.

    What a file claims stands in rows apart: a claim moves no sight of ours. `shown` is NULL where it is the value.
    """

    __tablename__ = "statement"
    __table_args__ = (Index(None, "identifier_key"), {"sqlite_with_rowid": False})
    site_key: int = Field(sa_column=reference_column("site.key", primary=True))
    identifier_key: int = Field(sa_column=reference_column("identifier.key", primary=True))
    place: str = Field(sa_column=Column(Text, primary_key=True))
    claimed: bool = Field(primary_key=True)
    first_seen_at: datetime = Field(sa_column=moment_column())
    last_seen_at: datetime = Field(sa_column=moment_column())
    first_capture_key: int | None = Field(default=None, sa_column=reference_column("capture.key", null=True))
    last_capture_key: int | None = Field(default=None, sa_column=reference_column("capture.key", null=True))
    first_lookup_key: int | None = Field(default=None, sa_column=reference_column("lookup.key", null=True))
    last_lookup_key: int | None = Field(default=None, sa_column=reference_column("lookup.key", null=True))
    times: int
    confidence: float
    shown: str | None = Field(default=None, sa_column=Column(PageText, nullable=True))
    spot: str = Field(sa_column=text_column())
    role: str = Field(sa_column=text_column())
    problem: str = Field(sa_column=text_column())
    block: str = Field(sa_column=text_column())


class PageStatementsRow(Row, table=True):
    """What the last look at a page stated, by the digest of what was looked at: an equal look is not read again."""

    __tablename__ = "page_statements"
    page_key: int = Field(sa_column=reference_column("page.key", primary=True))
    digest: str = Field(sa_column=Column(Digest, nullable=False))
    statements: list[list[int | str]] = Field(
        sa_column=Column(JSON, nullable=False)
    )  # [site key, identifier key, place]


class PageRestatedRow(Row, table=True):
    """That the statements of all captures of a page were made anew by a release of the readers of identifiers."""

    __tablename__ = "page_restated"
    page_key: int = Field(sa_column=reference_column("page.key", primary=True))
    readers: str = Field(sa_column=text_column())


class LookupRow(Row, table=True):
    """One question about a domain; its raw answer is an evidence item."""

    __tablename__ = "lookup"
    __table_args__ = (Index(None, "domain", "kind", "asked_at"),)
    key: int | None = Field(default=None, sa_column=key_column())
    id: str = Field(sa_column=id_column())
    domain: str = Field(sa_column=text_column())
    kind: str = Field(sa_column=text_column())
    server: str = Field(sa_column=text_column())
    asked_at: datetime = Field(sa_column=moment_column())
    outcome: str = Field(sa_column=text_column())
    detail: str = Field(sa_column=text_column())
    evidence_key: int | None = Field(default=None, sa_column=reference_column("evidence.key", null=True))


class SitePeriodRow(Row, table=True):
    """A time in which a site was in one state; `pending` while a second check has still to show it."""

    __tablename__ = "site_period"
    __table_args__ = (Index(None, "site_key", "since"), Index(None, "ended_at", "checked_at"))
    key: int | None = Field(default=None, sa_column=key_column())
    site_key: int = Field(sa_column=reference_column("site.key"))
    state: str = Field(sa_column=text_column())
    since: datetime = Field(sa_column=moment_column())
    checked_at: datetime = Field(sa_column=moment_column())
    ended_at: datetime | None = Field(default=None, sa_column=moment_column(null=True))
    pending: bool
    checks: int
    registry_part: str = Field(sa_column=text_column())
    http_part: str = Field(sa_column=text_column())
    content_part: str = Field(sa_column=text_column())
    reason: str = Field(sa_column=text_column())
    target: str = Field(sa_column=text_column())
    proof: list[str] = Field(sa_column=Column(JSON, nullable=False))


class MoveRow(Row, table=True):
    """That one site leads to another, as known from `noted_at` until `replaced_at`."""

    __tablename__ = "site_move"
    __table_args__ = (Index(None, "before_key", "after_key"), Index(None, "after_key"))
    key: int | None = Field(default=None, sa_column=key_column())
    before_key: int = Field(sa_column=reference_column("site.key"))
    after_key: int = Field(sa_column=reference_column("site.key"))
    kind: str = Field(sa_column=text_column())
    since: datetime = Field(sa_column=moment_column())
    bits: float
    signals: list[list[str | float]] = Field(sa_column=Column(JSON, nullable=False))
    reason: str = Field(sa_column=text_column())
    decided_by: str = Field(sa_column=text_column())
    noted_at: datetime = Field(sa_column=moment_column())
    replaced_at: datetime | None = Field(default=None, sa_column=moment_column(null=True))


class DecisionRow(Row, table=True):
    """What a person decided about two things; only `revoked_at` ever alters."""

    __tablename__ = "decision"
    __table_args__ = (Index(None, "a"), Index(None, "b"))
    key: int | None = Field(default=None, sa_column=key_column())
    id: str = Field(sa_column=id_column())
    about: str = Field(sa_column=text_column())
    a: str = Field(sa_column=text_column())
    b: str = Field(sa_column=text_column())
    verdict: str = Field(sa_column=text_column())
    made_at: datetime = Field(sa_column=moment_column())
    made_by: str = Field(sa_column=text_column())
    reason: str = Field(sa_column=text_column())
    revoked_at: datetime | None = Field(default=None, sa_column=moment_column(null=True))


class OperatorRow(Row, table=True):
    """An operator; its id never alters. `ended_at` once no site is left to it."""

    __tablename__ = "operator"
    __table_args__ = (Index(None, "ended_at", "key"),)
    key: int | None = Field(default=None, sa_column=key_column())
    id: str = Field(sa_column=id_column())
    band: str = Field(sa_column=text_column())
    born_at: datetime = Field(sa_column=moment_column())
    ended_at: datetime | None = Field(default=None, sa_column=moment_column(null=True))


class OperatorSiteRow(Row, table=True):
    """That a site was held to belong to an operator from `since` until `until`."""

    __tablename__ = "operator_site"
    __table_args__ = (Index(None, "operator_key", "since"), Index(None, "site_key", "since"))
    key: int | None = Field(default=None, sa_column=key_column())
    operator_key: int = Field(sa_column=reference_column("operator.key"))
    site_key: int = Field(sa_column=reference_column("site.key"))
    since: datetime = Field(sa_column=moment_column())
    until: datetime | None = Field(default=None, sa_column=moment_column(null=True))


class OperatorEventRow(Row, table=True):
    """What happened to an operator, and why; never altered."""

    __tablename__ = "operator_event"
    __table_args__ = (Index(None, "operator_key", "at"), Index(None, "at", "key"))
    key: int | None = Field(default=None, sa_column=key_column())
    operator_key: int = Field(sa_column=reference_column("operator.key"))
    kind: str = Field(sa_column=text_column())
    at: datetime = Field(sa_column=moment_column())
    sites: list[str] = Field(sa_column=Column(JSON, nullable=False))
    others: list[str] = Field(sa_column=Column(JSON, nullable=False))
    cause: str = Field(sa_column=text_column())


class VerifiedRow(Row, table=True):
    """What a person looked up by hand; only `revoked_at` ever alters."""

    __tablename__ = "verified"
    __table_args__ = (Index(None, "site_key", "recorded_at"),)
    key: int | None = Field(default=None, sa_column=key_column())
    id: str = Field(sa_column=id_column())
    site_key: int = Field(sa_column=reference_column("site.key"))
    source: str = Field(sa_column=text_column())
    asked: str = Field(sa_column=text_column())
    shown_fields: list[list[str]] = Field(sa_column=Column(JSON, nullable=False))
    looked_on: date = Field(sa_column=Column(Date, nullable=False))
    recorded_at: datetime = Field(sa_column=moment_column())
    recorded_by: str = Field(sa_column=text_column())
    evidence_key: int | None = Field(default=None, sa_column=reference_column("evidence.key", null=True))
    revoked_at: datetime | None = Field(default=None, sa_column=moment_column(null=True))


class ObjectionRow(Row, table=True):
    """What somebody answered to being named; never altered."""

    __tablename__ = "objection"
    __table_args__ = (Index(None, "about"),)
    key: int | None = Field(default=None, sa_column=key_column())
    id: str = Field(sa_column=id_column())
    about: str = Field(sa_column=text_column())
    by: str = Field(sa_column=text_column())
    text: str = Field(sa_column=text_column())
    received_at: datetime = Field(sa_column=moment_column())
    recorded_at: datetime = Field(sa_column=moment_column())
    evidence_key: int | None = Field(default=None, sa_column=reference_column("evidence.key", null=True))
