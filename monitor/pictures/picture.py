"""A screenshot as it is compared: its parts put together, the places that were photographed again laid over it.

Takes image files (hostile, where an archive was brought in), gives one RGB picture within `MOST_PIXELS`. Pictures are
decoded by Pillow from three formats only, and their size is known before a pixel is read.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

MOST_PIXELS = 40_000_000
_FORMATS = ("PNG", "JPEG", "WEBP")
_STRIP = 1_024
Packed = npt.NDArray[np.uint16]
"""Rows of pixels with 5, 6 and 5 bits for red, green and blue: half of the memory, and all that an eye tells apart."""


class PictureError(ValueError):
    """A file is no picture that can be compared; the message says why."""


@dataclass(frozen=True)
class Picture:
    """The picture of a whole page. `notes` say in Chinese what it was made of and what is missing of it."""

    image: Image.Image
    notes: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """Pixels from left to right."""
        return self.image.width

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return self.image.height

    def pack(self, width: int) -> Packed:
        """The leftmost `width` columns as packed pixels."""
        packed = np.empty((self.height, width), dtype=np.uint16)
        for top in range(0, self.height, _STRIP):
            rows = np.asarray(self.image.crop((0, top, width, min(top + _STRIP, self.height))), dtype=np.uint16)
            packed[top : top + _STRIP] = (rows[:, :, 0] >> 3 << 11) | (rows[:, :, 1] >> 2 << 5) | (rows[:, :, 2] >> 3)
        return packed


def read_picture(
    parts: Sequence[bytes], patches: Sequence[tuple[int, int, bytes]] = (), notes: Sequence[str] = ()
) -> Picture:
    """Put the parts of a page one below the other and lay the patches (left, top, file) over them."""
    if not parts:
        raise PictureError("there is no screenshot")
    images: list[Image.Image] = []
    told = list(notes)
    width, height = _open(parts[0]).width, 0
    for number, data in enumerate(parts, 1):
        image = _open(data)
        room = max(MOST_PIXELS // max(width, 1) - height, 0)
        if image.height > room:
            told.append(f"图片过大，只比对前 {height + room} 行像素")
        if room:
            images.append(_load(image, number).crop((0, 0, width, min(image.height, room))))
            height += images[-1].height
        if image.height > room:
            break
    if not images:
        raise PictureError("the screenshot has no pixels")
    whole = images[0]
    if len(images) > 1:
        whole = Image.new("RGB", (width, height), "white")
        top = 0
        for image in images:
            whole.paste(image, (0, top))
            top += image.height
    for left, top, data in patches:
        patch = _open(data)
        if 0 <= left < width and 0 <= top < height:
            whole.paste(_load(patch, 0), (left, top))
    return Picture(whole, tuple(dict.fromkeys(told)))


def _open(data: bytes) -> Image.Image:
    """A picture whose size is known and that is not decoded yet."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            image = Image.open(io.BytesIO(data), formats=_FORMATS)
        except (OSError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise PictureError(f"no picture that can be read: {error}") from error
    if image.width * image.height > MOST_PIXELS:
        raise PictureError(f"{image.width} x {image.height} pixels are more than {MOST_PIXELS:,}")
    return image


def _load(image: Image.Image, number: int) -> Image.Image:
    try:
        return image.convert("RGB")
    except (OSError, ValueError, SyntaxError) as error:
        raise PictureError(f"part {number} of the screenshot is damaged: {error}") from error
