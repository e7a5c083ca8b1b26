"""Judges an answer on operators by the truth: precision and recall of pairs in each band, and what went wrong."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations

from bench.worlds.model import EpochTruth, Truth
from monitor.operators.model import Band, OperatorGroup

_MOST_PAIRS = 20_000  # of one cluster that are looked at to name their trap


@dataclass(frozen=True)
class BandScore:
    """How good the pairs of one band, or better ones, are."""

    answered: int
    right: int
    wanted: int
    largest: int
    wrong: Mapping[str, int] = field(default_factory=dict)  # by the trap that was fallen into
    examples: tuple[tuple[str, str, str], ...] = ()

    @property
    def precision(self) -> float:
        """Share of the answered pairs that are right; 1 when nothing was answered."""
        return self.right / self.answered if self.answered else 1.0

    @property
    def recall(self) -> float:
        """Share of the wanted pairs that were answered."""
        return self.right / self.wanted if self.wanted else 1.0


@dataclass(frozen=True)
class Score:
    """How good an answer is. `signalless` pairs are wanted too, though nothing in common was left of them."""

    confirmed: BandScore
    probable: BandScore  # 高度疑似 or better
    pairs: int
    signalless: int
    largest: int
    unknown_sites: tuple[str, ...] = ()


def score_answer(truth: Truth, operators: Iterable[OperatorGroup | Mapping[str, object]]) -> Score:
    """Judge groups of sites, given as values or as the rows of `cardwatch link --json`."""
    index = _Epochs(truth.epochs)
    groups: list[tuple[str, list[int]]] = []
    unknown: list[str] = []
    for group in operators:
        sites = group.sites if isinstance(group, OperatorGroup) else group["sites"]
        band = group.band if isinstance(group, OperatorGroup) else group["band"]
        members = []
        for site in sites:  # type: ignore[attr-defined]
            number = index.find(str(site))
            if number is None:
                unknown.append(str(site))
            else:
                members.append(number)
        groups.append((str(band), members))
    sizes = Counter(epoch.operator for epoch in truth.epochs)
    pairs = sum(size * (size - 1) // 2 for size in sizes.values())
    parts = Counter((epoch.operator, epoch.signals) for epoch in truth.epochs)
    reachable = sum(size * (size - 1) // 2 for size in parts.values())
    confirmed = [members for band, members in groups if band == Band.CONFIRMED]
    better = [members for band, members in groups if band in (Band.CONFIRMED, Band.PROBABLE)]
    return Score(_score_band(truth, confirmed, pairs), _score_band(truth, better, pairs), pairs, pairs - reachable,
                 max(sizes.values(), default=0), tuple(unknown))  # fmt: skip


def _score_band(truth: Truth, groups: Iterable[list[int]], wanted: int) -> BandScore:
    answered = right = largest = 0
    wrong: Counter[str] = Counter()
    examples: list[tuple[str, str, str]] = []
    for cluster in _join(groups):
        largest = max(largest, len(cluster))
        owners = Counter(truth.epochs[number].operator for number in cluster)
        answered += len(cluster) * (len(cluster) - 1) // 2
        right += sum(size * (size - 1) // 2 for size in owners.values())
        if len(owners) == 1:
            continue
        failed = 0
        for one, other in combinations(cluster[:400], 2):
            a, b = truth.epochs[one], truth.epochs[other]
            if a.operator == b.operator:
                continue
            trap = name_trap(a, b)
            wrong[trap] += 1
            failed += 1
            if failed <= 2 and len(examples) < 40:
                examples.append((trap, a.label, b.label))
            if failed >= _MOST_PAIRS:
                break
    return BandScore(answered, right, wanted, largest, dict(wrong.most_common()), tuple(examples))


def _join(groups: Iterable[list[int]]) -> Iterable[list[int]]:
    """Groups that share a site are one, as they claim the same control."""
    parent: dict[int, int] = {}

    def find(number: int) -> int:
        while parent.setdefault(number, number) != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    for members in groups:
        for number in members:
            parent[find(number)] = find(members[0])
    found: dict[int, list[int]] = {}
    for number in parent:
        found.setdefault(find(number), []).append(number)
    return found.values()


def name_trap(a: EpochTruth, b: EpochTruth) -> str:
    """What two sites of different operators have in common that misled."""
    makes = {a.make, b.make}
    if a.site == b.site:
        return "re-registered name"
    for trap in ("impersonator", "reseller", "branch", "saas"):
        if any(one.make == trap and one.of in (other.operator, other.of) for one, other in ((a, b), (b, a))):
            return f"{trap} and its model" if a.operator == b.of or b.operator == a.of else f"two of one model: {trap}"
    if a.firm and a.firm == b.firm:
        return "stolen licence"
    if a.aggregator and a.aggregator == b.aggregator:
        return "shared payee" if len(a.aggregator) < 6 else "payee of a few"
    if "stranger" in makes:
        return "re-registered name"
    if a.theme == b.theme:
        return "theme"
    if a.carrier == b.carrier:
        return "hoster"
    return "else"


class _Epochs:
    """Finds the epoch that an answer means by a name."""

    def __init__(self, epochs: Iterable[EpochTruth]) -> None:
        self._by_site: dict[str, list[tuple[date, int]]] = {}
        for number, epoch in enumerate(epochs):
            self._by_site.setdefault(epoch.site, []).append((min(epoch.first, epoch.registered), number))
        for found in self._by_site.values():
            found.sort()

    def find(self, name: str) -> int | None:
        """The number of the epoch: the latest for a plain name, for `site@day` that which the day belongs to."""
        site, _, day = name.partition("@")
        found = self._by_site.get(site)
        if found is None:
            return None
        if not day:
            return found[-1][1]
        # an answer dates an epoch by its registration or by the first look: a few days early is the same epoch
        place = bisect_right(found, (date.fromisoformat(day) + timedelta(days=3), len(found) and 10**9))
        return found[max(0, place - 1)][1]
