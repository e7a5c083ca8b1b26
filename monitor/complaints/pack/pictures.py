"""Pictures of a pack: made small enough for a page or a form, without EXIF, and long ones cut into pages.

Takes files that somebody brought (hostile: bounded in pixels) or pictures in memory; gives JPEG. The same input gives
the same bytes.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageOps

MOST_PIXELS = 120_000_000
"""What is larger is not opened: it would take half a gigabyte of memory."""

_WIDTH = 1240  # of a page's picture: 150 dots an inch on A4
_TALLEST = 1.42  # height of one page's picture in widths
_FILLED = 1.9  # up to this a picture is shrunk onto one page and not cut: a telephone's screen
_OVERLAP = 24  # lines that stand on both pages, so that no line of text is lost at the cut
_MOST_PARTS = 40
_STEPS = ((1, 82), (0.85, 76), (0.7, 70), (0.55, 64), (0.42, 58), (0.3, 50))


class PictureProblem(Exception):  # noqa: N818 - reads as a sentence where it is caught
    """A picture cannot be read; says why."""


def open_picture(source: Path | bytes, *, least_width: int = _WIDTH) -> Image.Image:
    """The picture upright, in RGB, roughly no larger than is needed. Raises PictureProblem."""
    _take_heif()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            opened = Image.open(io.BytesIO(source) if isinstance(source, bytes) else source)
            width, height = opened.size
            if width * height > MOST_PIXELS:
                raise PictureProblem(f"{width} × {height} pixels are more than are opened")
            opened.draft("RGB", (least_width, max(1, height * least_width // max(width, 1))))
            upright = ImageOps.exif_transpose(opened)
            if upright.mode in ("RGBA", "LA", "P", "PA"):
                layer = upright.convert("RGBA")
                paper = Image.new("RGB", layer.size, "white")
                paper.paste(layer, mask=layer.getchannel("A"))
                return paper
            return upright.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, EOFError) as error:
        raise PictureProblem(f"it cannot be read as a picture: {error}") from error


def lay_on_pages(picture: Image.Image) -> Iterator[Image.Image]:
    """The picture as one or more pages: not wider than a page needs, a long one cut with a little overlap."""
    if picture.width > _WIDTH:
        picture = picture.resize((_WIDTH, max(1, round(picture.height * _WIDTH / picture.width))), Image.Resampling.BOX)
    if picture.height <= picture.width * _FILLED or picture.height <= 1800:
        yield picture
        return
    step = int(picture.width * _TALLEST)
    for number, top in enumerate(range(0, picture.height, step)):
        if number == _MOST_PARTS:
            return
        yield picture.crop((0, max(0, top - _OVERLAP), picture.width, min(picture.height, top + step)))


def count_unshown(picture: Image.Image) -> bool:
    """Whether a picture is too long for the pages that `lay_on_pages` gives."""
    width = min(picture.width, _WIDTH)
    height = picture.height * width / picture.width
    return height > width * _FILLED and height > _MOST_PARTS * int(width * _TALLEST)


def write_jpeg(picture: Image.Image, *, quality: int = 82) -> bytes:
    """JPEG without any metadata."""
    file = io.BytesIO()
    bare = picture.convert("RGB")
    bare.info.clear()
    bare.save(file, "JPEG", quality=quality, optimize=False, progressive=False)
    return file.getvalue()


def fit_jpeg(picture: Image.Image, most_bytes: int) -> bytes:
    """JPEG of at most so many bytes: coarser, then smaller, as little as needed. The smallest where none fits."""
    data = b""
    for share, quality in _STEPS:
        size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
        data = write_jpeg(picture if share == 1 else picture.resize(size, Image.Resampling.BOX), quality=quality)
        if len(data) <= most_bytes:
            break
    return data


def stack_pictures(pictures: list[Image.Image], *, width: int) -> Image.Image:
    """Pictures one under the other, all as wide."""
    laid = [
        one.resize((width, max(1, round(one.height * width / one.width))), Image.Resampling.BOX) for one in pictures
    ]
    whole = Image.new("RGB", (width, sum(one.height for one in laid)), "white")
    top = 0
    for one in laid:
        whole.paste(one, (0, top))
        top += one.height
    return whole


def _take_heif() -> None:
    """Let Pillow read what iPhones write."""
    import pillow_heif

    if "HEIF" not in Image.OPEN:
        pillow_heif.register_heif_opener()
