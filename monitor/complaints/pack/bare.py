"""Whether a file holds nothing beside what it shows, so that its original may leave once what it shows was looked at.

A picture made by a telephone carries a small preview (made before it was cropped), the place where it was taken, and
whatever an app wrote into it; PDFs, pages and mails carry far more. Only PNG and JPEG files of pixels alone, and plain
text, are bare. Takes bytes of a hostile file; reads their structure, never their pixels.
"""

from __future__ import annotations

from pathlib import Path

_TEXTS = frozenset({"text/plain", "text/csv"})
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_PARTS = frozenset(
    (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"pHYs", b"bKGD")
)
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length
_FRAMES = frozenset(range(0xC0, 0xD0)) | {0xDA, 0xDB, 0xDC, 0xDD}
_MOST = 60_000_000


def is_bare(path: Path, media_type: str) -> bool:
    """Whether it is a plain text, or a PNG or JPEG without metadata, previews and bytes behind its end."""
    kind = media_type.partition(";")[0].strip().lower()
    if kind in _TEXTS:
        return True
    if not kind.startswith("image/") or path.stat().st_size > _MOST:
        return False
    data = path.read_bytes()
    if data.startswith(_PNG):
        return _is_bare_png(data)
    return data.startswith(b"\xff\xd8") and _is_bare_jpeg(data)


def _is_bare_png(data: bytes) -> bool:
    at = len(_PNG)
    while at + 12 <= len(data):
        length, name = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        at += 12 + length
        if name not in _PNG_PARTS:
            return False
        if name == b"IEND":
            return length == 0 and at == len(data)
    return False


def _is_bare_jpeg(data: bytes) -> bool:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _ALONE or marker == 0xFF:
            at += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4])
        part = data[at + 4 : at + 2 + length]
        if not (marker in _FRAMES or _is_plain_header(marker, part)):
            return False
        at += 2 + length
        if marker == 0xDA:
            at = _end_of_scan(data, at)
            if data[at : at + 2] == b"\xff\xd9":
                return at + 2 == len(data)
    return False


def _is_plain_header(marker: int, part: bytes) -> bool:
    """JFIF without a thumbnail, Adobe's colour transform, or nothing else."""
    if marker == 0xE0:
        return part.startswith(b"JFIF\0") and len(part) == 14
    return marker == 0xEE and part.startswith(b"Adobe") and len(part) == 12


def _end_of_scan(data: bytes, at: int) -> int:
    """The next marker behind the coded pixels that begin here."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            return len(data)
        if data[at + 1] != 0x00 and data[at + 1] not in _ALONE:
            return at
        at += 2
