"""Shop hosts (SaaS houses): a bundle of values on one group of sites of which each shows contacts of its own beside it.

Values that stand on nearly the same sites are one bundle, whatever kinds it spans: a host's licence, till, desk and
counter. What its sites show outside the bundle tells whose it is. Shops of a host have each their own people; the sites
of one operator share theirs, some with these and some with those, or show none beside. Where the people of the bundle
are the only ones whom a customer of its sites can ask, they are no host's desk, nor the author's of a theme. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from monitor.operators.columns import Columns, Flags, Floats, Ints
from monitor.operators.pairs import count_sites
from monitor.operators.parts import MOST_TIED, PERSONAL, PLAIN, tie_bits
from monitor.operators.weights import load_weights

LEAST, MOST = 5, 500  # sites of a bundle: fewer tell nothing, more are told by their count
NEARLY = 0.6  # of the sites of a value on which another must stand to be of its bundle
SCATTERED = 0.6  # parts a site, from which on the sites have owners of their own
WITNESSES = 0.5  # of the sites must show people of their own
ANSWERED = 0.8  # of the sites must show anybody at all
SELDOM = 0.1  # of the sites may show people beside the bundle, where it is one operator's
FAMILIES = ("pay", "legal", "contact", "analytics", "verify")
_AT_ONCE = 2_000_000


@dataclass(frozen=True)
class Houses:
    """Of every value: whether a host lends it, whether its sites show nobody else, how others beside it tie them."""

    lent: Flags
    own: Flags
    tied: Floats  # bits for one owner, none against


def see_houses(columns: Columns) -> Houses:
    """Which values are lent by a host to shops of different people, and which stand where nobody else answers."""
    kinds = load_weights().kinds
    counts = count_sites(columns)
    size = len(columns.values)
    houses = Houses(np.zeros(size, np.bool_), np.zeros(size, np.bool_), np.zeros(size))
    if not len(columns.value):
        return houses
    bundled = np.array([kinds[kind].family in FAMILIES for kind in columns.kinds])[columns.kind]
    asked = bundled & (counts >= LEAST) & (counts <= MOST)
    rows = np.flatnonzero(asked[columns.value] & ~columns.target)
    rows = rows[np.argsort(columns.value[rows], kind="stable")]
    people = _own_people(columns, counts)
    start = np.searchsorted(columns.site[people], np.arange(len(columns.sites) + 1))
    held = np.diff(start)[columns.site[rows]]
    ends = np.cumsum(held)
    begin = np.flatnonzero(np.r_[True, columns.value[rows][1:] != columns.value[rows][:-1]]) if len(rows) else rows
    at = 0
    while at < len(begin):
        low = int(begin[at])
        before = int(ends[low - 1]) if low else 0
        last = at + 1
        while last < len(begin) and int(ends[int(begin[last]) - 1]) - before < _AT_ONCE:
            last += 1
        high = int(begin[last]) if last < len(begin) else len(rows)
        _see_houses(columns, counts, rows[low:high], people, start, houses)
        at = last
    return houses


def _own_people(columns: Columns, counts: Ints) -> Ints:
    """Rows of contacts and holders that are plainly shown, in order of sites."""
    personal = np.array([kind in PERSONAL for kind in columns.kinds])[columns.kind]
    return np.flatnonzero(
        personal[columns.value] & (columns.strength >= PLAIN) & ~columns.target & (counts[columns.value] <= MOST)
    )


def _see_houses(columns: Columns, counts: Ints, rows: Ints, people: Ints, start: Ints, houses: Houses) -> None:
    site, value = columns.site[rows].astype(np.int64), columns.value[rows].astype(np.int64)
    held = start[site + 1] - start[site]
    source = np.repeat(np.arange(len(rows)), held)
    offset = np.arange(len(source)) - np.repeat(np.cumsum(held) - held, held)
    other = columns.value[people[start[site][source] + offset]].astype(np.int64)
    width = len(columns.values)
    slots, at, met = np.unique(value[source] * width + other, return_inverse=True, return_counts=True)
    whose, which = slots // width, slots % width
    bundle = met >= NEARLY * counts[whose]
    registrant = columns.kind[which] == columns.kinds.index("registrant")
    owned = np.zeros(width, np.bool_)
    owned[whose[bundle & registrant]] = True  # one holder of nearly all: the sites are his
    outside = ~bundle & (counts[which] <= MOST_TIED)
    # A site whose people stand on three of the sites is a third of a part.
    largest = np.zeros(len(rows), np.int64)
    use = outside[at]
    np.maximum.at(largest, source[use], met[at[use]])
    shows = largest > 0
    shown = np.bincount(value[shows], minlength=width)
    parts = np.bincount(value[shows], 1.0 / largest[shows], width)
    scattered = (parts - 1.0) / np.maximum(shown - 1, 1)
    houses.tied[:] = np.maximum(houses.tied, np.where(shown >= LEAST, tie_bits(scattered, shown), 0.0))
    many = (shown >= LEAST) & (shown >= WITNESSES * counts)
    houses.lent[:] |= many & (scattered >= SCATTERED) & ~owned
    answered = np.bincount(value[held > 0], minlength=width)
    houses.own[:] |= (counts >= LEAST) & (answered >= ANSWERED * counts) & (shown <= SELDOM * counts)
