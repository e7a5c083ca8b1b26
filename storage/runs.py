"""Runs over pages and due times that were missed, for the next run and for `doctor` to tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from storage.errors import NotInArchive
from storage.ids import new_id
from storage.model import WatchedPage
from storage.pages import key_of_page, page_of
from storage.tables import MetaRow, MissedRunRow, PageRow, PlatformRow, RunRow


@dataclass(frozen=True)
class Run:
    """One run; `ended_at` None while it goes on, or for ever when it was killed."""

    id: str
    mode: str  # due, all, page, platform, schedule, demo
    started_at: datetime
    ended_at: datetime | None
    planned: int
    captured: int
    failed: int
    changes: int
    note: str


@dataclass(frozen=True)
class MissedRun:
    """A page was due at `due_at`, and `missed` times in a row, and nobody captured it."""

    page: WatchedPage
    due_at: datetime
    noticed_at: datetime
    missed: int


def start_run(session: Session, mode: str, at: datetime, *, planned: int) -> str:
    """Note that a run begins, and give its id."""
    run_id = new_id("run", at)
    session.add(RunRow(id=run_id, mode=mode, started_at=at, planned=planned, captured=0, failed=0, changes=0, note=""))
    session.flush()
    return run_id


def end_run(
    session: Session, run_id: str, at: datetime, *, captured: int, failed: int, changes: int, note: str = ""
) -> None:
    """Note how a run ended."""
    row = session.exec(select(RunRow).where(RunRow.id == run_id)).first()
    if row is None:
        raise NotInArchive(f"no run {run_id[:80]!r} in the archive; start_run gives the id")
    row.ended_at, row.captured, row.failed, row.changes, row.note = at, captured, failed, changes, note
    session.add(row)
    session.flush()


def last_run(session: Session) -> Run | None:
    """Give the run that started last."""
    found = list_runs(session, limit=1)
    return found[0] if found else None


def list_runs(session: Session, *, limit: int = 20) -> tuple[Run, ...]:
    """Give the last runs, newest first."""
    order = col(RunRow.started_at).desc(), col(RunRow.key).desc()
    rows = session.exec(select(RunRow).order_by(*order).limit(max(1, min(limit, 1000)))).all()
    return tuple(
        Run(
            id=row.id,
            mode=row.mode,
            started_at=row.started_at,
            ended_at=row.ended_at,
            planned=row.planned,
            captured=row.captured,
            failed=row.failed,
            changes=row.changes,
            note=row.note,
        )
        for row in rows
    )


def record_missed(session: Session, page_id: str, due_at: datetime, noticed_at: datetime, *, missed: int = 1) -> bool:
    """Note due times of a page that passed without a capture; False if this first one was noted before."""
    page_key = key_of_page(session, page_id)
    known = select(MissedRunRow.key).where(MissedRunRow.page_key == page_key, MissedRunRow.due_at == due_at)
    if session.exec(known).first() is not None:
        return False
    session.add(MissedRunRow(page_key=page_key, due_at=due_at, noticed_at=noticed_at, missed=missed))
    session.flush()
    return True


def missed_runs(session: Session, *, since: datetime | None = None, limit: int = 100) -> tuple[MissedRun, ...]:
    """Give missed runs, noticed since a moment, newest first."""
    query = (
        select(MissedRunRow, PageRow, PlatformRow.name)
        .join(PageRow, col(PageRow.key) == MissedRunRow.page_key)
        .join(PlatformRow, col(PlatformRow.key) == PageRow.platform_key)
        .order_by(col(MissedRunRow.noticed_at).desc(), col(MissedRunRow.key).desc())
        .limit(max(1, min(limit, 1000)))
    )
    if since is not None:
        query = query.where(col(MissedRunRow.noticed_at) >= since)
    return tuple(
        MissedRun(page=page_of(page, platform), due_at=row.due_at, noticed_at=row.noticed_at, missed=row.missed)
        for row, page, platform in session.exec(query).all()
    )


def read_note(session: Session, name: str) -> str | None:
    """Give a named value of the archive itself."""
    row = session.get(MetaRow, name)
    return None if row is None else row.value


def write_note(session: Session, name: str, value: str) -> None:
    """Set a named value of the archive itself, such as when the heartbeat was last answered."""
    session.merge(MetaRow(name=name, value=value))
    session.flush()
