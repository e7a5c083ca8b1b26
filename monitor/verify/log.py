"""The custody log's side of a proof: entry, inclusion, checkpoint, where the key comes from, and outside anchors.

Works from single proofs (an export) or from all leaves (an archive folder): `RootAt` gives the root of the first n
entries where it can be computed from what is there.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from monitor.verify.checks import Findings, Said
from monitor.verify.reading import Misshaped, read_object, take, take_moment
from storage.canonical import canonical_json
from storage.errors import ArchiveDamaged
from storage.merkle import EMPTY_ROOT, hash_leaf, hash_node, verify_consistency, verify_inclusion
from storage.notes import Head, InclusionProof, Note, VerifierKey, parse_head, parse_note

MOST_ENTRY = 64 << 10
_MOST_HASHES = 128
_ORIGIN = re.compile(r"cardwatch/([0-9a-f]{16})/([1-9][0-9]{0,8})")

RootAt = Callable[[int], bytes | None]
"""Gives the root over the first n entries, None where it cannot be computed."""


@dataclass(frozen=True)
class SealedHead:
    """A checkpoint that was read: its bytes, the note and what it says."""

    data: bytes
    note: Note
    head: Head


@dataclass(frozen=True)
class Earlier:
    """What a person kept from before: a checkpoint, and where it was given the way to or from another one."""

    name: str
    sealed: SealedHead
    other: SealedHead | None = None
    hashes: tuple[bytes, ...] = ()


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
        if not _ORIGIN.fullmatch(self.origin) or key.name != self.origin:
            raise Misshaped(f"entry {entry.index} names a key for {key.name[:80]!r}, not for {self.origin[:80]!r}")
        self.keys.append(key)


@dataclass(frozen=True)
class ProvenHead:
    """A checkpoint that is shown to be of the history at hand, with what is known of the tree below it."""

    sealed: SealedHead
    root_at: RootAt


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


def read_earlier(name: str, data: bytes) -> Earlier:
    """Read what a person kept: a checkpoint, or a consistency.json with the way between two. Raises Misshaped."""
    try:
        if not data.lstrip().startswith(b"{"):
            return Earlier(name, read_sealed(data))
        fields = read_object(data)
        start, end, hashes = read_consistency(fields)
    except ArchiveDamaged as error:
        raise Misshaped(f"{name} is no checkpoint: {error}") from None
    return Earlier(name, start, end, hashes)


def read_consistency(fields: dict[str, object]) -> tuple[SealedHead, SealedHead, tuple[bytes, ...]]:
    """Read the two checkpoints, as text, and the hashes between them that `cardwatch custody prove` prints."""
    start = read_sealed(take(fields, "from", str).encode())
    return start, read_sealed(take(fields, "to", str).encode()), read_hashes(fields)


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


def check_pinned(
    findings: Findings, pinned: Sequence[VerifierKey], heads: Sequence[ProvenHead], history: KeyHistory
) -> bool:
    """Check that one of the keys that the person had from elsewhere signed one of the checkpoints of this history."""
    if not pinned:
        return False
    for sealed in [item.sealed for item in heads]:
        head = sealed.head
        for key in pinned:
            same_log = key.name.rpartition("/")[0] == head.origin.rpartition("/")[0]
            if same_log and VerifierKey(head.origin, key.public).verify(sealed.note):
                findings.passed("pinned_key", Said(key.text, key.text))
                return True
    if any(history.names(key.public) for key in pinned):
        findings.cannot_say(
            "pinned_key",
            Said(
                "您的公钥是保管链以前的公钥，之后的更换没有旧钥的签名可查。请取得新公钥或更换时的检查点",
                "yours is a former key of this log, and nothing here shows that its holder made the change: get the "
                "new key, or the checkpoint of the change, from where you had yours",
            ),
        )
        return False
    findings.failed(
        "pinned_key",
        Said(
            "检查点不是由您预先取得的公钥签名：全部内容可能被人另行制作、另行签名",
            "the checkpoint is not signed by the key that you had: all of this may have been made and signed anew",
        ),
    )
    return False


def check_earlier(findings: Findings, kept: Earlier, heads: Sequence[ProvenHead], history: KeyHistory) -> bool:
    """Check that the history of some checkpoints extends the one that the person kept."""
    answers = [_judge_earlier(kept, item.sealed, history, item.root_at) for item in heads]
    wrong = [answer for answer in answers if answer is not None and answer[0]]
    size = kept.sealed.head.size
    if wrong:
        findings.failed("earlier_checkpoint", wrong[0][1], about=kept.name)
    elif None in answers:
        said = Said(f"前 {size} 条未被改写", f"the first {size} entries are as they were")
        findings.passed("earlier_checkpoint", said, about=kept.name)
        return True
    elif answers and answers[-1] is not None:
        findings.cannot_say("earlier_checkpoint", answers[-1][1], about=kept.name)
    return False


def _judge_earlier(kept: Earlier, sealed: SealedHead, history: KeyHistory, root_at: RootAt) -> tuple[bool, Said] | None:
    """None if it extends the kept one; else whether that is wrong (or only unknown), and why."""
    old, new = kept.sealed.head, sealed.head
    mine, theirs = _ORIGIN.fullmatch(new.origin), _ORIGIN.fullmatch(old.origin)
    if mine is None or theirs is None or mine[1] != theirs[1]:
        return True, Said(
            "您保存的检查点属于另一条保管链：或是文件拿错，或是全部内容被另行制作",
            "the checkpoint that you kept is of another log: it is the wrong file, or all of this was made anew",
        )
    if not is_signed_by_any(kept.sealed, history.keys):
        return True, Said(
            "您保存的检查点由另一把密钥签名，这条保管链没有提到它",
            "the checkpoint that you kept is signed by a key that this log does not name",
        )
    if old.size == new.size and old.origin == new.origin:
        return None if old.root == new.root else (True, _forked(old.size))
    if kept.other is not None and _is_bridged(kept, sealed):
        return None
    if old.size > new.size:
        return False, Said(
            "您保存的检查点比这份证明所用的更晚。请用 cardwatch custody prove 取得两者之间的一致性证明",
            "the checkpoint that you kept is later than the one of this proof: ask for the consistency proof "
            "between the two (cardwatch custody prove --from ... --to ...)",
        )
    branch = [index for epoch, index in history.restored if epoch > int(theirs[2])]
    if branch and old.size > branch[0]:
        return False, Said(
            f"保管链后来从第 {branch[0]} 条恢复并重新开始，您保存的第 {branch[0]} 至 {old.size - 1} 条不在其中",
            f"the log was restored to its first {branch[0]} entries later: entries {branch[0]} to {old.size - 1} of "
            "yours are not in it",
        )
    root = root_at(old.size)
    if root is None:
        return False, Said(
            "只凭这份证明算不出更早的根。请核验整个存档文件夹，或取得两个检查点之间的一致性证明",
            "this proof alone does not give the earlier root: check the whole archive folder, or ask for the "
            "consistency proof between the two checkpoints",
        )
    return None if root == old.root else (True, _forked(old.size))


def _is_bridged(kept: Earlier, sealed: SealedHead) -> bool:
    start, end = kept.sealed.head, kept.other.head if kept.other else kept.sealed.head
    same = (end.size, end.root) == (sealed.head.size, sealed.head.root)
    return same and verify_consistency(start.size, end.size, start.root, end.root, kept.hashes)


def _forked(size: int) -> Said:
    return Said(
        f"前 {size} 条与您保存的检查点不同：保管链被改写过",
        f"the first {size} entries are not those of the checkpoint that you kept: the log was rewritten",
    )


def _parse_key(entry: Entry, name: str) -> VerifierKey:
    try:
        return VerifierKey.parse(take(entry.fields, name, str))
    except ArchiveDamaged as error:
        raise Misshaped(str(error)) from None
