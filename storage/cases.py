"""The cases: kept, found, changed, closed, erased. Every change of facts stays as an event, so nothing is lost unseen.

Functions take the session first. Nothing of a case is bound into the custody log: it is what the buyer says, and it
may be erased. Of an erased case its id and moments are left, and why it was erased.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import delete, text
from sqlmodel import Session, col, select

from storage.case import Case, Facts
from storage.case_json import facts_json, facts_of, list_differences, thousandths, yuan
from storage.case_tables import CaseEventRow, CaseItemRow, CaseRow, CaseStepRow
from storage.errors import ArchiveError, NotInArchive

MOST = 10_000
OPENED, CHANGED, CLOSED, REOPENED, ERASED, UNFILED = "opened", "changed", "closed", "reopened", "erased", "unfiled"


@dataclass(frozen=True)
class CaseEvent:
    """What happened to a case. `changes` are (fact, before, after) as JSON values of storage.case_json."""

    at: datetime
    kind: str
    changes: tuple[tuple[str, object, object], ...] = ()


def keep_case(session: Session, case: Case) -> None:
    """Keep a new case with its facts; an id that is taken, or an amount that cannot be kept, raises ArchiveError."""
    if session.exec(select(CaseRow.key).where(CaseRow.id == case.id)).first() is not None:
        raise ArchiveError(f"there is a case {case.id} already; changes go through change_case")
    row = CaseRow(
        id=case.id,
        opened_at=case.opened_at,
        updated_at=case.updated_at,
        facts=_facts_json(case.facts),
        closed_at=case.closed_at,
        outcome=case.outcome,
        returned=_amount(case.returned),
        erased_at=case.erased_at,
        erased_why=case.erased_why,
    )
    session.add(row)
    session.flush()
    _note(session, row, OPENED, case.opened_at, list_differences(Facts(), case.facts))


def load_case(session: Session, case_id: str) -> Case:
    """Give the case with this id or unique beginning (`k-` may be left out); else NotInArchive with the reason."""
    return _case_of(_find_row(session, case_id))


def list_cases(session: Session, *, open_only: bool = False) -> tuple[Case, ...]:
    """List the cases in the order in which they were opened, erased ones with them unless only open ones are asked."""
    query = select(CaseRow)
    if open_only:
        query = query.where(col(CaseRow.closed_at).is_(None), col(CaseRow.erased_at).is_(None))
    rows = session.exec(query.order_by(col(CaseRow.opened_at), col(CaseRow.key)).limit(MOST)).all()
    return tuple(_case_of(row) for row in rows)


def change_case(session: Session, case_id: str, facts: Facts, at: datetime) -> Case:
    """Put other facts in the place of those of a case, and keep what they were as an event; equal facts do nothing."""
    row = _living_row(session, case_id)
    overwrite_freed(session)
    before = facts_of(row.facts)
    changes = list_differences(before, facts)
    if changes:
        row.facts = _facts_json(facts)
        _touch(session, row, at)
        _note(session, row, CHANGED, at, changes)
    return _case_of(row)


def close_case(session: Session, case_id: str, outcome: str, returned: Decimal | None, at: datetime) -> Case:
    """Close a case with how it ended and what came back (in yuan; None where that is not known)."""
    row = _living_row(session, case_id)
    if row.closed_at is not None:
        raise ArchiveError(f"case {row.id} was closed already; reopen it to close it in another way")
    row.closed_at, row.outcome, row.returned = at, outcome, _amount(returned)
    _touch(session, row, at)
    _note(session, row, CLOSED, at, [["outcome", None, outcome], ["returned", None, row.returned]])
    return _case_of(row)


def reopen_case(session: Session, case_id: str, at: datetime) -> Case:
    """Take up a closed case again; how it had been closed stays as an event."""
    row = _living_row(session, case_id)
    if row.closed_at is None:
        raise ArchiveError(f"case {row.id} is open")
    changes: list[list[object]] = [["outcome", row.outcome, None], ["returned", row.returned, None]]
    row.closed_at, row.outcome, row.returned = None, "", None
    _touch(session, row, at)
    _note(session, row, REOPENED, at, changes)
    return _case_of(row)


def erase_case(session: Session, case_id: str, why: str, at: datetime) -> Case:
    """Remove facts, steps, events and the words of the items of a case for good, and leave a tombstone.

    The items keep their ids, so that it can be said which evidence belonged to it; destroy the bytes of those with
    storage.evidence.erase_evidence before, and call `forget_overwritten` of the database afterwards.
    """
    row = _living_row(session, case_id)
    overwrite_freed(session)
    for table in (CaseStepRow, CaseEventRow):
        session.connection().execute(delete(table).where(col(table.case_key) == row.key))
    for item in session.exec(select(CaseItemRow).where(CaseItemRow.case_key == row.key)).all():
        item.title = item.shows = item.source = item.text = item.text_source = item.duplicate_of = ""
        item.media_type, item.said_at, item.times, item.conflicts = "", None, [], []
        item.removed_at = item.removed_at or at
        session.add(item)
    row.facts, row.outcome, row.returned = {}, "", None
    row.erased_at, row.erased_why = at, why
    _touch(session, row, at)
    _note(session, row, ERASED, at, [])
    return _case_of(row)


def list_events(session: Session, case_id: str) -> tuple[CaseEvent, ...]:
    """List what happened to a case, oldest first."""
    row = _find_row(session, case_id)
    rows = session.exec(
        select(CaseEventRow).where(CaseEventRow.case_key == row.key).order_by(col(CaseEventRow.key))
    ).all()
    return tuple(
        CaseEvent(event.at, event.kind, tuple((str(name), old, new) for name, old, new in event.changes))
        for event in rows
    )


def note_event(session: Session, case_id: str, kind: str, at: datetime, changes: list[list[object]]) -> None:
    """Keep that something happened to a case that is not erased; `changes` are (name, before, after) as JSON values."""
    row = _living_row(session, case_id)
    _touch(session, row, at)
    _note(session, row, kind, at, changes)


def overwrite_freed(session: Session) -> None:
    """Let SQLite overwrite what this transaction frees: facts that were changed must not outlive their erasure."""
    if session.connection().dialect.name == "sqlite":
        session.connection().execute(text("PRAGMA secure_delete=ON"))


def key_of_case(session: Session, case_id: str) -> int:
    """Give the key of a case that is not erased, for the tables of its items and steps."""
    key = _living_row(session, case_id).key
    assert key is not None
    return key


def touch_case(session: Session, case_id: str, at: datetime) -> None:
    """Note that something of a case is altered at a moment; before what it was is overwritten."""
    overwrite_freed(session)
    _touch(session, _find_row(session, case_id), at)


def _touch(session: Session, row: CaseRow, at: datetime) -> None:
    row.updated_at = max(row.updated_at, at)
    session.add(row)
    session.flush()


def _note(session: Session, row: CaseRow, kind: str, at: datetime, changes: list[list[object]]) -> None:
    assert row.key is not None
    session.add(CaseEventRow(case_key=row.key, at=at, kind=kind, changes=changes))
    session.flush()


def _living_row(session: Session, case_id: str) -> CaseRow:
    row = _find_row(session, case_id)
    if row.erased_at is not None:
        raise ArchiveError(f"case {row.id} was erased ({row.erased_at:%Y-%m-%d} UTC): nothing of it can be altered")
    return row


def _find_row(session: Session, case_id: str) -> CaseRow:
    wanted = case_id.strip()
    row = session.exec(select(CaseRow).where(CaseRow.id == wanted)).first()
    if row is not None:
        return row
    begins = wanted if wanted.startswith("k-") else f"k-{wanted}"
    rows = (
        session.exec(
            select(CaseRow)
            .where(col(CaseRow.id) >= begins, col(CaseRow.id) < begins + "\x7f")
            .order_by(col(CaseRow.id))
            .limit(6)
        ).all()
        if wanted
        else []
    )
    if not rows:
        raise NotInArchive(f"no case {wanted[:80]!r} in the archive; `cardwatch case list` lists them")
    if len(rows) > 1:
        names = ", ".join(one.id for one in rows[:5])
        raise NotInArchive(f"several cases begin with {wanted[:80]!r}: {names}; give more of the id")
    return rows[0]


def _facts_json(facts: Facts) -> dict[str, object]:
    try:
        return facts_json(facts)
    except ValueError as error:
        raise ArchiveError(f"the facts cannot be kept: {error}") from None


def _amount(amount: Decimal | None) -> int | None:
    try:
        return None if amount is None else thousandths(amount)
    except ValueError as error:
        raise ArchiveError(f"what came back cannot be kept: {error}") from None


def _case_of(row: CaseRow) -> Case:
    return Case(
        row.id,
        row.opened_at,
        row.updated_at,
        facts_of(row.facts),
        row.closed_at,
        row.outcome,
        None if row.returned is None else yuan(row.returned),
        row.erased_at,
        row.erased_why,
    )
