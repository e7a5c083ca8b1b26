"""New sites into a known field: only what they touch is scored and grouped anew, by the same functions as a full build.

`KnownSites` holds what was stated so far and what a full build learnt of how common and how shared values are. The
part that new statements touch is their sites and all sites that share a telling value with them; a group that stands is
joined or left alone as a whole. Splitting groups is left to the next full build.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import repeat

import numpy as np

from monitor.operators.attribute import Standing, attribute_columns
from monitor.operators.columns import Columns, Floats, Ints
from monitor.operators.columns_builder import ColumnsBuilder
from monitor.operators.frequencies import Frequencies
from monitor.operators.pairs import BLOCK_WIDE, CHOOSES
from monitor.operators.scored_sites import Scored
from monitor.operators.weights import load_weights

UNKNOWN = -1.0  # chance of being shared of a value that no whole build has seen
Row = tuple[str, str, str, str, int, int]  # site, kind, value, place, first and last sight in minutes


@dataclass(frozen=True)
class FieldFrequencies(Frequencies):
    """Frequencies of a field in memory, by the number of the value: asked for thousands of values at once."""

    numbers: dict[tuple[int, str], int] = field(default_factory=dict)
    count: array[int] = field(default_factory=lambda: array("i"))
    chance: Floats = field(default_factory=lambda: np.zeros(0))

    def ask(self, columns: Columns) -> tuple[Ints, Floats]:
        """The same as of the mappings."""
        slots = zip(columns.kind.tolist(), columns.values, strict=True)
        number = np.fromiter(map(self.numbers.get, slots, repeat(-1)), np.int64, len(columns.values))
        counts = np.frombuffer(self.count, self.count.typecode).astype(np.int64)
        learnt = (number >= 0) & (number < len(self.chance))
        chance = np.full(len(number), UNKNOWN)
        chance[learnt] = self.chance[number[learnt]]
        return np.where(number >= 0, counts[number] if len(counts) else 0, 0), chance

    @property
    def is_learnt(self) -> bool:
        """Whether a whole build has learnt what is shared."""
        return bool(len(self.chance))


class KnownSites:
    """Statements by site, sites by value, and the group of each site."""

    def __init__(self) -> None:
        weights = load_weights().kinds
        self._builder = ColumnsBuilder()
        chooses = {kind for kind, one in weights.items() if one.cap >= CHOOSES or one.proof}
        self._chooses = {number for kind, number in self._builder.kinds.items() if kind in chooses}
        self._names: list[str] = []  # of sites, by number
        self._slots: list[tuple[int, str]] = []  # kind and key of values, by number
        self._rows: list[array[int]] = []  # of each site
        self._sites: list[set[int]] = []  # of each value
        self._count = array("i")  # of each value: on how many sites
        self._registered: dict[int, list[tuple[int, str, int]]] = {}
        self._groups: dict[str, tuple[str, ...]] = {}
        self._chance: Floats = np.zeros(0)  # of each value that the last whole build saw, of being shared
        self._copying: float | None = None

    def add(self, site: str, kind: str, value: str, place: str, first: int, last: int) -> None:
        """Keep a statement without looking at what it links."""
        builder = self._builder
        row, days = len(builder.site), len(builder.registered)
        builder.add(site, kind, value, place, first, last)
        if len(self._names) < len(builder.sites):
            self._names.append(site)
            self._rows.append(array("i"))
        if days < len(builder.registered):
            self._registered.setdefault(builder.sites[site], []).append(builder.registered[-1])
        if row == len(builder.site):
            return
        number, shown = builder.site[row], builder.value[row]
        if shown == len(self._slots):
            self._slots.append(next(reversed(builder.values)))
            self._sites.append(set())
            self._count.append(0)
        self._rows[number].append(row)
        sites = self._sites[shown]
        sites.add(number)
        self._count[shown] = len(sites)

    def learn(self) -> Scored:
        """A full build: learns what is shared, and the groups."""
        scored = attribute_columns(self._builder.finish())
        columns, shared = scored.scorer.columns, scored.scorer.common.shared
        numbers = self._builder.values
        self._chance = np.full(len(numbers), UNKNOWN)
        for slot, chance in zip(zip(columns.kind.tolist(), columns.values, strict=True), shared.tolist(), strict=True):
            number = numbers.get(slot)
            if number is not None:  # not a pointer, which is made of the sites that are there
                self._chance[number] = chance
        self._copying = scored.scorer.copying
        self._groups = {}
        self._remember(scored, set())
        return scored

    def attribute(self, rows: Iterable[Row]) -> Scored:
        """Keep new statements; the answer for the part of the field that they touch."""
        begin, touched = len(self._builder.site), set()
        for row in rows:
            self.add(*row)
            touched.add(row[0])
        near = {self._builder.sites[site] for site in touched if site in self._builder.sites}
        for number in set(self._builder.value[begin:]):
            if self._slots[number][0] in self._chooses and len(self._sites[number]) <= BLOCK_WIDE:
                near |= self._sites[number]
        columns = self._part(sorted(near))
        frequencies = FieldFrequencies(
            len(self._names), copying=self._copying, numbers=self._builder.values, count=self._count,
            chance=self._chance,
        )  # fmt: skip
        scored = attribute_columns(columns, frequencies=frequencies, standing=self._standing(columns, touched))
        self._remember(scored, touched)
        return scored

    def _part(self, sites: list[int]) -> Columns:
        rows = array("i")
        for site in sites:
            rows.extend(self._rows[site])
        days = [day for site in sites for day in self._registered.get(site, ())]
        named = [(self._names[site], site) for site in sites]
        return self._builder.part(named, self._slots, np.array(rows, np.int64), days)

    def _standing(self, columns: Columns, touched: set[str]) -> Standing:
        groups = self._groups
        new = np.array([site in touched or site not in groups for site in columns.sites], np.bool_)
        label = np.arange(len(columns.sites))
        least: dict[int, int] = {}  # of each group, by what it is, its first site here
        for number in np.flatnonzero(~new).tolist():
            label[number] = least.setdefault(id(groups[columns.sites[number]]), number)
        return Standing(new, label)

    def group_of(self, site: str) -> tuple[str, ...]:
        """The sites that a site was last found to be confirmed with, itself among them."""
        return self._groups.get(site, (site,))

    def _remember(self, scored: Scored, new: set[str]) -> None:
        members: dict[int, list[str]] = {}
        for site, label in zip(scored.scorer.columns.sites, scored.cores.tolist(), strict=True):
            members.setdefault(label, []).append(site)
        for group in members.values():
            if len(group) == 1 and group[0] not in new and group[0] in self._groups:
                continue
            stood = {id(one): one for one in map(self._groups.get, group) if one is not None}
            if len(stood) == 1 and not new.intersection(group) and all(site in self._groups for site in group):
                continue
            whole = set(group).union(
                *(self._groups[site] for site in group if site in self._groups and site not in new)
            )
            together = tuple(sorted(whole))
            for site in whole:
                self._groups[site] = together
