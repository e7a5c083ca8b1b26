"""Reads WARC records without holding a big payload: from SPOOL_FROM bytes on it goes into a file without a name.

Takes a file and the offset of a gzip member; gives what storage.warc gives, the payload as bytes or as a SpooledBody.
Damage raises ArchiveDamaged. What stands before a payload is bounded, for it is always held.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from scrapers.spool import Spool, SpooledBody
from storage.errors import ArchiveDamaged
from storage.warc import RECORD_LIMIT, parse_head, unpack_member

_MOST_HEAD = 16 << 20


@dataclass(frozen=True)
class LargeRecord:
    """A record as it was read back; `length` is that of its gzip member."""

    headers: dict[str, str]
    payload: bytes | SpooledBody
    digest: str
    length: int

    @property
    def type(self) -> str:
        """The word of WARC-Type."""
        return self.headers.get("warc-type", "")

    @property
    def uri(self) -> str:
        """The target, "" for a record without one."""
        return self.headers.get("warc-target-uri", "")


def read_large_record(file: BinaryIO, offset: int, folder: Path) -> LargeRecord:
    """Read the record at `offset`; `folder` is on the disk that takes a big payload."""
    member = _Member(file, offset)
    held = b""
    head = None
    while head is None:
        piece = next(member.pieces, None)
        held += piece or b""
        head = parse_head(held, offset, whole=piece is None)
        if head is None and len(held) > _MOST_HEAD:
            raise ArchiveDamaged(f"the record at byte {offset} has more than {_MOST_HEAD} bytes before its payload")
    spool = Spool(RECORD_LIMIT, folder)
    left = head.size
    spool.write(held[head.end : head.end + left])
    left -= spool.size
    tail = held[head.end + spool.size :]
    del held
    for piece in member.pieces:
        if left:
            spool.write(piece[:left])
            tail += piece[left:]
            left -= min(left, len(piece))
        else:
            tail += piece
        if len(tail) > 4:
            break
    if left or tail != b"\r\n\r\n":
        raise ArchiveDamaged(f"the record at byte {offset} has not the length that it states")
    payload = spool.finish()
    digest = payload.digest if isinstance(payload, SpooledBody) else hashlib.sha256(payload).hexdigest()
    return LargeRecord(head.headers, payload, digest, member.length)


def read_large_records(file: BinaryIO, folder: Path) -> Iterator[LargeRecord]:
    """Read every record of a file in turn."""
    offset, end = 0, file.seek(0, 2)
    while offset < end:
        record = read_large_record(file, offset, folder)
        yield record
        offset += record.length


class _Member:
    """The pieces of a gzip member, and its packed length once they are all read."""

    def __init__(self, file: BinaryIO, offset: int) -> None:
        self.length = 0
        self.pieces = self._walk(file, offset)

    def _walk(self, file: BinaryIO, offset: int) -> Iterator[bytes]:
        self.length = yield from unpack_member(file, offset)
