"""The objects of the archive, where each payload lies in them, and the views of the last full capture.

Takes and gives the frozen values below; the bytes are in storage.objects, never here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import Session, col, select

from scrapers.model import Appearance, ViewKind
from storage.errors import NotInArchive
from storage.model import StoredPayload
from storage.tables import (
    ArtifactRow,
    CaptureArtifactRow,
    CaptureRow,
    EvidenceRow,
    PageRow,
    PayloadRow,
    ViewRow,
    ViewSetRow,
)

_CHUNK = 500  # SQLite binds 32,766 values at most; a statement stays short


@dataclass(frozen=True)
class StoredObject:
    """A file of the archive by its SHA-256; `kind` is "warc", "manifest" or "evidence", `size` bytes."""

    sha256: str
    size: int
    kind: str
    created_at: datetime


@dataclass(frozen=True)
class StoredView:
    """One view of a full set; its bytes are the payload `digest`."""

    kind: ViewKind
    name: str
    media_type: str
    digest: str


@dataclass(frozen=True)
class StoredViews:
    """The newest full set of views of a page."""

    capture_id: str
    made_at: datetime
    appearance: Appearance
    views: tuple[StoredView, ...]


def insert_objects(session: Session, objects: Iterable[StoredObject]) -> None:
    """Record objects; one that is recorded already stays as it is."""
    for item in objects:
        if session.exec(select(ArtifactRow.key).where(ArtifactRow.sha256 == item.sha256)).first() is None:
            session.add(ArtifactRow(sha256=item.sha256, size=item.size, kind=item.kind, created_at=item.created_at))
            session.flush()


def find_object(session: Session, sha256: str) -> StoredObject | None:
    """Give what is recorded of an object."""
    row = session.exec(select(ArtifactRow).where(ArtifactRow.sha256 == sha256)).first()
    return None if row is None else _object_of(row)


def list_objects(session: Session, *, after: str = "", limit: int = 1000) -> tuple[StoredObject, ...]:
    """Give objects in the order of their digests, after a digest: for a walk over the whole archive."""
    query = select(ArtifactRow).order_by(col(ArtifactRow.sha256)).limit(limit)
    if after:
        query = query.where(col(ArtifactRow.sha256) > after)
    return tuple(_object_of(row) for row in session.exec(query).all())


def captures_of_object(session: Session, sha256: str, *, limit: int = 100) -> tuple[str, ...]:
    """Give the ids of the captures that are made of an object."""
    query = (
        select(CaptureRow.id)
        .join(CaptureArtifactRow, col(CaptureArtifactRow.capture_key) == CaptureRow.key)
        .join(ArtifactRow, col(ArtifactRow.key) == CaptureArtifactRow.artifact_key)
        .where(ArtifactRow.sha256 == sha256)
        .order_by(col(CaptureRow.key))
    )
    return tuple(session.exec(query.limit(limit)).all())


def is_object_named(session: Session, sha256: str) -> bool:
    """Whether any capture or evidence item is made of an object."""
    key = session.exec(select(ArtifactRow.key).where(ArtifactRow.sha256 == sha256)).first()
    if key is None:
        return False
    named = select(CaptureArtifactRow.capture_key).where(CaptureArtifactRow.artifact_key == key)
    brought = select(EvidenceRow.key).where(
        or_(col(EvidenceRow.object_key) == key, col(EvidenceRow.manifest_key) == key)
    )
    return session.exec(named.limit(1)).first() is not None or session.exec(brought.limit(1)).first() is not None


def delete_object(session: Session, sha256: str) -> bool:
    """Take out the row of an object that nothing is made of; says whether it did."""
    row = session.exec(select(ArtifactRow).where(ArtifactRow.sha256 == sha256)).first()
    if row is None or is_object_named(session, sha256):
        return False
    session.delete(row)
    session.flush()
    return True


def has_evidence(session: Session, evidence_id: str) -> bool:
    """Whether an evidence item of this id is kept."""
    return session.exec(select(EvidenceRow.key).where(EvidenceRow.id == evidence_id)).first() is not None


def has_any_evidence(session: Session) -> bool:
    """Whether any evidence item is kept."""
    return session.exec(select(EvidenceRow.key).limit(1)).first() is not None


def insert_payloads(session: Session, payloads: Sequence[StoredPayload]) -> None:
    """Record where payloads lie. Their object must be recorded; a digest known already keeps its first place."""
    known = find_payloads(session, [payload.digest for payload in payloads])
    keys: dict[str, int] = {}
    for payload in payloads:
        if payload.digest in known:
            continue
        if payload.artifact not in keys:
            keys[payload.artifact] = key_of_object(session, payload.artifact)
        known[payload.digest] = payload
        session.add(
            PayloadRow(
                digest=payload.digest,
                artifact_key=keys[payload.artifact],
                offset=payload.offset,
                length=payload.length,
                size=payload.size,
                record_id=payload.record_id,
                url=payload.url,
                date=payload.date,
                content_type=payload.content_type,
            )
        )
    session.flush()


def find_payloads(session: Session, digests: Sequence[str]) -> dict[str, StoredPayload]:
    """Give the places of those payloads that are stored, by digest."""
    found: dict[str, StoredPayload] = {}
    for start in range(0, len(digests), _CHUNK):
        query = (
            select(PayloadRow, ArtifactRow.sha256)
            .join(ArtifactRow)
            .where(col(PayloadRow.digest).in_(digests[start : start + _CHUNK]))
        )
        for row, artifact in session.exec(query).all():
            found[row.digest] = _payload_of(row, artifact)
    return found


def payloads_of_object(session: Session, sha256: str) -> tuple[StoredPayload, ...]:
    """Give all payloads whose first record lies in an object, by offset."""
    query = (
        select(PayloadRow)
        .where(PayloadRow.artifact_key == key_of_object(session, sha256))
        .order_by(col(PayloadRow.offset))
    )
    return tuple(_payload_of(row, sha256) for row in session.exec(query).all())


def insert_views(
    session: Session, capture_id: str, made_at: datetime, appearance: Appearance, views: Sequence[StoredView]
) -> None:
    """Record the full set of views that a capture made; captures that reuse views record none."""
    capture_key, page_key = session.exec(
        select(CaptureRow.key, CaptureRow.page_key).where(CaptureRow.id == capture_id)
    ).one()
    assert capture_key is not None
    session.add(
        ViewSetRow(
            capture_key=capture_key,
            page_key=page_key,
            made_at=made_at,
            appearance_text=appearance.text,
            appearance_resources=appearance.resources,
        )
    )
    session.flush()
    session.add_all(
        ViewRow(
            capture_key=capture_key,
            position=position,
            kind=view.kind.value,
            name=view.name,
            media_type=view.media_type,
            digest=view.digest,
        )
        for position, view in enumerate(views)
    )
    session.flush()


def newest_views(session: Session, page_id: str, *, since: datetime, until: datetime) -> StoredViews | None:
    """Give the newest full set of views that a page made from `since` to `until`, None if there is none."""
    query = (
        select(ViewSetRow, CaptureRow.id)
        .join(CaptureRow, col(CaptureRow.key) == ViewSetRow.capture_key)
        .join(PageRow, col(PageRow.key) == ViewSetRow.page_key)
        .where(PageRow.id == page_id, ViewSetRow.made_at >= since, ViewSetRow.made_at <= until)
        .order_by(col(ViewSetRow.made_at).desc(), col(ViewSetRow.capture_key).desc())
    )
    found = session.exec(query.limit(1)).first()
    if found is None:
        return None
    row, capture_id = found
    views = session.exec(
        select(ViewRow).where(ViewRow.capture_key == row.capture_key).order_by(col(ViewRow.position))
    ).all()
    return StoredViews(
        capture_id=capture_id,
        made_at=row.made_at,
        appearance=Appearance(text=row.appearance_text, resources=row.appearance_resources),
        views=tuple(
            StoredView(kind=ViewKind(view.kind), name=view.name, media_type=view.media_type, digest=view.digest)
            for view in views
        ),
    )


def key_of_object(session: Session, sha256: str) -> int:
    """Give an object's key; one that is not recorded raises NotInArchive."""
    key = session.exec(select(ArtifactRow.key).where(ArtifactRow.sha256 == sha256)).first()
    if key is None:
        raise NotInArchive(f"object {sha256} is not recorded; record it before what refers to it")
    return key


def _object_of(row: ArtifactRow) -> StoredObject:
    return StoredObject(sha256=row.sha256, size=row.size, kind=row.kind, created_at=row.created_at)


def _payload_of(row: PayloadRow, artifact: str) -> StoredPayload:
    return StoredPayload(
        digest=row.digest,
        artifact=artifact,
        offset=row.offset,
        length=row.length,
        size=row.size,
        record_id=row.record_id,
        url=row.url,
        date=row.date,
        content_type=row.content_type,
    )
