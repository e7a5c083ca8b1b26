"""Checks a whole archive folder by its files alone: the log, every object that it names, and the links between them.

The commitments need the seeds in the database, and are the business of `cardwatch check`; here every byte of a manifest
and a WARC is held against the SHA-256 that the log names. Entries that no checkpoint seals lie in the database only.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from monitor.verify.anchors import ProvenHead, check_earlier, check_pinned
from monitor.verify.capture import parse_manifest
from monitor.verify.checks import Findings, Said
from monitor.verify.log import SealedHead
from monitor.verify.log_check import read_moment
from monitor.verify.log_folder import LogFolder, read_log
from monitor.verify.options import Options
from monitor.verify.package import CHUNK
from monitor.verify.tokens import SLACK
from monitor.verify.verdict import Facts, Subject, judge
from storage.capture_records import find_provenance
from storage.errors import ArchiveDamaged
from storage.manifest import Manifest
from storage.provenance import Provenance
from storage.sealed import list_records
from storage.warc import EMPTY_DIGEST

_NAME = re.compile("[0-9a-f]{64}")
_SHARED = re.compile(r"([0-9a-f]{64})@(\d{1,9})")
_MOST_MANIFEST = 64 << 20


@dataclass(frozen=True)
class _Kept:
    """A capture whose manifest was read."""

    manifest: str
    fields: Manifest


def check_store(root: Path, options: Options) -> Subject:
    """Check an archive folder."""
    findings, facts = Findings(), Facts()
    log = read_log(root / "log", options, findings, facts)
    objects = _Objects(root / "objects", options, findings)
    objects.hash_all()
    if log is not None:
        _check_named(log, objects, findings)
        heads = [ProvenHead(log.sealed, log.root_at)]
        if check_pinned(findings, options.pinned, heads, log.history):
            facts.anchors.append("pinned_key")
        kept = [check_earlier(findings, item, heads, log.history) for item in options.earlier]
        if kept and all(kept):
            facts.anchors.append("earlier_checkpoint")
        _note_tail(findings, log.sealed)
    return Subject(root.name, "store", judge(findings, facts), facts, findings.list())


class _Objects:
    """The files below objects/, each hashed once."""

    def __init__(self, folder: Path, options: Options, findings: Findings) -> None:
        self._folder = folder
        self._options = options
        self._findings = findings
        self.good: dict[str, int] = {}  # SHA-256 -> length, of objects whose bytes are theirs
        self.bad: set[str] = set()

    def path_of(self, digest: str) -> Path:
        """Where an object lies."""
        return self._folder / digest[:2] / digest

    def hash_all(self) -> None:
        """Hold every file against its name."""
        for name, path in _walk(self._folder):
            digest = path.name
            if path.is_symlink() or not path.is_file():
                self._findings.failed("file_names", Said("不是普通文件", "is a link or a device"), about=name)
                continue
            if not _NAME.fullmatch(digest) or name != f"{digest[:2]}/{digest}":
                said = Said("不该在这里的文件", "a file that does not belong here")
                self._findings.cannot_say("other_files", said, about=f"objects/{name}"[:200])
                continue
            try:
                found, size = _hash(path, self._options)
            except OSError as error:
                said = Said(f"读不出：{error.strerror}", f"cannot be read: {error.strerror}")
                self._findings.absent("stored_objects", said, about=digest)
                continue
            if found == digest:
                self.good[digest] = size
            else:
                self.bad.add(digest)
                said = Said(f"内容的 SHA-256 是 {found}", f"its bytes have the SHA-256 {found}")
                self._findings.failed("stored_objects", said, about=digest)

    def require(self, digest: str, what: Said, index: int) -> bool:
        """Whether a named object is there and good; one that is not there is told."""
        if digest in self.good:
            return True
        if digest not in self.bad:
            said = Said(f"第 {index} 条登记的{what.zh}不在", f"the {what.en} that entry {index} names is not there")
            self._findings.absent("stored_objects", said, about=digest)
        return False


def _walk(folder: Path) -> Iterator[tuple[str, Path]]:
    if not folder.is_dir():
        return
    with os.scandir(folder) as found:
        parts = sorted(found, key=lambda entry: entry.name)
    for part in parts:
        if not part.is_dir(follow_symlinks=False):
            yield part.name, Path(part.path)
            continue
        with os.scandir(part.path) as inner:
            for entry in sorted(inner, key=lambda entry: entry.name):
                yield f"{part.name}/{entry.name}", Path(entry.path)


def _hash(path: Path, options: Options) -> tuple[str, int]:
    state, size = hashlib.sha256(), 0
    with path.open("rb", buffering=0) as file:
        while piece := file.read(CHUNK):
            state.update(piece)
            size += len(piece)
            options.tick(len(piece))
    return state.hexdigest(), size


def _check_named(log: LogFolder, objects: _Objects, findings: Findings) -> None:
    named: set[str] = set()
    kept: dict[str, _Kept] = {}
    for index, manifest in log.captures:
        named.add(manifest)
        if not objects.require(manifest, Said("抓取清单", "manifest"), index):
            continue
        found = _read_manifest(objects, manifest, findings)
        if found is None:
            continue
        named.add(found.warc)
        if found.capture_id in kept and kept[found.capture_id].manifest != manifest:
            said = Said("同一次抓取登记了两份清单", "one capture was entered with two manifests")
            findings.failed("capture_chain", said, about=found.capture_id)
        kept[found.capture_id] = _Kept(manifest, found)
        if objects.require(found.warc, Said(" WARC", "WARC"), index) and objects.good[found.warc] != found.warc_bytes:
            said = Said("WARC 的长度与清单不符", "the WARC has not the length that its manifest states")
            findings.failed("stored_objects", said, about=found.warc)
        _check_clock(findings, log, index, found)
    for index, manifest in log.evidence:
        named.add(manifest)
        if manifest not in log.erased:
            objects.require(manifest, Said("证据清单", "manifest of an evidence item"), index)
    _check_chain(kept, findings)
    _check_payloads(kept, objects, findings)
    count = len(log.captures) + len(log.evidence)
    findings.settle("stored_objects", Said(f"{count} 份清单及其 WARC", f"{count} manifests with their WARCs"))
    _note_others(log, objects, named, findings)


def _read_manifest(objects: _Objects, digest: str, findings: Findings) -> Manifest | None:
    path = objects.path_of(digest)
    if objects.good[digest] > _MOST_MANIFEST:
        findings.failed("manifest_format", Said("清单过大", "the manifest is beyond measure"), about=digest)
        return None
    quiet = Findings()
    found = parse_manifest(quiet, path.read_bytes(), digest)
    if found is None:
        for check in quiet.list():
            findings.failed("manifest_format", check.detail, about=digest)
    return found


def _check_clock(findings: Findings, log: LogFolder, index: int, manifest: Manifest) -> None:
    told = manifest.fields.get("capture")
    ended = read_moment(told if isinstance(told, dict) else {}, "ended_at")
    entered = log.times.get(index)
    if ended is None or (entered is not None and ended > entered + SLACK):
        said = Said("抓取结束时间晚于登记时间", "the capture ended after its entry was made")
        findings.failed("clock_order", said, about=manifest.capture_id)


def _check_chain(kept: dict[str, _Kept], findings: Findings) -> None:
    for name, item in kept.items():
        before = item.fields.previous_capture
        if not before:
            continue
        found = kept.get(before)
        if found is None:
            said = Said(
                f"前一次抓取 {before[:40]} 不在保管链中", f"the capture before it, {before[:40]}, is not in the log"
            )
            findings.absent("capture_chain", said, about=name)
        elif found.manifest != item.fields.previous_manifest:
            said = Said(f"前一次抓取 {before} 的清单是另一份", f"the capture before it, {before}, has another manifest")
            findings.failed("capture_chain", said, about=name)
    findings.settle("capture_chain", Said(f"{len(kept)} 次抓取", f"{len(kept)} captures"))


def _check_payloads(kept: dict[str, _Kept], objects: _Objects, findings: Findings) -> None:
    """Every payload that a capture shares with an earlier one lies in the WARC that it names."""
    by_warc = {item.fields.warc: item.fields for item in kept.values()}
    wanted: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for name, item in kept.items():
        if item.fields.warc not in objects.good:
            continue
        try:
            with objects.path_of(item.fields.warc).open("rb") as file:
                provenance = find_provenance(file)
            for digest, source in _shared_places(provenance):
                wanted[source].setdefault(digest, name)
        except (ArchiveDamaged, ValueError, TypeError) as error:
            findings.failed("payloads", Said(str(error)[:200], str(error)[:200]), about=name)
    for source, digests in wanted.items():
        held = _payloads_of(source, by_warc, objects, findings)
        for digest, name in digests.items():
            if digest not in held and digest != EMPTY_DIGEST:
                said = Said(f"引用的内容 {digest} 不在 {source}", f"payload {digest} is not in {source}")
                findings.absent("payloads", said, about=name)
    count = sum(len(digests) for digests in wanted.values())
    findings.settle("payloads", Said(f"{count} 份共用内容", f"{count} shared payloads"))


def _shared_places(provenance: Provenance) -> Iterator[tuple[str, str]]:
    """Give every digest that lies in another WARC, with the SHA-256 of that WARC."""
    left: list[object] = [provenance.capture]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            left.extend(value.values())
        elif isinstance(value, list):
            left.extend(value)
        elif isinstance(value, str) and (match := _SHARED.fullmatch(value)):
            number = int(match[2])
            yield match[1], provenance.sources[number] if number < len(provenance.sources) else ""


def _payloads_of(source: str, by_warc: dict[str, Manifest], objects: _Objects, findings: Findings) -> set[str]:
    manifest = by_warc.get(source)
    if manifest is None or source not in objects.good:
        return set()
    try:
        with objects.path_of(source).open("rb") as file:
            return {record.digest for record in list_records(file, manifest.records) if record.type != "revisit"}
    except ArchiveDamaged as error:
        findings.failed("payloads", Said(str(error), str(error)), about=source)
        return set()


def _note_others(log: LogFolder, objects: _Objects, named: set[str], findings: Findings) -> None:
    if log.erased:
        gone = len(log.erased)
        said = Said(f"{gone} 项已删除，登记为证", f"{gone} items were erased, each with a tombstone")
        findings.cannot_say("erased_items", said)
    others = sorted(objects.good.keys() - named - log.copies)
    if others:
        most = f"{len(others)} 个" + (f"（其中至多 {len(log.evidence)} 个是证据文件本身）" if log.evidence else "")
        said = Said(
            f"{most}：{', '.join(item[:12] for item in others[:5])} …",
            f"{len(others)} files{f', of which up to {len(log.evidence)} are evidence files' if log.evidence else ''}: "
            f"{', '.join(item[:12] for item in others[:5])} …",
        )
        findings.cannot_say("unnamed_objects", said)


def _note_tail(findings: Findings, sealed: SealedHead) -> None:
    size = sealed.head.size
    findings.cannot_say(
        "unsealed_tail",
        Said(
            f"只核验了已封存的前 {size} 条；之后的条目（如有）只在数据库中，请用 cardwatch check 核对",
            f"only the first {size} entries, which are sealed, were seen; later ones, if any, are in the database: "
            "run `cardwatch check`",
        ),
    )
