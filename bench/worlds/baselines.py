"""Plain answers to measure against: join on anything shared, join by rarity alone, and one that knows whose is what.

`join_knowing` sees the truth: it shows how much a scorer could find at all if it never erred about a value.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import combinations

from bench.worlds.model import EpochTruth, World
from bench.worlds.profiles import FAMILIES
from monitor.operators.model import Band, OperatorGroup
from storage.identity import Statement

FAMILY_OF = {kind: family for family, kinds in FAMILIES.items() for kind in kinds} | {
    "redirect": "succession",
    "notice_successor": "succession",
    "release_page": "succession",
    "tls_san": "infra",
}
_PROOF = ("pay", "infra", "succession", "registry")  # control or register; the others anybody can copy
_MOST_SITES = 100
_POINTERS = ("redirect", "notice_successor", "release_page", "tls_san")
_NOT_SHARED = ("registered_on", "registrar", "address")


def key_of(row: Statement) -> tuple[str, str]:
    """What two sites must have in common; a pointer to a site is shared with that site."""
    if row.kind in _POINTERS:
        return "site", row.value
    return row.kind, row.value.split("号-")[0] if row.kind == "icp" else row.value


def join_any(world: World) -> list[OperatorGroup]:
    """Join all sites that share any identifier."""
    groups = _Groups(epoch.site for epoch in world.truth.epochs)
    for sites in _sites_of(world).values():
        first, *others = sites
        for site in others:
            groups.join(first, site)
    return groups.answer(Band.CONFIRMED)


def join_rare(world: World, *, bits: float = 10.0, families: int = 2) -> list[OperatorGroup]:
    """Join sites whose shared identifiers are rare enough together, in so many families at least."""
    index, total = _sites_of(world), len({epoch.site for epoch in world.truth.epochs})
    found: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for (kind, _), sites in index.items():
        if 2 <= len(sites) <= _MOST_SITES:
            weight = min(12.0, math.log2(0.7 * total / max(len(sites) - 1, 1)))
            family = FAMILY_OF.get(kind, kind)
            for pair in combinations(sorted(sites), 2):
                found[pair][family] = max(found[pair].get(family, 0.0), weight)
    groups = _Groups(epoch.site for epoch in world.truth.epochs)
    for (a, b), rows in found.items():
        if sum(rows.values()) >= bits and len(rows) >= families:
            groups.join(a, b)
    return groups.answer(Band.CONFIRMED)


def join_knowing(world: World, *, families: int = 2, proof: bool = True) -> list[OperatorGroup]:
    """Join sites of one operator by what no other operator shows: what could be found at the very best."""
    epochs = _EpochFinder(world.truth.epochs)
    owners: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in world.statements:
        if row.kind in _NOT_SHARED or row.place == "comment":
            continue
        epoch = epochs.find(row)
        owners[key_of(row)][epoch.operator].add(epoch.label)
    for epoch in world.truth.epochs:
        if ("site", epoch.site) in owners:
            owners[("site", epoch.site)][epoch.operator].add(epoch.label)
    pairs: dict[tuple[str, str], set[str]] = defaultdict(set)
    copies = {epoch.operator for epoch in world.truth.epochs if epoch.make in ("impersonator", "reseller", "branch")}
    for (kind, _), by_owner in owners.items():
        family = "succession" if kind == "site" else FAMILY_OF.get(kind, kind)
        if len(by_owner.keys() - copies) > 1:
            continue
        for labels in by_owner.values():
            for pair in combinations(sorted(labels), 2):
                pairs[pair].add(family)
    groups = _Groups(epoch.label for epoch in world.truth.epochs)
    for (a, b), shared in pairs.items():
        if len(shared) >= families and (not proof or shared & set(_PROOF)):
            groups.join(a, b)
    return groups.answer(Band.CONFIRMED)


class _EpochFinder:
    def __init__(self, epochs: Iterable[EpochTruth]) -> None:
        self._by_site: dict[str, list[EpochTruth]] = defaultdict(list)
        for epoch in epochs:
            self._by_site[epoch.site].append(epoch)

    def find(self, row: Statement) -> EpochTruth:
        """The epoch in which the statement was made."""
        day = row.first_seen.date()
        return next(epoch for epoch in self._by_site[row.site] if epoch.first <= day <= epoch.last)


class _Groups:
    def __init__(self, sites: Iterable[str]) -> None:
        self._parent = {site: site for site in sites}

    def find(self, site: str) -> str:
        parent = self._parent
        while parent[site] != site:
            parent[site] = parent[parent[site]]
            site = parent[site]
        return site

    def join(self, a: str, b: str) -> None:
        self._parent[self.find(a)] = self.find(b)

    def answer(self, band: Band) -> list[OperatorGroup]:
        found: dict[str, list[str]] = defaultdict(list)
        for site in self._parent:
            found[self.find(site)].append(site)
        return [OperatorGroup(f"g{number}", tuple(sites), band)
                for number, sites in enumerate(found.values()) if len(sites) > 1]  # fmt: skip


def _sites_of(world: World) -> Mapping[tuple[str, str], set[str]]:
    sites = {epoch.site for epoch in world.truth.epochs}
    index: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in world.statements:
        if row.kind not in _NOT_SHARED:
            index[key_of(row)].add(row.site)
    for (kind, value), found in index.items():
        if kind == "site" and value in sites:
            found.add(value)
    return index


Baseline = Callable[[World], list[OperatorGroup]]
