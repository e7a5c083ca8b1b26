"""Leases: who works on a page now, so that two runners at once never capture it twice.

A lease ends by itself, so a killed runner holds a page no longer than its time. Call inside `Database.writing()`: the
write lock makes taking atomic among processes on SQLite, the row and its primary key on PostgreSQL.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, or_, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from storage.pages import key_of_page
from storage.tables import LeaseRow

_FARTHEST = timedelta(days=1)  # no visit takes so long: a lease beyond it was taken by a clock that ran ahead


def take_lease(session: Session, page_id: str, holder: str, at: datetime, seconds: float) -> bool:
    """Take a page for so many seconds; False if somebody holds it, even this same holder (see renew_lease)."""
    page_key = key_of_page(session, page_id)
    until = at + timedelta(seconds=seconds)
    over = or_(col(LeaseRow.until) <= at, col(LeaseRow.until) > max(until, at + _FARTHEST))
    lapsed = update(LeaseRow).where(col(LeaseRow.page_key) == page_key, over)
    if _changed(session.execute(lapsed.values(holder=holder, until=until))):
        return True
    try:
        with session.begin_nested():
            session.execute(insert(LeaseRow).values(page_key=page_key, holder=holder, until=until))
    except IntegrityError:
        return False
    return True


def renew_lease(session: Session, page_id: str, holder: str, at: datetime, seconds: float) -> bool:
    """Hold a page for so many seconds from now on; False if the lease was lost to another or given back."""
    mine = col(LeaseRow.page_key) == key_of_page(session, page_id), col(LeaseRow.holder) == holder
    return _changed(session.execute(update(LeaseRow).where(*mine).values(until=at + timedelta(seconds=seconds))))


def release_lease(session: Session, page_id: str, holder: str) -> bool:
    """Give a page back; False if this holder does not hold it."""
    mine = col(LeaseRow.page_key) == key_of_page(session, page_id), col(LeaseRow.holder) == holder
    return _changed(session.execute(delete(LeaseRow).where(*mine)))


def lease_of(session: Session, page_id: str, at: datetime) -> tuple[str, datetime] | None:
    """Give who holds a page at a moment, and until when."""
    query = select(LeaseRow).where(LeaseRow.page_key == key_of_page(session, page_id), LeaseRow.until > at)
    row = session.exec(query).first()
    return None if row is None else (row.holder, row.until)


def _changed(result: object) -> bool:
    assert isinstance(result, CursorResult)
    return bool(result.rowcount)
