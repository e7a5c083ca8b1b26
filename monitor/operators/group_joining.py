"""Joins groups by all that their sites show together, and gives pairs their voice for or against it. Pure.

Text alone is no bridge between groups, and nobody's word that two sites differ is ever outvoted.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np

from monitor.operators.clusters import Bars, Groups, Voices, join_groups
from monitor.operators.columns import Columns, Flags, Ints, Small
from monitor.operators.contrary import table_kinds
from monitor.operators.frequencies import Commonness
from monitor.operators.pair_sums import Sums, score_all
from monitor.operators.pairs import Pairs, count_sites, distinct, find_pairs
from monitor.operators.pooling import pool_columns
from monitor.operators.scorer import Scorer, make_scorer
from monitor.operators.site_names import plain_name

STRAY = 2  # sites that may come near a group by text alone: a wrong one costs little


def join_units(
    scorer: Scorer,
    groups: Groups,
    pairs: Pairs,
    decided: Small,
    bars: Bars,
    level: int,
    common: Commonness,
    new: Flags,
) -> Groups:
    """Join groups by all that their sites show together. `common` is what was learnt of groups."""
    pooled, unit = pool_columns(scorer.columns, groups.label)
    units, _ = find_pairs(pooled)
    touched = np.bincount(unit, new, len(pooled.sites)) > 0
    units = units.part(touched[units.a] | touched[units.b])
    common = replace(common, counts=count_sites(pooled))
    unit_scorer = make_scorer(pooled, common, table_kinds(pooled, common), scorer.copying)
    sums = score_all(unit_scorer, units)
    barred = _barred(scorer.columns, unit, units, pairs.part(decided == -1), len(pooled.sites))
    sure = sums.bits >= (scorer.weights.model.confirmed if level == 2 else scorer.weights.model.probable)
    # A link of groups is a bridge between them, and text alone is no bridge: a copier has the text of all of a group.
    sizes = np.bincount(unit, minlength=len(pooled.sites))
    stray = (level == 1) & (np.minimum(sizes[units.a], sizes[units.b]) <= STRAY)
    # Two single sites were judged as sites already: as groups they show nothing more.
    single = (level == 2) & (np.maximum(sizes[units.a], sizes[units.b]) == 1)
    band = np.where(sure & (~sums.alike | stray) & ~single, sums.band, 0).astype(np.int32)
    voices = raise_voices(
        units, replace(sums, band=band, never=barred | sums.never), np.zeros(len(units), np.int32), level
    )
    joined = join_groups(len(pooled.sites), voices, bars)
    return Groups(distinct(groups.label)[joined.label[unit]], groups.refused)


def _barred(columns: Columns, unit: Ints, units: Pairs, told: Pairs, count: int) -> Flags:
    """Which pairs of groups may not be joined: a person said so, or they hold two registrations of one domain."""
    names: dict[str, list[int]] = {}
    for number, site in enumerate(columns.sites):
        if "@" in site:
            names.setdefault(plain_name(site), []).append(number)
    numbers = {site: number for number, site in enumerate(columns.sites)} if names else {}
    apart = [(int(unit[a]), int(unit[b])) for a, b in zip(told.a, told.b, strict=True)]
    for name, epochs in names.items():
        alike = [int(unit[one]) for one in (*epochs, *([numbers[name]] if name in numbers else []))]
        apart += list(combinations(alike, 2))
    keys = np.array([min(pair) * count + max(pair) for pair in apart], np.int64)
    return np.isin(units.a.astype(np.int64) * count + units.b, keys)


def raise_voices(pairs: Pairs, sums: Sums, decided: Small, level: int) -> Voices:
    """What each pair says of joining its two sites; a link where its band is of the level at least."""
    same = decided == 1
    veto = (decided == -1) | (sums.never & ~same)
    bits, say = sums.bits, sums.say
    if same.any():
        bits, say = np.where(same, 99.0, bits), np.where(same, 99.0, say)
    link = ((sums.band >= level) | same) & ~veto
    return Voices(pairs.a, pairs.b, bits, say, link, veto, sums.alike | sums.lent)
