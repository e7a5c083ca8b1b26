"""Pairs of which each site has people of its own: shops of a small host, or of an upstream, that share its desk too.

A host of five shops or more is told by its bundle (houses.py). Of two or three shops there is no bundle to see: they
share the host's accounts, papers, counters and its desk's number, as the sites of one operator do. What tells them
apart is that each shows, at the same time, a contact that the other has not. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from monitor.operators.columns import Columns, Flags, Ints, Small
from monitor.operators.frequencies import Commonness
from monitor.operators.pairs import Pairs
from monitor.operators.parts import PERSONAL, PLAIN
from monitor.operators.weights import load_weights

FEWER = 8  # sites of an account or paper from which on the bundle tells
_LENT = ("pay", "legal")


@dataclass(frozen=True)
class People:
    """Of every site: how many contacts it plainly shows, and from when to when; which kinds are contacts."""

    shown: Ints
    first: Ints
    last: Ints
    personal: Flags
    lent: Flags


def count_people(columns: Columns) -> People:
    """The contacts of all sites."""
    kinds = load_weights().kinds
    personal = np.array([kind in PERSONAL and kinds[kind].family == "contact" for kind in columns.kinds])
    lent = np.array([kinds[kind].family in _LENT for kind in columns.kinds])
    rows = np.flatnonzero(personal[columns.kind[columns.value]] & (columns.strength >= PLAIN) & ~columns.target)
    first = np.full(len(columns.sites), 1 << 40, np.int64)
    last = np.full(len(columns.sites), -(1 << 40), np.int64)
    np.minimum.at(first, columns.site[rows], columns.first[rows])
    np.maximum.at(last, columns.site[rows], columns.last[rows])
    return People(np.bincount(columns.site[rows], minlength=len(columns.sites)), first, last, personal, lent)


def have_own_people(
    people: People, columns: Columns, common: Commonness, pairs: Pairs, pair: Small, row_a: Small, kind: Small
) -> Flags:
    """Which pairs have contacts of their own on both sides at one time, and share accounts and papers of few sites.

    `pair`, `row_a` and `kind` are the rows that the pairs share.
    """
    a, b = pairs.a, pairs.b
    met = np.bincount(pair, people.personal[kind], len(pairs))
    at_once = (people.first[a] <= people.last[b]) & (people.first[b] <= people.last[a])
    lent = np.flatnonzero(people.lent[kind])
    most = np.zeros(len(pairs), np.int64)
    np.maximum.at(most, pair[lent], common.counts[columns.value[row_a[lent]]])
    return np.asarray((people.shown[a] > met) & (people.shown[b] > met) & at_once & (most < FEWER), np.bool_)
