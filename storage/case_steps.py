"""The steps of cases: what was filed where, until when an answer is due, what came of it.

Functions take the session first. A step is changed as a whole; its id, case and channel stay.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import delete
from sqlmodel import Session, col, select

from storage.case import CaseStep
from storage.case_json import thousandths, yuan
from storage.case_tables import CaseRow, CaseStepRow
from storage.cases import UNFILED, key_of_case, note_event, overwrite_freed, touch_case
from storage.columns import clean_text
from storage.errors import ArchiveError, NotInArchive

MOST = 10_000


def keep_step(session: Session, step: CaseStep) -> None:
    """Keep a new step of a case; a case that is not there raises NotInArchive."""
    row = CaseStepRow(
        id=step.id,
        case_key=key_of_case(session, step.case),
        channel=step.channel,
        filed_at=step.filed_at,
        proof=[],
        receipt_no="",
        due_what="",
        provisional=False,
        outcome="",
        note="",
    )
    _fill(row, step)
    session.add(row)
    session.flush()
    touch_case(session, step.case, step.filed_at)


def change_step(session: Session, step: CaseStep) -> CaseStep:
    """Put a step as it stands now in the place of what was kept; an unknown id raises NotInArchive."""
    row = session.exec(select(CaseStepRow).where(CaseStepRow.id == step.id)).first()
    if row is None:
        raise NotInArchive(f"no step {step.id[:80]!r} in any case; `cardwatch case show CASE` lists them")
    overwrite_freed(session)
    _fill(row, step)
    session.add(row)
    session.flush()
    return _step_of(row, step.case)


def remove_step(session: Session, step_id: str, why: str, at: datetime) -> CaseStep:
    """Take out a step that was recorded by mistake; what it said stays in the history of its case, with the reason.

    Its proofs stay items of the case. An id that is not there raises NotInArchive.
    """
    step = load_step(session, step_id)
    overwrite_freed(session)
    session.connection().execute(delete(CaseStepRow).where(col(CaseStepRow.id) == step.id))
    said: dict[str, object] = {
        "id": step.id,
        "channel": step.channel,
        "filed_at": step.filed_at.isoformat(),
        "proof": list(step.proof),
        "receipt_no": step.receipt_no,
        "outcome": step.outcome,
        "note": step.note,
    }
    note_event(session, step.case, UNFILED, at, [["step", said, None], ["why", None, clean_text(why)]])
    return step


def list_steps(session: Session, case_id: str = "") -> tuple[CaseStep, ...]:
    """List the steps of a case, or of all cases that are not erased, in the order in which they were filed."""
    query = select(CaseStepRow, CaseRow.id).join(CaseRow, col(CaseRow.key) == CaseStepRow.case_key)
    if case_id:
        query = query.where(CaseRow.id == case_id)
    rows = session.exec(query.order_by(col(CaseStepRow.filed_at), col(CaseStepRow.key)).limit(MOST)).all()
    return tuple(_step_of(row, case) for row, case in rows)


def load_step(session: Session, step_id: str) -> CaseStep:
    """Give a step by its id or unique beginning; else NotInArchive."""
    wanted = step_id.strip()
    query = select(CaseStepRow, CaseRow.id).join(CaseRow, col(CaseRow.key) == CaseStepRow.case_key)
    rows = session.exec(query.where(CaseStepRow.id == wanted)).all()
    if not rows and wanted:
        begins = (col(CaseStepRow.id) >= wanted, col(CaseStepRow.id) < wanted + "\x7f")
        rows = session.exec(query.where(*begins).order_by(col(CaseStepRow.id)).limit(6)).all()
    if not rows:
        raise NotInArchive(f"no step {wanted[:80]!r} in any case; `cardwatch case show CASE` lists them")
    if len(rows) > 1:
        names = ", ".join(row.id for row, _ in rows[:5])
        raise NotInArchive(f"several steps begin with {wanted[:80]!r}: {names}; give more of the id")
    return _step_of(*rows[0])


def _fill(row: CaseStepRow, step: CaseStep) -> None:
    row.filed_at, row.receipt_no = step.filed_at, step.receipt_no
    row.proof = [clean_text(one) for one in step.proof]
    row.due_at, row.due_what, row.provisional = step.due_at, step.due_what, step.provisional
    row.accepted_at, row.answered_at = step.accepted_at, step.answered_at
    row.outcome, row.returned, row.note = step.outcome, _amount(step.returned), step.note
    row.reminded_at = step.reminded_at


def _amount(amount: Decimal | None) -> int | None:
    try:
        return None if amount is None else thousandths(amount)
    except ValueError as error:
        raise ArchiveError(f"what came back cannot be kept: {error}") from None


def _step_of(row: CaseStepRow, case: str) -> CaseStep:
    return CaseStep(
        row.id,
        case,
        row.channel,
        row.filed_at,
        tuple(row.proof),
        row.receipt_no,
        row.due_at,
        row.due_what,
        row.provisional,
        row.accepted_at,
        row.answered_at,
        row.outcome,
        None if row.returned is None else yuan(row.returned),
        row.note,
        row.reminded_at,
    )
