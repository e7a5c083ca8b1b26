"""What stands beside the text of a page: words in pictures that state no rule, the data of scripts and answers.

It comes, goes and changes places by itself (the pictures on the cards of recommended products), so it is asked for
rules and prices only; all else of it is one difference of class noise. Takes an alignment, gives differences. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor.changes.align import Aligned, Alignment
from monitor.changes.facts import SHOWN_SOURCES
from monitor.changes.rules import compare_clauses
from scrapers.model import BlockKind
from storage.model import ChangeClass, Difference, Effect, Severity

_TOLD = (ChangeClass.RULE, ChangeClass.PRICE)


def compare_aligned(alignment: Alignment) -> tuple[Difference, ...]:
    """The differences between clauses, those beside the page by themselves; a place that nobody sees is no place."""
    pairs = tuple(_without_place(pair) for pair in alignment.pairs)
    beside = tuple(pair for pair in pairs if _is_beside(pair))
    if not beside:
        return compare_clauses(replace(alignment, pairs=pairs))
    own = tuple(pair for pair in pairs if not _is_beside(pair))
    found = compare_clauses(replace(alignment, pairs=beside))
    return (
        *compare_clauses(replace(alignment, pairs=own)),
        *(one for one in found if one.change_class in _TOLD),
        *_tell_rest([one for one in found if one.change_class not in _TOLD]),
    )


def _without_place(pair: Aligned) -> Aligned:
    seen = pair.after is None or pair.after.in_sight
    return pair if seen or not pair.moved else replace(pair, moved=False)


def _is_beside(pair: Aligned) -> bool:
    clauses = [clause for clause in (pair.before, pair.after) if clause is not None]
    return all(clause.kind is BlockKind.OTHER and clause.source not in SHOWN_SOURCES for clause in clauses)


def _tell_rest(found: Sequence[Difference]) -> list[Difference]:
    if not found:
        return []
    first = found[0]
    reason = f"正文之外的图片文字或网页数据有变化（{len(found)}处），其中未见规则"
    return [
        Difference(
            ChangeClass.NOISE, Severity.NONE, Effect.NEUTRAL, ("beside_page",), first.subject, first.before,
            first.after, reason, quotable=False,
        )
    ]  # fmt: skip
