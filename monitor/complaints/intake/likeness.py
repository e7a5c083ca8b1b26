"""Which pictures may be nearly the same: sent again, saved anew, made smaller. Pure.

Compares their grey values on a coarse grid, which finds candidates; whether they are the same is then decided on the
whole pictures (scrapers.media), so that two screenshots that differ in one digit are never taken for one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

MOST_APART = 20
"""The most that any place of two like pictures differs, of 255. Measured: packed anew at most 9, one other digit at
least 36 (scrapers.media_pictures.compare_pictures)."""

_CELL_APART = 48
_MEAN_APART = 4.0
_SHAPE_APART = 0.02
_LEAST_SPREAD = 1.0  # of grey values: an empty page is like every other

Likeness = tuple[bytes, tuple[int, int]]
"""Grey values on the grid, and the size of the picture in pixels."""


def find_candidates(mine: Likeness, others: Mapping[str, Likeness]) -> Iterator[str]:
    """The ids of the others that may show the same picture, in their order."""
    values, shape = mine
    if not values or not all(shape):
        return
    grid = np.frombuffer(values, dtype=np.uint8).astype(np.int16)
    if float(grid.std()) < _LEAST_SPREAD:
        return
    for name, (other_values, other_shape) in others.items():
        if len(other_values) != len(values) or not all(other_shape):
            continue
        ratio, other_ratio = shape[0] / shape[1], other_shape[0] / other_shape[1]
        if abs(ratio - other_ratio) > _SHAPE_APART * ratio:
            continue
        apart = np.abs(grid - np.frombuffer(other_values, dtype=np.uint8).astype(np.int16))
        if int(apart.max()) <= _CELL_APART and float(apart.mean()) <= _MEAN_APART:
            yield name


def read_shape(size: str) -> tuple[int, int]:
    """Width and height of `1080x2400`, (0, 0) where they are not told."""
    width, sign, height = size.partition("x")
    return (int(width), int(height)) if sign and width.isdigit() and height.isdigit() else (0, 0)
