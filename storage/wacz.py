"""Writes one capture as a WACZ 1.1.1 package that replay tools open by itself.

Takes a capture of the archive; every revisit becomes a complete record, reused views come from their capture with
its date, and title and text are those of the rendered page. The same archive gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

from scrapers.model import Capture, Exchange, ViewKind
from storage.archive import Archive
from storage.capture_records import Written, digest_payloads, find_provenance, write_complete
from storage.captures import get_capture
from storage.cdxj import make_line
from storage.errors import ArchiveError
from storage.model import StoredCapture
from storage.objects import digest_file, sync_folder
from storage.warc import WarcWriter, show_date

WACZ_VERSION = "1.1.1"
WARC_NAME = "data.warc.gz"
_LARGE = 1 << 30


@dataclass(frozen=True)
class Exported:
    """A written package: its file, length in bytes, SHA-256, and how many records it holds."""

    path: Path
    bytes: int
    sha256: str
    records: int
    capture: StoredCapture


@dataclass(frozen=True)
class _Resource:
    path: str
    digest: str
    bytes: int


def export_wacz(archive: Archive, capture_id: str, path: Path) -> Exported:
    """Write the package of a capture to a new file.

    Raises NotInArchive, ArchiveDamaged when bytes are missing, ArchiveError when the file is there already.
    """
    with archive.database.reading() as session:
        stored = get_capture(session, capture_id)
    if path.exists():
        raise ArchiveError(f"{path} is there already: give another name, or remove it first")
    if not path.parent.is_dir():
        raise ArchiveError(f"{path.parent} is no folder: make it first")
    draft = path.with_name(f".{path.name}.part")
    try:
        with draft.open("w+b") as file:
            records = _write_package(file, archive, stored)
            file.flush()
            os.fsync(file.fileno())
        digest, length = digest_file(draft)
        draft.replace(path)
        sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)
    return Exported(path, length, digest, records, stored)


def _write_package(file: BinaryIO, archive: Archive, stored: StoredCapture) -> int:
    capture = archive.load_capture(stored.id, fill_views=True)
    made = capture.started_at
    with zipfile.ZipFile(file, "w") as package:
        written, warc = _write_warc(package, archive, stored, capture)
        lines = sorted(_index_lines(written))
        resources = [
            warc,
            _add(package, "indexes/index.cdx", "".join(lines).encode(), made),
            _add(package, "pages/pages.jsonl", _pages(capture), made),
        ]
        described = _to_json(_datapackage(capture, stored, resources))
        _add(package, "datapackage.json", described, made)
        digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(described).hexdigest()}"}
        _add(package, "datapackage-digest.json", _to_json(digest), made)
    return len(written)


def _write_warc(
    package: zipfile.ZipFile, archive: Archive, stored: StoredCapture, capture: Capture
) -> tuple[Sequence[Written], _Resource]:
    with archive.objects.open(stored.warc) as file:
        provenance = find_provenance(file)
    sources = {view.reused_from for view in capture.views if view.reused_from}
    with archive.database.reading() as session:
        view_dates = {source: get_capture(session, source).ended_at for source in sorted(sources)}
    size = sum(len(exchange.body or b"") for exchange in capture.exchanges)
    size += sum(len(view.data or b"") for view in capture.views)
    name = f"archive/{WARC_NAME}"
    with package.open(_entry(name, capture.started_at), "w", force_zip64=size > _LARGE) as out:
        writer = WarcWriter(cast(BinaryIO, out))
        packed = write_complete(
            writer,
            capture,
            digests=digest_payloads(capture),
            provenance=provenance,
            seed=hashlib.sha256(f"cardwatch export of {stored.id}".encode()).digest(),
            view_dates=view_dates,
            description=(
                ("software", capture.tool or "cardwatch"),
                ("format", "WARC File Format 1.1"),
                ("isPartOf", stored.page.platform),
                (
                    "description",
                    f"export of capture {stored.id}, whose WARC has SHA-256 {stored.warc} and whose manifest has "
                    f"{stored.manifest}; revisits are written out in full, bodies are decoded by the browser, "
                    "headers about the transfer are kept as x-orig-*",
                ),
            ),
        )
    return packed.records, _Resource(name, writer.digest, writer.length)


def _index_lines(records: Sequence[Written]) -> list[str]:
    lines = []
    for record in records:
        if record.type not in ("response", "resource"):
            continue
        status = record.exchange.status if record.exchange else 200
        fields = {
            "mime": record.media_type or "unknown",
            "status": str(status),
            "digest": f"sha256:{record.payload_digest}",
            "length": str(record.place.length),
            "offset": str(record.place.offset),
            "filename": WARC_NAME,
        }
        lines.append(make_line(record.uri, record.date, fields, record.exchange))
    return lines


def _pages(capture: Capture) -> bytes:
    main = _main_exchange(capture)
    text = next((view.data for view in capture.views if view.kind is ViewKind.TEXT and view.data), b"")
    page: dict[str, object] = {
        "id": capture.id,
        "url": main.url if main else capture.final_url or capture.url,
        "ts": show_date(main.started_at if main else capture.started_at),
        "title": capture.title or capture.final_url or capture.url,
        "seed": True,
    }
    if text:
        page["text"] = text.decode("utf-8", "replace")
    header = {"format": "json-pages-1.0", "id": "pages", "title": "Pages", "hasText": bool(text)}
    return b"".join(json.dumps(line).encode() + b"\n" for line in (header, page))


def _main_exchange(capture: Capture) -> Exchange | None:
    """The document that was shown: the last of the main frame that was answered."""
    answered = [exchange for exchange in capture.exchanges if exchange.main_document and exchange.status is not None]
    return answered[-1] if answered else None


def _datapackage(capture: Capture, stored: StoredCapture, resources: Sequence[_Resource]) -> dict[str, object]:
    main = _main_exchange(capture)
    return {
        "profile": "data-package",
        "wacz_version": WACZ_VERSION,
        "software": capture.tool or "cardwatch",
        "created": capture.ended_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "title": capture.title or stored.page.url,
        "mainPageURL": main.url if main else capture.final_url or capture.url,
        "mainPageDate": show_date(main.started_at if main else capture.started_at),
        "resources": [
            {
                "name": resource.path.rpartition("/")[2],
                "path": resource.path,
                "hash": f"sha256:{resource.digest}",
                "bytes": resource.bytes,
            }
            for resource in resources
        ],
    }


def _add(package: zipfile.ZipFile, name: str, data: bytes, at: datetime) -> _Resource:
    package.writestr(_entry(name, at), data)
    return _Resource(name, hashlib.sha256(data).hexdigest(), len(data))


def _entry(name: str, at: datetime) -> zipfile.ZipInfo:
    """An entry without compression, so that replay tools read records by HTTP range requests."""
    moment = at.astimezone(UTC)
    stamp = (max(1980, min(moment.year, 2107)), moment.month, moment.day, moment.hour, moment.minute, moment.second)
    entry = zipfile.ZipInfo(name, stamp)
    entry.external_attr = 0o644 << 16
    entry.create_system = 3
    return entry


def _to_json(value: object) -> bytes:
    return json.dumps(value, indent=2).encode() + b"\n"
