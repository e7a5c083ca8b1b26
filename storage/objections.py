"""What platforms and persons answered to being named: kept for good, and given along wherever they are named.

Functions take the session first.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session, col, select

from storage.identity import Objection
from storage.identity_tables import ObjectionRow
from storage.lookups import key_of_evidence
from storage.tables import EvidenceRow

MOST = 10_000


def keep_objection(session: Session, objection: Objection) -> None:
    """Keep an objection; its `evidence` must be kept before, else NotInArchive."""
    session.add(
        ObjectionRow(
            id=objection.id,
            about=objection.about,
            by=objection.by,
            text=objection.text,
            received_at=objection.received_at,
            recorded_at=objection.recorded_at,
            evidence_key=key_of_evidence(session, objection.evidence) if objection.evidence else None,
        )
    )
    session.flush()


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
        Objection(row.id, row.about, row.by, row.text, row.received_at, row.recorded_at, evidence or "")
        for row, evidence in session.exec(query.limit(max(1, min(limit, MOST)))).all()
    )
