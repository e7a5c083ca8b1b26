"""Makes the proof of a pack: what lies under proof/ beside letters and evidence (docs/evidence.md, "A pack").

First `gather_item_proofs` for the evidence items that go into it, then `close_pack` over all of its files. One
checkpoint serves all items: the earliest that covers them and has a time token that still holds. The same archive and
items give the same bytes, also after the log has grown. Nothing is asked of the network here.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import col, select

from storage.archive import Archive
from storage.checkpoints import checkpoint_covering, head_of, seal_log
from storage.custody import newest_key, read_entry
from storage.errors import ArchiveDamaged, ArchiveError
from storage.evidence import evidence_seed, load_evidence, read_evidence_manifest
from storage.file_list import MOST_LISTED, ListedFile
from storage.log_proof import add_growth, add_keys, find_signer, first_signed_now, prove_in
from storage.manifest import make_salt
from storage.model import Checkpoint, StoredEvidence
from storage.pack_note import PACK_NOTE, PackList, sign_pack
from storage.session import Session
from storage.tables import ArtifactRow, EvidenceRow
from storage.token_renewals import first_lasting
from storage.wacz_tokens import add_tokens
from storage.warc import show_date

PACK_FORMAT = "cardwatch-pack-1"
PACK_PROOF = "proof/pack.json"
_FOLDER = "proof"
_DISCLOSED = ("bytes", "length", "media_type")
_FURTHER = ("name", "note")


class PackedAs(StrEnum):
    """What a file of a pack is."""

    CAPTURE = "capture"  # the export of a capture, which carries its own proof
    ORIGINAL = "original"  # an evidence item, byte for byte as it was kept
    MASKED = "masked"  # a masked copy, an item of its own that names its original
    MADE = "made"  # by the tool or by a person for this pack: only listed


@dataclass(frozen=True)
class PackedItem:
    """An evidence item that goes into a pack; `disclose` may name `name` and `note`, which may hold personal data."""

    evidence: str
    disclose: tuple[str, ...] = ()


@dataclass(frozen=True)
class PackedFile:
    """A file of a pack; `id` is of the capture or evidence item that it is, "" where it was made for the pack."""

    path: str
    sha256: str
    bytes: int
    what: PackedAs
    id: str = ""


@dataclass(frozen=True)
class PackProof:
    """The proof of a pack's items, before its files are listed: proof files by their paths, and what pack.json says."""

    files: Mapping[str, bytes]
    fields: Mapping[str, object]
    items: Mapping[str, StoredEvidence]  # those that lie in the pack, by their ids
    origin: str
    signer: Ed25519PrivateKey = field(repr=False)


def gather_item_proofs(archive: Archive, items: Sequence[PackedItem], at: datetime) -> PackProof:
    """Give the proof of the items of a pack; the log is sealed first where no checkpoint covers them all.

    A key that is gone is replaced, and the log says so. `at` is the moment at which tokens must still hold. Raises
    NotInArchive, and ArchiveError for an item that was erased or is named twice.
    """
    packed = {item.evidence: load_evidence(archive, item.evidence) for item in items}
    if len(packed) != len(items):
        raise ArchiveError("an evidence item is named twice for one pack: name each once, however many files show it")
    for asked, item in packed.items():
        if asked != item.id or not item.object:
            raise ArchiveError(f"evidence {asked} was erased, or is no whole id: it cannot go into a pack")
    originals = _find_originals(archive, packed)
    everything = {**packed, **originals}
    index = max((item.log_index for item in everything.values()), default=0)
    _seal_over(archive, index, at)
    asked_for = {item.evidence: item.disclose for item in items}
    with archive.database.reading() as session:
        chosen = first_lasting(session, index, at) or checkpoint_covering(session, index)
        if chosen is None:
            raise ArchiveDamaged(f"no checkpoint of the custody log covers its entry {index}")
        newest, key = first_signed_now(session, chosen), newest_key(session).key
        files: dict[str, bytes] = {f"{_FOLDER}/checkpoint": chosen.note}
        told = [
            _add_item(files, archive, session, everything[name], chosen, asked_for.get(name))
            for name in sorted(everything)
        ]
        keys = add_keys(files, session, chosen, _FOLDER)
        consistency = add_growth(files, session, chosen, newest, _FOLDER)
        tokens, renewals = add_tokens(files, session, chosen, _FOLDER)
    fields: dict[str, object] = {
        "items": told,
        "checkpoint": f"{_FOLDER}/checkpoint",
        "log": {"origin": head_of(chosen).origin, "keys": keys},
        "consistency": consistency,
        "tokens": tokens,
        "renewals": renewals,
    }
    return PackProof(files, fields, packed, head_of(newest).origin, find_signer(archive, key.public))


def close_pack(
    archive: Archive, proof: PackProof, files: Sequence[PackedFile], at: datetime, *, case: str = "", channel: str = ""
) -> dict[str, bytes]:
    """Give all files under proof/ by their paths, with pack.json and the signed list of every file of the pack.

    `files` are all files of the pack outside of proof/. `case` is an opaque id, `at` is stated as the moment of making.
    Raises ArchiveError for a file that is not what it is said to be, and for paths that no reader would take.
    """
    _require_paths([file.path for file in files], len(proof.files))
    for file in files:
        _require_named(file, proof.items)
    unused = set(proof.items) - {file.id for file in files}
    if unused:
        raise ArchiveError(f"evidence {min(unused)} is proven for this pack, and no file of it is that item")
    told = {
        "format": PACK_FORMAT,
        "case": case,
        "channel": channel,
        "made_at": show_date(at),
        "files": [_tell_file(file) for file in sorted(files, key=lambda one: one.path)],
        **proof.fields,
    }
    described = json.dumps(told, indent=2, ensure_ascii=False).encode() + b"\n"
    made = {**proof.files, PACK_PROOF: described}
    own = [ListedFile(path, _sha256(data), len(data)) for path, data in made.items()]
    listed = PackList(
        case, _sha256(described), (*own, *(ListedFile(file.path, file.sha256, file.bytes) for file in files))
    )
    return {**made, PACK_NOTE: sign_pack(listed, proof.origin, proof.signer)}


def find_masked_copy(archive: Archive, original_id: str, sha256: str) -> StoredEvidence | None:
    """Give the masked copy of an item that has these bytes already, the first where there are several."""
    with archive.database.reading() as session:
        original = select(EvidenceRow.key).where(EvidenceRow.id == original_id).scalar_subquery()
        held = select(ArtifactRow.key).where(ArtifactRow.sha256 == sha256).scalar_subquery()
        query = select(EvidenceRow.id).where(EvidenceRow.original_key == original, EvidenceRow.object_key == held)
        found = session.exec(query.order_by(col(EvidenceRow.key)).limit(1)).first()
    return None if found is None else load_evidence(archive, found)


def _find_originals(archive: Archive, packed: Mapping[str, StoredEvidence]) -> dict[str, StoredEvidence]:
    """The items that masked copies in the pack are made of, and those that these are made of, by their ids."""
    found: dict[str, StoredEvidence] = {}
    wanted = [item.original for item in packed.values() if item.original]
    while wanted:
        name = wanted.pop()
        if name in found or name in packed:
            continue
        found[name] = load_evidence(archive, name)
        if found[name].original:
            wanted.append(found[name].original)
    return found


def _seal_over(archive: Archive, index: int, at: datetime) -> None:
    """See that a checkpoint covers an entry and the present key, and that this key is here: seal the log if not so."""
    with archive.database.reading() as session:
        covered = checkpoint_covering(session, index) is not None
        sealed = covered and checkpoint_covering(session, newest_key(session).place) is not None
        good = sealed and archive.keys.has(newest_key(session).key.public)
    if not good:
        seal_log(archive, at)


def _add_item(
    files: dict[str, bytes],
    archive: Archive,
    session: Session,
    item: StoredEvidence,
    checkpoint: Checkpoint,
    disclose: tuple[str, ...] | None,
) -> dict[str, object]:
    """Add the proof of an item; of an original that is not in the pack (`disclose` None) commitments alone."""
    stem = f"{_FOLDER}/{item.id}"
    entry, manifest = read_entry(session, item.log_index), archive.objects.read(item.manifest)
    if _sha256(manifest) != item.manifest or read_evidence_manifest(manifest).id != item.id:
        raise ArchiveDamaged(f"the manifest of evidence {item.id} is damaged: run `cardwatch check`")
    files[f"{stem}.manifest.json.gz"] = manifest
    files[f"{stem}.entry.json"] = entry.data
    files[f"{stem}.tlog-proof"] = prove_in(session, entry, checkpoint)
    return {
        "id": item.id,
        "original": item.original,
        "manifest": {"path": f"{stem}.manifest.json.gz", "sha256": item.manifest},
        "entry": {"path": f"{stem}.entry.json", "index": item.log_index, "proof": f"{stem}.tlog-proof"},
        **({"salts": {}, "stated": {}} if disclose is None else _open_item(archive, item, disclose)),
    }


def _open_item(archive: Archive, item: StoredEvidence, disclose: tuple[str, ...]) -> dict[str, object]:
    """The salts that let anybody hold the file against its commitments, label by label; never the seed itself."""
    unknown = [name for name in disclose if name not in _FURTHER]
    if unknown:
        raise ValueError(f"{unknown[0]!r} cannot be disclosed of an evidence item: name and note can")
    seed = evidence_seed(archive, item.id)
    if seed is None:
        raise ArchiveError(f"evidence {item.id} was erased: it cannot go into a pack")
    shown = [name for name in _FURTHER if name in disclose]
    values = {"name": item.name, "note": item.note}
    return {
        "salts": {label: make_salt(seed, label).hex() for label in (*_DISCLOSED, *shown)},
        "stated": {"media_type": item.media_type, **{name: values[name] for name in shown}},
    }


def _require_paths(paths: Sequence[str], more: int) -> None:
    if len(paths) + more >= MOST_LISTED:
        raise ArchiveError(f"a pack of {len(paths) + more} files, {MOST_LISTED} are the most")
    seen: set[str] = set()
    for path in paths:
        parts = path.split("/")
        unsafe = any(unicodedata.category(letter) in ("Cc", "Cf", "Cs") for letter in path)
        if unsafe or "\\" in path or ":" in path or len(path) > 512 or any(part in ("", ".", "..") for part in parts):
            raise ArchiveError(f"{path[:120]!r} is no name for a file of a pack: other systems could not keep it")
        if path != unicodedata.normalize("NFC", path) or parts[0].casefold() == _FOLDER or path != path.strip():
            raise ArchiveError(f"{path[:120]!r} is no name for a file of a pack: it lies in proof/, or is not NFC")
        if path.casefold() in seen:
            raise ArchiveError(f"two files of the pack are named {path[:120]!r} on some systems: rename one")
        seen.add(path.casefold())


def _require_named(file: PackedFile, items: Mapping[str, StoredEvidence]) -> None:
    """See that a file is what it is said to be, so that no pack is made that would not verify."""
    if file.what in (PackedAs.MADE, PackedAs.CAPTURE):
        if file.id in items or bool(file.id) != (file.what is PackedAs.CAPTURE):
            raise ArchiveError(f"{file.path} is listed as {file.what.value} with the id {file.id!r}")
        return
    item = items.get(file.id)
    if item is None:
        raise ArchiveError(f"{file.path} is said to be evidence {file.id!r}, which is not proven for this pack")
    if (item.object, item.bytes) != (file.sha256, file.bytes):
        raise ArchiveError(f"{file.path} is not the file that evidence {item.id} keeps: it was altered or re-encoded")
    if bool(item.original) != (file.what is PackedAs.MASKED):
        kept = "a masked copy" if item.original else "an original"
        raise ArchiveError(f"{file.path} is listed as {file.what.value}, but evidence {item.id} is {kept}")


def _tell_file(file: PackedFile) -> dict[str, object]:
    told: dict[str, object] = {"path": file.path, "sha256": file.sha256, "bytes": file.bytes, "what": file.what.value}
    return {**told, "id": file.id} if file.id else told


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
