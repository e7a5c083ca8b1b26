"""Looks for a text in every part of a pack: unpacked ZIPs, gzip members, PDF streams and strings, names of files."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pypdfium2
from pypdf import PdfReader
from pypdf.generic import StreamObject


def find_texts(pack: Path, texts: Sequence[str]) -> list[str]:
    """Where any of the texts stands in a pack, in any of its spellings; [] where none does."""
    needles = {f"{text} as {name}": needle for text in texts for name, needle in spellings(text).items()}
    found = []
    for place, data in walk(pack.name, pack.read_bytes()):
        held = data + b"\0" + place.encode()
        found += [f"{place}: {name}" for name, needle in needles.items() if needle in held]
    return found


def spellings(text: str) -> dict[str, bytes]:
    """A text as programs write it."""
    plain = text.encode()
    made = {
        "utf-8": plain,
        "utf-16-le": text.encode("utf-16-le"),
        "utf-16-be": text.encode("utf-16-be"),
        "gbk": text.encode("gb18030"),
        "hex": plain.hex().encode(),
        "HEX": plain.hex().upper().encode(),
    }
    for shift in range(3):
        packed = base64.b64encode(bytes(shift) + plain).rstrip(b"=")
        made[f"base64+{shift}"] = packed[(0, 2, 3)[shift] : len(packed) - (1 if (shift + len(plain)) % 3 else 0)]
    return {name: needle for name, needle in made.items() if name == "utf-8" or needle != plain}


def walk(place: str, data: bytes, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """Every part that can be taken out of a file, with its place; the file itself first."""
    yield place, data
    if depth > 4:
        return
    if data[:4] == b"PK\3\4":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for entry in packed.infolist():
                yield from walk(f"{place}/{entry.filename}", packed.read(entry), depth + 1)
    elif data[:2] == b"\x1f\x8b":
        yield from _members(place, data)
    elif data[:5] == b"%PDF-":
        yield from _streams(place, data)


def _members(place: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    number = 0
    while data:
        unpacker = zlib.decompressobj(31)
        yield f"{place}#{number}", unpacker.decompress(data)
        data = unpacker.unused_data
        number += 1


def _streams(place: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    reader = PdfReader(io.BytesIO(data))
    for number in range(1, len(reader.xref[0]) + 1 if 0 in reader.xref else 1):
        thing = reader.get_object(number)
        if isinstance(thing, StreamObject):
            if thing.get("/Subtype") == "/Image":
                yield f"{place}#{number}", thing._data
            else:
                yield f"{place}#{number}", thing.get_data()
        elif thing is not None:
            yield f"{place}#{number}", str(thing).encode("utf-8", "replace")
    text = _read_text(data)
    yield f"{place}#text", text.encode("utf-8", "replace")
    yield f"{place}#text-dense", "".join(text.split()).encode("utf-8", "replace")
    yield f"{place}#info", str(dict(reader.metadata or {})).encode("utf-8", "replace")


def _read_text(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()
