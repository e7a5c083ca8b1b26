"""Checks the completing records that a replay needs beside the sealed WARC.

None of them is sealed by itself; all of them follow from the sealed record of the visit, and are compared with that.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from monitor.verify.capture import Scan, describe, is_text
from monitor.verify.checks import Findings, Said, Status, Unreadable
from monitor.verify.package import Export, Tick
from monitor.verify.package_checks import digest_file, note_unreadable
from monitor.verify.proof import Proof
from monitor.verify.records import RecordScanner, ScannedRecord, damaged
from scrapers.model import Capture, Exchange
from storage.errors import ArchiveDamaged
from storage.http_heads import transfer_headers, truncation, write_response_head
from storage.provenance import Provenance
from storage.resolved import Shown, list_shown, outline_capture
from storage.warc import EMPTY_DIGEST, safe_uri, show_date

_REDACTED = "[redacted]"
_COMMON = (
    "warc-type", "warc-record-id", "warc-target-uri", "warc-date", "warc-payload-digest", "warc-block-digest",
    "content-length",
)  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


def read_outline(findings: Findings, provenance: Provenance) -> Capture | None:
    """Read the record of the visit as a Capture without bytes; None, and told, where this version cannot."""
    try:
        return outline_capture(_without_redactions(provenance))
    except ArchiveDamaged as error:
        findings.cannot_say(
            "payloads",
            Said(f"抓取记录的格式比本工具新（{error}）", f"the record of the visit is newer than this tool: {error}"),
        )
        return None


def check_resolved(findings: Findings, export: Export, proof: Proof, scan: Scan, outline: Capture, tick: Tick) -> None:
    """Check every completing record, and that with them nothing is missing that the visit names."""
    dates = {view.reused_from: outline.ended_at for view in outline.views if view.reused_from}
    parts = list_shown(outline, dates)
    if proof.resolved is not None:
        path = proof.resolved.path
        if not export.has(path):
            findings.absent("resolved_digest", Said("文件不在", "the file is not there"), about=path[:200])
        else:
            found = (digest_file(findings, export, path, tick), export.size(path))
            if found == (proof.resolved.sha256, proof.resolved.bytes):
                findings.passed("resolved_digest", about=path)
            else:
                said = Said("与证明文件所记的摘要或长度不同", "not the file that proof.json names")
                findings.failed("resolved_digest", said, about=path)
            _walk(findings, export, path, scan, parts, outline, tick)
    held = scan.held | {EMPTY_DIGEST}
    for part in parts:
        if part.digest in held or part.digest in proof.redactions.resolved:
            continue
        if proof.redacted:
            findings.add(
                "payloads", Status.REDACTED, Said("内容未提供", "its content is withheld"), about=part.uri[:200]
            )
        else:
            said = Said(f"内容不在包内：{part.digest}", f"its bytes are not here: {part.digest}")
            findings.absent("payloads", said, about=part.uri[:200])
    findings.settle("payloads", Said(f"{len(parts)} 份内容", f"{len(parts)} parts"))


def _walk(
    findings: Findings, export: Export, path: str, scan: Scan, parts: Sequence[Shown], outline: Capture, tick: Tick
) -> None:
    named: defaultdict[tuple[str, str, str], list[Shown]] = defaultdict(list)
    for part in parts:
        named[part.type, safe_uri(part.uri), part.digest].append(part)
    reused = {view.digest for view in outline.views if view.reused_from}
    count = 0
    try:
        with export.open(path) as file:
            scanner, offset, end = RecordScanner(file, is_text), 0, export.size(path)
            while offset < end:
                if bytes(scanner.take(offset, 4))[3:] != b"\0":
                    raise damaged(offset, "的 gzip 标志不对", "has gzip fields that no writer of ours sets")
                record = scanner.read(offset)
                _check_completing(findings, record, named[record.type, record.uri, record.payload_digest], reused)
                scan.take(path, record)
                offset += record.length
                count += 1
                tick(record.length)
    except Unreadable as error:
        kind = "resolved_payloads" if error.check == "warc_records" else error.check
        note_unreadable(findings, Unreadable(kind, error.said, cut_off=error.cut_off), path)
    findings.settle("resolved_payloads", Said(f"{count} 条记录", f"{count} records"))
    findings.settle("resolved_heads")


def _check_completing(findings: Findings, record: ScannedRecord, candidates: Sequence[Shown], reused: set[str]) -> None:
    about = describe(record)
    if record.trouble:
        findings.failed("resolved_payloads", Said(record.trouble, record.trouble), about=about)
    if not candidates:
        said = Said("抓取记录没有提到这份内容", "the record of the visit names no such content at this address")
        findings.failed("resolved_payloads", said, about=about)
        return
    date = record.headers.get("warc-date", "")
    if record.payload_digest not in reused and date not in [show_date(part.date) for part in candidates]:
        said = Said(
            f"日期 {date[:40]} 与抓取记录不同", f"its date {date[:40]} is not the one in the record of the visit"
        )
        findings.failed("resolved_payloads", said, about=about)
    exchanges = [part.exchange for part in candidates if part.exchange is not None]
    if not any(_states(record, part) for part in candidates):
        said = Said("WARC 标头有抓取记录所没有的内容", "its WARC header tells what the record of the visit does not")
        findings.failed("resolved_heads", said, about=about)
    if record.type != "response":
        return
    heads = [_head_of(exchange, record.payload_bytes) for exchange in exchanges]
    if record.head in heads:
        if _REDACTED.encode() in record.head and any(_has_redacted(exchange) for exchange in exchanges):
            findings.add(
                "resolved_heads", Status.REDACTED, Said("部分标头经过遮盖", "some headers are masked"), about=about
            )
        return
    said = Said("标头与抓取记录中的状态、标头不符", "its head is not what status and headers of the exchange give")
    findings.failed("resolved_heads", said, about=about)


def _states(record: ScannedRecord, part: Shown) -> bool:
    """Whether the WARC header has just the fields that the part gives: so that nobody adds an address or a reason."""
    exchange = part.exchange
    wanted = {"content-type": "application/http; msgtype=response" if exchange else part.media_type}
    if exchange is not None:
        wanted.update((name.lower(), value) for name, value in (*transfer_headers(exchange), *truncation(exchange)))
    told = {name: value for name, value in record.headers.items() if name not in _COMMON}
    return told == {name: " ".join(_CONTROL.sub(" ", value).split(" ")).strip() for name, value in wanted.items()}


def _head_of(exchange: Exchange, length: int) -> bytes:
    # The head depends on the length of the body only; so many zero bytes cost no memory until they are touched.
    return write_response_head(replace(exchange, body=bytes(length) if exchange.body is not None else None))


def _has_redacted(exchange: Exchange) -> bool:
    return any(value == _REDACTED for _, value in exchange.response_headers)


def _without_redactions(provenance: Provenance) -> Provenance:
    """The provenance with a plain text in place of every withheld value, and without withheld exchanges."""
    exchanges: list[object] = []
    for entry in provenance.exchanges:
        if not isinstance(entry, dict) or "redacted" in entry:
            continue
        shown = {name: value for name, value in entry.items() if not (name == "request_body" and _is_withheld(value))}
        for side in ("request_headers", "response_headers"):
            if isinstance(entry.get(side), list):
                shown[side] = [_show_pair(pair) for pair in entry[side]]
        exchanges.append(shown)
    return Provenance({**provenance.capture, "exchanges": exchanges}, provenance.sources)


def _show_pair(pair: object) -> object:
    return [pair[0], _REDACTED] if isinstance(pair, list) and len(pair) == 2 and _is_withheld(pair[1]) else pair


def _is_withheld(value: object) -> bool:
    return isinstance(value, dict) and "redacted" in value
