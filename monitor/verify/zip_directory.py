"""Finds and reads the central directory of a ZIP file: from its end record, or says why there is none.

A file that breaks off is told from one whose end was altered, by walking its entries from the front.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from monitor.verify.checks import Said, Trouble, Unreadable

MOST_ENTRIES = 20_000
MOST_DIRECTORY = 16 << 20
LOCAL = struct.Struct("<4s5H3L2H")
LOCAL_MARK = b"PK\x03\x04"
DESCRIBED, UTF8 = 0x8, 0x800
FULL = 0xFFFFFFFF
ZIP64_FIELD = 0x0001

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END_MARK, _END64_MARK, _LOCATOR_MARK = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_CENTRAL_MARK = b"PK\x01\x02"
_FULL_COUNT = 0xFFFF
UNICODE_NAME_FIELD = 0x7075


@dataclass(frozen=True)
class CentralHeader:
    """What the directory says of an entry. `moment` is its DOS time and date, `header` where its local header is."""

    name: str
    raw_name: bytes
    made_by: int
    needed: int
    flags: int
    method: int
    moment: tuple[int, int]
    crc: int
    packed: int
    size: int
    extra: bytes
    comment: int
    disk: int
    internal: int
    external: int
    header: int

    @property
    def form(self) -> tuple[int, int, int, int]:
        """The fields that state nothing, and so tell which program wrote the entry."""
        return self.made_by, self.disk, self.internal, self.external


@dataclass(frozen=True)
class Directory:
    """Where the directory lies, and how many entries it claims."""

    count: int
    start: int
    size: int


def note_trouble(troubles: list[Trouble], name: str, zh: str, en: str, kind: str = "zip_structure") -> None:
    """Note something wrong with the structure."""
    troubles.append(Trouble(kind, name, Said(zh, en)))


def read_at(file: BinaryIO, offset: int, length: int) -> bytes:
    """Read bytes from a place; fewer at the end of the file."""
    file.seek(offset)
    return file.read(length)


def find_directory(file: BinaryIO, size: int, troubles: list[Trouble]) -> Directory:
    """Find the directory from the end of a file of so many bytes; raises Unreadable where there is none."""
    tail_start = max(0, size - _END.size - 0xFFFF)
    tail = read_at(file, tail_start, size - tail_start)
    at = len(tail) - _END.size
    if at < 0 or tail[at : at + 4] != _END_MARK:
        at = tail.rfind(_END_MARK, 0, len(tail) - _END.size + 4) if at >= 0 else -1
    if at < 0:
        raise _explain_no_end(file, size)
    _, disk, first_disk, here, count, length, start, comment = _END.unpack_from(tail, at)
    behind = len(tail) - at - _END.size
    if behind or comment:
        note_trouble(troubles, "", f"文件末尾有 {behind} 个多余字节", f"{behind} bytes stand behind the end of the ZIP")
    if disk or first_disk or here != count:
        note_trouble(troubles, "", "结尾记录自相矛盾", "the end record contradicts itself")
    end = tail_start + at
    locator = read_at(file, end - _LOCATOR.size, _LOCATOR.size) if end >= _LOCATOR.size else b""
    if locator.startswith(_LOCATOR_MARK):
        directory, end = _read_end64(file, locator, end - _LOCATOR.size, (count, length, start), troubles)
    else:
        directory = Directory(count, start, length)
    if directory.count > MOST_ENTRIES or directory.size > MOST_DIRECTORY:
        raise Unreadable(
            "zip_bounds",
            Said(
                f"目录声称有 {directory.count} 个条目、{directory.size} 字节，超出限度",
                f"the directory claims {directory.count} entries in {directory.size} bytes, which is beyond measure",
            ),
        )
    if directory.start + directory.size > end:
        raise Unreadable(
            "zip_structure",
            Said("目录不在文件之内，ZIP 结构已损坏", "the directory lies outside of the file: the ZIP is damaged"),
        )
    if directory.start + directory.size != end:
        note_trouble(troubles, "", "目录与结尾记录之间有多余字节", "bytes stand between directory and end record")
    return directory


def _read_end64(
    file: BinaryIO, locator: bytes, end: int, short: tuple[int, int, int], troubles: list[Trouble]
) -> tuple[Directory, int]:
    _, disk, place, disks = _LOCATOR.unpack(locator)
    data = read_at(file, place, _END64.size) if place + _END64.size <= end else b""
    if len(data) != _END64.size or not data.startswith(_END64_MARK):
        raise Unreadable("zip_structure", Said("ZIP64 结尾记录已损坏", "the ZIP64 end record is damaged"))
    _, length, _made, _needed, this, first, here, count, size, start = _END64.unpack(data)
    wide = (count, size, start)
    full = (_FULL_COUNT, FULL, FULL)
    agree = all(item in (limit, real) for item, limit, real in zip(short, full, wide, strict=True))
    plain = length == _END64.size - 12 and place + _END64.size == end and here == count
    if not agree or not plain or disk or this or first or disks != 1:
        note_trouble(troubles, "", "ZIP64 结尾记录自相矛盾", "the ZIP64 end record contradicts itself")
    return Directory(count, start, size), place


_MARK = b"PK"  # every part of a ZIP begins so


def _explain_no_end(file: BinaryIO, size: int) -> Unreadable:
    """Tell a file that was cut off from one whose end was altered: by walking its entries from the front."""
    offset = count = 0
    while (data := read_at(file, offset, LOCAL.size)).startswith(LOCAL_MARK) and count < MOST_ENTRIES:
        if len(data) < LOCAL.size:
            return _cut_off(size)
        fields = LOCAL.unpack(data)
        if fields[2] & DESCRIBED:
            break
        offset += LOCAL.size + fields[7] + fields[9] + fields[10]
        count += 1
    while (data := read_at(file, offset, _CENTRAL.size)).startswith(_CENTRAL_MARK) and count < 2 * MOST_ENTRIES:
        if len(data) < _CENTRAL.size:
            return _cut_off(size)
        fields = _CENTRAL.unpack(data)
        offset += _CENTRAL.size + fields[10] + fields[11] + fields[12]
        count += 1
    if count and (offset >= size or size - offset < _END.size):
        return _cut_off(size)
    if read_at(file, 0, 2) != _MARK:
        said = Said("这不是取证包（ZIP、WACZ 或 WARC）", "it is no package: no ZIP, WACZ or WARC")
        return Unreadable("nothing_proven", said)
    return Unreadable(
        "zip_structure",
        Said("ZIP 的结尾记录不见了或被改动", "the end record of the ZIP is gone or was altered"),
    )


def _cut_off(size: int) -> Unreadable:
    return Unreadable(
        "zip_structure",
        Said(
            f"文件在第 {size} 字节处中断，后面的部分不在。请重新下载或向提供者索取完整文件",
            f"the file breaks off at byte {size}: download it again, or ask for the whole file",
        ),
        cut_off=True,
    )


def read_directory(file: BinaryIO, directory: Directory, troubles: list[Trouble]) -> Iterator[CentralHeader]:
    """Give the header of every entry; what is damaged is noted."""
    data = read_at(file, directory.start, directory.size)
    at = 0
    for number in range(directory.count):
        if data[at : at + 4] != _CENTRAL_MARK or at + _CENTRAL.size > len(data):
            note_trouble(
                troubles, "", f"目录的第 {number + 1} 个条目已损坏", f"entry {number + 1} of the directory is damaged"
            )
            return
        fields = _CENTRAL.unpack_from(data, at)
        name_end = at + _CENTRAL.size + fields[10]
        extra_end = name_end + fields[11]
        end = extra_end + fields[12]
        raw = data[at + _CENTRAL.size : name_end]
        yield _make_central(fields, raw, data[name_end:extra_end], troubles)
        at = end
    if at != len(data):
        note_trouble(troubles, "", "目录中有多余字节", "the directory holds bytes of no entry")


def _make_central(fields: tuple[int, ...], raw: bytes, extra: bytes, troubles: list[Trouble]) -> CentralHeader:
    name = _decode_name(raw, bool(fields[3] & UTF8))
    packed, size, header = fields[8], fields[9], fields[16]
    parts = read_extra(extra)
    if fields[12]:
        note_trouble(troubles, name, "目录中带有附言", "bears a comment in the directory")
    if parts is None:
        note_trouble(troubles, name, "附加字段已损坏", "its extra fields are damaged")
    elif UNICODE_NAME_FIELD in parts:
        note_trouble(troubles, name, "另有一个文件名", "it bears a second name")
    else:
        wide = parts.get(ZIP64_FIELD, b"")
        values = iter(struct.unpack(f"<{len(wide) // 8}Q", wide[: len(wide) // 8 * 8]))
        size = next(values, size) if size == FULL else size
        packed = next(values, packed) if packed == FULL else packed
        header = next(values, header) if header == FULL else header
    return CentralHeader(
        name, raw, fields[1], fields[2], fields[3], fields[4], (fields[5], fields[6]), fields[7], packed, size,
        extra, fields[12], fields[13], fields[14], fields[15], header,
    )  # fmt: skip


def _decode_name(raw: bytes, marked: bool) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "backslashreplace") if marked else raw.decode("cp437")


def read_extra(extra: bytes) -> dict[int, bytes] | None:
    """The extra fields by their number, None where they are not made of fields."""
    found: dict[int, bytes] = {}
    at = 0
    while at < len(extra):
        if at + 4 > len(extra):
            return None
        kind, length = struct.unpack_from("<HH", extra, at)
        if at + 4 + length > len(extra) or kind in found:
            return None
        found[kind] = extra[at + 4 : at + 4 + length]
        at += 4 + length
    return found
