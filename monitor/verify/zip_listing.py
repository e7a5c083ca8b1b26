"""Reads the structure of a ZIP file (APPNOTE 6.3) and trusts nothing in it.

Every byte is accounted for: entries follow each other from byte 0, then the central directory, then the end record,
with nothing before, between or behind them. What is not so, or says two different things, is a `Trouble` in the
listing; a file whose directory cannot be read at all raises Unreadable. No content is unpacked here.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import BinaryIO

from monitor.verify.checks import Said, Trouble
from monitor.verify.file_names import check_names
from monitor.verify.zip_directory import (
    DESCRIBED,
    FULL,
    LOCAL,
    LOCAL_MARK,
    UNICODE_NAME_FIELD,
    UTF8,
    ZIP64_FIELD,
    CentralHeader,
    find_directory,
    note_trouble,
    read_at,
    read_directory,
    read_extra,
)

STORED, DEFLATED = 0, 8

_DESCRIPTOR_MARK = b"PK\x07\x08"
_ENCRYPTED = 0x1
_KNOWN_FLAGS = DESCRIBED | UTF8 | 0x6  # bits 1 and 2 only say how hard was pressed
_FORM = (0x0314, 0, 0, 0o644 << 16)
"""What cardwatch writes into every central header: version made by, first disk, internal and external attributes."""


@dataclass(frozen=True)
class ZipEntry:
    """A file of the package: where its header and its bytes lie. `packed` and `size` are bytes."""

    name: str
    header: int
    start: int
    packed: int
    size: int
    method: int
    crc: int


@dataclass
class ZipListing:
    """What a ZIP holds. `own_form` says that its headers are those that cardwatch writes."""

    entries: list[ZipEntry] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    own_form: bool = False


def list_zip(file: BinaryIO, size: int) -> ZipListing:
    """List the entries of a ZIP of so many bytes, with all that is wrong with its structure."""
    listing = ZipListing()
    directory = find_directory(file, size, listing.troubles)
    headers = list(read_directory(file, directory, listing.troubles))
    check_names(headers, listing.troubles)
    listing.own_form = any(header.form == _FORM for header in headers)
    if listing.own_form:
        _check_form(headers, listing.troubles)
    reached = 0
    for header in sorted(headers, key=lambda item: item.header):
        if header.header != reached:
            word = ("重叠", "overlaps") if header.header < reached else ("之前有多余字节", "has bytes before it")
            _add(listing, header.name, f"{word[0]}（字节 {header.header}）", f"{word[1]} (byte {header.header})")
        entry = _read_local(file, header, directory.start, listing.troubles)
        if entry is None:
            reached = max(reached, header.header)
            continue
        reached = _end_of(file, entry, header, listing.troubles)
        if not header.name.endswith("/"):
            listing.entries.append(entry)
        elif entry.size or entry.packed:
            _add(listing, header.name, "文件夹条目中有内容", "is a folder with bytes in it")
    if reached != directory.start:
        _add(
            listing,
            "",
            f"条目止于字节 {reached}，目录始于 {directory.start}",
            f"the entries end at byte {reached}, the directory starts at {directory.start}",
        )
    return listing


def _add(listing: ZipListing, name: str, zh: str, en: str) -> None:
    listing.troubles.append(Trouble("zip_structure", name, Said(zh, en)))


def _check_form(headers: list[CentralHeader], troubles: list[Trouble]) -> None:
    """Compare with the form that cardwatch writes: its fields state nothing, so that each has one right value."""
    moment = max((header.moment for header in headers), key=[header.moment for header in headers].count)
    for header in headers:
        plain = (
            header.form == _FORM
            and header.flags == (0 if header.raw_name.isascii() else UTF8)
            and header.method == STORED
            and header.needed in (20, 45)
            and (not header.extra or header.needed == 45)
            and not header.comment
            and header.moment == moment
        )
        if not plain:
            note_trouble(
                troubles,
                header.name,
                "文件头与本工具写出的形式不一致",
                "its header is not of the form that all the others of this package have",
            )
    if [header.header for header in headers] != sorted(header.header for header in headers):
        note_trouble(troubles, "", "目录的次序与文件的次序不一致", "the directory lists the files in another order")


def _read_local(file: BinaryIO, header: CentralHeader, limit: int, troubles: list[Trouble]) -> ZipEntry | None:
    data = read_at(file, header.header, LOCAL.size) if header.header + LOCAL.size <= limit else b""
    if not data.startswith(LOCAL_MARK) or len(data) < LOCAL.size:
        note_trouble(troubles, header.name, "文件头不在目录所说的位置", "its header is not where the directory says")
        return None
    _, needed, flags, method, hour, day, crc, packed, size, name_length, extra_length = LOCAL.unpack(data)
    name = read_at(file, header.header + LOCAL.size, name_length)
    extra = file.read(extra_length)
    parts = read_extra(extra)
    wide = (parts or {}).get(ZIP64_FIELD, b"")
    if len(wide) == 16 and FULL in (packed, size):
        size, packed = struct.unpack("<QQ", wide)
    described = bool(flags & DESCRIBED)
    numbers = (crc, packed, size)
    wrong = [
        word
        for word, here, there in (
            ("name", name, header.raw_name),
            ("version", needed, header.needed),
            ("flags", flags, header.flags),
            ("method", method, header.method),
            ("time", (hour, day), header.moment),
            (
                "length or CRC",
                (0, 0, 0) if described and not any(numbers) else numbers,
                (0, 0, 0) if described and not any(numbers) else (header.crc, header.packed, header.size),
            ),
        )
        if here != there
    ]
    if parts is None or UNICODE_NAME_FIELD in parts or (header.form == _FORM and set(parts) - {ZIP64_FIELD}):
        wrong.append("extra")
    if wrong:
        note_trouble(
            troubles,
            header.name,
            f"本地文件头与目录不一致（{'、'.join(wrong)}）",
            f"its local header and the directory differ ({', '.join(wrong)})",
        )
    start = header.header + LOCAL.size + name_length + extra_length
    if flags & _ENCRYPTED:
        note_trouble(troubles, header.name, "条目被加密，无法核验", "is encrypted and cannot be checked")
        return None
    if flags & ~_KNOWN_FLAGS or method not in (STORED, DEFLATED) or (method == STORED and header.packed != header.size):
        note_trouble(troubles, header.name, "打包方式不受支持或自相矛盾", "is packed in an unknown or wrong way")
        return None
    if start + header.packed > limit:
        note_trouble(troubles, header.name, "内容超出文件", "its bytes reach beyond the file")
        return None
    return ZipEntry(header.name, header.header, start, header.packed, header.size, method, header.crc)


def _end_of(file: BinaryIO, entry: ZipEntry, header: CentralHeader, troubles: list[Trouble]) -> int:
    """Give the byte behind an entry and its descriptor (APPNOTE 4.3.9), which repeats its numbers."""
    end = entry.start + entry.packed
    if not header.flags & DESCRIBED:
        return end
    data = read_at(file, end, 24)
    marked = 4 if data.startswith(_DESCRIPTOR_MARK) else 0
    for form in ("<LLL", "<LQQ"):
        length = struct.calcsize(form)
        if len(data) >= marked + length and struct.unpack_from(form, data, marked) == (
            entry.crc,
            entry.packed,
            entry.size,
        ):
            return end + marked + length
    note_trouble(troubles, entry.name, "数据描述符与目录不一致", "its data descriptor and the directory differ")
    return end
