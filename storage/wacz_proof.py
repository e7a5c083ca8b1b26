"""Gathers the proof files of a capture: what lies under cardwatch/ in an export (docs/evidence.md).

The chain is token, checkpoint, inclusion proof, entry, manifest. Of the checkpoints that cover the capture the earliest
with a time token is taken, for it gives the closest bound; without any token the newest. Where that is not the newest,
a consistency proof leads to the newest. Nothing is asked of the network here.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage.archive import Archive
from storage.checkpoints import checkpoint_covering, head_of, latest_checkpoint, seal_log
from storage.custody import append_entry, key_entries, list_keys, newest_key, prove_entry, prove_growth, read_entry
from storage.errors import ArchiveDamaged
from storage.keys import KeyRefused
from storage.model import Checkpoint, EntryKind, LogEntry, StoredCapture, TimeToken, TokenKind, TokenStatus
from storage.notes import write_proof
from storage.package import to_json
from storage.session import Session
from storage.token_files import chain_of
from storage.tokens import first_stamped, tokens_of_checkpoint

FOLDER = "cardwatch"
PROOF_FORMAT = "cardwatch-proof-1"
CHECKPOINT = f"{FOLDER}/checkpoint"
NEWEST = f"{FOLDER}/newest.checkpoint"
MANIFEST = f"{FOLDER}/manifest.json.gz"
_UNSAFE = re.compile(r"[^a-z0-9_-]+")


@dataclass(frozen=True)
class Proof:
    """Proof files by their paths, and what proof.json says of them. `made_at`: of the newest checkpoint.

    `signer` is the key that signed the newest checkpoint, `origin` the name under which it did.
    """

    files: dict[str, bytes]
    fields: dict[str, object]
    tokens: tuple[dict[str, object], ...]
    made_at: datetime
    origin: str
    signer: Ed25519PrivateKey = field(repr=False)


@dataclass(frozen=True)
class Copy:
    """A redacted copy: the SHA-256 of the original's manifest and of its own WARC, and what was masked."""

    original: str
    sha256: str
    what: str


def gather_proof(
    archive: Archive, stored: StoredCapture, manifest: bytes, at: datetime, copy: Copy | None = None
) -> Proof:
    """Give the proof of a capture; a log that has grown since its last checkpoint is sealed first where it must be.

    A redacted `copy` becomes an entry of the log first, so that it can be told from any other that somebody makes.
    """
    index = seal_capture(archive, stored, at)
    derived = _log_copy(archive, copy, at) if copy else None
    seed = archive.salt_seed(stored.id)
    with archive.database.reading() as session:
        newest = latest_checkpoint(session)
        if newest is None or newest.size <= index:
            raise ArchiveDamaged(f"no checkpoint of the custody log covers its entry {index}")
        signed_by = list_keys(session, newest.size)[-1].key
        chosen = first_stamped(session, index) or newest
        entry = read_entry(session, index)
        files = {
            MANIFEST: manifest,
            f"{FOLDER}/entry.json": entry.data,
            f"{FOLDER}/custody.tlog-proof": _prove(session, entry, chosen),
            CHECKPOINT: chosen.note,
        }
        keys = [_add_key(files, session, key, chosen) for key in key_entries(session, chosen.size)]
        consistency = _add_growth(files, session, chosen, newest)
        tokens = _add_tokens(files, session, chosen)
        if derived is not None:
            files[f"{FOLDER}/derivative.json"] = derived.data
            files[f"{FOLDER}/derivative.tlog-proof"] = _prove(session, derived, newest)
            files[f"{FOLDER}/derivative.checkpoint"] = newest.note
    fields: dict[str, object] = {
        "manifest": {"path": MANIFEST, "sha256": stored.manifest},
        "entry": {"path": f"{FOLDER}/entry.json", "index": index, "proof": f"{FOLDER}/custody.tlog-proof"},
        "checkpoint": CHECKPOINT,
        "log": {"origin": head_of(chosen).origin, "keys": keys},
        "consistency": consistency,
        "tokens": tokens,
        "salts": {"seed": seed.hex()} if seed else {},
        "redactions": [],
    }
    signer = archive.keys.find(signed_by.public)
    if signer is None:
        raise KeyRefused(
            f"the key that signed the newest checkpoint is gone ({archive.keys.path_of(signed_by.public)}): bring it "
            "back from your copy, or run `cardwatch custody rotate` to go on with a new one"
        )
    return Proof(files, fields, tuple(tokens), newest.made_at, head_of(newest).origin, signer)


def seal_capture(archive: Archive, stored: StoredCapture, at: datetime) -> int:
    """See that a checkpoint covers the capture, and that the key of the newest is here: seal the log if not so.

    Gives the place of the capture's entry in the log. A key that is gone is replaced, and the log says so.
    """
    if stored.log_index is None:
        raise ArchiveDamaged(f"the custody log has no entry of capture {stored.id}: run `cardwatch check`")
    with archive.database.reading() as session:
        covered = checkpoint_covering(session, stored.log_index) is not None
        has_key = archive.keys.has(newest_key(session).key.public)
    if not covered or not has_key:
        seal_log(archive, at)
    return stored.log_index


def _log_copy(archive: Archive, copy: Copy, at: datetime) -> LogEntry:
    fields = {"original": copy.original, "sha256": copy.sha256, "what": copy.what}
    with archive.database.writing() as session:
        entry = append_entry(session, EntryKind.DERIVATIVE, at, fields, archive.keys)
    seal_log(archive, at)
    return entry


def _prove(session: Session, entry: LogEntry, checkpoint: Checkpoint) -> bytes:
    return write_proof(entry.index, prove_entry(session, entry.index, checkpoint.size), checkpoint.note)


def _add_key(files: dict[str, bytes], session: Session, entry: LogEntry, checkpoint: Checkpoint) -> dict[str, object]:
    path, proof = f"{FOLDER}/key-{entry.index}.json", f"{FOLDER}/key-{entry.index}.tlog-proof"
    files[path] = entry.data
    files[proof] = _prove(session, entry, checkpoint)
    return {"index": entry.index, "path": path, "proof": proof}


def _add_growth(
    files: dict[str, bytes], session: Session, chosen: Checkpoint, newest: Checkpoint
) -> dict[str, object] | None:
    """Show that the newest checkpoint extends the chosen one; keys that came between are proven in the newest."""
    if chosen.digest == newest.digest:
        return None
    hashes = prove_growth(session, chosen.size, newest.size)
    told = {"from": CHECKPOINT, "to": NEWEST, "hashes": [base64.b64encode(item).decode() for item in hashes]}
    files[NEWEST] = newest.note
    files[f"{FOLDER}/consistency.json"] = to_json(told)
    later = [entry for entry in key_entries(session, newest.size) if entry.index >= chosen.size]
    keys = [_add_key(files, session, entry, newest) for entry in later]
    return {"path": f"{FOLDER}/consistency.json", "keys": keys}


def _add_tokens(files: dict[str, bytes], session: Session, checkpoint: Checkpoint) -> list[dict[str, object]]:
    kept = [token for token in tokens_of_checkpoint(session, checkpoint) if _is_shown(token)]
    told: list[dict[str, object]] = []
    paths: dict[int, str] = {}
    for token, stem in zip(kept, _name_tokens(kept), strict=True):
        is_stamp = token.kind is TokenKind.RFC3161
        path = f"{FOLDER}/{stem}.tsr" if is_stamp else f"{FOLDER}/{stem}.ots"
        files[path] = token.data or b""
        chain = chain_of(session, token.key) if is_stamp else b""
        if chain:
            files[f"{FOLDER}/{stem}.chain.pem"] = chain
        paths[token.key] = path
        told.append(
            {
                "kind": token.kind.value,
                "authority": token.authority,
                "path": path,
                "chain": f"{FOLDER}/{stem}.chain.pem" if chain else None,
                "of": paths.get(token.renews or 0, CHECKPOINT),
            }
        )
    return told


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
