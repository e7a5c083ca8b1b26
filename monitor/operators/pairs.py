"""Which sites are compared at all, and what two sites have in common: joins over columns, for any number of pairs.

Hot values never choose pairs: what stands on hundreds of sites is looked at only where something rarer brought the two
together. Pairs are (smaller, greater) site numbers in ascending order, so that no answer depends on the order of input.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from monitor.operators.columns import Columns, Flags, Ints, Small
from monitor.operators.weights import load_weights

BLOCK_WIDE = 120  # sites on which a value may stand and still choose pairs
MOST_PAIRS = 12_000_000
BLOCK_NARROW = 25  # of what carriers lend to many
CHOOSES = 7.0  # bits that a kind can give to choose pairs: two sites with nothing stronger in common are never linked


@dataclass(frozen=True)
class Pairs:
    """Pairs of sites."""

    a: Small
    b: Small

    def __len__(self) -> int:
        return len(self.a)

    def part(self, chosen: Ints | Flags | slice) -> Pairs:
        """Some of the pairs."""
        return Pairs(self.a[chosen], self.b[chosen])


@dataclass(frozen=True)
class Joined:
    """Rows that two tables of one pair have in common: number of the pair, row of a, row of b."""

    pair: Small
    row_a: Small
    row_b: Small


def count_sites(columns: Columns) -> Ints:
    """On how many sites each value stands."""
    return columns.counts


def choosing_kinds(columns: Columns) -> Flags:
    """Which kinds choose pairs, by the number of the kind."""
    weights = load_weights().kinds
    return np.array([weights[kind].cap >= CHOOSES or weights[kind].proof for kind in columns.kinds], np.bool_)


def distinct(numbers: Ints) -> Ints:
    """Every number once, ascending; by sorting, which is faster here than by hashing."""
    ordered = np.sort(numbers)
    return ordered[np.r_[True, ordered[1:] != ordered[:-1]]] if len(ordered) else ordered


def find_pairs(columns: Columns) -> tuple[Pairs, int]:
    """All pairs that share a value which is not hot; also how many values were too common to choose pairs."""
    counts = count_sites(columns)
    chooses = choosing_kinds(columns)
    narrow = np.array([load_weights().kinds[kind].family == "infra" for kind in columns.kinds])
    most = np.where(narrow[columns.kind], BLOCK_NARROW, BLOCK_WIDE) if len(counts) else counts
    usable = (counts > 1) & chooses[columns.kind] if len(counts) else counts > 1
    chosen = usable & (counts <= most)
    while int((counts[chosen] * (counts[chosen] - 1) // 2).sum()) > MOST_PAIRS:
        most = most * 3 // 4
        chosen = usable & (counts <= most)
    order = np.argsort(columns.value, kind="stable")
    begin = np.r_[0, np.cumsum(counts)]
    sites = columns.site[order]
    keys = []
    total = np.int64(len(columns.sites))
    for size in np.unique(counts[chosen]).tolist():
        starts = begin[:-1][chosen & (counts == size)]
        table = sites[starts[:, None] + np.arange(size)].astype(np.int64)
        left, right = np.triu_indices(size, 1)
        step = max(1, 2_000_000 // max(1, len(left)))
        for at in range(0, len(table), step):
            part = table[at : at + step]
            keys.append(distinct((part[:, left] * total + part[:, right]).ravel()))
    if not keys:
        return Pairs(np.zeros(0, np.int32), np.zeros(0, np.int32)), int((usable & ~chosen).sum())
    both = np.concatenate(keys)
    keys.clear()
    both.sort()
    both = both[np.r_[True, both[1:] != both[:-1]]]
    a = (both // total).astype(np.int32)
    both %= total
    b = both.astype(np.int32)
    return Pairs(a, b), int((usable & ~chosen).sum())


def join_pairs(pairs: Pairs, start: Ints, item: Small, keys: Ints, width: int) -> Joined:
    """Join a table of (site, item) rows, sorted, with itself over pairs. `keys` are site * width + item."""
    count_a = start[pairs.a + 1] - start[pairs.a]
    count_b = start[pairs.b + 1] - start[pairs.b]
    swap = count_b < count_a
    near, far = np.where(swap, pairs.b, pairs.a), np.where(swap, pairs.a, pairs.b)
    count = np.where(swap, count_b, count_a)
    pair = np.repeat(np.arange(len(pairs), dtype=np.int32), count)
    if not len(pair) or not len(keys):
        nothing = np.zeros(0, np.int32)
        return Joined(nothing, nothing, nothing)
    offset = np.arange(len(pair), dtype=np.int64) - np.repeat(np.cumsum(count) - count, count)
    row = start[near][pair] + offset
    wanted = far[pair].astype(np.int64) * width + item[row]
    found = np.searchsorted(keys, wanted)
    found[found == len(keys)] = 0
    hit = keys[found] == wanted
    pair, row, found, swap = pair[hit], row[hit].astype(np.int32), found[hit].astype(np.int32), swap[pair[hit]]
    return Joined(pair, np.where(swap, found, row).astype(np.int32), np.where(swap, row, found).astype(np.int32))
