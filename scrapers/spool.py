"""Bodies that are too big for memory: bytes in a file without a name, hashed as they come in.

Such a file is made already unlinked, so only this process ever reads it, and the system frees it when nobody holds it
any more, however the process ends. `Spool` takes bytes up to a limit and gives them as bytes or as a SpooledBody.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SPOOL_FROM = 4 << 20
"""Bytes from which on a body is a SpooledBody, so that the same bytes are always the same value."""

_PIECE = 1 << 20
_seeking = threading.Lock()


class NamelessFile:
    """A file of this process alone; given back to the system when it is dropped."""

    def __init__(self, folder: Path | None) -> None:
        with tempfile.TemporaryFile(
            buffering=0, dir=folder
        ) as made:  # on the disk of `folder`, else the system's place
            self._number = os.dup(made.fileno())
        weakref.finalize(self, os.close, self._number)

    def append(self, data: bytes) -> None:
        """Write at the end; nobody else moves the place."""
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._number, rest) :]

    def read_at(self, offset: int, most: int) -> bytes:
        """Read from a place; safe to call from several threads once all is written."""
        if hasattr(os, "pread"):
            return os.pread(self._number, most, offset)
        with _seeking:
            os.lseek(self._number, offset, os.SEEK_SET)
            return os.read(self._number, most)


@dataclass(frozen=True)
class SpooledBody:
    """A body in a file: equal to another of the same size and SHA-256."""

    size: int
    digest: str
    file: NamelessFile = field(compare=False, repr=False)

    def pieces(self) -> Iterator[bytes]:
        """All its bytes, a megabyte at a time."""
        offset = 0
        while offset < self.size:
            piece = self.file.read_at(offset, min(_PIECE, self.size - offset))
            if not piece:
                raise OSError(f"a spooled body of {self.size} bytes ends at byte {offset}")
            offset += len(piece)
            yield piece

    def read(self, most: int | None = None) -> bytes:
        """Its first `most` bytes, or all of them."""
        wanted = self.size if most is None else min(most, self.size)
        parts: list[bytes] = []
        for piece in self.pieces():
            parts.append(piece[:wanted])
            wanted -= len(parts[-1])
            if wanted <= 0:
                break
        return b"".join(parts)


class Spool:
    """Takes a body as it comes, at most `limit` bytes of it; `cut` says whether there was more."""

    def __init__(self, limit: int, folder: Path | None = None) -> None:
        self._limit = limit
        self._folder = folder
        self._parts: list[bytes] = []
        self._file: NamelessFile | None = None
        self._state = hashlib.sha256()
        self._done: bytes | SpooledBody | None = None
        self.size = 0
        self.cut = False

    def write(self, data: bytes) -> None:
        """Take the next bytes. Raises OSError when the disk does not take them: what came before is kept."""
        if self._done is not None or self.cut:
            return
        if self.size + len(data) > self._limit:
            self.cut = True
            data = data[: self._limit - self.size]
        if self._file is None and self.size + len(data) < SPOOL_FROM:
            self._parts.append(data)
            self.size += len(data)
            return
        if self._file is None:
            self._file = NamelessFile(self._folder)
            held = b"".join(self._parts)
            self._parts.clear()
            self._file.append(held)
            self._state.update(held)
        self._file.append(data)
        self._state.update(data)
        self.size += len(data)

    def finish(self) -> bytes | SpooledBody:
        """What came; nothing is taken any more."""
        if self._done is None:
            file = self._file
            digest = self._state.hexdigest()
            self._done = SpooledBody(self.size, digest, file) if file is not None else b"".join(self._parts)
            self._parts.clear()
        return self._done


def read_all(body: bytes | SpooledBody) -> bytes:
    """A body's bytes, wherever they are."""
    return body.read() if isinstance(body, SpooledBody) else body
