"""Pieces of the custody log as a verifier reads them: entries, checkpoints, proofs, and where the key comes from."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from monitor.verify.checks import Findings, Said
from monitor.verify.reading import Misshaped, read_object, take, take_moment
from storage.canonical import canonical_json
from storage.errors import ArchiveDamaged
from storage.merkle import EMPTY_ROOT, hash_leaf, hash_node, verify_inclusion
from storage.notes import Head, InclusionProof, Note, VerifierKey, parse_head, parse_note

MOST_ENTRY = 64 << 10
_MOST_HASHES = 128
ORIGIN = re.compile(r"cardwatch/([0-9a-f]{16})/([1-9][0-9]{0,8})")


@dataclass(frozen=True)
class SealedHead:
    """A checkpoint that was read: its bytes, the note and what it says."""

    data: bytes
    note: Note
    head: Head


@dataclass(frozen=True)
class Entry:
    """An entry of the log as it was read."""

    index: int
    kind: str
    at: datetime
    data: bytes
    fields: dict[str, object]


@dataclass
class KeyHistory:
    """The keys that a log names, in their order. The last one signs; `restored` are (epoch, index) of its epochs."""

    log: str = ""
    epoch: int = 0
    keys: list[VerifierKey] = field(default_factory=list)
    restored: list[tuple[int, int]] = field(default_factory=list)

    @property
    def origin(self) -> str:
        """Under which name the log signs now."""
        return f"cardwatch/{self.log}/{self.epoch}"

    def names(self, public: bytes) -> bool:
        """Whether a public key was ever the log's."""
        return any(key.public == public for key in self.keys)

    def take(self, entry: Entry) -> None:
        """Go on by an entry of the kinds `log`, `key` and `epoch`; what does not follow raises Misshaped."""
        key = _parse_key(entry, "key")
        if entry.kind == "log":
            if self.keys or entry.index != 0:
                raise Misshaped("the log begins twice, or not at entry 0")
            self.log, self.epoch = take(entry.fields, "log", str), 1
        elif not self.keys:
            raise Misshaped("the entry that begins the log (index 0) is missing")
        elif entry.kind == "key":
            if _parse_key(entry, "previous").public != self.keys[-1].public:
                raise Misshaped(f"entry {entry.index} replaces a key that was not the log's")
        elif entry.kind == "epoch":
            number = take(entry.fields, "epoch", int)
            if number <= self.epoch:
                raise Misshaped(f"entry {entry.index} opens epoch {number} after epoch {self.epoch}")
            self.epoch = number
            self.restored.append((number, entry.index))
        else:
            raise Misshaped(f"entry {entry.index} introduces no key but is of the kind {entry.kind[:40]!r}")
        if not ORIGIN.fullmatch(self.origin) or key.name != self.origin:
            raise Misshaped(f"entry {entry.index} names a key for {key.name[:80]!r}, not for {self.origin[:80]!r}")
        self.keys.append(key)


class KnownNodes:
    """Hashes of ranges of a tree, collected from proofs that were found good."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[int, int], bytes] = {}

    def add(self, leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> None:
        """Take all hashes of a good proof of inclusion, and those above the leaf that follow from it."""
        mine, beside = [(0, size)], []
        start, width = 0, size
        while width > 1:
            left = 1 << (width - 1).bit_length() - 1
            if index < start + left:
                beside.append((start + left, width - left))
                width = left
            else:
                beside.append((start, left))
                start, width = start + left, width - left
            mine.append((start, width))
        hashed = leaf
        self._nodes[mine[-1]] = leaf
        for place, other, item in zip(reversed(mine[:-1]), reversed(beside), proof, strict=True):
            self._nodes[other] = item
            hashed = hash_node(item, hashed) if other[0] == place[0] else hash_node(hashed, item)
            self._nodes[place] = hashed

    def root_at(self, size: int) -> bytes | None:
        """The root of the first `size` entries, if the collected hashes give it."""
        return self._hash(0, size) if size else EMPTY_ROOT

    def _hash(self, start: int, width: int) -> bytes | None:
        found = self._nodes.get((start, width))
        if found is not None or width == 1:
            return found
        left = 1 << (width - 1).bit_length() - 1
        before = self._hash(start, left)
        behind = self._hash(start + left, width - left) if before is not None else None
        return None if before is None or behind is None else hash_node(before, behind)


def extend_history(findings: Findings, history: KeyHistory, entry: Entry, about: str) -> None:
    """Take a key's entry into the history, or tell what does not fit."""
    try:
        history.take(entry)
    except Misshaped as error:
        findings.failed("key_history", Said(f"密钥来历不通（{error}）", str(error)), about=about)
    reason = entry.fields.get("reason")
    if reason == "compromise":
        said = Said(
            f"密钥于 {entry.at:%Y-%m-%d} 声明泄露：此前由它签名的内容须靠时间戳证明早于泄露",
            f"the key was declared compromised on {entry.at:%Y-%m-%d}: what it signed before needs a token from before",
        )
        findings.cannot_say("key_history", said, about=about)


def is_signed_by_any(sealed: SealedHead, keys: Sequence[VerifierKey]) -> bool:
    """Whether one of these keys signed a checkpoint under its origin."""
    return any(VerifierKey(sealed.head.origin, public).verify(sealed.note) for public in {key.public for key in keys})


def read_sealed(data: bytes) -> SealedHead:
    """Read a checkpoint; what is none raises ArchiveDamaged."""
    note = parse_note(data)
    return SealedHead(data, note, parse_head(note))


def read_entry(data: bytes, index: int) -> Entry:
    """Read an entry; one that is not written in the one way raises Misshaped."""
    if len(data) > MOST_ENTRY:
        raise Misshaped(f"an entry of {len(data)} bytes, {MOST_ENTRY} are the most")
    fields = read_object(data)
    if canonical_json(fields) != data:
        raise Misshaped("an entry that is not written in the one canonical way")
    return Entry(index, take(fields, "kind", str), take_moment(fields, "at"), data, fields)


def read_hashes(fields: dict[str, object]) -> tuple[bytes, ...]:
    """Read the hashes of a consistency proof."""
    found = take(fields, "hashes", list)
    if len(found) > _MOST_HASHES or not all(isinstance(item, str) and len(item) == 44 for item in found):
        raise Misshaped("'hashes' is no list of SHA-256 hashes in base64")
    try:
        hashes = tuple(base64.b64decode(item, validate=True) for item in found)
    except (binascii.Error, ValueError):
        raise Misshaped("'hashes' holds what is no base64") from None
    if any(base64.b64encode(data).decode() != item for data, item in zip(hashes, found, strict=True)):
        raise Misshaped("'hashes' is not written as base64 is")
    return hashes


def check_inclusion(
    findings: Findings, kind: str, about: str, entry: bytes, index: int, proof: InclusionProof, sealed: SealedHead
) -> bool:
    """Check that an entry is in the log at its index, by a proof that carries the very same checkpoint."""
    if proof.note.data != sealed.data:
        what = Said("收录证明所附的检查点是另一个", "the proof of inclusion carries another checkpoint")
    elif proof.index != index:
        what = Said(
            f"收录证明说的是第 {proof.index} 条，应为第 {index} 条",
            f"the proof is for index {proof.index}, not {index}",
        )
    elif not verify_inclusion(hash_leaf(entry), index, sealed.head.size, proof.hashes, sealed.head.root):
        what = Said(
            f"第 {index} 条不在该检查点所封的保管链中，或条目、证明被改动",
            f"entry {index} is not in the log of the checkpoint: the entry or the proof was altered",
        )
    else:
        return True
    findings.failed(kind, what, about=about)
    return False


def check_signature(findings: Findings, sealed: SealedHead, history: KeyHistory, about: str) -> bool:
    """Check that the log's present key signed a checkpoint."""
    head = sealed.head
    if not history.keys:
        findings.cannot_say(
            "checkpoint_signature",
            Said("不知道保管链的公钥", "the log's key is not known"),
            about=about,
        )
        return False
    if head.origin != history.origin:
        findings.failed(
            "checkpoint_signature",
            Said(
                f"检查点属于 {head.origin[:80]}，密钥属于 {history.origin}",
                f"the checkpoint is of {head.origin[:80]}, the key of {history.origin}",
            ),
            about=about,
        )
        return False
    if not VerifierKey(head.origin, history.keys[-1].public).verify(sealed.note):
        findings.failed(
            "checkpoint_signature",
            Said(
                "签名无效：检查点被改动，或由另一把密钥签名",
                "the signature is not good: the checkpoint was altered, or signed by another key",
            ),
            about=about,
        )
        return False
    findings.passed(
        "checkpoint_signature",
        Said(f"{head.origin}，共 {head.size} 条", f"{head.origin}, {head.size} entries"),
        about=about,
    )
    return True


def _parse_key(entry: Entry, name: str) -> VerifierKey:
    try:
        return VerifierKey.parse(take(entry.fields, name, str))
    except ArchiveDamaged as error:
        raise Misshaped(str(error)) from None
