"""Who follows whom: signals, links and states become ranked moves from one site to the next, with bits and reasons.

Pure. Each pair is judged once (`move_pair.py` gathers, `move_kinds.py` judges), then again where a judgement of others
changed what it rests on. What a person decided stands above all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.operators.copied_notices import find_echoes
from monitor.operators.jump_hosts import find_jumps, pass_through
from monitor.operators.move_evidence import Known
from monitor.operators.move_kinds import could_follow, judge_pair, tell_decided, tell_vetoed
from monitor.operators.move_pair import MoveField, gather_pair
from monitor.operators.move_ranking import rank_moves
from monitor.operators.move_signals import MoveSignal, SignalSet
from monitor.operators.parking import recognise_target
from monitor.operators.release_pages import find_release_sites
from monitor.operators.site_facts import Epochs, SiteFacts, assign_epochs
from monitor.operators.site_names import plain_name
from monitor.operators.stale_notices import leave_stale
from scrapers.identifiers.excluded_hosts import explain_exclusion
from storage.identity import Decision, Move, MoveKind, Verdict


@dataclass(frozen=True)
class Succession:
    """All moves, successors first. `rejected` are those that a person decided against; `jumps` were passed through."""

    moves: tuple[Move, ...]
    rejected: tuple[Move, ...] = ()
    jumps: frozenset[str] = frozenset()


def find_moves(
    signals: SignalSet,
    facts: Mapping[str, SiteFacts],
    known: Known,
    *,
    at: datetime,
    decisions: Iterable[Decision] = (),
    epochs: Epochs | None = None,
    only: frozenset[str] | None = None,
    release_sites: frozenset[str] | None = None,
) -> Succession:
    """The moves from every site (or from those of `only`), each pair once, the surest first.

    No move leads from or to `release_sites`; without them those that the signals show are taken.
    """
    decided = _standing(decisions)
    said = assign_epochs(signals.signals, epochs or {})
    jumps = find_jumps(said, known)
    by_pair = pass_through(said, jumps)
    apart = find_release_sites(signals) if release_sites is None else release_sites
    for site in facts if only is None else only:
        for partner in known.partners(site):
            by_pair.setdefault((site, partner), [])
    for pair in decided:
        by_pair.setdefault(pair, [])
    every = {
        pair: tuple(found)
        for pair, found in by_pair.items()
        if pair in decided or apart.isdisjoint(map(plain_name, pair))
    }
    wanted = {pair: found for pair, found in every.items() if only is None or pair[0] in only}
    field_ = MoveField(facts, known, signals, decided, find_echoes(every, facts, known), at)
    first = _judge_all(wanted, field_, frozenset())
    less = leave_stale(every, first.moves, facts)
    less = {pair: found for pair, found in less.items() if pair in wanted}
    wanted.update(less)
    first = _join(first, _judge_all(less, field_, frozenset()), less)
    established = frozenset((m.before, m.after) for m in first.moves if m.kind is MoveKind.SUCCESSOR)
    returning = {pair: found for pair, found in wanted.items() if (pair[1], pair[0]) in established}
    judged = first
    if returning:  # who came from B knows B: on the way back the order of copying says nothing
        judged = _join(first, _judge_all(returning, field_, established), returning)
    rejected = {(move.before, move.after): move for move in judged.rejected}
    return Succession(rank_moves(judged.moves), tuple(rejected.values()), jumps)


def _join(first: Succession, again: Succession, pairs: Iterable[tuple[str, str]]) -> Succession:
    """A judgement with some of its pairs judged again."""
    anew = frozenset(pairs)
    kept = [move for move in first.moves if (move.before, move.after) not in anew]
    return Succession((*kept, *again.moves), (*first.rejected, *again.rejected))


def _judge_all(
    pairs: Mapping[tuple[str, str], tuple[MoveSignal, ...]], field_: MoveField, established: frozenset[tuple[str, str]]
) -> Succession:
    moves: list[Move] = []
    rejected: list[Move] = []
    for (before, after), found in pairs.items():
        decision = field_.decided.get((before, after))
        pair = gather_pair(before, after, found, field_, (after, before) in established)
        if decision is not None and decision.verdict is not Verdict.UNSURE:
            chosen = moves if decision.verdict is Verdict.SAME else rejected
            chosen.append(tell_decided(pair, decision))
            continue
        if after in field_.signals.warned.get(before, ()) or _excluded(after):
            continue
        move = judge_pair(pair, field_.at)
        if move is None and pair.link.vetoed and (found or could_follow(pair)):
            rejected.append(tell_vetoed(pair, field_.at))
        if move is not None:
            moves.append(move)
    return Succession(tuple(moves), tuple(rejected))


def _standing(decisions: Iterable[Decision]) -> dict[tuple[str, str], Decision]:
    """The last decision that was not taken back, for each pair."""
    found: dict[tuple[str, str], Decision] = {}
    for decision in sorted(decisions, key=lambda one: one.made_at):
        if decision.about == "move" and decision.revoked_at is None:
            found[(decision.a, decision.b)] = decision
    return found


def _excluded(site: str) -> bool:
    host = site.partition("/")[0]
    return bool(explain_exclusion(host)) or recognise_target(host) is not None
