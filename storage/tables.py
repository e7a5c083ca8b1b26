"""The tables. Nobody outside storage sees a row: queries give the frozen values of storage.model.

Rows refer to each other by small integer keys, which keep the indices small; the ids that people see are text and
unique. Moments are BIGINT microseconds, digests 32 bytes, so that SQLite and PostgreSQL hold the same values.
"""

from datetime import datetime

from sqlalchemy import JSON, Column, Index, LargeBinary, MetaData, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import (
    Digest,
    SurrogateKey,
    digest_column,
    id_column,
    key_column,
    moment_column,
    reference_column,
    text_column,
)


class Row(SQLModel):
    """What all tables share: one set of names for keys and indices, which migrations rely on."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class MetaRow(Row, table=True):
    """A named value of the archive itself, such as its seed or the tool that made it."""

    __tablename__ = "meta"
    name: str = Field(sa_column=Column(Text, primary_key=True))
    value: str = Field(sa_column=text_column())


class PlatformRow(Row, table=True):
    """A platform by the name that its watcher gave it."""

    __tablename__ = "platform"
    key: int | None = Field(default=None, sa_column=key_column())
    name: str = Field(sa_column=id_column())
    created_at: datetime = Field(sa_column=moment_column())


class PageRow(Row, table=True):
    """A watched page: one per platform, URL and vantage. The URL's digest stands in the index, for URLs are long."""

    __tablename__ = "page"
    __table_args__ = (UniqueConstraint("platform_key", "url_digest", "vantage"), Index(None, "url_digest"))
    key: int | None = Field(default=None, sa_column=key_column())
    id: str = Field(sa_column=id_column())
    platform_key: int = Field(sa_column=reference_column("platform.key"))
    url: str = Field(sa_column=text_column())
    url_digest: str = Field(sa_column=digest_column())
    role: str = Field(sa_column=text_column())
    vantage: str = Field(sa_column=text_column())
    created_at: datetime = Field(sa_column=moment_column())


class ArtifactRow(Row, table=True):
    """An object of the archive, named by its SHA-256. `kind` is warc, manifest or evidence; size in bytes."""

    __tablename__ = "artifact"
    key: int | None = Field(default=None, sa_column=key_column())
    sha256: str = Field(sa_column=digest_column(unique=True))
    size: int = Field(sa_column=Column(SurrogateKey, nullable=False))
    kind: str = Field(sa_column=text_column())
    created_at: datetime = Field(sa_column=moment_column())


class CaptureRow(Row, table=True):
    """A kept capture; never altered once stored. `seen_at` is the claimed time of an import, else the start."""

    __tablename__ = "capture"
    __table_args__ = (
        Index(None, "page_key", "seen_at", "key"),
        Index(None, "page_key", "started_at"),
        Index(None, "platform_key", "outcome", "seen_at", "key"),
        Index(None, "outcome", "seen_at", "key"),
    )
    key: int | None = Field(default=None, sa_column=key_column())
    id: str = Field(sa_column=id_column())
    page_key: int = Field(sa_column=reference_column("page.key"))
    platform_key: int = Field(sa_column=reference_column("platform.key"))
    started_at: datetime = Field(sa_column=moment_column())
    ended_at: datetime = Field(sa_column=moment_column())
    seen_at: datetime = Field(sa_column=moment_column())
    claimed_at: datetime | None = Field(default=None, sa_column=moment_column(null=True))
    outcome: str = Field(sa_column=text_column())
    reason: str = Field(sa_column=text_column())
    detail: str = Field(sa_column=text_column())
    missing: list[list[str]] = Field(sa_column=Column(JSON, nullable=False))
    status: int | None = Field(default=None)
    final_url: str = Field(sa_column=text_column())
    title: str = Field(sa_column=text_column())
    warc_bytes: int = Field(sa_column=Column(SurrogateKey, nullable=False))
    certificate_error: str = Field(sa_column=text_column())
    full_views: bool
    origin: str = Field(sa_column=text_column())
    source_file: str = Field(sa_column=text_column())
    previous_key: int | None = Field(default=None, sa_column=reference_column("capture.key", null=True))
    log_index: int | None = Field(default=None, sa_column=Column(SurrogateKey, unique=True, nullable=True))


class CaptureArtifactRow(Row, table=True):
    """Which objects a capture is made of; `role` is warc or manifest."""

    __tablename__ = "capture_artifact"
    __table_args__ = (Index(None, "artifact_key"),)
    capture_key: int = Field(sa_column=reference_column("capture.key", primary=True))
    role: str = Field(sa_column=Column(Text, primary_key=True))
    artifact_key: int = Field(sa_column=reference_column("artifact.key"))


class SaltRow(Row, table=True):
    """The secret from which the salts of a capture's manifest are made; gone once the capture is erased."""

    __tablename__ = "salt"
    capture_key: int = Field(sa_column=reference_column("capture.key", primary=True))
    seed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class LogEntryRow(Row, table=True):
    """A leaf of the custody log: its place, its RFC 6962 leaf hash and its bytes (canonical JSON)."""

    __tablename__ = "log_entry"
    place: int = Field(sa_column=Column(SurrogateKey, primary_key=True, autoincrement=False))
    hash: str = Field(sa_column=digest_column())
    data: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class LogNodeRow(Row, table=True):
    """The hash of a whole subtree of the custody log, kept for every eighth level only, as tiles are."""

    __tablename__ = "log_node"
    __table_args__ = ({"sqlite_with_rowid": False},)
    level: int = Field(primary_key=True)
    place: int = Field(sa_column=Column(SurrogateKey, primary_key=True))
    hash: str = Field(sa_column=digest_column())


class LogKeyRow(Row, table=True):
    """An entry of the custody log after which a key signs: of kind log, key or epoch. `key` is its verifier key."""

    __tablename__ = "log_key"
    place: int = Field(sa_column=reference_column("log_entry.place", primary=True))
    epoch: int
    key: str = Field(sa_column=Column(Text, nullable=False))


class CheckpointRow(Row, table=True):
    """A signed tree head of the custody log. `digest` is the SHA-256 of the note, which tokens are asked for."""

    __tablename__ = "checkpoint"
    __table_args__ = (UniqueConstraint("epoch", "size"),)
    key: int | None = Field(default=None, sa_column=key_column())
    epoch: int
    size: int = Field(sa_column=Column(SurrogateKey, nullable=False))
    note: str = Field(sa_column=Column(Text, nullable=False))
    digest: str = Field(sa_column=digest_column(unique=True))
    made_at: datetime = Field(sa_column=moment_column())


class TokenRow(Row, table=True):
    """A time token of a checkpoint, or of an older token that it renews; asked for until it is held.

    Tokens are never overwritten: an upgraded OpenTimestamps proof is a row of its own. `expires_at` is when the
    authority's certificate ends.
    """

    __tablename__ = "token"
    __table_args__ = (Index(None, "checkpoint_key"), Index(None, "status", "next_try_at"))
    key: int | None = Field(default=None, sa_column=key_column())
    checkpoint_key: int = Field(sa_column=reference_column("checkpoint.key"))
    renews_key: int | None = Field(default=None, sa_column=reference_column("token.key", null=True))
    kind: str = Field(sa_column=text_column())
    authority: str = Field(sa_column=text_column())
    status: str = Field(sa_column=text_column())
    imprint: str = Field(sa_column=digest_column())
    data: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    stamped_at: datetime | None = Field(default=None, sa_column=moment_column(null=True))
    expires_at: datetime | None = Field(default=None, sa_column=moment_column(null=True))
    asked_at: datetime = Field(sa_column=moment_column())
    tries: int
    next_try_at: datetime | None = Field(default=None, sa_column=moment_column(null=True))
    trouble: str = Field(sa_column=text_column())


class EvidenceRow(Row, table=True):
    """An evidence item that a person brought: its bytes are an object, its manifest another.

    `seed`, `described` (its name, kind and note) and the object go when it is erased; the row, its manifest and its
    tombstone stay.
    """

    __tablename__ = "evidence"
    __table_args__ = (Index(None, "object_key"), Index(None, "manifest_key"))
    key: int | None = Field(default=None, sa_column=key_column())
    id: str = Field(sa_column=id_column())
    kept_at: datetime = Field(sa_column=moment_column())
    manifest_key: int = Field(sa_column=reference_column("artifact.key"))
    object_key: int | None = Field(default=None, sa_column=reference_column("artifact.key", null=True))
    original_key: int | None = Field(default=None, sa_column=reference_column("evidence.key", null=True))
    seed: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    described: dict[str, str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    log_index: int = Field(sa_column=Column(SurrogateKey, unique=True, nullable=False))
    erased_at: datetime | None = Field(default=None, sa_column=moment_column(null=True))
    tombstone_index: int | None = Field(default=None, sa_column=Column(SurrogateKey, nullable=True))


class PayloadRow(Row, table=True):
    """Where the one stored record with these bytes is; a later record with the same digest is a revisit of it."""

    __tablename__ = "payload"
    __table_args__ = (Index(None, "artifact_key"), {"sqlite_with_rowid": False})
    digest: str = Field(sa_column=Column(Digest, primary_key=True))
    artifact_key: int = Field(sa_column=reference_column("artifact.key"))
    offset: int = Field(sa_column=Column(SurrogateKey, nullable=False))
    length: int = Field(sa_column=Column(SurrogateKey, nullable=False))
    size: int = Field(sa_column=Column(SurrogateKey, nullable=False))
    record_id: str = Field(sa_column=text_column())
    url: str = Field(sa_column=text_column())
    date: datetime = Field(sa_column=moment_column())
    content_type: str = Field(sa_column=text_column())


class ViewSetRow(Row, table=True):
    """The full set of views that a capture made, and what the page looked like then."""

    __tablename__ = "view_set"
    __table_args__ = (Index(None, "page_key", "made_at"),)
    capture_key: int = Field(sa_column=reference_column("capture.key", primary=True))
    page_key: int = Field(sa_column=reference_column("page.key"))
    made_at: datetime = Field(sa_column=moment_column())
    appearance_text: str = Field(sa_column=text_column())
    appearance_resources: str = Field(sa_column=text_column())


class ViewRow(Row, table=True):
    """One view of a full set; its bytes are the payload of that digest."""

    __tablename__ = "view"
    __table_args__ = ({"sqlite_with_rowid": False},)
    capture_key: int = Field(sa_column=reference_column("view_set.capture_key", primary=True))
    position: int = Field(primary_key=True)
    kind: str = Field(sa_column=text_column())
    name: str = Field(sa_column=text_column())
    media_type: str = Field(sa_column=text_column())
    digest: str = Field(sa_column=digest_column())


class TextRow(Row, table=True):
    """A distinct readable text (zlib of UTF-8), indexed for search under the same key."""

    __tablename__ = "text"
    key: int | None = Field(default=None, sa_column=key_column())
    digest: str = Field(sa_column=digest_column(unique=True))
    characters: int
    data: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class TextSeenRow(Row, table=True):
    """On which page a text was seen, how it stood there, and in which captures first and last.

    Our own sights and those that a file brought in claims are rows apart: a claim hides no sight of ours.
    """

    __tablename__ = "text_seen"
    __table_args__ = (Index(None, "page_key"), {"sqlite_with_rowid": False})
    text_key: int = Field(sa_column=reference_column("text.key", primary=True))
    page_key: int = Field(sa_column=reference_column("page.key", primary=True))
    source: str = Field(sa_column=Column(Text, primary_key=True))
    origin: str = Field(sa_column=Column(Text, primary_key=True))
    first_capture_key: int = Field(sa_column=reference_column("capture.key"))
    last_capture_key: int = Field(sa_column=reference_column("capture.key"))
    first_seen_at: datetime = Field(sa_column=moment_column())
    last_seen_at: datetime = Field(sa_column=moment_column())


class ReadingRow(Row, table=True):
    """A distinct reading (zlib of JSON, without its text and release) and the digests of its normal forms."""

    __tablename__ = "reading"
    key: int | None = Field(default=None, sa_column=key_column())
    digest: str = Field(sa_column=digest_column(unique=True))
    text_key: int = Field(sa_column=reference_column("text.key"))
    forms: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    data: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class VersionRow(Row, table=True):
    """The reading of one capture by one extractor release."""

    __tablename__ = "version"
    __table_args__ = (
        UniqueConstraint("capture_key", "release"),
        Index(None, "page_key", "seen_at", "key"),
    )
    key: int | None = Field(default=None, sa_column=key_column())
    id: str = Field(sa_column=id_column())
    capture_key: int = Field(sa_column=reference_column("capture.key"))
    page_key: int = Field(sa_column=reference_column("page.key"))
    seen_at: datetime = Field(sa_column=moment_column())
    release: str = Field(sa_column=text_column())
    reading_key: int = Field(sa_column=reference_column("reading.key"))


class PageHabitRow(Row, table=True):
    """What a page has shown of its own habits: which lines, products and languages come and go. Bounded, one a page."""

    __tablename__ = "page_habit"
    page_key: int = Field(sa_column=reference_column("page.key", primary=True))
    visits: int
    data: dict[str, object] = Field(sa_column=Column(JSON, nullable=False))


class ReadingStateRow(Row, table=True):
    """A time in which a page was read worse than before: what was lost, and where it went. Open without `ended_key`."""

    __tablename__ = "reading_state"
    __table_args__ = (Index(None, "page_key", "key"), Index(None, "ended_at", "key"))
    key: int | None = Field(default=None, sa_column=key_column())
    page_key: int = Field(sa_column=reference_column("page.key"))
    began_key: int = Field(sa_column=reference_column("capture.key"))
    began_at: datetime = Field(sa_column=moment_column())
    ended_key: int | None = Field(default=None, sa_column=reference_column("capture.key", null=True))
    ended_at: datetime | None = Field(default=None, sa_column=moment_column(null=True))
    data: dict[str, object] = Field(sa_column=Column(JSON, nullable=False))


class RereadRow(Row, table=True):
    """That the history of a page was read anew by a release and its changes assessed again, up to a capture."""

    __tablename__ = "reread"
    page_key: int = Field(sa_column=reference_column("page.key", primary=True))
    release: str = Field(sa_column=Column(Text, primary_key=True))
    through_key: int = Field(sa_column=reference_column("capture.key"))
    captures: int
    differing: int
    ended_at: datetime = Field(sa_column=moment_column())


class ReassessedRow(Row, table=True):
    """A change between two old captures that one release finds and another does not. Beside the changes, never one."""

    __tablename__ = "reassessed"
    __table_args__ = (Index(None, "page_key", "release"), Index(None, "release", "key"))
    key: int | None = Field(default=None, sa_column=key_column())
    page_key: int = Field(sa_column=reference_column("page.key"))
    release: str = Field(sa_column=text_column())
    former: str = Field(sa_column=text_column())  # the release whose readings stood there before
    verdict: str = Field(sa_column=text_column())
    before_key: int = Field(sa_column=reference_column("capture.key"))
    after_key: int = Field(sa_column=reference_column("capture.key"))
    change_class: str = Field(sa_column=text_column())
    severity: int
    effect: str = Field(sa_column=text_column())
    kinds: list[str] = Field(sa_column=Column(JSON, nullable=False))
    subject: str = Field(sa_column=text_column())
    before: str = Field(sa_column=text_column())
    after: str = Field(sa_column=text_column())
    reason: str = Field(sa_column=text_column())
    quotable: bool


class ChangeRow(Row, table=True):
    """A difference between two captures of a page; only its status and `settled_key` ever alter."""

    __tablename__ = "change"
    __table_args__ = (
        Index(None, "page_key", "after_at", "key"),
        Index(None, "platform_key", "after_at", "key"),
        Index(None, "severity", "after_at", "key"),
        Index(None, "change_class", "severity", "after_at", "key"),
        Index(None, "status", "after_at", "key"),
        Index(None, "after_at", "key"),
        Index(None, "after_key"),
    )
    key: int | None = Field(default=None, sa_column=key_column())
    id: str = Field(sa_column=id_column())
    page_key: int = Field(sa_column=reference_column("page.key"))
    platform_key: int = Field(sa_column=reference_column("platform.key"))
    before_key: int | None = Field(default=None, sa_column=reference_column("capture.key", null=True))
    after_key: int = Field(sa_column=reference_column("capture.key"))
    before_at: datetime | None = Field(default=None, sa_column=moment_column(null=True))
    after_at: datetime = Field(sa_column=moment_column())
    status: str = Field(sa_column=text_column())
    settled_key: int | None = Field(default=None, sa_column=reference_column("capture.key", null=True))
    change_class: str = Field(sa_column=text_column())
    severity: int
    effect: str = Field(sa_column=text_column())
    kinds: list[str] = Field(sa_column=Column(JSON, nullable=False))
    subject: str = Field(sa_column=text_column())
    before: str = Field(sa_column=text_column())
    after: str = Field(sa_column=text_column())
    reason: str = Field(sa_column=text_column())
    quotable: bool


class PictureTextRow(Row, table=True):
    """What one release of the recogniser read in one picture: lines with their confidence, or why there are none."""

    __tablename__ = "picture_text"
    sha256: str = Field(sa_column=Column(Digest, primary_key=True))
    engine: str = Field(sa_column=Column(Text, primary_key=True))
    lines: list[list[str | float]] = Field(sa_column=Column(JSON, nullable=False))
    unread: str = Field(sa_column=text_column())
    read_at: datetime = Field(sa_column=moment_column())


class AlertSentRow(Row, table=True):
    """That a change went out on a channel, so that it goes out there once."""

    __tablename__ = "alert_sent"
    change_key: int = Field(sa_column=reference_column("change.key", primary=True))
    channel: str = Field(sa_column=Column(Text, primary_key=True))
    sent_at: datetime = Field(sa_column=moment_column())


class LeaseRow(Row, table=True):
    """Who works on a page now, and until when the others keep away."""

    __tablename__ = "lease"
    page_key: int = Field(sa_column=reference_column("page.key", primary=True))
    holder: str = Field(sa_column=text_column())
    until: datetime = Field(sa_column=moment_column())


class RunRow(Row, table=True):
    """One run over pages; `ended_at` stays empty when it was killed."""

    __tablename__ = "run"
    __table_args__ = (Index(None, "started_at"),)
    key: int | None = Field(default=None, sa_column=key_column())
    id: str = Field(sa_column=id_column())
    mode: str = Field(sa_column=text_column())
    started_at: datetime = Field(sa_column=moment_column())
    ended_at: datetime | None = Field(default=None, sa_column=moment_column(null=True))
    planned: int
    captured: int
    failed: int
    changes: int
    note: str = Field(sa_column=text_column())


class MissedRunRow(Row, table=True):
    """A time at which a page should have been captured and was not: the machine was off, or no cron ran."""

    __tablename__ = "missed_run"
    __table_args__ = (UniqueConstraint("page_key", "due_at"), Index(None, "noticed_at"))
    key: int | None = Field(default=None, sa_column=key_column())
    page_key: int = Field(sa_column=reference_column("page.key"))
    due_at: datetime = Field(sa_column=moment_column())
    noticed_at: datetime = Field(sa_column=moment_column())
    missed: int  # how many due times in a row, `due_at` being the first
