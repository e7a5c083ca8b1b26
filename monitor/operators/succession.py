"""Who follows whom: signals, links and states become ranked moves from one site to the next, with bits and reasons.

Pure. A successor needs a word of the old side (redirect, notice, release page) and a link of at least five bits; or
the old site is gone and the link is strong and cannot be copied. All else is a candidate, and a name alone never is
more. What a person decided stands above all of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from monitor.operators.move_evidence import Known, LinkStrength, measure_link
from monitor.operators.move_ranking import rank_moves
from monitor.operators.move_signals import MIRRORS, OLD_SIDE, REDIRECTS, MoveSignal, SignalSet, Way
from monitor.operators.move_words import say_reason
from monitor.operators.parking import recognise_target
from scrapers.identifiers.excluded_hosts import explain_exclusion, is_jump_host
from storage.identity import Decision, Move, MoveKind, SitePeriod, SiteState, Verdict

LINK_BITS = 5.0
STRONG_BITS = 10.0
STRONG_FAMILIES = 2
PARALLEL = timedelta(days=30)
"""So long two sites stand side by side before they are called mirrors."""

_TIME_BITS = 2.0
_BEFORE_FAILURE, _AFTER_FAILURE = timedelta(days=30), timedelta(days=14)
_SILENT_BEFORE = timedelta(days=60)  # a silent successor is not another shop that had stood there for long
_JUMP_SOURCES = 5
_SLACK = timedelta(days=1)
_GONE = frozenset(
    {SiteState.DEAD, SiteState.EXPIRED, SiteState.HELD, SiteState.PARKED, SiteState.REREGISTERED, SiteState.FILTERED}
)


Epochs = Mapping[str, tuple[tuple[datetime, str], ...]]
"""For a site that was registered anew: when each earlier registration ended, and its name, in the order of time."""


@dataclass(frozen=True)
class SiteFacts:
    """What is known of a site in time: first and last seen as itself, and since when it is not there any more."""

    site: str
    first_seen: datetime
    last_seen: datetime
    gone_since: datetime | None = None
    registered_on: date | None = None


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
    old: SiteFacts | None = None
    new: SiteFacts | None = None

    @property
    def old_side(self) -> tuple[MoveSignal, ...]:
        return tuple(signal for signal in self.signals if signal.way in OLD_SIDE)

    @property
    def claim_bits(self) -> float:
        return sum(signal.bits for signal in self.signals if signal.way is Way.CLAIM)

    @property
    def tie(self) -> float:
        """Bits that tie the new site to the old one, without what the old site itself says."""
        return self.link.bits + self.name + self.time + self.claim_bits

    @property
    def bits(self) -> float:
        ranked = sorted((signal.bits for signal in self.old_side), reverse=True)
        said = (ranked[0] + 0.5 * sum(ranked[1:2])) if ranked else 0.0
        return said + self.tie


def find_moves(
    signals: SignalSet,
    facts: Mapping[str, SiteFacts],
    known: Known,
    *,
    at: datetime,
    decisions: Iterable[Decision] = (),
    epochs: Epochs | None = None,
    only: frozenset[str] | None = None,
) -> Succession:
    """The moves from every site (or from those of `only`), each pair once, the surest first."""
    decided = _standing(decisions)
    said = assign_epochs(signals.signals, epochs or {})
    jumps = _find_jumps(said, known)
    by_pair = _pass_through(said, jumps)
    for site in facts if only is None else only:
        for partner in known.partners(site):
            by_pair.setdefault((site, partner), [])
    for pair in decided:
        by_pair.setdefault(pair, [])
    wanted = {pair: tuple(found) for pair, found in by_pair.items() if only is None or pair[0] in only}
    first = _judge_all(wanted, facts, known, signals, decided, frozenset(), at)
    established = frozenset((m.before, m.after) for m in first.moves if m.kind is MoveKind.SUCCESSOR)
    returning = {pair: found for pair, found in wanted.items() if (pair[1], pair[0]) in established}
    judged = first
    if returning:  # who came from B knows B: on the way back the order of copying says nothing
        again = _judge_all(returning, facts, known, signals, decided, established, at)
        kept = [move for move in first.moves if (move.before, move.after) not in returning]
        judged = Succession((*kept, *again.moves), (*first.rejected, *again.rejected))
    rejected = {(move.before, move.after): move for move in judged.rejected}
    return Succession(rank_moves(judged.moves), tuple(rejected.values()), jumps)


def assign_epochs(signals: Iterable[MoveSignal], epochs: Epochs) -> tuple[MoveSignal, ...]:
    """The signals under the names of the registrations that they are of; one that lasted over a change is in both."""
    found: list[MoveSignal] = []
    for signal in signals:
        for part in _parts(signal, "before", epochs.get(signal.before, ())):
            found += _parts(part, "after", epochs.get(signal.after, ()))
    return tuple(found)


def _parts(signal: MoveSignal, side: str, epochs: tuple[tuple[datetime, str], ...]) -> list[MoveSignal]:
    parts, rest = [], signal
    for until, name in epochs:
        if rest.first_at >= until:
            continue
        old = replace(rest, last_at=min(rest.last_at, until))
        parts.append(replace(old, before=name) if side == "before" else replace(old, after=name))
        if rest.last_at < until:
            return parts
        rest = replace(rest, first_at=until)
    return [*parts, rest]


def facts_of_periods(
    periods: Iterable[SitePeriod], registered: Mapping[str, date] | None = None
) -> dict[str, SiteFacts]:
    """What the periods of sites say of them in time."""
    of_site: dict[str, list[SitePeriod]] = defaultdict(list)
    for period in periods:
        of_site[period.site].append(period)
    found = {}
    for site, own in of_site.items():
        own.sort(key=lambda period: period.since)
        alive = [period for period in own if period.state is SiteState.ACTIVE]
        seen = alive or own
        last = own[-1]
        away = last.state in _GONE or last.state is SiteState.REDIRECTING
        found[site] = SiteFacts(
            site=site,
            first_seen=seen[0].since,
            last_seen=(seen[-1].ended_at or seen[-1].checked_at),
            gone_since=_gone_since(own) if away else None,
            registered_on=(registered or {}).get(site),
        )
    return found


def _gone_since(periods: list[SitePeriod]) -> datetime:
    since = periods[-1].since
    for period in reversed(periods):
        if period.state is SiteState.ACTIVE:
            break
        if period.state is not SiteState.UNKNOWN:  # we did not see: it may have begun before
            since = period.since
    return since


def _judge_all(
    pairs: Mapping[tuple[str, str], tuple[MoveSignal, ...]],
    facts: Mapping[str, SiteFacts],
    known: Known,
    signals: SignalSet,
    decided: Mapping[tuple[str, str], Decision],
    established: frozenset[tuple[str, str]],
    at: datetime,
) -> Succession:
    moves: list[Move] = []
    rejected: list[Move] = []
    for (before, after), found in pairs.items():
        decision = decided.get((before, after))
        pair = _gather(before, after, found, facts, known, (after, before) in established)
        if decision is not None and decision.verdict is not Verdict.UNSURE:
            chosen = moves if decision.verdict is Verdict.SAME else rejected
            chosen.append(_decided_move(pair, decision))
            continue
        if after in signals.warned.get(before, ()) or _excluded(after):
            continue
        move = _judge(pair, at)
        if move is not None:
            moves.append(move)
    return Succession(tuple(moves), tuple(rejected))


def _gather(
    before: str,
    after: str,
    found: tuple[MoveSignal, ...],
    facts: Mapping[str, SiteFacts],
    known: Known,
    returning: bool,
) -> _Pair:
    old, new = facts.get(before), facts.get(after)
    found = tuple(signal for signal in found if _of_this_epoch(signal, old, new))
    link = measure_link(known, before, after, any_order=returning)
    time = _TIME_BITS if old is not None and new is not None and _appeared_in_time(old, new, found) else 0.0
    return _Pair(before, after, found, link, min(5.0, max(0.0, known.name_bits(before, after))), time, old, new)


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
    if pair.old_side and pair.tie >= LINK_BITS and pair.link.bits > -LINK_BITS:
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
    overlap = min(old.last_seen, new.last_seen) - max(old.first_seen, new.first_seen)
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
    return facts is not None and facts.gone_since is None


def _move(pair: _Pair, kind: MoveKind, since: datetime) -> Move:
    rows: list[tuple[str, float, str]] = [(signal.way.value, signal.bits, signal.proof) for signal in pair.signals]
    rows += [(f"link:{kind_}", bits, proof) for kind_, bits, proof in pair.link.rows]
    if pair.name:
        rows.append(("name", pair.name, ""))
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


def _standing(decisions: Iterable[Decision]) -> dict[tuple[str, str], Decision]:
    """The last decision that was not taken back, for each pair."""
    found: dict[tuple[str, str], Decision] = {}
    for decision in sorted(decisions, key=lambda one: one.made_at):
        if decision.about == "move" and decision.revoked_at is None:
            found[(decision.a, decision.b)] = decision
    return found


def _find_jumps(signals: Iterable[MoveSignal], known: Known) -> frozenset[str]:
    """Hosts that many unrelated sites send their visitors through."""
    sources: dict[str, set[str]] = defaultdict(set)
    for signal in signals:
        if signal.way in REDIRECTS:
            sources[signal.after].add(signal.before)
    found = {host for host in sources if is_jump_host(host)}
    for host, senders in sources.items():
        if host in found or len(senders) < _JUMP_SOURCES:
            continue
        strangers = [one for one in sorted(senders)[:200] if measure_link(known, one, host).bits < LINK_BITS]
        if len(strangers) >= _JUMP_SOURCES and 2 * len(strangers) >= min(len(senders), 200):
            found.add(host)
    return frozenset(found)


def _pass_through(signals: Iterable[MoveSignal], jumps: frozenset[str]) -> dict[tuple[str, str], list[MoveSignal]]:
    """Signals by pair; what leads to a jump host leads to where that host alone leads on."""
    every = list(signals)
    onward: dict[str, list[MoveSignal]] = defaultdict(list)
    for signal in every:
        if signal.before in jumps and signal.way in REDIRECTS:
            onward[signal.before].append(signal)
    found: dict[tuple[str, str], list[MoveSignal]] = defaultdict(list)
    for signal in every:
        if signal.before in jumps:
            continue
        if signal.after not in jumps:
            found[(signal.before, signal.after)].append(signal)
            continue
        targets = [one for one in onward[signal.after] if one.last_at >= signal.first_at - _SLACK]
        if len({one.after for one in targets}) == 1 and targets[0].after != signal.before:
            bits = min(signal.bits, targets[0].bits)
            led = replace(signal, after=targets[0].after, bits=bits)
            found[(led.before, led.after)].append(led)
    return found


def _excluded(site: str) -> bool:
    host = site.partition("/")[0]
    return bool(explain_exclusion(host)) or recognise_target(host) is not None
