"""The signed list of a package's files (cardwatch/files.note): each with its SHA-256 and length, for one capture.

The package's own key can be made by anybody who packs anew; this list bears the custody log's key, so that the files
that nothing else proves (attestation, README, verifier) cannot be exchanged either. A C2SP signed note; its first line
keeps it apart from a checkpoint. When it was signed is not proven.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage.errors import ArchiveDamaged, ArchiveError
from storage.file_list import MOST_LIST_BYTES, ListedFile, parse_list, write_list
from storage.notes import Note, sign_note

__all__ = ["FORMAT", "LEFT_OUT", "MOST_BYTES", "PATH", "FileList", "ListedFile", "parse_files", "sign_files"]

PATH = "cardwatch/files.note"
FORMAT = "cardwatch-files-1"
LEFT_OUT = ("datapackage.json", "datapackage-digest.json", PATH)
"""What the list cannot hold: the package's own list and its signature come after it."""
MOST_BYTES = MOST_LIST_BYTES


@dataclass(frozen=True)
class FileList:
    """What the note says: of which capture, of which WARC in the package (SHA-256), and every file by its path."""

    capture: str
    warc: str
    files: tuple[ListedFile, ...]

    @property
    def text(self) -> str:
        """The text that is signed; files stand in the order of their paths."""
        return write_list((FORMAT, self.capture, self.warc), self.files)


def sign_files(files: FileList, origin: str, key: Ed25519PrivateKey) -> bytes:
    """Give the note, signed under the log's origin; a list that nobody could read back raises ArchiveError."""
    note = sign_note(files.text, origin, key)
    try:
        parse_files(note)
    except ArchiveDamaged as error:
        raise ArchiveError(f"the files of the package cannot be listed for signing: {error}") from None
    return note


def parse_files(data: bytes) -> tuple[FileList, Note]:
    """Read a note in its one form, with one signature (which is not checked here); else raises ArchiveDamaged."""
    capture, warc, files, note = parse_list(data, FORMAT)
    return FileList(capture, warc, files), note
