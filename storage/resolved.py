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
from scrapers.spool import SpooledBody
from storage.capture_records import make_record_id, media_type_of, view_uri
from storage.http_heads import transfer_headers, truncation, write_response_head
from storage.provenance import Provenance, rebuild_capture
from storage.sealed import SealedRecord
from storage.warc import EMPTY_DIGEST, Record, WarcWriter, safe_uri, show_date

_RESPONSE = "application/http; msgtype=response"
_UNKNOWN_BYTES = "application/octet-stream"


@dataclass(frozen=True)
class Shown:
    """What a complete record shows, by the SHA-256 of its bytes: an answer (`exchange`), a view or a certificate."""

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


def list_shown(outline: Capture, view_dates: Mapping[str, datetime]) -> list[Shown]:
    """List all that a complete WARC of the capture would hold, in its order.

    `view_dates` says when the captures ended from which views were reused.
    """
    items: list[Shown] = []
    for exchange in outline.exchanges:
        items.extend(_shown_of(exchange))
    page_url = outline.final_url or outline.url
    for view in outline.views:
        uri = view_uri(view, page_url)
        if view.data is not None:
            items.append(Shown(uri, outline.ended_at, digest_of(view.data), view.media_type))
        elif view.reused_from:
            items.append(Shown(uri, view_dates[view.reused_from], view.digest, view.media_type))
    for certificate in outline.certificates:
        for link in certificate.chain:
            uri = f"urn:cardwatch:certificate:sha256:{digest_of(link)}"
            items.append(Shown(uri, outline.ended_at, digest_of(link), "application/pkix-cert"))
    return items


def pair_shown(items: Sequence[Shown], records: Sequence[SealedRecord]) -> tuple[dict[int, Shown], list[Shown]]:
    """Give what each complete record holds, by the record's number, and what no record holds."""
    held: defaultdict[tuple[str, str, str, str], list[int]] = defaultdict(list)
    for record in reversed(records):
        if record.type in ("response", "resource"):
            held[record.type, record.uri, record.date, record.digest].append(record.number)
    paired: dict[int, Shown] = {}
    missing: list[Shown] = []
    for item in items:
        numbers = held.get((item.type, safe_uri(item.uri), show_date(item.date), item.digest))
        if numbers:
            paired[numbers.pop()] = item
        else:
            missing.append(item)
    return paired, missing


def write_shown(writer: WarcWriter, item: Shown, payload: bytes | SpooledBody, sealed: str, number: int) -> None:
    """Append a complete record. `sealed` is the SHA-256 of the WARC that lacks it, for the record's id."""
    seed = hashlib.sha256(f"cardwatch resolved {sealed}".encode()).digest()
    name = make_record_id(seed, number)
    held, file = (b"", payload) if isinstance(payload, SpooledBody) else (payload, None)
    if item.exchange is None:
        record = Record("resource", name, item.uri, item.date, item.media_type, b"", held, item.digest, (), file)
    else:
        body = held if file is None and item.exchange.body is not None else None
        exchange = replace(item.exchange, body=body, body_file=file)
        headers = (*transfer_headers(exchange), *truncation(exchange))
        head = write_response_head(exchange)
        record = Record("response", name, item.uri, item.date, _RESPONSE, head, held, item.digest, headers, file)
    writer.write(record)


def _shown_of(exchange: Exchange) -> list[Shown]:
    is_http = exchange.url.startswith(("http://", "https://"))
    if exchange.status is not None and is_http:
        digest = digest_of(exchange.body)
        return [Shown(exchange.url, exchange.started_at, digest, media_type_of(exchange), exchange)]
    loose = [exchange.body] if is_http else [exchange.body, exchange.request_body]
    return [
        Shown(exchange.url, exchange.started_at, digest_of(data), _UNKNOWN_BYTES)
        for data in loose
        if data and digest_of(data) != EMPTY_DIGEST
    ]
