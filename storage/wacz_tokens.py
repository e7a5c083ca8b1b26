"""Gathers the time tokens of an export: those of its checkpoint, and later ones that keep them beyond their end.

A later token renews an earlier one by the log: the earlier one's entry lies in the checkpoint that it stamps. Such a
way is added where it lasts longer than the token itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from storage.checkpoints import head_of
from storage.custody import prove_entry, read_entry, root_at
from storage.model import Checkpoint, TimeToken, TokenKind, TokenStatus
from storage.notes import write_proof
from storage.session import Session
from storage.token_files import chain_of
from storage.token_renewals import Renewal, find_renewals
from storage.tokens import tokens_of_checkpoint

FOLDER = "cardwatch"
_UNSAFE = re.compile(r"[^a-z0-9_-]+")

Told = list[dict[str, object]]


def add_tokens(
    files: dict[str, bytes], session: Session, checkpoint: Checkpoint, folder: str = FOLDER
) -> tuple[Told, Told]:
    """Add the files of tokens and renewals; gives what proof.json says as `tokens` and as `renewals`."""
    own = [token for token in tokens_of_checkpoint(session, checkpoint) if _is_shown(token)]
    renewals = _list_renewals(session, own)
    later = {renewal.by.key: renewal.by for renewal in renewals}
    kept = [*own, *sorted(later.values(), key=lambda token: (token.checkpoint.size, token.key))]
    paths = {token.key: f"{folder}/{stem}" for token, stem in zip(kept, _name_tokens(kept), strict=True)}
    told = [
        _add_token(files, session, token, paths, f"{folder}/checkpoint" if token in own else _later_path(token, folder))
        for token in kept
    ]
    return told, [_add_renewal(files, session, renewal, paths, folder) for renewal in renewals]


def _list_renewals(session: Session, tokens: Sequence[TimeToken]) -> list[Renewal]:
    """The ways from each token onwards, each step once; a checkpoint that the log does not lead to gives none."""
    found: dict[tuple[int, int], Renewal] = {}
    for token in tokens:
        if token.kind is not TokenKind.RFC3161 or token.status is not TokenStatus.HELD:
            continue
        for step in find_renewals(session, token):
            head = head_of(step.by.checkpoint)
            if root_at(session, head.size) != head.root:
                break
            found[step.token.key, step.by.key] = step
    return list(found.values())


def _add_token(
    files: dict[str, bytes], session: Session, token: TimeToken, paths: dict[int, str], over: str
) -> dict[str, object]:
    """Add a token; `over` is the path of its checkpoint, which one of the older form has by the token it renews."""
    stem, is_stamp = paths[token.key], token.kind is TokenKind.RFC3161
    path = _file_of(token, paths)
    files[path] = token.data or b""
    chain = chain_of(session, token.key) if is_stamp else b""
    if chain:
        files[f"{stem}.chain.pem"] = chain
    files.setdefault(over, token.checkpoint.note)
    renewed = f"{paths[token.renews]}.tsr" if token.renews in paths and token.renews else over
    return {
        "kind": token.kind.value,
        "authority": token.authority,
        "path": path,
        "chain": f"{stem}.chain.pem" if chain else None,
        "of": renewed,
    }


def _add_renewal(
    files: dict[str, bytes], session: Session, renewal: Renewal, paths: dict[int, str], folder: str
) -> dict[str, object]:
    entry, checkpoint = read_entry(session, renewal.index), renewal.by.checkpoint
    path = f"{folder}/token-entry-{entry.index}.json"
    proof = f"{folder}/token-entry-{entry.index}-{checkpoint.size}.tlog-proof"
    files[path] = entry.data
    files[proof] = write_proof(entry.index, prove_entry(session, entry.index, checkpoint.size), checkpoint.note)
    return {
        "token": _file_of(renewal.token, paths),
        "entry": {"path": path, "index": entry.index, "proof": proof},
        "checkpoint": _later_path(renewal.by, folder),
        "by": _file_of(renewal.by, paths),
    }


def _file_of(token: TimeToken, paths: dict[int, str]) -> str:
    return f"{paths[token.key]}.tsr" if token.kind is TokenKind.RFC3161 else f"{paths[token.key]}.ots"


def _later_path(token: TimeToken, folder: str) -> str:
    return f"{folder}/stamped-{token.checkpoint.epoch}-{token.checkpoint.size}.checkpoint"


def _is_shown(token: TimeToken) -> bool:
    """What is held, and OpenTimestamps proofs that are still on their way: they can be carried on by anybody."""
    return token.data is not None and token.status is not TokenStatus.REFUSED


def _name_tokens(tokens: Sequence[TimeToken]) -> list[str]:
    """Give each token's file a name without its ending: lower case, and no two alike on any disk."""
    names: list[str] = []
    for token in tokens:
        stem = "token-" + (_UNSAFE.sub("-", token.authority.lower()).strip("-") or "authority")
        if token.kind is TokenKind.OPENTIMESTAMPS and token.status is TokenStatus.HELD:
            stem += ".upgraded"
        name, number = stem, 1
        while name in names:
            name, number = f"{stem}.r{number}" if token.renews else f"{stem}-{number + 1}", number + 1
        names.append(name)
    return names
