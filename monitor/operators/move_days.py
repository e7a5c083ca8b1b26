"""When each sign of a move was met: a notice, a release page and a redirect have their own days, and a move has no one.

Pure. Takes a move and the signals that stand behind it; gives days and the Chinese sentence that says them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from monitor.operators.move_signals import NOTICES, OLD_SIDE, REDIRECTS, RELEASES, MoveSignal, Way
from monitor.operators.site_names import plain_name
from monitor.times import SHANGHAI
from storage.identity import Move

Days = Mapping[str, tuple[datetime, datetime]]
"""First and last sight of each signal of a move, by its name."""

OLD_SIDE_NAMES = frozenset(way.value for way in OLD_SIDE)
_SAID = (
    (NOTICES, "旧站有公告"),
    (RELEASES, "旧站的发布页改列"),
    (REDIRECTS, "旧站跳转"),
    (frozenset({Way.CLAIM}), "新站自称"),
    (frozenset({Way.PARTNER}), "旧站列为分站或合作站"),
)


def find_days(signals: Iterable[MoveSignal], move: Move) -> Days:
    """The first and last sight of each signal of a move that is among some signals."""
    ends = plain_name(move.before), plain_name(move.after)
    named = {name for name, _, _ in move.signals}
    found: dict[str, tuple[datetime, datetime]] = {}
    for one in signals:
        name = one.way.value
        if name in named and (plain_name(one.before), plain_name(one.after)) == ends:
            first, last = found.get(name, (one.first_at, one.last_at))
            found[name] = (min(first, one.first_at), max(last, one.last_at))
    return found


def say_days(move: Move, days: Days) -> str:
    """Since when which side says so: 2026-07-18起旧站有公告，2026-08-02起旧站跳转; else since when they are known."""
    told = []
    for ways, words in _SAID:
        first = min((days[way.value][0] for way in ways if way.value in days), default=None)
        if first is not None:
            told.append((first, words))
    told.sort(key=lambda one: one[0])
    return "，".join(f"{_day(first)}起{words}" for first, words in told) or f"{_day(move.since)}起"


def turn_day(move: Move, days: Days) -> datetime:
    """When a move was first acted on: the first redirect, else its release page, else whatever was met first."""
    for ways in (REDIRECTS, RELEASES):
        first = min((days[way.value][0] for way in ways if way.value in days), default=None)
        if first is not None:
            return first
    return move.since


def _day(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).date().isoformat()
