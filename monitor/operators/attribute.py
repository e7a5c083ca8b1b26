"""From statements to operators: columns, pairs, what is shared, scores, cores, and the groups around them. Pure.

`attribute_sites` gives links and operators as values; `attribute_columns` the same as numbers, for millions of
statements. Deterministic, whatever the order of the input. docs/operators.md explains each step.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from monitor.operators.clusters import Bars, Groups, join_groups
from monitor.operators.columns import Columns, Flags, Ints
from monitor.operators.columns_builder import build_columns
from monitor.operators.contrary import table_kinds
from monitor.operators.decided_pairs import add_decided, list_decided, mark_decided
from monitor.operators.explain import explain_links
from monitor.operators.frequencies import Commonness, Frequencies, count_values
from monitor.operators.group_joining import join_units, raise_voices
from monitor.operators.learning import learn
from monitor.operators.model import Attribution, Link
from monitor.operators.pair_sums import score_all
from monitor.operators.pairs import Pairs, find_pairs
from monitor.operators.pooling import pool_columns
from monitor.operators.scored_sites import Scored, group_sites
from monitor.operators.scorer import make_scorer
from storage.identity import Decision, Statement

MOST_NAMED = 50  # links not followed that the notes name
FEW_LINKS = 5_000  # up to so many, all that was compared is told, and what each row changes
CORE = Bars(mean=0.0, bridge=12.0)
WIDE = Bars(mean=0.0, bridge=9.0, bridge_part=2, alike=0.15)


@dataclass(frozen=True)
class Standing:
    """What a part of a field brings along: which sites are new, and the group (its least site) of each that stood."""

    new: Flags
    label: Ints


def attribute_sites(
    statements: Iterable[Statement],
    *,
    decisions: Iterable[Decision] = (),
    frequencies: Frequencies | None = None,
    most_links: int = 200_000,
) -> Attribution:
    """Operators and links. `frequencies` tells how common values are over all sites when these are only a part."""
    scored = attribute_columns(build_columns(statements), decisions=decisions, frequencies=frequencies)
    return describe(scored, most_links=most_links)


def explain_link(
    statements_a: Iterable[Statement], statements_b: Iterable[Statement], *, frequencies: Frequencies | None = None
) -> Link | None:
    """The link of two sites with all rows and what each changes; None where the statements are not of two sites."""
    columns = build_columns([*statements_a, *statements_b])
    if len(columns.sites) != 2:
        return None
    common = count_values(columns, frequencies)
    scorer = make_scorer(columns, common, table_kinds(columns, common), frequencies.copying if frequencies else None)
    pair = Pairs(np.array([0], np.int32), np.array([1], np.int32))
    return explain_links(scorer, pair, np.zeros(1, np.int32), without=True)[0]


def describe(scored: Scored, *, most_links: int = 200_000) -> Attribution:
    """The answer as values: the strongest links first in line to be kept, then in order of names."""
    links, left = _choose_links(scored, most_links)
    notes = scored.notes + ((f"{left} weaker links are left out of this answer",) if left else ())
    return Attribution(group_sites(scored), links, notes)


def attribute_columns(
    columns: Columns,
    *,
    decisions: Iterable[Decision] = (),
    frequencies: Frequencies | None = None,
    standing: Standing | None = None,
) -> Scored:
    """Score and group all sites; with `standing` only what is new is compared, and joined to the groups that stand."""
    pairs, hot = find_pairs(columns)
    if standing is not None:
        pairs = pairs.part(standing.new[pairs.a] | standing.new[pairs.b])
    told = list_decided(columns, decisions)
    pairs = add_decided(pairs, told, len(columns.sites))
    decided = mark_decided(pairs, told, len(columns.sites))
    common = count_values(columns, frequencies)
    first = None
    if frequencies is not None and frequencies.is_learnt:  # a whole build has learnt: this is a part of its field
        scorer = make_scorer(columns, common, table_kinds(columns, common), frequencies.copying)
        of_groups = common
        sums = score_all(scorer, pairs)
    else:
        scorer = learn(columns, pairs, common)
        sums = score_all(scorer, pairs)
        first = join_groups(len(columns.sites), raise_voices(pairs, sums, decided, 2), CORE)
        of_groups = _learn_of_groups(columns, first)
    new = standing.new if standing is not None else np.ones(len(columns.sites), np.bool_)
    if first is not None and standing is None:
        cores = first
    else:
        before = standing.label if standing is not None else None
        cores = join_groups(len(columns.sites), raise_voices(pairs, sums, decided, 2), CORE, before)
    cores = join_units(scorer, cores, pairs, decided, CORE, 2, of_groups, new)
    wide = join_groups(len(columns.sites), raise_voices(pairs, sums, decided, 1), WIDE, cores.label)
    wide = join_units(scorer, wide, pairs, decided, WIDE, 1, of_groups, new)
    notes = list(columns.notes)
    if hot:
        notes.append(f"{hot} values stand on so many sites that they link nothing by themselves")
    for groups in (cores, wide):
        notes += [
            f"not joined, for a person to judge: {columns.sites[int(pairs.a[number])]} and "
            f"{columns.sites[int(pairs.b[number])]} ({_WHY[why]})"
            for number, why in groups.refused[:MOST_NAMED]
        ]
        if len(groups.refused) > MOST_NAMED:
            notes.append(f"and {len(groups.refused) - MOST_NAMED} more links that were not followed")
    return Scored(scorer, pairs, sums.bits, sums.band, decided, cores.label, wide.label, tuple(notes))


def _learn_of_groups(columns: Columns, groups: Groups) -> Commonness:
    """What is shared by many owners, as groups tell: what a large group and some strangers show is pure among sites."""
    pooled, _ = pool_columns(columns, groups.label)
    units, _ = find_pairs(pooled)
    return learn(pooled, units, count_values(pooled, None), passes=1).common


_WHY = {
    "veto": "a person said that two of the sites differ, or one bears remains of the other as a copy does",
    "mean": "most pairs across speak against it",
    "alike": "few of the pairs that a copier would resemble too are links",
    "bridge": "one link alone would join two groups",
}


def _choose_links(scored: Scored, most: int) -> tuple[tuple[Link, ...], int]:
    worth = (scored.bits > 0) | (scored.band > 0) | (scored.decided != 0) | (len(scored.pairs) <= FEW_LINKS)
    chosen = np.flatnonzero(worth)
    left = max(0, len(chosen) - most)
    if left:
        strongest = np.lexsort((chosen, -scored.bits[chosen], -scored.band[chosen]))[:most]
        chosen = np.sort(chosen[strongest])
    part = scored.pairs.part(chosen)
    return explain_links(scored.scorer, part, scored.decided[chosen], without=len(part) <= FEW_LINKS), left
