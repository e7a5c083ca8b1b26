"""New sites into a known field: only what they touch is scored and grouped anew, by the same functions as a full build.

`KnownSites` holds what was stated so far and what a full build learnt of how common and how shared values are. The
part that new statements touch is their sites and all sites that share a telling value with them; a group that stands is
joined or left alone as a whole. Splitting groups is left to the next full build.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from monitor.operators.attribute import Scored, Standing, attribute_columns
from monitor.operators.columns import Columns, ColumnsBuilder
from monitor.operators.frequencies import Frequencies
from monitor.operators.pairs import BLOCK_WIDE, CHOOSES
from monitor.operators.values import read_value
from monitor.operators.weights import load_weights

Row = tuple[str, str, str, str, int, int]  # site, kind, value, place, first and last sight in minutes


class KnownSites:
    """Statements by site, sites by value, and the group of each site."""

    def __init__(self) -> None:
        weights = load_weights().kinds
        self._chooses = {kind for kind, one in weights.items() if one.cap >= CHOOSES or one.proof}
        self._rows: dict[str, list[Row]] = {}
        self._sites: dict[tuple[str, str], set[str]] = {}
        self._keys: dict[tuple[str, str], str] = {}
        self._groups: dict[str, tuple[str, ...]] = {}
        self._shared: dict[tuple[str, str], float] = {}
        self._copying: float | None = None

    def add(self, site: str, kind: str, value: str, place: str, first: int, last: int) -> None:
        """Keep a statement without looking at what it links."""
        self._rows.setdefault(site, []).append((site, kind, value, place, first, last))
        self._sites.setdefault((kind, self._key(kind, value)), set()).add(site)

    def learn(self) -> Scored:
        """A full build: learns what is shared, and the groups."""
        scored = attribute_columns(_build(row for rows in self._rows.values() for row in rows))
        columns, shared = scored.scorer.columns, scored.scorer.common.shared
        self._shared = {
            (columns.kinds[int(kind)], text): float(chance)
            for kind, text, chance in zip(columns.kind, columns.values, shared, strict=True)
        }
        self._copying = scored.scorer.copying
        self._groups = {}
        self._remember(scored, set())
        return scored

    def attribute(self, rows: Iterable[Row]) -> Scored:
        """Keep new statements; the answer for the part of the field that they touch."""
        new = list(rows)
        for row in new:
            self.add(*row)
        touched = {row[0] for row in new}
        slots = {(row[1], self._key(row[1], row[2])) for row in new if row[1] in self._chooses}
        near = set(touched)
        for slot in slots:
            sites = self._sites[slot]
            if len(sites) <= BLOCK_WIDE:
                near |= sites
        part = [row for site in sorted(near) for row in self._rows[site]]
        known = {(row[1], self._key(row[1], row[2])) for row in part}
        counts = {slot: len(self._sites[slot]) for slot in known}
        shared = {slot: self._shared[slot] for slot in known if slot in self._shared}
        columns = _build(part)
        frequencies = Frequencies(len(self._rows), counts, shared, self._copying)
        scored = attribute_columns(columns, frequencies=frequencies, standing=self._standing(columns, touched))
        self._remember(scored, touched)
        return scored

    def _standing(self, columns: Columns, touched: set[str]) -> Standing:
        numbers = {site: number for number, site in enumerate(columns.sites)}
        new = np.array([site in touched or site not in self._groups for site in columns.sites], np.bool_)
        label = np.arange(len(columns.sites))
        for site, number in numbers.items():
            if not new[number]:
                label[number] = next(
                    (numbers[one] for one in self._groups[site] if one in numbers and not new[numbers[one]]), number
                )
        return Standing(new, label)

    def group_of(self, site: str) -> tuple[str, ...]:
        """The sites that a site was last found to be confirmed with, itself among them."""
        return self._groups.get(site, (site,))

    def _key(self, kind: str, value: str) -> str:
        slot = (kind, value)
        key = self._keys.get(slot)
        if key is None:
            key = self._keys[slot] = read_value(kind, value).key
        return key

    def _remember(self, scored: Scored, new: set[str]) -> None:
        members: dict[int, list[str]] = {}
        for site, label in zip(scored.scorer.columns.sites, scored.cores.tolist(), strict=True):
            members.setdefault(label, []).append(site)
        for group in members.values():
            whole = set(group).union(
                *(self._groups[site] for site in group if site in self._groups and site not in new)
            )
            for site in whole:
                self._groups[site] = tuple(sorted(whole))


def _build(rows: Iterable[Row]) -> Columns:
    builder = ColumnsBuilder()
    for row in rows:
        builder.add(*row)
    return builder.finish()
