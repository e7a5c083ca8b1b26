"""What was asked about domains, and the raw answers: each answer is an evidence item of the custody log.

An answer that is byte for byte the one before is not kept twice: its lookup names the same item. Queries take the
session first; `keep_lookup` takes the archive, for it writes an object.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from storage.archive import Archive
from storage.errors import NotInArchive
from storage.evidence import keep_evidence, open_evidence
from storage.identity import LookupKind, StoredLookup
from storage.identity_tables import LookupRow
from storage.ids import new_id
from storage.record_entries import log_record, moment_told
from storage.tables import ArtifactRow, EvidenceRow

MOST = 10_000
SAYS_SOMETHING = ("ok", "no_such_name")
"""The outcomes that say anything about the domain; the others are about the asking."""

_SAME_AMONG = 8
_LONGEST = 1000


def keep_lookup(
    archive: Archive,
    *,
    domain: str,
    kind: LookupKind,
    server: str,
    asked_at: datetime,
    outcome: str,
    detail: str = "",
    raw: bytes = b"",
    media_type: str = "application/octet-stream",
) -> StoredLookup:
    """Keep a question and its answer; the raw bytes, where there are any, become evidence."""
    evidence = _same_answer(archive, domain, kind, raw) if raw else ""
    if raw and not evidence:
        name = f"{kind.value} {domain}"[:200]
        note = f"raw answer of {server} about {domain}"[:_LONGEST]
        evidence = keep_evidence(archive, raw, name=name, media_type=media_type, note=note, at=asked_at).id
    with archive.database.writing() as session:
        row = LookupRow(
            id=new_id("lookup", asked_at),
            domain=domain[:_LONGEST],
            kind=kind.value,
            server=server[:_LONGEST],
            asked_at=asked_at,
            outcome=outcome,
            detail=detail[:_LONGEST],
            evidence_key=key_of_evidence(session, evidence) if evidence else None,
        )
        session.add(row)
        session.flush()
        session.refresh(row)  # bound is what the database gives back
        log_record(session, "lookup", row.id, _told_of(row, evidence), asked_at, archive.keys)
        return _lookup_of(row, evidence)


def told_lookups(session: Session) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    """What all lookups tell, for the check of the archive."""
    query = select(LookupRow, EvidenceRow.id).outerjoin(EvidenceRow, col(EvidenceRow.key) == LookupRow.evidence_key)
    for row, evidence in session.exec(query.order_by(col(LookupRow.key))):
        yield "lookup", row.id, _told_of(row, evidence or "")


def get_lookup(session: Session, lookup_id: str) -> StoredLookup:
    """Give the lookup with this id; raise NotInArchive."""
    found = _load(session, limit=1, lookup_id=lookup_id)
    if not found:
        raise NotInArchive(f"no lookup {lookup_id[:80]!r} in the archive; `cardwatch lookup DOMAIN` makes one")
    return found[0]


def latest_lookup(
    session: Session,
    domain: str,
    kind: LookupKind,
    *,
    server: str = "",
    outcomes: Sequence[str] = (),
    until: datetime | None = None,
) -> StoredLookup | None:
    """Give the last lookup of a domain, of one server and of some outcomes if they are given."""
    found = list_lookups(session, domain, kind=kind, server=server, outcomes=outcomes, until=until, limit=1)
    return found[0] if found else None


def list_lookups(
    session: Session,
    domain: str = "",
    *,
    kind: LookupKind | None = None,
    server: str = "",
    outcomes: Sequence[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 1000,
) -> tuple[StoredLookup, ...]:
    """List lookups newest first: of a domain, or of all."""
    return _load(
        session, domain=domain, kind=kind, server=server, outcomes=outcomes, since=since, until=until, limit=limit
    )


def load_answer(archive: Archive, lookup: StoredLookup) -> bytes:
    """Give the raw answer of a lookup, b"" where there was none; raise NotInArchive where it was erased."""
    if not lookup.evidence:
        return b""
    with open_evidence(archive, lookup.evidence) as file:
        return file.read()


def key_of_evidence(session: Session, evidence_id: str) -> int:
    """Give an evidence item's key by its whole id; raise NotInArchive."""
    key = session.exec(select(EvidenceRow.key).where(EvidenceRow.id == evidence_id)).first()
    if key is None:
        raise NotInArchive(f"no evidence {evidence_id[:80]!r} in the archive; `cardwatch evidence list` lists it")
    return key


def _same_answer(archive: Archive, domain: str, kind: LookupKind, raw: bytes) -> str:
    """The item that holds these very bytes as a recent answer to the same question, "" for a new answer."""
    digest = hashlib.sha256(raw).hexdigest()
    with archive.database.reading() as session:
        recent = (
            select_columns(col(EvidenceRow.id), col(ArtifactRow.sha256))
            .join(LookupRow, col(LookupRow.evidence_key) == EvidenceRow.key)
            .join(ArtifactRow, col(ArtifactRow.key) == EvidenceRow.object_key)
            .where(col(LookupRow.domain) == domain, col(LookupRow.kind) == kind.value)
            .order_by(col(LookupRow.asked_at).desc())
            .limit(_SAME_AMONG)
        )
        return next((item for item, sha256 in session.execute(recent) if sha256 == digest), "")


def _load(
    session: Session,
    *,
    limit: int,
    lookup_id: str = "",
    domain: str = "",
    kind: LookupKind | None = None,
    server: str = "",
    outcomes: Sequence[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[StoredLookup, ...]:
    query = select(LookupRow, EvidenceRow.id).outerjoin(EvidenceRow, col(EvidenceRow.key) == LookupRow.evidence_key)
    if lookup_id:
        query = query.where(LookupRow.id == lookup_id)
    if domain:
        query = query.where(LookupRow.domain == domain)
    if kind is not None:
        query = query.where(LookupRow.kind == kind.value)
    if server:
        query = query.where(LookupRow.server == server)
    if outcomes:
        query = query.where(col(LookupRow.outcome).in_(outcomes))
    if since is not None:
        query = query.where(LookupRow.asked_at >= since)
    if until is not None:
        query = query.where(LookupRow.asked_at <= until)
    query = query.order_by(col(LookupRow.asked_at).desc(), col(LookupRow.key).desc())
    rows = session.exec(query.limit(max(1, min(limit, MOST)))).all()
    return tuple(_lookup_of(row, evidence or "") for row, evidence in rows)


def _lookup_of(row: LookupRow, evidence: str) -> StoredLookup:
    return StoredLookup(
        row.id, row.domain, LookupKind(row.kind), row.server, row.asked_at, row.outcome, row.detail, evidence
    )


def _told_of(row: LookupRow, evidence: str) -> dict[str, object]:
    """What the custody log binds of a lookup: all of it."""
    return {
        "domain": row.domain,
        "kind": row.kind,
        "server": row.server,
        "asked_at": moment_told(row.asked_at),
        "outcome": row.outcome,
        "detail": row.detail,
        "evidence": evidence,
    }
