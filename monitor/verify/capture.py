"""Checks one capture against its manifest: the manifest itself, the WARC, and each of its records.

Takes an export with its proof; gives what later checks need of the records. What is withheld is told as redacted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from monitor.verify.checks import Findings, Said, Status, Unreadable
from monitor.verify.package import Export, Tick
from monitor.verify.package_checks import digest_file, fetch_file, note_unreadable
from monitor.verify.proof import Proof
from monitor.verify.provenance import note_no_salts
from monitor.verify.reading import Misshaped, read_json
from monitor.verify.records import RecordScanner, ScannedRecord, unpack_whole
from storage.canonical import canonical_json
from storage.capture_records import PROVENANCE_URI
from storage.errors import ArchiveDamaged
from storage.manifest import Manifest, commit, read_manifest, record_piece
from storage.provenance import Provenance, read_provenance

MOST_MANIFEST = 16 << 20
_MOST_UNPACKED = 64 << 20
_MOST_SENT = 2 << 20
_MOST_TEXT = 64 << 20
_MOST_HELD = 256 << 20


@dataclass
class Scan:
    """What was read of a WARC: its records without payloads, and the provenance."""

    records: list[tuple[str, ScannedRecord]] = field(default_factory=list)  # with the path of their file
    provenance: Provenance | None = None
    texts: dict[str, str] = field(default_factory=dict)  # of the page as it was read, by the SHA-256 of their bytes
    sent: dict[str, bytes] = field(default_factory=dict)  # bodies of requests, by their SHA-256
    room: int = _MOST_HELD  # bytes that may still be held of those two
    shift: int = 0  # by how much the records lie behind their places, in an altered file

    @property
    def held(self) -> set[str]:
        """The SHA-256 of every payload that lies here in full."""
        return {record.payload_digest for _, record in self.records if record.type != "revisit"}

    def take(self, path: str, record: ScannedRecord) -> None:
        """Remember a record of the file at `path`, and the text in it where it is that of the page."""
        if record.payload is not None and self.room >= record.payload_bytes:
            self.room -= record.payload_bytes
            if is_text(record.headers):
                self.texts[record.payload_digest] = record.payload.decode("utf-8", "replace")
            elif record.type == "request":
                self.sent[record.payload_digest] = record.payload
        self.records.append((path, replace(record, payload=None)))


def parse_manifest(findings: Findings, data: bytes, about: str) -> Manifest | None:
    """Read a manifest; None, and told, where it cannot be read in one way only."""
    try:
        text = unpack_whole(data, _MOST_UNPACKED)
        if canonical_json(read_json(text)) != text:
            raise Misshaped("it is not written in the one canonical way")
        manifest = read_manifest(data)
    except (ArchiveDamaged, ValueError, TypeError) as error:
        findings.failed("manifest_format", Said(f"清单读不懂（{str(error)[:200]}）", str(error)[:200]), about=about)
        return None
    said = Said(f"{len(manifest.records)} 条记录", f"{len(manifest.records)} records")
    findings.passed("manifest_format", said, about=about)
    return manifest


def check_manifest(findings: Findings, export: Export, proof: Proof, tick: Tick) -> Manifest | None:
    """Check the manifest's digest and read it."""
    path = proof.manifest.path
    data = fetch_file(findings, "manifest_digest", export, path, MOST_MANIFEST)
    if data is None:
        return None
    if digest_file(findings, export, path, tick) == proof.manifest.sha256:
        findings.passed("manifest_digest", Said(proof.manifest.sha256, proof.manifest.sha256), about=path)
    else:
        findings.failed(
            "manifest_digest",
            Said("清单不是证明文件所指的那一份", "the manifest is not the one that proof.json names"),
            about=path,
        )
    return parse_manifest(findings, data, path)


def check_warc(findings: Findings, export: Export, proof: Proof, manifest: Manifest, tick: Tick) -> Scan:
    """Check the WARC's digest, and every record of it with its commitment."""
    path = proof.warc.path
    if not export.has(path):
        findings.absent("warc_digest", Said(f"文件不在：{path[:200]}", f"not there: {path[:200]}"), about=path[:200])
        return Scan()
    found = (digest_file(findings, export, path, tick), export.size(path))
    if found != (proof.warc.sha256, proof.warc.bytes):
        findings.failed(
            "warc_digest", Said("与证明文件所记的摘要或长度不同", "not the file that proof.json names"), about=path
        )
    elif proof.redacted:
        findings.add(
            "warc_digest",
            Status.REDACTED,
            Said("是遮盖后的副本，原件另存", "a redacted copy; the original is kept apart"),
            about=path,
        )
    elif found != (manifest.warc, manifest.warc_bytes):
        findings.failed(
            "warc_digest", Said("与清单封存的摘要或长度不同", "not the file that the manifest seals"), about=path
        )
    else:
        findings.passed("warc_digest", Said(f"SHA-256 {found[0]}", f"SHA-256 {found[0]}"), about=path)
    scan = Scan()
    try:
        with export.open(path) as file:
            places = list(_places(findings, proof, manifest, export.size(path)))
            scanner = RecordScanner(file, _is_kept)
            for number, offset, length in places:
                _check_record(findings, scan, scanner, proof, manifest, (number, offset, length))
                tick(length)
    except Unreadable as error:
        note_unreadable(findings, error, path)
    _settle_records(findings, scan, proof, manifest)
    return scan


def check_records_alone(findings: Findings, export: Export, path: str, tick: Tick) -> Scan:
    """Check the records of a WARC that has no manifest: only with the digests that they state themselves."""
    scan = Scan()
    try:
        with export.open(path) as file:
            scanner, offset, end = RecordScanner(file, _is_provenance), 0, export.size(path)
            while offset < end:
                record = scanner.read(offset)
                if record.trouble:
                    findings.failed("warc_records", Said(record.trouble, record.trouble), about=describe(record))
                scan.records.append((path, record))
                offset += record.length
                tick(record.length)
    except Unreadable as error:
        note_unreadable(findings, error, path)
    count = len(scan.records)
    findings.settle("warc_records", Said(f"{count} 条记录", f"{count} records"), about=path)
    return scan


def describe(record: ScannedRecord) -> str:
    """Name a record for people: its kind, its place and its address."""
    return f"{record.type or '?'} @{record.offset} {record.uri[:200]}".rstrip()


def is_text(headers: dict[str, str]) -> bool:
    """Whether a record holds the text of the page, as a visitor read it."""
    is_view = headers.get("warc-type") == "resource" and headers.get("warc-target-uri", "").startswith("urn:text:")
    return is_view and int(headers.get("content-length", "0")) <= _MOST_TEXT


def _is_kept(headers: dict[str, str]) -> bool:
    return _is_provenance(headers) or is_text(headers) or _is_small_request(headers)


def _is_small_request(headers: dict[str, str]) -> bool:
    """Whether a record is a request whose body may stand in the index, where it tells answers of one address apart."""
    return headers.get("warc-type") == "request" and int(headers.get("content-length", "0")) <= _MOST_SENT


def _is_provenance(headers: dict[str, str]) -> bool:
    return headers.get("warc-type") == "metadata" and headers.get("warc-target-uri", "").startswith(PROVENANCE_URI)


def _places(findings: Findings, proof: Proof, manifest: Manifest, size: int) -> Iterator[tuple[int, int, int]]:
    """Give number, offset and length of every record that must be in the file, in the order of their places."""
    places: list[tuple[int, int, int]] = []
    for number, entry in enumerate(manifest.records):
        place = (entry.offset, entry.length)
        if proof.redacted:
            redaction = proof.redactions.records.get(number)
            if redaction is not None and redaction.how == "withheld":
                continue
            found = proof.places.get(number)
            if found is None:
                said = Said("没有写明它在副本中的位置", "its place in the copy is not stated")
                findings.absent("record_commitments", said, about=f"record {number}")
                continue
            place = found
        places.append((number, *place))
    places.sort(key=lambda item: item[1])
    reached = 0
    for number, offset, length in places:
        if offset != reached:
            said = Said(f"字节 {reached} 与 {offset} 不相接", f"byte {reached} and byte {offset} do not meet")
            findings.failed("warc_records", said, about=f"record {number}")
        reached = offset + length
        yield number, offset, length
    if reached != size:
        said = Said(
            f"记录止于字节 {reached}，文件止于 {size}", f"the records end at byte {reached}, the file at {size}"
        )
        findings.failed("warc_records", said)


def _check_record(
    findings: Findings,
    scan: Scan,
    scanner: RecordScanner,
    proof: Proof,
    manifest: Manifest,
    place: tuple[int, int, int],
) -> None:
    number, offset, length = place
    stated = manifest.records[number]
    try:
        record = _read_shifted(scanner, offset, scan.shift)
    except Unreadable as error:
        if error.check == "zip_bounds":
            raise
        findings.failed("warc_records", error.said, about=f"record {number}")
        return
    if (record.offset, record.length) != (offset, length):
        said = Said(
            f"在字节 {record.offset}，占 {record.length}；应在 {offset}，占 {length}",
            f"lies at byte {record.offset} and takes {record.length}, not at {offset} and {length}",
        )
        findings.failed("warc_records", said, about=f"record {number}")
    scan.shift = record.offset + record.length - offset - length
    scan.take(proof.warc.path, record)
    about = f"record {number}: {describe(record)}"
    if record.type != stated.type:
        said = Said(f"种类是 {record.type[:40]}，应为 {stated.type}", f"is a {record.type[:40]}, not a {stated.type}")
        findings.failed("warc_records", said, about=about)
    if record.trouble:
        findings.failed("warc_records", Said(record.trouble, record.trouble), about=about)
    if record.payload is not None and scan.provenance is None and _is_provenance(record.headers):
        try:
            read_json(record.payload)
            scan.provenance = read_provenance(record.payload)
        except (ArchiveDamaged, Misshaped) as error:
            findings.failed("warc_records", Said(str(error), str(error)), about=about)
    _check_commitment(findings, record, number, stated.commitment, proof, about)


def _read_shifted(scanner: RecordScanner, offset: int, shift: int) -> ScannedRecord:
    """Read the record of a place; where those before it have grown or shrunk, look behind them first."""
    if shift:
        try:
            return scanner.read(offset + shift)
        except Unreadable as error:
            if error.check == "zip_bounds":
                raise
    return scanner.read(offset)


def _check_commitment(
    findings: Findings, record: ScannedRecord, number: int, stated: str, proof: Proof, about: str
) -> None:
    redaction = proof.redactions.records.get(number)
    if redaction is not None and redaction.how == "masked":
        said = Said(f"内容经过遮盖：{redaction.what}", f"masked: {redaction.what}")
        findings.add("record_commitments", Status.REDACTED, said, about=about)
        return
    salt = proof.salts.of(f"record:{number}")
    if salt is None:
        if proof.redacted or not proof.salts.none:
            said = Said("没有公开核对它所需的盐", "the salt to check it with is not disclosed")
            findings.absent("record_commitments", said, about=about)
        return
    head = redaction.head if redaction is not None else record.head_digest
    if commit(salt, record_piece(head, record.payload_digest)) != stated:
        said = Said("与封存时的承诺不符：内容被改", "is not what the manifest commits to: it was altered")
        findings.failed("record_commitments", said, about=about)
    elif redaction is not None:
        said = Said(
            f"标头经过遮盖（{redaction.what}），内容得到证明",
            f"its head is masked ({redaction.what}), its content proven",
        )
        findings.add("record_commitments", Status.REDACTED, said, about=about)


def _settle_records(findings: Findings, scan: Scan, proof: Proof, manifest: Manifest) -> None:
    total = len(manifest.records)
    findings.settle("warc_records", Said(f"{len(scan.records)} 条记录", f"{len(scan.records)} records"))
    for number, redaction in proof.redactions.records.items():
        if redaction.how == "withheld":
            findings.add("record_commitments", Status.REDACTED, Said("未提供", "withheld"), about=f"record {number}")
    if proof.salts.none and not proof.redacted:
        note_no_salts(findings, "record_commitments")
        return
    proven = total - sum(redaction.how != "head" for redaction in proof.redactions.records.values())
    if not findings.has("warc_records", Status.FAILED):
        said = Said(f"{total} 条中 {proven} 条得到证明", f"{proven} of {total} records are proven")
        findings.settle("record_commitments", said)
