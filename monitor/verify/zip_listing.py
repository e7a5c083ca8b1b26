"""Reads the structure of a ZIP file (APPNOTE 6.3) and trusts nothing in it.

Every byte is accounted for: entries follow each other from byte 0, then the central directory, then the end record,
with nothing before, between or behind them. What is not so, or says two different things, is a `Trouble` in the
listing; a file whose directory cannot be read at all raises Unreadable. No content is unpacked here.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from monitor.verify.checks import Said, Trouble, Unreadable

MOST_ENTRIES = 20_000
MOST_DIRECTORY = 16 << 20
STORED, DEFLATED = 0, 8

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_END_MARK, _END64_MARK, _LOCATOR_MARK = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_CENTRAL_MARK, _LOCAL_MARK, _DESCRIPTOR_MARK = b"PK\x01\x02", b"PK\x03\x04", b"PK\x07\x08"
_FULL, _FULL_COUNT = 0xFFFFFFFF, 0xFFFF
_ENCRYPTED, _DESCRIBED, _UTF8 = 0x1, 0x8, 0x800
_KNOWN_FLAGS = _DESCRIBED | _UTF8 | 0x6  # bits 1 and 2 only say how hard was pressed
_ZIP64_FIELD, _UNICODE_NAME_FIELD = 0x0001, 0x7075
_FORM = (0x0314, 0, 0, 0o644 << 16)
"""What cardwatch writes into every central header: version made by, first disk, internal and external attributes."""
_LONGEST_NAME = 512


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


@dataclass(frozen=True)
class _Central:
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
        return self.made_by, self.disk, self.internal, self.external


@dataclass(frozen=True)
class _Directory:
    count: int
    start: int
    size: int


def list_zip(file: BinaryIO, size: int) -> ZipListing:
    """List the entries of a ZIP of so many bytes, with all that is wrong with its structure."""
    listing = ZipListing()
    directory = _find_directory(file, size, listing.troubles)
    headers = list(_read_directory(file, directory, listing.troubles))
    _check_names(headers, listing.troubles)
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


def _trouble(troubles: list[Trouble], name: str, zh: str, en: str, kind: str = "zip_structure") -> None:
    troubles.append(Trouble(kind, name, Said(zh, en)))


def _read_at(file: BinaryIO, offset: int, length: int) -> bytes:
    file.seek(offset)
    return file.read(length)


def _find_directory(file: BinaryIO, size: int, troubles: list[Trouble]) -> _Directory:
    tail_start = max(0, size - _END.size - 0xFFFF)
    tail = _read_at(file, tail_start, size - tail_start)
    at = len(tail) - _END.size
    if at < 0 or tail[at : at + 4] != _END_MARK:
        at = tail.rfind(_END_MARK, 0, len(tail) - _END.size + 4) if at >= 0 else -1
    if at < 0:
        raise _explain_no_end(file, size)
    _, disk, first_disk, here, count, length, start, comment = _END.unpack_from(tail, at)
    behind = len(tail) - at - _END.size
    if behind or comment:
        _trouble(troubles, "", f"文件末尾有 {behind} 个多余字节", f"{behind} bytes stand behind the end of the ZIP")
    if disk or first_disk or here != count:
        _trouble(troubles, "", "结尾记录自相矛盾", "the end record contradicts itself")
    end = tail_start + at
    locator = _read_at(file, end - _LOCATOR.size, _LOCATOR.size) if end >= _LOCATOR.size else b""
    if locator.startswith(_LOCATOR_MARK):
        directory, end = _read_end64(file, locator, end - _LOCATOR.size, (count, length, start), troubles)
    else:
        directory = _Directory(count, start, length)
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
        _trouble(troubles, "", "目录与结尾记录之间有多余字节", "bytes stand between the directory and the end record")
    return directory


def _read_end64(
    file: BinaryIO, locator: bytes, end: int, short: tuple[int, int, int], troubles: list[Trouble]
) -> tuple[_Directory, int]:
    _, disk, place, disks = _LOCATOR.unpack(locator)
    data = _read_at(file, place, _END64.size) if place + _END64.size <= end else b""
    if len(data) != _END64.size or not data.startswith(_END64_MARK):
        raise Unreadable("zip_structure", Said("ZIP64 结尾记录已损坏", "the ZIP64 end record is damaged"))
    _, length, _made, _needed, this, first, here, count, size, start = _END64.unpack(data)
    wide = (count, size, start)
    full = (_FULL_COUNT, _FULL, _FULL)
    agree = all(item in (limit, real) for item, limit, real in zip(short, full, wide, strict=True))
    plain = length == _END64.size - 12 and place + _END64.size == end and here == count
    if not agree or not plain or disk or this or first or disks != 1:
        _trouble(troubles, "", "ZIP64 结尾记录自相矛盾", "the ZIP64 end record contradicts itself")
    return _Directory(count, start, size), place


def _explain_no_end(file: BinaryIO, size: int) -> Unreadable:
    """Tell a file that was cut off from one whose end was altered: by walking its entries from the front."""
    offset = count = 0
    while (data := _read_at(file, offset, _LOCAL.size)).startswith(_LOCAL_MARK) and count < MOST_ENTRIES:
        if len(data) < _LOCAL.size:
            return _cut_off(size)
        fields = _LOCAL.unpack(data)
        if fields[2] & _DESCRIBED:
            break
        offset += _LOCAL.size + fields[7] + fields[9] + fields[10]
        count += 1
    while (data := _read_at(file, offset, _CENTRAL.size)).startswith(_CENTRAL_MARK) and count < 2 * MOST_ENTRIES:
        if len(data) < _CENTRAL.size:
            return _cut_off(size)
        fields = _CENTRAL.unpack(data)
        offset += _CENTRAL.size + fields[10] + fields[11] + fields[12]
        count += 1
    if count and (offset >= size or size - offset < _END.size):
        return _cut_off(size)
    if not count:
        return Unreadable("zip_structure", Said("不是 ZIP 文件", "it is no ZIP file"))
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


def _read_directory(file: BinaryIO, directory: _Directory, troubles: list[Trouble]) -> Iterator[_Central]:
    data = _read_at(file, directory.start, directory.size)
    at = 0
    for number in range(directory.count):
        if data[at : at + 4] != _CENTRAL_MARK or at + _CENTRAL.size > len(data):
            _trouble(
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
        _trouble(troubles, "", "目录中有多余字节", "the directory holds bytes of no entry")


def _make_central(fields: tuple[int, ...], raw: bytes, extra: bytes, troubles: list[Trouble]) -> _Central:
    name = _decode_name(raw, bool(fields[3] & _UTF8))
    packed, size, header = fields[8], fields[9], fields[16]
    parts = _read_extra(extra)
    if parts is None:
        _trouble(troubles, name, "附加字段已损坏", "its extra fields are damaged")
    elif _UNICODE_NAME_FIELD in parts:
        _trouble(troubles, name, "另有一个文件名", "it bears a second name")
    else:
        wide = parts.get(_ZIP64_FIELD, b"")
        values = iter(struct.unpack(f"<{len(wide) // 8}Q", wide[: len(wide) // 8 * 8]))
        size = next(values, size) if size == _FULL else size
        packed = next(values, packed) if packed == _FULL else packed
        header = next(values, header) if header == _FULL else header
    return _Central(
        name, raw, fields[1], fields[2], fields[3], fields[4], (fields[5], fields[6]), fields[7], packed, size,
        extra, fields[12], fields[13], fields[14], fields[15], header,
    )  # fmt: skip


def _decode_name(raw: bytes, marked: bool) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "backslashreplace") if marked else raw.decode("cp437")


def _read_extra(extra: bytes) -> dict[int, bytes] | None:
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


def fault_of_name(name: str) -> Said | None:
    """Say what is wrong with the name of a file in a package, None for a safe one."""
    parts = name.removesuffix("/").split("/")
    if not name or len(name) > _LONGEST_NAME:
        return Said("文件名为空或过长", "the name is empty or too long")
    if name.startswith("/") or (len(name) > 1 and name[1] == ":"):
        return Said("文件名是绝对路径", "the name is an absolute path")
    if "\\" in name:
        return Said("文件名含反斜杠", "the name holds a backslash")
    if ".." in parts:
        return Said("文件名会跳出文件夹（路径穿越）", "the name leads out of the folder (path traversal)")
    if "." in parts or "" in parts:
        return Said("文件名有空的或“.”的部分", "a part of the name is empty or a dot")
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Cs") for letter in name):
        return Said("文件名含控制字符", "the name holds control characters")
    return None


def _check_names(headers: list[_Central], troubles: list[Trouble]) -> None:
    seen: set[str] = set()
    for header in headers:
        fault = fault_of_name(header.name)
        if fault:
            troubles.append(Trouble("file_names", header.name, fault))
        folded = unicodedata.normalize("NFC", header.name).casefold()
        if folded in seen:
            _trouble(troubles, header.name, "同名文件出现两次", "two entries have this name", "file_names")
        seen.add(folded)
        if header.made_by >> 8 == 3 and header.external >> 28 not in (0, 0o4, 0o10):
            _trouble(troubles, header.name, "不是普通文件（链接或设备）", "is a link or a device", "file_names")


def _check_form(headers: list[_Central], troubles: list[Trouble]) -> None:
    """Compare with the form that cardwatch writes: its fields state nothing, so that each has one right value."""
    moment = max((header.moment for header in headers), key=[header.moment for header in headers].count)
    for header in headers:
        plain = (
            header.form == _FORM
            and not header.flags
            and header.method == STORED
            and header.needed in (20, 45)
            and (not header.extra or header.needed == 45)
            and not header.comment
            and header.moment == moment
        )
        if not plain:
            _trouble(
                troubles,
                header.name,
                "文件头与本工具写出的形式不一致",
                "its header is not of the form that all the others of this package have",
            )
    if [header.header for header in headers] != sorted(header.header for header in headers):
        _trouble(troubles, "", "目录的次序与文件的次序不一致", "the directory lists the files in another order")


def _read_local(file: BinaryIO, header: _Central, limit: int, troubles: list[Trouble]) -> ZipEntry | None:
    data = _read_at(file, header.header, _LOCAL.size) if header.header + _LOCAL.size <= limit else b""
    if not data.startswith(_LOCAL_MARK) or len(data) < _LOCAL.size:
        _trouble(troubles, header.name, "文件头不在目录所说的位置", "its header is not where the directory says")
        return None
    _, needed, flags, method, hour, day, crc, packed, size, name_length, extra_length = _LOCAL.unpack(data)
    name = _read_at(file, header.header + _LOCAL.size, name_length)
    extra = file.read(extra_length)
    parts = _read_extra(extra)
    wide = (parts or {}).get(_ZIP64_FIELD, b"")
    if len(wide) == 16 and _FULL in (packed, size):
        size, packed = struct.unpack("<QQ", wide)
    described = bool(flags & _DESCRIBED)
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
    if parts is None or (header.form == _FORM and set(parts) - {_ZIP64_FIELD}):
        wrong.append("extra")
    if wrong:
        _trouble(
            troubles,
            header.name,
            f"本地文件头与目录不一致（{'、'.join(wrong)}）",
            f"its local header and the directory differ ({', '.join(wrong)})",
        )
    start = header.header + _LOCAL.size + name_length + extra_length
    if flags & _ENCRYPTED:
        _trouble(troubles, header.name, "条目被加密，无法核验", "is encrypted and cannot be checked")
        return None
    if flags & ~_KNOWN_FLAGS or method not in (STORED, DEFLATED) or (method == STORED and header.packed != header.size):
        _trouble(troubles, header.name, "打包方式不受支持或自相矛盾", "is packed in an unknown or contradictory way")
        return None
    if start + header.packed > limit:
        _trouble(troubles, header.name, "内容超出文件", "its bytes reach beyond the file")
        return None
    return ZipEntry(header.name, header.header, start, header.packed, header.size, method, header.crc)


def _end_of(file: BinaryIO, entry: ZipEntry, header: _Central, troubles: list[Trouble]) -> int:
    """Give the byte behind an entry and its descriptor (APPNOTE 4.3.9), which repeats its numbers."""
    end = entry.start + entry.packed
    if not header.flags & _DESCRIBED:
        return end
    data = _read_at(file, end, 24)
    marked = 4 if data.startswith(_DESCRIPTOR_MARK) else 0
    for form in ("<LLL", "<LQQ"):
        length = struct.calcsize(form)
        if len(data) >= marked + length and struct.unpack_from(form, data, marked) == (
            entry.crc,
            entry.packed,
            entry.size,
        ):
            return end + marked + length
    _trouble(troubles, entry.name, "数据描述符与目录不一致", "its data descriptor and the directory differ")
    return end
