"""Makes the copy of a sealed WARC that may be handed over: cookies, tokens and what a person names are taken out.

Takes the sealed file, its manifest and seed; gives the records that stand in place of sealed ones, each listed as
masked or withheld. All that stays is proven by its own commitment; nothing that is taken out can be guessed from what
stays (docs/evidence.md). The sealed original is never touched.
"""

from __future__ import annotations

import email
import email.policy
import hashlib
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import BinaryIO

from scrapers.model import Exchange, ViewKind
from storage.archive import Archive
from storage.capture_records import PROVENANCE_URI
from storage.errors import ArchiveDamaged, ArchiveError
from storage.manifest import SECRET_HEADER, Manifest, blind_exchange, make_salt
from storage.model import StoredCapture
from storage.provenance import Provenance, read_provenance, write_provenance
from storage.resolved import Shown
from storage.secret_values import Secrets, find_secrets
from storage.warc import Record, StoredRecord, WarcWriter, read_record

REDACTED = "[redacted]"
_SHORTEST_MASK = 2
_PARTS = 1000
_TEXTS = (ViewKind.TEXT, ViewKind.POPUP_TEXT)
_PICTURES = ("image/", "application/pdf")
_NAMES = {
    name.lower(): name
    for name in (
        "WARC-IP-Address",
        "WARC-Protocol",
        "WARC-Concurrent-To",
        "WARC-Truncated",
        "WARC-Profile",
        "WARC-Refers-To",
        "WARC-Refers-To-Target-URI",
        "WARC-Refers-To-Date",
    )
}
Fetch = Callable[[str], bytes]
"""Gives a payload by its SHA-256."""


@dataclass
class Redacted:
    """What was done: the records that stand in place of sealed ones, what was taken out, and the salts to disclose."""

    secrets: Secrets
    shown: bool = False  # a visitor could read one of the secrets: then pictures show it too
    found_in: set[str] = field(default_factory=set)  # SHA-256 of payloads that hold one
    replaced: dict[int, bytes] = field(default_factory=dict)  # number of a sealed record -> gzip member, b"" for none
    digests: dict[int, str] = field(default_factory=dict)  # of the payload of those that were masked
    notes: list[dict[str, object]] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    places: dict[int, tuple[int, int]] = field(default_factory=dict)  # where the records lie in the copy

    @property
    def proof_fields(self) -> dict[str, object]:
        """What proof.json says of a redacted export."""
        places = {str(number): list(place) for number, place in sorted(self.places.items())}
        return {"salts": {"labels": self.labels}, "redactions": self.notes, "records": places}

    def clean(self, data: bytes) -> bytes:
        """Mask a file that tells of the capture, digests included that would let a short value be tried out."""
        for digest in sorted(self.found_in) if self.secrets.named else ():
            data = data.replace(digest.encode(), b"*" * len(digest))
        return self.secrets.mask(data)

    @property
    def summary(self) -> str:
        """What was masked, in a line for the log's entry and for people."""
        words: dict[str, int] = {}
        for note in self.notes:
            what = next(kind for kind in ("record", "resolved", "exchange", "visit") if kind in note)
            word = f"{what} {note['how']}" + (f" ({note['what']})" if "what" in note else "")
            words[word] = words.get(word, 0) + 1
        return "; ".join(f"{count} {word}" for word, count in sorted(words.items())) or "nothing"


def redact_records(
    file: BinaryIO, manifest: Manifest, seed: bytes, fetch: Fetch, *, masks: Sequence[str] = ()
) -> Redacted:
    """Redact a sealed WARC; `fetch` gives the payloads that it leaves to other files, by their SHA-256.

    Raises ArchiveDamaged where the sealed file is not what it was, ArchiveError for a mask that the manifest belies.
    """
    told = json.dumps(manifest.fields, ensure_ascii=False)
    if Secrets((), masks).stand_in(told):
        raise ArchiveError(
            f"a text to be masked stands in the sealed manifest of capture {manifest.capture_id} (in its address, its "
            "page or its reason). That goes with every copy and cannot be changed: such a copy cannot be made"
        )
    provenance = _read_sealed_provenance(file, manifest)
    secrets = find_secrets(provenance, masks, told)
    done = Redacted(secrets)
    _look_through(file, manifest, provenance, fetch, done)
    masked = _mask_provenance(provenance, seed, done)
    for number, entry in enumerate(manifest.records):
        record = read_record(file, entry.offset)
        if number == 1:
            payload = write_provenance(masked)
            if payload != record.payload:
                _replace(done, number, record, record.head, payload)
                done.notes.append({"record": number, "how": "masked", "what": "cookies and tokens"})
                continue
        how = _judge(record, done)
        head = _mask_head(record.head, secrets)
        if how == "withheld":
            done.replaced[number] = b""
            done.notes.append({"record": number, "how": how})
        elif how == "masked":
            _replace(done, number, record, head, secrets.mask(record.payload))
            done.notes.append({"record": number, "how": how, "what": "values in the content"})
        else:
            done.labels[f"record:{number}"] = make_salt(seed, f"record:{number}").hex()
            if head != record.head:
                _replace(done, number, record, head, record.payload)
                note = {"record": number, "how": "head", "head": record.head_digest, "what": "cookies and tokens"}
                done.notes.append(note)
    return done


def redact_capture(
    archive: Archive, stored: StoredCapture, manifest: Manifest, file: BinaryIO, fetch: Fetch, masks: Sequence[str]
) -> Redacted:
    """Redact a capture of the archive; `file` is its sealed WARC. Raises ArchiveError for masks that mask too much."""
    for mask in masks:
        if len(mask.strip()) < _SHORTEST_MASK:
            raise ArchiveError(f"{mask!r} is too short to be masked: it would stand everywhere by chance")
    seed = archive.salt_seed(stored.id)
    if seed is None:
        raise ArchiveError(f"the salts of capture {stored.id} were destroyed: nothing of a redacted copy can be proven")
    return redact_records(file, manifest, seed, fetch, masks=masks)


def keep_resolved(done: Redacted, items: Sequence[Shown], exchanges: Sequence[Exchange]) -> list[Shown]:
    """Give what may stay in the second file, with masked headers; what may not is noted as withheld.

    `exchanges` is the table of the capture: an answer whose entry is withheld there can be proven by nothing.
    """
    kept: list[Shown] = []
    numbers = [note["exchange"] for note in done.notes if "exchange" in note]
    untold = {id(exchanges[number]) for number in numbers if isinstance(number, int)}
    withheld: set[str] = set()
    for item in items:
        own_view = item.exchange is None and item.uri.startswith("urn:")
        shows = own_view and done.shown and item.media_type.lower().startswith((*_PICTURES, "multipart/related"))
        unproven = done.secrets.named and item.exchange is None
        gone = id(item.exchange) in untold or done.secrets.stand_in(item.uri)
        if item.digest in done.found_in or shows or unproven or gone:
            withheld.add(item.digest)
            continue
        exchange = item.exchange
        if exchange is not None:
            headers = tuple((name, _mask_value_of(name, value, done)) for name, value in exchange.response_headers)
            exchange = replace(exchange, response_headers=headers)
        kept.append(replace(item, exchange=exchange))
    done.notes.extend({"resolved": digest, "how": "withheld"} for digest in sorted(withheld))
    return kept


def _mask_value_of(name: str, value: str, done: Redacted) -> str:
    return REDACTED if SECRET_HEADER.search(name) else done.secrets.mask_text(value)


def _read_sealed_provenance(file: BinaryIO, manifest: Manifest) -> Provenance:
    if len(manifest.records) < 2:
        raise ArchiveDamaged("the manifest names no provenance record: run `cardwatch check`")
    record = read_record(file, manifest.records[1].offset)
    if not record.uri.startswith(PROVENANCE_URI):
        raise ArchiveDamaged("the second record of the WARC is not a capture's provenance: run `cardwatch check`")
    return read_provenance(record.payload)


def _look_through(file: BinaryIO, manifest: Manifest, provenance: Provenance, fetch: Fetch, done: Redacted) -> None:
    """Learn which payloads hold a secret, here and in other files, and whether the page's text shows one."""
    visit = provenance.visit.get("views", [])
    texts = {str(view.get("digest")) for view in (visit if isinstance(visit, list) else []) if _is_text_view(view)}

    def look(digest: str, payload: bytes) -> None:
        if done.secrets.stand_in(payload) or done.secrets.stand_packed(payload):
            done.found_in.add(digest)
            done.shown = done.shown or digest in texts

    for entry in manifest.records:
        if entry.type in ("response", "resource"):
            record = read_record(file, entry.offset)
            look(record.payload_sha256, record.payload)
    for digest in sorted(provenance.shared_digests() | texts):
        if digest not in done.found_in:
            look(digest, fetch(digest))


def _is_text_view(view: object) -> bool:
    return isinstance(view, dict) and view.get("kind") in _TEXTS


def _mask_provenance(provenance: Provenance, seed: bytes, done: Redacted) -> Provenance:
    secrets = done.secrets
    exchanges: list[object] = []
    for number, entry in enumerate(provenance.exchanges):
        blinded = blind_exchange(entry, number, seed)
        told = json.dumps(blinded, ensure_ascii=False)
        # The digest of a text in which one short value is masked would let that value be tried out.
        if secrets.stand_in(told) or (secrets.named and any(digest in told for digest in done.found_in)):
            exchanges.append({"redacted": True})
            done.notes.append({"exchange": number, "how": "withheld"})
        else:
            exchanges.append(blinded)
            done.labels[f"exchange:{number}"] = make_salt(seed, f"exchange:{number}").hex()
    visit = provenance.visit
    if secrets.named or secrets.stand_in(json.dumps(visit, ensure_ascii=False)):
        visit = {name: _mask_value(value, secrets) for name, value in visit.items()}
        if secrets.named:
            visit["views"] = []
        done.notes.append({"visit": True, "how": "masked"})
    else:
        done.labels["visit"] = make_salt(seed, "visit").hex()
    capture = {**visit, "exchanges": exchanges} if "exchanges" in provenance.capture else visit
    return Provenance(capture, provenance.sources)


def _mask_value(value: object, secrets: Secrets) -> object:
    if isinstance(value, str):
        return secrets.mask_text(value)
    if isinstance(value, list):
        return [_mask_value(item, secrets) for item in value]
    if isinstance(value, dict):
        return {name: _mask_value(item, secrets) for name, item in value.items()}
    return value


def _judge(record: StoredRecord, done: Redacted) -> str:
    """What becomes of a record: `withheld`, `masked` (its content) or "" (its content stays)."""
    secrets, shown = done.secrets, done.shown
    kind = record.headers.get("content-type", "").lower()
    if record.type == "revisit" and secrets.named and record.payload_digest in done.found_in:
        return "withheld"
    if secrets.stand_in(record.uri):
        return "withheld"
    own_view = record.type == "resource" and record.uri.startswith("urn:")
    if (own_view and record.uri.startswith("urn:source-file:")) or secrets.stand_packed(record.payload):
        return "withheld"
    if own_view and kind.startswith(_PICTURES) and shown:
        return "withheld"
    if record.type == "request" and (
        secrets.stand_in(record.head.partition(b"\r\n")[0]) or (record.payload and secrets.stand_in(record.payload))
    ):
        return "withheld"
    if own_view and kind.startswith("multipart/related"):
        return "withheld" if shown or _stands_in_mhtml(record.payload, secrets) else ""
    return "masked" if secrets.stand_in(record.payload) else ""


def _stands_in_mhtml(data: bytes, secrets: Secrets) -> bool:
    """Look also where lines are folded and parts are packed as base64."""
    if secrets.stand_in(data) or secrets.stand_in(data.replace(b"=\r\n", b"").replace(b"=\n", b"")):
        return True
    for number, part in enumerate(email.message_from_bytes(data, policy=email.policy.compat32).walk()):
        if number > _PARTS:
            return True  # too many to be looked through
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and secrets.stand_in(content):
            return True
    return False


def _mask_head(head: bytes, secrets: Secrets) -> bytes:
    lines = []
    for line in head.split(b"\r\n"):
        name, colon, value = line.partition(b":")
        if colon and value and SECRET_HEADER.search(name.decode("latin-1")):
            lines.append(name + b": " + REDACTED.encode())
        else:
            lines.append(secrets.mask(line))
    return b"\r\n".join(lines)


def _replace(done: Redacted, number: int, record: StoredRecord, head: bytes, payload: bytes) -> None:
    """Write a record anew with another head or payload; its digests are those of what is there now."""
    stated = record.headers
    kept = tuple((_NAMES[name], value) for name, value in stated.items() if name in _NAMES)
    digest = record.payload_digest
    if digest and payload != record.payload:
        digest = done.digests[number] = hashlib.sha256(payload).hexdigest()
    anew = Record(
        record.type,
        stated.get("warc-record-id", "").strip("<>"),
        record.uri,
        _moment(stated.get("warc-date", "")),
        stated.get("content-type", ""),
        head,
        payload,
        digest,
        kept,
    )
    member = io.BytesIO()
    WarcWriter(member).write(anew)
    done.replaced[number] = member.getvalue()


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)
    except ValueError:
        raise ArchiveDamaged(f"a record's date {text[:40]!r} cannot be read: run `cardwatch check`") from None
