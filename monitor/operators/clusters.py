"""Links to groups that do not grow by one bad link: cores, bridges, and a guard that asks every pair across a join.

Groups are joined from the strongest link down. Two groups become one only if the pairs that cross, all that were
scored, speak for it on average; a single link that would hold two larger parts together needs more. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from monitor.operators.columns import Flags, Floats, Ints, Small

LOWEST, HIGHEST = -4.0, 12.0  # one pair's say in an average


@dataclass(frozen=True)
class Groups:
    """The group of each item (the least item's number), and the links (numbers) that were not followed, with why."""

    label: Ints
    refused: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Bars:
    """What joining takes: mean bits across, bits of a lone link between larger parts, and sizes that ask for more."""

    mean: float
    bridge: float
    bridge_part: int = 3


def connect(count: int, a: Small, b: Small) -> Ints:
    """Connected components: for each item the least item that it hangs together with."""
    label = np.arange(count, dtype=np.int64)
    while True:
        low = np.minimum(label[a], label[b])
        before = label.copy()
        np.minimum.at(label, label[a], low)
        np.minimum.at(label, label[b], low)
        label = label[label]
        while True:
            higher = label[label]
            if np.array_equal(higher, label):
                break
            label = higher
        if np.array_equal(before, label):
            return label


def join_groups(
    count: int, a: Small, b: Small, bits: Floats, say: Floats, link: Flags, veto: Flags, bars: Bars, start: Ints | None = None
) -> Groups:
    """Join items along `link` pairs under the guard. All pairs have their say; `veto` pairs never come together.

    `start` are groups that stand already.
    """
    base = np.arange(count, dtype=np.int64) if start is None else start
    low, high = base[a], base[b]
    across = low != high
    component = connect(count, low[link & across].astype(np.int32), high[link & across].astype(np.int32))
    inside = across & (component[low] == component[high])
    simple = _simple(component, low, high, bits, inside, link, veto)
    label = base.copy()
    easy = simple[component[base]]
    label[easy] = component[base][easy]
    hard = inside & ~simple[component[low]]
    if not hard.any():
        return Groups(_least(label), ())
    sizes = np.bincount(base, minlength=count)
    joined, refused = _join_guarded(np.flatnonzero(hard), low, high, bits, say, link, veto, sizes, bars)
    moved = np.arange(count, dtype=np.int64)
    for item, root in joined.items():
        moved[item] = root
    return Groups(_least(np.where(easy, label, moved[base])), tuple(refused))


def _simple(component: Ints, low: Ints, high: Ints, bits: Floats, inside: Flags, link: Flags, veto: Flags) -> Flags:
    """Components in which every scored pair is a link or no pair can fail: two items, or nothing against."""
    trouble = np.zeros(len(component), np.bool_)
    trouble[component[low[inside & (veto | ~link)]]] = True
    size = np.bincount(component, minlength=len(component))
    links = np.bincount(component[low[inside & link]], minlength=len(component))
    # Without a pair against it, a component is simple if it is small or dense: no bridge can hide there.
    dense = (size <= 3) | (links * 2 >= size * (size - 1) // 2)
    return ~trouble & dense


def _join_guarded(
    pairs: Ints, low: Ints, high: Ints, bits: Floats, say: Floats, link: Flags, veto: Flags, sizes: Ints, bars: Bars
) -> tuple[dict[int, int], list[tuple[int, str]]]:
    root: dict[int, int] = {}
    size: dict[int, int] = {}
    between: dict[int, dict[int, list[float]]] = {}
    clipped = np.clip(say[pairs], LOWEST, HIGHEST)
    for x, y, own_say, is_link, barred in zip(
        low[pairs].tolist(), high[pairs].tolist(), clipped.tolist(), link[pairs].tolist(), veto[pairs].tolist(),
        strict=True,
    ):  # fmt: skip
        for one, other in ((x, y), (y, x)):
            root.setdefault(one, one)
            size.setdefault(one, int(sizes[one]))
            say_of = between.setdefault(one, {}).setdefault(other, [0.0, 0.0, 0.0, 0.0])
            say_of[0] += own_say
            say_of[1] += 1
            say_of[2] += is_link
            say_of[3] += barred

    def find(item: int) -> int:
        while root[item] != item:
            root[item] = root[root[item]]
            item = root[item]
        return item

    refused: dict[int, str] = {}
    waiting = sorted(
        (number for number in pairs.tolist() if link[number]),
        key=lambda number: (-float(bits[number]), int(low[number]), int(high[number])),
    )
    for _ in range(2):  # what was refused at first may be borne out by what joined later
        for number in waiting:
            x, y = find(int(low[number])), find(int(high[number]))
            if x == y:
                continue
            why = _objection(between[x][y], size[x], size[y], float(bits[number]), bars)
            if why:
                refused[number] = why
                continue
            if len(between[x]) < len(between[y]):
                x, y = y, x
            root[y] = x
            size[x] += size[y]
            for other, say_of in between.pop(y).items():
                del between[other][y]
                if other == x:
                    continue
                merged = between[x].setdefault(other, [0.0, 0.0, 0.0, 0.0])
                for at in range(4):
                    merged[at] += say_of[at]
                between[other][x] = merged
        waiting = [number for number in waiting if number in refused]
    kept = sorted((number, why) for number, why in refused.items() if find(int(low[number])) != find(int(high[number])))
    return {item: find(item) for item in root}, kept


def _objection(say: list[float], size_x: int, size_y: int, bits: float, bars: Bars) -> str:
    total, count, links, vetoes = say
    if vetoes:
        return "veto"
    if total / count < bars.mean:
        return "mean"
    if links < 2 and min(size_x, size_y) >= bars.bridge_part and bits < bars.bridge:
        return "bridge"
    return ""


def _least(label: Ints) -> Ints:
    """Every group named by its least item."""
    least = np.full(len(label), len(label), np.int64)
    np.minimum.at(least, label, np.arange(len(label), dtype=np.int64))
    return least[label]
