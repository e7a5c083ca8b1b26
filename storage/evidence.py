"""Evidence items: files that a person brings (an order, a chat), kept sealed as captures are.

The bytes are an object; the manifest commits to them and to what is said of them with salts, so it gives nothing away;
the custody log names the manifest. A masked copy is an item of its own that names its original. To erase an item
destroys its bytes, its seed and its description and leaves a dated tombstone: that something was there, never what.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import secrets
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import text
from sqlmodel import Session, col, select

from storage.archive import Archive
from storage.artifacts import StoredObject, delete_object, insert_objects, key_of_object
from storage.canonical import canonical_json
from storage.case_tables import CaseItemRow
from storage.custody import append_entry
from storage.errors import ArchiveDamaged, ArchiveError, ArchiveLocked, NotInArchive
from storage.identity_tables import LookupRow, ObjectionRow, VerifiedRow
from storage.ids import new_id
from storage.manifest import commit, json_piece, make_salt
from storage.model import EntryKind, StoredEvidence
from storage.objects import digest_file, is_plain_file, write_durably
from storage.tables import ArtifactRow, EvidenceRow
from storage.warc import show_date

FORMAT = "cardwatch-evidence-1"
MOST_TEXT = 4000
"""The longest name, note, reason or description of a mask, in characters."""

_MANIFEST_LIMIT = 1 << 20
_SEED_BYTES = 32
_CHUNK = 1 << 20
_FIELDS = ("length", "media_type", "name", "note")


@dataclass(frozen=True)
class EvidenceManifest:
    """The manifest of an evidence item as it was read: commitments only."""

    id: str
    original: str
    bytes: str
    fields: Mapping[str, str]


def keep_evidence(
    archive: Archive, data: bytes | Path, *, name: str, media_type: str, note: str, at: datetime
) -> StoredEvidence:
    """Keep a file as evidence: its object, its manifest, its row and its log entry, all or none.

    Raises ArchiveFull before anything is written, ArchiveError for what is no plain file.
    """
    return _keep(archive, data, {"name": name, "media_type": media_type, "note": note}, at, None)


def keep_masked_copy(
    archive: Archive,
    original_id: str,
    data: bytes | Path,
    what: str,
    at: datetime,
    *,
    name: str = "",
    media_type: str = "",
) -> StoredEvidence:
    """Keep a masked copy of an item: a leaf of its own that names its original and says what was masked."""
    if not what.strip():
        raise ValueError("a masked copy says what was masked")
    original = load_evidence(archive, original_id)
    described = {"name": name or original.name, "media_type": media_type or original.media_type, "note": what}
    return _keep(archive, data, described, at, original)


def erase_evidence(archive: Archive, evidence_id: str, reason: str, at: datetime) -> StoredEvidence:
    """Erase an item: its seed, its description and its bytes (unless something else is made of them) go.

    A tombstone stays; backups made before still hold the item. Raises ArchiveError where it was erased already.
    """
    _require_short(reason, "the reason")
    item = load_evidence(archive, evidence_id)
    if item.erased_at is not None:
        raise ArchiveError(f"evidence {item.id} was erased already, by entry {item.tombstone_index} of the custody log")
    with archive.taking_away(item.id, item.object), archive.database.writing() as session:
        if archive.database.is_sqlite:
            session.connection().execute(text("PRAGMA secure_delete=ON"))
        row = session.exec(select(EvidenceRow).where(EvidenceRow.id == item.id)).one()
        if row.erased_at is not None:
            raise ArchiveError(f"evidence {item.id} was erased just now by another process")
        fields = {"manifest": item.manifest, "reason": reason}
        entry = append_entry(session, EntryKind.TOMBSTONE, at, fields, archive.keys)
        row.object_key = row.seed = row.described = None
        row.erased_at, row.tombstone_index = at, entry.index
        session.add(row)
        session.flush()
        delete_object(session, item.object)
    archive.database.forget_overwritten()
    return load_evidence(archive, item.id)


def list_records_naming(archive: Archive, evidence_id: str) -> tuple[tuple[str, str], ...]:
    """What else names an item as its proof: (verified, lookup, objection, item of a case; its id), by kind and id."""
    tables = (("verified", VerifiedRow), ("lookup", LookupRow), ("objection", ObjectionRow), ("item", CaseItemRow))
    with archive.database.reading() as session:
        key = _key_of(session, evidence_id)
        return tuple(
            (kind, record)
            for kind, table in tables
            for record in session.exec(
                select(col(table.id)).where(col(table.evidence_key) == key).order_by(col(table.id))
            ).all()
        )


def load_evidence(archive: Archive, evidence_id: str) -> StoredEvidence:
    """Give the item with this id or unique beginning; raise NotInArchive with the reason."""
    wanted = evidence_id.strip()
    with archive.database.reading() as session:
        rows = session.exec(select(EvidenceRow).where(EvidenceRow.id == wanted)).all()
        if not rows and wanted:
            begins = (col(EvidenceRow.id) >= wanted, col(EvidenceRow.id) < wanted + "\x7f")
            rows = session.exec(select(EvidenceRow).where(*begins).order_by(col(EvidenceRow.id)).limit(6)).all()
        if not rows:
            raise NotInArchive(f"no evidence {wanted[:80]!r} in the archive; `cardwatch evidence list` lists it")
        if len(rows) > 1:
            names = ", ".join(row.id for row in rows[:5])
            raise NotInArchive(f"several evidence items begin with {wanted[:80]!r}: {names}; give more of the id")
        return _evidence_of(session, rows[0])


def list_evidence(archive: Archive, *, after: str = "", limit: int = 1000) -> tuple[StoredEvidence, ...]:
    """Give items in the order of their ids (by time), after an id."""
    with archive.database.reading() as session:
        query = select(EvidenceRow).where(col(EvidenceRow.id) > after).order_by(col(EvidenceRow.id)).limit(limit)
        return tuple(_evidence_of(session, row) for row in session.exec(query).all())


def open_evidence(archive: Archive, evidence_id: str) -> BinaryIO:
    """Open the bytes of an item; one that was erased raises NotInArchive."""
    item = load_evidence(archive, evidence_id)
    if not item.object:
        raise NotInArchive(f"evidence {item.id} was erased; entry {item.tombstone_index} of the custody log says why")
    return archive.objects.open(item.object)


def evidence_seed(archive: Archive, evidence_id: str) -> bytes | None:
    """Give the secret of an item's manifest, None when it was destroyed."""
    with archive.database.reading() as session:
        return session.exec(select(EvidenceRow.seed).where(EvidenceRow.id == evidence_id)).first()


def read_evidence_manifest(data: bytes) -> EvidenceManifest:
    """Parse the manifest of an item; what is none raises ArchiveDamaged."""
    try:
        unpacker = zlib.decompressobj(31)
        unpacked = unpacker.decompress(data, _MANIFEST_LIMIT)
        if unpacker.unconsumed_tail or not unpacker.eof:
            raise ValueError("it is cut off or beyond all measure")
        fields = json.loads(unpacked)
        if fields["format"] != FORMAT:
            raise ValueError(f"it is of the unknown format {str(fields['format'])[:40]!r}")
        return EvidenceManifest(
            str(fields["evidence"]["id"]),
            str(fields["original"]),
            str(fields["bytes"]),
            {name: str(fields["fields"][name]) for name in _FIELDS},
        )
    except (zlib.error, ValueError, TypeError, KeyError, RecursionError) as error:
        raise ArchiveDamaged(f"the manifest of an evidence item cannot be read: {error}") from None


def broken_commitments(manifest: EvidenceManifest, item: StoredEvidence, seed: bytes) -> tuple[str, ...]:
    """Give the names of the commitments that do not hold for an item as it is kept."""
    pieces = _pieces(item.object, item.bytes, {"name": item.name, "media_type": item.media_type, "note": item.note})
    stated = {"bytes": manifest.bytes, **manifest.fields}
    return tuple(name for name, piece in pieces.items() if commit(make_salt(seed, name), piece) != stated[name])


def _keep(
    archive: Archive,
    data: bytes | Path,
    described: dict[str, str],
    at: datetime,
    original: StoredEvidence | None,
) -> StoredEvidence:
    described = {name: value.replace("\0", "").encode("utf-8", "replace").decode() for name, value in described.items()}
    for name, value in described.items():
        _require_short(value, f"the {name}")
    archive.require_room(_length_of(data))
    evidence_id, seed = new_id("evidence", at), secrets.token_bytes(_SEED_BYTES)
    folder = archive.staging()
    copy, manifest_path = folder / f"{evidence_id}.file", folder / f"{evidence_id}.manifest"
    try:
        digest, size = _copy(data, copy)
        write_durably(manifest_path, _write_manifest(evidence_id, at, digest, size, described, original, seed))
        manifest, manifest_size = digest_file(manifest_path)
        item = StoredEvidence(
            evidence_id,
            at,
            manifest,
            digest,
            original.id if original else "",
            0,
            None,
            note=described["note"],
            bytes=size,
        )
        objects = (
            StoredObject(digest, size, "evidence", at),
            StoredObject(manifest, manifest_size, "manifest", at),
        )
        with archive.bringing_in(evidence_id, ((copy, digest), (manifest_path, manifest))):
            _insert(archive, item, objects, original, seed, described)
    finally:
        copy.unlink(missing_ok=True)
        manifest_path.unlink(missing_ok=True)
    return load_evidence(archive, evidence_id)


def _insert(
    archive: Archive,
    item: StoredEvidence,
    objects: tuple[StoredObject, StoredObject],
    original: StoredEvidence | None,
    seed: bytes,
    described: dict[str, str],
) -> None:
    with archive.database.writing() as session:
        if not archive.objects.has(item.object):
            raise ArchiveLocked("the same file was erased as another item just now: nothing was kept; try again")
        if original is None:
            entry = append_entry(session, EntryKind.EVIDENCE, item.kept_at, {"manifest": item.manifest}, archive.keys)
        else:
            fields = {
                "original": original.manifest,
                "sha256": item.object,
                "what": item.note,
                "manifest": item.manifest,
            }
            entry = append_entry(session, EntryKind.DERIVATIVE, item.kept_at, fields, archive.keys)
        insert_objects(session, objects)
        session.add(
            EvidenceRow(
                id=item.id,
                kept_at=item.kept_at,
                manifest_key=key_of_object(session, item.manifest),
                object_key=key_of_object(session, item.object),
                original_key=_key_of(session, original.id) if original else None,
                seed=seed,
                described=described,
                log_index=entry.index,
            )
        )


def _key_of(session: Session, evidence_id: str) -> int | None:
    return session.exec(select(EvidenceRow.key).where(EvidenceRow.id == evidence_id)).one()


def _write_manifest(
    evidence_id: str,
    at: datetime,
    digest: str,
    size: int,
    described: dict[str, str],
    original: StoredEvidence | None,
    seed: bytes,
) -> bytes:
    sealed = {name: commit(make_salt(seed, name), piece) for name, piece in _pieces(digest, size, described).items()}
    fields: dict[str, object] = {
        "format": FORMAT,
        "evidence": {"id": evidence_id, "kept_at": show_date(at)},
        "original": original.manifest if original else "",
        "commitment": "sha256(hmac-sha256(seed, label) || sha256(piece))",
        "bytes": sealed.pop("bytes"),
        "fields": sealed,
    }
    return gzip.compress(canonical_json(fields), 9, mtime=0)


def _pieces(digest: str, size: int, described: Mapping[str, str]) -> dict[str, bytes]:
    """Give what is committed to, by label: the SHA-256 of the bytes, and of the canonical JSON of each field."""
    fields = {name: json_piece(value) for name, value in described.items()}
    return {"bytes": bytes.fromhex(digest), "length": json_piece(size), **fields}


def _copy(data: bytes | Path, target: Path) -> tuple[str, int]:
    if isinstance(data, bytes):
        write_durably(target, data)
        return digest_file(target)
    state, size = hashlib.sha256(), 0
    with data.open("rb") as source, target.open("xb") as file:
        while piece := source.read(_CHUNK):
            state.update(piece)
            file.write(piece)
            size += len(piece)
        file.flush()
        os.fsync(file.fileno())
    return state.hexdigest(), size


def _length_of(data: bytes | Path) -> int:
    if isinstance(data, bytes):
        return len(data)
    path = data.resolve()
    if not is_plain_file(path):
        raise ArchiveError(f"{data} is no plain file: give the file itself")
    return path.stat().st_size


def _require_short(value: str, what: str) -> None:
    if len(value) > MOST_TEXT:
        raise ArchiveError(f"{what} of an evidence item has {len(value)} characters, {MOST_TEXT} are the most")


def _evidence_of(session: Session, row: EvidenceRow) -> StoredEvidence:
    manifest = session.get(ArtifactRow, row.manifest_key)
    held = session.get(ArtifactRow, row.object_key) if row.object_key is not None else None
    original = session.get(EvidenceRow, row.original_key) if row.original_key is not None else None
    described = row.described or {}
    return StoredEvidence(
        id=row.id,
        kept_at=row.kept_at,
        manifest=manifest.sha256 if manifest else "",
        object=held.sha256 if held else "",
        original=original.id if original else "",
        log_index=row.log_index,
        erased_at=row.erased_at,
        name=described.get("name", ""),
        media_type=described.get("media_type", ""),
        note=described.get("note", ""),
        bytes=held.size if held else 0,
        tombstone_index=row.tombstone_index,
    )
