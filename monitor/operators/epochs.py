"""One domain, several registrations: cuts a site where a stranger took the name over, so that nothing is carried on.

A cut is proven by the register (a day of registration later than earlier sights), or by a change of holder or a
silence after which nothing that tells who runs it came back. The earlier part is named `site@YYYY-MM-DD` by the first
day on which it was seen; the plain name is the latest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from monitor.operators.weights import load_weights

Small = NDArray[np.int32]
Rows = dict[str, Small]
Sight = tuple[int, int, int, int]  # kind, value, first, last in minutes

DAY = 24 * 60
GRACE = 3 * DAY  # a register's day and our first sight may differ by so much without meaning anything
SILENCE = 14 * DAY
_TELLING = ("pay", "contact", "analytics", "legal", "verify")
_LASTING = ("registrar", "name", "tls_san")  # what any holder of the name has
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


def cut_epochs(
    rows: Rows, sites: list[str], kind_of: Small, kinds: tuple[str, ...], registered: Iterable[tuple[int, str, int]]
) -> tuple[Rows, list[str]]:
    """Rows with earlier registrations as sites of their own, and the names of all sites."""
    if not len(rows["site"]):
        return rows, sites
    days: dict[int, set[int]] = {}
    for site, text, _ in registered:
        minutes = _minutes_of(text)
        if minutes is not None:
            days.setdefault(site, set()).add(minutes)
    suspects = set(days) | _holders_changed(rows, kind_of, kinds) | _silent(rows)
    starts = np.searchsorted(rows["site"], np.arange(len(sites) + 1))
    names = {name: number for number, name in enumerate(sites)}
    sites = list(sites)
    parts: list[tuple[int, int, int, int]] = []  # row, new site, first, last
    drop = np.zeros(len(rows["site"]), np.bool_)
    for site in sorted(suspects):
        begin, end = int(starts[site]), int(starts[site + 1])
        sights = [
            (
                int(kind_of[int(rows["value"][row])]),
                int(rows["value"][row]),
                int(rows["first"][row]),
                int(rows["last"][row]),
            )
            for row in range(begin, end)
        ]
        cuts = find_cuts(sights, days.get(site, set()), kinds) if "@" not in sites[site] else ()
        if not cuts:
            continue
        drop[begin:end] = True
        edges = [-(1 << 40), *cuts, 1 << 40]
        for low, high in pairwise(edges):
            held = [(begin + at, max(first, low), min(last, high - 1)) for at, (_, _, first, last) in enumerate(sights)
                    if first < high and last >= low]  # fmt: skip
            if not held:
                continue
            number = site
            if high < 1 << 40:
                day = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=min(first for _, first, _ in held))).date()
                name = f"{sites[site]}@{day.isoformat()}"
                number = names.setdefault(name, len(sites))
                if number == len(sites):
                    sites.append(name)
            parts += [(row, number, first, last) for row, first, last in held]
    if not parts:
        return rows, sites
    block = np.array(parts, np.int64)
    more = {name: column[block[:, 0]] for name, column in rows.items()}
    more["site"], more["first"], more["last"] = (block[:, at].astype(np.int32) for at in (1, 2, 3))
    return {name: np.concatenate((column[~drop], more[name])) for name, column in rows.items()}, sites


def find_cuts(sights: list[Sight], registered: set[int], kinds: tuple[str, ...]) -> tuple[int, ...]:
    """The moments (in minutes) at which somebody else took a site over, from its sights and days of registration."""
    if not sights:
        return ()
    earliest, latest = min(sight[2] for sight in sights), max(sight[3] for sight in sights)
    cuts = {day for day in registered if earliest + GRACE < day <= latest}
    cuts |= {cut for cut in _breaks(sights, kinds) if all(abs(cut - day) > 60 * DAY for day in cuts)}
    return tuple(sorted(cuts))


def _breaks(sights: list[Sight], kinds: tuple[str, ...]) -> list[int]:
    """Where the holder changed or nothing was seen for weeks, and nothing telling stood on both sides."""
    weights = load_weights().kinds
    telling = [sight for sight in sights if weights[kinds[sight[0]]].family in _TELLING]
    holders = sorted((first, last, value) for kind, value, first, last in sights if kinds[kind] == "registrant")
    moments: list[tuple[int, int]] = []
    silences: list[tuple[int, int]] = []
    for (_, last, value), (first, _, other) in pairwise(holders):
        if value != other and first >= last:
            moments.append((last + 1, first))
    ordered = sorted((first, last) for _, _, first, last in sights)
    reach = ordered[0][1]
    for first, last in ordered[1:]:
        if first - reach >= SILENCE:
            silences.append((reach + 1, first))
        reach = max(reach, last)
    cuts = {high for low, high in (*moments, *silences) if _changed(telling, low, high) >= 2}
    # After a silence even one telling kind will do, where nothing else came back.
    own = [sight for sight in sights if kinds[sight[0]] not in _LASTING]
    cuts |= {high for low, high in silences if _changed(own, low, high) and _changed(telling, low, high)}
    return sorted(cuts)


def _changed(sights: list[Sight], low: int, high: int) -> int:
    """How many kinds stood before and after a break, if all their values changed; else 0."""
    before = [sight for sight in sights if sight[2] < high]
    after = [sight for sight in sights if sight[2] >= low]
    same = {sight[1] for sight in before} & {sight[1] for sight in after}
    if same or any(sight[3] >= high for sight in before):
        return 0
    return len({sight[0] for sight in before} & {sight[0] for sight in after})


def _holders_changed(rows: Rows, kind_of: Small, kinds: tuple[str, ...]) -> set[int]:
    held = rows["site"][kind_of[rows["value"]] == kinds.index("registrant")]
    numbers, counts = np.unique(held, return_counts=True)
    return set(numbers[counts > 1].tolist())


def _silent(rows: Rows) -> set[int]:
    order = np.lexsort((rows["first"], rows["site"]))
    site = rows["site"][order].astype(np.int64)
    first, last = rows["first"][order].astype(np.int64), rows["last"][order].astype(np.int64)
    # The latest sight so far within each site: sites lie apart by more than any span of time.
    reach = np.maximum.accumulate(last + site * (1 << 34)) - site * (1 << 34)
    gap = (site[1:] == site[:-1]) & (first[1:] - reach[:-1] >= SILENCE)
    return set(site[1:][gap].tolist())


def _minutes_of(text: str) -> int | None:
    match = _DATE.match(text[:40])
    if match is None:
        return None
    try:
        day = date(*(int(part) for part in match.groups()))
    except ValueError:
        return None
    return (day - date(1970, 1, 1)).days * DAY
