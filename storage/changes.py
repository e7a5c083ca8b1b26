"""Changes between captures: put in, settled, listed, and marked as told to a channel.

Lists go newest first (by the capture that showed the change) and continue after a change's id. A change is never
deleted; only its status alters. Functions take the session first and give Change values.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, union_all
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from storage.captures import key_of_capture
from storage.errors import NotInArchive
from storage.model import Change, ChangeClass, ChangeStatus, Difference, Effect, Severity
from storage.pages import key_of_page, key_of_platform, keys_of_pages, page_of
from storage.tables import AlertSentRow, CaptureRow, ChangeRow, PageRow, PlatformRow

MOST = 1000
"""No list is longer than this; ask again after its last id."""

_SEVERITIES = tuple(Severity)


def insert_changes(session: Session, changes: Iterable[Change]) -> None:
    """Put in changes; their pages and captures must be there."""
    for change in changes:
        page = session.exec(select(PageRow).where(PageRow.id == change.page.id)).one()
        assert page.key is not None
        difference = change.difference
        session.add(
            ChangeRow(
                id=change.id,
                page_key=page.key,
                platform_key=page.platform_key,
                before_key=key_of_capture(session, change.before_capture) if change.before_capture else None,
                after_key=key_of_capture(session, change.after_capture),
                before_at=change.before_at,
                after_at=change.after_at,
                status=change.status.value,
                settled_key=key_of_capture(session, change.settled_by) if change.settled_by else None,
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
    session.flush()


def set_status(session: Session, change_ids: Iterable[str], status: ChangeStatus, settled_by: str) -> None:
    """Say that a capture (its id) confirmed pending changes or showed that they blinked.

    Raises NotInArchive for an unknown change and ValueError for one that is settled already.
    """
    capture_key = key_of_capture(session, settled_by)
    for change_id in change_ids:
        row = session.exec(select(ChangeRow).where(ChangeRow.id == change_id)).first()
        if row is None:
            raise NotInArchive(f"no change {change_id[:80]!r} in the archive; `cardwatch changes` lists them")
        if row.status != ChangeStatus.PENDING.value:
            raise ValueError(f"change {change_id} is {row.status} already and cannot become {status.value}")
        row.status = status.value
        row.settled_key = capture_key
        session.add(row)
    session.flush()


def get_change(session: Session, change_id: str) -> Change:
    """Give the change with this id; raise NotInArchive."""
    key = session.exec(select(ChangeRow.key).where(ChangeRow.id == change_id.strip())).first()
    if key is None:
        raise NotInArchive(f"no change {change_id[:80]!r} in the archive; `cardwatch changes` lists them")
    return _load_changes(session, [key])[0]


def pending_changes(session: Session, page_id: str) -> tuple[Change, ...]:
    """Give the changes of a page that wait for a second capture, oldest first."""
    query = (
        select(ChangeRow.key)
        .where(ChangeRow.page_key == key_of_page(session, page_id), ChangeRow.status == ChangeStatus.PENDING.value)
        .order_by(col(ChangeRow.after_at), col(ChangeRow.key))
    )
    return _load_changes(session, [key for key in session.exec(query).all() if key is not None])


def changes_of_capture(session: Session, capture_id: str) -> tuple[Change, ...]:
    """Give the changes that a capture was the first to show, gravest first."""
    query = (
        select(ChangeRow.key)
        .where(ChangeRow.after_key == key_of_capture(session, capture_id))
        .order_by(col(ChangeRow.severity).desc(), col(ChangeRow.key))
        .limit(MOST)
    )
    return _load_changes(session, [key for key in session.exec(query).all() if key is not None])


def list_changes(
    session: Session,
    *,
    pages: Sequence[str] = (),
    platform: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    min_severity: Severity = Severity.NONE,
    classes: Sequence[ChangeClass] = (),
    status: ChangeStatus | None = None,
    after: str = "",
    limit: int = 50,
) -> tuple[Change, ...]:
    """List changes newest first: of pages (ids), of a platform, or all; shown from `since` to `until`, both included.

    `after` is the id of the last change of the list before; an unknown one raises NotInArchive.
    """
    shared = _time_conditions(session, since, until, after)
    words = [kind.value for kind in classes]
    ranks = [severity.rank for severity in _SEVERITIES if severity.rank >= min_severity.rank]
    narrowed = len(ranks) < len(_SEVERITIES)
    branches: list[list[ColumnElement[bool]]]
    if status is not None:
        shared.append(col(ChangeRow.status) == status.value)
    if pages or platform:
        if narrowed:
            shared.append(col(ChangeRow.severity) >= min_severity.rank)
        if words:
            shared.append(col(ChangeRow.change_class).in_(words))
        branches = _branches_of_place(session, pages, platform)
    elif words:
        severity, kind = col(ChangeRow.severity), col(ChangeRow.change_class)
        branches = [[kind == word, severity == rank] for word in words for rank in ranks]
    elif narrowed:
        branches = [[col(ChangeRow.severity) == rank] for rank in ranks]
    else:
        branches = [[]]
    return _load_changes(session, _newest_keys(session, [[*branch, *shared] for branch in branches], limit))


def unalerted(
    session: Session,
    channel: str,
    *,
    min_severity: Severity = Severity.NONE,
    statuses: Sequence[ChangeStatus] = (),
    since: datetime | None = None,
    limit: int = MOST,
) -> tuple[Change, ...]:
    """Give the changes that were not told to a channel yet, gravest first and then oldest first.

    `since` bounds how far back a new channel is told; `statuses` empty means any.
    """
    sent = (
        select(AlertSentRow.change_key)
        .where(col(AlertSentRow.change_key) == ChangeRow.key, AlertSentRow.channel == channel)
        .exists()
    )
    # The sum keeps the database from choosing the index of severities, which holds most of the history; the one of
    # times is narrow where `since` is given.
    query = select(ChangeRow.key).where(~sent, col(ChangeRow.severity) + 0 >= min_severity.rank)
    if statuses:
        query = query.where(col(ChangeRow.status).in_([status.value for status in statuses]))
    if since is not None:
        query = query.where(col(ChangeRow.after_at) >= since)
    order = col(ChangeRow.severity).desc(), col(ChangeRow.after_at), col(ChangeRow.key)
    keys = session.exec(query.order_by(*order).limit(max(1, min(limit, MOST)))).all()
    return _load_changes(session, [key for key in keys if key is not None])


def mark_alerted(session: Session, change_ids: Iterable[str], channel: str, at: datetime) -> None:
    """Note that changes went out on a channel; those noted already stay as they are."""
    for change_id in change_ids:
        key = session.exec(select(ChangeRow.key).where(ChangeRow.id == change_id)).first()
        if key is None:
            raise NotInArchive(f"no change {change_id[:80]!r} in the archive; `cardwatch changes` lists them")
        if session.get(AlertSentRow, (key, channel)) is None:
            session.add(AlertSentRow(change_key=key, channel=channel, sent_at=at))
    session.flush()


def _time_conditions(
    session: Session, since: datetime | None, until: datetime | None, after: str
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    shown, key = col(ChangeRow.after_at), col(ChangeRow.key)
    if since is not None:
        conditions.append(shown >= since)
    if until is not None:
        conditions.append(shown <= until)
    if after:
        row = session.exec(select(ChangeRow.after_at, ChangeRow.key).where(ChangeRow.id == after)).first()
        if row is None:
            raise NotInArchive(f"no change {after[:80]!r} to continue after; give the `next` of the list before")
        last_shown, last_key = row
        # The first half is implied by the second, but lets the database begin in its index at the right place.
        conditions += [shown <= last_shown, or_(shown < last_shown, key < last_key)]
    return conditions


def _branches_of_place(session: Session, pages: Sequence[str], platform: str) -> list[list[ColumnElement[bool]]]:
    if pages:
        return [[col(ChangeRow.page_key) == key] for key in keys_of_pages(session, pages)]
    key = key_of_platform(session, platform)
    return [] if key is None else [[col(ChangeRow.platform_key) == key]]


def _newest_keys(session: Session, branches: Sequence[Sequence[ColumnElement[bool]]], limit: int) -> list[int]:
    """Give the keys of the newest changes of several index ranges, each read no further than the limit."""
    if not branches:
        return []
    count = max(1, min(limit, MOST))
    shown, key = col(ChangeRow.after_at), col(ChangeRow.key)
    parts = [
        select_columns(
            select_columns(shown, key).where(*conditions).order_by(shown.desc(), key.desc()).limit(count).subquery()
        )
        for conditions in branches
    ]
    both = union_all(*parts).subquery()
    query = select_columns(both.c.key).order_by(both.c.after_at.desc(), both.c.key.desc()).limit(count)
    return list(session.scalars(query).all())


def _load_changes(session: Session, keys: Sequence[int]) -> tuple[Change, ...]:
    if not keys:
        return ()
    before, after, settled = aliased(CaptureRow), aliased(CaptureRow), aliased(CaptureRow)
    query = (
        select_columns(ChangeRow, PageRow, col(PlatformRow.name), col(before.id), col(after.id), col(settled.id))
        .join(PageRow, col(PageRow.key) == ChangeRow.page_key)
        .join(PlatformRow, col(PlatformRow.key) == PageRow.platform_key)
        .outerjoin(before, col(before.key) == ChangeRow.before_key)
        .join(after, col(after.key) == ChangeRow.after_key)
        .outerjoin(settled, col(settled.key) == ChangeRow.settled_key)
        .where(col(ChangeRow.key).in_(keys))
    )
    found = {
        row.key: Change(
            id=row.id,
            page=page_of(page, platform),
            before_capture=before_id or "",
            after_capture=after_id,
            before_at=row.before_at,
            after_at=row.after_at,
            status=ChangeStatus(row.status),
            settled_by=settled_id or "",
            difference=_difference_of(row),
        )
        for row, page, platform, before_id, after_id, settled_id in session.execute(query).all()
    }
    return tuple(found[key] for key in keys)


def _difference_of(row: ChangeRow) -> Difference:
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
