"""Checks the evidence items of a pack: manifest, entry and place in the log, and each file against its commitments.

A masked copy is told as redacted: that it is the copy that the log registered, of which original, and what was masked.
What was masked out of it is not proven. Of an original that is not in the pack nothing but its commitments is seen.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from monitor.times import show_time
from monitor.verify.checks import Findings, Said, Status
from monitor.verify.log import SealedHead
from monitor.verify.log_check import LogCheck
from monitor.verify.pack_file import LABELS, MASKED, ORIGINAL, Pack, PackFile, PackItem
from monitor.verify.package_checks import fetch_file
from monitor.verify.reading import Misshaped, read_json, read_object, take, take_digest, take_moment
from monitor.verify.records import unpack_whole
from monitor.verify.tokens import SLACK
from monitor.verify.verdict import FileTold
from storage.canonical import canonical_json
from storage.manifest import commit, json_piece

_EVIDENCE = "cardwatch-evidence-1"
_MOST_MANIFEST = 1 << 20
_FIELDS = ("length", "media_type", "name", "note")


@dataclass(frozen=True)
class _Manifest:
    """The manifest of an item as it was read: commitments by their labels."""

    id: str
    original: str
    kept_at: datetime
    commitments: dict[str, str]


@dataclass(frozen=True)
class _Proven:
    """What the log says of an item: whether that holds, its kind, and what was masked in a copy with which SHA-256."""

    status: Status
    kind: str = ""
    masked: str = ""
    sha256: str = ""
    manifest: _Manifest | None = None


def check_items(log: LogCheck, pack: Pack, sealed: SealedHead) -> tuple[FileTold, ...]:
    """Check every item of the pack and the files that are said to be it; gives what was found of those files."""
    files: defaultdict[str, list[PackFile]] = defaultdict(list)
    for file in pack.files:
        if file.what in (ORIGINAL, MASKED):
            files[file.id].append(file)
    told: list[FileTold] = []
    for item in pack.items.values():
        proven = _check_item(log, pack, item, sealed)
        told += [_check_file(log, file, item, proven) for file in files[item.id]]
    return tuple(told)


def _check_item(log: LogCheck, pack: Pack, item: PackItem, sealed: SealedHead) -> _Proven:
    findings, path = log.findings, item.manifest.path
    data = fetch_file(findings, "manifest_digest", log.export, path, _MOST_MANIFEST)
    entry = log.read_entry("entry", item.entry)
    if data is None or entry is None:
        return _Proven(Status.ABSENT)
    digest, good = log.export.known_digest(path), True
    if digest != item.manifest.sha256 or entry.fields.get("manifest") != digest:
        said = Said("清单不是保管链条目所登记的那一份", "the manifest is not the one that the entry of the log names")
        findings.failed("manifest_digest", said, about=path)
        good = False
    manifest = _read_manifest(findings, data, path)
    if manifest is not None and manifest.id != item.id:
        said = Said(f"清单属于 {manifest.id[:80]}", f"the manifest is of {manifest.id[:80]}")
        findings.failed("statement", said, about=path)
        good = False
    if entry.kind not in ("evidence", "derivative"):
        said = Said(f"是 {entry.kind[:40]} 条目，不是证据", f"is of the kind {entry.kind[:40]}, no evidence")
        findings.failed("entry", said, about=item.entry.path)
        good = False
    good = log.prove("inclusion", entry, item.entry.proof, sealed, log.nodes) and good
    good = manifest is not None and _check_original(findings, pack, item, manifest, entry.fields, entry.kind) and good
    if manifest is not None and manifest.kept_at > entry.at + SLACK:
        said = Said(f"入档 {show_time(manifest.kept_at)} 晚于登记", "it was kept after its entry was made")
        findings.failed("clock_order", said, about=path)
    masked, sha256 = entry.fields.get("what"), entry.fields.get("sha256")
    return _Proven(
        Status.PASSED if good else Status.FAILED,
        entry.kind,
        masked if isinstance(masked, str) else "",
        sha256 if isinstance(sha256, str) else "",
        manifest,
    )


def _check_original(
    findings: Findings, pack: Pack, item: PackItem, manifest: _Manifest, fields: dict[str, object], kind: str
) -> bool:
    """Check that entry, manifest and pack.json name the same original, or all of them none."""
    original = pack.items.get(item.original)
    stated = original.manifest.sha256 if original else ""
    named = fields.get("original", "") if kind == "derivative" else ""
    if manifest.original == stated == named and bool(stated) == (kind == "derivative"):
        return True
    said = Said("条目、清单与证明文件所说的原件不一致", "entry, manifest and pack.json do not name the same original")
    findings.failed("derivative", said, about=item.entry.path)
    return False


def _check_file(log: LogCheck, file: PackFile, item: PackItem, proven: _Proven) -> FileTold:
    """Check one file that is said to be an item; what is wrong is told under the file's own path."""
    findings, export = log.findings, log.export
    if not export.has(file.path):
        return FileTold(file.path, file.what, Status.ABSENT, file.id, item.original)
    digest, status = export.known_digest(file.path), proven.status
    wanted = "derivative" if file.what == MASKED else "evidence"
    if proven.kind and proven.kind != wanted:
        said = Said("保管链登记的是另一种：原件与遮盖副本不符", "the log says otherwise whether it is a masked copy")
        findings.failed("derivative", said, about=file.path)
        status = Status.FAILED
    elif file.what == MASKED and proven.kind and proven.sha256 != digest:
        said = Said("不是保管链登记的那份遮盖副本", "is not the masked copy that the log registered")
        findings.failed("derivative", said, about=file.path)
        status = Status.FAILED
    opened = _open_commitments(findings, file, item, proven.manifest, digest, export.size(file.path))
    status = opened if status is Status.PASSED else status
    if status is Status.PASSED and file.what == MASKED:
        what = proven.masked[:300]
        findings.passed("derivative", about=file.path)
        said = Said(f"{item.original} 的遮盖副本：{what}", f"a masked copy of {item.original}: {what}")
        findings.add("redactions", Status.REDACTED, said, about=file.path)
        return FileTold(file.path, file.what, Status.REDACTED, file.id, item.original, what)
    if status is Status.PASSED:
        said = Said(f"{item.id} 的原件", f"the original of {item.id}")
        findings.passed("item_bytes", said, about=file.path)
    return FileTold(file.path, file.what, status, file.id, item.original)


def _open_commitments(
    findings: Findings, file: PackFile, item: PackItem, manifest: _Manifest | None, digest: str, size: int
) -> Status:
    """Hold the file and what is stated of it against the commitments in the manifest."""
    if manifest is None:
        return Status.FAILED
    pieces = {"bytes": bytes.fromhex(digest) if digest else b"", "length": json_piece(size)}
    pieces |= {label: json_piece(value) for label, value in item.stated.items()}
    status = Status.PASSED
    for label in LABELS:
        salt = item.salts.get(label)
        if salt is None and label in ("bytes", "length"):
            said = Said("没有公开核对它所需的盐", "the salt to check it with is not disclosed")
            findings.absent("item_bytes", said, about=file.path)
            return Status.ABSENT
        if salt is not None and commit(salt, pieces[label]) != manifest.commitments[label]:
            said = Said(
                f"与入档时的承诺不符（{label}）：内容被改", f"is not what was committed to when it was kept ({label})"
            )
            findings.failed("item_bytes", said, about=file.path)
            status = Status.FAILED
    return status


def _read_manifest(findings: Findings, data: bytes, about: str) -> _Manifest | None:
    """Read the manifest of an item; None, and told, where it cannot be read in one way only."""
    try:
        text = unpack_whole(data, _MOST_MANIFEST)
        if canonical_json(read_json(text)) != text:
            raise Misshaped("it is not written in the one canonical way")
        fields = read_object(text)
        if fields.get("format") != _EVIDENCE:
            raise Misshaped(f"it is of the format {str(fields.get('format'))[:60]!r}, not {_EVIDENCE}")
        told, sealed = take(fields, "evidence", dict), take(fields, "fields", dict)
        commitments = {"bytes": take_digest(fields, "bytes"), **{name: take_digest(sealed, name) for name in _FIELDS}}
        manifest = _Manifest(
            take(told, "id", str), take(fields, "original", str), take_moment(told, "kept_at"), commitments
        )
    except ValueError as error:
        findings.failed("manifest_format", Said(f"清单读不懂（{str(error)[:200]}）", str(error)[:200]), about=about)
        return None
    findings.passed("manifest_format", Said(manifest.id, manifest.id), about=about)
    return manifest
