"""Opens what is to be checked as a flat set of named files: a ZIP or WACZ, or a folder; and finds the exports in it.

Never extracts to a path: bytes are read through a window on the file, or unpacked into an unnamed temporary file within
bounds. Links in folders are not followed. What is wrong with the container is in `troubles`.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from monitor.verify.checks import Said, Trouble, Unreadable
from monitor.verify.file_names import fault_of_name
from monitor.verify.zip_directory import MOST_ENTRIES
from monitor.verify.zip_listing import STORED, ZipEntry, list_zip

Tick = Callable[[int], None]
"""Told how many bytes were read just now."""

CHUNK = 1 << 20
_SPOOLED = 32 << 20
_ANY_RATIO = 64 << 20  # so many bytes may unpack from however few
_MOST_RATIO = 200
_MOST_UNPACKED = 8 << 30
LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
"""What systems strew into folders and ZIPs; it is named, and no part of a package."""


class Package(Protocol):
    """Named files with their sizes."""

    files: dict[str, int]
    troubles: list[Trouble]

    def open(self, name: str) -> BinaryIO:
        """Open one of `files` for reading and seeking; what cannot be unpacked raises Unreadable."""

    def close(self) -> None:
        """Let go of the file."""


class Window(io.RawIOBase):
    """A part of a file as a file of its own. Several windows may share one file."""

    def __init__(self, file: BinaryIO, start: int, length: int) -> None:
        self._file = file
        self._start = start
        self._length = length
        self._at = 0

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    def readinto(self, buffer: object, /) -> int:
        """Read into a buffer from where the window stands."""
        view = memoryview(cast(bytearray, buffer))
        wanted = max(0, min(len(view), self._length - self._at))
        if not wanted:
            return 0
        self._file.seek(self._start + self._at)
        data = self._file.read(wanted)
        view[: len(data)] = data
        self._at += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Move, as files do."""
        base = (0, self._at, self._length)[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        """Where the window stands."""
        return self._at


class ZipPackage:
    """The files of a ZIP. `file` may itself be a window on another package."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._unpacked = 0
        listing = list_zip(file, file.seek(0, 2))
        self.own_form = listing.own_form
        self.troubles = listing.troubles
        self._entries = {entry.name: entry for entry in reversed(listing.entries)}  # the first of a name counts
        self.files = {entry.name: entry.size for entry in listing.entries}

    def open(self, name: str) -> BinaryIO:
        """Open a file of the package."""
        entry = self._entries[name]
        if entry.method == STORED:
            return cast(BinaryIO, io.BufferedReader(Window(self._file, entry.start, entry.size), 1 << 16))
        return self._unpack(entry)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def crc_of(self, name: str) -> int:
        """The CRC-32 that the ZIP states for a file."""
        return self._entries[name].crc

    def _unpack(self, entry: ZipEntry) -> BinaryIO:
        most = max(_ANY_RATIO, entry.packed * _MOST_RATIO)
        if entry.size > most or self._unpacked + entry.size > _MOST_UNPACKED:
            raise Unreadable(
                "zip_bounds",
                Said(
                    f"{entry.packed} 字节声称可解压为 {entry.size} 字节，疑为压缩炸弹，未解压",
                    f"{entry.packed} bytes claim to unpack to {entry.size}: taken for a bomb, and not unpacked",
                ),
            )
        self._unpacked += entry.size
        out = cast(BinaryIO, tempfile.SpooledTemporaryFile(_SPOOLED))  # noqa: SIM115 - closed by the caller
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        left, made, check = entry.packed, 0, 0
        self._file.seek(entry.start)
        try:
            while not unpacker.eof:
                packed = unpacker.unconsumed_tail or self._file.read(min(left, CHUNK >> 2))
                if not unpacker.unconsumed_tail:
                    left -= len(packed)
                if not packed:
                    raise zlib.error("the packed bytes end too early")
                data = unpacker.decompress(packed, CHUNK)
                made += len(data)
                if made > entry.size:
                    raise zlib.error("more comes out than is stated")
                check = zlib.crc32(data, check)
                out.write(data)
                if left or unpacker.unconsumed_tail:
                    self._file.seek(entry.start + entry.packed - left)
            if left or unpacker.unused_data or made != entry.size or check != entry.crc:
                raise zlib.error("length or CRC-32 are others than stated")
        except zlib.error as error:
            out.close()
            raise Unreadable(
                "zip_structure", Said(f"内容无法解压（{error}）", f"its bytes cannot be unpacked: {error}")
            ) from None
        out.seek(0)
        return out


class FolderPackage:
    """The files below a folder, by their path in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.troubles: list[Trouble] = []
        self.files: dict[str, int] = {}
        for name, path in self._walk(folder, ""):
            if len(self.files) >= MOST_ENTRIES:
                said = Said(f"文件夹中的文件超过 {MOST_ENTRIES} 个", f"the folder holds more than {MOST_ENTRIES} files")
                raise Unreadable("zip_bounds", said)
            fault = fault_of_name(name)
            if fault:
                self.troubles.append(Trouble("file_names", name, fault))
            mode = path.lstat()
            if not stat.S_ISREG(mode.st_mode):
                self.troubles.append(
                    Trouble("file_names", name, Said("不是普通文件（链接或设备）", "is a link or a device"))
                )
                continue
            self.files[name] = mode.st_size

    def open(self, name: str) -> BinaryIO:
        """Open a file of the folder."""
        try:
            return (self._folder / name).open("rb")
        except OSError as error:
            raise Unreadable(
                "zip_structure", Said(f"文件读不出：{error.strerror}", f"the file cannot be read: {error.strerror}")
            ) from None

    def close(self) -> None:
        """Nothing is held open."""

    def _walk(self, folder: Path, prefix: str) -> Iterator[tuple[str, Path]]:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
        for entry in entries:
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                if prefix.count("/") > 30:
                    raise Unreadable("zip_bounds", Said("文件夹套得太深", "folders lie too deep in each other"))
                yield from self._walk(path, f"{prefix}{entry.name}/")
            else:
                yield f"{prefix}{entry.name}", path


class OneFile:
    """A single file as a package."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.troubles: list[Trouble] = []
        self.files = {path.name: path.stat().st_size}

    def open(self, name: str) -> BinaryIO:
        """Open the file; it has one name only."""
        assert name == self._path.name
        return self._path.open("rb")

    def close(self) -> None:
        """Nothing is held open."""


@dataclass(frozen=True)
class Export:
    """One export within a package: all files below `root` ("" or ending in a slash)."""

    package: Package
    root: str
    label: str
    _digests: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def names(self) -> list[str]:
        """The names of its files, without the root."""
        return [name[len(self.root) :] for name in self.package.files if name.startswith(self.root)]

    def has(self, name: str) -> bool:
        """Whether the file is there."""
        return self.root + name in self.package.files

    def size(self, name: str) -> int:
        """The length of a file in bytes."""
        return self.package.files[self.root + name]

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Open a file for reading."""
        file = self.package.open(self.root + name)
        try:
            yield file
        finally:
            file.close()

    def read(self, name: str, most: int) -> bytes:
        """Read a whole file; one longer than `most` raises Unreadable."""
        if self.size(name) > most:
            raise Unreadable(
                "zip_bounds",
                Said(
                    f"{name} 有 {self.size(name)} 字节，最多读 {most}",
                    f"{name} has {self.size(name)} bytes, {most} are read at most",
                ),
            )
        with self.open(name) as file:
            return file.read(most + 1)

    def known_digest(self, name: str) -> str:
        """The SHA-256 of a file that was computed before, "" where it was not."""
        return self._digests.get(name, "")

    def digest(self, name: str, tick: Tick) -> str:
        """The SHA-256 of a file, computed once. A stored CRC-32 that is not right raises Unreadable."""
        known = self._digests.get(name)
        if known is not None:
            return known
        package = self.package
        crc = package.crc_of(self.root + name) if isinstance(package, ZipPackage) else None
        state, check = hashlib.sha256(), 0
        with self.open(name) as file:
            while piece := file.read(CHUNK):
                state.update(piece)
                if crc is not None:
                    check = zlib.crc32(piece, check)
                tick(len(piece))
        digest = self._digests[name] = state.hexdigest()
        if crc is not None and crc != check:
            said = Said("CRC-32 与压缩包所记不同", "its CRC-32 is not the one that the ZIP states")
            package.troubles.append(Trouble("zip_structure", self.root + name, said))
        return digest


def find_roots(names: list[str]) -> list[str]:
    """Give the roots of exports among the names of a package: where a proof or a datapackage.json lies."""
    marks = ("cardwatch/proof.json", "datapackage.json", "datapackage-digest.json")
    roots = {name[: -len(mark)] for name in names for mark in marks if name == mark or name.endswith("/" + mark)}
    kept: list[str] = []
    for root in sorted(roots):
        if not any(root.startswith(outer) for outer in kept):
            kept.append(root)
    return kept


def is_litter(name: str) -> bool:
    """Whether a file is one that systems strew about."""
    folder, _, last = name.rpartition("/")
    is_fork = f"/{LITTER[0]}" in f"/{folder}/" and last.startswith("._")
    return is_fork or last in LITTER[1:]
