"""Learns from all pairs which values many owners share, which are copied, and how often text is copied. Pure.

Millions of pairs are compared a part at a time; only what is learnt of values is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import partial

import numpy as np

from monitor.operators.columns import Columns, Flags, Ints
from monitor.operators.contrary import find_differences, table_kinds
from monitor.operators.frequencies import (
    CONTROL,
    Commonness,
    Packed,
    learn_copied,
    learn_copying,
    learn_shared,
    shows_same_text,
)
from monitor.operators.houses import see_houses
from monitor.operators.other_relations import COUNTS
from monitor.operators.pair_sums import CHUNK, ask_in_parts, lay_in
from monitor.operators.pairs import BLOCK_WIDE, Joined, Pairs, choosing_kinds
from monitor.operators.parts import count_parts, not_personal
from monitor.operators.scorer import Scorer, make_scorer
from monitor.operators.scoring import score_pairs
from monitor.operators.shared_rows import join_rows, weigh_rows

BLOCK = 2_000_000  # rows in common that are kept together: a few large pieces leave no holes in memory, many small do
PASSES = 2
OF_HOUSE = 0.98  # chance of being shared of what a host lends
OF_ONE = 0.05  # and of what stands on sites that show nobody else
MOST_ALIKE = 100_000  # pairs with equal text from which it is learnt how often text is copied


@dataclass(frozen=True)
class Compared:
    """Of pairs, families that agree, and those that only differ; and what tells how often text is copied."""

    agree: Packed
    differ: Packed
    same: Flags  # pairs that have an account or a holder in common
    other: Flags  # pairs that have none in common, and different ones at one time
    alike: Flags  # pairs with equal text


def learn(columns: Columns, pairs: Pairs, common: Commonness, *, passes: int = PASSES) -> Scorer:
    """A scorer that has learnt which values are shared by many owners."""
    scorer = make_scorer(columns, common, table_kinds(columns, common))
    if not len(pairs):
        return scorer
    for number in range(passes):
        common, alike = _learn_once(scorer, pairs, common, number == 0)
        scorer = make_scorer(columns, common, table_kinds(columns, common))
    return replace(scorer, copying=_see_copying(scorer, pairs.part(alike)))


def _learn_once(scorer: Scorer, pairs: Pairs, common: Commonness, first: bool) -> tuple[Commonness, Ints]:
    """What all pairs tell of values, and pairs whose text agrees. The tables of millions of pairs end with this."""
    columns = scorer.columns
    joined, compared = _compare_all(scorer, pairs, first)
    parts = count_parts(columns, common, joined, len(pairs)).bits()
    houses = see_houses(columns)
    tied = np.where(not_personal(columns)[columns.kind], parts, houses.tied)
    common = learn_shared(columns, common, joined, compared.agree, compared.differ, scorer.families, tied)
    common = learn_copied(columns, common, joined, compared.same, compared.other)
    shared = np.where(houses.lent, np.maximum(common.shared, OF_HOUSE), common.shared)
    shared = np.where(houses.own, np.minimum(shared, OF_ONE), shared)
    common = replace(common, shared=np.where(common.known, common.shared, shared))
    alike = np.flatnonzero(compared.alike)
    return common, alike[:: max(1, len(alike) // MOST_ALIKE)]


def _see_copying(scorer: Scorer, pairs: Pairs) -> float:
    tables = [score_pairs(scorer, pairs.part(slice(at, at + CHUNK))) for at in range(0, len(pairs), CHUNK)]
    pay = scorer.families.index("pay")
    same = sum(int(table.agree[:, pay].sum()) for table in tables)
    other = sum(int((table.differ[:, pay] & ~table.agree[:, pay]).sum()) for table in tables)
    return learn_copying(same, other)


def _compare_all(scorer: Scorer, pairs: Pairs, first: bool) -> tuple[list[Joined], Compared]:
    """The rows that all pairs have in common, in blocks, and how they compare."""
    count, wide = len(pairs), (len(scorer.families) + 7) // 8
    agree, differ = (np.empty((count, wide), np.uint8) for _ in range(2))
    compared = Compared(agree, differ, *(np.empty(count, np.bool_) for _ in range(3)))
    blocks: list[Joined] = []
    waiting: list[Joined] = []
    at = 0
    for joined, part in ask_in_parts(pairs, partial(_compare, scorer, first)):
        at = lay_in(compared, part, at)
        waiting.append(joined)
        if sum(len(one.pair) for one in waiting) >= BLOCK:
            blocks.append(_as_one(waiting))
    return [*blocks, _as_one(waiting)], compared


def _as_one(waiting: list[Joined]) -> Joined:
    """All that waits in one; nothing waits any more."""
    names = [one.name for one in fields(Joined)]
    whole = Joined(*(np.concatenate([getattr(one, name) for one in waiting]) for name in names))
    waiting.clear()
    return whole


def _compare(scorer: Scorer, first: bool, pairs: Pairs, at: int) -> tuple[Joined, Compared]:
    joined = join_rows(scorer, pairs)
    rows = weigh_rows(scorer, pairs, joined)
    differences = find_differences(scorer.columns, scorer.table, pairs, joined, scorer.families, at_any_time=True)
    kinds = scorer.columns.kinds
    family_of = np.array([scorer.families.index(scorer.weights.kinds[kind].family) for kind in kinds])
    agree = np.zeros((len(pairs), len(scorer.families)), np.bool_)
    strong = rows.bits >= COUNTS
    if first:  # nothing is known of any value yet: that two agree counts, however common it looks
        value = scorer.columns.value[rows.row_a]
        strong |= (scorer.common.counts[value] <= BLOCK_WIDE) & choosing_kinds(scorer.columns)[rows.kind]
    agree[rows.pair[strong], family_of[rows.kind[strong]]] = True
    differ = np.zeros_like(agree)
    differ[differences.pair, family_of[differences.kind]] = True
    at_once = np.zeros_like(agree)
    now = differences.together
    at_once[differences.pair[now], family_of[differences.kind[now]]] = True
    control = [scorer.families.index(name) for name in CONTROL]
    same = np.asarray(agree[:, control].any(axis=1), np.bool_)
    return Joined(joined.pair + np.int32(at), joined.row_a, joined.row_b), Compared(
        np.packbits(agree, axis=1),
        np.packbits(differ & ~agree, axis=1),
        same,
        np.asarray(at_once[:, control].any(axis=1), np.bool_) & ~same,
        shows_same_text(agree, scorer.families),
    )
