"""The child that decodes QR codes: `python -m scrapers.code_worker CPU_SECONDS`, pictures on stdin, JSON on stdout.

Each picture comes as eight bytes of length and its bytes; each answer is one line {"codes": [text], "unread": reason}.
Limits its own memory and CPU time first: a picture is hostile until it is read (docs/decisions/0022, 0029).
"""

from __future__ import annotations

import io
import json
import os
import sys
import warnings
from typing import TYPE_CHECKING

from scrapers.picture_pipe import limit_self, read_next

if TYPE_CHECKING:
    from PIL.Image import Image as Frame

MEMORY_BYTES = 2 << 30
MOST_PIXELS = 24_000_000
_LEAST_SIDE = 21  # modules of the smallest QR code (ISO/IEC 18004)
_SMALL = 600
_MOST_CODES = 20
_LONGEST = 2_000
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "ICO", "AVIF")


def main(arguments: list[str]) -> int:
    """Read pictures until stdin ends."""
    limit_self(cpu_seconds=int(arguments[0]) if arguments else 20, memory_bytes=MEMORY_BYTES)
    warnings.simplefilter("ignore")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while (data := read_next(sys.stdin.buffer)) is not None:
        codes: list[str] = []
        try:
            codes, why = read_codes_in(data)
        except MemoryError:
            why = "it takes more memory than it may"
        except Exception as error:  # a hostile file may break any decoder: it is named, the next one is read
            why = f"it cannot be read ({type(error).__name__})"
        answers.write(json.dumps({"codes": codes, "unread": why}).encode() + b"\n")
        answers.flush()
    return 0


def read_codes_in(data: bytes) -> tuple[list[str], str]:
    """The texts of the QR codes in a picture, and "" or why it was not looked at."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # bounded here, with words of our own
    picture = Image.open(io.BytesIO(data), formats=_FORMATS)
    width, height = picture.size
    if width * height > MOST_PIXELS:
        return [], f"{width} x {height} px is more than the {MOST_PIXELS // 1_000_000} million that are looked at"
    if min(width, height) < _LEAST_SIDE:
        return [], f"too small for a code: {width} x {height} px"
    frame = _grey(picture)
    codes = _decode(frame)
    if not codes and max(width, height) <= _SMALL:  # a code without the margin that it should have, or a small one
        scale = 2 if max(width, height) <= _SMALL // 2 else 1
        larger = frame.resize((width * scale, height * scale), Image.Resampling.NEAREST)
        ground = Image.new("L", (larger.width + 80, larger.height + 80), 255)
        ground.paste(larger, (40, 40))
        codes = _decode(ground)
    return codes, ""


def _decode(frame: Frame) -> list[str]:
    import zxingcpp

    wanted = zxingcpp.barcode_formats_from_str("QRCode")
    found = zxingcpp.read_barcodes(frame, formats=wanted, text_mode=zxingcpp.TextMode.Plain)
    texts = (str(code.text)[:_LONGEST].strip() for code in found[:_MOST_CODES] if code.valid)
    return list(dict.fromkeys(text for text in texts if text))


def _grey(picture: Frame) -> Frame:
    """The first frame in grey as it looks on a white page."""
    from PIL import Image

    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        frame = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", frame.size, "white"), frame).convert("L")
    return picture.convert("L")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
