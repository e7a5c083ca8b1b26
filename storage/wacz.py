"""Writes one capture as a WACZ 1.1.1 package: the sealed WARC byte for byte, and its proofs beside it.

What the sealed WARC leaves to other files comes in a second one, so the package replays by itself; the index names
complete records only. Title and text are those of the rendered page. The same archive and checkpoint give the same
bytes. A big payload goes by a file, and of the others no more than one is held in memory.
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
from scrapers.spool import SpooledBody, read_all
from storage.archive import Archive
from storage.artifacts import find_payloads
from storage.capture_records import find_provenance, view_uri
from storage.captures import get_capture
from storage.cdxj import make_line
from storage.errors import ArchiveDamaged, ArchiveError
from storage.large_records import read_large_record
from storage.manifest import Manifest, read_manifest
from storage.model import StoredCapture, StoredPayload
from storage.objects import digest_file, sync_folder
from storage.package import PackageWriter, Part, Resource, to_json
from storage.redaction import Redacted, keep_resolved, redact_capture
from storage.resolved import Shown, digest_of, list_shown, outline_capture, pair_shown, write_shown
from storage.sealed import SealedRecord, copy_records, list_records
from storage.wacz_note import PATH as NOTE
from storage.wacz_note import FileList, ListedFile, sign_files
from storage.wacz_proof import PROOF_FORMAT, Copy, Proof, gather_proof
from storage.wacz_readme import write_readme
from storage.wacz_tokens import FOLDER
from storage.warc import EMPTY_DIGEST, WarcWriter, show_date

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
    archive: Archive,
    capture_id: str,
    path: Path,
    *,
    at: datetime,
    extras: Mapping[str, bytes] | None = None,
    masks: Sequence[str] | None = None,
    steady: bool = False,
) -> Exported:
    """Write the package of a capture to a new file; the custody log is sealed first where no checkpoint covers it yet.

    `extras` are further files by their names, to lie beside the proof (verify.html, attestation.html). With `masks`
    the export is redacted: cookies, tokens and these texts are taken out, and the copy becomes an entry of the log.
    With `steady` the same bytes come out after the log has grown (a pack that is built again).
    Raises NotInArchive, ArchiveDamaged when bytes are missing, ArchiveError when the file is there already.
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
            records = _write_package(file, archive, stored, at, further, masks, steady)
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
    file: BinaryIO,
    archive: Archive,
    stored: StoredCapture,
    at: datetime,
    extras: Mapping[str, bytes],
    masks: Sequence[str] | None,
    steady: bool,
) -> int:
    packed = archive.objects.read(stored.manifest)
    manifest = read_manifest(packed)
    with archive.objects.open(stored.warc) as warc:
        source = _open_source(archive, stored, manifest, warc)
        if masks is not None:
            source = replace(source, redacted=redact_capture(archive, stored, manifest, warc, source.read, masks))
        with PackageWriter(file, source.outline.started_at) as package:
            lines = _write_sealed(package, source)
            of_sealed = len(lines)
            lines += _write_resolved(package, source)
            resolved = len(lines) - of_sealed
            package.add("indexes/index.cdx", "".join(sorted(lines)).encode())
            package.add("pages/pages.jsonl", _list_page(source, lines))
            proof = gather_proof(archive, stored, packed, at, _describe_copy(package, source), steady=steady)
            _write_proof(package, source, proof, extras)
            package.add(NOTE, _list_files(package, source, proof))
            package.finish(
                _describe_capture(source, lines),
                archive.keys.load_or_make_package_key(),
                created=proof.made_at,
                software=source.outline.tool or "cardwatch",
            )
    left_out = sum(not member for member in source.redacted.replaced.values()) if source.redacted else 0
    return len(source.records) - left_out + resolved


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
    places: Mapping[str, StoredPayload]
    redacted: Redacted | None = None

    def show(self, text: str) -> str:
        """Give a text as it may leave: in a redacted export what must not leave is masked."""
        return self.redacted.secrets.mask_text(text) if self.redacted else text

    def fetch(self, digest: str) -> bytes | SpooledBody:
        """Give a payload: from the sealed WARC if it lies there, else from the file that holds it."""
        if digest == EMPTY_DIGEST:
            return b""
        if digest in self.own:
            return self._read(self.warc, self.own[digest].offset, self.stored.warc, digest)
        place = self.places.get(digest)
        if place is None:
            raise ArchiveDamaged(f"no record of the archive holds the payload {digest}")
        with self.archive.objects.open(place.artifact) as file:
            return self._read(file, place.offset, place.artifact, digest)

    def read(self, digest: str) -> bytes:
        """Give a payload as bytes."""
        return read_all(self.fetch(digest))

    def _read(self, file: BinaryIO, offset: int, name: str, digest: str) -> bytes | SpooledBody:
        record = read_large_record(file, offset, self.archive.root)
        if record.digest != digest:
            raise ArchiveDamaged(f"the record at byte {offset} of object {name} is not the payload {digest}")
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
    with archive.database.reading() as session:
        places = find_payloads(session, sorted({item.digest for item in missing} - own.keys()))
    return _Source(archive, stored, warc, outline, records, paired, missing, own, places)


def _write_sealed(package: PackageWriter, source: _Source) -> list[str]:
    replaced = source.redacted.replaced if source.redacted else {}
    with package.entry(SEALED, size=source.stored.warc_bytes) as entry:
        places = copy_records(source.warc, entry, source.records, replaced)
    if source.redacted is None and entry.digest != source.stored.warc:
        raise ArchiveDamaged(f"object {source.stored.warc} is altered")
    lines = []
    for record, place in zip(source.records, places, strict=True):
        item = source.paired.get(record.number)
        if source.redacted is not None and place.length:
            source.redacted.places[record.number] = (place.offset, place.length)
            item = replace(item, digest=source.redacted.digests.get(record.number, item.digest)) if item else None
        if item is not None and place.length:
            lines.append(_index_line(item, place, SEALED, source))
        elif record.type in ("response", "resource") and place.length:
            raise ArchiveDamaged(
                f"record {record.number} of object {source.stored.warc} is not told of in its provenance"
            )
    return lines


def _write_resolved(package: PackageWriter, source: _Source) -> list[str]:
    missing = source.missing
    if source.redacted is not None:
        missing = keep_resolved(source.redacted, missing, source.outline.exchanges)
    if not missing:
        return []
    lines = []
    size = sum(source.places[item.digest].size for item in missing if item.digest in source.places)
    with package.entry(RESOLVED, size=size) as entry:
        writer = WarcWriter(cast(BinaryIO, entry))
        for number, item in enumerate(missing):
            write_shown(writer, item, source.fetch(item.digest), source.stored.warc, number)
            lines.append(_index_line(item, entry.end_part(), RESOLVED, source))
    return lines


def _describe_copy(package: PackageWriter, source: _Source) -> Copy | None:
    if source.redacted is None:
        return None
    (warc,) = (resource for resource in package.resources if resource.path == SEALED)
    return Copy(source.stored.manifest, warc.digest, source.redacted.summary)


def _write_proof(package: PackageWriter, source: _Source, proof: Proof, extras: Mapping[str, bytes]) -> None:
    warcs = {resource.path: resource for resource in package.resources}
    told = {
        "format": PROOF_FORMAT,
        "capture": {
            "id": source.outline.id,
            "url": source.show(source.outline.url),
            "started_at": show_date(source.outline.started_at),
            "ended_at": show_date(source.outline.ended_at),
            "title": source.show(source.outline.title),
        },
        "warc": {**_name_file(warcs[SEALED]), "redacted": source.redacted is not None},
        "resolved": _name_file(warcs[RESOLVED]) if RESOLVED in warcs else None,
        **proof.fields,
        **(source.redacted.proof_fields if source.redacted else {}),
    }
    package.add(f"{FOLDER}/proof.json", to_json(told))
    redacted = source.redacted
    readme = write_readme(
        source.outline, proof.tokens, tuple(extras), has_resolved=RESOLVED in warcs, redacted=redacted is not None
    )
    further = {f"{FOLDER}/README.txt": readme, **extras}
    if redacted is not None:
        further = {path: redacted.clean(data) for path, data in further.items()}
    for path, data in (*proof.files.items(), *further.items()):
        package.add(path, data)


def _list_files(package: PackageWriter, source: _Source, proof: Proof) -> bytes:
    """Sign every file that is in the package by now, for this capture and this form of its WARC."""
    files = {
        resource.path: ListedFile(resource.path, resource.digest, resource.bytes) for resource in package.resources
    }
    listed = FileList(source.outline.id, files[SEALED].digest, tuple(files.values()))
    return sign_files(listed, proof.origin, proof.signer)


def _name_file(resource: Resource) -> dict[str, object]:
    return {"path": resource.path, "sha256": resource.digest, "bytes": resource.bytes}


def _index_line(item: Shown, place: Part, path: str, source: _Source) -> str:
    exchange = item.exchange
    if exchange is not None and exchange.request_body is not None:
        body = source.read(digest_of(exchange.request_body))
        exchange = replace(exchange, request_body=None if source.redacted and body else body)
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


def _list_page(source: _Source, lines: Sequence[str]) -> bytes:
    outline = source.outline
    text = next((view for view in outline.views if view.kind is ViewKind.TEXT and view.digest), None)
    shown = ""
    if text is not None and _is_told(source, lines, view_uri(text, outline.final_url or outline.url)):
        shown = source.show(read_all(source.fetch(text.digest)).decode("utf-8", "replace"))
    page: dict[str, object] = {"id": outline.id, **_main_page(source, lines), "title": _title_of(source), "seed": True}
    if shown:
        page["text"] = shown
    header = {"format": "json-pages-1.0", "id": "pages", "title": "Pages", "hasText": bool(shown)}
    return b"".join(json.dumps(line).encode() + b"\n" for line in (header, page))


def _is_told(source: _Source, lines: Sequence[str], uri: str) -> bool:
    """Whether the index still leads to an address; in a redacted export only what it shows may be told elsewhere."""
    field = json.dumps({"url": uri})[1:-1]
    return source.redacted is None or any(field in line for line in lines)


def _describe_capture(source: _Source, lines: Sequence[str]) -> dict[str, object]:
    page = _main_page(source, lines)
    title = source.show(source.outline.title or source.stored.page.url)
    return {"title": title, "mainPageURL": page["url"], "mainPageDate": page["ts"]}


def _main_page(source: _Source, lines: Sequence[str]) -> dict[str, str]:
    """Address and moment of the document that was shown: the last of the main frame that was answered."""
    outline = source.outline
    answered = [exchange for exchange in outline.exchanges if exchange.main_document and exchange.status is not None]
    if answered and _is_told(source, lines, answered[-1].url):
        return {"url": answered[-1].url, "ts": show_date(answered[-1].started_at)}
    return {"url": source.show(outline.final_url or outline.url), "ts": show_date(outline.started_at)}


def _title_of(source: _Source) -> str:
    outline = source.outline
    return source.show(outline.title or outline.final_url or outline.url)
