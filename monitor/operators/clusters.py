"""Links to groups that do not grow by one bad link: cores, bridges, and a guard that asks every pair across a join.

Groups are joined from the strongest link down. Two groups become one only if the pairs that cross, all that were
scored, speak for it on average; if not only a few of those that a copier would resemble are links; and if not one link
alone would hold two larger parts together. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from monitor.operators.columns import Flags, Floats, Ints, Small

LOWEST, HIGHEST = -4.0, 12.0  # one pair's say in an average
SAID = 90.0  # bits that only a person's word gives
ROUNDS = 2  # what was refused at first may be borne out by what joined later
AT_ONCE = 1_000_000  # rows or pairs looked at together: what is made of them on the way stays small
MOST_HEARD = 200_000  # pairs whose groups are joined together: all that is said across takes half a kilobyte a pair


@dataclass(frozen=True)
class Voices:
    """Pairs and what each says: `bits` of the link, its `say` in an average, whether it is a link, a veto, or a pair

    that agrees in nothing but what can be copied (`alike`).
    """

    a: Small
    b: Small
    bits: Floats
    say: Floats
    link: Flags
    veto: Flags
    alike: Flags


@dataclass(frozen=True)
class Groups:
    """The group of each item (the least item's number), and the links (numbers) that were not followed, with why."""

    label: Ints
    refused: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Bars:
    """What joining takes: mean say across, bits of a lone link between larger parts, share of links among the alike."""

    mean: float
    bridge: float
    bridge_part: int = 3
    alike: float = 0.0


@dataclass(slots=True)
class _Between:
    """All that was said across two groups."""

    say: float = 0.0
    pairs: int = 0
    links: int = 0
    vetoes: int = 0
    alike: int = 0
    alike_links: int = 0

    def add(self, other: _Between) -> None:
        self.say += other.say
        self.pairs += other.pairs
        self.links += other.links
        self.vetoes += other.vetoes
        self.alike += other.alike
        self.alike_links += other.alike_links


def connect(count: int, a: Small, b: Small) -> Small:
    """Connected components: for each item the least item that it hangs together with."""
    label = np.arange(count, dtype=np.int32)
    while len(a):
        for part in _stretches(len(a)):
            of_a, of_b = label[a[part]], label[b[part]]
            low = np.minimum(of_a, of_b)
            np.minimum.at(label, of_a, low)
            np.minimum.at(label, of_b, low)
        while True:
            higher = label[label]
            if np.array_equal(higher, label):
                break
            label = higher
        # Two that hang together by now stay so, whatever their component hangs together with later.
        apart = np.concatenate([label[a[part]] != label[b[part]] for part in _stretches(len(a))])
        a, b = a[apart], b[apart]
    return label


def _stretches(count: int) -> Iterator[slice]:
    return (slice(at, at + AT_ONCE) for at in range(0, count, AT_ONCE))


def join_groups(count: int, voices: Voices, bars: Bars, start: Ints | None = None) -> Groups:
    """Join items along the links under the guard. All pairs have their say; `veto` pairs never come together.

    `start` are groups that stand already.
    """
    base = np.arange(count, dtype=np.int32) if start is None else start.astype(np.int32)
    low, high = base[voices.a], base[voices.b]
    across = low != high
    along = voices.link & across
    component = connect(count, low[along], high[along])
    inside = np.flatnonzero(across)
    inside = inside[component[low[inside]] == component[high[inside]]]
    simple = _simple(component, low, inside, voices)
    easy = simple[component[base]]
    hard = inside[~simple[component[low[inside]]]]
    moved = np.arange(count, dtype=np.int64)
    refused: list[tuple[int, str]] = []
    sizes = np.bincount(base, minlength=count)
    for pairs in _by_component(hard, component[low[hard]], MOST_HEARD):
        joining = _Joining(pairs, low, high, voices, sizes, bars)
        refused += joining.run()
        for item in joining.root:
            moved[item] = joining.find(item)
    return Groups(_least(np.where(easy, component[base], moved[base])), tuple(sorted(refused)))


def _by_component(pairs: Ints, component: Small, most: int) -> Iterator[Ints]:
    """The pairs of some components, then of some more, up to so many: what is said in one has no say in another."""
    order = np.argsort(component, kind="stable")
    ordered = component[order]
    ends = np.flatnonzero(np.r_[ordered[1:] != ordered[:-1], len(order) > 0]) + 1
    begin = 0
    while begin < len(order):
        next_end = np.searchsorted(ends, begin, "right")
        last_end = np.searchsorted(ends, begin + most, "right") - 1
        end = int(ends[max(next_end, last_end)])
        yield np.sort(pairs[order[begin:end]])
        begin = end


def _simple(component: Small, low: Small, inside: Ints, voices: Voices) -> Flags:
    """Components in which every scored pair is a link and none hangs on a bridge: nothing can object."""
    trouble = np.zeros(len(component), np.bool_)
    trouble[component[low[inside[voices.veto[inside] | ~voices.link[inside]]]]] = True
    size = np.bincount(component, minlength=len(component))
    links = np.bincount(component[low[inside]], minlength=len(component))
    dense = (size <= 3) | (links * 2 >= size * (size - 1) // 2)
    return np.asarray(~trouble & dense, np.bool_)


class _Joining:
    """Groups in the course of being joined."""

    def __init__(self, pairs: Ints, low: Small, high: Small, voices: Voices, sizes: Ints, bars: Bars) -> None:
        self.bars = bars
        self.root: dict[int, int] = {}
        self.size: dict[int, int] = {}
        self.between: dict[int, dict[int, _Between]] = {}
        self.waiting: list[tuple[float, int, int, int]] = []  # bits below zero, items, number: those asked first
        x, y = low[pairs].astype(np.int64), high[pairs].astype(np.int64)
        items, link = np.unique(np.concatenate((x, y))).tolist(), voices.link[pairs]
        self.root.update(zip(items, items, strict=True))
        self.size.update(zip(items, sizes[items].tolist(), strict=True))
        self.between.update((item, {}) for item in items)
        self._hear(np.minimum(x, y) * len(sizes) + np.maximum(x, y), len(sizes), pairs, voices)
        # Groups that stand are asked first: a copier must face them before he joins one of their stray sites.
        alone = (sizes[x] == 1) & (sizes[y] == 1)
        bits = -voices.bits[pairs]
        order = np.lexsort((pairs, y, x, bits, alone))
        order = order[link[order]]
        self.waiting = list(
            zip(bits[order].tolist(), x[order].tolist(), y[order].tolist(), pairs[order].tolist(), strict=True)
        )

    def _hear(self, keys: Ints, width: int, pairs: Ints, voices: Voices) -> None:
        """Note what is said across each two items."""
        link, alike = voices.link[pairs], voices.alike[pairs]
        distinct, at = np.unique(keys, return_inverse=True)
        weights = (np.clip(voices.say[pairs], LOWEST, HIGHEST), None, link, voices.veto[pairs], alike, alike & link)
        said = [np.bincount(at, weight, len(distinct)) for weight in weights]
        heard_of = map(_Between, said[0].tolist(), *(one.astype(np.int64).tolist() for one in said[1:]))
        for x, y, heard in zip((distinct // width).tolist(), (distinct % width).tolist(), heard_of, strict=True):
            self.between[x][y] = self.between[y][x] = heard

    def find(self, item: int) -> int:
        """The group that an item is in by now."""
        while self.root[item] != item:
            self.root[item] = self.root[self.root[item]]
            item = self.root[item]
        return item

    def run(self) -> list[tuple[int, str]]:
        """Join what may be joined; the links that were refused and still cross two groups, with why."""
        refused: dict[int, tuple[int, int, str]] = {}
        waiting = self.waiting
        for _ in range(ROUNDS):
            for bits, first, second, number in waiting:
                x, y = self.find(first), self.find(second)
                if x == y:
                    continue
                why = self._objection(x, y, -bits)
                if why:
                    refused[number] = (first, second, why)
                else:
                    self._unite(x, y)
            waiting = [one for one in waiting if one[3] in refused]
        return sorted((number, why) for number, (x, y, why) in refused.items() if self.find(x) != self.find(y))

    def _objection(self, x: int, y: int, bits: float) -> str:
        said, bars = self.between[x][y], self.bars
        if said.vetoes:
            return "veto"
        if bits >= SAID:
            return ""
        if said.say < bars.mean * said.pairs:
            return "mean"
        if said.links == said.alike_links and said.alike_links < bars.alike * said.alike:
            return "alike"
        if said.links < 2 and min(self.size[x], self.size[y]) >= bars.bridge_part and bits < bars.bridge:
            return "bridge"
        return ""

    def _unite(self, x: int, y: int) -> None:
        if len(self.between[x]) < len(self.between[y]):
            x, y = y, x
        self.root[y] = x
        self.size[x] += self.size[y]
        for other, said in self.between.pop(y).items():
            del self.between[other][y]
            if other == x:
                continue
            known = self.between[x].get(other)
            if known is None:
                self.between[x][other] = self.between[other][x] = said
            else:
                known.add(said)


def _least(label: Ints) -> Ints:
    """Every group named by its least item."""
    least = np.full(len(label), len(label), np.int64)
    np.minimum.at(least, label, np.arange(len(label), dtype=np.int64))
    return least[label]
