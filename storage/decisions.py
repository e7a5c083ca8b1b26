"""What people decided about two sites (or about a move), and what they took back: dated, never deleted.

Functions take the session first. The last standing decision about two things counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from storage.errors import NotInArchive
from storage.identity import Decision, Verdict
from storage.identity_tables import DecisionRow
from storage.keys import KeyFolder
from storage.record_entries import log_record, moment_told

MOST = 100_000
ABOUT_OPERATOR, ABOUT_MOVE = "operator", "move"
_PART = 400


def keep_decision(session: Session, decision: Decision, keys: KeyFolder) -> None:
    """Keep a decision and its entry in the log; the standing one about the same two things is revoked by it."""
    for row in _standing_rows(session, decision.about, decision.a, decision.b):
        row.revoked_at = decision.made_at
        session.add(row)
        _log_revoked(session, row.id, decision.made_at, keys)
    made = DecisionRow(
        id=decision.id,
        about=decision.about,
        a=decision.a,
        b=decision.b,
        verdict=decision.verdict.value,
        made_at=decision.made_at,
        made_by=decision.made_by,
        reason=decision.reason,
        revoked_at=decision.revoked_at,
    )
    session.add(made)
    session.flush()
    session.refresh(made)  # bound is what the database gives back
    log_record(session, "decision", decision.id, _told_of(made), decision.made_at, keys)
    if decision.revoked_at is not None:
        _log_revoked(session, decision.id, decision.revoked_at, keys)


def revoke_decision(session: Session, decision_id: str, at: datetime, keys: KeyFolder) -> Decision:
    """Take a decision back; it stays, with the moment. Raises NotInArchive for an unknown id."""
    row = session.exec(select(DecisionRow).where(DecisionRow.id == decision_id)).first()
    if row is None:
        raise NotInArchive(f"no decision {decision_id[:80]!r} in the archive; `cardwatch judge` makes them")
    if row.revoked_at is None:
        row.revoked_at = at
        session.add(row)
        session.flush()
        _log_revoked(session, row.id, at, keys)
    return _decision_of(row)


def standing_decision(session: Session, a: str, b: str, *, about: str = ABOUT_OPERATOR) -> Decision | None:
    """Give the decision that stands about two things, None where none does. Of operators the order is all one."""
    rows = _standing_rows(session, about, a, b)
    return _decision_of(rows[-1]) if rows else None


def list_decisions(
    session: Session,
    sites: Iterable[str] = (),
    *,
    about: str = "",
    at: datetime | None = None,
    revoked: bool = False,
    limit: int = MOST,
) -> tuple[Decision, ...]:
    """List the decisions about sites, or all, in the order they were made.

    Those that stand now, or stood `at` a moment; with `revoked` all that were ever made.
    """
    conditions: list[ColumnElement[bool]] = []
    if at is not None:
        conditions.append(col(DecisionRow.made_at) <= at)
        if not revoked:
            conditions.append(or_(col(DecisionRow.revoked_at).is_(None), col(DecisionRow.revoked_at) > at))
    elif not revoked:
        conditions.append(col(DecisionRow.revoked_at).is_(None))
    if about:
        conditions.append(col(DecisionRow.about) == about)
    wanted = list(dict.fromkeys(sites))
    parts = [wanted[start : start + _PART] for start in range(0, len(wanted), _PART)] or [[]]
    found: dict[int, Decision] = {}
    for part in parts:
        named = [or_(col(DecisionRow.a).in_(part), col(DecisionRow.b).in_(part))] if part else []
        query = select(DecisionRow).where(*conditions, *named).order_by(col(DecisionRow.key)).limit(limit)
        found.update({row.key: _decision_of(row) for row in session.exec(query).all() if row.key is not None})
    return tuple(found[key] for key in sorted(found))


def told_decisions(session: Session) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    """What all decisions tell, and when they were taken back, for the check of the archive."""
    for row in session.exec(select(DecisionRow).order_by(col(DecisionRow.key))):
        yield "decision", row.id, _told_of(row)
        if row.revoked_at is not None:
            yield "decision-revoked", row.id, {"revoked_at": moment_told(row.revoked_at)}


def _told_of(row: DecisionRow) -> dict[str, object]:
    """What the custody log binds of a decision: all but the moment at which it was taken back."""
    return {
        "about": row.about,
        "a": row.a,
        "b": row.b,
        "verdict": row.verdict,
        "made_at": moment_told(row.made_at),
        "made_by": row.made_by,
        "reason": row.reason,
    }


def _log_revoked(session: Session, decision_id: str, at: datetime, keys: KeyFolder) -> None:
    log_record(session, "decision-revoked", decision_id, {"revoked_at": moment_told(at)}, at, keys)


def _standing_rows(session: Session, about: str, a: str, b: str) -> list[DecisionRow]:
    same = and_(col(DecisionRow.a) == a, col(DecisionRow.b) == b)
    if about == ABOUT_OPERATOR:
        same = or_(same, and_(col(DecisionRow.a) == b, col(DecisionRow.b) == a))
    query = select(DecisionRow).where(DecisionRow.about == about, col(DecisionRow.revoked_at).is_(None), same)
    return list(session.exec(query.order_by(col(DecisionRow.key))).all())


def _decision_of(row: DecisionRow) -> Decision:
    return Decision(
        row.id, row.about, row.a, row.b, Verdict(row.verdict), row.made_at, row.made_by, row.reason, row.revoked_at
    )
