"""Sums of all pairs, scored a part at a time: bits, band, and what kind of likeness they rest on. Pure.

The parts keep to the processor's cache and run two at a time; their order is that of the pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from monitor.operators.columns import Flags, Floats, Small
from monitor.operators.frequencies import shows_same_text
from monitor.operators.other_relations import PROVIDER
from monitor.operators.pairs import Pairs
from monitor.operators.scorer import Scorer
from monitor.operators.scoring import one_name, score_pairs

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

CHUNK = 20_000  # pairs that are scored at once: what they need stays in the processor's cache
THREADS = 2
Part = TypeVar("Part")
Table = TypeVar("Table", bound="DataclassInstance")


@dataclass(frozen=True)
class Sums:
    """What scoring gives of all pairs: `alike` pairs agree in what can be copied only."""

    bits: Floats
    say: Floats
    band: Small
    alike: Flags
    lent: Flags  # pairs that an upstream or host explains best: neither a contact nor a holder in common
    never: Flags  # two registrations of one name, or a copy that bears remains of its model and nothing that proves


def score_all(scorer: Scorer, pairs: Pairs) -> Sums:
    """Sums of all pairs, a part at a time."""

    provider = [other.name for other in scorer.weights.explanations].index(PROVIDER)

    def score(part: Pairs, at: int) -> Sums:
        scores = score_pairs(scorer, part)
        alike = shows_same_text(scores.agree, scorer.families, 1) & ~scores.proof & (scores.steps == 0)
        remains = np.bincount(scores.rows.pair, scores.rows.remains, len(part)) > 0
        never = one_name(scorer.columns, part) | (remains & ~scores.proof)
        own = scores.agree[:, [scorer.families.index(name) for name in ("contact", "registry")]].any(axis=1)
        lent = (scores.relation == provider) & ~own
        return Sums(scores.bits, scores.say, scores.band, alike, lent, never)

    bits, say = (np.empty(len(pairs), np.float64) for _ in range(2))
    sums = Sums(bits, say, np.empty(len(pairs), np.int32), *(np.empty(len(pairs), np.bool_) for _ in range(3)))
    at = 0
    for part in ask_in_parts(pairs, score):
        at = lay_in(sums, part, at)
    return sums


def lay_in(whole: Table, part: Table, at: int) -> int:
    """Copy the answer for a part to its place in that for all; where the next part begins."""
    for one in fields(whole):
        column = getattr(part, one.name)
        getattr(whole, one.name)[at : at + len(column)] = column
    return at + len(column)


def ask_in_parts(pairs: Pairs, ask: Callable[[Pairs, int], Part]) -> Iterator[Part]:
    """The answers for parts of the pairs, given the part and where it begins, in their order; two at a time."""
    if len(pairs) <= CHUNK:
        if len(pairs):
            yield ask(pairs, 0)
        return
    with ThreadPoolExecutor(THREADS) as pool:
        yield from pool.map(lambda at: ask(pairs.part(slice(at, at + CHUNK)), at), range(0, len(pairs), CHUNK))
