"""Scored pairs with the groups of both bands as numbers, and the operators as values out of them. Pure.

Cores are 确认, larger groups 高度疑似; a site that stands alone is an operator of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from monitor.operators.columns import Floats, Ints, Small
from monitor.operators.model import Band, OperatorGroup
from monitor.operators.pairs import Pairs
from monitor.operators.scorer import Scorer


@dataclass(frozen=True)
class Scored:
    """Pairs with their sums, the groups of both bands, and what a person has to look at."""

    scorer: Scorer
    pairs: Pairs
    bits: Floats
    band: Small
    decided: Small  # 1 same, -1 different, 0 nobody decided
    cores: Ints
    wide: Ints
    notes: tuple[str, ...]


def group_sites(scored: Scored) -> tuple[OperatorGroup, ...]:
    """Operators: cores of 确认, the groups of 高度疑似 that are larger, and every site that stands alone."""
    sites = scored.scorer.columns.sites
    cores, wide = _members(scored.cores), _members(scored.wide)
    groups = [OperatorGroup(_name(sites, one), _names(sites, one), Band.CONFIRMED) for one in cores if len(one) > 1]
    known = {tuple(one) for one in cores if len(one) > 1}
    for one in wide:
        if len(one) == 1:
            groups.append(OperatorGroup(_name(sites, one), _names(sites, one), Band.LEAD))
        elif tuple(one) not in known:
            groups.append(OperatorGroup(_name(sites, one) + "+", _names(sites, one), Band.PROBABLE))
    return tuple(sorted(groups, key=lambda group: (group.sites, group.band)))


def _members(label: Ints) -> list[list[int]]:
    order = np.argsort(label, kind="stable")
    if not len(order):
        return []
    begin = np.flatnonzero(np.r_[True, label[order][1:] != label[order][:-1]])
    return [part.tolist() for part in np.split(order, begin[1:])]


def _name(sites: tuple[str, ...], members: list[int]) -> str:
    return f"op-{sites[members[0]]}"


def _names(sites: tuple[str, ...], members: list[int]) -> tuple[str, ...]:
    return tuple(sites[member] for member in members)
