"""What exports and packs carry of the custody log: proofs of entries and keys, and that one checkpoint extends another.

Files are added to a dict by their paths in `folder`; what proof.json and pack.json say of them is given back.
"""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage.archive import Archive
from storage.checkpoints import checkpoint_covering
from storage.custody import key_entries, newest_key, prove_entry, prove_growth
from storage.errors import ArchiveDamaged
from storage.keys import KeyRefused
from storage.model import Checkpoint, LogEntry
from storage.notes import write_proof
from storage.package import to_json
from storage.session import Session


def prove_in(session: Session, entry: LogEntry, checkpoint: Checkpoint) -> bytes:
    """Give the proof file of an entry in a checkpoint."""
    return write_proof(entry.index, prove_entry(session, entry.index, checkpoint.size), checkpoint.note)


def add_keys(
    files: dict[str, bytes], session: Session, checkpoint: Checkpoint, folder: str, *, since: int = 0
) -> list[dict[str, object]]:
    """Add the entries from `since` on that introduce the log's keys, each proven in the checkpoint."""
    told: list[dict[str, object]] = []
    for entry in key_entries(session, checkpoint.size):
        if entry.index < since:
            continue
        path, proof = f"{folder}/key-{entry.index}.json", f"{folder}/key-{entry.index}.tlog-proof"
        files[path] = entry.data
        files[proof] = prove_in(session, entry, checkpoint)
        told.append({"index": entry.index, "path": path, "proof": proof})
    return told


def add_growth(
    files: dict[str, bytes], session: Session, chosen: Checkpoint, newest: Checkpoint, folder: str
) -> dict[str, object] | None:
    """Show that the newest checkpoint extends the chosen one; keys that came between are proven in the newest."""
    if chosen.digest == newest.digest:
        return None
    hashes = prove_growth(session, chosen.size, newest.size)
    told = {
        "from": f"{folder}/checkpoint",
        "to": f"{folder}/newest.checkpoint",
        "hashes": [base64.b64encode(item).decode() for item in hashes],
    }
    files[f"{folder}/newest.checkpoint"] = newest.note
    files[f"{folder}/consistency.json"] = to_json(told)
    keys = add_keys(files, session, newest, folder, since=chosen.size)
    return {"path": f"{folder}/consistency.json", "keys": keys}


def first_signed_now(session: Session, chosen: Checkpoint, least: int = 0) -> Checkpoint:
    """Give the earliest checkpoint from `chosen` on that the log's present key signed and that covers entry `least`.

    Mostly that is `chosen` itself; so what is made again after the log has grown has the same bytes.
    """
    index = max(chosen.size - 1, least, newest_key(session).place)
    found = checkpoint_covering(session, index)
    if found is None:
        raise ArchiveDamaged(
            f"no checkpoint of the custody log covers its entry {index}: run `cardwatch custody checkpoint`"
        )
    return found


def find_signer(archive: Archive, public: bytes) -> Ed25519PrivateKey:
    """Give the private half of the log's key; one that is gone raises KeyRefused."""
    signer = archive.keys.find(public)
    if signer is None:
        raise KeyRefused(
            f"the key that signed the newest checkpoint is gone ({archive.keys.path_of(public)}): bring it "
            "back from your copy, or run `cardwatch custody rotate` to go on with a new one"
        )
    return signer
