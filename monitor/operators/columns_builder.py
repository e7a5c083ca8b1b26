"""Makes columns of statements: merges those that say the same, reads each distinct value once, bounds what it keeps.

Takes statements one by one in any order; names what it keeps without weight. Nothing here judges.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from monitor.operators.column_rows import (
    MOST_OF_KIND,
    WHOLE,
    bound_rows,
    merge_rows,
    number_domains,
    order_sites,
    order_values,
    take_over,
)
from monitor.operators.columns import Columns, Floats, Ints, Rows, Small, to_minutes
from monitor.operators.epochs import cut_epochs
from monitor.operators.lent import drop_lent
from monitor.operators.parking import recognise_nameservers
from monitor.operators.pointers import add_pointers
from monitor.operators.values import NO_SUFFIX, read_value
from monitor.operators.weights import load_weights
from storage.identity import Statement

LONGEST_NAME = 300
FARTHEST = 1 << 31  # minutes from 1970 either way: what columns hold
_LONGEST_NOTES = 20
_KNOWN_WITHOUT_WEIGHT = frozenset(("txt", "registered_on", "expires_on", "domain_status"))


def build_columns(statements: Iterable[Statement]) -> Columns:
    """Columns of statements."""
    builder = ColumnsBuilder()
    for one in statements:
        builder.add(
            one.site, one.kind, one.value, one.place, to_minutes(one.first_seen), to_minutes(one.last_seen),
            made_up=bool(one.problem), confidence=one.confidence,
        )  # fmt: skip
    return builder.finish(last=True)


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
        rows = take_over(rows, np.argsort(rows["site"], kind="stable"))
        rows, sites = cut_epochs(rows, sites, kind_of, kinds, registered, _find_parked(texts, kind_of, kinds))
        rows = merge_rows(rows, len(texts))
        domain = number_domains(sites)
        rows = drop_lent(rows, sites, domain, len(texts))
        rows, values, kind_of, caps = add_pointers(rows, sites, texts, kind_of, caps, kinds)
        order, sites = order_sites(sites)
        rows["site"] = order[rows["site"]]
        domain[order] = domain.copy()
        place, value_order, values = order_values(values, kind_of)
        rows["value"] = place[rows["value"]]
        rows, beyond = bound_rows(merge_rows(rows, len(values)), kind_of[value_order], len(kinds))
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
