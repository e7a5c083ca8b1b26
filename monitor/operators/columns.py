"""Statements as columns of numbers, so that millions are compared at once: one row a site and value, times in minutes.

`Columns` is what all scoring works on; `columns_builder.py` makes it. Nothing here judges.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Small = NDArray[np.int32]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Rows = dict[str, Small]
_START = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


def to_minutes(moment: datetime) -> int:
    """Minutes since 1970; a time without a zone is read as UTC."""
    return (moment - _START if moment.tzinfo else moment.replace(tzinfo=UTC) - _START) // _MINUTE


def to_time(minutes: int) -> datetime:
    """The moment of a number of minutes."""
    return _START + int(minutes) * _MINUTE


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
