"""The records of WARC files, one after another, within bounds on lines, bodies and the whole.

warcio parses the headers; the stream under it is ours, so that a gzip bomb, an endless line or a false length ends in
a SavedFileError or in a record marked as cut, never in a full memory. Block digests are checked on the way.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO

from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeadersParserException

from scrapers.errors import SavedFileError
from scrapers.model import Headers
from scrapers.saved.page import (
    MAX_BODY_BYTES,
    MAX_CONTAINER_BYTES,
    MEGABYTE,
    decode_body,
    header,
    parse_iso_time,
)

MAX_RECORDS = 100_000
_MAX_LINE_BYTES = 64 * 1024
_MAX_LINES = 2000  # header lines of one record
_BLOCK = 64 * 1024


@dataclass(frozen=True)
class WarcSource:
    """A WARC file by its name, opened as often as needed; the bytes may be gzip or plain."""

    name: str
    open: Callable[[], IO[bytes]]


@dataclass(frozen=True)
class WarcRecord:
    """One record. `body` is the decoded payload where it was asked for; `altered` is a failed block digest."""

    number: int
    type: str
    id: str
    url: str
    date: datetime | None
    warc_headers: Headers
    status: int | None = None
    status_text: str = ""
    method: str = ""
    headers: Headers = ()
    body: bytes | None = None
    body_missing: str = ""
    altered: bool = False
    cut: bool = False


Wanted = Callable[[WarcRecord], bool]


def read_records(source: WarcSource, wanted: Wanted) -> Iterator[WarcRecord]:
    """All records of a source; the payload is read only of those that `wanted` names by their headers.

    The last record of a truncated file comes with `cut` set. Raises SavedFileError for what is no WARC.
    """
    with source.open() as raw:
        stream = _BoundedStream(raw)
        loader = ArcWarcRecordLoader(verify_http=False, arc2warc=False)
        for number in range(MAX_RECORDS + 1):
            line = stream.next_line_with_text()
            if not line:
                return
            if number == MAX_RECORDS:
                raise SavedFileError(
                    f"{source.name} holds more than {MAX_RECORDS} records; take the wanted page out of it "
                    "(warcio extract) and import that"
                )
            try:
                record = _read_record(loader, stream, line, number, wanted)
            except (ArchiveLoadFailed, StatusAndHeadersParserException, EOFError, ValueError) as error:
                if number == 0:
                    raise SavedFileError(
                        f"{source.name} is not a readable WARC file ({type(error).__name__})"
                    ) from error
                # Lengths that do not fit leave the reader in the middle of a record: what follows cannot be trusted.
                yield WarcRecord(number, "damaged", "", "", None, (), cut=True)
                return
            yield record
            if record.cut:
                return


def _read_record(
    loader: ArcWarcRecordLoader, stream: _BoundedStream, line: bytes, number: int, wanted: Wanted
) -> WarcRecord:
    stream.lines = 0
    raw = loader.parse_record_stream(stream, statusline=line, known_format="warc", no_record_parse=True)
    warc_headers = tuple((str(name), str(value)) for name, value in raw.rec_headers.headers)
    length = int(header(warc_headers, "Content-Length") or "-1")
    if length < 0:
        raise ValueError("a record without a length")
    declared = header(warc_headers, "WARC-Block-Digest")
    stream.hasher = _hasher(declared)
    url = header(warc_headers, "WARC-Target-URI").strip("<>")
    kind = header(warc_headers, "WARC-Type").lower()
    http = loader.load_http_headers(kind, url, raw.raw_stream, length) if kind != "metadata" else None
    http_headers: Headers = tuple((str(name), str(value)) for name, value in http.headers) if http else ()
    first, _, rest = (http.statusline if http else "").partition(" ")
    record = WarcRecord(
        number=number,
        type=kind,
        id=header(warc_headers, "WARC-Record-ID"),
        url=url,
        date=parse_iso_time(header(warc_headers, "WARC-Date")),
        warc_headers=warc_headers,
        status=int(first) if http and kind != "request" and first.isdigit() and len(first) == 3 else None,
        status_text=rest[:200],
        method=str(http.protocol)[:20] if http and kind == "request" else "",
        headers=http_headers,
    )
    body, missing = None, ""
    left = length - raw.raw_stream.tell()
    if wanted(record):
        if left > MAX_BODY_BYTES:
            missing = f"over {MAX_BODY_BYTES // MEGABYTE} MB"
        else:
            body = raw.raw_stream.read(left)
            if header(http_headers, "transfer-encoding").lower() == "chunked":
                body = ChunkedDataReader(io.BytesIO(body)).read()
            body, missing = decode_body(body, header(http_headers, "content-encoding"))
    while raw.raw_stream.read(_BLOCK):
        pass
    cut = raw.raw_stream.tell() < length
    if cut:
        missing = "the file ends in the middle of this record"
    altered = not cut and stream.hasher is not None and not _same_digest(stream.hasher, declared)
    stream.hasher = None
    return replace(record, body=body, body_missing=missing, altered=altered, cut=cut)


class _BoundedStream:
    """Plain or gzip bytes as a stream of read(n) and readline(n) that never gives or holds more than it may."""

    def __init__(self, raw: IO[bytes]) -> None:
        start = raw.read(2)
        self._raw = raw
        self._start = start
        self._worker = zlib.decompressobj(zlib.MAX_WBITS | 16) if start == b"\x1f\x8b" else None
        self._buffer = b""
        self._place = 0
        self._total = 0
        self._ended = False
        self.lines = 0
        self.hasher: hashlib._Hash | None = None

    def read(self, length: int) -> bytes:
        """Up to `length` bytes; fewer only at the end of the file."""
        pieces = []
        while length > 0 and self._fill():
            piece = self._buffer[self._place : self._place + length]
            self._place += len(piece)
            length -= len(piece)
            pieces.append(piece)
        return self._seen(b"".join(pieces))

    def readline(self, length: int = _MAX_LINE_BYTES) -> bytes:
        """A line of at most 64 KB; a longer one, or too many in one record, is refused."""
        self.lines += 1
        if self.lines > _MAX_LINES:
            raise SavedFileError(
                f"a record of the WARC file has more than {_MAX_LINES} header lines; it is damaged or hostile"
            )
        line = b""
        while len(line) < length and not line.endswith(b"\n") and self._fill():
            end = self._buffer.find(b"\n", self._place, self._place + length - len(line))
            stop = end + 1 if end >= 0 else min(len(self._buffer), self._place + length - len(line))
            line += self._buffer[self._place : stop]
            self._place = stop
            if len(line) >= _MAX_LINE_BYTES and not line.endswith(b"\n"):
                raise SavedFileError("the WARC file has a header line of more than 64 KB; it is damaged or hostile")
        return self._seen(line)

    def next_line_with_text(self) -> bytes:
        """The next line that is not blank, b"" at the end."""
        self.lines = 0
        while line := self.readline():
            if line.strip():
                return line
        return b""

    def _seen(self, data: bytes) -> bytes:
        if self.hasher:
            self.hasher.update(data)
        return data

    def _fill(self) -> bool:
        """Make sure that there is a byte to take; False at the end."""
        while self._place >= len(self._buffer) and not self._ended:
            self._buffer, self._place = self._next_block(), 0
            self._total += len(self._buffer)
            if self._total > MAX_CONTAINER_BYTES:
                raise SavedFileError(
                    f"the WARC file unpacks to more than {MAX_CONTAINER_BYTES // MEGABYTE} MB; "
                    "take the wanted page out of it (warcio extract) and import that"
                )
        return self._place < len(self._buffer)

    def _next_block(self) -> bytes:
        try:
            worker = self._worker
            if worker is None:
                data = self._take()
                self._ended = not data
                return data
            if worker.eof:
                data = worker.unused_data or self._take()
                if not data.strip(b"\x00"):
                    self._ended = True
                    return b""
                worker = self._worker = zlib.decompressobj(zlib.MAX_WBITS | 16)
            else:
                data = worker.unconsumed_tail or self._take()
                self._ended = not data
            return worker.decompress(data, _BLOCK * 16)
        except (zlib.error, OSError, EOFError, zipfile.BadZipFile):
            # A damaged or truncated gzip member: the records before it stand, the one in it comes out as cut.
            self._ended = True
            return b""

    def _take(self) -> bytes:
        data, self._start = self._start or self._raw.read(_BLOCK), b""
        return data


def _hasher(declared: str) -> hashlib._Hash | None:
    name = declared.partition(":")[0].lower().replace("-", "")
    return hashlib.new(name, usedforsecurity=False) if name in ("sha1", "sha256", "sha512", "md5") else None


def _same_digest(hasher: hashlib._Hash, declared: str) -> bool:
    """Whether a digest in hex, base32 or base64 is that of the hasher; an unreadable one is not."""
    value = declared.partition(":")[2].strip()
    seen = hasher.digest()
    if value.lower() == seen.hex():
        return True
    try:
        return base64.b32decode(value.upper()) == seen
    except binascii.Error:
        pass
    try:
        return (
            base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_" if set(value) & set("-_") else None)
            == seen
        )
    except binascii.Error:
        return False
