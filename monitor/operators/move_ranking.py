"""The order of moves: what the old side says itself comes first, what only turns a move round is left out. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from monitor.operators.move_signals import OLD_SIDE, RELEASES, Way
from monitor.operators.move_words import say_passed_over
from storage.identity import Move, MoveKind

_MOST_CANDIDATES = 20


def rank_moves(moves: Iterable[Move]) -> tuple[Move, ...]:
    """Moves in the order of how sure they are; candidates of one site are bounded."""
    return _rank(_leave_silent(_leave_reverse(moves)))


def _leave_reverse(moves: Iterable[Move]) -> list[Move]:
    """Without candidates that only turn an established move round, and with each pair of mirrors once."""
    listed = list(moves)
    firm = {(move.before, move.after) for move in listed if move.kind in (MoveKind.SUCCESSOR, MoveKind.MIRROR)}
    kept: list[Move] = []
    for move in listed:
        turned = (move.after, move.before) in firm
        if turned and move.kind is MoveKind.CANDIDATE:
            continue
        if turned and move.kind is MoveKind.MIRROR and move.after < move.before:
            continue
        kept.append(move)
    return kept


def _leave_silent(moves: Iterable[Move]) -> list[Move]:
    """Where a site said itself where it went, others that only share something with it are candidates."""
    listed = list(moves)
    told = {move.before for move in listed if move.kind is MoveKind.SUCCESSOR and (move.decided_by or _told(move))}
    return [
        replace(move, kind=MoveKind.CANDIDATE, reason=say_passed_over(move))
        if move.kind is MoveKind.SUCCESSOR and move.before in told and not move.decided_by and not _told(move)
        else move
        for move in listed
    ]


def _told(move: Move) -> int:
    """How directly the old side names the new one: 3 on its own pages, 2 on its release page as the address, 1 as one
    of several addresses, 0 not at all."""
    ways = {name for name, _, _ in move.signals}
    if ways & {way.value for way in OLD_SIDE - RELEASES}:
        return 3
    if Way.RELEASE.value in ways:
        return 2
    return 1 if Way.RELEASE_MIRROR.value in ways else 0


def _rank(moves: Iterable[Move]) -> tuple[Move, ...]:
    """Successors first, then mirrors and branches, then a bounded number of candidates of each site."""
    order = {MoveKind.SUCCESSOR: 0, MoveKind.MIRROR: 1, MoveKind.BRANCH: 2, MoveKind.CANDIDATE: 3}

    def key(move: Move) -> tuple[object, ...]:
        told = _told(move) if move.kind is MoveKind.SUCCESSOR else 0
        # of those that a release page listed one after the other, the first is where this site went
        since = move.since.timestamp() if 0 < told < 3 else 0.0
        return order[move.kind], not move.decided_by, -told, since, -move.bits, move.since, move.before, move.after

    ranked = sorted(moves, key=key)
    taken: dict[str, int] = defaultdict(int)
    kept = []
    for move in ranked:
        if move.kind is MoveKind.CANDIDATE:
            taken[move.before] += 1
            if taken[move.before] > _MOST_CANDIDATES:
                continue
        kept.append(move)
    return tuple(kept)
