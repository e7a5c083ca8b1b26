"""Gathers the proof files of a capture: what lies under cardwatch/ in an export (docs/evidence.md).

The chain is token, checkpoint, inclusion proof, entry, manifest. Of the checkpoints that cover the capture the earliest
with a time token that still holds is taken, for it gives the closest bound; without any token the newest. Where that
is not the newest, a consistency proof leads to the newest. Nothing is asked of the network here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage.archive import Archive
from storage.canonical import canonical_json
from storage.checkpoints import checkpoint_covering, head_of, latest_checkpoint, seal_log
from storage.custody import append_entry, list_keys, newest_key, read_entry
from storage.errors import ArchiveDamaged
from storage.log_proof import add_growth, add_keys, find_signer, first_signed_now, prove_in
from storage.model import EntryKind, LogEntry, StoredCapture
from storage.runs import read_note, write_note
from storage.token_renewals import first_lasting
from storage.wacz_tokens import FOLDER, add_tokens

PROOF_FORMAT = "cardwatch-proof-1"
CHECKPOINT = f"{FOLDER}/checkpoint"
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
    archive: Archive,
    stored: StoredCapture,
    manifest: bytes,
    at: datetime,
    copy: Copy | None = None,
    *,
    steady: bool = False,
) -> Proof:
    """Give the proof of a capture; a log that has grown since its last checkpoint is sealed first where it must be.

    A redacted `copy` becomes an entry of the log first, so that it can be told from any other that somebody makes;
    one that is an entry already is not entered again. With `steady` no later checkpoint is brought in than is needed,
    so that the same proof comes out after the log has grown.
    """
    index = seal_capture(archive, stored, at)
    derived = _log_copy(archive, copy, at) if copy else None
    seed = archive.salt_seed(stored.id)
    with archive.database.reading() as session:
        newest = latest_checkpoint(session)
        if newest is None or newest.size <= index:
            raise ArchiveDamaged(f"no checkpoint of the custody log covers its entry {index}")
        chosen = first_lasting(session, index, at) or (checkpoint_covering(session, index) if steady else None)
        chosen = chosen or newest
        if steady:
            newest = first_signed_now(session, chosen, derived.index if derived else 0)
        signed_by = list_keys(session, newest.size)[-1].key
        entry = read_entry(session, index)
        files = {
            MANIFEST: manifest,
            f"{FOLDER}/entry.json": entry.data,
            f"{FOLDER}/custody.tlog-proof": prove_in(session, entry, chosen),
            CHECKPOINT: chosen.note,
        }
        keys = add_keys(files, session, chosen, FOLDER)
        consistency = add_growth(files, session, chosen, newest, FOLDER)
        tokens, renewals = add_tokens(files, session, chosen)
        if derived is not None:
            files[f"{FOLDER}/derivative.json"] = derived.data
            files[f"{FOLDER}/derivative.tlog-proof"] = prove_in(session, derived, newest)
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
    signer = find_signer(archive, signed_by.public)
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
    """Give the entry of a copy; the log is sealed over a new one. Where it stands is a note of the database."""
    fields = {"original": copy.original, "sha256": copy.sha256, "what": copy.what}
    name = f"copy-entry:{hashlib.sha256(canonical_json(fields)).hexdigest()}"
    with archive.database.writing() as session:
        known = read_note(session, name)
        if known is not None:
            entry = read_entry(session, int(known))
        else:
            entry = append_entry(session, EntryKind.DERIVATIVE, at, fields, archive.keys)
            write_note(session, name, str(entry.index))
        covered = checkpoint_covering(session, entry.index) is not None
    if not covered:
        seal_log(archive, at)
    return entry
