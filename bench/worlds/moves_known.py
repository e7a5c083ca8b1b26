"""What an answer that knows who runs which site could tell of the moves of a world; the rest cannot be decided.

A move can be decided where a look read a signal of the old side, and what was read of the two sites has something of
their operator's own in common: a value that cannot be copied and that nobody else shows, a text that none of others
showed before the old site, or a release page that both name and that lists both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bench.worlds.model import EpochTruth, MoveTruth, World
from monitor.operators.model import ForgeClass
from monitor.operators.move_evidence import SPOKEN
from monitor.operators.move_signals import OLD_SIDE, read_signals
from monitor.operators.values import read_value
from monitor.operators.weights import load_weights

_COPYABLE, _HELD = frozenset({ForgeClass.TEXT}), frozenset({ForgeClass.CONTROL, ForgeClass.REGISTRY})


@dataclass(frozen=True)
class Readable:
    """Of the moves that left a signal, by the names of both sites: which were read, and which can be tied."""

    read: frozenset[tuple[str, str]]
    tied: frozenset[tuple[str, str]]

    def is_decidable(self, move: MoveTruth) -> bool:
        """Whether an answer that knows who runs which site could name the successor."""
        pair = (move.before, move.after)
        return pair in self.read and pair in self.tied


@dataclass(frozen=True)
class _Sight:
    operator: str
    site: str
    first_at: datetime


def find_readable(world: World, moves: Iterable[MoveTruth], answers: dict[str, set[str]]) -> Readable:
    """Which of some moves can be decided; `answers` are the right successors of each site."""
    signals = read_signals(world.statements)
    led = {(signal.before, signal.after) for signal in signals.signals if signal.way in OLD_SIDE}
    values, shown = _see_values(world)
    read, tied = set(), set()
    for move in moves:
        if any((move.before, after) in led for after in answers[move.before]):
            read.add((move.before, move.after))
        pages = signals.release_pages
        both = pages.get(move.before, frozenset()) & pages.get(move.after, frozenset())
        listed = any({move.before, move.after} <= signals.listings.get(page, {}).keys() for page in both)
        common = shown[move.before] & shown[move.after]
        if listed or any(_is_own(key, values[key], move) for key in common):
            tied.add((move.before, move.after))
    return Readable(frozenset(read), frozenset(tied))


def _see_values(world: World) -> tuple[dict[tuple[str, str], list[_Sight]], dict[str, set[tuple[str, str]]]]:
    epochs: dict[str, list[EpochTruth]] = defaultdict(list)
    for epoch in world.truth.epochs:
        epochs[epoch.site].append(epoch)
    values: dict[tuple[str, str], list[_Sight]] = defaultdict(list)
    shown: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in world.statements:
        if row.kind in SPOKEN or row.kind not in load_weights().kinds or row.place == "user_content":
            continue
        key = (row.kind, read_value(row.kind, row.value).key)
        day = row.first_seen.date()
        operator = next((one.operator for one in epochs[row.site] if one.first <= day <= one.ended), "")
        values[key].append(_Sight(operator, row.site, row.first_seen))
        shown[row.site].add(key)
    return values, shown


def _is_own(key: tuple[str, str], sights: Iterable[_Sight], move: MoveTruth) -> bool:
    """Whether a value that both sites show tells their operator from all others."""
    listed = list(sights)
    own = {sight.operator for sight in listed if sight.site == move.before} & {
        sight.operator for sight in listed if sight.site == move.after
    }
    mine = [sight.first_at for sight in listed if sight.site == move.before and sight.operator in own]
    others = [sight.first_at for sight in listed if sight.operator not in own]
    forge = load_weights().kinds[key[0]].forge
    if not mine or forge not in _COPYABLE | _HELD:
        return False
    return not others or (forge in _COPYABLE and min(mine) <= min(others))
