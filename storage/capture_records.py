"""Lays a Capture out as the records of one WARC file, and reads it back.

A full capture is a complete WARC: a response or revisit and a request for every exchange, a metadata record for every
exchange that failed, a resource for every view and certificate. A repeat visit (views reused) writes records only for
what is new and for documents and data; its other exchanges stand in the table of the provenance record, which holds
all exchanges of every capture, so that a page where nothing changed costs kilobytes. Payloads are stored once.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from scrapers.model import Capture, Exchange, View, ViewKind
from scrapers.spool import SpooledBody, read_all
from storage.canonical import canonical_json
from storage.errors import ArchiveDamaged
from storage.http_heads import transfer_headers, truncation, write_request_head, write_response_head
from storage.large_records import read_large_records
from storage.model import StoredPayload
from storage.provenance import Fetch, Provenance, describe_capture, read_provenance, rebuild_capture, write_provenance
from storage.warc import EMPTY_DIGEST, Pairs, Place, Record, WarcWriter, read_record

PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
PROVENANCE_URI = "urn:cardwatch:capture:"
WARC_TYPES = "application/http; msgtype="
_ALWAYS_RECORDED = ("document", "xhr", "fetch")
_VIEW_NAMES = {  # the first three as Browsertrix and ReplayWeb.page call them
    ViewKind.SCREENSHOT: "fullPage",
    ViewKind.TEXT: "text",
    ViewKind.PDF: "pdf",
}


@dataclass(frozen=True)
class Written:
    """One record that was written: what the manifest commits to and what an index needs."""

    type: str
    place: Place
    payload_digest: str
    uri: str
    date: datetime
    media_type: str
    exchange: Exchange | None


@dataclass(frozen=True)
class Packed:
    """What writing a capture's WARC gave: its records, the payloads that it is the first to hold, its provenance."""

    records: tuple[Written, ...]
    payloads: tuple[StoredPayload, ...]  # `artifact` is "" until the file has its name
    provenance: Provenance


@dataclass(frozen=True)
class _Kept:
    """Where the record of a payload is: what a revisit of it names."""

    record_id: str
    url: str
    date: datetime


def digest_payloads(capture: Capture) -> dict[int, str]:
    """Give the SHA-256 of every body, view and certificate by the identity of its bytes object, each hashed once.

    A digest that the capture states and that is not right raises ValueError: then the recorder is broken.
    """
    found: dict[int, str] = {}
    for exchange in capture.exchanges:
        if exchange.body is not None:
            _digest_one(found, exchange.body, exchange.body_digest, f"the body of {exchange.url[:200]}")
        if exchange.body_file is not None:  # hashed as it came in
            found[id(exchange.body_file)] = exchange.body_file.digest
        if exchange.request_body is not None:
            _digest_one(found, exchange.request_body, "", "")
    for view in capture.views:
        if view.data is not None:
            _digest_one(found, view.data, view.digest, f"the view {view.kind.value} {view.name[:80]}")
    for certificate in capture.certificates:
        for link in certificate.chain:
            _digest_one(found, link, "", "")
    return found


def write_capture(
    writer: WarcWriter,
    capture: Capture,
    *,
    digests: Mapping[int, str],
    known: Mapping[str, StoredPayload],
    seed: bytes,
    description: Pairs,
) -> Packed:
    """Write the whole WARC. `known` are payloads stored before; `seed` makes the record ids, which nobody can guess."""
    return _CaptureWriter(writer, capture, digests, known, seed).write(description)


def read_capture(file: BinaryIO, fetch: Fetch, folder: Path) -> Capture:
    """Rebuild the capture from its WARC; `fetch` gives a payload that lies in another file by its SHA-256.

    Bodies from SPOOL_FROM bytes on come back in files on the disk of `folder`.
    """
    own: dict[str, bytes | SpooledBody] = {EMPTY_DIGEST: b""}
    provenance: Provenance | None = None
    for record in read_large_records(file, folder):
        if record.uri.startswith(PROVENANCE_URI) and record.type == "metadata":
            provenance = read_provenance(read_all(record.payload))
        elif record.type in ("request", "response", "resource"):
            own[record.digest] = record.payload
    if provenance is None:
        raise ArchiveDamaged("the WARC holds no provenance record of a capture: run `cardwatch check`")

    def resolve(reference: str) -> bytes | SpooledBody:
        digest = reference.partition("@")[0]
        found = own.get(digest)
        return fetch(digest) if found is None else found

    return rebuild_capture(provenance, resolve)


def find_provenance(file: BinaryIO) -> Provenance:
    """Read only the provenance, which is the second record of the file."""
    info = read_record(file, 0)
    record = read_record(file, info.length)
    if not record.uri.startswith(PROVENANCE_URI):
        raise ArchiveDamaged("the second record of the WARC is not a capture's provenance: run `cardwatch check`")
    return read_provenance(record.payload)


def view_uri(view: View, url: str) -> str:
    """Name a view's record after the page, as replay tools expect."""
    name = _VIEW_NAMES.get(view.kind, view.kind.value.replace("_", "-"))
    return f"urn:{name}:{url}" + (f"#{view.name}" if view.name else "")


def make_record_id(seed: bytes, number: int) -> str:
    """Make the id of the n-th record: unguessable without the seed, the same for the same seed."""
    made = hmac.digest(seed, b"record-id:%d" % number, "sha256")[:16]
    return uuid.UUID(bytes=made, version=4).urn


def _digest_one(found: dict[int, str], data: bytes, stated: str, what: str) -> None:
    digest = found.get(id(data))
    if digest is None:
        digest = found[id(data)] = hashlib.sha256(data).hexdigest()
    if stated and stated != digest:
        raise ValueError(f"{what} is said to have the digest {stated}, but has {digest}")


def media_type_of(exchange: Exchange) -> str:
    """Give the media type that an answer states, without its parameters."""
    stated = (value for name, value in exchange.response_headers if name.lower() == "content-type")
    return next(stated, "").partition(";")[0].strip()[:100].encode("utf-8", "replace").decode()


class _CaptureWriter:
    """Holds what the parts of one file need to know of each other while it is written."""

    def __init__(
        self,
        writer: WarcWriter,
        capture: Capture,
        digests: Mapping[int, str],
        known: Mapping[str, StoredPayload],
        seed: bytes,
    ) -> None:
        self._writer = writer
        self._capture = capture
        self._digests = digests
        self._known = known
        self._seed = seed
        self._all = capture.full_views
        self._kept: dict[str, _Kept] = {
            digest: _Kept(payload.record_id, payload.url, payload.date) for digest, payload in known.items()
        }
        self._records: list[Written] = []
        self._payloads: list[StoredPayload] = []

    def write(self, description: Pairs) -> Packed:
        """Write every record in the order: warcinfo, provenance, exchanges, views, certificates."""
        capture = self._capture
        info = "".join(f"{name}: {' '.join(value.split())}\r\n" for name, value in description).encode(
            "utf-8", "replace"
        )
        self._put("warcinfo", "", capture.started_at, "application/warc-fields", payload=info)
        provenance = self._describe()
        self._put(
            "metadata",
            PROVENANCE_URI + capture.id,
            capture.started_at,
            "application/json",
            payload=write_provenance(provenance),
        )
        for exchange in capture.exchanges:
            self._write_exchange(exchange)
        page_url = capture.final_url or capture.url
        for view in capture.views:
            if view.data is not None:
                self._write_resource(view_uri(view, page_url), capture.ended_at, view.media_type, view.data)
        for certificate in capture.certificates:
            for link in certificate.chain:
                uri = f"urn:cardwatch:certificate:sha256:{self._digests[id(link)]}"
                self._write_resource(uri, capture.ended_at, "application/pkix-cert", link)
        return Packed(tuple(self._records), tuple(self._payloads), provenance)

    def _describe(self) -> Provenance:
        sources: dict[str, int] = {}

        def note(data: bytes | SpooledBody) -> str:
            digest = self._digests[id(data)]
            payload = self._known.get(digest)
            if payload is None:
                return digest
            return f"{digest}@{sources.setdefault(payload.artifact, len(sources))}"

        described = describe_capture(self._capture, note)
        return Provenance(described, tuple(sources))

    def _write_exchange(self, exchange: Exchange) -> None:
        body: bytes | SpooledBody | None = exchange.body_file or exchange.body
        digest = self._digests[id(body)] if body else ""
        is_new = bool(digest) and digest not in self._kept
        recorded = self._all or exchange.main_document or exchange.resource_type in _ALWAYS_RECORDED
        if not (recorded or is_new or exchange.request_body):
            return
        shared = transfer_headers(exchange)
        if exchange.status is None or not exchange.url.startswith(("http://", "https://")):
            answer = self._write_failure(exchange, digest, is_new)
        else:
            answer = self._write_answer(exchange, digest, is_new, shared)
        sent = exchange.request_body or b""
        if not exchange.url.startswith(("http://", "https://")):
            if sent:  # a request record is for HTTP only
                self._write_resource(exchange.url, exchange.started_at, "application/octet-stream", sent)
            return
        self._put(
            "request",
            exchange.url,
            exchange.started_at,
            WARC_TYPES + "request",
            head=write_request_head(exchange),
            payload=sent,
            digest=self._digests[id(sent)] if sent else "",
            headers=(("WARC-Concurrent-To", f"<{answer}>"), *shared),
        )

    def _write_answer(self, exchange: Exchange, digest: str, is_new: bool, shared: Pairs) -> str:
        headers = (*shared, *truncation(exchange))
        head = write_response_head(exchange)
        kind = WARC_TYPES + "response"
        if digest and not is_new:
            return self._put_revisit(
                exchange.url,
                exchange.started_at,
                digest,
                head=head,
                content_type=kind,
                headers=headers,
                exchange=exchange,
            )
        return self._put(
            "response",
            exchange.url,
            exchange.started_at,
            kind,
            head=head,
            payload=exchange.body_file or exchange.body or b"",
            digest=digest or EMPTY_DIGEST,
            headers=headers,
            keep=media_type_of(exchange),
            exchange=exchange,
        )

    def _write_failure(self, exchange: Exchange, digest: str, is_new: bool) -> str:
        said: dict[str, object] = {
            "error": exchange.error,
            "method": exchange.method,
            "resource_type": exchange.resource_type,
            "status": exchange.status,
        }
        body: bytes | SpooledBody | None = exchange.body_file or exchange.body
        if is_new and body:  # bytes came, but under no status or by another scheme than HTTP
            self._write_resource(exchange.url, exchange.started_at, "application/octet-stream", body)
        return self._put(
            "metadata", exchange.url, exchange.started_at, "application/json", payload=canonical_json(said)
        )

    def _write_resource(self, uri: str, date: datetime, content_type: str, data: bytes | SpooledBody) -> None:
        digest = self._digests[id(data)]
        if data and digest in self._kept:
            if self._all:
                self._put_revisit(uri, date, digest, content_type=content_type)
            return
        self._put("resource", uri, date, content_type, payload=data, digest=digest, keep=content_type)

    def _put_revisit(
        self,
        uri: str,
        date: datetime,
        digest: str,
        *,
        content_type: str,
        head: bytes = b"",
        headers: Pairs = (),
        exchange: Exchange | None = None,
    ) -> str:
        kept = self._kept[digest]
        refers = (
            ("WARC-Profile", PROFILE),
            ("WARC-Refers-To", f"<{kept.record_id}>"),
            ("WARC-Refers-To-Target-URI", kept.url),
            ("WARC-Refers-To-Date", kept.date.isoformat(timespec="microseconds").replace("+00:00", "Z")),
        )
        return self._put(
            "revisit",
            uri,
            date,
            content_type,
            head=head,
            digest=digest,
            headers=(*refers, *headers),
            exchange=exchange,
        )

    def _put(
        self,
        kind: str,
        uri: str,
        date: datetime,
        content_type: str,
        *,
        head: bytes = b"",
        payload: bytes | SpooledBody = b"",
        digest: str = "",
        headers: Pairs = (),
        keep: str | None = None,
        exchange: Exchange | None = None,
    ) -> str:
        record_id = make_record_id(self._seed, len(self._records))
        held, file = (b"", payload) if isinstance(payload, SpooledBody) else (payload, None)
        record = Record(kind, record_id, uri, date, content_type, head, held, digest, headers, file)
        place = self._writer.write(record)
        stands = digest if record.size and digest else hashlib.sha256(held).hexdigest()
        self._records.append(Written(kind, place, stands, uri, date, keep or content_type, exchange))
        if keep is not None and record.size and digest not in self._kept:
            self._kept[digest] = _Kept(record_id, uri, date)
            self._payloads.append(
                StoredPayload(digest, "", place.offset, place.length, record.size, record_id, uri, date, keep)
            )
        return record_id
