"""What people looked up by hand and recorded: a subject as an authority or a payment provider shows it.

Never deleted; what was recorded wrongly is revoked with its moment. Functions take the session first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from storage.errors import NotInArchive
from storage.identity import VerifiedRecord
from storage.identity_tables import SiteRow, VerifiedRow
from storage.keys import KeyFolder
from storage.lookups import key_of_evidence
from storage.record_entries import log_record, moment_told
from storage.sites import ensure_site, keys_of_sites
from storage.tables import EvidenceRow

MOST = 10_000


def keep_verified(session: Session, record: VerifiedRecord, keys: KeyFolder) -> None:
    """Keep a record and its entry in the log; its screenshot must be kept before, else NotInArchive."""
    made = VerifiedRow(
        id=record.id,
        site_key=ensure_site(session, record.site, record.recorded_at),
        source=record.source,
        asked=record.asked,
        shown_fields=[list(pair) for pair in record.fields],
        looked_on=record.looked_on,
        recorded_at=record.recorded_at,
        recorded_by=record.recorded_by,
        evidence_key=key_of_evidence(session, record.evidence) if record.evidence else None,
        revoked_at=record.revoked_at,
    )
    session.add(made)
    session.flush()
    session.refresh(made)  # bound is what the database gives back
    (kept,) = _load(session, [col(VerifiedRow.id) == record.id], 1)
    log_record(session, "verified", record.id, _told_of(kept), record.recorded_at, keys)
    if record.revoked_at is not None:
        _log_revoked(session, record.id, record.revoked_at, keys)


def revoke_verified(session: Session, record_id: str, at: datetime, keys: KeyFolder) -> VerifiedRecord:
    """Take a record back; it stays, with the moment. Raises NotInArchive for an unknown id."""
    row = session.exec(select(VerifiedRow).where(VerifiedRow.id == record_id)).first()
    if row is None:
        raise NotInArchive(f"no verified record {record_id[:80]!r} in the archive; `cardwatch verified` lists them")
    if row.revoked_at is None:
        row.revoked_at = at
        session.add(row)
        session.flush()
        _log_revoked(session, record_id, at, keys)
    return _load(session, [col(VerifiedRow.id) == record_id], 1)[0]


def list_verified(
    session: Session,
    sites: Iterable[str] = (),
    *,
    at: datetime | None = None,
    revoked: bool = False,
    limit: int = MOST,
) -> tuple[VerifiedRecord, ...]:
    """List the records of sites, or all, in the order they were made: as known now, or `at` a moment."""
    conditions: list[ColumnElement[bool]] = []
    wanted = tuple(sites)
    if wanted:
        conditions.append(col(VerifiedRow.site_key).in_(tuple(keys_of_sites(session, wanted).values())))
    if at is not None:
        conditions.append(col(VerifiedRow.recorded_at) <= at)
    if not revoked:
        standing = col(VerifiedRow.revoked_at).is_(None)
        conditions.append(standing if at is None else or_(standing, col(VerifiedRow.revoked_at) > at))
    return _load(session, conditions, limit)


def told_verified(session: Session) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    """What all records tell, and when they were taken back, for the check of the archive."""
    for record in _load(session, [], None):
        yield "verified", record.id, _told_of(record)
        if record.revoked_at is not None:
            yield "verified-revoked", record.id, {"revoked_at": moment_told(record.revoked_at)}


def _told_of(record: VerifiedRecord) -> dict[str, object]:
    """What the custody log binds of a record: all but the moment at which it was taken back."""
    return {
        "site": record.site,
        "source": record.source,
        "asked": record.asked,
        "fields": [list(pair) for pair in record.fields],
        "looked_on": moment_told(record.looked_on),
        "recorded_at": moment_told(record.recorded_at),
        "recorded_by": record.recorded_by,
        "evidence": record.evidence,
    }


def _log_revoked(session: Session, record_id: str, at: datetime, keys: KeyFolder) -> None:
    log_record(session, "verified-revoked", record_id, {"revoked_at": moment_told(at)}, at, keys)


def _load(session: Session, conditions: list[ColumnElement[bool]], limit: int | None) -> tuple[VerifiedRecord, ...]:
    query = (
        select(VerifiedRow, SiteRow.name, EvidenceRow.id, col(EvidenceRow.erased_at))
        .join(SiteRow, col(SiteRow.key) == VerifiedRow.site_key)
        .outerjoin(EvidenceRow, col(EvidenceRow.key) == VerifiedRow.evidence_key)
        .where(*conditions)
        .order_by(col(VerifiedRow.recorded_at), col(VerifiedRow.key))
    )
    rows = session.exec(query if limit is None else query.limit(max(1, min(limit, MOST)))).all()
    return tuple(
        VerifiedRecord(
            row.id,
            site,
            row.source,
            row.asked,
            tuple((name, value) for name, value in row.shown_fields),
            row.looked_on,
            row.recorded_at,
            row.recorded_by,
            evidence or "",
            row.revoked_at,
            erased_at,
        )
        for row, site, evidence, erased_at in rows
    )
