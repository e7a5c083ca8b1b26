"""How common values are, and which are shared by many owners whatever their count: learnt from the statements alone.

A payee, a key or a number stands on thirty sites. Is that one operator or thirty customers of one service? The sites
tell: where owners are many, what the value's own kind of sharing does not explain (contacts, holders, counters)
contradicts from site to site; where the owner is one, it agrees again and again. `learn_shared` weighs that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from monitor.operators.columns import Columns, Flags, Floats, Ints, Small
from monitor.operators.model import ForgeClass
from monitor.operators.pairs import Joined, choosing_kinds, count_sites
from monitor.operators.weights import load_weights

Packed = NDArray[np.uint8]  # a row a pair, a bit a family (np.packbits): a tenth of what flags take

# Families whose agreement shows one owner behind a value of a family; those in the second place only speak against.
SUPPORT: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "pay": (("contact", "analytics", "registry", "verify"), ("legal",)),
    "infra": (("contact", "pay", "analytics", "registry"), ("legal",)),
    "design": (("contact", "pay", "analytics", "registry"), ("legal",)),
    "legal": (("pay", "registry", "analytics"), ("contact",)),
    "contact": (("pay", "registry"), ("analytics", "legal")),
    "analytics": (("pay", "registry"), ("contact", "legal")),
    "verify": (("pay", "registry"), ("contact", "analytics")),
    "registry": (("pay", "contact", "analytics"), ("legal",)),
    "name": (("pay", "contact", "registry"), ()),
    "succession": (("pay", "contact", "analytics", "registry"), ()),
}
COPIED = ("contact", "analytics", "legal", "verify")
OWN_ACCOUNTS = 0.04  # of pairs with one owner that pay to different accounts
SEEN_BEFORE, EXPECTED_COPIES = 20.0, 0.12  # what is assumed of a field before it is seen, worth so many pairs
CAUTION = 1.0  # bits: copies that show no way to pay are more than those that do
CONTROL = ("pay", "registry")
WITNESSES = 6.0  # sites that what is assumed of copying is worth
LEAST_COPIED = -7.0
LEAST_BESIDE = 3  # sites on which papers stand together before one tells of the other
FEW = 5.0  # so many sites of a small file tell nothing of how common a value is in the field
_LENT = ("infra", "design", "name")  # what carriers and programs lend: shared unless shown otherwise


@dataclass(frozen=True)
class Frequencies:
    """What is known of values over all sites, when statements are only a part: (kind, key of the value) to counts.

    `shared` is the chance, 0 to 1, that a value's sites have many owners, and `copying` how rare copies are against one
    owner (bits), as a whole build learnt them.
    """

    sites: int = 0
    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    shared: Mapping[tuple[str, str], float] = field(default_factory=dict)
    copying: float | None = None

    def ask(self, columns: Columns) -> tuple[Ints, Floats]:
        """Of every value its count, 0 where none is known, and its chance of being shared, below 0 where none is."""
        slots = [(columns.kinds[kind], text) for kind, text in zip(columns.kind.tolist(), columns.values, strict=True)]
        counts = np.array([self.counts.get(slot, 0) for slot in slots], np.int64)
        return counts, np.array([self.shared.get(slot, -1.0) for slot in slots], np.float64)

    @property
    def is_learnt(self) -> bool:
        """Whether a whole build has learnt what is shared."""
        return bool(self.shared)


@dataclass(frozen=True)
class Commonness:
    """Of every value: on how many sites, and the chance that they have many owners; and of how many sites in all."""

    sites: int
    counts: Ints
    shared: Floats
    known: Flags  # values whose chance was given, not learnt
    copied: (
        Floats  # of text, how rare a copy is among the sites that show it: bits below zero, 0 where nothing is known
    )

    def outside(self) -> Floats:
        """On how many sites of others a value is thought to stand."""
        return self.counts * self.shared

    def rarity(self) -> Floats:
        """How many times rarer than certain it is that two sites of different owners show each value."""
        outside = self.outside()
        among_these = np.maximum(outside - FEW, 0.0) / max(1, self.sites)
        return 1.0 / np.maximum((outside + 0.5) / self.field_size(), among_these)

    def field_size(self) -> int:
        """The number of sites that rarity is measured against, the same for few known sites and for many."""
        return load_weights().model.field


def count_values(columns: Columns, frequencies: Frequencies | None) -> Commonness:
    """Counts of values, and a first guess at which are shared."""
    counts = count_sites(columns)
    known = np.zeros(len(counts), np.bool_)
    shared = _sigmoid(-_first_guess(columns, counts))
    sites = len(columns.sites)
    if frequencies is not None:
        sites = max(sites, frequencies.sites)
        given, chance = frequencies.ask(columns)
        counts = np.maximum(counts, given)
        known = chance >= 0
        shared = np.where(known, chance, _sigmoid(-_first_guess(columns, counts)))
    return Commonness(sites, counts, shared, known, np.zeros(len(counts)))


def learn_shared(
    columns: Columns,
    common: Commonness,
    joined: Sequence[Joined],
    agree: Packed,
    differ: Packed,
    families: tuple[str, ...],
    parts: Floats,
) -> Commonness:
    """The chance that each value is shared, from what pairs that share it otherwise agree and differ in.

    `joined` is what all pairs share, in blocks; `agree` and `differ` are tables of pair and family, of which a pair has
    one or none; `parts` are bits from how its sites hang together by contacts.
    """
    family_of = np.array([families.index(load_weights().kinds[kind].family) for kind in columns.kinds])
    family = family_of[columns.kind]
    bits = _first_guess(columns, common.counts) + parts
    lent = np.array([is_lent(kind) for kind in columns.kinds])
    expected = np.where(lent, 0.45, 0.25)[columns.kind]
    # Of what does not choose pairs, only pairs that share more were compared: the others are taken to differ.
    whole = common.counts * (common.counts - 1) / 4.0
    unseen = np.where(choosing_kinds(columns)[columns.kind], 0.0, whole)
    all_agreed, all_differed = (_count_families(columns, joined, table, len(families)) for table in (agree, differ))
    for number, name in enumerate(families):
        agreed = all_agreed[number]
        compared = np.maximum(agreed + all_differed[number], unseen)
        rate = agreed / np.maximum(compared, 1)
        says = np.clip(np.log2((rate + 0.05) / expected), -2.3, 2.0)
        sure = np.sqrt(compared) / (np.sqrt(compared) + 2.0)
        use = np.zeros(len(families))
        only_against = np.zeros(len(families), np.bool_)
        for at, own in enumerate(families):
            supports, against = SUPPORT[own]
            use[at] = 2.0 * (name in supports or name in against)
            only_against[at] = name in against
        says = np.where(only_against[family], np.minimum(says, 0.0), says)
        bits = bits + use[family] * sure * says
    shared = np.where(common.known, common.shared, _sigmoid(-bits))
    return replace(common, shared=_with_lent_papers(columns, common, shared))


def _count_families(columns: Columns, joined: Sequence[Joined], table: Packed, families: int) -> Small:
    """By family and value, for how many of the pairs that share the value the table has the family."""
    size = len(columns.values)
    counts = np.zeros((families, size), np.int32)
    for block in joined:
        value = columns.value[block.row_a]
        shown = np.unpackbits(table[block.pair], axis=1, count=families)
        for number in range(families):
            counts[number] += np.bincount(value[shown[:, number] == 1], minlength=size).astype(np.int32)
    return counts


def _with_lent_papers(columns: Columns, common: Commonness, shared: Floats) -> Floats:
    """Papers of one subject are lent together: what stands beside shared ones on its sites is as shared as they are."""
    papers = np.array([load_weights().kinds[kind].family == "legal" for kind in columns.kinds])[columns.kind]
    rows = np.flatnonzero(papers[columns.value])
    most = np.zeros(len(columns.sites))
    np.maximum.at(most, columns.site[rows], shared[columns.value[rows]])
    beside = np.bincount(columns.value[rows], most[columns.site[rows]], len(shared))
    shown = np.bincount(columns.value[rows], minlength=len(shared))
    together = np.where(shown >= LEAST_BESIDE, beside / np.maximum(shown, 1), 0.0)
    return np.where(papers & ~common.known, np.maximum(shared, together), shared)


def learn_copied(
    columns: Columns, common: Commonness, joined: Sequence[Joined], same: Flags, other: Flags
) -> Commonness:
    """How rarely a value is shown by a site that has, at the time, another account or holder than others with it.

    `joined` is what all pairs share, in blocks; of every pair, whether it has the same account or holder (CONTROL), or
    another at the time.
    """
    # Pairs of n sites are no n squared witnesses: each site counts about once.
    once = 2.0 / np.maximum(common.counts, 2)
    agreed, differed = (_count_flagged(columns, joined, flags) * once for flags in (same, other))
    share = (differed + WITNESSES * EXPECTED_COPIES) / (agreed + differed + WITNESSES)
    return replace(common, copied=np.clip(np.log2(share / (1.0 - np.minimum(share, 0.9))), LEAST_COPIED, 0.0))


def _count_flagged(columns: Columns, joined: Sequence[Joined], flags: Flags) -> Ints:
    """By value, how many of the pairs that share it are flagged."""
    counts = np.zeros(len(columns.values), np.int64)
    for block in joined:
        counts += np.bincount(columns.value[block.row_a[flags[block.pair]]], minlength=len(counts))
    return counts


def shows_same_text(agree: Flags, families: tuple[str, ...], least: int = 2) -> Flags:
    """Which pairs agree in so many families of what a copier would copy."""
    return np.asarray(agree[:, [families.index(name) for name in COPIED]].sum(axis=1) >= least, np.bool_)


def learn_copying(same: int, other: int) -> float:
    """How rare copying is here against one owner, in bits below zero, from pairs whose text agrees and that show pay.

    Pairs with one owner pay to the `same` account, but for a few; a copier wants the money in an`other`.
    """
    share = (other + EXPECTED_COPIES * SEEN_BEFORE) / (same + other + SEEN_BEFORE)
    copied = min(max(share - OWN_ACCOUNTS, 0.01), 0.5)
    return float(np.clip(np.log2(copied / (1 - copied)) + CAUTION, -4.0, -1.0))


def _first_guess(columns: Columns, counts: Ints) -> Floats:
    """Bits for one owner by the count alone: two sites are mostly one owner's, a hundred rarely."""
    lent = np.array([is_lent(kind) for kind in columns.kinds])
    start = np.where(lent, 0.0, 4.0)[columns.kind] if len(counts) else np.zeros(0)
    # Twice as many sites halve the odds, of what is lent by nature twice; a count that no operator reaches more.
    grown = np.log2(np.maximum(counts, 2) / 2.0) * (np.where(lent, 2.0, 1.0)[columns.kind] if len(counts) else 1.0)
    return start - grown - np.maximum(0.0, np.log2(np.maximum(counts, 1) / 80.0)) * 4.0


def is_lent(kind: str) -> bool:
    """Whether a kind is what carriers and programs lend to many by nature."""
    weight = load_weights().kinds[kind]
    return weight.family in _LENT or weight.forge is ForgeClass.NONE


def _sigmoid(bits: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp2(-np.clip(bits, -60, 60)))
