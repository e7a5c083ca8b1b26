"""Where two sites differ: kinds that both showed in the same weeks without a value in common.

Only what was plainly shown and is not shared by many owners can contradict. A family that agrees in one value is not
held against the pair for another kind, except in law: one subject does not have two codes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from monitor.operators.columns import Columns, Flags, Floats, Ints, Small
from monitor.operators.frequencies import Commonness
from monitor.operators.pairs import Joined, Pairs, join_pairs
from monitor.operators.weights import load_weights

PLAIN = 0.8  # weight of a place from which on a value is plainly shown
MOSTLY_SHARED = 0.5
_STRICT = ("legal", "registry")


@dataclass(frozen=True)
class KindTable:
    """Which kinds a site plainly shows, from when to when; `row` is one row of columns that shows it."""

    start: Ints
    kind: Small
    first: Small
    last: Small
    row: Small
    keys: Ints


@dataclass(frozen=True)
class Differences:
    """Pair, kind, rows that show it at a and b, and bits below zero: the strongest of a family whole, the next half."""

    pair: Small
    kind: Small
    row_a: Small
    row_b: Small
    bits: Floats
    rank: Small
    together: Flags  # whether both showed it in the same weeks
    own: Flags  # whether no third site shows either value: a copier could have it from there


def table_kinds(columns: Columns, common: Commonness) -> KindTable:
    """The kinds that sites show plainly with values of their own."""
    weights = load_weights().kinds
    may = np.array([weights[kind].differ > 0 for kind in columns.kinds])
    kind = columns.kind[columns.value] if len(columns.value) else np.zeros(0, np.int32)
    use = (columns.strength >= PLAIN) & ~columns.target & may[kind]
    paying = np.array([weights[name].family == "pay" for name in columns.kinds])
    use &= (common.shared[columns.value] < MOSTLY_SHARED) | paying[kind]
    rows = np.flatnonzero(use)
    # Ways to pay are compared as one: whoever takes money by two accounts shows the same two on his other sites.
    # Where they share one, each other kind speaks for itself: a shared wallet does not hide two tills.
    group = np.where(paying[kind], len(columns.kinds), kind)
    also = rows[paying[kind[rows]]]
    groups = np.concatenate((group[rows], kind[also]))
    rows = np.concatenate((rows, also))
    width = len(columns.kinds) + 1
    keys = columns.site[rows].astype(np.int64) * width + groups
    order = np.argsort(keys, kind="stable")
    rows, keys = rows[order], keys[order]
    begin = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else np.zeros(0, np.int64)
    if not len(keys):
        nothing = np.zeros(0, np.int32)
        start = np.zeros(len(columns.sites) + 1, np.int64)
        return KindTable(start, nothing, nothing, nothing, nothing, np.zeros(0, np.int64))
    keys = keys[begin]
    sites = keys // width
    return KindTable(
        np.searchsorted(sites, np.arange(len(columns.sites) + 1)),
        (keys % width).astype(np.int32),
        np.minimum.reduceat(columns.first[rows], begin),
        np.maximum.reduceat(columns.last[rows], begin),
        rows[begin].astype(np.int32),
        keys,
    )


def find_differences(
    columns: Columns,
    table: KindTable,
    pairs: Pairs,
    joined: Joined,
    families: tuple[str, ...],
    *,
    at_any_time: bool = False,
) -> Differences:
    """What pairs differ in. `joined` are all rows that they share, of any weight."""
    weights = load_weights().kinds
    kinds = len(columns.kinds)
    family_of = np.array([families.index(weights[kind].family) for kind in columns.kinds])
    strict = np.array([weights[kind].family in _STRICT for kind in columns.kinds])
    cost = np.array([weights[kind].differ for kind in columns.kinds])
    both = join_pairs(pairs, table.start, table.kind, table.keys, kinds + 1)
    pay = families.index("pay")
    whole = table.kind[both.row_a] == kinds  # all ways to pay as one
    kind = np.where(whole, int(np.argmax(family_of == pay)), table.kind[both.row_a])
    overlap = (table.first[both.row_a] <= table.last[both.row_b]) & (table.first[both.row_b] <= table.last[both.row_a])
    shared_kind = columns.kind[columns.value[joined.row_a]] if len(joined.pair) else np.zeros(0, np.int32)
    same_kind = np.zeros((len(pairs), kinds), np.bool_)
    same_kind[joined.pair, shared_kind] = True
    same_family = np.zeros((len(pairs), len(families)), np.bool_)
    same_family[joined.pair, family_of[shared_kind]] = True
    agrees = same_kind[both.pair, kind]
    related = same_family[both.pair, family_of[kind]]
    one_of_several = (family_of[kind] == pay) & ~whole
    agrees &= ~whole
    keep = (overlap | at_any_time) & ~agrees & np.where(one_of_several, related & overlap, ~related | strict[kind])
    pair, kind = both.pair[keep], kind[keep]
    bits = -cost[kind]
    family = family_of[kind]
    place = np.empty(kinds, np.int64)
    place[np.lexsort((np.arange(kinds), -cost, family_of))] = np.arange(kinds)
    order = np.argsort(pair.astype(np.int64) * kinds + place[kind], kind="stable")
    pair, kind, bits, family = pair[order], kind[order], bits[order], family[order]
    rank = rank_in_groups(pair.astype(np.int64) * len(families) + family)
    together = overlap[keep][order]
    row_a, row_b = table.row[both.row_a[keep][order]], table.row[both.row_b[keep][order]]
    counts = columns.counts
    own = (counts[columns.value[row_a]] == 1) & (counts[columns.value[row_b]] == 1)
    return Differences(pair, kind, row_a, row_b, bits * share_of_rank(rank), rank, together, own)


def rank_in_groups(groups: Ints) -> Small:
    """0, 1, 2 ... within each run of equal numbers."""
    if not len(groups):
        return np.zeros(0, np.int32)
    begin = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]])
    lengths = np.diff(np.r_[begin, len(groups)])
    return (np.arange(len(groups)) - np.repeat(begin, lengths)).astype(np.int32)


def share_of_rank(rank: Small) -> Floats:
    """How much of its bits a row keeps: the strongest of its family all, the second half, the rest nothing."""
    return np.where(rank == 0, 1.0, np.where(rank == 1, 0.5, 0.0))
