"""Finds which rows of one picture stand in another, so that what was only pushed down is not taken for changed.

Takes the digests of the rows of both sides, gives the stretches that are equal, in order. Rows that stand once on
either side are anchors (their longest run in order), and each grows over repeated rows such as blank ones. Linear but
for the sorting; no recursion deeper than `_DEEPEST`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.changes.orders import find_longest_order

_DEEPEST = 6
_LEAST_RUN = 3


@dataclass(frozen=True)
class Stretch:
    """`length` rows from `old` on are the rows from `new` on."""

    old: int
    new: int
    length: int


def match_rows(old: Sequence[int], new: Sequence[int]) -> tuple[Stretch, ...]:
    """The equal stretches, none crossing another."""
    found: list[Stretch] = []
    _match(old, new, (0, len(old), 0, len(new)), found, 0)
    return tuple(_join(sorted(found, key=lambda one: one.old)))


def _match(
    old: Sequence[int], new: Sequence[int], span: tuple[int, int, int, int], found: list[Stretch], depth: int
) -> None:
    low, high, left, right = span
    head = 0
    while low + head < high and left + head < right and old[low + head] == new[left + head]:
        head += 1
    tail = 0
    while high - tail > low + head and right - tail > left + head and old[high - tail - 1] == new[right - tail - 1]:
        tail += 1
    if head:
        found.append(Stretch(low, left, head))
    if tail:
        found.append(Stretch(high - tail, right - tail, tail))
    low, high, left, right = low + head, high - tail, left + head, right - tail
    if low == high or left == right or depth >= _DEEPEST:
        return
    anchors = _anchors(old, new, (low, high, left, right))
    if not anchors:
        return
    ends: list[tuple[int, int]] = []
    at_old, at_new = low, left
    for one, two in [*anchors, (high, right)]:
        if one < at_old or two < at_new:
            continue  # grown over already
        ends.append((at_old, at_new))
        _match(old, new, (at_old, one, at_new, two), found, depth + 1)
        size = 0
        while one + size < high and two + size < right and old[one + size] == new[two + size]:
            size += 1
        if size:
            found.append(Stretch(one, two, size))
        at_old, at_new = one + size, two + size


def _anchors(old: Sequence[int], new: Sequence[int], span: tuple[int, int, int, int]) -> list[tuple[int, int]]:
    """Rows that stand once on either side, in the longest order that both share."""
    low, high, left, right = span
    counts_old, counts_new = Counter(old[low:high]), Counter(new[left:right])
    places = {row: place for place, row in enumerate(new[left:right], left) if counts_new[row] == 1}
    pairs = [
        (place, places[row]) for place, row in enumerate(old[low:high], low) if row in places and counts_old[row] == 1
    ]
    return find_longest_order(pairs)


def _join(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Neighbours as one; runs too short to mean anything left out, for a row of dots alike says nothing."""
    joined: list[Stretch] = []
    for one in stretches:
        last = joined[-1] if joined else None
        if last and last.old + last.length == one.old and last.new + last.length == one.new:
            joined[-1] = Stretch(last.old, last.new, last.length + one.length)
        else:
            joined.append(one)
    return [one for one in joined if one.length >= _LEAST_RUN]
