"""Finds the places in which two stretches of equal size differ to the eye. Takes packed pixels, gives boxes. Pure."""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

from monitor.pictures.picture import Packed

Box = tuple[int, int, int, int]
"""Left, top, right, bottom; right and bottom are the first pixels outside."""
_CELL = 12
_MOST_BOXES = 200
_SLIGHT = 3
"""Steps of 1/32 of a colour that an eye does not see: other rounding of the same letter."""
_STRIP = 512


def find_regions(old: Packed, new: Packed) -> list[Box]:
    """Boxes around what differs, near ones as one; of too many their rows are told as a whole."""
    height, width = old.shape
    grid = np.zeros((-(-height // _CELL), -(-width // _CELL)), dtype=np.bool_)
    for top in range(0, height, _STRIP // _CELL * _CELL):
        bottom = min(top + _STRIP // _CELL * _CELL, height)
        mask = differing(old[top:bottom], new[top:bottom])
        rows = -(-(bottom - top) // _CELL)
        padded = np.zeros((rows * _CELL, grid.shape[1] * _CELL), dtype=np.bool_)
        padded[: bottom - top, :width] = mask
        grid[top // _CELL : top // _CELL + rows] = padded.reshape(rows, _CELL, -1, _CELL).any(axis=(1, 3))
    cells = _components(grid)
    if len(cells) > _MOST_BOXES:
        filled = np.flatnonzero(grid.any(axis=1))
        cells = [(0, int(filled[0]), grid.shape[1], int(filled[-1]) + 1)]
    return [
        (left * _CELL, top * _CELL, min(right * _CELL, width), min(bottom * _CELL, height))
        for left, top, right, bottom in cells
    ]


def differing(old: Packed, new: Packed) -> npt.NDArray[np.bool_]:
    """Which pixels differ by more than `_SLIGHT` steps in any colour."""
    mask = np.zeros(old.shape, dtype=np.bool_)
    for shift, bits, slight in ((11, 31, _SLIGHT), (5, 63, 2 * _SLIGHT), (0, 31, _SLIGHT)):
        one = ((old >> shift) & bits).astype(np.int16)
        two = ((new >> shift) & bits).astype(np.int16)
        mask |= np.abs(one - two) >= slight
    return mask


def find_content(pixels: Packed) -> Box | None:
    """The box of what is not background (the colour of each row's first pixel); None for a blank stretch."""
    mask = differing(pixels, np.broadcast_to(pixels[:, :1], pixels.shape))
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _components(grid: npt.NDArray[np.bool_]) -> list[Box]:
    """Boxes of cells that touch, or have one cell between them in a row."""
    waiting = {(int(row), int(column)) for row, column in np.argwhere(grid)}
    boxes: list[Box] = []
    while waiting:
        queue = deque([waiting.pop()])
        top, left = queue[0]
        bottom, right = top, left
        while queue:
            row, column = queue.popleft()
            top, bottom, left, right = min(top, row), max(bottom, row), min(left, column), max(right, column)
            for near in [(row + down, column + along) for down in (-1, 0, 1) for along in (-2, -1, 0, 1, 2)]:
                if near in waiting:
                    waiting.remove(near)
                    queue.append(near)
        boxes.append((left, top, right + 1, bottom + 1))
    return sorted(boxes, key=lambda box: (box[1], box[0]))
