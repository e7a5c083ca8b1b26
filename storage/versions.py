"""Versions: the readings of captures, kept once for each distinct content, found by page and time.

A version is known at its captures only; `versions_around` gives the two between which nothing was seen. Functions take
the session first and give Version values. Of several releases that read one capture, the one put in last counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from scrapers.model import Origin, Outcome, Reading, Source
from storage.captures import load_captures
from storage.model import StoredCapture, Version
from storage.pages import key_of_page
from storage.readings import digest_reading, digest_text, pack_reading, unpack_reading, unpack_text
from storage.search import index_text, keep_text
from storage.tables import CaptureRow, PageRow, ReadingRow, TextRow, VersionRow

_LOOK_BACK = 2000
"""How many versions `last_versions` looks through for distinct ones."""


def insert_version(session: Session, version: Version, forms: Mapping[str, str] | None = None) -> None:
    """Put in a version; `forms` names the digests of the reading's normal forms. The capture must be there.

    A second version of a capture by the same release changes nothing.
    """
    row = session.exec(select(CaptureRow).where(CaptureRow.id == version.capture_id)).one()
    assert row.key is not None
    there = session.execute(
        select_columns(col(VersionRow.release), col(VersionRow.reading_key)).where(
            col(VersionRow.capture_key) == row.key
        )
    ).all()
    if any(release == version.reading.release for release, _ in there):
        return
    reading_key = _keep_reading(session, version.reading, forms or {})
    # what another release read the same is indexed already
    told = any(known == reading_key for _, known in there)
    for text, source in () if told else _texts_of(version.reading):
        index_text(
            session,
            text,
            page_key=row.page_key,
            capture_key=row.key,
            seen_at=row.seen_at,
            source=source,
            origin=Origin(row.origin),
        )
    session.add(
        VersionRow(
            id=version.id,
            capture_key=row.key,
            page_key=row.page_key,
            seen_at=row.seen_at,
            release=version.reading.release,
            reading_key=reading_key,
        )
    )
    session.flush()


def get_version(session: Session, capture_id: str, release: str = "") -> Version | None:
    """Give the version of a capture by a release, or the one put in last; None if it was not read."""
    conditions = [col(CaptureRow.id) == capture_id]
    if release:
        conditions.append(col(VersionRow.release) == release)
    found = _load_versions(session, conditions, newest_first=True, limit=1)
    return found[0] if found else None


def versions_around(
    session: Session, page_id: str, at: datetime, *, origin: Origin | None = None
) -> tuple[Version | None, Version | None]:
    """Give the last version of a page seen at or before a moment, and the first one seen after it.

    A file that was brought in without a time stands nowhere in time and is left out.
    """
    placed = or_(col(CaptureRow.origin) == Origin.OWN.value, col(CaptureRow.claimed_at).is_not(None))
    conditions = [*_of_page(session, page_id, origin), placed]
    before = _load_versions(session, [*conditions, col(VersionRow.seen_at) <= at], newest_first=True, limit=1)
    after = _load_versions(session, [*conditions, col(VersionRow.seen_at) > at], newest_first=False, limit=1)
    return (before[0] if before else None), (_newest_release(session, after[0]) if after else None)


def previous_version(session: Session, version: Version, *, origin: Origin | None = None) -> Version | None:
    """Give the version of the same page seen last before this one."""
    conditions = [*_of_page(session, version.page_id, origin), col(VersionRow.seen_at) < version.seen_at]
    found = _load_versions(session, conditions, newest_first=True, limit=1)
    return found[0] if found else None


def last_versions(
    session: Session, page_id: str, count: int, *, before: datetime | None = None, origin: Origin | None = None
) -> tuple[Version, ...]:
    """Give the last versions of a page that differ from each other, newest first, at most `count`.

    Each stands for the newest capture that showed it; `before` leaves out what was seen then or later.
    """
    conditions = _of_page(session, page_id, origin)
    if before is not None:
        conditions.append(col(VersionRow.seen_at) < before)
    order = col(VersionRow.seen_at).desc(), col(VersionRow.key).desc()
    query = select(VersionRow.key, VersionRow.reading_key).where(*conditions)
    if origin is not None:
        query = query.join(CaptureRow, col(CaptureRow.key) == VersionRow.capture_key)
    chosen: dict[int, int] = {}
    for key, reading_key in session.exec(query.order_by(*order).limit(_LOOK_BACK)):
        if key is not None and reading_key not in chosen:
            chosen[reading_key] = key
        if len(chosen) == count:
            break
    return _load_versions(session, [col(VersionRow.key).in_(chosen.values())], newest_first=True, limit=count)


def unread_captures(session: Session, *, limit: int = 500) -> tuple[StoredCapture, ...]:
    """Give those of our last `limit` captures of readable pages that have no version, oldest first."""
    readable = [Outcome.COMPLETE.value, Outcome.PARTIAL.value]
    newest = (
        select_columns(col(CaptureRow.key))
        .where(col(CaptureRow.origin) == Origin.OWN.value, col(CaptureRow.outcome).in_(readable))
        .order_by(col(CaptureRow.key).desc())
        .limit(limit)
        .subquery()
    )
    unread = select(CaptureRow.key).where(
        col(CaptureRow.key).in_(select_columns(newest.c.key)),
        ~exists().where(col(VersionRow.capture_key) == CaptureRow.key),
    )
    keys = session.exec(unread.order_by(col(CaptureRow.key))).all()
    return load_captures(session, [key for key in keys if key is not None])


def newest_other_version(session: Session, capture_id: str, release: str) -> tuple[int, str] | None:
    """Give key and release of the reading of a capture that was put in last by another release, None without one."""
    query = (
        select_columns(col(VersionRow.reading_key), col(VersionRow.release))
        .join(CaptureRow, col(CaptureRow.key) == VersionRow.capture_key)
        .where(col(CaptureRow.id) == capture_id, col(VersionRow.release) != release)
        .order_by(col(VersionRow.key).desc())
        .limit(1)
    )
    row = session.execute(query).first()
    return None if row is None else (row[0], row[1])


def load_readings(session: Session, wanted: Mapping[int, str]) -> dict[int, Reading]:
    """Give readings by their keys, each under the release that `wanted` holds for it; unknown keys are left out."""
    rows = session.execute(
        select_columns(col(ReadingRow.key), col(ReadingRow.data), col(TextRow.data))
        .join(TextRow, col(TextRow.key) == ReadingRow.text_key)
        .where(col(ReadingRow.key).in_(list(wanted)))
    ).all()
    return {key: unpack_reading(data, unpack_text(text), wanted[key]) for key, data, text in rows if key is not None}


def forms_of(session: Session, version_id: str) -> dict[str, str]:
    """Give the digests of the normal forms that were put in with a version's reading."""
    query = select(ReadingRow.forms).join(VersionRow, col(VersionRow.reading_key) == ReadingRow.key)
    return dict(session.exec(query.where(VersionRow.id == version_id)).one())


def text_digest_of(session: Session, version_id: str) -> str:
    """Give the SHA-256 of a version's readable text."""
    query = (
        select(TextRow.digest)
        .join(ReadingRow, col(ReadingRow.text_key) == TextRow.key)
        .join(VersionRow, col(VersionRow.reading_key) == ReadingRow.key)
    )
    return session.exec(query.where(VersionRow.id == version_id)).one()


def _keep_reading(session: Session, reading: Reading, forms: Mapping[str, str]) -> int:
    packed = pack_reading(reading)
    digest = digest_reading(packed, digest_text(reading.text))
    key = session.exec(select(ReadingRow.key).where(ReadingRow.digest == digest)).first()
    if key is None:
        row = ReadingRow(digest=digest, text_key=keep_text(session, reading.text), forms=dict(forms), data=packed)
        session.add(row)
        session.flush()
        key = row.key
    assert key is not None
    return key


def _texts_of(reading: Reading) -> list[tuple[str, Source]]:
    """Give the texts to search in: the whole one, and blocks that stand outside it (pop-ups, hidden text, pictures)."""
    texts = [(reading.text, Source.TEXT)] if reading.text.strip() else []
    whole = "".join(reading.text.split())
    for block in reading.blocks:
        squeezed = "".join(block.text.split())
        if squeezed and squeezed not in whole:
            texts.append((block.text, block.source))
    return texts


def _of_page(session: Session, page_id: str, origin: Origin | None) -> list[ColumnElement[bool]]:
    conditions = [col(VersionRow.page_key) == key_of_page(session, page_id)]
    if origin is not None:
        conditions.append(col(CaptureRow.origin) == origin.value)
    return conditions


def _newest_release(session: Session, version: Version) -> Version:
    """Give the version that was put in last for the same capture."""
    return get_version(session, version.capture_id) or version


def _load_versions(
    session: Session, conditions: Sequence[ColumnElement[bool]], *, newest_first: bool, limit: int
) -> tuple[Version, ...]:
    order = [col(VersionRow.seen_at), col(VersionRow.key)]
    keys = (
        select(VersionRow.key)
        .join(CaptureRow, col(CaptureRow.key) == VersionRow.capture_key)
        .where(*conditions)
        .order_by(*(part.desc() if newest_first else part for part in order))
        .limit(limit)
    )
    chosen = [key for key in session.exec(keys).all() if key is not None]
    rows = session.execute(
        select_columns(
            VersionRow,
            col(CaptureRow.id),
            col(CaptureRow.origin),
            col(PageRow.id),
            col(ReadingRow.data),
            col(TextRow.data),
        )
        .join(CaptureRow, col(CaptureRow.key) == VersionRow.capture_key)
        .join(PageRow, col(PageRow.key) == VersionRow.page_key)
        .join(ReadingRow, col(ReadingRow.key) == VersionRow.reading_key)
        .join(TextRow, col(TextRow.key) == ReadingRow.text_key)
        .where(col(VersionRow.key).in_(chosen))
    ).all()
    found = {
        row.key: Version(
            id=row.id,
            capture_id=capture,
            page_id=page,
            seen_at=row.seen_at,
            origin=Origin(origin),
            reading=unpack_reading(data, unpack_text(text), row.release),
        )
        for row, capture, origin, page, data, text in rows
    }
    return tuple(found[key] for key in chosen)
