"""Checks the index that replay tools look addresses up in: each line follows from its record and the visit.

A line that is believed unseen would show one answer under another's address, or the price of one article for that of
another. So every field is compared, the sort key and the body of a request included, and no other may stand there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from monitor.verify.capture import Scan, describe
from monitor.verify.checks import Findings, Said
from monitor.verify.package import Export
from monitor.verify.package_checks import fetch_file
from monitor.verify.proof import Proof
from monitor.verify.reading import Misshaped, read_object
from monitor.verify.records import ScannedRecord
from scrapers.model import Capture, Exchange
from storage.cdxj import canonical_body, make_sort_key
from storage.resolved import digest_of, list_shown
from storage.warc import EMPTY_DIGEST, safe_uri

INDEX = "indexes/index.cdx"
_MOST_BYTES = 64 << 20
_COMPLETE = ("response", "resource")
_FIELDS = {"url", "mime", "status", "digest", "length", "offset", "filename", "recordDigest", "method", "requestBody"}
_DIGEST = re.compile("sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class _Visit:
    """What the visit tells of the records: media types by kind and address, exchanges by address."""

    media_types: dict[tuple[str, str], set[str]]
    exchanges: dict[str, list[Exchange]]
    sent: dict[str, bytes]
    redacted: bool

    def list_bodies(self, exchange: Exchange) -> list[str]:
        """How the body of a request may stand in the index; nothing where its bytes are not in the package."""
        if self.redacted or digest_of(exchange.request_body) == EMPTY_DIGEST:
            return [""]
        body = self.sent.get(digest_of(exchange.request_body))
        return [] if body is None else [canonical_body(replace(exchange, request_body=body))]


def check_index(findings: Findings, export: Export, proof: Proof, scan: Scan, outline: Capture) -> None:
    """Check that the index leads to every complete record and to nothing else."""
    data = fetch_file(findings, "replay_index", export, INDEX, _MOST_BYTES)
    if data is None:
        return
    records = {
        (path.rpartition("/")[2], str(record.offset), str(record.length)): record
        for path, record in scan.records
        if record.type in _COMPLETE
    }
    named = [proof.warc.path, *([proof.resolved.path] if proof.resolved else [])]
    missing = {path for path in named if not export.has(path)}
    visit = _gather(outline, scan, proof)
    lines = data.decode("utf-8", "replace").removesuffix("\n").split("\n")
    for number, line in enumerate(lines, 1):
        head, brace, rest = line.partition("{")
        try:
            fields = read_object((brace + rest).encode())
        except Misshaped as error:
            findings.failed("replay_index", Said(str(error), str(error)), about=f"{INDEX}:{number}")
            continue
        name = str(fields.get("filename"))
        if f"archive/{name}" in missing:
            said = Said(f"索引指向的文件不在：{name}", f"the file that it leads to is not there: {name}")
            findings.absent("replay_index", said, about=f"{INDEX}:{number}")
            continue
        place = (name, str(fields.get("offset")), str(fields.get("length")))
        fault = ", ".join(_faults_of_line(head, fields, records.pop(place, None), visit))
        if fault:
            said = Said(f"与包内记录不符（{fault}）", f"is not what the record says: {fault}")
            findings.failed("replay_index", said, about=f"{INDEX}:{number} {str(fields.get('url'))[:200]}")
    if lines != sorted(lines):
        said = Said("索引次序不对，回放时会找不到", "its lines are out of order: some are not found there")
        findings.failed("replay_index", said, about=INDEX)
    for record in records.values():
        said = Said("索引漏掉了这条记录", "the index leaves this record out")
        findings.failed("replay_index", said, about=describe(record))
    findings.settle("replay_index", Said(f"{len(lines)} 行", f"{len(lines)} lines"))


def _gather(outline: Capture, scan: Scan, proof: Proof) -> _Visit:
    dates = {view.reused_from: outline.ended_at for view in outline.views if view.reused_from}
    media_types: dict[tuple[str, str], set[str]] = {}
    for part in list_shown(outline, dates):
        media_types.setdefault((part.type, safe_uri(part.uri)), set()).add(part.media_type or "unknown")
    exchanges: dict[str, list[Exchange]] = {}
    for exchange in outline.exchanges:
        exchanges.setdefault(safe_uri(exchange.url), []).append(exchange)
    return _Visit(media_types, exchanges, scan.sent, proof.redacted)


def _faults_of_line(head: str, fields: dict[str, object], record: ScannedRecord | None, visit: _Visit) -> Iterator[str]:
    if record is None:
        yield "no such record"
        return
    told = {name: value for name, value in fields.items() if isinstance(value, str)}
    if fields.keys() - _FIELDS or len(told) != len(fields) or not _DIGEST.fullmatch(told.get("recordDigest", _NONE)):
        yield "fields"
    key, _, stamp = head.removesuffix(" ").rpartition(" ")
    url = told.get("url", "")
    types = visit.media_types.get((record.type, record.uri))
    status = record.head[9:12].decode("latin-1") if record.type == "response" else "200"
    stated = {
        "url": safe_uri(url) == record.uri,
        "digest": told.get("digest") == f"sha256:{record.payload_digest}",
        "timestamp": stamp == re.sub(r"\D", "", record.headers.get("warc-date", ""))[:14],
        "status": status == told.get("status", "").zfill(3),
        "mime": told.get("mime") in types if types else visit.redacted and told.get("mime") != "warc/revisit",
        "key": key == make_sort_key(_looked_up(url, told)),
        "method": _is_asked(told, record, visit),
    }
    yield from (name for name, holds in stated.items() if not holds)


_NONE = "sha256:" + "0" * 64  # a line need not state the digest of its record


def _looked_up(url: str, told: dict[str, str]) -> str:
    if "method" not in told:
        return url
    body = told.get("requestBody", "")
    return f"{url}{'&' if '?' in url else '?'}__wb_method={told['method']}" + (f"&{body}" if body else "")


def _is_asked(told: dict[str, str], record: ScannedRecord, visit: _Visit) -> bool:
    """Whether method and body are those of an exchange of this address; of what is withheld that cannot be said."""
    shown = (told.get("method", ""), told.get("requestBody", ""))
    if record.type != "response":
        return shown == ("", "")
    known = visit.exchanges.get(record.uri, [])
    asked = {
        (exchange.method, body) if exchange.method not in ("GET", "HEAD", "") else ("", "")
        for exchange in known
        if visit.redacted or digest_of(exchange.body) == record.payload_digest
        for body in visit.list_bodies(exchange)
    }
    return shown in asked or (visit.redacted and not known and not shown[1])
