"""Reads a custody log from its files (log/) and checks it as a whole: entries, root, tiles, checkpoints, tokens.

Every leaf is hashed anew in one pass; the roots at all sizes that a checkpoint speaks of fall out of it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from monitor.times import show_time
from monitor.verify.checks import Findings, Said
from monitor.verify.folder_files import list_names, read_small
from monitor.verify.log import (
    KeyHistory,
    SealedHead,
    check_signature,
    extend_history,
    is_signed_by_any,
    read_entry,
    read_sealed,
)
from monitor.verify.log_tokens import LogEntries, check_log_tokens
from monitor.verify.options import Options
from monitor.verify.reading import Misshaped, take_digest
from monitor.verify.tokens import SLACK
from monitor.verify.verdict import Facts
from storage.errors import ArchiveDamaged
from storage.merkle import HASH_BYTES, TreeGrowth, hash_leaf
from storage.notes import MOST_NOTE_BYTES

WIDTH = 256
LEVELS = 8
MOST_ENTRIES = 100_000_000
_CHECKPOINT = re.compile(r"([1-9][0-9]{0,8})-([1-9][0-9]{0,18})")
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
    tokens: dict[str, int] = field(default_factory=dict)  # the entry that first names a token, by its SHA-256
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
    entries = LogEntries(head.size, log.times, log.tokens)
    check_log_tokens(findings, folder / "tokens", good, entries, options, facts)
    return log


def _read_checkpoint(findings: Findings, kind: str, path: Path) -> SealedHead | None:
    name = f"log/{path.name}" if path.name == "checkpoint" else f"log/checkpoints/{path.name}"
    data = read_small(findings, kind, path, name, MOST_NOTE_BYTES)
    if data is None:
        return None
    try:
        return read_sealed(data)
    except ArchiveDamaged as error:
        findings.failed(kind, Said(f"检查点读不懂（{error}）", str(error)), about=name)
        return None


def _list_checkpoints(findings: Findings, folder: Path) -> Iterator[tuple[str, SealedHead]]:
    if not folder.is_dir():
        findings.absent(
            "consistency", Said("没有历次检查点", "the former checkpoints are not there"), about="log/checkpoints"
        )
        return
    for name in list_names(folder):
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
        return read_small(findings, kind, whole, name, most)
    partial = whole.with_name(f"{whole.name}.p")
    wider = sorted(int(item) for item in list_names(partial) if item.isascii() and item.isdecimal() and len(item) < 4)
    chosen = next((item for item in wider if item >= width), width)
    return read_small(findings, kind, partial / str(chosen), f"{name}.p/{chosen}", most)


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
        elif entry.kind == "token":
            log.tokens.setdefault(take_digest(entry.fields, "sha256"), index)
        elif entry.kind == "record":
            take_digest(entry.fields, "commitment")  # of what is never exported: only its shape can be looked at
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
