"""What came or went on two sites within the same days: a copy is of one day, and does not follow its model. Pure.

Who runs two sites changes a number on both. Who copied one of them shows what stood there that day, and goes on
showing it. Only what a site writes is asked, only from when it had been watched for two weeks, and until two weeks
before it was seen last: that two sites begin or end together says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from monitor.operators.columns import Columns, Flags, Floats, Ints, Small
from monitor.operators.frequencies import COPIED
from monitor.operators.pairs import Pairs
from monitor.operators.weights import load_weights

NEAR = 3 * 24 * 60  # minutes between the two changes at most
WATCHED = 14 * 24 * 60  # minutes that a site must have been seen before what came, and after what went
WEEK = 7 * 24 * 60  # what changes within one is one event
MOST_STEPS = 2  # events that count
PLAIN = 0.8  # weight of a place from which on a value is plainly shown
MOSTLY_SHARED = 0.5


@dataclass(frozen=True)
class Watched:
    """From when to when each site plainly showed anything that it writes; which kinds that is."""

    first: Small
    last: Small
    written: Flags


def watch_sites(columns: Columns) -> Watched:
    """When all sites were seen."""
    kinds = load_weights().kinds
    written = np.array([kinds[kind].family in COPIED for kind in columns.kinds])
    rows = np.flatnonzero(written[columns.kind[columns.value]] & (columns.strength >= PLAIN) & ~columns.target)
    first = np.full(len(columns.sites), 1 << 30, np.int32)
    last = np.full(len(columns.sites), -(1 << 30), np.int32)
    np.minimum.at(first, columns.site[rows], columns.first[rows])
    np.maximum.at(last, columns.site[rows], columns.last[rows])
    return Watched(first, last, written)


def find_steps(
    watched: Watched,
    columns: Columns,
    shared: Floats,
    pairs: Pairs,
    pair: Small,
    row_a: Small,
    row_b: Small,
    kind: Small,
) -> tuple[Flags, Flags]:
    """Of rows that pairs share, which came on both sites within days, and which went. `shared` is of values."""
    came, went = np.zeros(len(pair), np.bool_), np.zeros(len(pair), np.bool_)
    rows = np.flatnonzero(watched.written[kind])
    pair, row_a, row_b = pair[rows], row_a[rows], row_b[rows]
    begun = np.abs(columns.first[row_a] - columns.first[row_b]) <= NEAR
    ended = np.abs(columns.last[row_a] - columns.last[row_b]) <= NEAR
    near = np.flatnonzero(begun | ended)  # few are: the rest is asked of these alone
    near = near[shared[columns.value[row_a[near]]] < MOSTLY_SHARED]
    near = near[np.minimum(columns.strength[row_a[near]], columns.strength[row_b[near]]) >= PLAIN]
    near = near[~columns.target[row_a[near]] & ~columns.target[row_b[near]]]
    a, b, row_a, row_b = pairs.a[pair[near]], pairs.b[pair[near]], row_a[near], row_b[near]
    since = np.minimum(columns.first[row_a] - watched.first[a], columns.first[row_b] - watched.first[b])
    still = np.minimum(watched.last[a] - columns.last[row_a], watched.last[b] - columns.last[row_b])
    came[rows[near]] = begun[near] & (since >= WATCHED)
    went[rows[near]] = ended[near] & (still >= WATCHED)
    return came, went


def count_steps(columns: Columns, count: int, pair: Small, row_a: Small, came: Flags, went: Flags) -> Ints:
    """In how many weeks anything came or went on both sites of each of so many pairs, two at most."""
    width = np.int64(1 << 20)
    weeks = np.concatenate((columns.first[row_a[came]], columns.last[row_a[went]])) // WEEK + width // 2
    events = np.unique(np.concatenate((pair[came], pair[went])).astype(np.int64) * width + weeks)
    events = events[np.r_[True, np.diff(events) > 1]] if len(events) else events
    return np.minimum(np.bincount(events // width, minlength=count), MOST_STEPS)
