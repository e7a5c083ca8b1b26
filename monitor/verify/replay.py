"""Checks what a replay shows beside the sealed WARC: the completing records, the index and the list of pages.

None of it is sealed by itself; all of it follows from the sealed record of the visit, and is compared with that.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from monitor.verify.capture import Scan, describe
from monitor.verify.checks import Findings, Said, Status, Unreadable
from monitor.verify.package import Export, Tick
from monitor.verify.package_checks import digest_file, fetch_file, note_unreadable
from monitor.verify.proof import Proof
from monitor.verify.reading import Misshaped, read_object
from monitor.verify.records import RecordScanner, ScannedRecord
from scrapers.model import Capture, Exchange, ViewKind
from storage.cdxj import make_sort_key
from storage.errors import ArchiveDamaged
from storage.http_heads import write_response_head
from storage.manifest import SECRET_HEADER
from storage.provenance import Provenance
from storage.resolved import Shown, list_shown, outline_capture
from storage.warc import EMPTY_DIGEST, safe_uri, show_date

INDEX = "indexes/index.cdx"
PAGES = "pages/pages.jsonl"
_MOST_INDEX = 64 << 20
_COMPLETE = ("response", "resource")
_REDACTED = "[redacted]"


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


def check_index(findings: Findings, export: Export, proof: Proof, scan: Scan) -> None:
    """Check that the index leads to every complete record and to nothing else."""
    data = fetch_file(findings, "replay_index", export, INDEX, _MOST_INDEX)
    if data is None:
        return
    records = {
        (path.rpartition("/")[2], str(record.offset), str(record.length)): record
        for path, record in scan.records
        if record.type in _COMPLETE
    }
    named = [proof.warc.path, *([proof.resolved.path] if proof.resolved else [])]
    missing = {path for path in named if not export.has(path)}
    lines = 0
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        lines = number
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
        fault = _fault_of_line(head, fields, records.pop(place, None))
        if fault:
            said = Said(f"与包内记录不符（{fault}）", f"is not what the record says: {fault}")
            findings.failed("replay_index", said, about=f"{INDEX}:{number} {str(fields.get('url'))[:200]}")
    for record in records.values():
        said = Said("索引漏掉了这条记录", "the index leaves this record out")
        findings.failed("replay_index", said, about=describe(record))
    findings.settle("replay_index", Said(f"{lines} 行", f"{lines} lines"))


def check_pages(findings: Findings, export: Export, outline: Capture, proof: Proof) -> None:
    """Check that the list of pages tells address, title and text as they were captured."""
    data = fetch_file(findings, "replay_pages", export, PAGES, _MOST_INDEX)
    if data is None:
        return
    pages: list[dict[str, object]] = []
    try:
        pages = [read_object(line) for line in data.splitlines()]
    except Misshaped as error:
        findings.failed("replay_pages", Said(str(error), str(error)), about=PAGES)
    if len(pages) != 2:
        said = Said(f"应有两行，实有 {len(pages)} 行", f"it has {len(pages)} lines, not two")
        findings.failed("replay_pages", said, about=PAGES)
        return
    wrong = list(_faults_of_page(pages[1], outline, proof))
    if wrong:
        said = Said(f"与抓取内容不同：{'、'.join(wrong)}", f"not as it was captured: {', '.join(wrong)}")
        findings.failed("replay_pages", said, about=PAGES)
    findings.settle("replay_pages", about=PAGES)


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
            scanner, offset, end = RecordScanner(file), 0, export.size(path)
            while offset < end:
                record = scanner.read(offset)
                _check_completing(findings, record, named[record.type, record.uri, record.payload_digest], reused)
                scan.records.append((path, record))
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
    if record.type != "response":
        return
    heads = [_head_of(exchange, record.payload_bytes) for exchange in exchanges]
    if record.head in heads:
        return
    if _open_lines(record.head) in [
        _open_lines(head) for head, exchange in zip(heads, exchanges, strict=True) if _has_redacted(exchange)
    ]:
        findings.add(
            "resolved_heads", Status.REDACTED, Said("部分标头经过遮盖", "some headers are masked"), about=about
        )
        return
    said = Said("标头与抓取记录中的状态、标头不符", "its head is not what status and headers of the exchange give")
    findings.failed("resolved_heads", said, about=about)


def _head_of(exchange: Exchange, length: int) -> bytes:
    # The head depends on the length of the body only; so many zero bytes cost no memory until they are touched.
    return write_response_head(replace(exchange, body=bytes(length) if exchange.body is not None else None))


def _has_redacted(exchange: Exchange) -> bool:
    return any(value == _REDACTED for _, value in exchange.response_headers)


def _open_lines(head: bytes) -> list[bytes]:
    """The lines of a head whose values are never withheld."""
    return [line for line in head.split(b"\r\n") if not SECRET_HEADER.search(line.partition(b":")[0].decode("latin-1"))]


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


def _fault_of_line(head: str, fields: dict[str, object], record: ScannedRecord | None) -> str:
    if record is None:
        return "no such record"
    url = str(fields.get("url"))
    key, _, stamp = head.strip().rpartition(" ")
    stated = {
        "url": safe_uri(url) == record.uri,
        "digest": fields.get("digest") == f"sha256:{record.payload_digest}",
        "timestamp": stamp == re.sub(r"\D", "", record.headers.get("warc-date", ""))[:14],
        "key": key == make_sort_key(url) if "method" not in fields else key.startswith(make_sort_key(url)),
        "status": record.type != "response" or _status_of(record) == str(fields.get("status")).zfill(3),
    }
    return ", ".join(name for name, holds in stated.items() if not holds)


def _status_of(record: ScannedRecord) -> str:
    return record.head[9:12].decode("latin-1")


def _faults_of_page(page: dict[str, object], outline: Capture, proof: Proof) -> Iterator[str]:
    answered = [exchange for exchange in outline.exchanges if exchange.main_document and exchange.status is not None]
    url = answered[-1].url if answered else outline.final_url or outline.url
    stamp = show_date(answered[-1].started_at if answered else outline.started_at)
    texts = [view.digest for view in outline.views if view.kind is ViewKind.TEXT and view.digest]
    shown = page.get("text", "")
    if proof.redacted and not (page.get("url") == url and page.get("ts") == stamp):
        return  # what it would be compared with is withheld
    if page.get("url") != url:
        yield "url"
    if page.get("ts") != stamp:
        yield "ts"
    if page.get("id") != outline.id:
        yield "id"
    if proof.redactions.visit is None and page.get("title") != (outline.title or outline.final_url or outline.url):
        yield "title"
    if not isinstance(shown, str):
        yield "text"
    elif not proof.redacted and "\ufffd" not in shown:
        # bytes that are no UTF-8 were replaced when the list was written: such a text is not compared
        digest = hashlib.sha256(shown.encode("utf-8", "surrogatepass")).hexdigest()
        if digest != (texts[0] if texts else EMPTY_DIGEST):
            yield "text"
