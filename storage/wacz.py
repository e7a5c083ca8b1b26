"""Writes one capture as a WACZ 1.1.1 package: the sealed WARC byte for byte, and its proofs beside it.

What the sealed WARC leaves to other files comes in a second one, so the package replays by itself; the index names
complete records only. Title and text are those of the rendered page. The same archive and checkpoint give the same
bytes. No more than one record's payload is held in memory.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

from scrapers.model import Capture, ViewKind
from storage.archive import Archive
from storage.artifacts import find_payloads
from storage.capture_records import find_provenance
from storage.captures import get_capture
from storage.cdxj import make_line
from storage.errors import ArchiveDamaged, ArchiveError
from storage.manifest import Manifest, read_manifest
from storage.model import StoredCapture
from storage.objects import digest_file, sync_folder
from storage.package import PackageWriter, Part, Resource, to_json
from storage.resolved import Shown, digest_of, list_shown, outline_capture, pair_shown, write_shown
from storage.sealed import SealedRecord, copy_records, list_records
from storage.wacz_proof import FOLDER, PROOF_FORMAT, Proof, gather_proof
from storage.wacz_readme import write_readme
from storage.warc import EMPTY_DIGEST, WarcWriter, read_record, show_date

SEALED = "archive/capture.warc.gz"
RESOLVED = "archive/resolved.warc.gz"


@dataclass(frozen=True)
class Exported:
    """A written package: its file, length in bytes, SHA-256, and how many records it holds."""

    path: Path
    bytes: int
    sha256: str
    records: int
    capture: StoredCapture


def export_wacz(
    archive: Archive, capture_id: str, path: Path, *, at: datetime, extras: Mapping[str, bytes] | None = None
) -> Exported:
    """Write the package of a capture to a new file; the custody log is sealed first where no checkpoint covers it yet.

    `extras` are further files by their names, to lie beside the proof (verify.html, attestation.html). Raises
    NotInArchive, ArchiveDamaged when bytes are missing, ArchiveError when the file is there already.
    """
    with archive.database.reading() as session:
        stored = get_capture(session, capture_id)
    further = {f"{FOLDER}/{name}": data for name, data in sorted((extras or {}).items())}
    if path.exists():
        raise ArchiveError(f"{path} is there already: give another name, or remove it first")
    if not path.parent.is_dir():
        raise ArchiveError(f"{path.parent} is no folder: make it first")
    draft = path.with_name(f".{path.name}.part")
    try:
        with draft.open("w+b") as file:
            records = _write_package(file, archive, stored, at, further)
            file.flush()
            os.fsync(file.fileno())
        digest, length = digest_file(draft)
        draft.replace(path)
        sync_folder(path.parent)
    except ArchiveDamaged as error:
        raise ArchiveDamaged(
            f"capture {stored.id} is not exported: {error} (`cardwatch check` names all damage)"
        ) from None
    finally:
        draft.unlink(missing_ok=True)
    return Exported(path, length, digest, records, stored)


def _write_package(
    file: BinaryIO, archive: Archive, stored: StoredCapture, at: datetime, extras: Mapping[str, bytes]
) -> int:
    packed = archive.objects.read(stored.manifest)
    manifest = read_manifest(packed)
    proof = gather_proof(archive, stored, packed, at)
    with archive.objects.open(stored.warc) as warc:
        source = _open_source(archive, stored, manifest, warc)
        with PackageWriter(file, source.outline.started_at) as package:
            lines = _write_sealed(package, source)
            lines += _write_resolved(package, source)
            package.add("indexes/index.cdx", "".join(sorted(lines)).encode())
            package.add("pages/pages.jsonl", _list_page(source))
            _write_proof(package, source, proof, extras)
            package.finish(
                _describe_capture(source.outline, stored),
                archive.keys.load_or_make_package_key(),
                created=proof.made_at,
                software=source.outline.tool or "cardwatch",
            )
    return len(source.records) + len(source.missing)


@dataclass(frozen=True)
class _Source:
    """The capture that is exported: its sealed WARC, opened, and which of its items lie in it."""

    archive: Archive
    stored: StoredCapture
    warc: BinaryIO
    outline: Capture
    records: Sequence[SealedRecord]
    paired: Mapping[int, Shown]
    missing: Sequence[Shown]
    own: Mapping[str, SealedRecord]

    def fetch(self, digest: str) -> bytes:
        """Give the bytes of a payload: from the sealed WARC if they lie there, else from the archive."""
        if digest == EMPTY_DIGEST:
            return b""
        place = self.own.get(digest)
        if place is None:
            return self.archive.load_payload(digest)
        record = read_record(self.warc, place.offset)
        if record.payload_sha256 != digest:
            raise ArchiveDamaged(f"the record at byte {place.offset} of object {self.stored.warc} is altered")
        return record.payload


def _open_source(archive: Archive, stored: StoredCapture, manifest: Manifest, warc: BinaryIO) -> _Source:
    outline = outline_capture(find_provenance(warc))
    sources = {view.reused_from for view in outline.views if view.reused_from}
    with archive.database.reading() as session:
        view_dates = {source: get_capture(session, source).ended_at for source in sorted(sources)}
    records = list_records(warc, manifest.records)
    paired, missing = pair_shown(list_shown(outline, view_dates), records)
    complete = ("response", "resource", "request")
    own = {record.digest: record for record in reversed(records) if record.type in complete and record.digest}
    return _Source(archive, stored, warc, outline, records, paired, missing, own)


def _write_sealed(package: PackageWriter, source: _Source) -> list[str]:
    with package.entry(SEALED, size=source.stored.warc_bytes) as entry:
        places = copy_records(source.warc, entry, source.records, {})
    if entry.digest != source.stored.warc:
        raise ArchiveDamaged(f"object {source.stored.warc} is altered")
    lines = []
    for record, place in zip(source.records, places, strict=True):
        item = source.paired.get(record.number)
        if item is not None:
            lines.append(_index_line(item, place, SEALED, source))
        elif record.type in ("response", "resource"):
            raise ArchiveDamaged(
                f"record {record.number} of object {source.stored.warc} is not told of in its provenance"
            )
    return lines


def _write_resolved(package: PackageWriter, source: _Source) -> list[str]:
    if not source.missing:
        return []
    lines = []
    with source.archive.database.reading() as session:
        found = find_payloads(session, sorted({item.digest for item in source.missing}))
    size = sum(found[item.digest].size for item in source.missing if item.digest in found)
    with package.entry(RESOLVED, size=size) as entry:
        writer = WarcWriter(cast(BinaryIO, entry))
        for number, item in enumerate(source.missing):
            write_shown(writer, item, source.fetch(item.digest), source.stored.warc, number)
            lines.append(_index_line(item, entry.end_part(), RESOLVED, source))
    return lines


def _write_proof(package: PackageWriter, source: _Source, proof: Proof, extras: Mapping[str, bytes]) -> None:
    warcs = {resource.path: resource for resource in package.resources}
    told = {
        "format": PROOF_FORMAT,
        "capture": {
            "id": source.outline.id,
            "url": source.outline.url,
            "started_at": show_date(source.outline.started_at),
            "ended_at": show_date(source.outline.ended_at),
            "title": source.outline.title,
        },
        "warc": {**_name_file(warcs[SEALED]), "redacted": False},
        "resolved": _name_file(warcs[RESOLVED]) if RESOLVED in warcs else None,
        **proof.fields,
    }
    package.add(f"{FOLDER}/proof.json", to_json(told))
    readme = write_readme(source.outline, proof.tokens, tuple(extras), has_resolved=RESOLVED in warcs)
    for path, data in (*proof.files.items(), (f"{FOLDER}/README.txt", readme), *extras.items()):
        package.add(path, data)


def _name_file(resource: Resource) -> dict[str, object]:
    return {"path": resource.path, "sha256": resource.digest, "bytes": resource.bytes}


def _index_line(item: Shown, place: Part, path: str, source: _Source) -> str:
    exchange = item.exchange
    if exchange is not None and exchange.request_body is not None:
        exchange = replace(exchange, request_body=source.fetch(digest_of(exchange.request_body)))
    fields = {
        "mime": item.media_type or "unknown",
        "status": str(exchange.status) if exchange else "200",
        "digest": f"sha256:{item.digest}",
        "length": str(place.length),
        "offset": str(place.offset),
        "filename": path.rpartition("/")[2],
        "recordDigest": f"sha256:{place.digest}",
    }
    return make_line(item.uri, item.date, fields, exchange)


def _list_page(source: _Source) -> bytes:
    outline = source.outline
    text = next((view for view in outline.views if view.kind is ViewKind.TEXT and view.digest), None)
    shown = source.fetch(text.digest).decode("utf-8", "replace") if text else ""
    page: dict[str, object] = {"id": outline.id, **_main_page(outline), "title": _title_of(outline), "seed": True}
    if shown:
        page["text"] = shown
    header = {"format": "json-pages-1.0", "id": "pages", "title": "Pages", "hasText": bool(shown)}
    return b"".join(json.dumps(line).encode() + b"\n" for line in (header, page))


def _describe_capture(outline: Capture, stored: StoredCapture) -> dict[str, object]:
    page = _main_page(outline)
    return {"title": outline.title or stored.page.url, "mainPageURL": page["url"], "mainPageDate": page["ts"]}


def _main_page(outline: Capture) -> dict[str, str]:
    """Address and moment of the document that was shown: the last of the main frame that was answered."""
    answered = [exchange for exchange in outline.exchanges if exchange.main_document and exchange.status is not None]
    if answered:
        return {"url": answered[-1].url, "ts": show_date(answered[-1].started_at)}
    return {"url": outline.final_url or outline.url, "ts": show_date(outline.started_at)}


def _title_of(outline: Capture) -> str:
    return outline.title or outline.final_url or outline.url
