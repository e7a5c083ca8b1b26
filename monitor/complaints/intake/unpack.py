"""Takes ZIP and TAR archives apart, one member at a time, within bounds of depth, count, bytes and ratio.

Members are written under names of ours into a folder of ours: what an archive calls them is only shown. Links, locked
and oversized members are refused with the reason. Nothing is trusted that an archive says of itself.
"""

from __future__ import annotations

import bz2
import gzip
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, cast

from monitor.complaints.intake.model import FoundFile, Refused
from monitor.times import SHANGHAI
from monitor.verify.checks import Unreadable
from monitor.verify.zip_directory import find_directory

MOST_MEMBERS = 5_000
MOST_BYTES = 8 << 30
MOST_OF_ONE = 4 << 30
MOST_RATIO = 400
_RATIO_FROM = 4 << 20  # smaller members may be packed as tightly as they like
_CHUNK = 1 << 20
_PIECES = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)  # LZMA may take memory as its header says
_LONGEST_NAME = 64 << 10
_JUNK = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")
_DOCUMENTS = ("[content_types].xml", "datapackage.json", "androidmanifest.xml", "meta-inf/manifest.mf", "mimetype")
_BLOCK = 512


class OverBoundsError(Exception):
    """An archive is more than may be taken apart; says in Chinese what was over."""


@dataclass
class Budget:
    """What may still be unpacked in one go. `room` is asked before bytes are written and may refuse."""

    room: Callable[[int], None]
    members: int = MOST_MEMBERS
    left: int = MOST_BYTES

    def take_member(self) -> None:
        """Count one member; too many raise OverBoundsError."""
        self.members -= 1
        if self.members < 0:
            raise OverBoundsError(f"里面的文件超过{MOST_MEMBERS}个，其余没有取出")

    def take_bytes(self, size: int) -> None:
        """Count bytes; too many raise OverBoundsError."""
        self.left -= size
        if self.left < 0:
            raise OverBoundsError(f"解压后超过{MOST_BYTES >> 30}GB，其余没有取出")


def is_document(path: Path) -> bool:
    """Whether a ZIP is really a document or program of its own (DOCX, WACZ, APK ...), which is kept whole."""
    try:
        with _open_zip(path) as packed:
            names = {name.lower() for name in packed.namelist()}
    except (OverBoundsError, zipfile.BadZipFile, OSError, ValueError, NotImplementedError, Unreadable):
        return False
    return any(name in names for name in _DOCUMENTS)


def unpack_zip(path: Path, name: str, folder: Path, budget: Budget) -> Iterator[FoundFile | Refused]:
    """Every member of a ZIP in turn, gone when the next is asked for. Raises OverBoundsError, ValueError."""
    try:
        with _open_zip(path) as packed:
            for number, info in enumerate(packed.infolist()):
                shown = _clean(_zip_name(info))
                if info.is_dir() or _is_junk(_zip_name(info)):
                    continue
                budget.take_member()
                why = _refuse(info)
                if why:
                    yield Refused(shown, why)
                    continue
                target = folder / f"{number}.member"
                try:
                    with packed.open(info) as source:
                        _write(source, target, info.file_size, budget)
                    yield FoundFile(target, shown, name, _zip_time(info))
                except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
                    _reraise_disk(error)
                    yield Refused(shown, f"取不出来，压缩包可能损坏（{type(error).__name__}）")
                finally:
                    target.unlink(missing_ok=True)
    except (zipfile.BadZipFile, NotImplementedError, Unreadable) as error:
        raise ValueError("压缩包打不开：文件损坏或不完整") from error


def unpack_tar(path: Path, name: str, folder: Path, budget: Budget) -> Iterator[FoundFile | Refused]:
    """Every member of a TAR in turn, plain or packed by gzip or bzip2. Raises OverBoundsError, ValueError."""
    packed_size = path.stat().st_size
    try:
        with _open_tar(path) as stream:
            yield from _walk_tar(stream, name, folder, budget, packed_size)
    except (EOFError, zlib.error, gzip.BadGzipFile, tarfile.HeaderError) as error:
        raise ValueError("压缩包打不开：文件损坏或不完整") from error


def _walk_tar(
    stream: BinaryIO, name: str, folder: Path, budget: Budget, packed_size: int
) -> Iterator[FoundFile | Refused]:
    long_name, number, unpacked = "", 0, 0
    while any(block := stream.read(_BLOCK)):
        if len(block) < _BLOCK:
            raise EOFError("cut off")
        info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        if info.size < 0:
            raise ValueError("压缩包打不开：大小记载不合理")
        padding = -info.size % _BLOCK
        unpacked += info.size + _BLOCK
        if unpacked > _RATIO_FROM and unpacked > MOST_RATIO * packed_size:
            raise OverBoundsError(f"压缩比超过{MOST_RATIO}倍，像是解压炸弹，没有取出")
        if info.type in (b"L", b"x"):
            if info.size > _LONGEST_NAME:
                raise OverBoundsError("文件名长得不合理，没有取出")
            data = stream.read(info.size)
            stream.read(padding)
            long_name = _long_name(data, pax=info.type == b"x") or long_name
            continue
        full = long_name or info.name
        long_name = ""
        shown = _clean(_mend_name(full))
        number += 1
        taken = info.isreg() and not info.issparse() and not _is_junk(full)
        if info.size > MOST_OF_ONE:
            raise OverBoundsError(f"“{shown}”解压后超过{MOST_OF_ONE >> 30}GB，没有取出")
        if not taken:
            budget.take_bytes(info.size)
            _skip(stream, info.size + padding)
            if not info.isdir() and not _is_junk(full) and info.type not in (b"g", b"K"):
                budget.take_member()
                yield Refused(shown, "是链接或特殊文件，没有跟随")
            continue
        budget.take_member()
        target = folder / f"{number}.member"
        try:
            _write(cast("IO[bytes]", _Part(stream, info.size)), target, info.size, budget)
            stream.read(padding)
            packed_at = datetime.fromtimestamp(info.mtime, UTC) if 0 < info.mtime < 7_000_000_000 else None
            yield FoundFile(target, shown, name, packed_at)
        finally:
            target.unlink(missing_ok=True)


class _Part:
    """So many bytes of a stream, as a file that can be read."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._left = size

    def read(self, size: int) -> bytes:
        """The next bytes; a stream that ends too early raises EOFError."""
        data = self._stream.read(min(size, self._left))
        if not data and self._left:
            raise EOFError("cut off")
        self._left -= len(data)
        return data


def _open_zip(path: Path) -> zipfile.ZipFile:
    """A ZIP whose directory is of a measure that can be read."""
    size = path.stat().st_size
    with path.open("rb") as file:
        find_directory(file, size, [])
    return zipfile.ZipFile(path)


def _open_tar(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        start = file.read(3)
    if start[:2] == b"\x1f\x8b":
        return cast(BinaryIO, gzip.open(path, "rb"))
    return cast(BinaryIO, bz2.open(path, "rb")) if start == b"BZh" else path.open("rb")


def _refuse(info: zipfile.ZipInfo) -> str:
    if stat.S_ISLNK(info.external_attr >> 16):
        return "是链接，没有跟随"
    if info.flag_bits & 1:
        return "有密码，没有取出：请先解压，再把解压出来的文件加入"
    if info.compress_type not in _PIECES:
        return "压缩方法不认识，没有取出：请先解压，再把解压出来的文件加入"
    if info.file_size > MOST_OF_ONE:
        return f"解压后超过{MOST_OF_ONE >> 30}GB，没有取出"
    if info.file_size > _RATIO_FROM and info.file_size > MOST_RATIO * max(info.compress_size, 1):
        return f"压缩比超过{MOST_RATIO}倍，像是解压炸弹，没有取出"
    return ""


def _write(source: IO[bytes], target: Path, size: int, budget: Budget) -> None:
    budget.room(size)
    with target.open("xb") as file:
        while piece := source.read(_CHUNK):
            budget.take_bytes(len(piece))
            file.write(piece)


def _skip(stream: BinaryIO, size: int) -> None:
    while size > 0:
        data = stream.read(min(size, _CHUNK))
        if not data:
            raise EOFError("cut off")
        size -= len(data)


def _reraise_disk(error: Exception) -> None:
    """A full disk is not the archive's fault."""
    if isinstance(error, OSError) and error.errno is not None:
        raise error


def _zip_name(info: zipfile.ZipInfo) -> str:
    """The name in a ZIP; one without the mark for UTF-8 comes from a Chinese Windows, not from code page 437."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return _decode_name(info.filename.encode("cp437"))
    except UnicodeEncodeError:
        return info.filename


def _mend_name(name: str) -> str:
    return _decode_name(name.encode("utf-8", "surrogateescape"))


def _decode_name(raw: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")


def _clean(name: str) -> str:
    """The last part of a name: where an archive wants its members to be is of no matter here."""
    return PurePosixPath(name.replace("\\", "/")).name or "（无名）"


def _is_junk(name: str) -> bool:
    low = name.lower().replace("\\", "/")
    last = low.rpartition("/")[2]
    return low.startswith(_JUNK[0]) or f"/{_JUNK[0]}" in low or last in _JUNK[1:] or last.startswith("._")


def _zip_time(info: zipfile.ZipInfo) -> datetime | None:
    try:
        return datetime(*info.date_time, tzinfo=SHANGHAI).astimezone(UTC)
    except ValueError:
        return None


def _long_name(data: bytes, *, pax: bool) -> str:
    if not pax:
        return data.rstrip(b"\0").decode("utf-8", "surrogateescape")
    for line in data.split(b"\n"):
        _, _, pair = line.partition(b" ")
        key, sign, value = pair.partition(b"=")
        if sign and key == b"path":
            return value.decode("utf-8", "surrogateescape")
    return ""
