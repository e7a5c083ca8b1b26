"""The signed list of a package's files (cardwatch/files.note): each with its SHA-256 and length, for one capture.

The package's own key can be made by anybody who packs anew; this list bears the custody log's key, so that the files
that nothing else proves (attestation, README, verifier) cannot be exchanged either. A C2SP signed note; its first line
keeps it apart from a checkpoint. When it was signed is not proven.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage.errors import ArchiveDamaged, ArchiveError
from storage.notes import Note, parse_note, sign_note

PATH = "cardwatch/files.note"
FORMAT = "cardwatch-files-1"
LEFT_OUT = ("datapackage.json", "datapackage-digest.json", PATH)
"""What the list cannot hold: the package's own list and its signature come after it."""
MOST_BYTES = 1 << 20

_LINE = re.compile(r"([0-9a-f]{64}) (0|[1-9][0-9]{0,15}) ([^ \n](?:[^\n]{0,998}[^ \n])?)")
_MOST_FILES = 10_000


@dataclass(frozen=True)
class ListedFile:
    """A file of the package as the note lists it."""

    path: str
    digest: str
    bytes: int


@dataclass(frozen=True)
class FileList:
    """What the note says: of which capture, of which WARC in the package (SHA-256), and every file by its path."""

    capture: str
    warc: str
    files: tuple[ListedFile, ...]

    @property
    def text(self) -> str:
        """The text that is signed; files stand in the order of their paths."""
        files = sorted(self.files, key=lambda file: file.path)
        lines = [FORMAT, self.capture, self.warc, *(f"{file.digest} {file.bytes} {file.path}" for file in files)]
        return "\n".join(lines) + "\n"


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
    note = parse_note(data, most=MOST_BYTES)
    head, *lines = note.text[:-1].split("\n")
    if head != FORMAT or len(lines) < 2:
        raise ArchiveDamaged(f"a list of files that does not begin with {FORMAT}, a capture and a WARC")
    if len(note.signatures) != 1:
        raise ArchiveDamaged(f"a list of files with {len(note.signatures)} signatures: it bears one")
    found = FileList(lines[0], lines[1], tuple(_parse_lines(lines[2:])))
    if found.text != note.text or len({file.path for file in found.files}) != len(found.files):
        raise ArchiveDamaged("a list of files that is out of order, or names a file twice")
    return found, note


def _parse_lines(lines: list[str]) -> Iterable[ListedFile]:
    if len(lines) > _MOST_FILES:
        raise ArchiveDamaged(f"a list of {len(lines)} files, {_MOST_FILES} are the most")
    for line in lines:
        match = _LINE.fullmatch(line)
        if match is None:
            raise ArchiveDamaged(f"a line that names no file: {line[:80]!r}")
        yield ListedFile(match[3], match[1], int(match[2]))
