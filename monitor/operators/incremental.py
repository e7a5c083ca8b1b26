"""New sites into a known field: only what they touch is scored and grouped anew, by the same functions as a full build.

`KnownSites` holds what was stated so far and what a full build learnt of how common and how shared values are. The
part that new statements touch is their sites, all sites that share a telling value with them, and the groups of those.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.operators.attribute import Scored, attribute_columns
from monitor.operators.columns import ColumnsBuilder
from monitor.operators.frequencies import Frequencies
from monitor.operators.pairs import BLOCK_WIDE, CHOOSES
from monitor.operators.values import read_value
from monitor.operators.weights import load_weights

Row = tuple[str, str, str, str, int, int]  # site, kind, value, place, first and last sight in minutes
MOST_NEIGHBOURS = 400  # sites of one group that are looked at again for one new site


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
        scored = _attribute((row for rows in self._rows.values() for row in rows), None)
        columns, shared = scored.scorer.columns, scored.scorer.common.shared
        self._shared = {
            (columns.kinds[int(kind)], text): float(chance)
            for kind, text, chance in zip(columns.kind, columns.values, shared, strict=True)
        }
        self._copying = scored.scorer.copying
        self._groups = {}
        self._remember(scored)
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
        for site in sorted(near - touched):
            near |= set(self._groups.get(site, ())[:MOST_NEIGHBOURS])
        part = [row for site in sorted(near) for row in self._rows[site]]
        known = {(row[1], self._key(row[1], row[2])) for row in part}
        counts = {slot: len(self._sites[slot]) for slot in known}
        shared = {slot: self._shared[slot] for slot in known if slot in self._shared}
        scored = _attribute(part, Frequencies(len(self._rows), counts, shared, self._copying))
        self._remember(scored)
        return scored

    def group_of(self, site: str) -> tuple[str, ...]:
        """The sites that a site was last found to be confirmed with, itself among them."""
        return self._groups.get(site, (site,))

    def _key(self, kind: str, value: str) -> str:
        slot = (kind, value)
        key = self._keys.get(slot)
        if key is None:
            key = self._keys[slot] = read_value(kind, value).key
        return key

    def _remember(self, scored: Scored) -> None:
        members: dict[int, list[str]] = {}
        for site, label in zip(scored.scorer.columns.sites, scored.cores.tolist(), strict=True):
            members.setdefault(label, []).append(site)
        for group in members.values():
            for site in group:
                self._groups[site] = tuple(group)


def _attribute(rows: Iterable[Row], frequencies: Frequencies | None) -> Scored:
    builder = ColumnsBuilder()
    for row in rows:
        builder.add(*row)
    return attribute_columns(builder.finish(), frequencies=frequencies)
