"""Which sites are one operator's by what they show alone, whatever they say of each other.

Pure. A redirect or a notice is not asked to prove that it leads to its own people: who copies a site may send his
visitors to it. Groups are made once, and only where a move asks for them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache

from monitor.operators.attribute import attribute_columns
from monitor.operators.columns_builder import build_columns
from monitor.operators.frequencies import Frequencies
from monitor.operators.move_evidence import SPOKEN
from monitor.operators.scored_sites import group_sites
from storage.identity import Decision, Statement

_NONE: frozenset[str] = frozenset()


def group_quietly(
    statements: Iterable[Statement],
    *,
    decisions: Iterable[Decision] = (),
    count: Callable[[], Frequencies | None] = lambda: None,
) -> Callable[[str, str], bool]:
    """A function that says of two sites whether they are in one group of 高度疑似 or better.

    `count` gives how common values are over all sites, where the statements are of a part of them.
    """
    shown = [one for one in statements if one.kind not in SPOKEN]
    decided = tuple(decisions)

    @cache
    def groups() -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        scored = attribute_columns(build_columns(shown), decisions=decided, frequencies=count())
        for group in group_sites(scored):
            for site in group.sites:
                found[site].add(group.id)
        return {site: frozenset(ids) for site, ids in found.items()}

    return lambda a, b: not groups().get(a, _NONE).isdisjoint(groups().get(b, _NONE))
