"""Keeps immutable files by their SHA-256: `objects/ab/<sha256>`, 256 folders in all.

A file appears under its name only when all its bytes are on the disk (written elsewhere, fsync, rename, fsync of the
folder). Nothing here overwrites; only `discard` removes, for what a crash left behind.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from storage.errors import ArchiveDamaged

_DIGEST = re.compile(r"[0-9a-f]{64}")
_CHUNK = 1 << 20


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable. Windows has no such call: there the rename itself is journalled by NTFS."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, and make their names durable."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def write_durably(path: Path, data: bytes) -> None:
    """Write a new file and wait until its bytes are on the disk. Its name is made durable by `sync_folder`."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def digest_file(path: Path) -> tuple[str, int]:
    """Give the SHA-256 and the length of a file, read in pieces."""
    state = hashlib.sha256()
    length = 0
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            state.update(piece)
            length += len(piece)
    return state.hexdigest(), length


def is_plain_file(path: Path) -> bool:
    """Whether a file of our own lies there: no link that leads elsewhere, no pipe or device that never ends."""
    return stat.S_ISREG(path.lstat().st_mode) if os.path.lexists(path) else False


class ObjectStore:
    """The files of an archive by their SHA-256, below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path_of(self, digest: str) -> Path:
        """Where the object of this digest is, or would be."""
        if not _DIGEST.fullmatch(digest):
            raise ValueError(f"{digest[:80]!r} is not a SHA-256 digest in lower-case hex")
        return self.folder / digest[:2] / digest

    def has(self, digest: str) -> bool:
        """Whether the object is there."""
        return is_plain_file(self.path_of(digest))

    def adopt(self, written: Path, digest: str) -> None:
        """Give a file that is already on the disk its name. It must lie on the same disk as the store.

        If the object is there already the new file is removed; a stored one of another length raises ArchiveDamaged.
        """
        target = self.path_of(digest)
        make_folder(target.parent)
        try:
            there = target.stat().st_size
        except FileNotFoundError:
            written.replace(target)
            sync_folder(target.parent)
            return
        if there != written.stat().st_size:
            raise ArchiveDamaged(
                f"object {digest} has {there} bytes where {written.stat().st_size} are right: "
                "run `cardwatch check` and bring it back from a backup"
            )
        written.unlink()

    def open(self, digest: str) -> BinaryIO:
        """Open an object for reading; one that is missing, or no plain file, raises ArchiveDamaged."""
        path = self.path_of(digest)
        try:
            if os.path.lexists(path) and not is_plain_file(path):
                raise ArchiveDamaged(f"object {digest} in {self.folder} is no plain file: run `cardwatch check`")
            return path.open("rb")
        except FileNotFoundError:
            raise ArchiveDamaged(
                f"object {digest} is missing from {self.folder}: run `cardwatch check` and bring it back from a backup"
            ) from None

    def read(self, digest: str, *, size: int | None = None) -> bytes:
        """Read a whole object. With `size` another length raises ArchiveDamaged."""
        with self.open(digest) as file:
            data = file.read()
        if size is not None and len(data) != size:
            raise ArchiveDamaged(f"object {digest} has {len(data)} bytes, {size} are right: run `cardwatch check`")
        return data

    def read_part(self, digest: str, offset: int, length: int) -> bytes:
        """Read `length` bytes from `offset`; fewer raise ArchiveDamaged."""
        with self.open(digest) as file:
            file.seek(offset)
            data = file.read(length)
        if len(data) != length:
            raise ArchiveDamaged(f"object {digest} ends before byte {offset + length}: run `cardwatch check`")
        return data

    def list(self) -> Iterator[tuple[str, int]]:
        """Give the digest and length of every object, in the order of the names."""
        if not self.folder.is_dir():
            return
        for part in sorted(self.folder.iterdir()):
            if len(part.name) != 2 or not part.is_dir():
                continue
            for path in sorted(part.iterdir()):
                if _DIGEST.fullmatch(path.name):
                    yield path.name, path.stat().st_size

    def discard(self, digest: str) -> bool:
        """Remove an object that no capture names; says whether it was there."""
        path = self.path_of(digest)
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        sync_folder(path.parent)
        return True
