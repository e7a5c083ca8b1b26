"""Reads a custody log from its files (log/) and checks it as a whole: entries, root, tiles, checkpoints, tokens.

Every leaf is hashed anew in one pass; the roots at all sizes that a checkpoint speaks of fall out of it.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from monitor.times import show_time
from monitor.verify.checks import Findings, Said
from monitor.verify.log import (
    KeyHistory,
    SealedHead,
    check_signature,
    extend_history,
    is_signed_by_any,
    read_entry,
    read_sealed,
)
from monitor.verify.options import Options
from monitor.verify.reading import Misshaped, take_digest
from monitor.verify.tokens import MOST_TOKEN, SLACK, NamedToken, Stamp, check_tokens, is_anchored
from monitor.verify.verdict import Facts
from storage.errors import ArchiveDamaged
from storage.merkle import HASH_BYTES, TreeGrowth, hash_leaf
from storage.notes import MOST_NOTE_BYTES

WIDTH = 256
LEVELS = 8
MOST_ENTRIES = 100_000_000
_CHECKPOINT = re.compile(r"([1-9][0-9]{0,8})-([1-9][0-9]{0,18})")
_TOKEN = re.compile(r"([1-9][0-9]{0,8}-[1-9][0-9]{0,18})\.(.+?)(\.r\d+)?\.(tsr|ots)")
_MOST_BUNDLE = WIDTH * (65_535 + 2)
_KEY_KINDS = ("log", "key", "epoch")


@dataclass
class LogFolder:
    """What the log says, as far as its newest published checkpoint seals it."""

    sealed: SealedHead
    history: KeyHistory = field(default_factory=KeyHistory)
    captures: list[tuple[int, str]] = field(default_factory=list)
    evidence: list[tuple[int, str]] = field(default_factory=list)
    erased: set[str] = field(default_factory=set)
    copies: set[str] = field(default_factory=set)
    times: dict[int, datetime] = field(default_factory=dict)
    roots: dict[int, bytes] = field(default_factory=dict)
    complete: bool = False  # every entry was there

    def root_at(self, size: int) -> bytes | None:
        """The root of the first `size` entries, for the sizes that were asked for before."""
        return self.roots.get(size)


def read_log(folder: Path, options: Options, findings: Findings, facts: Facts) -> LogFolder | None:
    """Read and check a log; None, and told, where there is no checkpoint to check it by."""
    sealed = _read_checkpoint(findings, "log_checkpoint", folder / "checkpoint")
    if sealed is None:
        return None
    head = sealed.head
    log = LogFolder(sealed)
    facts.origin, facts.size = head.origin, head.size
    if head.size > MOST_ENTRIES:
        said = Said(f"声称有 {head.size} 条", f"it claims {head.size} entries")
        findings.failed("log_checkpoint", said, about="log/checkpoint")
        return None
    checkpoints = list(_list_checkpoints(findings, folder / "checkpoints"))
    sizes = {item.head.size for _, item in checkpoints} | {item.sealed.head.size for item in options.earlier}
    _walk_entries(findings, folder / "tile", log, sizes | {head.size}, options)
    if log.complete:
        if log.roots.get(head.size) == head.root:
            findings.passed("log_root", Said(f"{head.size} 条", f"{head.size} entries"))
        else:
            said = Said("由条目算出的根不是检查点所签的根", "the entries do not give the root that is signed")
            findings.failed("log_root", said, about="log/tile/entries")
    if check_signature(findings, sealed, log.history, "log/checkpoint"):
        findings.passed("log_checkpoint", Said(f"{head.origin}，{head.size} 条", f"{head.origin}, {head.size} entries"))
        facts.key = log.history.keys[-1].text
    findings.settle("key_history", Said(f"{len(log.history.keys)} 把密钥", f"{len(log.history.keys)} keys"))
    good = _check_checkpoints(findings, log, checkpoints)
    _check_all_tokens(findings, folder / "tokens", log, good, options, facts)
    return log


def _read_checkpoint(findings: Findings, kind: str, path: Path) -> SealedHead | None:
    name = f"log/{path.name}" if path.name == "checkpoint" else f"log/checkpoints/{path.name}"
    data = _read_file(findings, kind, path, name, MOST_NOTE_BYTES)
    if data is None:
        return None
    try:
        return read_sealed(data)
    except ArchiveDamaged as error:
        findings.failed(kind, Said(f"检查点读不懂（{error}）", str(error)), about=name)
        return None


def _read_file(findings: Findings, kind: str, path: Path, name: str, most: int) -> bytes | None:
    try:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            findings.failed("file_names", Said("不是普通文件", "is a link or a device"), about=name)
            return None
        with path.open("rb") as file:
            data = file.read(most + 1)
    except FileNotFoundError:
        findings.absent(kind, Said("文件不在", "the file is not there"), about=name)
        return None
    except OSError as error:
        findings.absent(kind, Said(f"读不出：{error.strerror}", f"cannot be read: {error.strerror}"), about=name)
        return None
    if len(data) > most:
        findings.failed(kind, Said(f"超过 {most} 字节", f"has more than {most} bytes"), about=name)
        return None
    return data


def _list_checkpoints(findings: Findings, folder: Path) -> Iterator[tuple[str, SealedHead]]:
    if not folder.is_dir():
        findings.absent(
            "consistency", Said("没有历次检查点", "the former checkpoints are not there"), about="log/checkpoints"
        )
        return
    for name in _names(folder):
        match = _CHECKPOINT.fullmatch(name)
        if match is None:
            continue
        sealed = _read_checkpoint(findings, "consistency", folder / name)
        if sealed is None:
            continue
        epoch = sealed.head.origin.rpartition("/")[2]
        if (epoch, sealed.head.size) != (match[1], int(match[2])):
            said = Said("检查点与文件名不符", "is the checkpoint of another epoch or size than its name says")
            findings.failed("consistency", said, about=f"log/checkpoints/{name}")
            continue
        yield name, sealed


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def tile_name(number: int) -> str:
    """Give the path of a tile's number: groups of three digits, all but the last marked with an x."""
    groups = [f"{number % 1000:03}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03}")
    return "/".join(groups)


def _tile(findings: Findings, kind: str, folder: Path, level: str, number: int, width: int, most: int) -> bytes | None:
    """Read a tile: the whole one, or a partial one that is wide enough."""
    whole = folder / level / tile_name(number)
    name = f"log/tile/{level}/{tile_name(number)}"
    if width == WIDTH or whole.exists():
        return _read_file(findings, kind, whole, name, most)
    partial = whole.with_name(f"{whole.name}.p")
    wider = sorted(int(item) for item in _names(partial) if item.isascii() and item.isdecimal() and len(item) < 4)
    chosen = next((item for item in wider if item >= width), width)
    return _read_file(findings, kind, partial / str(chosen), f"{name}.p/{chosen}", most)


def _walk_entries(findings: Findings, folder: Path, log: LogFolder, sizes: set[int], options: Options) -> None:
    size = log.sealed.head.size
    growth = TreeGrowth()
    nodes: defaultdict[int, list[bytes]] = defaultdict(list)
    latest: tuple[int, datetime] | None = None
    for number in range(-(-size // WIDTH)):
        width = min(WIDTH, size - number * WIDTH)
        data = _tile(findings, "log_entries", folder, "entries", number, width, _MOST_BUNDLE)
        entries = None if data is None else _unpack(findings, data, number, width)
        if entries is None:
            return
        options.tick(len(data or b""))
        for place, entry in enumerate(entries, number * WIDTH):
            leaf = hash_leaf(entry)
            nodes[0].append(leaf)
            for level, _, hashed in growth.add(leaf):
                if level % LEVELS == 0:
                    nodes[level // LEVELS].append(hashed)
            latest = _take_entry(findings, log, place, entry, latest)
            if growth.size in sizes:
                log.roots[growth.size] = growth.root()
    log.complete = True
    findings.settle("log_entries", Said(f"{size} 条", f"{size} entries"))
    _check_tiles(findings, folder, nodes, size)


def _unpack(findings: Findings, data: bytes, number: int, width: int) -> list[bytes] | None:
    entries: list[bytes] = []
    place = 0
    while place + 2 <= len(data) and len(entries) < WIDTH:
        end = place + 2 + int.from_bytes(data[place : place + 2], "big")
        if end > len(data):
            break
        entries.append(data[place + 2 : end])
        place = end
    if place != len(data) or len(entries) < width:
        said = Said("条目文件被改动或中断", "an entry bundle was altered or cut off")
        findings.failed("log_entries", said, about=f"log/tile/entries/{tile_name(number)}")
        return None
    return entries[:width]


def _take_entry(
    findings: Findings, log: LogFolder, index: int, data: bytes, latest: tuple[int, datetime] | None
) -> tuple[int, datetime] | None:
    about = f"entry {index}"
    try:
        entry = read_entry(data, index)
        log.times[index] = entry.at
        if entry.kind in _KEY_KINDS:
            extend_history(findings, log.history, entry, about)
        elif entry.kind == "capture":
            log.captures.append((index, take_digest(entry.fields, "manifest")))
        elif entry.kind == "evidence":
            log.evidence.append((index, take_digest(entry.fields, "manifest")))
        elif entry.kind == "tombstone":
            log.erased.add(take_digest(entry.fields, "manifest"))
        elif entry.kind == "derivative":
            log.copies.add(take_digest(entry.fields, "sha256"))
        else:
            said = Said(f"不认识的种类 {entry.kind[:40]}", f"of the unknown kind {entry.kind[:40]}")
            findings.cannot_say("log_entries", said, about=about)
    except Misshaped as error:
        findings.failed("log_entries", Said(f"条目读不懂（{error}）", str(error)), about=about)
        return latest
    if latest is not None and entry.at + SLACK < latest[1]:
        said = Said(
            f"时间 {show_time(entry.at)} 早于第 {latest[0]} 条的 {show_time(latest[1])}：时钟被往回调过",
            f"says {show_time(entry.at)}, but entry {latest[0]} before it {show_time(latest[1])}: the clock was set "
            "back",
        )
        findings.failed("clock_order", said, about=about)
    return (index, entry.at) if latest is None or entry.at > latest[1] else latest


def _check_tiles(findings: Findings, folder: Path, nodes: dict[int, list[bytes]], size: int) -> None:
    count = 0
    for level, hashes in sorted(nodes.items()):
        for number in range(-(-len(hashes) // WIDTH)):
            mine = b"".join(hashes[number * WIDTH : (number + 1) * WIDTH])
            width = len(mine) // HASH_BYTES
            found = _tile(findings, "log_tiles", folder, str(level), number, width, WIDTH * HASH_BYTES)
            count += 1
            if found is not None and found[: len(mine)] != mine:
                said = Said("摘要与条目不符", "its hashes are not those of the entries")
                findings.failed("log_tiles", said, about=f"log/tile/{level}/{tile_name(number)}")
    findings.settle("log_tiles", Said(f"{count} 个文件", f"{count} files"))


def _check_checkpoints(
    findings: Findings, log: LogFolder, checkpoints: Sequence[tuple[str, SealedHead]]
) -> dict[str, SealedHead]:
    """Hold every checkpoint ever signed against the entries; give those that are of this history."""
    good: dict[str, SealedHead] = {}
    said_epoch = log.sealed.head.origin.rpartition("/")[2]
    present = int(said_epoch) if said_epoch.isascii() and said_epoch.isdecimal() and len(said_epoch) < 10 else 0
    for name, sealed in checkpoints:
        head, about = sealed.head, f"log/checkpoints/{name}"
        epoch = int(name.partition("-")[0])
        later = [index for number, index in log.history.restored if number > epoch]
        if head.origin.rpartition("/")[0] != log.sealed.head.origin.rpartition("/")[0]:
            findings.failed("consistency", Said("属于另一条保管链", "is of another log"), about=about)
        elif log.history.keys and not is_signed_by_any(sealed, log.history.keys):
            findings.failed("checkpoint_signature", Said("签名无效", "its signature is not good"), about=about)
        elif later and head.size > later[0]:
            said = Said(
                f"封存过 {head.size} 条，其中第 {later[0]} 条起在恢复备份后不再有",
                f"sealed {head.size} entries; those from {later[0]} on are gone since the log was restored",
            )
            findings.cannot_say("consistency", said, about=about)
        elif epoch > present or head.size > log.sealed.head.size:
            said = Said(
                "比最新检查点更晚：最新检查点被换成旧的", "is later than log/checkpoint: an older one was put there"
            )
            findings.failed("consistency", said, about=about)
        elif log.complete and log.root_at(head.size) != head.root:
            said = Said(
                f"当时封存的前 {head.size} 条与现在的不同：保管链被改写过",
                f"sealed other entries than the first {head.size} of now: the log was rewritten",
            )
            findings.failed("consistency", said, about=about)
        else:
            good[name] = sealed
    findings.settle("consistency", Said(f"{len(good)} 个检查点", f"{len(good)} checkpoints"))
    return good


def _check_all_tokens(
    findings: Findings, folder: Path, log: LogFolder, good: dict[str, SealedHead], options: Options, facts: Facts
) -> None:
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for name in _names(folder):
        match = _TOKEN.fullmatch(name)
        if match is not None:
            groups[match[1]].append(name)
    stamps: list[Stamp] = []
    proven = 0
    for stem, files in sorted(groups.items(), key=lambda item: [int(part) for part in item[0].split("-")]):
        path = folder.parent / "checkpoints" / stem
        found = _check_group(findings, folder, path, files, options)
        stamps += found
        anchored = is_anchored(found, (stem,))
        if anchored is not None and stem in good:
            size = good[stem].head.size
            _check_stamped(findings, log, size, anchored, stem)
            if size > proven:
                proven, facts.proven_before = size, anchored
    facts.stamps = tuple(stamps)
    if facts.proven_before is None:
        if not groups:
            findings.cannot_say("token_time", Said("没有时间戳", "there is no time token"))
        return
    facts.anchors.append("token")
    size = log.sealed.head.size
    if proven < size:
        said = Said(f"第 {proven} 至 {size - 1} 条还没有时间戳", f"entries {proven} to {size - 1} are not stamped yet")
        findings.cannot_say("token_time", said)


def _check_group(
    findings: Findings, folder: Path, checkpoint: Path, files: Sequence[str], options: Options
) -> list[Stamp]:
    """Check the tokens of one checkpoint; a renewal is over the token whose SHA-256 stands in it."""
    data: dict[str, bytes] = {}
    for name in files:
        found = _read_file(findings, "token_signature", folder / name, f"log/tokens/{name}", MOST_TOKEN)
        if found is not None:
            data[name] = found
    note = _read_file(findings, "token_imprint", checkpoint, f"log/checkpoints/{checkpoint.name}", MOST_NOTE_BYTES)
    if note is None:
        return []
    digests = {name: hashlib.sha256(item).digest() for name, item in data.items()}
    tokens: list[NamedToken] = []
    for name in sorted(data, key=_renewal_number):
        match = _TOKEN.fullmatch(name)
        over = [other for other, digest in digests.items() if other != name and digest in data[name]]
        kind = "rfc3161" if name.endswith(".tsr") else "opentimestamps"
        chain = f"{name.removesuffix('.tsr')}.chain.pem"
        has_chain = kind == "rfc3161" and (folder / chain).is_file()
        tokens.append(
            NamedToken(
                kind,
                match[2] if match else name,
                name,
                chain if has_chain else "",
                over[0] if over else checkpoint.name,
            )
        )

    def fetch(path: str) -> bytes | None:
        if path == checkpoint.name:
            return note
        if path in data:
            return data[path]
        return _read_file(findings, "token_trust", folder / path, f"log/tokens/{path}", MOST_TOKEN)

    return list(check_tokens(findings, tokens, fetch, stamped=(checkpoint.name,), roots=options.roots, at=options.at))


def _renewal_number(name: str) -> tuple[int, str]:
    match = _TOKEN.fullmatch(name)
    return (int(match[3][2:]) if match and match[3] else 0), name


def _check_stamped(findings: Findings, log: LogFolder, size: int, stamped: datetime, name: str) -> None:
    """No entry that a token covers may claim a later time than the token's."""
    late = [index for index, at in log.times.items() if index < size and at > stamped + SLACK]
    for index in late[:5]:
        said = Said(
            f"第 {index} 条所称的时间 {show_time(log.times[index])} 晚于时间戳 {show_time(stamped)}",
            f"entry {index} says {show_time(log.times[index])}, which is later than the token, {show_time(stamped)}",
        )
        findings.failed("clock_order", said, about=f"log/tokens/{name}")
