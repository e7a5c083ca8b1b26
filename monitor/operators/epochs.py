"""One domain, several registrations: cuts a site where a stranger took the name over, so that nothing is carried on.

A cut is proven by the register (a day of registration later than earlier sights), by a change of holder, or by a
silence of the whole site after which another registrar, other accounts and contacts stood there. What a returning
owner would have brought back speaks against it; days on which nothing at all was seen were our own. The earlier part
is named `site@YYYY-MM-DD` by the first day on which it was seen; the plain name is the latest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
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
SILENCE = 10 * DAY
LONG = 30 * DAY  # a name that lapsed is free again after a month at the least; sooner it was sold or seized
ENOUGH = 3.0  # bits for another holder
_TELLING = ("pay", "contact", "analytics", "legal", "verify")
_OWN = ("pay", "contact", "analytics", "verify")
_REGISTERED = ("registrar", "registrant", "registered_on", "expires_on", "domain_status")
_ELSEWHERE = (*_REGISTERED, "redirect")  # what is no sight of the site's own content: who only sends on has left
_COPYABLE = ("contact", "analytics", "verify", "legal", "favicon", "design", "name")
_CONTROL = ("registrar", "registrant", "pay", "tls_spki")
_KEPT_PAGE = 6.0  # bits at most for the old holder by what can be copied, where nothing that cannot be is the same
_COMMON = 0.004  # a value on so large a share of all sites says nothing of its holder
_DARK = 0.2  # a day on which so small a share of the usual sites was seen was an outage of ours
_AT_ONCE = 1_000_000  # rows looked at together: what is made of them on the way stays small
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


def cut_epochs(
    rows: Rows,
    sites: list[str],
    kind_of: Small,
    kinds: tuple[str, ...],
    registered: Iterable[tuple[int, str, int]],
    parked: frozenset[int] = frozenset(),
) -> tuple[Rows, list[str]]:
    """Rows with earlier registrations as sites of their own, and the names of all sites. `rows` are sorted by site.

    `parked` are values of parking and expiry services: where only they stood, the site was silent.
    """
    if not len(rows["site"]):
        return rows, sites
    days: dict[int, set[int]] = {}
    for site, text, _ in registered:
        minutes = _minutes_of(text)
        if minutes is not None:
            days.setdefault(site, set()).add(minutes)
    dark = _find_dark(rows)
    common = _find_common(rows, len(kind_of), len(sites))
    shown = _is_shown(rows, kind_of, kinds, parked)
    suspects = set(days) | _holders_changed(rows, kind_of, kinds) | _silent(rows, shown)
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
        cuts = find_cuts(sights, days.get(site, set()), kinds, common, dark, parked) if "@" not in sites[site] else ()
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


def find_cuts(
    sights: list[Sight],
    registered: set[int],
    kinds: tuple[str, ...],
    common: frozenset[int] = frozenset(),
    dark: tuple[tuple[int, int], ...] = (),
    parked: frozenset[int] = frozenset(),
) -> tuple[int, ...]:
    """The moments (in minutes) at which somebody else took a site over, from its sights and days of registration.

    `common` are values that many sites show; `dark` the spans in which our own network saw nothing; `parked` values
    of parking services.
    """
    if not sights:
        return ()
    earliest, latest = min(sight[2] for sight in sights), max(sight[3] for sight in sights)
    cuts = {day for day in registered if earliest + GRACE < day <= latest}
    held = [sight for sight in sights if sight[1] not in parked]
    found = {*_find_new_holders(held, kinds), *_find_takeovers(held, kinds, common, dark)} if held else set()
    cuts |= {cut for cut in found if all(abs(cut - day) > 60 * DAY for day in cuts)}
    return tuple(sorted(cuts))


def _find_new_holders(sights: list[Sight], kinds: tuple[str, ...]) -> set[int]:
    """Where the registrant changed and nothing that tells who runs the site stood on both sides."""
    weights = load_weights().kinds
    telling = [sight for sight in sights if weights[kinds[sight[0]]].family in _TELLING]
    holders = sorted((first, last, value) for kind, value, first, last in sights if kinds[kind] == "registrant")
    moments = [
        (last + 1, first)
        for (_, last, value), (first, _, other) in pairwise(holders)
        if value != other and first >= last
    ]
    return {high for low, high in moments if _count_changed(telling, low, high) >= 2}


def _count_changed(sights: list[Sight], low: int, high: int) -> int:
    """How many kinds stood before and after a break, if all their values changed; else 0."""
    before = [sight for sight in sights if sight[2] < high]
    after = [sight for sight in sights if sight[2] >= low]
    same = {sight[1] for sight in before} & {sight[1] for sight in after}
    if same or any(sight[3] >= high for sight in before):
        return 0
    return len({sight[0] for sight in before} & {sight[0] for sight in after})


def _find_takeovers(
    sights: list[Sight], kinds: tuple[str, ...], common: frozenset[int], dark: tuple[tuple[int, int], ...]
) -> set[int]:
    """The ends of silences after which another holder is likelier than the old one come back.

    Silent is the site itself: the register may say for weeks after the end who holds the name, and whoever left may
    have sent his visitors on.
    """
    shown = sorted((first, last) for kind, _, first, last in sights if kinds[kind] not in _ELSEWHERE)
    found: set[int] = set()
    reach = shown[0][1] if shown else 0
    for first, last in shown:
        ours = sum(max(0, min(end, first) - max(begin, reach)) for begin, end in dark)
        silence = first - reach - ours
        if silence >= SILENCE:
            before = [sight for sight in sights if sight[2] < first]
            after = [sight for sight in sights if sight[2] >= first]
            if _weigh_takeover(before, after, kinds, common, silence) >= ENOUGH:
                found.add(first)
        reach = max(reach, last)
    return found


def _weigh_takeover(
    before: list[Sight], after: list[Sight], kinds: tuple[str, ...], common: frozenset[int], silence: int
) -> float:
    """Bits for another holder after a silence, less those for the old one. The numbers are assumed (docs/operators.md).

    A registration number may stay behind with the name; an account, a contact or a key of one's own does not.
    """
    old, new = _by_aspect(before, kinds), _by_aspect(after, kinds)
    bits = 1.0 if silence >= LONG else -1.0
    begins = min(sight[2] for sight in after)
    ended = max(sight[3] for sight in before)
    if any(kinds[kind] in _REGISTERED and last >= begins for kind, _, _, last in before):
        bits -= 4.0  # the register went on: the name was never free
    elif begins - ended >= LONG:
        bits += 1.0  # neither register nor server knew the name, as where it was free
    if any(kinds[kind] == "redirect" for kind, _, _, _ in before):
        bits += 0.5  # he had left, and sent his visitors on
    one_sided = copied = 0.0
    same_control = changed = False
    for aspect, (other, one_side, same, everywhere) in _ASPECTS.items():
        earlier, later = old.get(aspect, set()), new.get(aspect, set())
        if earlier & later:
            lost = same if earlier & later - common else everywhere
            same_control |= aspect in _CONTROL
            if aspect in _COPYABLE:
                copied += lost
            else:
                bits -= lost
        elif earlier and later:
            bits += other
            changed = True
        elif earlier or later:
            one_sided += one_side
    if not changed:
        return 0.0  # a long silence alone is no other holder
    return bits - (copied if same_control else min(copied, _KEPT_PAGE)) + min(one_sided, 1.0)


_ASPECTS = {
    # both sides and nothing in common; on one side only; a value of its own in common; a common value in common
    "registrar": (4.0, 0.0, 2.5, 2.5),
    "registrant": (4.0, 0.0, 8.0, 0.5),
    "pay": (2.0, 0.5, 6.0, 0.5),
    "contact": (2.0, 0.5, 6.0, 0.5),
    "analytics": (2.0, 0.5, 6.0, 0.5),
    "verify": (1.5, 0.5, 6.0, 0.5),
    "legal": (2.0, 0.3, 1.5, 0.5),
    "tls_spki": (0.5, 0.0, 6.0, 0.0),
    "name": (0.7, 0.0, 0.0, 0.0),  # the same name may be the domain's own word
    "favicon": (0.5, 0.0, 2.5, 0.0),
    "design": (0.5, 0.0, 2.0, 0.0),
    "ip": (0.5, 0.0, 2.0, 0.0),
    "ns": (0.7, 0.0, 0.7, 0.3),
}


def _by_aspect(sights: list[Sight], kinds: tuple[str, ...]) -> dict[str, set[int]]:
    weights = load_weights().kinds
    found: dict[str, set[int]] = {}
    for kind, value, _, _ in sights:
        name = kinds[kind]
        family = weights[name].family
        aspect = family if family in (*_OWN, "legal") else name
        found.setdefault(aspect, set()).add(value)
    return found


def _find_common(rows: Rows, values: int, sites: int) -> frozenset[int]:
    counts = np.zeros(values, np.int64)
    for part in _by_site(rows["site"]):
        pairs = np.sort(rows["site"][part].astype(np.int64) * max(1, values) + rows["value"][part])
        pairs = pairs[np.r_[True, pairs[1:] != pairs[:-1]]]
        counts += np.bincount(pairs % max(1, values), minlength=values)
    return frozenset(np.flatnonzero(counts > max(8, sites * _COMMON)).tolist())


def _find_dark(rows: Rows) -> tuple[tuple[int, int], ...]:
    """The spans of days on which hardly any of the sites usually seen was seen."""
    first, last = rows["first"] // DAY, rows["last"] // DAY
    start = int(first.min())
    length = int(last.max()) - start + 2
    if not 30 < length < 40_000:
        return ()
    seen = np.cumsum(np.bincount(first - start, minlength=length) - np.bincount(last - start + 1, minlength=length))
    half = 45
    usual = np.array([np.median(seen[max(0, day - half) : day + half]) for day in range(length)])
    low = np.flatnonzero((seen < usual * _DARK) & (usual >= 20))
    if not len(low):
        return ()
    runs = np.split(low, np.flatnonzero(np.diff(low) > 1) + 1)
    return tuple(((int(run[0]) + start) * DAY, (int(run[-1]) + start + 1) * DAY) for run in runs)


def _holders_changed(rows: Rows, kind_of: Small, kinds: tuple[str, ...]) -> set[int]:
    held = rows["site"][kind_of[rows["value"]] == kinds.index("registrant")]
    numbers, counts = np.unique(held, return_counts=True)
    return set(numbers[counts > 1].tolist())


def _is_shown(rows: Rows, kind_of: Small, kinds: tuple[str, ...], parked: frozenset[int]) -> NDArray[np.bool_]:
    """Which rows show the site itself: not its register, not where it sends on, not where it was parked."""
    elsewhere = np.array([number for number, kind in enumerate(kinds) if kind in _ELSEWHERE], np.int32)
    shown = ~np.isin(kind_of[rows["value"]], elsewhere)
    return shown & ~np.isin(rows["value"], np.array(sorted(parked), np.int32)) if parked else shown


def _silent(rows: Rows, shown: NDArray[np.bool_]) -> set[int]:
    silent: set[int] = set()
    for part in _by_site(rows["site"]):
        site, first, last = (rows[name][part][shown[part]].astype(np.int64) for name in ("site", "first", "last"))
        order = np.lexsort((first, site))
        site, first, last = (column[order] for column in (site, first, last))
        # The latest sight so far within each site: sites lie apart by more than any span of time.
        reach = np.maximum.accumulate(last + site * (1 << 34)) - site * (1 << 34)
        gap = (site[1:] == site[:-1]) & (first[1:] - reach[:-1] >= SILENCE)
        silent.update(site[1:][gap].tolist())
    return silent


def _by_site(site: Small) -> Iterator[slice]:
    """All rows in stretches that part no site; `site` is ascending."""
    begin = 0
    while begin < len(site):
        end = int(np.searchsorted(site, site[min(begin + _AT_ONCE, len(site)) - 1], "right"))
        yield slice(begin, end)
        begin = end


def _minutes_of(text: str) -> int | None:
    match = _DATE.match(text[:40])
    if match is None:
        return None
    try:
        day = date(*(int(part) for part in match.groups()))
    except ValueError:
        return None
    return (day - date(1970, 1, 1)).days * DAY
