"""From statements to operators: columns, pairs, what is shared, scores, cores, and the groups around them. Pure.

`attribute_sites` gives links and operators as values; `attribute_columns` the same as numbers, for millions of
statements. Deterministic, whatever the order of the input. docs/operators.md explains each step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from functools import partial
from itertools import combinations
from typing import TypeVar

import numpy as np

from monitor.operators.clusters import Bars, Groups, Voices, join_groups
from monitor.operators.columns import Columns, Flags, Floats, Ints, Small, build_columns
from monitor.operators.contrary import find_differences, table_kinds
from monitor.operators.explain import explain_links
from monitor.operators.frequencies import (
    CONTROL,
    Commonness,
    Frequencies,
    Packed,
    count_values,
    learn_copied,
    learn_copying,
    learn_shared,
    shows_same_text,
)
from monitor.operators.houses import find_house_values
from monitor.operators.model import Attribution, Band, Link, OperatorGroup
from monitor.operators.pairs import BLOCK_WIDE, Joined, Pairs, choosing_kinds, count_sites, distinct, find_pairs
from monitor.operators.parts import count_parts, not_personal
from monitor.operators.pooling import pool_columns
from monitor.operators.scoring import (
    COUNTS,
    PROVIDER,
    Scorer,
    join_rows,
    make_scorer,
    one_name,
    score_pairs,
    weigh_rows,
)
from monitor.operators.site_names import plain_name
from storage.identity import Decision, Statement, Verdict

CHUNK = 20_000  # pairs that are scored at once: what they need stays in the processor's cache
THREADS = 2
BLOCK = 2_000_000  # rows in common that are kept together: a few large pieces leave no holes in memory, many small do
PASSES = 2
OF_HOUSE = 0.98  # chance of being shared of what a host lends
STRAY = 2  # sites that may come near a group by text alone: a wrong one costs little
MOST_ALIKE = 100_000  # pairs with equal text from which it is learnt how often text is copied
MOST_NAMED = 50  # links not followed that the notes name
FEW_LINKS = 5_000  # up to so many, all that was compared is told, and what each row changes
CORE = Bars(mean=0.0, bridge=12.0)
WIDE = Bars(mean=1.0, bridge=9.0, bridge_part=2, alike=0.15)

Part = TypeVar("Part")
Table = TypeVar("Table", "Compared", "Sums")


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


@dataclass(frozen=True)
class Standing:
    """What a part of a field brings along: which sites are new, and the group (its least site) of each that stood."""

    new: Flags
    label: Ints


@dataclass(frozen=True)
class Compared:
    """Of pairs, families that agree, and those that only differ; and what tells how often text is copied."""

    agree: Packed
    differ: Packed
    same: Flags  # pairs that have an account or a holder in common
    other: Flags  # pairs that have none in common, and different ones at one time
    alike: Flags  # pairs with equal text


@dataclass(frozen=True)
class Sums:
    """What scoring gives of all pairs: `alike` pairs agree in what can be copied only."""

    bits: Floats
    say: Floats
    band: Small
    alike: Flags
    lent: Flags  # pairs that an upstream or host explains best: neither a contact nor a holder in common
    never: Flags  # two registrations of one name, or a copy that bears remains of its model and nothing that proves


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
    told = _decided(columns, decisions)
    pairs = _with_decided(pairs, told, len(columns.sites))
    decided = _see_decided(pairs, told, len(columns.sites))
    common = count_values(columns, frequencies)
    first = None
    if frequencies is not None and frequencies.is_learnt:  # a whole build has learnt: this is a part of its field
        scorer = make_scorer(columns, common, table_kinds(columns, common), frequencies.copying)
        of_groups = common
        sums = score_all(scorer, pairs)
    else:
        scorer = learn(columns, pairs, common)
        sums = score_all(scorer, pairs)
        first = join_groups(len(columns.sites), _voices(pairs, sums, decided, 2), CORE)
        of_groups = _learn_of_groups(columns, first)
    new = standing.new if standing is not None else np.ones(len(columns.sites), np.bool_)
    if first is not None and standing is None:
        cores = first
    else:
        before = standing.label if standing is not None else None
        cores = join_groups(len(columns.sites), _voices(pairs, sums, decided, 2), CORE, before)
    cores = _join_units(scorer, cores, pairs, decided, CORE, 2, of_groups, new)
    wide = join_groups(len(columns.sites), _voices(pairs, sums, decided, 1), WIDE, cores.label)
    wide = _join_units(scorer, wide, pairs, decided, WIDE, 1, of_groups, new)
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


def _join_units(
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
    voices = _voices(units, replace(sums, band=band, never=barred | sums.never), np.zeros(len(units), np.int32), level)
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


def _voices(pairs: Pairs, sums: Sums, decided: Small, level: int) -> Voices:
    same = decided == 1
    veto = (decided == -1) | (sums.never & ~same)
    bits, say = sums.bits, sums.say
    if same.any():
        bits, say = np.where(same, 99.0, bits), np.where(same, 99.0, say)
    link = ((sums.band >= level) | same) & ~veto
    return Voices(pairs.a, pairs.b, bits, say, link, veto, sums.alike | sums.lent)


_WHY = {
    "veto": "a person said that two of the sites differ, or one bears remains of the other as a copy does",
    "mean": "most pairs across speak against it",
    "alike": "few of the pairs that a copier would resemble too are links",
    "bridge": "one link alone would join two groups",
}


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
    tied = np.where(not_personal(columns)[columns.kind], parts, 0.0)
    common = learn_shared(columns, common, joined, compared.agree, compared.differ, scorer.families, tied)
    common = learn_copied(columns, common, joined, compared.same, compared.other)
    house = find_house_values(columns) & ~common.known
    common = replace(common, shared=np.where(house, np.maximum(common.shared, OF_HOUSE), common.shared))
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
    for joined, part in _in_parts(pairs, partial(_compare, scorer, first)):
        at = _lay_in(compared, part, at)
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


def score_all(scorer: Scorer, pairs: Pairs) -> Sums:
    """Sums of all pairs, a part at a time."""

    provider = [other.name for other in scorer.weights.explanations].index(PROVIDER)

    def score(part: Pairs, at: int) -> Sums:
        scores = score_pairs(scorer, part)
        alike = shows_same_text(scores.agree, scorer.families, 1) & ~scores.proof
        remains = np.bincount(scores.rows.pair, scores.rows.remains, len(part)) > 0
        never = one_name(scorer.columns, part) | (remains & ~scores.proof)
        own = scores.agree[:, [scorer.families.index(name) for name in ("contact", "registry")]].any(axis=1)
        lent = (scores.relation == provider) & ~own
        return Sums(scores.bits, scores.say, scores.band, alike, lent, never)

    bits, say = (np.empty(len(pairs), np.float64) for _ in range(2))
    sums = Sums(bits, say, np.empty(len(pairs), np.int32), *(np.empty(len(pairs), np.bool_) for _ in range(3)))
    at = 0
    for part in _in_parts(pairs, score):
        at = _lay_in(sums, part, at)
    return sums


def _lay_in(whole: Table, part: Table, at: int) -> int:
    """Copy the answer for a part to its place in that for all; where the next part begins."""
    for one in fields(whole):
        column = getattr(part, one.name)
        getattr(whole, one.name)[at : at + len(column)] = column
    return at + len(column)


def _in_parts(pairs: Pairs, ask: Callable[[Pairs, int], Part]) -> Iterator[Part]:
    """The answers for parts of the pairs, given the part and where it begins, in their order; two at a time."""
    if len(pairs) <= CHUNK:
        if len(pairs):
            yield ask(pairs, 0)
        return
    with ThreadPoolExecutor(THREADS) as pool:
        yield from pool.map(lambda at: ask(pairs.part(slice(at, at + CHUNK)), at), range(0, len(pairs), CHUNK))


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


def _decided(columns: Columns, decisions: Iterable[Decision]) -> dict[tuple[int, int], int]:
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


def _with_decided(pairs: Pairs, told: dict[tuple[int, int], int], sites: int) -> Pairs:
    if not told:
        return pairs
    keys = pairs.a.astype(np.int64) * sites + pairs.b
    more = np.array([low * sites + high for low, high in told], np.int64)
    keys = np.union1d(keys, more)
    return Pairs((keys // sites).astype(np.int32), (keys % sites).astype(np.int32))


def _see_decided(pairs: Pairs, told: dict[tuple[int, int], int], sites: int) -> Small:
    """What a person said of each pair; all that was told of is among them, in order."""
    decided = np.zeros(len(pairs), np.int32)
    if told:
        keys = pairs.a.astype(np.int64) * sites + pairs.b
        decided[np.searchsorted(keys, [low * sites + high for low, high in told])] = list(told.values())
    return decided


def _choose_links(scored: Scored, most: int) -> tuple[tuple[Link, ...], int]:
    worth = (scored.bits > 0) | (scored.band > 0) | (scored.decided != 0) | (len(scored.pairs) <= FEW_LINKS)
    chosen = np.flatnonzero(worth)
    left = max(0, len(chosen) - most)
    if left:
        strongest = np.lexsort((chosen, -scored.bits[chosen], -scored.band[chosen]))[:most]
        chosen = np.sort(chosen[strongest])
    part = scored.pairs.part(chosen)
    return explain_links(scored.scorer, part, scored.decided[chosen], without=len(part) <= FEW_LINKS), left
