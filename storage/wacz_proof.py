"""Gathers the proof files of a capture: what lies under cardwatch/ in an export (docs/evidence.md).

The chain is token, checkpoint, inclusion proof, entry, manifest. Of the checkpoints that cover the capture the earliest
with a time token that still holds is taken, for it gives the closest bound; without any token the newest. Where that
is not the newest, a consistency proof leads to the newest. Nothing is asked of the network here.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage.archive import Archive
from storage.checkpoints import checkpoint_covering, head_of, latest_checkpoint, seal_log
from storage.custody import append_entry, key_entries, list_keys, newest_key, prove_entry, prove_growth, read_entry
from storage.errors import ArchiveDamaged
from storage.keys import KeyRefused
from storage.model import Checkpoint, EntryKind, LogEntry, StoredCapture
from storage.notes import write_proof
from storage.package import to_json
from storage.session import Session
from storage.token_renewals import first_lasting
from storage.wacz_tokens import FOLDER, add_tokens

PROOF_FORMAT = "cardwatch-proof-1"
CHECKPOINT = f"{FOLDER}/checkpoint"
NEWEST = f"{FOLDER}/newest.checkpoint"
MANIFEST = f"{FOLDER}/manifest.json.gz"


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
        chosen = first_lasting(session, index, at) or newest
        entry = read_entry(session, index)
        files = {
            MANIFEST: manifest,
            f"{FOLDER}/entry.json": entry.data,
            f"{FOLDER}/custody.tlog-proof": _prove(session, entry, chosen),
            CHECKPOINT: chosen.note,
        }
        keys = [_add_key(files, session, key, chosen) for key in key_entries(session, chosen.size)]
        consistency = _add_growth(files, session, chosen, newest)
        tokens, renewals = add_tokens(files, session, chosen)
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
        "renewals": renewals,
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
