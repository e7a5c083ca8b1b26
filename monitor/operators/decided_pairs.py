"""What people decided of pairs of sites, as numbers beside the pairs that are scored. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from monitor.operators.columns import Columns, Small
from monitor.operators.pairs import Pairs
from storage.identity import Decision, Verdict


def list_decided(columns: Columns, decisions: Iterable[Decision]) -> dict[tuple[int, int], int]:
    """The last word on each pair of sites that both have rows: 1 same, -1 different, 0 unsure."""
    told: dict[tuple[int, int], int] = {}
    made = sorted(decisions, key=lambda decision: (decision.made_at, decision.id))
    numbers = {name: number for number, name in enumerate(columns.sites)} if made else {}
    for one in made:
        if one.about != "operator" or one.revoked_at is not None or one.a == one.b:
            continue
        if one.a in numbers and one.b in numbers:
            low, high = sorted((numbers[one.a], numbers[one.b]))
            told[low, high] = {Verdict.SAME: 1, Verdict.DIFFERENT: -1, Verdict.UNSURE: 0}[one.verdict]
    return told


def add_decided(pairs: Pairs, told: dict[tuple[int, int], int], sites: int) -> Pairs:
    """The pairs and those that a person told of, in order."""
    if not told:
        return pairs
    keys = pairs.a.astype(np.int64) * sites + pairs.b
    more = np.array([low * sites + high for low, high in told], np.int64)
    keys = np.union1d(keys, more)
    return Pairs((keys // sites).astype(np.int32), (keys % sites).astype(np.int32))


def mark_decided(pairs: Pairs, told: dict[tuple[int, int], int], sites: int) -> Small:
    """What a person said of each pair; all that was told of is among them, in order."""
    decided = np.zeros(len(pairs), np.int32)
    if told:
        keys = pairs.a.astype(np.int64) * sites + pairs.b
        decided[np.searchsorted(keys, [low * sites + high for low, high in told])] = list(told.values())
    return decided
