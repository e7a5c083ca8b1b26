"""The score of pairs of sites, for one pair or ten million: bits for one operator, rows that say why, and the band.

One function for the full build, the incremental one and the explanation: `score_pairs` gives the sums, and with
`rows` every term of them. bits = prior + agreements + differences - what else than one operator explains.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from monitor.operators.columns import Columns, Flags, Floats, Ints, Small
from monitor.operators.contrary import Differences, find_differences
from monitor.operators.frequencies import CONTROL
from monitor.operators.in_step import count_steps
from monitor.operators.other_relations import COUNTS, explain_otherwise
from monitor.operators.own_people import have_own_people
from monitor.operators.pairs import Joined, Pairs
from monitor.operators.scorer import Scorer
from monitor.operators.shared_rows import Rows, join_rows, weigh_rows
from monitor.operators.site_names import plain_name

OBJECTS = -1.0  # bits of differences from which on a pair without a link objects to its groups being joined
SAME_SUFFIX = -1.0  # bits: two sites of one subject on one day have two numbers


@dataclass(frozen=True)
class Scores:
    """Sums of pairs. `explained` is what other relations take away (below zero), `relation` which one most."""

    bits: Floats
    say: Floats  # what the pair says when its groups ask to be joined: silence is no objection
    families: Small
    proof: Flags
    band: Small  # 0 lead, 1 probable, 2 confirmed
    explained: Floats
    relation: Small
    agree: Flags
    differ: Flags
    steps: Ints  # how often both changed what they write in the same days
    rows: Rows
    differences: Differences


def score_pairs(scorer: Scorer, pairs: Pairs, *, dropped: tuple[Small, Small] | None = None) -> Scores:
    """Score pairs. `dropped` (pair, value) leaves single values out: what the verdict would be without them."""
    joined = join_rows(scorer, pairs)
    if dropped is not None:
        width = max(1, len(scorer.columns.values))
        gone = dropped[0].astype(np.int64) * width + dropped[1]
        keep = ~np.isin(joined.pair.astype(np.int64) * width + scorer.columns.value[joined.row_a], gone)
        joined = Joined(joined.pair[keep], joined.row_a[keep], joined.row_b[keep])
    rows = weigh_rows(scorer, pairs, joined)
    differences = find_differences(scorer.columns, scorer.table, pairs, joined, scorer.families)
    if dropped is not None:
        differences = _without(scorer, differences, dropped)
    return _sum_up(scorer, pairs, rows, differences)


def _without(scorer: Scorer, differences: Differences, dropped: tuple[Small, Small]) -> Differences:
    """Differences minus those that a dropped agreement had hidden: leaving a row out never makes a contradiction."""
    width = len(scorer.columns.kinds)
    kind = scorer.columns.kind[dropped[1]]
    gone = np.isin(
        differences.pair.astype(np.int64) * width + differences.kind, dropped[0].astype(np.int64) * width + kind
    )
    keep = ~gone
    return Differences(
        differences.pair[keep], differences.kind[keep], differences.row_a[keep], differences.row_b[keep],
        differences.bits[keep], differences.rank[keep], differences.together[keep],
        differences.own[keep],
    )  # fmt: skip


def _sum_up(scorer: Scorer, pairs: Pairs, rows: Rows, differences: Differences) -> Scores:
    count, families = len(pairs), scorer.families
    names = scorer.columns.kinds
    kinds = [scorer.weights.kinds[name] for name in names]
    family_of = np.array([families.index(one.family) for one in kinds])
    added = np.bincount(rows.pair, rows.bits, count).astype(np.float64)
    added = added + SAME_SUFFIX * np.bincount(rows.pair, (rows.suffix == 1) & (rows.rank < 2), count)
    total = scorer.prior + added + np.bincount(differences.pair, differences.bits, count)
    desk = have_own_people(scorer.people, scorer.columns, scorer.common, pairs, rows.pair, rows.row_a, rows.kind)
    steps = _count_steps(scorer, count, rows, differences)
    worst = np.full(count, 0.0)
    relation = np.full(count, -1, np.int32)
    best = np.full(count, -np.inf)
    for number, other in enumerate(scorer.weights.explanations):
        logs = explain_otherwise(scorer, other, count, rows, differences, desk, steps)
        worst = np.logaddexp2(worst, logs)
        better = logs > best
        relation[better], best[better] = number, logs[better]
    bits = total - worst
    relation[best < 0] = -1
    agree = np.zeros((count, len(families)), np.bool_)
    strong = rows.bits >= COUNTS
    agree[rows.pair[strong], family_of[rows.kind[strong]]] = True
    differ = np.zeros((count, len(families)), np.bool_)
    differ[differences.pair, family_of[differences.kind]] = True
    proof = np.bincount(rows.pair, rows.proof, count) > 0
    number_of = agree.sum(axis=1).astype(np.int32)
    model = scorer.weights.model
    band = np.where(
        (bits >= model.confirmed) & (number_of >= 2) & proof,
        2,
        np.where((bits >= model.probable) & (number_of >= 2), 1, 0),
    )
    band = np.where(one_name(scorer.columns, pairs), 0, band)
    against = np.bincount(differences.pair, differences.bits, count)
    say = np.where(against <= OBJECTS, bits, np.maximum(bits, 0.0))
    return Scores(
        bits, say, number_of, proof, band.astype(np.int32), -worst, relation, agree, differ, steps, rows, differences
    )  # fmt: skip


def _count_steps(scorer: Scorer, count: int, rows: Rows, differences: Differences) -> Ints:
    """How often pairs changed in step; never where at one time they show different accounts or holders.

    A mirror follows its model from day to day, but takes the money itself.
    """
    steps = count_steps(scorer.columns, count, rows.pair, rows.row_a, rows.came, rows.went)
    control = np.array([scorer.weights.kinds[name].family in CONTROL for name in scorer.columns.kinds])
    steps[differences.pair[control[differences.kind]]] = 0
    return steps


def one_name(columns: Columns, pairs: Pairs) -> Flags:
    """Two registrations of one domain: whoever had it before, nothing is carried over."""
    same = columns.domain[pairs.a] == columns.domain[pairs.b]
    if not same.any():
        return np.asarray(same, np.bool_)
    for at in np.flatnonzero(same).tolist():
        left, right = columns.sites[int(pairs.a[at])], columns.sites[int(pairs.b[at])]
        same[at] = plain_name(left) == plain_name(right)
    return np.asarray(same, np.bool_)
