"""Reading a history anew: which captures a release has not read yet, and what it finds that an older one did not.

A page's captures go in the order in which they were put in, so that an interrupted run goes on where it ended. Rows
here never touch a version, nor a change that was told. Functions take the session first and give frozen values.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, delete, exists
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from scrapers.model import Origin, Outcome
from storage.captures import key_of_capture, load_captures
from storage.model import ChangeClass, Difference, Effect, Reassessed, Severity, StoredCapture, Verdict
from storage.pages import key_of_page, keys_of_pages, page_of
from storage.tables import CaptureRow, PageRow, PlatformRow, ReassessedRow, RereadRow, VersionRow

_READABLE = (Outcome.COMPLETE.value, Outcome.PARTIAL.value)
_SEVERITIES = tuple(Severity)


def captures_to_reread(
    session: Session, page_id: str, release: str, *, since: datetime | None = None
) -> tuple[str, ...]:
    """Give the ids of a page's readable captures that this release has not read, in the order they were put in."""
    conditions = [
        col(CaptureRow.page_key) == key_of_page(session, page_id),
        col(CaptureRow.outcome).in_(_READABLE),
        ~exists().where(and_(col(VersionRow.capture_key) == CaptureRow.key, col(VersionRow.release) == release)),
    ]
    if since is not None:
        conditions.append(col(CaptureRow.seen_at) >= since)
    return tuple(session.exec(select(CaptureRow.id).where(*conditions).order_by(col(CaptureRow.key))).all())


def load_captures_by_id(session: Session, ids: Sequence[str]) -> tuple[StoredCapture, ...]:
    """Give captures by their whole ids, in that order; raises NotInArchive for one that is not there."""
    return load_captures(session, [key_of_capture(session, one) for one in ids])


def own_readings(session: Session, page_id: str) -> tuple[tuple[str, dict[str, int]], ...]:
    """Give our own captures of a page by time, each with the key of its reading by every release that read it.

    The releases of a capture go in the order in which their readings were put in.
    """
    rows = session.execute(
        select_columns(col(CaptureRow.id), col(VersionRow.release), col(VersionRow.reading_key))
        .join(CaptureRow, col(CaptureRow.key) == VersionRow.capture_key)
        .where(col(VersionRow.page_key) == key_of_page(session, page_id), col(CaptureRow.origin) == Origin.OWN.value)
        .order_by(col(VersionRow.seen_at), col(CaptureRow.key), col(VersionRow.key))
    ).all()
    found: dict[str, dict[str, int]] = {}
    for capture, release, reading in rows:
        found.setdefault(capture, {})[release] = reading
    return tuple(found.items())


def is_reread(session: Session, page_id: str, release: str) -> bool:
    """Say whether the history of a page was once read anew by a release and assessed."""
    return session.get(RereadRow, (key_of_page(session, page_id), release)) is not None


def last_own_capture_read(session: Session, page_id: str, release: str) -> str:
    """Give the newest of our captures of a page that a release has read, "" for none."""
    query = (
        select(CaptureRow.id)
        .join(VersionRow, col(VersionRow.capture_key) == CaptureRow.key)
        .where(
            col(CaptureRow.page_key) == key_of_page(session, page_id),
            col(CaptureRow.origin) == Origin.OWN.value,
            col(VersionRow.release) == release,
        )
        .order_by(col(CaptureRow.key).desc())
        .limit(1)
    )
    return session.exec(query).first() or ""


def note_reread(
    session: Session,
    page_id: str,
    release: str,
    *,
    through: str,
    captures: int,
    differing: int,
    at: datetime,
    found: Sequence[Reassessed],
) -> None:
    """Note that a page was read anew up to a capture, and put what was found in the place of what was there before."""
    page_key = key_of_page(session, page_id)
    of_release = and_(col(ReassessedRow.page_key) == page_key, col(ReassessedRow.release) == release)
    session.execute(delete(ReassessedRow).where(of_release))
    for one in found:
        difference = one.difference
        session.add(
            ReassessedRow(
                page_key=page_key,
                release=release,
                former=one.former,
                verdict=one.verdict.value,
                before_key=key_of_capture(session, one.before_capture),
                after_key=key_of_capture(session, one.after_capture),
                change_class=difference.change_class.value,
                severity=difference.severity.rank,
                effect=difference.effect.value,
                kinds=list(difference.kinds),
                subject=difference.subject,
                before=difference.before,
                after=difference.after,
                reason=difference.reason,
                quotable=difference.quotable,
            )
        )
    row = session.get(RereadRow, (page_key, release))
    if row is None:
        row = RereadRow(page_key=page_key, release=release, through_key=0, captures=0, differing=0, ended_at=at)
    row.through_key, row.ended_at = key_of_capture(session, through), at
    row.captures += captures
    row.differing += differing
    session.add(row)
    session.flush()


def list_reassessed(
    session: Session, *, pages: Sequence[str] = (), release: str = "", limit: int = 1000
) -> tuple[Reassessed, ...]:
    """List what releases found otherwise than those before them: of pages (ids) or all, the gravest first."""
    before, after = aliased(CaptureRow), aliased(CaptureRow)
    query = (
        select_columns(ReassessedRow, PageRow, col(PlatformRow.name), before, after)
        .join(PageRow, col(PageRow.key) == ReassessedRow.page_key)
        .join(PlatformRow, col(PlatformRow.key) == PageRow.platform_key)
        .join(before, col(before.key) == ReassessedRow.before_key)
        .join(after, col(after.key) == ReassessedRow.after_key)
    )
    if pages:
        query = query.where(col(ReassessedRow.page_key).in_(keys_of_pages(session, pages)))
    if release:
        query = query.where(col(ReassessedRow.release) == release)
    order = col(ReassessedRow.severity).desc(), col(after.seen_at).desc(), col(ReassessedRow.key)
    rows = session.execute(query.order_by(*order).limit(max(1, min(limit, 1000)))).all()
    return tuple(
        Reassessed(
            page=page_of(page, platform),
            release=row.release,
            former=row.former,
            verdict=Verdict(row.verdict),
            before_capture=old.id,
            after_capture=new.id,
            before_at=old.seen_at,
            after_at=new.seen_at,
            difference=_difference_of(row),
        )
        for row, page, platform, old, new in rows
    )


def _difference_of(row: ReassessedRow) -> Difference:
    return Difference(
        change_class=ChangeClass(row.change_class),
        severity=_SEVERITIES[row.severity],
        effect=Effect(row.effect),
        kinds=tuple(row.kinds),
        subject=row.subject,
        before=row.before,
        after=row.after,
        reason=row.reason,
        quotable=row.quotable,
    )
