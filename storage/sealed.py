"""Reads what records a sealed WARC holds, without their payloads, and copies them byte for byte.

Takes the places that the capture's manifest states. A record is told from others by its type, address, moment and
payload digest.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from storage.errors import ArchiveDamaged
from storage.manifest import RecordEntry
from storage.package import Entry, Part

_FIRST = 2048  # bytes that hold the header of nearly every record
_HEADER_LIMIT = 16 << 20  # a header holds an address, and a page may make up a long one
_COPY = 1 << 20
_GZIP = 31


@dataclass(frozen=True)
class SealedRecord:
    """The header of a record and its place. `date` is WARC-Date as written, `digest` the SHA-256 of the payload."""

    number: int
    offset: int
    length: int
    type: str
    uri: str
    date: str
    digest: str
    content_type: str


def list_records(file: BinaryIO, entries: Sequence[RecordEntry]) -> list[SealedRecord]:
    """Read the header of every record that a manifest names. Damage raises ArchiveDamaged."""
    return [_read_record(file, number, entry) for number, entry in enumerate(entries)]


def copy_records(
    file: BinaryIO, out: Entry, records: Sequence[SealedRecord], replaced: Mapping[int, bytes]
) -> list[Part]:
    """Write the records to `out` in their order and give their places there.

    `replaced` gives another gzip member for a record's number, b"" to leave it out: so a redacted copy is made. Without
    it the bytes are those of the file.
    """
    places: list[Part] = []
    for record in records:
        member = replaced.get(record.number)
        if member is None:
            _copy_bytes(file, out, record.offset, record.length)
        else:
            out.write(member)
        places.append(out.end_part())
    return places


def _copy_bytes(file: BinaryIO, out: Entry, offset: int, length: int) -> None:
    file.seek(offset)
    while length:
        piece = file.read(min(length, _COPY))
        if not piece:
            raise ArchiveDamaged(f"the WARC ends within the record at byte {offset}")
        out.write(piece)
        length -= len(piece)


def _read_record(file: BinaryIO, number: int, entry: RecordEntry) -> SealedRecord:
    fields = _read_header(file, entry)
    return SealedRecord(
        number,
        entry.offset,
        entry.length,
        fields.get("warc-type", ""),
        fields.get("warc-target-uri", ""),
        fields.get("warc-date", ""),
        fields.get("warc-payload-digest", "").removeprefix("sha256:"),
        fields.get("content-type", ""),
    )


def _read_header(file: BinaryIO, entry: RecordEntry) -> dict[str, str]:
    file.seek(entry.offset)
    unpacker = zlib.decompressobj(_GZIP)
    header, left, wanted = b"", entry.length, _FIRST
    while (end := header.find(b"\r\n\r\n")) < 0:
        packed = file.read(min(left, wanted))
        left -= len(packed)
        wanted = _COPY
        if not packed or len(header) > _HEADER_LIMIT:
            raise ArchiveDamaged(f"the record at byte {entry.offset} has no WARC header")
        try:
            header += unpacker.decompress(packed, _HEADER_LIMIT)
        except zlib.error as error:
            raise ArchiveDamaged(f"the record at byte {entry.offset} cannot be unpacked: {error}") from None
    lines = header[:end].decode("utf-8", "replace").split("\r\n")
    pairs = (line.partition(":") for line in lines[1:])
    return {name.lower(): value.strip(" \t") for name, _, value in pairs}
