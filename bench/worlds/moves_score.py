"""Judges who was named as the successor of whom: at the end of a world, and at days between just after a signal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bench.worlds.model import FIRST_DAY, SPAN, World
from bench.worlds.moves_known import find_readable
from bench.worlds.replay import Standing, look_again, stand_on, wrongly_dead

_BETWEEN = (120, 240, 360, 480, 600)


@dataclass(frozen=True)
class MoveScore:
    """`fresh` signals were first seen at the last look before one of the days between, `prompt` named on that day.

    Of the `signalled` moves some can be decided; `unread` were those whose signal no look read, `untied` those whose
    two sites have nothing of their operator's own in common (`moves_known`).
    """

    signalled: int
    right: int
    decidable: int
    decidable_right: int
    unread: int
    untied: int
    silent: int
    silent_right: int
    fresh: int
    prompt: int
    missed_ways: tuple[str, ...]
    impersonators: tuple[str, ...]
    strangers: tuple[str, ...]
    dead: tuple[str, ...]

    @property
    def share(self) -> float:
        """Of the moves that left any signal, those whose right successor stands first."""
        return self.right / self.signalled if self.signalled else 1.0

    @property
    def decidable_share(self) -> float:
        """Of the moves that can be decided by what was read, those whose right successor stands first."""
        return self.decidable_right / self.decidable if self.decidable else 1.0

    @property
    def prompt_share(self) -> float:
        """Of the fresh signals, those named on the next check."""
        return self.prompt / self.fresh if self.fresh else 1.0


def score_moves(world: World) -> MoveScore:
    """Judge the moves of a world."""
    world = look_again(world)
    moves = [move for move in world.truth.moves if move.relation in ("successor", "return")]
    answers: dict[str, set[str]] = {}
    for move in reversed(moves):  # a later site of the same line is right too: it is where the platform is now
        answers.setdefault(move.before, set()).update({move.after}, answers.get(move.after, ()))
    end = stand_on(world, SPAN)
    named = end.successors()
    signalled = [move for move in moves if move.signal_on is not None]
    right = [move for move in signalled if set(named.get(move.before, ())[:1]) & answers[move.before]]
    silent = [move for move in moves if move.signal_on is None]
    fresh = prompt = 0
    gap = timedelta(days=int(365 / world.shape.looks))
    first_seen = {epoch.site: epoch.first for epoch in world.truth.epochs}
    dead = list(wrongly_dead(world, end))
    for day in _BETWEEN:
        today = FIRST_DAY + timedelta(days=day)
        young = [move for move in signalled if move.signal_on is not None and today - gap < move.signal_on <= today]
        young = [move for move in young if first_seen[move.after] <= today]
        standing = stand_on(world, day)
        then = standing.successors()
        fresh += len(young)
        prompt += sum(bool(set(then.get(move.before, ())[:1]) & answers[move.before]) for move in young)
        dead += wrongly_dead(world, standing)
    copies, others = _wrong(world, end)
    known = find_readable(world, signalled, answers)
    unread = [move for move in signalled if (move.before, move.after) not in known.read]
    decidable = [move for move in signalled if known.is_decidable(move)]
    return MoveScore(
        len(signalled), len(right),
        len(decidable), sum(move in right for move in decidable), len(unread),
        len(signalled) - len(decidable) - len(unread), len(silent),
        sum(bool(set(named.get(move.before, ())) & answers[move.before]) for move in silent), fresh, prompt,
        tuple(move.way for move in signalled if move not in right), copies, others,
        tuple(f"{period.site} since {period.since:%Y-%m-%d}" for period in dead),
    )  # fmt: skip


def _wrong(world: World, standing: Standing) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Successors that another operator runs: those of impersonators, and all others."""
    owners: dict[str, set[str]] = {}
    copies = set()
    for epoch in world.truth.epochs:
        owners.setdefault(epoch.site, set()).add(epoch.operator)
        if epoch.make == "impersonator":
            copies.add(epoch.site)
    found: tuple[list[str], list[str]] = ([], [])
    for before, afters in standing.successors().items():
        for after in afters:
            one, other = (owners.get(name.partition("@")[0], set()) for name in (before, after))
            if one and other and not one & other:
                found[0 if after in copies else 1].append(f"{before} → {after}")
    return tuple(found[0]), tuple(found[1])
