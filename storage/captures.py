"""Kept captures: put in once, found by id, listed by page, platform or time.

Lists go newest first (by the time a page was seen) and continue after a capture's id, so that pages of a list stay
the same while captures are added. Functions take the session first and give StoredCapture values.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, union_all
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from scrapers.model import Origin, Outcome
from storage.artifacts import StoredObject, insert_objects, key_of_object
from storage.errors import NotInArchive
from storage.model import StoredCapture
from storage.pages import key_of_page, key_of_platform, keys_of_pages, page_of
from storage.tables import ArtifactRow, CaptureArtifactRow, CaptureRow, PageRow, PlatformRow

MOST = 1000
"""No list is longer than this; ask again after its last id."""

_WARC, _MANIFEST = "warc", "manifest"


def insert_capture(session: Session, capture: StoredCapture, objects: Sequence[StoredObject]) -> None:
    """Put in a capture and the objects it is made of; `capture.warc` and `.manifest` name two of them ("" for none)."""
    insert_objects(session, objects)
    page = session.exec(select(PageRow).where(PageRow.id == capture.page.id)).one()
    assert page.key is not None
    row = CaptureRow(
        id=capture.id,
        page_key=page.key,
        platform_key=page.platform_key,
        started_at=capture.started_at,
        ended_at=capture.ended_at,
        seen_at=capture.seen_at,
        claimed_at=capture.claimed_at,
        outcome=capture.outcome.value,
        reason=capture.reason,
        detail=capture.detail,
        missing=[list(pair) for pair in capture.missing],
        status=capture.status,
        final_url=capture.final_url,
        title=capture.title,
        warc_bytes=capture.warc_bytes,
        certificate_error=capture.certificate_error,
        full_views=capture.full_views,
        origin=capture.origin.value,
        source_file=capture.source_file,
        previous_key=key_of_capture(session, capture.previous) if capture.previous else None,
        log_index=capture.log_index,
    )
    session.add(row)
    session.flush()
    assert row.key is not None
    for role, sha256 in ((_WARC, capture.warc), (_MANIFEST, capture.manifest)):
        if sha256:
            link = CaptureArtifactRow(capture_key=row.key, role=role, artifact_key=key_of_object(session, sha256))
            session.add(link)
    session.flush()


def get_capture(session: Session, capture_id: str) -> StoredCapture:
    """Give the capture with this id or unique beginning; raise NotInArchive with the reason."""
    wanted = capture_id.strip()
    keys = session.exec(select(CaptureRow.key).where(CaptureRow.id == wanted)).all()
    if not keys and wanted:
        begins = (col(CaptureRow.id) >= wanted, col(CaptureRow.id) < wanted + "\x7f")
        keys = session.exec(select(CaptureRow.key).where(*begins).order_by(col(CaptureRow.id)).limit(6)).all()
    if not keys:
        raise NotInArchive(f"no capture {wanted[:80]!r} in the archive; `cardwatch history` lists them")
    found = load_captures(session, [key for key in keys if key is not None])
    if len(found) > 1:
        names = ", ".join(capture.id for capture in found[:5])
        raise NotInArchive(f"several captures begin with {wanted[:80]!r}: {names}; give more of the id")
    return found[0]


def list_captures(
    session: Session,
    *,
    pages: Sequence[str] = (),
    platform: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    outcomes: Sequence[Outcome] = (),
    after: str = "",
    limit: int = 50,
) -> tuple[StoredCapture, ...]:
    """List captures newest first: of pages (ids), of a platform, or all; seen from `since` to `until`, both included.

    `after` is the id of the last capture of the list before; an unknown one raises NotInArchive.
    """
    shared = _time_conditions(session, since, until, after)
    wanted = [outcome.value for outcome in outcomes] or [outcome.value for outcome in Outcome]
    branches: list[list[ColumnElement[bool]]]
    if pages:
        kept = [col(CaptureRow.outcome).in_(wanted)] if outcomes else []
        branches = [[col(CaptureRow.page_key) == key, *kept] for key in keys_of_pages(session, pages)]
    elif platform:
        key = key_of_platform(session, platform)
        if key is None:
            return ()
        branches = [[col(CaptureRow.platform_key) == key, col(CaptureRow.outcome) == word] for word in wanted]
    else:
        branches = [[col(CaptureRow.outcome) == word] for word in wanted]
    return load_captures(session, _newest_keys(session, [[*branch, *shared] for branch in branches], limit))


def last_capture(session: Session, page_id: str, *, origin: Origin | None = Origin.OWN) -> StoredCapture | None:
    """Give the capture of a page that started last; imports only count with `origin` None or IMPORTED."""
    query = (
        select(CaptureRow.key)
        .where(CaptureRow.page_key == key_of_page(session, page_id))
        .order_by(col(CaptureRow.started_at).desc(), col(CaptureRow.key).desc())
    )
    if origin is not None:
        query = query.where(CaptureRow.origin == origin.value)
    key = session.exec(query.limit(1)).first()
    return None if key is None else load_captures(session, [key])[0]


def last_starts(session: Session) -> dict[str, datetime]:
    """Give for every page that has captures of our own when the last one started, by page id."""
    newest = (
        select_columns(col(CaptureRow.started_at))
        .where(col(CaptureRow.page_key) == PageRow.key, col(CaptureRow.origin) == Origin.OWN.value)
        .order_by(col(CaptureRow.started_at).desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(select_columns(col(PageRow.id), newest)).all()
    return {page: started for page, started in rows if started is not None}


def captures_around(
    session: Session, page_id: str, at: datetime, *, outcomes: Sequence[Outcome] = ()
) -> tuple[StoredCapture | None, StoredCapture | None]:
    """Give the last capture of a page seen at or before a moment, and the first one seen after it."""
    kept = [col(CaptureRow.page_key) == key_of_page(session, page_id)]
    if outcomes:
        kept.append(col(CaptureRow.outcome).in_([outcome.value for outcome in outcomes]))
    before = select(CaptureRow.key).where(*kept, CaptureRow.seen_at <= at)
    after = select(CaptureRow.key).where(*kept, CaptureRow.seen_at > at)
    order = col(CaptureRow.seen_at), col(CaptureRow.key)
    keys = (
        session.exec(before.order_by(*(part.desc() for part in order)).limit(1)).first(),
        session.exec(after.order_by(*order).limit(1)).first(),
    )
    found = [None if key is None else load_captures(session, [key])[0] for key in keys]
    return found[0], found[1]


def load_captures(session: Session, keys: Sequence[int]) -> tuple[StoredCapture, ...]:
    """Give the captures with these keys, in the order of the keys."""
    if not keys:
        return ()
    objects = {_WARC: aliased(ArtifactRow), _MANIFEST: aliased(ArtifactRow)}
    links = {role: aliased(CaptureArtifactRow) for role in objects}
    before = aliased(CaptureRow)
    query = (
        select_columns(
            CaptureRow,
            PageRow,
            col(PlatformRow.name),
            col(objects[_WARC].sha256),
            col(objects[_MANIFEST].sha256),
            col(before.id),
        )
        .join(PageRow, col(PageRow.key) == CaptureRow.page_key)
        .join(PlatformRow, col(PlatformRow.key) == PageRow.platform_key)
        .outerjoin(before, col(before.key) == CaptureRow.previous_key)
    )
    for role, link in links.items():
        held = and_(col(link.capture_key) == CaptureRow.key, col(link.role) == role)
        query = query.outerjoin(link, held).outerjoin(objects[role], col(objects[role].key) == link.artifact_key)
    rows = session.execute(query.where(col(CaptureRow.key).in_(keys))).all()
    found = {
        row.key: _capture_of(row, page, platform, warc or "", manifest or "", previous or "")
        for row, page, platform, warc, manifest, previous in rows
    }
    return tuple(found[key] for key in keys)


def has_captures(session: Session) -> bool:
    """Say whether any capture is known."""
    return session.exec(select(CaptureRow.key).limit(1)).first() is not None


def key_of_capture(session: Session, capture_id: str) -> int:
    """Give a capture's key by its whole id; raise NotInArchive."""
    key = session.exec(select(CaptureRow.key).where(CaptureRow.id == capture_id)).first()
    if key is None:
        raise NotInArchive(f"no capture {capture_id[:80]!r} in the archive; `cardwatch history` lists them")
    return key


def _time_conditions(
    session: Session, since: datetime | None, until: datetime | None, after: str
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    seen, key = col(CaptureRow.seen_at), col(CaptureRow.key)
    if since is not None:
        conditions.append(seen >= since)
    if until is not None:
        conditions.append(seen <= until)
    if after:
        row = session.exec(select(CaptureRow.seen_at, CaptureRow.key).where(CaptureRow.id == after)).first()
        if row is None:
            raise NotInArchive(f"no capture {after[:80]!r} to continue after; give the `next` of the list before")
        last_seen, last_key = row
        # The first half is implied by the second, but lets the database begin in its index at the right place.
        conditions += [seen <= last_seen, or_(seen < last_seen, key < last_key)]
    return conditions


def _newest_keys(session: Session, branches: Sequence[Sequence[ColumnElement[bool]]], limit: int) -> list[int]:
    """Give the keys of the newest captures of several index ranges, each read no further than the limit."""
    if not branches:
        return []
    count = max(1, min(limit, MOST))
    seen, key = col(CaptureRow.seen_at), col(CaptureRow.key)
    parts: list[Select[tuple[datetime, int | None]]] = []
    for conditions in branches:
        part = select_columns(seen, key).where(*conditions).order_by(seen.desc(), key.desc()).limit(count)
        parts.append(select_columns(part.subquery()))
    both = union_all(*parts).subquery()
    query = select_columns(both.c.key).order_by(both.c.seen_at.desc(), both.c.key.desc()).limit(count)
    return list(session.scalars(query).all())


def _capture_of(
    row: CaptureRow, page: PageRow, platform: str, warc: str, manifest: str, previous: str
) -> StoredCapture:
    return StoredCapture(
        id=row.id,
        page=page_of(page, platform),
        started_at=row.started_at,
        ended_at=row.ended_at,
        outcome=Outcome(row.outcome),
        reason=row.reason,
        detail=row.detail,
        missing=tuple((what, why) for what, why in row.missing),
        status=row.status,
        final_url=row.final_url,
        title=row.title,
        warc=warc,
        warc_bytes=row.warc_bytes,
        manifest=manifest,
        certificate_error=row.certificate_error,
        full_views=row.full_views,
        origin=Origin(row.origin),
        claimed_at=row.claimed_at,
        source_file=row.source_file,
        previous=previous,
        log_index=row.log_index,
    )
