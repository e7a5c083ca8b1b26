"""Checks a pack: its list of files, the signed list, its evidence items and their place in the custody log.

The exports of captures in it are checked by the target, as anywhere else; here it is said which files those are. What
was made for the pack (letters, lists) is only listed and signed for: what it says is its maker's word.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from monitor.verify.checks import Findings, Said, Status, Unreadable
from monitor.verify.log_check import LogCheck, check_order
from monitor.verify.options import Options
from monitor.verify.pack_file import CAPTURE, MADE, MASKED, MOST_BYTES, ORIGINAL, PACK, Pack, is_proof_path, read_pack
from monitor.verify.pack_items import check_items
from monitor.verify.package import Export, is_litter
from monitor.verify.package_checks import digest_file, fetch_file, note_unreadable
from monitor.verify.reading import Misshaped, read_object
from monitor.verify.verdict import Facts, FileTold, PackTold, Subject, Trace, Verdict, judge
from storage.errors import ArchiveDamaged
from storage.file_list import MOST_LIST_BYTES
from storage.notes import VerifierKey
from storage.pack_note import PACK_NOTE, PackList, parse_pack_note

_EXPORT = ".wacz"
_MOST_GROWTH = 1 << 20
_SHOWN = 10
_VERIFIER = "verify.html"
_OF_CAPTURE = {
    Verdict.INTACT: Status.PASSED,
    Verdict.CANNOT_SAY: Status.CANNOT_SAY,
    Verdict.INCOMPLETE: Status.ABSENT,
    Verdict.ALTERED: Status.FAILED,
}


@dataclass(frozen=True)
class PackCheck:
    """A pack that was checked but for its exports, which lie at `exports` (paths in the pack)."""

    facts: Facts
    trace: Trace
    exports: tuple[str, ...]


def find_packs(names: list[str]) -> list[str]:
    """Give the roots of packs among the names of a package: where proof/pack.json or its signed list lies."""
    roots = {
        name[: -len(mark)] for name in names for mark in (PACK, PACK_NOTE) if name == mark or name.endswith(f"/{mark}")
    }
    kept: list[str] = []
    for root in sorted(roots):
        if not any(root.startswith(outer) for outer in kept):
            kept.append(root)
    return kept


def check_pack(export: Export, options: Options, findings: Findings) -> PackCheck:
    """Check a pack but for the exports of captures in it; the findings are those of its container too."""
    facts, trace = Facts(), Trace()
    exports: tuple[str, ...] = ()
    try:
        digests = {name: digest_file(findings, export, name, options.tick) for name in sorted(export.names)}
        pack = _read(findings, export)
        exports = tuple(_list_exports(digests, pack))
        signer = None
        if pack is not None:
            signer = _check_proven(findings, export, pack, options, facts, trace)
        _check_note(findings, export, pack, signer, digests)
    except Unreadable as error:
        note_unreadable(findings, error)
    return PackCheck(facts, trace, exports)


def close_pack(name: str, check: PackCheck, findings: Findings, exports: dict[str, Subject]) -> Subject:
    """Give the pack as a thing that was checked, when its `exports` (by their paths in it) have been."""
    facts, told = check.facts, check.facts.pack
    if told is not None:
        files = tuple(_tell_capture(findings, file, exports.get(file.path)) for file in told.files)
        facts.pack = replace(told, files=files)
    found = findings.list()
    facts.redacted = sum(one.status is Status.REDACTED for one in found)
    return Subject(name, "pack", judge(findings, facts), facts, found, check.trace)


def _tell_capture(findings: Findings, file: FileTold, found: Subject | None) -> FileTold:
    if file.what != CAPTURE or found is None or file.status is Status.ABSENT:
        return file
    is_other = bool(found.facts.capture) and found.facts.capture != file.id
    is_none = found.kind != "capture" and found.verdict in (Verdict.CANNOT_SAY, Verdict.INTACT)
    if is_other or is_none:
        said = Said(f"不是抓取 {file.id} 的导出文件", f"is not the export of the capture {file.id}")
        findings.failed("statement", said, about=file.path)
        return replace(file, status=Status.FAILED)
    status = _OF_CAPTURE[found.verdict]
    return file if file.status is Status.FAILED else replace(file, status=status)


def _read(findings: Findings, export: Export) -> Pack | None:
    data = fetch_file(findings, "pack_format", export, PACK, MOST_BYTES)
    if data is None:
        return None
    try:
        return read_pack(data)
    except Misshaped as error:
        findings.failed("pack_format", Said(f"证明文件读不懂（{error}）", str(error)), about=PACK)
        return None


def _list_exports(digests: dict[str, str], pack: Pack | None) -> list[str]:
    """What is opened as an export: what the pack says is one, and what is named like one and is no evidence item."""
    what = {file.path: file.what for file in pack.files} if pack else {}
    evidence = (ORIGINAL, MASKED)
    return [
        name
        for name in digests
        if what.get(name) == CAPTURE or (name.lower().endswith(_EXPORT) and what.get(name) not in evidence)
    ]


def _check_proven(
    findings: Findings, export: Export, pack: Pack, options: Options, facts: Facts, trace: Trace
) -> VerifierKey | None:
    """Check the files against pack.json, and all items in the log; gives the key that should have signed the list."""
    files = _check_files(findings, export, pack)
    facts.pack = PackTold(pack.case, pack.channel, pack.made_at, files)
    log = LogCheck(export, pack, options, findings, facts)
    sealed = log.read_head()
    if sealed is None:
        return None
    log.check_keys(sealed)
    proven = {told.path: told for told in check_items(log, pack, sealed)}
    log.check_anchors()
    covered = [moment for index, _, moment in log.moments if index < sealed.head.size]
    log.check_stamps_order([("登记", "entry", moment) for moment in covered])
    check_order(findings, log.moments)
    for kind in ("manifest_digest", "entry", "inclusion"):
        if pack.items:
            findings.settle(kind, Said(f"{len(pack.items)} 件证据", f"{len(pack.items)} items"))
    findings.settle("clock_order")
    trace.heads, trace.moments = tuple(log.heads), tuple(log.moments)
    good = not any(findings.has(kind, Status.FAILED) for kind in ("checkpoint_signature", "key_history"))
    facts.pack = replace(facts.pack, files=tuple(_choose(told, proven.get(told.path), good) for told in files))
    return log.signer


def _choose(listed: FileTold, proven: FileTold | None, good: bool) -> FileTold:
    """What is told of a file: that its bytes are not those listed, else what its item's proof says.

    Under a checkpoint that is not `good` nothing is proven.
    """
    if proven is None or listed.status in (Status.FAILED, Status.ABSENT):
        return listed
    if not good and proven.status in (Status.PASSED, Status.REDACTED):
        return replace(proven, status=Status.CANNOT_SAY)
    return proven


def _check_files(findings: Findings, export: Export, pack: Pack) -> tuple[FileTold, ...]:
    """Check every file against pack.json, and that no further one lies in the pack."""
    litter = [name for name in sorted(export.names) if is_litter(name)]
    if litter:
        names = ", ".join(litter[:_SHOWN])
        said = Said(f"{names}：系统留下的杂物，不属于包", f"{names}: strewn in by a system, no part of the pack")
        findings.cannot_say("other_files", said)
    for name in sorted(export.names):
        if name.rpartition("/")[2] == _VERIFIER:
            said = Said(
                "包内的核验页面无法证明自己：请与别处取得的同一版本比对，或改用那一份",
                "a verifier cannot vouch for itself: compare this one with a copy from elsewhere, or use that",
            )
            findings.cannot_say("other_files", said, about=name)
    growth = _checkpoints_of(export, pack)
    named = set(pack.proof_paths(growth))
    for path in sorted(named):
        if not is_proof_path(path):
            said = Said("证明材料应在 proof/ 之下", "a file of the proof lies in proof/, not elsewhere")
            findings.failed("pack_format", said, about=path[:200])
    findings.settle("pack_format")
    told = []
    for file in pack.files:
        status = Status.CANNOT_SAY  # until its item or its export is proven
        if not export.has(file.path):
            said = Said("清单中的文件不在包内", "is listed and not in the pack")
            findings.absent("pack_files", said, about=file.path)
            status = Status.ABSENT
        elif (file.sha256, file.bytes) != (export.known_digest(file.path), export.size(file.path)):
            said = Said("内容与清单所记的摘要或长度不同", "its bytes are not those that pack.json states")
            findings.failed("pack_files", said, about=file.path)
            status = Status.FAILED
        elif file.what == MADE:
            said = Said("为本包制作：只在签名清单之内", "made for this pack: only listed and signed for")
            findings.cannot_say("pack_made", said, about=file.path)
        told.append(FileTold(file.path, file.what, status, file.id))
    known = {PACK_NOTE, *named, *(file.path for file in pack.files)}
    for name in sorted(export.names):
        if name not in known and not is_litter(name):
            said = Said("证明文件没有提到它：是后来加入的", "pack.json does not name it: it was added")
            findings.failed("pack_files", said, about=name[:200])
    findings.settle("pack_files", Said(f"{len(pack.files)} 个文件", f"{len(pack.files)} files"))
    return tuple(told)


def _checkpoints_of(export: Export, pack: Pack) -> tuple[str, ...]:
    """The two checkpoints that consistency.json names; what is wrong with it is told where growth is checked."""
    if not pack.consistency or not export.has(pack.consistency):
        return ()
    try:
        fields = read_object(export.read(pack.consistency, _MOST_GROWTH))
    except (Misshaped, Unreadable):
        return ()
    return tuple(value for value in (fields.get("from"), fields.get("to")) if isinstance(value, str))


def _check_note(
    findings: Findings, export: Export, pack: Pack | None, signer: VerifierKey | None, digests: dict[str, str]
) -> None:
    """Check the signed list, every file against it, and its signature by the log's key."""
    data = fetch_file(findings, "pack_note", export, PACK_NOTE, MOST_LIST_BYTES)
    if data is None:
        return
    try:
        listed, note = parse_pack_note(data)
    except ArchiveDamaged as error:
        findings.failed("pack_note", Said(f"签名清单读不懂（{error}）", str(error)), about=PACK_NOTE)
        return
    if (pack is not None and listed.case != pack.case) or (PACK in digests and listed.proof != digests[PACK]):
        said = Said("签名清单属于另一份投诉包", "the signed list is of another pack")
        findings.failed("pack_note", said, about=PACK_NOTE)
    _compare(findings, export, listed)
    if signer is None:
        said = Said("不知道签名清单的公钥", "the key that should have signed the list is not known")
        findings.cannot_say("pack_note", said, about=PACK_NOTE)
        return
    if not signer.verify(note):
        said = Said(
            "签名无效：清单被改动，或不是保管链密钥所签",
            "the signature is not good: the list was altered, or not signed by the log's key",
        )
        findings.failed("pack_note", said, about=PACK_NOTE)
    findings.settle("pack_note", Said(f"{len(listed.files)} 个文件", f"{len(listed.files)} files"))


def _compare(findings: Findings, export: Export, listed: PackList) -> None:
    for file in listed.files:
        if not export.has(file.path):
            said = Said("签名清单中的文件不在包内", "is in the signed list and not in the pack")
            findings.absent("pack_note", said, about=file.path[:200])
        elif (file.digest, file.bytes) != (export.known_digest(file.path), export.size(file.path)):
            said = Said("与签名清单所记的不同", "is not the file that the log's key signed for this pack")
            findings.failed("pack_note", said, about=file.path[:200])
    known = {PACK_NOTE, *(file.path for file in listed.files)}
    for name in sorted(export.names):
        if name not in known and not is_litter(name):
            said = Said("不在签名清单内：是后来加入的", "is not in the signed list: it was added")
            findings.failed("pack_note", said, about=name[:200])
