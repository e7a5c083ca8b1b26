"""Draws the canvas of a comparison: any stretch of it, from either side, as a PNG of our own making.

What is shown is drawn anew from decoded pixels: no byte of a file that came from outside is put into a page.
"""

from __future__ import annotations

import base64
import io

from PIL import Image

from monitor.pictures.compare import Comparison
from monitor.pictures.picture import Picture

_ROOM = (226, 226, 226)
TALLEST = 1_600


def draw_stretch(picture: Picture, comparison: Comparison, *, new: bool, top: int, bottom: int) -> bytes:
    """Rows `top` to `bottom` of the canvas as that side shows them; room is grey."""
    tile = Image.new("RGB", (comparison.width, bottom - top), _ROOM)
    for piece in comparison.pieces:
        source = piece.new if new else piece.old
        first, last = max(piece.top, top), min(piece.top + piece.height, bottom)
        if source is None or first >= last:
            continue
        start = source + first - piece.top
        rows = picture.image.crop((piece.left, start, piece.right, start + last - first))
        tile.paste(rows, (piece.left, first - top))
    out = io.BytesIO()
    tile.quantize(256).save(out, "PNG") if _is_plain(tile) else tile.save(out, "PNG", compress_level=6)
    return out.getvalue()


def as_data_url(png: bytes) -> str:
    """A PNG as an address inside a page."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def cut_stretches(comparison: Comparison, *, around: int = 70, join: int = 160) -> list[tuple[int, int]]:
    """The stretches of the canvas in which something is marked, with some rows around them."""
    stretches: list[tuple[int, int]] = []
    for mark in comparison.marks:
        top, bottom = max(mark.box[1] - around, 0), min(mark.box[3] + around, comparison.height)
        if stretches and top - stretches[-1][1] <= join:
            stretches[-1] = stretches[-1][0], max(stretches[-1][1], bottom)
        else:
            stretches.append((top, bottom))
    return [(start, min(start + TALLEST, bottom)) for top, bottom in stretches for start in range(top, bottom, TALLEST)]


def _is_plain(tile: Image.Image) -> bool:
    """Whether a tile has so few colours that a palette holds them all: a fourth of the bytes, and nothing lost."""
    return tile.getcolors(256) is not None
