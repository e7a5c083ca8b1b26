"""The longest run of matches that keeps the order of both sides (patience, n log n): what is not on it was moved."""

from __future__ import annotations

import bisect
from collections.abc import Sequence


def find_longest_order(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs whose second places rise; the first places must rise already."""
    tails: list[int] = []
    holders: list[int] = []
    before: dict[int, int] = {}
    for place, (_old, new) in enumerate(pairs):
        at = bisect.bisect_left(tails, new)
        if at:
            before[place] = holders[at - 1]
        if at == len(tails):
            tails.append(new)
            holders.append(place)
        else:
            tails[at], holders[at] = new, place
    order: list[tuple[int, int]] = []
    current = holders[-1] if holders else None
    while current is not None:
        order.append(pairs[current])
        current = before.get(current)
    return order[::-1]
