"""Aligns the clauses of two versions: the same ones first, then the most alike, then parts of merged and split ones.

Numbers and counters are ignored, moved clauses are recognised. Bounded: exact matching is linear, and likeness is only
computed for what is left, within a budget; beyond it only near places are compared, and the result says so.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from monitor.changes.clauses import Clause
from monitor.changes.orders import find_longest_order
from monitor.changes.parts import find_parts

LIKENESS = 45.0
"""Least rapidfuzz ratio (0-100) of the compact forms for two clauses to be versions of one."""
_COMPARISON_BUDGET = 60_000_000
"""Steps of about a nanosecond that looking for likeness may take."""
_CANDIDATES = 6
_COMPARED_CHARACTERS = 1_500


@dataclass(frozen=True)
class Aligned:
    """One clause on both sides; None where it has no counterpart. `moved` when its place among the others changed.

    Pairs with the same `group` are one rule in several clauses: split, merged, or both.
    """

    before: Clause | None
    after: Clause | None
    moved: bool = False
    group: int | None = None


@dataclass(frozen=True)
class Alignment:
    """All clauses of both sides, each once, in the order of the new version. `degraded` when bounds were met."""

    pairs: tuple[Aligned, ...]
    degraded: bool = False


def align_clauses(before: Sequence[Clause], after: Sequence[Clause]) -> Alignment:
    """Pair every clause of one version with its counterpart in the other."""
    partner: dict[int, int] = {}
    for form in (_raw_form, _compact_form, _steady_form):
        _match_equal(before, after, partner, form)
    degraded = _match_alike(before, after, partner)
    # what was hidden stands apart from what is seen: its place says nothing
    moved = _find_moved({old: new for old, new in partner.items() if before[old].in_sight == after[new].in_sight})
    backwards = {new: old for old, new in partner.items()}
    whole = find_parts(before, after, partner)
    pairs = [
        Aligned(before[backwards[new]], clause, backwards[new] in moved, whole.of_new.get(new))
        if new in backwards
        else Aligned(None, clause, group=whole.of_new.get(new))
        for new, clause in enumerate(after)
    ]
    gone = [
        Aligned(clause, None, group=whole.of_old.get(old)) for old, clause in enumerate(before) if old not in partner
    ]
    return Alignment((*pairs, *gone), degraded)


def _raw_form(clause: Clause) -> str:
    return clause.text


def _compact_form(clause: Clause) -> str:
    return clause.compact


def _steady_form(clause: Clause) -> str:
    return clause.steady


def _match_equal(
    before: Sequence[Clause], after: Sequence[Clause], partner: dict[int, int], form_of: Callable[[Clause], str]
) -> None:
    """Pair equal clauses: in the same subject first, and repeated ones in their order."""
    taken = set(partner.values())
    old_left = [(old, form_of(clause)) for old, clause in enumerate(before) if old not in partner]
    new_left = [(new, form_of(clause)) for new, clause in enumerate(after) if new not in taken]
    for with_subject in (True, False):
        waiting: dict[tuple[str, str], deque[int]] = defaultdict(deque)
        for new, form in new_left:
            if new not in taken:
                waiting[form, after[new].subject if with_subject else ""].append(new)
        for old, form in old_left:
            queue = waiting.get((form, before[old].subject if with_subject else "")) if old not in partner else None
            if queue and form:
                partner[old] = queue.popleft()
                taken.add(partner[old])


def _match_alike(before: Sequence[Clause], after: Sequence[Clause], partner: dict[int, int]) -> bool:
    """Pair what is left by likeness, the best first. True when the bound on pairs was met."""
    taken = set(partner.values())
    old_left = [old for old in range(len(before)) if old not in partner]
    new_left = [new for new in range(len(after)) if new not in taken]
    if not old_left or not new_left:
        return False
    old_forms = [before[old].compact[:_COMPARED_CHARACTERS] for old in old_left]
    new_forms = [after[new].compact[:_COMPARED_CHARACTERS] for new in new_left]
    band, degraded = _affordable_band(old_forms, new_forms)
    ranked: list[tuple[float, int, int, int]] = []
    for row, old in enumerate(old_left):
        low = max(0, row * len(new_left) // len(old_left) - band)
        choices = dict(enumerate(new_forms[low : low + 2 * band + 1], low))
        found = process.extract(old_forms[row], choices, scorer=fuzz.ratio, score_cutoff=LIKENESS, limit=_CANDIDATES)
        for _form, score, column in found:
            new = new_left[column]
            if before[old].subject == after[new].subject:
                bonus = 6.0 if before[old].heading == after[new].heading else 0.0
                bonus += 6.0 if before[old].number and before[old].number == after[new].number else 0.0
                ranked.append((-(score + bonus), abs(old - new), old, new))
    ranked.sort()
    used: set[int] = set()
    for _score, _distance, old, new in ranked:
        if old not in partner and new not in used:
            partner[old] = new
            used.add(new)
    _match_neighbours(before, after, partner)
    return degraded


def _affordable_band(old_forms: Sequence[str], new_forms: Sequence[str]) -> tuple[int, bool]:
    """How far from its own place a counterpart is looked for, so that the whole stays within the budget."""
    cost = sum(map(len, old_forms)) * sum(map(len, new_forms)) // 64 + 100 * len(old_forms) * len(new_forms)
    if cost <= _COMPARISON_BUDGET:
        return len(new_forms), False
    return max(1, len(new_forms) * _COMPARISON_BUDGET // cost // 2), True


def _match_neighbours(before: Sequence[Clause], after: Sequence[Clause], partner: dict[int, int]) -> None:
    """A clause between two matched neighbours, alone on both sides, is the same place even when it was rewritten."""
    backwards = {new: old for old, new in partner.items()}
    for old, clause in enumerate(before):
        if old in partner:
            continue
        new = partner.get(old - 1, -1) + 1 if old else 0
        if (
            new < len(after)
            and new not in backwards
            and after[new].subject == clause.subject
            and (old + 1 >= len(before) or partner.get(old + 1, -2) == new + 1)
            and (old + 1 < len(before) or new + 1 >= len(after))
            and fuzz.ratio(clause.compact[:_COMPARED_CHARACTERS], after[new].compact[:_COMPARED_CHARACTERS])
            >= LIKENESS / 3
        ):
            partner[old] = new
            backwards[new] = old


def _find_moved(partner: dict[int, int]) -> frozenset[int]:
    """The old places that are not on the longest run of clauses that kept their order."""
    kept = {old for old, _new in find_longest_order(sorted(partner.items()))}
    return frozenset(old for old in partner if old not in kept)
