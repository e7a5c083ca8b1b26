"""Looks at a picture in the child: its size, what its metadata state, and how it looks as a whole."""

from __future__ import annotations

import contextlib
import re
import warnings
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scrapers.media_answer import Answer, Unread

if TYPE_CHECKING:
    from PIL.Image import Exif
    from PIL.Image import Image as Frame

MOST_PIXELS = 60_000_000
MOST_BYTES = 200_000_000
SIDE = 64
_BLUR = 2  # px: evens out what packing anew does to edges, and leaves what another letter does
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "HEIF")
_MOST_TAG = 400
_EXIF_TIME = re.compile(r"(\d{4})[:/-](\d{2})[:/-](\d{2})[ T](\d{2}):(\d{2})(?::(\d{2}))?")
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})$")
_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
# EXIF 2.32: 0x9003 when it was taken, 0x9004 when it was stored, 0x0132 when it was last changed; each with its offset.
_TIMES = (("DateTimeOriginal", 0x9003, 0x9011), ("DateTimeDigitized", 0x9004, 0x9012), ("DateTime", 0x0132, 0x9010))


def look_at_picture(path: Path, answer: Answer, flat: Path | None) -> None:
    """Fill the answer from a picture; `flat` is where it is written as PNG."""
    from PIL import Image

    picture = _open(path)
    width, height = picture.size
    answer.add_fact("format", picture.format or "")
    answer.add_fact("size", f"{width}x{height}")
    _require_few(picture)  # before its metadata: those of a PNG may stand behind the pixels, which are then decoded
    try:
        _read_metadata(picture, answer)
    except Exception as error:
        answer.notes.append(f"图片的拍摄信息读不全（{type(error).__name__}）")
    if _is_turned(picture):
        answer.add_fact("size", f"{height}x{width}")
    picture.draft("L" if flat is None else "RGB", (SIDE * 8, SIDE * 8) if flat is None else (width, height))
    try:
        frame = _on_white(picture)
    except Exception as error:
        raise Unread(f"图片解码失败，可能不完整（{type(error).__name__}）") from error
    answer.likeness = frame.convert("L").resize((SIDE, SIDE), Image.Resampling.BOX).tobytes()
    if flat is not None:
        frame.save(flat, "PNG", compress_level=1)


def compare_pictures(path: Path, other: Path, answer: Answer) -> None:
    """Note as `apart` how much the most different place of two pictures differs (0 to 255), at the smaller one's size.

    Measured on screenshots of 1080 x 2400: sent anew at 0.33 to 1 of the size, 4 to 9; with one other digit, 36 to 171.
    """
    from PIL import Image, ImageChops, ImageFilter

    pictures = sorted((_open(path), _open(other)), key=lambda one: one.width)
    for picture in pictures:
        _require_few(picture)
    smaller, larger = (_on_white(picture).convert("L") for picture in pictures)
    larger = larger.resize(smaller.size, Image.Resampling.BICUBIC, reducing_gap=3)
    blur = ImageFilter.GaussianBlur(_BLUR)
    extrema = ImageChops.difference(smaller.filter(blur), larger.filter(blur)).getextrema()
    answer.add_fact("apart", extrema[1])


def _open(path: Path) -> Frame:
    from PIL import AvifImagePlugin, Image, TiffImagePlugin, WebPImagePlugin
    from pillow_heif import register_heif_opener

    # A format is only found among those that were loaded; only these are, and no reader of a rarer one.
    assert AvifImagePlugin and TiffImagePlugin and WebPImagePlugin
    Image.preinit()
    register_heif_opener(thumbnails=False)
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None  # bounded here, with words of our own
    if path.stat().st_size > MOST_BYTES:
        raise Unread(f"图片超过{MOST_BYTES // 1_000_000}MB，没有解码")
    try:
        return Image.open(path, formats=_FORMATS)
    except Exception as error:
        raise Unread("图片打不开：文件损坏，或者不是图片") from error


def _require_few(picture: Frame) -> None:
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise Unread(f"图片有{width}x{height}像素，超过{MOST_PIXELS // 1_000_000}百万像素的限度，没有解码")


def _is_turned(picture: Frame) -> bool:
    """Whether the sensor lay on its side, as EXIF says it."""
    with contextlib.suppress(Exception):  # metadata that cannot be read turn nothing
        return picture.getexif().get(0x0112) in (5, 6, 7, 8)
    return False


def _read_metadata(picture: Frame, answer: Answer) -> None:
    exif = picture.getexif()
    details: dict[int, object] = dict(exif.get_ifd(_EXIF_IFD))
    tags: dict[int, object] = {**dict(exif), **details}
    for name, tag, offset_tag in _TIMES:
        moment, known = _parse_time(_as_text(tags.get(tag)), _as_text(tags.get(offset_tag)))
        if moment is not None:
            answer.add_time("exif", name, moment, zone_known=known)
    answer.add_fact("software", _as_text(tags.get(0x0131)) or _as_text(picture.info.get("Software")))
    answer.add_fact("device", f"{_as_text(tags.get(0x010F))} {_as_text(tags.get(0x0110))}")
    if _has_place(exif):
        answer.notes.append("照片里记有拍摄地点（个人信息，导出时会去掉）")
    for key in ("Creation Time", "date:create"):
        moment, known = _parse_time(_as_text(picture.info.get(key)), "")
        if moment is not None:
            answer.add_time("exif", f"PNG {key}", moment, zone_known=known)
    packet = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp")
    if packet and not answer.facts.get("software"):
        tool = re.search(r"CreatorTool[>\"'=\s]{1,4}([^<\"']{1,80})", _as_text(packet, 20_000))
        if tool:
            answer.add_fact("software", tool[1])


def _has_place(exif: Exif) -> bool:
    return bool(exif.get_ifd(_GPS_IFD))


def _parse_time(text: str, offset: str) -> tuple[datetime | None, bool]:
    """A time of EXIF or of a PNG, and whether its zone is known; None for what is none (0000:00:00 ...)."""
    found = _EXIF_TIME.search(text)
    if not found:
        return None, False
    try:
        moment = datetime(*(int(part or 0) for part in found.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return None, False
    zone = _OFFSET.search(offset.strip()) or _OFFSET.search(text[found.end() :].strip())
    if not zone:
        return moment, False
    try:
        return datetime.fromisoformat(f"{moment.isoformat()}{zone[1]}{zone[2]}:{zone[3]}"), True
    except ValueError:
        return moment, False


def _as_text(value: object, most: int = _MOST_TAG) -> str:
    if isinstance(value, bytes):
        value = value[:most].decode("utf-8", "replace")
    return str(value)[:most].strip(" \0") if isinstance(value, (str, int)) else ""


def _on_white(picture: Frame) -> Frame:
    from PIL import Image, ImageOps

    upright = ImageOps.exif_transpose(picture) if _is_turned(picture) else picture
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        frame = upright.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", frame.size, "white"), frame).convert("RGB")
    return upright.convert("RGB")
