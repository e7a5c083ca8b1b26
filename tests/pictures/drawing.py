"""Draws pages of text as PNG for the tests of comparing pictures."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

LINE = 30
TOP = 20


def draw_page(lines: Sequence[str], *, beside: Sequence[str] = (), width: int = 900) -> bytes:
    """One line of text a row, and a second column beside it."""
    font = ImageFont.load_default(18)
    image = Image.new("RGB", (width, max(len(lines), len(beside)) * LINE + 2 * TOP), "white")
    pencil = ImageDraw.Draw(image)
    for column, texts in ((20, lines), (600, beside)):
        for number, text in enumerate(texts):
            pencil.text((column, TOP + LINE * number), text, fill="black", font=font)
    return as_png(image)


def as_png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def rules(count: int, start: int = 0) -> list[str]:
    """Lines of which none is like another."""
    return [
        f"rule {number} {number * 7919 % 1009} {'xyz'[number % 3] * (number % 9)}"
        for number in range(start, start + count)
    ]
