"""What platforms and persons answered to being named: kept for good, and given along wherever they are named.

Functions take the session first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sqlmodel import Session, col, select

from storage.identity import Objection
from storage.identity_tables import ObjectionRow
from storage.keys import KeyFolder
from storage.lookups import key_of_evidence
from storage.record_entries import log_record, moment_told
from storage.tables import EvidenceRow

MOST = 10_000


def keep_objection(session: Session, objection: Objection, keys: KeyFolder) -> None:
    """Keep an objection and its entry in the log; its `evidence` must be kept before, else NotInArchive."""
    made = ObjectionRow(
        id=objection.id,
        about=objection.about,
        by=objection.by,
        text=objection.text,
        received_at=objection.received_at,
        recorded_at=objection.recorded_at,
        evidence_key=key_of_evidence(session, objection.evidence) if objection.evidence else None,
    )
    session.add(made)
    session.flush()
    session.refresh(made)  # bound is what the database gives back
    told = _told_of(_objection_of(made, objection.evidence))
    log_record(session, "objection", objection.id, told, objection.recorded_at, keys)


def told_objections(session: Session) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    """What all objections tell, for the check of the archive."""
    query = select(ObjectionRow, EvidenceRow.id).outerjoin(
        EvidenceRow, col(EvidenceRow.key) == ObjectionRow.evidence_key
    )
    for row, evidence in session.exec(query.order_by(col(ObjectionRow.key))):
        yield "objection", row.id, _told_of(_objection_of(row, evidence or ""))


def list_objections(session: Session, about: Iterable[str] = (), *, limit: int = MOST) -> tuple[Objection, ...]:
    """List the objections about sites, platforms or operators, or all, in the order they were received."""
    wanted = tuple(dict.fromkeys(about))
    query = select(ObjectionRow, EvidenceRow.id).outerjoin(
        EvidenceRow, col(EvidenceRow.key) == ObjectionRow.evidence_key
    )
    if wanted:
        query = query.where(col(ObjectionRow.about).in_(wanted))
    query = query.order_by(col(ObjectionRow.received_at), col(ObjectionRow.key))
    return tuple(
        _objection_of(row, evidence or "")
        for row, evidence in session.exec(query.limit(max(1, min(limit, MOST)))).all()
    )


def _objection_of(row: ObjectionRow, evidence: str) -> Objection:
    return Objection(row.id, row.about, row.by, row.text, row.received_at, row.recorded_at, evidence)


def _told_of(objection: Objection) -> dict[str, object]:
    """What the custody log binds of an objection: all of it."""
    return {
        "about": objection.about,
        "by": objection.by,
        "text": objection.text,
        "received_at": moment_told(objection.received_at),
        "recorded_at": moment_told(objection.recorded_at),
        "evidence": objection.evidence,
    }
