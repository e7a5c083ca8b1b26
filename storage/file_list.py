"""The text of a signed list of files: a format, two lines of what it is of, and a line for each file.

Exports (cardwatch/files.note) and packs (proof/pack.note) bear one. Pure: knows no package and no key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storage.errors import ArchiveDamaged
from storage.notes import Note, parse_note

MOST_LIST_BYTES = 1 << 20
MOST_LISTED = 10_000

_LINE = re.compile(r"([0-9a-f]{64}) (0|[1-9][0-9]{0,15}) ([^ \n](?:[^\n]{0,998}[^ \n])?)")


@dataclass(frozen=True)
class ListedFile:
    """A file as the list names it."""

    path: str
    digest: str
    bytes: int


def write_list(head: Sequence[str], files: Iterable[ListedFile]) -> str:
    """Give the text that is signed: the lines of the head, then the files in the order of their paths."""
    ordered = sorted(files, key=lambda file: file.path)
    return "\n".join([*head, *(f"{file.digest} {file.bytes} {file.path}" for file in ordered)]) + "\n"


def parse_list(data: bytes, form: str) -> tuple[str, str, tuple[ListedFile, ...], Note]:
    """Read a list in its one form, with one signature (which is not checked here); else raises ArchiveDamaged.

    Gives the two lines behind the format, the files, and the note.
    """
    note = parse_note(data, most=MOST_LIST_BYTES)
    found, *lines = note.text[:-1].split("\n")
    if found != form or len(lines) < 2:
        raise ArchiveDamaged(f"a list of files that does not begin with {form} and what it is of")
    if len(note.signatures) != 1:
        raise ArchiveDamaged(f"a list of files with {len(note.signatures)} signatures: it bears one")
    files = tuple(_parse_lines(lines[2:]))
    same = write_list((form, *lines[:2]), files) == note.text
    if not same or len({file.path for file in files}) != len(files):
        raise ArchiveDamaged("a list of files that is out of order, or names a file twice")
    return lines[0], lines[1], files, note


def _parse_lines(lines: list[str]) -> Iterable[ListedFile]:
    if len(lines) > MOST_LISTED:
        raise ArchiveDamaged(f"a list of {len(lines)} files, {MOST_LISTED} are the most")
    for line in lines:
        match = _LINE.fullmatch(line)
        if match is None:
            raise ArchiveDamaged(f"a line that names no file: {line[:80]!r}")
        yield ListedFile(match[3], match[1], int(match[2]))
