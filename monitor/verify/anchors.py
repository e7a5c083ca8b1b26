"""What a person brings from outside to hold a log against: a pinned key, or a checkpoint kept from before.

Only these and tokens speak against a log that its own key's holder wrote anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from monitor.verify.checks import Findings, Said
from monitor.verify.log import ORIGIN, KeyHistory, SealedHead, is_signed_by_any, read_hashes, read_sealed
from monitor.verify.reading import Misshaped, read_object, take
from storage.errors import ArchiveDamaged
from storage.merkle import verify_consistency
from storage.notes import VerifierKey

RootAt = Callable[[int], bytes | None]
"""Gives the root over the first n entries, None where it cannot be computed."""


@dataclass(frozen=True)
class Earlier:
    """What a person kept from before: a checkpoint, and where it was given the way to or from another one."""

    name: str
    sealed: SealedHead
    other: SealedHead | None = None
    hashes: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class ProvenHead:
    """A checkpoint that is shown to be of the history at hand, with what is known of the tree below it."""

    sealed: SealedHead
    root_at: RootAt


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
    mine, theirs = ORIGIN.fullmatch(new.origin), ORIGIN.fullmatch(old.origin)
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
