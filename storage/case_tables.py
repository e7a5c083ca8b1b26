"""The tables of disputes: cases, what was changed in them, their evidence items and steps. Part of storage.tables.

What the buyer says is personal data and may be erased, so nothing of it is bound into the custody log; evidence items
are in the log by themselves. Facts, times and proofs are JSON in the form of storage.case_json.
"""

from datetime import datetime

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field

from storage.columns import (
    SurrogateKey,
    id_column,
    key_column,
    moment_column,
    reference_column,
    text_column,
)
from storage.tables import Row


class CaseRow(Row, table=True):
    """A case as it stands now. Erased, it keeps its id and its moments only. `returned` is in thousandths of a yuan."""

    __tablename__ = "case_record"
    __table_args__ = (Index(None, "closed_at"),)
    key: int | None = Field(default=None, sa_column=key_column())
    id: str = Field(sa_column=id_column())
    opened_at: datetime = Field(sa_column=moment_column())
    updated_at: datetime = Field(sa_column=moment_column())
    facts: dict[str, object] = Field(sa_column=Column(JSON, nullable=False))
    closed_at: datetime | None = Field(default=None, sa_column=moment_column(null=True))
    outcome: str = Field(sa_column=text_column())
    returned: int | None = Field(default=None, sa_column=Column(SurrogateKey, nullable=True))
    erased_at: datetime | None = Field(default=None, sa_column=moment_column(null=True))
    erased_why: str = Field(sa_column=text_column())


class CaseEventRow(Row, table=True):
    """What happened to a case: opened, changed (fact by fact, before and after), closed, reopened, erased."""

    __tablename__ = "case_event"
    __table_args__ = (Index(None, "case_key", "at"),)
    key: int | None = Field(default=None, sa_column=key_column())
    case_key: int = Field(sa_column=reference_column("case_record.key"))
    at: datetime = Field(sa_column=moment_column())
    kind: str = Field(sa_column=text_column())
    changes: list[list[object]] = Field(sa_column=Column(JSON, nullable=False))


class CaseItemRow(Row, table=True):
    """An evidence item in a case. Taken out, it stays with the moment; its bytes are those of the evidence row."""

    __tablename__ = "case_item"
    __table_args__ = (Index(None, "case_key", "added_at"), Index(None, "evidence_key"))
    key: int | None = Field(default=None, sa_column=key_column())
    id: str = Field(sa_column=id_column())
    case_key: int = Field(sa_column=reference_column("case_record.key"))
    evidence_key: int = Field(sa_column=reference_column("evidence.key"))
    kind: str = Field(sa_column=text_column())
    stage: str = Field(sa_column=text_column())
    title: str = Field(sa_column=text_column())
    shows: str = Field(sa_column=text_column())
    source: str = Field(sa_column=text_column())
    added_at: datetime = Field(sa_column=moment_column())
    media_type: str = Field(sa_column=text_column())
    said_at: datetime | None = Field(default=None, sa_column=moment_column(null=True))
    times: list[object] = Field(sa_column=Column(JSON, nullable=False))
    conflicts: list[str] = Field(sa_column=Column(JSON, nullable=False))
    text: str = Field(sa_column=text_column())
    text_source: str = Field(sa_column=text_column())
    duplicate_of: str = Field(sa_column=text_column())
    removed_at: datetime | None = Field(default=None, sa_column=moment_column(null=True))


class CaseStepRow(Row, table=True):
    """What was filed where, until when an answer is due, and what came of it."""

    __tablename__ = "case_step"
    __table_args__ = (Index(None, "case_key", "filed_at"), Index(None, "answered_at", "due_at"))
    key: int | None = Field(default=None, sa_column=key_column())
    id: str = Field(sa_column=id_column())
    case_key: int = Field(sa_column=reference_column("case_record.key"))
    channel: str = Field(sa_column=text_column())
    filed_at: datetime = Field(sa_column=moment_column())
    proof: list[str] = Field(sa_column=Column(JSON, nullable=False))
    receipt_no: str = Field(sa_column=text_column())
    due_at: datetime | None = Field(default=None, sa_column=moment_column(null=True))
    due_what: str = Field(sa_column=text_column())
    provisional: bool
    accepted_at: datetime | None = Field(default=None, sa_column=moment_column(null=True))
    answered_at: datetime | None = Field(default=None, sa_column=moment_column(null=True))
    outcome: str = Field(sa_column=text_column())
    returned: int | None = Field(default=None, sa_column=Column(SurrogateKey, nullable=True))
    note: str = Field(sa_column=text_column())
    reminded_at: datetime | None = Field(default=None, sa_column=moment_column(null=True))
