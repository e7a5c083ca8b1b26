"""Writes a PDF of pictures alone: no text layer, no metadata, no date, the same bytes for the same pictures.

Takes JPEGs with their sizes, gives the file; PDF 1.4 by ISO 32000-1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_DOTS, _POINTS = 150, 72


@dataclass(frozen=True)
class JpegPage:
    """A page: a JPEG in RGB and its size in pixels."""

    data: bytes
    width: int
    height: int


def write_pdf(pages: Sequence[JpegPage]) -> bytes:
    """One page a picture, at 150 dots an inch."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    kids: list[int] = []
    for page in pages:
        first = len(objects) + 1
        across, down = page.width * _POINTS / _DOTS, page.height * _POINTS / _DOTS
        drawn = f"q {across:.2f} 0 0 {down:.2f} 0 0 cm /P Do Q".encode()
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {across:.2f} {down:.2f}] /Contents {first + 1} 0 R"
            f" /Resources << /XObject << /P {first + 2} 0 R >> >> >>".encode(),
            _stream("", drawn),
            _stream(
                f"/Type /XObject /Subtype /Image /Width {page.width} /Height {page.height} /ColorSpace /DeviceRGB"
                " /BitsPerComponent 8 /Filter /DCTDecode ",
                page.data,
            ),
        ]
        kids.append(first)
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] >>".encode()
    return _assemble(objects)


def _stream(entries: str, data: bytes) -> bytes:
    return f"<< {entries}/Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def _assemble(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places: list[int] = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)
