"""Finds out what was given to be checked (an export, a pack of several, a bare WARC, a whole archive) and checks it.

Needs no database, no settings and no network. A target that cannot be read at all still gives a report that says why.
"""

from __future__ import annotations

import re
import stat
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from monitor.verify.capture import check_records_alone
from monitor.verify.checks import Findings, Said, Status, Unreadable
from monitor.verify.export import check_export
from monitor.verify.log_check import check_order
from monitor.verify.options import Options
from monitor.verify.pack import check_pack, close_pack, find_packs
from monitor.verify.package import Export, FolderPackage, OneFile, Package, ZipPackage, find_roots, is_litter
from monitor.verify.package_checks import note_troubles, note_unreadable
from monitor.verify.store import check_store
from monitor.verify.verdict import Facts, Report, Subject, Verdict, gravest

_PACKAGES = re.compile(r"\.(?:wacz|zip)$", re.IGNORECASE)
_WARC = re.compile(r"\.warc(?:\.gz)?$", re.IGNORECASE)
_MOST_NESTED = 1000
_MOST_DEPTH = 2
_GZIP = b"\x1f\x8b"
_SHOWN = 10


def measure_target(path: Path) -> int:
    """Give the bytes that a target has, for showing progress; links are not followed."""
    if not path.is_dir():
        return path.stat().st_size
    return sum(item.lstat().st_size for item in path.rglob("*") if not item.is_symlink() and item.is_file())


def verify_target(path: Path, options: Options) -> Report:
    """Check whatever lies at a path. Raises OSError only where there is nothing to be read."""
    findings = Findings()
    subjects: list[Subject] = []
    try:
        if path.is_dir() and _is_store(path):
            subjects.append(check_store(path, options))
        elif path.is_dir():
            subjects += _check_package(FolderPackage(path), path.name, options, findings, 1)
        else:
            subjects += _check_file(path, options, findings)
    except Unreadable as error:
        note_unreadable(findings, error, path.name)
        subjects.append(_container(path.name, findings))
    return Report(str(path), gravest(subject.verdict for subject in subjects), tuple(subjects))


def _is_store(path: Path) -> bool:
    return (path / "log").is_dir() or ((path / "objects").is_dir() and not (path / "datapackage.json").exists())


def _check_file(path: Path, options: Options, findings: Findings) -> list[Subject]:
    if not stat.S_ISREG(path.stat().st_mode):
        raise Unreadable("file_names", Said("不是普通文件（管道或设备）", "is a pipe or a device, no file"))
    with path.open("rb") as file:
        if file.read(2) == _GZIP or _WARC.search(path.name):
            return [_check_warc(Export(OneFile(path), "", path.name), path.name, options)]
        return _check_package(ZipPackage(file), path.name, options, findings, 1)


def _check_warc(export: Export, name: str, options: Options) -> Subject:
    """Check a bare WARC: with nothing beside it, its records can only be held against what they state themselves."""
    findings = Findings()
    check_records_alone(findings, export, name, options.tick)
    said = Said(
        "只有 WARC，没有清单和保管链证明：只能核对记录自身写明的摘要，任何人都可以重做",
        "a WARC alone, without manifest and log: only the digests that its records state themselves can be compared, "
        "and anybody can make those anew",
    )
    findings.cannot_say("nothing_proven", said)
    verdict = Verdict.ALTERED if findings.any(Status.FAILED) else Verdict.CANNOT_SAY
    if verdict is Verdict.CANNOT_SAY and findings.any(Status.ABSENT):
        verdict = Verdict.INCOMPLETE
    return Subject(name, "warc", verdict, Facts(), findings.list())


def _check_package(package: Package, label: str, options: Options, findings: Findings, depth: int) -> list[Subject]:
    """Check a container and all that lies in it; one that holds a single export or pack is told together with it."""
    names = [name for name in package.files if not is_litter(name)]
    packs = find_packs(names)
    names = [name for name in names if not any(name.startswith(root) for root in packs)]
    roots = find_roots(names)
    inner = [
        name
        for name in names
        if (_PACKAGES.search(name) or _WARC.search(name)) and not any(name.startswith(root) for root in roots)
    ]
    rest = [name for name in names if name not in inner and not any(name.startswith(root) for root in roots)]
    if len(packs) == 1 and not roots and not inner:
        return _check_pack(package, packs[0], label, options, rest, depth)
    if len(roots) == 1 and not inner and not packs:
        subject = _check_root(package, roots[0], label, options, rest)
        return [subject]
    subjects = [subject for root in packs for subject in _check_pack(package, root, label, options, None, depth)]
    subjects += _check_inner(package, roots, inner, label, options, depth)
    note_troubles(findings, package)
    _note_rest(findings, rest)
    if not subjects:
        said = Said("里面没有抓取导出文件", "no export of a capture lies in it")
        findings.cannot_say("nothing_proven", said)
    compare_exports(findings, subjects)
    return [_container(label, findings, nothing=not subjects), *subjects]


def _check_pack(
    package: Package, root: str, label: str, options: Options, rest: Sequence[str] | None, depth: int
) -> list[Subject]:
    """Check a pack, then the exports of captures in it, which must be of the same history as its evidence.

    `rest` are the files beside it where it is told together with its container, else None.
    """
    findings, name = Findings(), f"{label}/{root}".rstrip("/") if root else label
    check = check_pack(Export(package, root, name), options, findings)
    subjects: list[Subject] = []
    exports: dict[str, Subject] = {}
    for number, path in enumerate(check.exports):
        found = list(_check_nested(package, root + path, f"{name}/{path}", options, depth, number))
        exports[path] = found[0]
        subjects += found
    if rest is not None:
        note_troubles(findings, package)
        _note_rest(findings, rest)
    compare_exports(findings, [Subject(name, "pack", Verdict.INTACT, check.facts, (), check.trace), *subjects])
    return [close_pack(name, check, findings, exports), *subjects]


def _check_root(package: Package, root: str, label: str, options: Options, rest: Sequence[str]) -> Subject:
    findings = Findings()
    export = Export(package, root, f"{label}/{root}".rstrip("/") if root else label)
    subject = check_export(export, options, findings)
    note_troubles(findings, package)  # those of the contents came to light while they were read
    _note_rest(findings, rest)
    verdict = Verdict.ALTERED if findings.any(Status.FAILED) else subject.verdict
    return Subject(subject.name, subject.kind, verdict, subject.facts, findings.list(), subject.trace)


def _check_inner(
    package: Package, roots: Sequence[str], inner: Sequence[str], label: str, options: Options, depth: int
) -> Iterator[Subject]:
    for root in roots:
        name = f"{label}/{root}".rstrip("/")
        yield check_export(Export(package, root, name), options, Findings())
    for number, name in enumerate(inner):
        yield from _check_nested(package, name, f"{label}/{name}", options, depth, number)
        if depth > _MOST_DEPTH or number >= _MOST_NESTED:
            return


def _check_nested(
    package: Package, name: str, place: str, options: Options, depth: int, number: int
) -> Iterator[Subject]:
    """Check a package or WARC that lies in another; `number` counts those that lie beside it."""
    findings = Findings()
    if depth > _MOST_DEPTH or number >= _MOST_NESTED:
        said = Said("压缩包嵌套过深或过多，未核验", "packages are nested too deep or too many: not checked")
        findings.failed("zip_bounds", said, about=name)
        yield _container(place, findings)
        return
    if _WARC.search(name):
        yield _check_warc(Export(package, "", name), name, options)
        return
    try:
        file = package.open(name)
        try:
            yield from _check_package(ZipPackage(file), place, options, findings, depth + 1)
        finally:
            file.close()
    except Unreadable as error:
        note_unreadable(findings, error, name)
        yield _container(place, findings)


def _note_rest(findings: Findings, rest: Sequence[str]) -> None:
    if rest:
        names = ", ".join(sorted(rest)[:_SHOWN]) + (" …" if len(rest) > _SHOWN else "")
        said = Said(f"没有任何证明涉及：{names}", f"no proof speaks of: {names}")
        findings.cannot_say("other_files", said)


def _container(label: str, findings: Findings, *, nothing: bool = False) -> Subject:
    nothing = nothing or findings.has("nothing_proven", Status.CANNOT_SAY)
    verdict = Verdict.CANNOT_SAY if nothing else Verdict.INTACT
    if findings.any(Status.ABSENT):
        verdict = Verdict.INCOMPLETE
    if findings.any(Status.FAILED):
        verdict = Verdict.ALTERED
    return Subject(label, "container", verdict, Facts(), findings.list())


def compare_exports(findings: Findings, subjects: Sequence[Subject]) -> None:
    """Check that exports of one log are of one history, and that no capture has two manifests."""
    manifests: dict[str, tuple[str, str]] = {}
    logs: defaultdict[str, list[Subject]] = defaultdict(list)
    for subject in subjects:
        if subject.facts.capture and subject.trace.manifest:
            known = manifests.setdefault(subject.facts.capture, (subject.trace.manifest, subject.name))
            if known[0] != subject.trace.manifest:
                said = Said(
                    f"与 {known[1]} 是同一次抓取，清单却不同",
                    f"is the same capture as {known[1]}, with another manifest",
                )
                findings.failed("statement", said, about=subject.name)
        if subject.facts.origin:
            logs[subject.facts.origin.rpartition("/")[0]].append(subject)
    for group in logs.values():
        _compare_heads(findings, group)
        check_order(findings, sorted({moment for subject in group for moment in subject.trace.moments}))


def _compare_heads(findings: Findings, group: Sequence[Subject]) -> None:
    heads = [(subject, head) for subject in group for head in subject.trace.heads]
    roots = {(head.sealed.head.origin, head.sealed.head.size): head.sealed.head.root for _, head in heads}
    compared = 0
    for subject, proven in heads:
        for (origin, size), root in roots.items():
            head = proven.sealed.head
            if origin != head.origin or size > head.size:
                continue
            mine = head.root if size == head.size else proven.root_at(size)
            compared += mine is not None
            if mine is not None and mine != root:
                said = Said(
                    f"同一条保管链的前 {size} 条在两份证明中不同：有人制作了两套历史",
                    f"the first {size} entries of one log differ between two proofs: there are two histories of it",
                )
                findings.failed("consistency", said, about=subject.name)
    if compared > len(heads):
        findings.settle("consistency", Said("各份证明属于同一历史", "the proofs are of one history"))
