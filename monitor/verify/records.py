"""Reads the records of a WARC and the digests of their parts, streaming: memory does not grow with a record.

A reader of its own, so that an error of the writer's is not repeated here. Works record by record from any offset, so
that damage hides nothing after it. What does not fit WARC/1.1 or the bounds raises Unreadable.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from monitor.verify.checks import Said, Unreadable

MOST_HEADER = 16 << 20
MOST_KEPT = 256 << 20
MOST_UNPACKED = 8 << 30
_READ = 1 << 20
_SLICES = (4 << 10, 32 << 10, 256 << 10)
_PIECE = 1 << 20
_GZIP = 31
_HTTP_TYPES = ("request", "response", "revisit")
_END = b"\r\n\r\n"


@dataclass(frozen=True)
class ScannedRecord:
    """A record as its bytes are. `head` is its HTTP head; `payload` is kept only where it was asked for.

    `trouble` says what of the digests that it states is not so, "" for a good one.
    """

    offset: int
    length: int
    headers: dict[str, str]
    head_digest: str
    head: bytes
    payload_digest: str
    payload_bytes: int
    payload: bytes | None
    trouble: str

    @property
    def type(self) -> str:
        """The word of WARC-Type."""
        return self.headers.get("warc-type", "")

    @property
    def uri(self) -> str:
        """The target, "" for a record without one."""
        return self.headers.get("warc-target-uri", "")


Keep = Callable[[dict[str, str]], bool]
"""Says by the headers of a record whether its payload is wanted."""


def damaged(offset: int, zh: str, en: str, *, cut_off: bool = False) -> Unreadable:
    """Give the error for a record at a byte."""
    return Unreadable(
        "warc_records",
        Said(f"字节 {offset} 处的记录{zh}", f"the record at byte {offset} {en}"),
        cut_off=cut_off,
    )


class RecordScanner:
    """Reads records of one file. Reading in the order of the offsets reads every byte once.

    All records together may unpack to MOST_UNPACKED bytes: a file that would take hours to unpack ends as Unreadable.
    """

    def __init__(self, file: BinaryIO, keep: Keep = lambda headers: False) -> None:
        self._file = file
        self._keep = keep
        self._buffer = memoryview(b"")
        self._base = 0  # offset of the buffer's first byte
        self._unpacked = 0

    def read(self, offset: int) -> ScannedRecord:
        """Read the record whose gzip member starts at `offset`."""
        self._seek(offset)
        stream = _Member(self, offset)
        return _read_record(stream, offset, self._keep)

    def count(self, size: int, offset: int) -> None:
        """Add to the bytes unpacked so far."""
        self._unpacked += size
        if self._unpacked > MOST_UNPACKED:
            raise Unreadable(
                "zip_bounds",
                Said(f"解压超过 {MOST_UNPACKED} 字节，疑为压缩炸弹", f"unpacks to more than {MOST_UNPACKED} bytes"),
            )

    def take(self, at: int, most: int) -> memoryview:
        """Give up to `most` bytes of the file from the offset `at`, none at its end."""
        start = at - self._base
        if start < 0 or start >= len(self._buffer):
            self._file.seek(at)
            self._buffer = memoryview(self._file.read(_READ))
            self._base, start = at, 0
        return self._buffer[start : start + most]

    def _seek(self, offset: int) -> None:
        if not self._base <= offset < self._base + len(self._buffer):
            self._buffer, self._base = memoryview(b""), offset


class _Member:
    """One gzip member, unpacked piece by piece."""

    def __init__(self, scanner: RecordScanner, offset: int) -> None:
        self._scanner = scanner
        self._offset = offset
        self._at = offset
        self._unpacker = zlib.decompressobj(_GZIP)
        self._tail = b""
        self._turn = 0

    @property
    def length(self) -> int:
        """The packed bytes that were used."""
        return self._at - self._offset

    def next(self) -> bytes:
        """Give the next unpacked bytes, b"" at the end of the member."""
        while not self._unpacker.eof:
            given: bytes | memoryview = self._tail
            if not given:
                given = self._scanner.take(self._at, _SLICES[min(self._turn, len(_SLICES) - 1)])
                self._turn += 1
                self._at += len(given)
                if not given:
                    raise damaged(self._offset, "中断了", "is cut off", cut_off=True)
            try:
                data = self._unpacker.decompress(given, _PIECE)
            except zlib.error as error:
                raise damaged(self._offset, f"无法解压（{error}）", f"cannot be unpacked: {error}") from None
            self._tail = self._unpacker.unconsumed_tail
            if self._unpacker.eof:
                self._at -= len(self._unpacker.unused_data)
            if data:
                self._scanner.count(len(data), self._offset)
                return data
        return b""


def _read_record(stream: _Member, offset: int, keep: Keep) -> ScannedRecord:
    start = bytearray()
    end = _fill_until(stream, start, 0, offset)
    if not start.startswith(b"WARC/1."):
        raise damaged(offset, "没有 WARC 标头", "has no WARC header")
    headers = _parse_headers(bytes(start[: end - 4]))
    stated = headers.get("content-length", "")
    if not stated.isascii() or not stated.isdigit() or len(stated) > 15:
        raise damaged(offset, f"没有写明长度（{stated[:20]!r}）", f"states no length ({stated[:20]!r})")
    content = int(stated)
    body = end
    if headers.get("warc-type") in _HTTP_TYPES and headers.get("content-type", "").startswith("application/http"):
        body = _fill_until(stream, start, end, offset)
    size = content - (body - end)
    if size < 0:
        raise damaged(offset, "的 HTTP 标头比内容还长", "has an HTTP head longer than its content")
    head = bytes(start[end:body])
    head_digest = hashlib.sha256(memoryview(start)[:body]).hexdigest()
    reader = _PayloadReader(head, size, keep(headers), offset)
    reader.feed(bytes(start[body:]))
    while data := stream.next():
        reader.feed(data)
    payload_digest, block_digest = reader.finish()
    trouble = ""
    for name, real in (("warc-block-digest", block_digest), ("warc-payload-digest", payload_digest)):
        claimed = headers.get(name, "").removeprefix("sha256:").lower()
        if claimed and claimed != real and not (name == "warc-payload-digest" and headers["warc-type"] == "revisit"):
            trouble = f"{name}: {claimed[:64]} != {real}"
    return ScannedRecord(offset, stream.length, headers, head_digest, head, payload_digest, size, reader.kept, trouble)


class _PayloadReader:
    """Hashes a payload of a known length as it comes, and sees that nothing but two line breaks follows."""

    def __init__(self, head: bytes, size: int, keep: bool, offset: int) -> None:
        if keep and size > MOST_KEPT:
            raise damaged(offset, f"有 {size} 字节，过大", f"has {size} bytes, which is too large")
        self._left = size
        self._tail = b""
        self._offset = offset
        self._payload = hashlib.sha256()
        self._block = hashlib.sha256(head) if head else None
        self._parts: list[bytes] | None = [] if keep else None

    @property
    def kept(self) -> bytes | None:
        """The payload where it was asked for."""
        return None if self._parts is None else b"".join(self._parts)

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the record."""
        if self._left:
            piece = data if len(data) <= self._left else data[: self._left]
            self._payload.update(piece)
            if self._block is not None:
                self._block.update(piece)
            if self._parts is not None:
                self._parts.append(piece)
            self._left -= len(piece)
            data = data[len(piece) :] if len(piece) < len(data) else b""
        if data:
            self._tail += data[: 5 - len(self._tail)]
            if len(self._tail) > len(_END):
                raise damaged(self._offset, "比写明的长", "is longer than it states")

    def finish(self) -> tuple[str, str]:
        """Give the digests of the payload and of the block."""
        if self._left or self._tail != _END:
            raise damaged(self._offset, "与写明的长度不符", "has not the length that it states")
        payload = self._payload.hexdigest()
        return payload, self._block.hexdigest() if self._block is not None else payload


def _fill_until(stream: _Member, data: bytearray, start: int, offset: int) -> int:
    """Read on until a blank line stands behind `start`; give the place behind it."""
    searched = start
    while (found := data.find(_END, searched)) < 0:
        searched = max(start, len(data) - 3)
        more = stream.next()
        if not more or len(data) > MOST_HEADER:
            raise damaged(offset, "没有完整的标头", "has no whole header")
        data += more
    return found + len(_END)


def _parse_headers(data: bytes) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in data.decode("utf-8", "replace").split("\r\n")[1:]:
        name, _, value = line.partition(":")
        name, value = name.strip(" \t").lower(), value.strip(" \t")
        headers[name] = f"{headers[name]}\n{value}" if name in headers else value
    return headers


def unpack_whole(data: bytes, most: int) -> bytes:
    """Unpack a small gzip file of one member, with nothing behind it. Raises ValueError."""
    unpacker = zlib.decompressobj(_GZIP)
    try:
        out = unpacker.decompress(data, most)
    except zlib.error as error:
        raise ValueError(f"it cannot be unpacked: {error}") from None
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise ValueError("it is cut off, or unpacks beyond measure")
    if unpacker.unused_data:
        raise ValueError("bytes follow behind it")
    return out
