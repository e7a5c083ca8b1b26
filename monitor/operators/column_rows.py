"""Rows of columns: merged where of one site and value, bounded where a site shows too many of a kind, put in order.

Of millions of rows only one column at a time stands twice.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from monitor.operators.columns import Ints, Rows, Small
from monitor.operators.site_names import plain_name
from scrapers.domains import site_of_host

MANY_SUFFIXES = -2
MOST_OF_KIND = 200  # values of one kind on one site that are compared: a list of numbers proves no more
WHOLE = 1000  # strengths are kept in thousandths


def bound_rows(rows: Rows, kind: Small, kinds: int) -> tuple[Rows, int]:
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
        return take_over(rows, order)
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


def take_over(rows: Rows, chosen: Ints) -> Rows:
    """Some rows, or all in another order; `rows` are emptied, so that only one column at a time stands twice."""
    return {name: rows.pop(name)[chosen] for name in list(rows)}


def order_sites(sites: list[str]) -> tuple[Small, list[str]]:
    """The place of each site in the order of names, and the sites in it."""
    order = sorted(range(len(sites)), key=sites.__getitem__)
    place = np.empty(len(sites), np.int32)
    place[np.array(order, np.int64)] = np.arange(len(sites), dtype=np.int32)
    return place, [sites[number] for number in order]


def order_values(values: list[str], kind: Small) -> tuple[Small, Ints, list[str]]:
    """The place of each value in the order of kinds, then texts; that order, and the texts in it."""
    by_kind = np.argsort(kind, kind="stable").tolist()
    order: list[int] = []
    begin = 0
    for count in np.bincount(kind, minlength=1).tolist():
        order += sorted(by_kind[begin : begin + count], key=values.__getitem__)
        begin += count
    place = np.empty(len(values), np.int32)
    place[np.array(order, np.int64)] = np.arange(len(values), dtype=np.int32)
    return place, np.array(order, np.int64), [values[number] for number in order]


def number_domains(sites: list[str]) -> Small:
    """A number for each site that it shares with all of its registrable domain."""
    known: dict[str, int] = {}
    numbers = np.empty(len(sites), np.int32)
    for number, site in enumerate(sites):
        name = plain_name(site).partition("/")[0] if "@" in site or "/" in site else site
        if name.count(".") != 1:
            name = site_of_host(name)
        numbers[number] = known.setdefault(name, len(known))
    return numbers
