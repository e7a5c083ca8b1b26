"""The signed list of a pack's files (proof/pack.note): each with its SHA-256 and length, for one case.

So no letter, no evidence and no proof can be exchanged, added or taken away by whoever lacks the custody log's key.
When it was signed is not proven, and it does not bind the key's own holder.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage.errors import ArchiveDamaged, ArchiveError
from storage.file_list import ListedFile, parse_list, write_list
from storage.notes import Note, sign_note

PACK_NOTE = "proof/pack.note"
PACK_NOTE_FORMAT = "cardwatch-pack-files-1"


@dataclass(frozen=True)
class PackList:
    """What the note says: of which case, of which pack.json (SHA-256), and every file of the pack but the note."""

    case: str
    proof: str
    files: tuple[ListedFile, ...]

    @property
    def text(self) -> str:
        """The text that is signed; files stand in the order of their paths."""
        return write_list((PACK_NOTE_FORMAT, self.case, self.proof), self.files)


def sign_pack(listed: PackList, origin: str, key: Ed25519PrivateKey) -> bytes:
    """Give the note, signed under the log's origin; a list that nobody could read back raises ArchiveError."""
    note = sign_note(listed.text, origin, key)
    try:
        parse_pack_note(note)
    except ArchiveDamaged as error:
        raise ArchiveError(f"the files of the pack cannot be listed for signing: {error}") from None
    return note


def parse_pack_note(data: bytes) -> tuple[PackList, Note]:
    """Read a note in its one form, with one signature (which is not checked here); else raises ArchiveDamaged."""
    case, proof, files, note = parse_list(data, PACK_NOTE_FORMAT)
    return PackList(case, proof, files), note
