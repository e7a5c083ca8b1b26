"""Whether two pictures are nearly the same: sent again, saved anew, made smaller. Pure.

Compares their grey values on a grid. A screenshot with other words differs in some cell, so that two chats or two error
messages are not taken for one; a picture that was packed anew differs a little in all.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

MOST_APART = 12
"""The most that one cell may differ, of 255; a changed line of text moves its cells by more."""

MEAN_APART = 2.5
_SHAPE_APART = 0.02
_LEAST_SPREAD = 4.0  # of grey values: an empty page is like every other


def find_like(likeness: bytes, shape: tuple[int, int], others: Mapping[str, tuple[bytes, tuple[int, int]]]) -> str:
    """The id of the first of the others that shows nearly the same picture, "" where none does."""
    if not likeness or not all(shape):
        return ""
    mine = np.frombuffer(likeness, dtype=np.uint8).astype(np.int16)
    if float(mine.std()) < _LEAST_SPREAD:
        return ""
    for name, (values, other_shape) in others.items():
        if len(values) != len(likeness) or not all(other_shape):
            continue
        ratio, other_ratio = shape[0] / shape[1], other_shape[0] / other_shape[1]
        if abs(ratio - other_ratio) > _SHAPE_APART * ratio:
            continue
        apart = np.abs(mine - np.frombuffer(values, dtype=np.uint8).astype(np.int16))
        if int(apart.max()) <= MOST_APART and float(apart.mean()) <= MEAN_APART:
            return name
    return ""


def read_shape(size: str) -> tuple[int, int]:
    """Width and height of `1080x2400`, (0, 0) where they are not told."""
    width, sign, height = size.partition("x")
    return (int(width), int(height)) if sign and width.isdigit() and height.isdigit() else (0, 0)
