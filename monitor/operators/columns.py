"""Statements as columns of numbers, so that millions are compared at once: one row a site and value, times in minutes.

`ColumnsBuilder` takes statements one by one in any order, merges those that say the same, reads each distinct value
once, and names what it keeps without weight. `Columns` is what all scoring works on. Nothing here judges.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from monitor.operators.epochs import cut_epochs
from monitor.operators.lent import drop_lent
from monitor.operators.parking import recognise_nameservers
from monitor.operators.pointers import add_pointers
from monitor.operators.values import NO_SUFFIX, read_value
from monitor.operators.weights import load_weights
from scrapers.domains import site_of_host
from storage.identity import Statement

Ints = NDArray[np.int64]
Small = NDArray[np.int32]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Rows = dict[str, Small]

MANY_SUFFIXES = -2
MOST_OF_KIND = 200  # values of one kind on one site that are compared: a list of numbers proves no more
WHOLE = 1000  # strengths are kept in thousandths
LONGEST_NAME = 300
FARTHEST = 1 << 31  # minutes from 1970 either way: what columns hold
_START = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_LONGEST_NOTES = 20
_KNOWN_WITHOUT_WEIGHT = frozenset(("txt", "registered_on", "expires_on", "domain_status"))


def to_minutes(moment: datetime) -> int:
    """Minutes since 1970; a time without a zone is read as UTC."""
    return (moment - _START if moment.tzinfo else moment.replace(tzinfo=UTC) - _START) // _MINUTE


def to_time(minutes: int) -> datetime:
    """The moment of a number of minutes."""
    return _START + int(minutes) * _MINUTE


def build_columns(statements: Iterable[Statement]) -> Columns:
    """Columns of statements."""
    builder = ColumnsBuilder()
    for one in statements:
        builder.add(
            one.site, one.kind, one.value, one.place, to_minutes(one.first_seen), to_minutes(one.last_seen),
            made_up=bool(one.problem), confidence=one.confidence,
        )  # fmt: skip
    return builder.finish(last=True)


@dataclass(frozen=True)
class Columns:
    """Sites, values, and which site showed which value when. Rows are sorted by site, then value.

    `strength` is the weight of the best place (0 to 1); `suffix` the site's number of an ICP value; `target` marks
    a row of a site that others point to and that it did not show. `start[i]` to `start[i + 1]` are the rows of site i.
    """

    sites: tuple[str, ...]
    domain: Small
    values: tuple[str, ...]
    kind: Small
    cap: Floats
    site: Small
    value: Small
    first: Small
    last: Small
    place: Small
    strength: Floats
    suffix: Small
    target: Flags
    start: Ints
    kinds: tuple[str, ...]
    places: tuple[str, ...]
    notes: tuple[str, ...]

    @cached_property
    def keys(self) -> Ints:
        """One number a row, ascending: where a site and value stand."""
        return self.site.astype(np.int64) * max(1, len(self.values)) + self.value

    @cached_property
    def counts(self) -> Ints:
        """On how many sites each value stands."""
        return np.bincount(self.value, minlength=len(self.values)).astype(np.int64)

    @cached_property
    def of_kind(self) -> Small:
        """How many values of the same kind the site of each row shows; values stand in order of their kinds."""
        if not len(self.site):
            return np.zeros(0, np.int32)
        kind = self.kind[self.value]
        begin = np.flatnonzero(np.r_[True, (self.site[1:] != self.site[:-1]) | (kind[1:] != kind[:-1])])
        lengths = np.diff(np.r_[begin, len(kind)])
        return np.repeat(lengths, lengths).astype(np.int32)

    @cached_property
    def earliest(self) -> Ints:
        """When each value was first shown by any site; far ahead where none did."""
        earliest = np.full(max(1, len(self.values)), 1 << 40, np.int64)
        shown = ~self.target
        np.minimum.at(earliest, self.value[shown], self.first[shown])
        return earliest

    @cached_property
    def suffixed(self) -> Ints:
        """One number for each row whose ICP value has a suffix, ascending: value and suffix."""
        rows = np.flatnonzero(self.suffix >= 0)
        return np.sort(suffix_keys(self, rows))


def suffix_keys(columns: Columns, rows: Small | Ints) -> Ints:
    """One number for the value and suffix of some rows."""
    return columns.value[rows].astype(np.int64) * (1 << 16) + columns.suffix[rows]


class ColumnsBuilder:
    """Collects statements. `finish` gives the columns of all, and `part` those of some sites, as often as wanted."""

    def __init__(self) -> None:
        weights = load_weights()
        self.sites: dict[str, int] = {}
        self.kinds = {kind: number for number, kind in enumerate(weights.kinds)}
        self.places = {place: number for number, place in enumerate(weights.places)}
        self.values: dict[tuple[int, str], int] = {}
        self.caps: list[float] = []
        self._raw: dict[str, dict[str, int]] = {kind: {} for kind in weights.kinds}  # spelling to value, -1 for none
        self._suffixes: dict[str, int] = {}  # of spellings of ICP values that have one
        self._strengths = [round(weight * WHOLE) for weight in weights.places.values()]
        self.site = array("i")
        self.value = array("i")
        self.first = array("i")
        self.last = array("i")
        self.place = array("b")
        self.strength = array("h")
        self.suffix = array("h")
        self.registered: list[tuple[int, str, int]] = []
        self._left: Counter[tuple[str, str]] = Counter()
        self._problems: Counter[tuple[str, str, str]] = Counter()

    def add(self, site: str, kind: str, value: str, place: str, first: int, last: int, *, made_up: bool = False,
            confidence: float = 1.0) -> None:  # fmt: skip
        """Take one statement, its times in minutes."""
        number = self.sites.get(site)
        if number is None:
            if not site or len(site) > LONGEST_NAME:
                self._left["site", "empty or too long a name"] += 1
                return
            number = self.sites[site] = len(self.sites)
        if kind == "registered_on":
            self.registered.append((number, value, first))
        known = self._raw.get(kind)
        place_number = self.places.get(place)
        if known is None or place_number is None or made_up:
            self._keep_apart(kind, value, place, made_up)
            return
        shown = known.get(value)
        if shown is None:
            shown = known[value] = self._read(kind, value)
        if shown < 0:
            return
        if last < first:
            first, last = last, first
        self.site.append(number)
        self.value.append(shown)
        if first < -FARTHEST or last >= FARTHEST:
            first, last = (max(-FARTHEST, min(moment, FARTHEST - 1)) for moment in (first, last))
        self.first.append(first)
        self.last.append(last)
        self.place.append(place_number)
        strength = self._strengths[place_number]
        self.strength.append(int(strength * confidence) if 0 <= confidence < 1 else strength)
        self.suffix.append(self._suffixes.get(value, NO_SUFFIX) if kind == "icp" else NO_SUFFIX)

    def _read(self, kind: str, value: str) -> int:
        """The number of a value, -1 where it carries no weight."""
        reading = read_value(kind, value)
        if reading.problem:
            self._problems[kind, reading.key[:80], reading.problem] += 1
            return -1
        slot = (self.kinds[kind], reading.key)
        number = self.values.get(slot)
        if number is None:
            number = self.values[slot] = len(self.values)
            self.caps.append(reading.cap)
        if reading.suffix != NO_SUFFIX:
            self._suffixes[value] = reading.suffix
        return number

    def _keep_apart(self, kind: str, value: str, place: str, made_up: bool) -> None:
        if made_up:
            self._problems[kind, value[:80], "marked as not genuine"] += 1
        elif kind not in self._raw:
            if kind not in _KNOWN_WITHOUT_WEIGHT:
                self._left["kind", kind[:80]] += 1
        else:
            self._left["place", place[:80]] += 1

    def finish(self, *, last: bool = False) -> Columns:
        """The columns of all that was added, earlier registrations cut off as sites of their own.

        With `last` the builder lets go of everything on the way, for it holds more than the columns do.
        """
        sites, texts, caps = list(self.sites), [text for _, text in self.values], np.array(self.caps, np.float64)
        kind_of = np.array([kind for kind, _ in self.values], np.int32)
        if last:
            self.sites, self.values, self.caps = {}, {}, []
            self._raw = {kind: {} for kind in self._raw}
        rows = {}
        for name, column in self._columns().items():
            rows[name] = np.array(column, np.int32)
            if last:
                del column[:]
        return self._shape(rows, sites, texts, kind_of, caps, self.registered, self._notes())

    def part(
        self, sites: Sequence[tuple[str, int]], values: Sequence[tuple[int, str]], rows: Ints,
        registered: Iterable[tuple[int, str, int]],
    ) -> Columns:  # fmt: skip
        """The columns of some sites (name, number): `rows` are all of theirs, `values` every value, by its number.

        `registered` are the days of registration of these sites. Notes are left to the whole.
        """
        chosen = {name: np.frombuffer(column, column.typecode)[rows] for name, column in self._columns().items()}
        table = {name: column.astype(np.int32) for name, column in chosen.items()}
        place = {number: at for at, (_, number) in enumerate(sites)}
        numbers = np.array([number for _, number in sites], np.int64)
        order = np.argsort(numbers, kind="stable")
        table["site"] = order[np.searchsorted(numbers[order], table["site"])].astype(np.int32)
        used, at = np.unique(table["value"], return_inverse=True)
        table["value"] = at.astype(np.int32)
        texts = [values[number][1] for number in used.tolist()]
        kind_of = np.array([values[number][0] for number in used.tolist()], np.int32)
        caps = np.array([self.caps[number] for number in used.tolist()], np.float64)
        days = [(place[number], text, first) for number, text, first in registered]
        return self._shape(table, [name for name, _ in sites], texts, kind_of, caps, days, ())

    def _columns(self) -> dict[str, array[int]]:
        return {
            "site": self.site, "value": self.value, "first": self.first, "last": self.last, "place": self.place,
            "strength": self.strength, "suffix": self.suffix,
        }  # fmt: skip

    def _shape(
        self, rows: Rows, sites: list[str], texts: list[str], kind_of: Small, caps: Floats,
        registered: Iterable[tuple[int, str, int]], notes: tuple[str, ...],
    ) -> Columns:  # fmt: skip
        kinds = tuple(self.kinds)
        # Not merged yet: silences between two sights must be seen.
        rows = _take_over(rows, np.argsort(rows["site"], kind="stable"))
        rows, sites = cut_epochs(rows, sites, kind_of, kinds, registered, _find_parked(texts, kind_of, kinds))
        rows = merge_rows(rows, len(texts))
        domain = _domains(sites)
        rows = drop_lent(rows, sites, domain, len(texts))
        rows, values, kind_of, caps = add_pointers(rows, sites, texts, kind_of, caps, kinds)
        order, sites = _in_order(sites)
        rows["site"] = order[rows["site"]]
        domain[order] = domain.copy()
        place, value_order, values = _values_in_order(values, kind_of)
        rows["value"] = place[rows["value"]]
        rows, beyond = _bound_rows(merge_rows(rows, len(values)), kind_of[value_order], len(kinds))
        if beyond:
            notes += (f"{beyond} values beyond {MOST_OF_KIND} of one kind on a site are not compared, only the rarest",)
        starts = np.searchsorted(rows["site"], np.arange(len(sites) + 1, dtype=np.int32))
        return Columns(
            sites=tuple(sites),
            domain=domain,
            values=tuple(values),
            kind=kind_of[value_order],
            cap=caps[value_order],
            site=rows["site"],
            value=rows["value"],
            first=rows["first"],
            last=rows["last"],
            place=rows["place"],
            strength=rows["strength"] / WHOLE,
            suffix=rows["suffix"],
            target=rows["target"].astype(np.bool_),
            start=starts.astype(np.int64),
            kinds=kinds,
            places=tuple(self.places),
            notes=notes,
        )

    def _notes(self) -> tuple[str, ...]:
        left = sorted(self._left.items(), key=lambda item: (-item[1], item[0]))
        notes = [f"{what} {name!r} carries no weight: kept apart ({count} statements)" for (what, name), count in left]
        problems = sorted(self._problems.items())
        notes[_LONGEST_NOTES:] = [f"and {len(left) - _LONGEST_NOTES} more kinds and places"] if len(left) > 20 else []
        notes += [f"{kind} {key} carries no weight: {why}" for (kind, key, why), _ in problems[:_LONGEST_NOTES]]
        if len(problems) > _LONGEST_NOTES:
            notes.append(f"and {len(problems) - _LONGEST_NOTES} more values without weight")
        return tuple(notes)


def _find_parked(texts: list[str], kind_of: Small, kinds: tuple[str, ...]) -> frozenset[int]:
    """The values that are name servers of parking and expiry services."""
    wanted = kinds.index("ns") if "ns" in kinds else -1
    servers = np.flatnonzero(kind_of == wanted).tolist()
    return frozenset(number for number in servers if recognise_nameservers([texts[number]]))


def _bound_rows(rows: Rows, kind: Small, kinds: int) -> tuple[Rows, int]:
    """Rows with so many values of a kind on a site, those on others too and the rarest first; how many are left.

    Rows are sorted by site and value, and values stand in order of their kinds.
    """
    if not len(rows["site"]):
        return rows, 0
    group = rows["site"].astype(np.int64) * kinds + kind[rows["value"]]
    begin = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    held = np.diff(np.r_[begin, len(group)])
    if held.max() <= MOST_OF_KIND:
        return rows, 0
    crowded = np.flatnonzero(np.repeat(held > MOST_OF_KIND, held))
    shown = np.bincount(rows["value"])[rows["value"][crowded]]
    order = crowded[np.lexsort((rows["value"][crowded], np.where(shown < 2, 1 << 30, shown), group[crowded]))]
    begin = np.flatnonzero(np.r_[True, group[order][1:] != group[order][:-1]])
    rank = np.arange(len(order)) - np.repeat(begin, np.diff(np.r_[begin, len(order)]))
    keep = np.ones(len(group), np.bool_)
    keep[order[rank >= MOST_OF_KIND]] = False
    return {name: column[keep] for name, column in rows.items()}, int((~keep).sum())


def merge_rows(rows: Rows, values: int) -> Rows:
    """Rows sorted by site and value, those of one site and value made one: the widest time, the best place.

    `rows` are emptied: of millions of rows only one column at a time stands twice.
    """
    if not len(rows["site"]):
        return rows
    keys = rows["site"].astype(np.int64) * max(1, values) + rows["value"]
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    same = keys[1:] == keys[:-1]
    several = np.flatnonzero(np.r_[False, same] | np.r_[same, False])  # most rows stand alone, and are sorted soon
    asked = order[several]
    order[several] = asked[np.lexsort((rows["place"][asked], -rows["strength"][asked], keys[several]))]
    begin = np.flatnonzero(np.r_[True, ~same])
    del keys, same, several, asked
    if len(begin) == len(order):
        return _take_over(rows, order)
    merged = {}
    for name in list(rows):
        column = rows.pop(name)[order]
        merged[name] = _MERGED[name](column, begin) if name in _MERGED else column[begin]
    return merged


def _merge_suffixes(suffix: Small, begin: Ints) -> Small:
    high = np.maximum.reduceat(suffix, begin)
    low = np.minimum.reduceat(np.where(suffix < 0, 1 << 20, suffix), begin)
    unclear = np.minimum.reduceat(suffix, begin) == MANY_SUFFIXES
    return np.where(unclear | ((high >= 0) & (low != high)), MANY_SUFFIXES, high).astype(np.int32)


_MERGED: dict[str, Callable[[Small, Ints], Small]] = {  # of all other columns the best row's stands
    "first": np.minimum.reduceat,
    "last": np.maximum.reduceat,
    "suffix": _merge_suffixes,
    "target": np.minimum.reduceat,
}


def _take_over(rows: Rows, chosen: Ints) -> Rows:
    """Some rows, or all in another order; `rows` are emptied, so that only one column at a time stands twice."""
    return {name: rows.pop(name)[chosen] for name in list(rows)}


def _in_order(sites: list[str]) -> tuple[Small, list[str]]:
    order = sorted(range(len(sites)), key=sites.__getitem__)
    place = np.empty(len(sites), np.int32)
    place[np.array(order, np.int64)] = np.arange(len(sites), dtype=np.int32)
    return place, [sites[number] for number in order]


def _values_in_order(values: list[str], kind: Small) -> tuple[Small, Ints, list[str]]:
    by_kind = np.argsort(kind, kind="stable").tolist()
    order: list[int] = []
    begin = 0
    for count in np.bincount(kind, minlength=1).tolist():
        order += sorted(by_kind[begin : begin + count], key=values.__getitem__)
        begin += count
    place = np.empty(len(values), np.int32)
    place[np.array(order, np.int64)] = np.arange(len(values), dtype=np.int32)
    return place, np.array(order, np.int64), [values[number] for number in order]


def _domains(sites: list[str]) -> Small:
    known: dict[str, int] = {}
    numbers = np.empty(len(sites), np.int32)
    for number, site in enumerate(sites):
        name = site.partition("@")[0].partition("/")[0] if "@" in site or "/" in site else site
        if name.count(".") != 1:
            name = site_of_host(name)
        numbers[number] = known.setdefault(name, len(known))
    return numbers
