"""Who follows whom: signals, links and states become ranked moves from one site to the next, with bits and reasons.

Pure. A successor needs a word of the old side that lasts (redirect, notice, release page) and a link of at least five
bits; or the old site is gone and the link is strong and cannot be copied. All else is a candidate: a name, a time and
what the new site says of itself are anybody's to make and never count towards that link, nor does a release page that
speaks alone. What a person decided stands above all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.operators.copied_notices import find_echoes
from monitor.operators.jump_hosts import find_jumps, pass_through
from monitor.operators.move_evidence import Known, LinkStrength, measure_link
from monitor.operators.move_ranking import rank_moves
from monitor.operators.move_signals import (
    MIRRORS,
    NOTICES,
    OLD_SIDE,
    PAGE_REDIRECTS,
    REDIRECTS,
    RELEASES,
    MoveSignal,
    SignalSet,
    Way,
)
from monitor.operators.move_words import say_reason
from monitor.operators.parking import recognise_target
from monitor.operators.release_pages import find_release_sites, is_kept_page
from monitor.operators.site_facts import Epochs, SiteFacts, assign_epochs, stood_together
from monitor.operators.stale_notices import leave_stale
from scrapers.identifiers.excluded_hosts import explain_exclusion
from storage.identity import Decision, Move, MoveKind, Verdict

LINK_BITS = 5.0
STRONG_BITS = 10.0
STRONG_FAMILIES = 2
PARALLEL = timedelta(days=30)
"""So long two sites stand side by side before they are called mirrors."""
LASTING = timedelta(hours=6)
"""A redirect seen again after so long was no single injection into an open site."""

_TIME_BITS = 2.0
_GIVEN_UP_BITS = 2.5
"""Enough of a link where the old site did nothing more than to send its visitors to the new one, check after check."""
_HELD_BITS = 3.5
"""So much that nobody can copy ties the two where the notice may be copied: more than a provider's name servers."""
_SHARED_PAGE_BITS = 5.0
"""A release page that both sites name and that lists the new one: a copy may name it, but is not listed there."""

_NONE: frozenset[str] = frozenset()
_NO_WAYS: frozenset[Way] = frozenset()
_BEFORE_FAILURE, _AFTER_FAILURE = timedelta(days=30), timedelta(days=14)
_SILENT_BEFORE = timedelta(days=60)  # a silent successor is not another shop that had stood there for long
_SLACK = timedelta(days=1)


@dataclass(frozen=True)
class Succession:
    """All moves, successors first. `rejected` are those that a person decided against; `jumps` were passed through."""

    moves: tuple[Move, ...]
    rejected: tuple[Move, ...] = ()
    jumps: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Pair:
    """Everything about one possible move."""

    before: str
    after: str
    signals: tuple[MoveSignal, ...]
    link: LinkStrength
    name: float = 0.0
    time: float = 0.0
    shared_page: float = 0.0
    kept_page: bool = False
    echoed: bool = False
    old: SiteFacts | None = None
    new: SiteFacts | None = None

    @property
    def old_side(self) -> tuple[MoveSignal, ...]:
        return tuple(signal for signal in self.signals if signal.way in OLD_SIDE)

    @property
    def claim_bits(self) -> float:
        return sum(signal.bits for signal in self.signals if signal.way is Way.CLAIM)

    @property
    def own_word(self) -> bool:
        """Whether the old site itself, not its release page alone, says so in a way that no single injection makes."""
        ways = {signal.way for signal in self.old_side} - RELEASES - (NOTICES if self.echoed else _NO_WAYS)
        if ways - REDIRECTS or (ways and not _stands(self.old)):
            return True
        return self.sends_on(REDIRECTS - PAGE_REDIRECTS)

    def sends_on(self, ways: frozenset[Way]) -> bool:
        """Whether the old site sends its visitors away in one of these ways, seen in checks that lie apart."""
        sent = [signal for signal in self.signals if signal.way in ways]
        return bool(sent) and max(one.last_at for one in sent) - min(one.first_at for one in sent) >= LASTING

    @property
    def tied(self) -> bool:
        """Whether the two are tied by more than an impostor makes: his name, his date and his claim are his own."""
        if self.own_word:
            gave_up = not _stands(self.old) and self.sends_on(REDIRECTS)
            agreed = all(bits > 0 for _, bits, _ in self.link.rows)
            return self.link.bits + self.shared_page >= (_GIVEN_UP_BITS if gave_up and agreed else LINK_BITS)
        if self.kept_page:
            return True
        if self.echoed:
            return self.link.held >= _HELD_BITS and self.link.bits >= LINK_BITS
        # a page that was taken over may list anybody
        return (self.link.control or self.link.probable) and self.link.bits >= LINK_BITS

    @property
    def bits(self) -> float:
        ranked = sorted((signal.bits for signal in self.old_side), reverse=True)
        said = (ranked[0] + 0.5 * sum(ranked[1:2])) if ranked else 0.0
        return said + self.link.bits + self.name + self.time + self.claim_bits + self.shared_page


@dataclass(frozen=True)
class _Field:
    """All that pairs are judged by. `echoes` are pairs whose notices another site gave before."""

    facts: Mapping[str, SiteFacts]
    known: Known
    signals: SignalSet
    decided: Mapping[tuple[str, str], Decision]
    echoes: frozenset[tuple[str, str]]
    at: datetime


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
        pair: tuple(found) for pair, found in by_pair.items() if pair in decided or apart.isdisjoint(map(_plain, pair))
    }
    wanted = {pair: found for pair, found in every.items() if only is None or pair[0] in only}
    field_ = _Field(facts, known, signals, decided, find_echoes(every, facts, known), at)
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
    pairs: Mapping[tuple[str, str], tuple[MoveSignal, ...]], field_: _Field, established: frozenset[tuple[str, str]]
) -> Succession:
    moves: list[Move] = []
    rejected: list[Move] = []
    for (before, after), found in pairs.items():
        decision = field_.decided.get((before, after))
        pair = _gather(before, after, found, field_, (after, before) in established)
        if decision is not None and decision.verdict is not Verdict.UNSURE:
            chosen = moves if decision.verdict is Verdict.SAME else rejected
            chosen.append(_decided_move(pair, decision))
            continue
        if after in field_.signals.warned.get(before, ()) or _excluded(after):
            continue
        move = _judge(pair, field_.at)
        if move is None and pair.link.vetoed and (found or _could_follow(pair)):
            rejected.append(_vetoed_move(pair, field_.at))
        if move is not None:
            moves.append(move)
    return Succession(tuple(moves), tuple(rejected))


def _gather(before: str, after: str, found: tuple[MoveSignal, ...], field_: _Field, returning: bool) -> _Pair:
    known, pages = field_.known, field_.signals.release_pages
    old, new = field_.facts.get(before), field_.facts.get(after)
    found = tuple(signal for signal in found if _of_this_epoch(signal, old, new))
    echoed = (before, after) in field_.echoes
    sent = [signal.first_at for signal in found if signal.way in REDIRECTS]
    link = measure_link(
        known,
        before,
        after,
        any_order=returning or (_says_so(found, echoed) and known.together(before, after)),
        sent_since=min(sent, default=None) if old is not None and old.open_spans else None,
    )
    time = _TIME_BITS if old is not None and new is not None and _appeared_in_time(old, new, found) else 0.0
    told = any(signal.way in RELEASES for signal in found)
    shared = pages.get(_plain(before), _NONE) & pages.get(_plain(after), _NONE) if told else _NONE
    kept = any(is_kept_page(page, _plain(before), _plain(after), field_.signals, field_.facts) for page in shared)
    name = min(5.0, max(0.0, known.name_bits(before, after)))
    return _Pair(before, after, found, link, name, time, _SHARED_PAGE_BITS if shared else 0.0, kept, echoed, old, new)


def _says_so(signals: Iterable[MoveSignal], echoed: bool) -> bool:
    """Whether the old site, or its release page, leads to the new one by more than a notice that may be copied."""
    return any(signal.way in OLD_SIDE and not (echoed and signal.way in NOTICES) for signal in signals)


def _of_this_epoch(signal: MoveSignal, old: SiteFacts | None, new: SiteFacts | None) -> bool:
    """Whether a signal is of these registrations of both names: what was said before belongs to earlier ones."""
    return not any(
        site is not None and site.registered_on is not None and signal.last_at.date() < site.registered_on - _SLACK
        for site in (old, new)
    )


def _appeared_in_time(old: SiteFacts, new: SiteFacts, signals: Iterable[MoveSignal]) -> bool:
    """Whether the new site appeared about when the old one went, or said that it goes."""
    said = [signal.first_at for signal in signals if signal.way in OLD_SIDE]
    left = min((moment for moment in (old.gone_since, *said) if moment is not None), default=None)
    if left is None:
        return False
    from_, until = left - _BEFORE_FAILURE, left + _AFTER_FAILURE
    registered = new.registered_on is not None and from_.date() <= new.registered_on <= until.date()
    return registered or from_ <= new.first_seen <= until


def _judge(pair: _Pair, at: datetime) -> Move | None:
    branch = _is_branch(pair)
    if branch and not pair.old_side:
        return _move(pair, MoveKind.BRANCH, pair.new.first_seen if pair.new else at)
    if pair.link.vetoed:
        return None
    if pair.old_side and pair.tied and pair.link.bits > -LINK_BITS:
        since = min(signal.first_at for signal in pair.old_side)
        if branch and _stands(pair.old):
            return _move(pair, MoveKind.BRANCH, since)
        return _move(pair, MoveKind.MIRROR if _are_mirrors(pair) else MoveKind.SUCCESSOR, since)
    if _follows_in_silence(pair):
        assert pair.old is not None and pair.new is not None and pair.old.gone_since is not None
        return _move(pair, MoveKind.SUCCESSOR, max(pair.old.gone_since, pair.new.first_seen))
    if not pair.signals and not _could_follow(pair):
        return None
    first = min((signal.first_at for signal in pair.signals), default=pair.new.first_seen if pair.new else at)
    return _move(pair, MoveKind.CANDIDATE, first)


def _follows_in_silence(pair: _Pair) -> bool:
    """Whether the old site is gone and the new one, younger, has what cannot be copied."""
    old, new, link = pair.old, pair.new, pair.link
    if old is None or new is None or old.gone_since is None:
        return False
    younger = new.first_seen >= old.first_seen
    in_time = new.first_seen >= old.gone_since - _SILENT_BEFORE
    strong = min(link.bits, link.net) >= STRONG_BITS and link.families >= STRONG_FAMILIES
    return younger and in_time and strong and link.control and link.probable


def _could_follow(pair: _Pair) -> bool:
    """Whether a site that nobody pointed to is worth showing: the old one is gone, and something ties the two."""
    old, new = pair.old, pair.new
    if old is None or old.gone_since is None or (new is not None and new.first_seen < old.first_seen):
        return False
    return pair.link.bits >= LINK_BITS or (new is None and pair.name > 0)


def _are_mirrors(pair: _Pair) -> bool:
    """Whether both stand side by side, the old one neither gone nor sending its visitors away."""
    old, new = pair.old, pair.new
    if old is None or new is None or old.gone_since is not None:
        return False
    if any(signal.way in REDIRECTS for signal in pair.signals):
        return False  # who sends his visitors away does not stand beside, even if he came back later
    overlap = stood_together(old, new)
    backup = any(signal.way in MIRRORS for signal in pair.old_side)
    moved = any(signal.way in (Way.NOTICE, Way.RELEASE) for signal in pair.old_side)
    return overlap >= PARALLEL or (backup and not moved and overlap > timedelta(0))


def _is_branch(pair: _Pair) -> bool:
    """A 分站: a host or path below the other site, or named as branch or partner and nothing else."""
    host = pair.after.partition("/")[0]
    below = pair.after != pair.before and (host.endswith(f".{pair.before}") or host == pair.before)
    ways = {signal.way for signal in pair.signals}
    return below or ways == {Way.PARTNER}


def _stands(facts: SiteFacts | None) -> bool:
    return facts is None or facts.gone_since is None


def _move(pair: _Pair, kind: MoveKind, since: datetime) -> Move:
    rows: list[tuple[str, float, str]] = [(signal.way.value, signal.bits, signal.proof) for signal in pair.signals]
    rows += [(f"link:{kind_}", bits, proof) for kind_, bits, proof in pair.link.rows]
    if pair.name:
        rows.append(("name", pair.name, ""))
    if pair.shared_page:
        rows.append(("release_shared", pair.shared_page, ""))
    if pair.time:
        rows.append(("time", pair.time, ""))
    rows.sort(key=lambda row: -abs(row[1]))
    reason = say_reason(kind, rows, link_bits=pair.link.bits, late=pair.link.late)
    return Move(pair.before, pair.after, kind, since, round(pair.bits, 2), tuple(rows), reason)


def _decided_move(pair: _Pair, decision: Decision) -> Move:
    kind = MoveKind.SUCCESSOR if decision.verdict is Verdict.SAME else MoveKind.CANDIDATE
    first = min((signal.first_at for signal in pair.signals), default=decision.made_at)
    move = _move(pair, kind, first)
    word = "确认" if decision.verdict is Verdict.SAME else "否定"
    return replace(move, decided_by=decision.made_by, reason=f"由 {decision.made_by} 人工{word}：{decision.reason}")


def _vetoed_move(pair: _Pair, at: datetime) -> Move:
    """A move that is none, because a person held the two sites to be of different operators."""
    first = min((signal.first_at for signal in pair.signals), default=pair.new.first_seen if pair.new else at)
    reason = "人工判定两个网站不是同一运营者（cardwatch judge），不再视为后继"
    return replace(_move(pair, MoveKind.CANDIDATE, first), reason=reason)


def _standing(decisions: Iterable[Decision]) -> dict[tuple[str, str], Decision]:
    """The last decision that was not taken back, for each pair."""
    found: dict[tuple[str, str], Decision] = {}
    for decision in sorted(decisions, key=lambda one: one.made_at):
        if decision.about == "move" and decision.revoked_at is None:
            found[(decision.a, decision.b)] = decision
    return found


def _plain(site: str) -> str:
    return site.partition("@")[0]


def _excluded(site: str) -> bool:
    host = site.partition("/")[0]
    return bool(explain_exclusion(host)) or recognise_target(host) is not None
