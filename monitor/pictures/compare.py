"""Lays two screenshots beside each other row by row and marks what differs.

Takes two pictures, gives one canvas on which both stand: equal stretches at one height, what came or went beside empty
room. Where a page has columns that were pushed down apart from each other, each column is laid for itself. Masks name
places (left, top, right, bottom) that are never compared, such as a background that moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from monitor.pictures.picture import Packed, Picture
from monitor.pictures.regions import Box, differing, find_content, find_regions
from monitor.pictures.rows import match_rows

_COLUMNS_FROM = 48
"""Rows that a stretch must have for its columns to be looked at apart."""
_GUTTER = 16
_NARROWEST = 60
_DEEPEST = 2
_PART_OF_WIDTH = 0.85
_WORTH = 0.5
"""How much less columns must mark than rows do: a canvas that is cut is harder to read."""


@dataclass(frozen=True)
class Piece:
    """A stretch of the canvas from `left` to `right`; `old` and `new` are where its rows come from, None for room."""

    left: int
    right: int
    top: int
    height: int
    old: int | None
    new: int | None


@dataclass(frozen=True)
class Mark:
    """A place of the canvas that differs: `kind` is changed, removed (old side only) or added (new side only)."""

    kind: str
    box: Box


@dataclass(frozen=True)
class Comparison:
    """The canvas. `share` is how much of it is marked, 0 to 1."""

    width: int
    height: int
    pieces: tuple[Piece, ...]
    marks: tuple[Mark, ...]
    share: float
    notes: tuple[str, ...] = ()


@dataclass
class _Canvas:
    old: Packed
    new: Packed
    pieces: list[Piece] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)


def compare_pictures(old: Picture, new: Picture, *, masks: Sequence[Box] = ()) -> Comparison:
    """Align and mark two pictures; different widths are compared as far as both reach."""
    width = min(old.width, new.width)
    notes = (
        [f"两图宽度不同（{old.width} 与 {new.width} 像素），只比对左侧 {width} 像素"] if old.width != new.width else []
    )
    canvas = _Canvas(old.pack(width), new.pack(width))
    for left, top, right, bottom in masks:
        for side in (canvas.old, canvas.new):
            side[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = 0
    height = _lay(canvas, (0, width), (0, old.height), (0, new.height), 0, 0)
    area = _area([mark.box for mark in canvas.marks])
    marks = tuple(sorted(canvas.marks, key=lambda mark: (mark.box[1], mark.box[0])))
    share = min(1.0, area / max(1, width * height))
    return Comparison(width, height, tuple(canvas.pieces), marks, share, tuple(notes))


def _lay(
    canvas: _Canvas, columns: tuple[int, int], old: tuple[int, int], new: tuple[int, int], top: int, depth: int
) -> int:
    """Lay a stretch of both sides from `top` on; give the height it takes."""
    left, right = columns
    one, two = canvas.old[old[0] : old[1], left:right], canvas.new[new[0] : new[1], left:right]
    start = top
    at_old, at_new = 0, 0
    stretches = match_rows(_digest_rows(one), _digest_rows(two))
    for stretch in [*stretches, None]:
        end_old, end_new = (stretch.old, stretch.new) if stretch else (len(one), len(two))
        top += _lay_gap(
            canvas, columns, (old[0] + at_old, old[0] + end_old), (new[0] + at_new, new[0] + end_new), top, depth
        )
        if stretch:
            canvas.pieces.append(Piece(left, right, top, stretch.length, old[0] + stretch.old, new[0] + stretch.new))
            top += stretch.length
            at_old, at_new = stretch.old + stretch.length, stretch.new + stretch.length
    return top - start


def _digest_rows(pixels: Packed) -> list[int]:
    rows = np.ascontiguousarray(pixels)
    return [hash(row.tobytes()) for row in rows]


def _lay_gap(
    canvas: _Canvas, columns: tuple[int, int], old: tuple[int, int], new: tuple[int, int], top: int, depth: int
) -> int:
    """Lay what has no equal: column by column, or both tops (or both ends) side by side, what is left beside room."""
    heights = old[1] - old[0], new[1] - new[0]
    if not any(heights):
        return 0
    if min(heights) >= _COLUMNS_FROM and depth < _DEEPEST:
        height = _lay_columns(canvas, columns, old, new, top, depth)
        if height:
            return height
    shared = min(heights)
    from_end = shared and heights[0] != heights[1] and _is_alike_at_end(canvas, columns, old, new, shared)
    rest = max(heights) - shared
    if rest and from_end:
        _lay_alone(canvas, columns, old, new, top, rest)
    if shared:
        first = (old[1] - shared, new[1] - shared) if from_end else (old[0], new[0])
        _lay_changed(canvas, columns, first, top + (rest if from_end else 0), shared)
    if rest and not from_end:
        _lay_alone(canvas, columns, (old[0] + shared, old[1]), (new[0] + shared, new[1]), top + shared, rest)
    return max(heights)


def _lay_columns(
    canvas: _Canvas, columns: tuple[int, int], old: tuple[int, int], new: tuple[int, int], top: int, depth: int
) -> int:
    """Lay each column for itself where that marks less than row beside row does; 0 where it was not done."""
    parts = _find_columns(canvas, columns, old, new)
    same_height = old[1] - old[0] == new[1] - new[0]
    if len(parts) < 2 and same_height:
        parts = _cut_around_change(canvas, columns, old, new)
    if len(parts) < 2:
        return 0
    pieces, marks = len(canvas.pieces), len(canvas.marks)
    height = max(_lay(canvas, part, old, new, top, depth + 1) for part in parts)
    if same_height:
        left, right = columns
        straight = find_regions(canvas.old[old[0] : old[1], left:right], canvas.new[new[0] : new[1], left:right])
        if _area(straight) * _WORTH <= _area([mark.box for mark in canvas.marks[marks:]]):
            del canvas.pieces[pieces:], canvas.marks[marks:]
            return 0
    return height


def _cut_around_change(
    canvas: _Canvas, columns: tuple[int, int], old: tuple[int, int], new: tuple[int, int]
) -> list[tuple[int, int]]:
    """The columns in which anything differs apart from those beside: a dialog that grew before a still page."""
    left, right = columns
    mask = differing(canvas.old[old[0] : old[1], left:right], canvas.new[new[0] : new[1], left:right])
    changed = np.flatnonzero(mask.any(axis=0))
    if not len(changed):
        return []
    first, last = left + int(changed[0]), left + int(changed[-1]) + 1
    if last - first < _NARROWEST or last - first > (right - left) * _PART_OF_WIDTH:
        return []
    cuts = sorted({left, first, last, right})
    return list(pairwise(cuts))


def _area(boxes: Sequence[Box]) -> int:
    return sum((box[2] - box[0]) * (box[3] - box[1]) for box in boxes)


def _lay_changed(canvas: _Canvas, columns: tuple[int, int], first: tuple[int, int], top: int, height: int) -> None:
    left, right = columns
    canvas.pieces.append(Piece(left, right, top, height, first[0], first[1]))
    one = canvas.old[first[0] : first[0] + height, left:right]
    two = canvas.new[first[1] : first[1] + height, left:right]
    canvas.marks += [Mark("changed", _shift(box, left, top)) for box in find_regions(one, two)]


def _lay_alone(
    canvas: _Canvas, columns: tuple[int, int], old: tuple[int, int], new: tuple[int, int], top: int, height: int
) -> None:
    """Rows that stand on one side only, from the start of its span; blank ones are room and no change."""
    left, right = columns
    removed = old[1] - old[0] > new[1] - new[0]
    start = old[0] if removed else new[0]
    canvas.pieces.append(Piece(left, right, top, height, start if removed else None, None if removed else start))
    pixels = (canvas.old if removed else canvas.new)[start : start + height, left:right]
    content = find_content(pixels)
    if content:
        canvas.marks.append(Mark("removed" if removed else "added", _shift(content, left, top)))


def _is_alike_at_end(
    canvas: _Canvas, columns: tuple[int, int], old: tuple[int, int], new: tuple[int, int], shared: int
) -> bool:
    """Whether the ends of both stretches are more alike than their tops."""
    left, right = columns
    shares = []
    for one, two in ((old[0], new[0]), (old[1] - shared, new[1] - shared)):
        mask = differing(canvas.old[one : one + shared, left:right], canvas.new[two : two + shared, left:right])
        shares.append(float(mask.mean()))
    return shares[1] < shares[0]


def _find_columns(
    canvas: _Canvas, columns: tuple[int, int], old: tuple[int, int], new: tuple[int, int]
) -> list[tuple[int, int]]:
    """The columns of a stretch, cut in the middle of gutters that run through both sides; [] where there are none."""
    left, right = columns
    sides = canvas.old[old[0] : old[1], left:right], canvas.new[new[0] : new[1], left:right]
    plain = (sides[0] == sides[0][:1]).all(axis=0) & (sides[1] == sides[1][:1]).all(axis=0)
    plain &= sides[0][0] == sides[1][0]
    cuts = [left]
    start: int | None = None
    for place, is_plain in enumerate([*plain.tolist(), False]):
        if is_plain:
            start = place if start is None else start
        elif start is not None:
            middle = left + (start + place) // 2
            wide = place - start >= _GUTTER and start > 0 and place < right - left
            if wide and middle - cuts[-1] >= _NARROWEST and right - middle >= _NARROWEST:
                cuts.append(middle)
            start = None
    return list(zip(cuts, [*cuts[1:], right], strict=True)) if len(cuts) > 1 else []


def _shift(box: Box, left: int, top: int) -> Box:
    return box[0] + left, box[1] + top, box[2] + left, box[3] + top
