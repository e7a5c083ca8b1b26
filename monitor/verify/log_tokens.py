"""Checks the tokens of an archive's log (log/tokens/), each against the checkpoint or the token that it is over."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.times import show_time
from monitor.verify.checks import Findings, Said
from monitor.verify.folder_files import list_names, read_small
from monitor.verify.log import SealedHead
from monitor.verify.options import Options
from monitor.verify.tokens import MOST_TOKEN, SLACK, NamedToken, Stamp, check_tokens, is_anchored
from monitor.verify.verdict import Facts
from storage.notes import MOST_NOTE_BYTES

_TOKEN = re.compile(r"([1-9][0-9]{0,8}-[1-9][0-9]{0,18})\.(.+?)(\.r\d+)?\.(tsr|ots)")


@dataclass(frozen=True)
class LogEntries:
    """Of the log's entries: how many there are, what times they state, and which name tokens (by their SHA-256)."""

    size: int
    times: Mapping[int, datetime]
    tokens: Mapping[str, int]


def check_log_tokens(
    findings: Findings,
    folder: Path,
    good: Mapping[str, SealedHead],
    entries: LogEntries,
    options: Options,
    facts: Facts,
) -> None:
    """Check all tokens, the newest first: they show by when older ones existed, which the log names.

    `good` are the checkpoints of this history by their names.
    """
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for name in list_names(folder):
        match = _TOKEN.fullmatch(name)
        if match is not None:
            groups[match[1]].append(name)
    stamps: list[Stamp] = []
    proven: list[tuple[int, datetime]] = []  # how many entries existed by when, the newest first
    order = sorted(groups.items(), key=lambda item: [int(part) for part in item[0].split("-")], reverse=True)
    for stem, files in order:
        path = folder.parent / "checkpoints" / stem
        found = _check_group(findings, folder, path, files, options, (entries.tokens, proven))
        stamps[:0] = found
        anchored = is_anchored(found, (stem,))
        if anchored is not None and stem in good:
            covered = good[stem].head.size
            _check_stamped(findings, entries.times, covered, anchored, stem)
            proven.append((covered, anchored))
    facts.stamps = tuple(stamps)
    stamped, facts.proven_before = max(proven, default=(0, None), key=lambda item: item[0])
    if facts.proven_before is None:
        if not groups:
            findings.cannot_say("token_time", Said("没有时间戳", "there is no time token"))
        return
    facts.anchors.append("token")
    if stamped < entries.size:
        last = entries.size - 1
        said = Said(f"第 {stamped} 至 {last} 条还没有时间戳", f"entries {stamped} to {last} are not stamped yet")
        findings.cannot_say("token_time", said)


def _check_group(
    findings: Findings,
    folder: Path,
    checkpoint: Path,
    files: Sequence[str],
    options: Options,
    later: tuple[Mapping[str, int], Sequence[tuple[int, datetime]]],
) -> list[Stamp]:
    """Check the tokens of one checkpoint; a renewal is over the token whose SHA-256 stands in it.

    `later` are the entries of tokens, by their SHA-256, and how many entries existed by when.
    """
    data: dict[str, bytes] = {}
    for name in files:
        found = read_small(findings, "token_signature", folder / name, f"log/tokens/{name}", MOST_TOKEN)
        if found is not None:
            data[name] = found
    note = read_small(findings, "token_imprint", checkpoint, f"log/checkpoints/{checkpoint.name}", MOST_NOTE_BYTES)
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
        return read_small(findings, "token_trust", folder / path, f"log/tokens/{path}", MOST_TOKEN)

    roots, at = options.roots, options.at
    existed = _find_existed(findings, digests, *later)
    stamped = (checkpoint.name,)
    return list(check_tokens(findings, tokens, fetch, stamped=stamped, roots=roots, at=at, existed=existed))


def _find_existed(
    findings: Findings, digests: Mapping[str, bytes], named: Mapping[str, int], proven: Sequence[tuple[int, datetime]]
) -> dict[str, datetime]:
    """By when each token existed for sure: the log names it, and a later token stamps the log."""
    found: dict[str, datetime] = {}
    for name, digest in digests.items():
        index = named.get(digest.hex())
        times = [moment for size, moment in proven if index is not None and size > index]
        if times:
            found[name] = min(times)
            findings.passed("token_renewal", about=f"log/tokens/{name}")
    return found


def _renewal_number(name: str) -> tuple[int, str]:
    match = _TOKEN.fullmatch(name)
    return (int(match[3][2:]) if match and match[3] else 0), name


def _check_stamped(findings: Findings, times: Mapping[int, datetime], size: int, stamped: datetime, name: str) -> None:
    """No entry that a token covers may claim a later time than the token's."""
    late = [index for index, at in times.items() if index < size and at > stamped + SLACK]
    for index in late[:5]:
        said = Said(
            f"第 {index} 条所称的时间 {show_time(times[index])} 晚于时间戳 {show_time(stamped)}",
            f"entry {index} says {show_time(times[index])}, which is later than the token, {show_time(stamped)}",
        )
        findings.failed("clock_order", said, about=f"log/tokens/{name}")
