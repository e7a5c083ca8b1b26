"""Writes what a sealed WARC leaves to other files: complete records of its revisits and of what it left out.

A sealed WARC names bytes that are stored already. Replay tools want them in the same package, so an export puts such
records into a second file. What is written follows from the capture's provenance and the bytes alone.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from scrapers.model import Capture, Exchange
from storage.capture_records import make_record_id, media_type_of, view_uri
from storage.http_heads import transfer_headers, truncation, write_response_head
from storage.provenance import Provenance, rebuild_capture
from storage.sealed import SealedRecord
from storage.warc import EMPTY_DIGEST, Place, Record, WarcWriter, safe_uri, show_date

_RESPONSE = "application/http; msgtype=response"
_UNKNOWN_BYTES = "application/octet-stream"


@dataclass(frozen=True)
class Part:
    """Something that a replay shows, by the SHA-256 of its bytes: an answer (`exchange`), a view or a certificate."""

    uri: str
    date: datetime
    digest: str
    media_type: str
    exchange: Exchange | None = None

    @property
    def type(self) -> str:
        """The word of WARC-Type that its complete record has."""
        return "response" if self.exchange else "resource"


def outline_capture(provenance: Provenance) -> Capture:
    """Give the capture without its bytes: every field of bytes holds the reference to them instead."""
    return rebuild_capture(provenance, str.encode)


def digest_of(reference: bytes | None) -> str:
    """Give the SHA-256 that a reference of an outlined capture names; without one, that of no bytes."""
    return reference.decode().partition("@")[0] if reference else EMPTY_DIGEST


def list_parts(outline: Capture, view_dates: Mapping[str, datetime]) -> list[Part]:
    """List all that a complete WARC of the capture would hold, in its order.

    `view_dates` says when the captures ended from which views were reused.
    """
    parts: list[Part] = []
    for exchange in outline.exchanges:
        parts.extend(_parts_of(exchange))
    page_url = outline.final_url or outline.url
    for view in outline.views:
        uri = view_uri(view, page_url)
        if view.data is not None:
            parts.append(Part(uri, outline.ended_at, digest_of(view.data), view.media_type))
        elif view.reused_from:
            parts.append(Part(uri, view_dates[view.reused_from], view.digest, view.media_type))
    for certificate in outline.certificates:
        for link in certificate.chain:
            uri = f"urn:cardwatch:certificate:sha256:{digest_of(link)}"
            parts.append(Part(uri, outline.ended_at, digest_of(link), "application/pkix-cert"))
    return parts


def pair_parts(parts: Sequence[Part], records: Sequence[SealedRecord]) -> tuple[dict[int, Part], list[Part]]:
    """Give the part that each complete record holds, by the record's number, and the parts that no record holds."""
    held: defaultdict[tuple[str, str, str, str], list[int]] = defaultdict(list)
    for record in reversed(records):
        if record.type in ("response", "resource"):
            held[record.type, record.uri, record.date, record.digest].append(record.number)
    paired: dict[int, Part] = {}
    missing: list[Part] = []
    for part in parts:
        numbers = held.get((part.type, safe_uri(part.uri), show_date(part.date), part.digest))
        if numbers:
            paired[numbers.pop()] = part
        else:
            missing.append(part)
    return paired, missing


def write_part(writer: WarcWriter, part: Part, payload: bytes, sealed: str, number: int) -> Place:
    """Append the complete record of a part. `sealed` is the SHA-256 of the WARC that lacks it, for the record's id."""
    seed = hashlib.sha256(f"cardwatch resolved {sealed}".encode()).digest()
    name = make_record_id(seed, number)
    if part.exchange is None:
        return writer.write(Record("resource", name, part.uri, part.date, part.media_type, b"", payload, part.digest))
    exchange = replace(part.exchange, body=payload if part.exchange.body is not None else None)
    headers = (*transfer_headers(exchange), *truncation(exchange))
    head = write_response_head(exchange)
    return writer.write(Record("response", name, part.uri, part.date, _RESPONSE, head, payload, part.digest, headers))


def _parts_of(exchange: Exchange) -> list[Part]:
    is_http = exchange.url.startswith(("http://", "https://"))
    if exchange.status is not None and is_http:
        digest = digest_of(exchange.body)
        return [Part(exchange.url, exchange.started_at, digest, media_type_of(exchange), exchange)]
    loose = [exchange.body] if is_http else [exchange.body, exchange.request_body]
    return [
        Part(exchange.url, exchange.started_at, digest_of(data), _UNKNOWN_BYTES)
        for data in loose
        if data and digest_of(data) != EMPTY_DIGEST
    ]
