"""Finds clauses that are parts of one rule: one that was split into several, or several that were merged into one.

Takes both sides and the pairs found so far, gives the groups that belong together. A part must stand in its whole
almost word for word, and the counterpart of the whole must not hold it already. Bounded: beyond that nothing is joined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from monitor.changes.clauses import Clause

_CONTAINED = 78.0
"""Least rapidfuzz partial ratio (0-100) of a part inside its whole."""
_SHORTEST = 6
_LARGER = 1.3
"""How many times longer than a part a whole must be."""
_LONGEST = 1_000
_PAIRS = 4_000


@dataclass
class Parts:
    """The group of each clause that belongs to one, by its place on its side."""

    of_old: dict[int, int] = field(default_factory=dict)
    of_new: dict[int, int] = field(default_factory=dict)


def find_parts(before: Sequence[Clause], after: Sequence[Clause], partner: Mapping[int, int]) -> Parts:
    """Groups of old and new clauses that are one rule; `partner` gives the new place of an old one."""
    parts = Parts()
    backwards = {new: old for old, new in partner.items()}
    # what came alone may be cut out of an old clause; what went alone may have gone into a new one
    _join(after, before, backwards, partner, parts.of_new, parts.of_old, 0)
    _join(before, after, partner, backwards, parts.of_old, parts.of_new, len(before) + len(after))
    return parts


def _join(
    pieces: Sequence[Clause],
    wholes: Sequence[Clause],
    partner_of_piece: Mapping[int, int],
    partner_of_whole: Mapping[int, int],
    group_of_piece: dict[int, int],
    group_of_whole: dict[int, int],
    offset: int,
) -> None:
    lone = [place for place, clause in enumerate(pieces) if place not in partner_of_piece and _is_long(clause)]
    hosts = [
        place
        for place, clause in enumerate(wholes)
        if _is_long(clause)
        and (place not in partner_of_whole or pieces[partner_of_whole[place]].steady != clause.steady)
    ]
    if not lone or not hosts or len(lone) * len(hosts) > _PAIRS:
        return
    found: dict[int, list[int]] = {}
    for piece in lone:
        host = _find_host(pieces[piece], piece, hosts, wholes)
        if host is not None:
            found.setdefault(host, []).append(piece)
    for host, members in found.items():
        other = partner_of_whole.get(host)
        if other is not None:
            kept = pieces[other].compact
            members = [one for one in members if fuzz.partial_ratio(pieces[one].compact, kept) < _CONTAINED]
        if len(members) + (other is not None) < 2:
            continue  # one piece of one whole is a clause that was cut short, not a split
        group = group_of_whole.setdefault(host, offset + host)
        for place in (*members, *(() if other is None else (other,))):
            group_of_piece[place] = group


def _find_host(piece: Clause, place: int, hosts: Sequence[int], wholes: Sequence[Clause]) -> int | None:
    """The clause in which this one stands, the nearest of the best."""
    text = piece.compact
    scored = [
        (fuzz.partial_ratio(text, wholes[host].compact, score_cutoff=_CONTAINED), -abs(host - place), host)
        for host in hosts
        if wholes[host].subject == piece.subject and len(wholes[host].compact) >= len(text) * _LARGER
    ]
    best = max(scored, default=(0.0, 0, 0))
    return best[2] if best[0] else None


def _is_long(clause: Clause) -> bool:
    return _SHORTEST <= len(clause.compact) <= _LONGEST
