"""The manifest of a capture: what it is made of, committed to piece by piece.

Each WARC record, each entry of the exchange table and the rest of the provenance has a commitment of its own,
sha256(salt || sha256(piece)), with salt = HMAC-SHA256(seed, label). The seed is kept apart. So one piece can be
withheld later, and its value cannot be guessed from the manifest, while all others are still proven.
The manifest therefore states no digest and no address of a single record in clear.
Values that may be secrets (cookies, tokens) are committed to once more by themselves inside their exchange, so that a
copy may withhold just them (docs/evidence.md).
"""

from __future__ import annotations

import gzip
import hashlib
import hmac
import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from scrapers.model import Capture
from storage.canonical import canonical_json
from storage.capture_records import Written
from storage.errors import ArchiveDamaged
from storage.model import WatchedPage
from storage.provenance import Provenance
from storage.warc import show_date

FORMAT = "cardwatch-manifest-1"
_LIMIT = 64 << 20
SECRET_HEADER = re.compile("cookie|auth(?!ority)|token|secret|session|csrf|xsrf|passw|api-?key", re.IGNORECASE)
"""Names of headers whose values a redacted copy withholds; part of the format."""


@dataclass(frozen=True)
class RecordEntry:
    """A WARC record as the manifest names it."""

    offset: int
    length: int
    type: str
    commitment: str


@dataclass(frozen=True)
class Manifest:
    """A manifest as it was read. `fields` is all of it as JSON values."""

    capture_id: str
    previous_capture: str
    previous_manifest: str
    warc: str
    warc_bytes: int
    records: tuple[RecordEntry, ...]
    exchanges: tuple[str, ...]
    visit: str
    fields: dict[str, object]


def record_piece(head_digest: str, payload_digest: str) -> bytes:
    """What is committed to of a record: the SHA-256 of all before its payload, and of its payload."""
    return hashlib.sha256(bytes.fromhex(head_digest) + bytes.fromhex(payload_digest)).digest()


def json_piece(value: object) -> bytes:
    """What is committed to of a part of the provenance: the SHA-256 of its canonical JSON."""
    return hashlib.sha256(canonical_json(value)).digest()


def blind_exchange(entry: object, number: int, seed: bytes) -> object:
    """Give an entry of the exchange table with `{"redacted": commitment}` in place of every value that may be secret.

    Those are the values of headers named like SECRET_HEADER (labels `exchange:N:request_headers:I` and
    `exchange:N:response_headers:I`) and the reference of a request's body (`exchange:N:request_body`).
    What is redacted already stays as it is.
    """
    if not isinstance(entry, dict):
        return entry
    blinded = dict(entry)
    for side in ("request_headers", "response_headers"):
        headers = entry.get(side)
        if isinstance(headers, list):
            blinded[side] = [
                [name, _blind(value, seed, f"exchange:{number}:{side}:{place}")] if SECRET_HEADER.search(name) else pair
                for place, pair in enumerate(headers)
                for name, value in (pair,)
            ]
    if entry.get("request_body") is not None:
        blinded["request_body"] = _blind(entry["request_body"], seed, f"exchange:{number}:request_body")
    return blinded


def _blind(value: object, seed: bytes, label: str) -> object:
    if isinstance(value, dict):
        return value
    return {"redacted": commit(make_salt(seed, label), json_piece(value))}


def make_salt(seed: bytes, label: str) -> bytes:
    """Give the salt of one piece; labels are `record:N`, `exchange:N` and `visit`."""
    return hmac.digest(seed, label.encode(), "sha256")


def commit(salt: bytes, piece: bytes) -> str:
    """Give the commitment to a piece's digest in hex."""
    return hashlib.sha256(salt + piece).hexdigest()


def write_manifest(
    capture: Capture,
    page: WatchedPage,
    *,
    warc: str,
    warc_bytes: int,
    records: Sequence[Written],
    provenance: Provenance,
    previous: tuple[str, str],
    seed: bytes,
) -> bytes:
    """Lay the manifest out: canonical JSON, packed. `previous` is the capture before and its manifest's SHA-256."""
    fields: dict[str, object] = {
        "format": FORMAT,
        "capture": {
            "id": capture.id,
            "url": capture.url,
            "started_at": show_date(capture.started_at),
            "ended_at": show_date(capture.ended_at),
            "outcome": capture.outcome.value,
            "reason": capture.reason,
            "status": capture.status,
            "origin": capture.origin.value,
            "claimed_at": show_date(capture.claimed_at) if capture.claimed_at else None,
            "tool": capture.tool,
        },
        "page": {
            "id": page.id,
            "platform": page.platform,
            "url": page.url,
            "role": page.role.value,
            "vantage": page.vantage,
        },
        "previous": {"capture": previous[0], "manifest": previous[1]},
        "artifacts": [{"kind": "warc", "sha256": warc, "bytes": warc_bytes}],
        "commitment": "sha256(hmac-sha256(seed, label) || sha256(piece))",
        "records": [
            {
                "offset": written.place.offset,
                "length": written.place.length,
                "type": written.type,
                "commitment": commit(
                    make_salt(seed, f"record:{number}"),
                    record_piece(written.place.head_digest, written.payload_digest),
                ),
            }
            for number, written in enumerate(records)
        ],
        "exchanges": [
            commit(make_salt(seed, f"exchange:{number}"), json_piece(blind_exchange(entry, number, seed)))
            for number, entry in enumerate(provenance.exchanges)
        ],
        "visit": commit(make_salt(seed, "visit"), json_piece(provenance.visit)),
    }
    return gzip.compress(canonical_json(fields), 9, mtime=0)


def read_manifest(data: bytes) -> Manifest:
    """Parse a manifest; what is not one raises ArchiveDamaged."""
    try:
        unpacker = zlib.decompressobj(31)
        text = unpacker.decompress(data, _LIMIT)
        if unpacker.unconsumed_tail or not unpacker.eof:
            raise ArchiveDamaged("a manifest is cut off or beyond all measure")
        fields = json.loads(text)
        if fields["format"] != FORMAT:
            raise ArchiveDamaged(f"a manifest of the unknown format {str(fields['format'])[:40]!r}")
        (artifact,) = fields["artifacts"]
        return Manifest(
            capture_id=str(fields["capture"]["id"]),
            previous_capture=str(fields["previous"]["capture"]),
            previous_manifest=str(fields["previous"]["manifest"]),
            warc=str(artifact["sha256"]),
            warc_bytes=int(artifact["bytes"]),
            records=tuple(
                RecordEntry(int(item["offset"]), int(item["length"]), str(item["type"]), str(item["commitment"]))
                for item in fields["records"]
            ),
            exchanges=tuple(str(item) for item in fields["exchanges"]),
            visit=str(fields["visit"]),
            fields=fields,
        )
    except (zlib.error, ValueError, TypeError, KeyError, RecursionError) as error:
        raise ArchiveDamaged(f"a manifest cannot be read: {error}") from None
