"""The files of a pack while it is made: in a temporary folder, then written out as a folder or a ZIP.

Names are ours alone. A ZIP has its entries sorted and stored as they are, with one time and one set of rights: the same
files and moment give the same bytes, in the form that `cardwatch verify` knows. Files go from disk to disk in pieces.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.times import SHANGHAI

_CHUNK = 1 << 20
_UNFIT = re.compile(r"[^0-9A-Za-z\u4e00-\u9fff（）()._-]+")
_LONGEST_NAME = 60


class PackTaken(Exception):  # noqa: N818 - reads as a sentence where it is caught
    """Something is at the place where the pack should go; says what to do."""


@dataclass(frozen=True)
class MadeFile:
    """A file of the pack: its path in it, bytes and SHA-256."""

    path: str
    bytes: int
    sha256: str


class PackFolder:
    """Takes the files of a pack by their path in it; no path is taken twice."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._files: dict[str, MadeFile] = {}
        root.mkdir(mode=0o700)

    @property
    def files(self) -> tuple[MadeFile, ...]:
        """All files, by path."""
        return tuple(self._files[path] for path in sorted(self._files))

    def place(self, path: str) -> Path:
        """Where a file that something else writes is to be written; `note` it then."""
        if path in self._files or not _is_plain(path):
            raise ValueError(f"{path!r} cannot be a new file of a pack")
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        return target

    def note(self, path: str) -> MadeFile:
        """Take a file that was written to its place."""
        state, size = hashlib.sha256(), 0
        with (self.root / path).open("rb") as file:
            while piece := file.read(_CHUNK):
                state.update(piece)
                size += len(piece)
        self._files[path] = MadeFile(path, size, state.hexdigest())
        return self._files[path]

    def add(self, path: str, data: bytes | str) -> MadeFile:
        """Write a file; text as UTF-8 with Windows' line ends and mark, for the editors of offices."""
        packed = data if isinstance(data, bytes) else ("\ufeff" + data.replace("\n", "\r\n")).encode("utf-8", "replace")
        target = self.place(path)
        target.write_bytes(packed)
        self._files[path] = MadeFile(path, len(packed), hashlib.sha256(packed).hexdigest())
        return self._files[path]

    def copy(self, path: str, source: Path) -> MadeFile:
        """Copy a file in pieces."""
        target = self.place(path)
        state, size = hashlib.sha256(), 0
        with source.open("rb") as read, target.open("xb") as written:
            while piece := read.read(_CHUNK):
                state.update(piece)
                written.write(piece)
                size += len(piece)
        self._files[path] = MadeFile(path, size, state.hexdigest())
        return self._files[path]

    def open(self, path: str) -> Path:
        """The file of a path that was taken."""
        if path not in self._files:
            raise KeyError(path)
        return self.root / path

    def write_out(self, out: Path, at: datetime) -> None:
        """Give the pack its place: a ZIP where the name ends so, else a new folder. Raises PackTaken."""
        if out.exists() or out.is_symlink():
            raise PackTaken(f"{out} 已存在：换一个名字，或先移走它")
        if not out.parent.is_dir():
            raise PackTaken(f"{out.parent} 不是文件夹：先建好它")
        draft = out.with_name(f".{out.name}.part")
        try:
            if out.suffix.lower() == ".zip":
                self._write_zip(draft, at)
            else:
                self._write_folder(draft)
            draft.rename(out)
        finally:
            if draft.is_dir():
                shutil.rmtree(draft)
            else:
                draft.unlink(missing_ok=True)

    def _write_zip(self, target: Path, at: datetime) -> None:
        moment = at.astimezone(SHANGHAI)
        year = max(1980, min(moment.year, 2107))
        stamp = (year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
        with zipfile.ZipFile(target, "x") as packed:
            for made in self.files:
                entry = zipfile.ZipInfo(made.path, stamp)
                entry.external_attr = 0o644 << 16
                entry.create_system = 3
                entry.file_size = made.bytes
                with (self.root / made.path).open("rb") as read, packed.open(entry, "w") as written:
                    while piece := read.read(_CHUNK):
                        written.write(piece)

    def _write_folder(self, target: Path) -> None:
        target.mkdir(mode=0o700)
        for made in self.files:
            place = target / made.path
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.root / made.path, place)
            place.chmod(0o600)

    def list_under(self, folder: str) -> Iterator[MadeFile]:
        """The files of a folder of the pack."""
        return (made for made in self.files if made.path.startswith(f"{folder}/"))


def file_name(text: str) -> str:
    """A text as part of a file's name on any system."""
    return _UNFIT.sub("_", text).strip("._ ")[:_LONGEST_NAME] or "_"


def _is_plain(path: str) -> bool:
    parts = path.split("/")
    return bool(path) and "\\" not in path and all(part not in ("", ".", "..") for part in parts)
