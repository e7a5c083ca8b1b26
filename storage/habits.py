"""What was learnt of a page, and when it was read worse than before: small rows beside its versions.

Functions take the session first. The habits of a page are a value of the caller's, kept as JSON; the states of its
reading are a history, of which at most one is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, or_
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from storage.captures import key_of_capture
from storage.model import Lost, ReadingState, WatchedPage
from storage.pages import key_of_page, keys_of_pages, page_of
from storage.tables import CaptureRow, PageHabitRow, PageRow, PlatformRow, ReadingStateRow

MOST = 1000


def load_habits(session: Session, page_id: str) -> tuple[int, dict[str, object]]:
    """Give how many visits were learnt from and what was learnt; (0, {}) of a page that is new."""
    row = session.get(PageHabitRow, key_of_page(session, page_id))
    return (0, {}) if row is None else (row.visits, dict(row.data))


def keep_habits(session: Session, page_id: str, visits: int, data: dict[str, object]) -> None:
    """Put what was learnt in the place of what was known."""
    page_key = key_of_page(session, page_id)
    row = session.get(PageHabitRow, page_key)
    if row is None:
        row = PageHabitRow(page_key=page_key, visits=visits, data=data)
    row.visits, row.data = visits, data
    session.add(row)
    session.flush()


def open_state(session: Session, page_id: str) -> ReadingState | None:
    """Give the state of a page that is read worse than before, None for one that is read well."""
    found = _load(session, [col(ReadingStateRow.page_key) == key_of_page(session, page_id)], open_only=True, limit=1)
    return found[0] if found else None


def list_states(
    session: Session, *, pages: Sequence[str] = (), open_only: bool = False, ended_since: datetime | None = None
) -> tuple[ReadingState, ...]:
    """List states newest first: of pages (ids) or all. `ended_since` leaves out those that ended before."""
    conditions: list[ColumnElement[bool]] = []
    if pages:
        conditions.append(col(ReadingStateRow.page_key).in_(keys_of_pages(session, pages)))
    if ended_since is not None:
        conditions.append(or_(col(ReadingStateRow.ended_at).is_(None), col(ReadingStateRow.ended_at) >= ended_since))
    return _load(session, conditions, open_only=open_only, limit=MOST)


def begin_state(session: Session, state: ReadingState) -> None:
    """Put in a new open state; its `key` is given by the archive."""
    session.add(
        ReadingStateRow(
            page_key=key_of_page(session, state.page.id),
            began_key=key_of_capture(session, state.began_capture),
            began_at=state.began_at,
            data=_data_of(state),
        )
    )
    session.flush()


def update_state(session: Session, state: ReadingState) -> None:
    """Keep what is lost now; with `ended_capture` the state is over."""
    row = session.exec(select(ReadingStateRow).where(ReadingStateRow.key == state.key)).one()
    row.data = _data_of(state)
    row.ended_key = key_of_capture(session, state.ended_capture) if state.ended_capture else None
    row.ended_at = state.ended_at
    session.add(row)
    session.flush()


def _load(
    session: Session, conditions: Sequence[ColumnElement[bool]], *, open_only: bool, limit: int
) -> tuple[ReadingState, ...]:
    began, ended = aliased(CaptureRow), aliased(CaptureRow)
    query = (
        select_columns(ReadingStateRow, PageRow, col(PlatformRow.name), col(began.id), col(ended.id))
        .join(PageRow, col(PageRow.key) == ReadingStateRow.page_key)
        .join(PlatformRow, col(PlatformRow.key) == PageRow.platform_key)
        .join(began, col(began.key) == ReadingStateRow.began_key)
        .outerjoin(ended, col(ended.key) == ReadingStateRow.ended_key)
    )
    for condition in conditions:
        query = query.where(condition)
    if open_only:
        query = query.where(col(ReadingStateRow.ended_key).is_(None))
    rows = session.execute(query.order_by(col(ReadingStateRow.key).desc()).limit(limit)).all()
    return tuple(
        _state_of(row, page_of(page, platform), first, last or "") for row, page, platform, first, last in rows
    )


def _state_of(row: ReadingStateRow, page: WatchedPage, first: str, last: str) -> ReadingState:
    assert row.key is not None
    data = row.data
    lost, selectors = data.get("lost", []), data.get("selectors", [])
    share = data.get("share", 0.0)
    return ReadingState(
        key=row.key,
        page=page,
        began_capture=first,
        began_at=row.began_at,
        ended_capture=last,
        ended_at=row.ended_at,
        lost=tuple(Lost(str(one["text"]), str(one["what"])) for one in lost) if isinstance(lost, list) else (),
        selectors=tuple(map(str, selectors)) if isinstance(selectors, list) else (),
        proposal=str(data.get("proposal", "")),
        share=float(share) if isinstance(share, int | float) else 0.0,
        grave=bool(data.get("grave", False)),
    )


def _data_of(state: ReadingState) -> dict[str, object]:
    return {
        "lost": [asdict(one) for one in state.lost],
        "selectors": list(state.selectors),
        "proposal": state.proposal,
        "share": state.share,
        "grave": state.grave,
    }
