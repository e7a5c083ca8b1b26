"""What a possible move is: a successor, a mirror, a branch, a candidate or none; told with its bits and reasons.

Pure. A successor needs a word of the old side that lasts (redirect, notice, release page) and a link of at least five
bits; or the old site is gone and the link is strong and cannot be copied. All else is a candidate.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.operators.move_pair import LINK_BITS, MovePair, still_stands
from monitor.operators.move_signals import MIRRORS, REDIRECTS, Way
from monitor.operators.move_words import say_reason
from monitor.operators.site_facts import stood_together
from storage.identity import Decision, Move, MoveKind, Verdict

STRONG_BITS = 10.0
STRONG_FAMILIES = 2
PARALLEL = timedelta(days=30)
"""So long two sites stand side by side before they are called mirrors."""
_SILENT_BEFORE = timedelta(days=60)  # a silent successor is not another shop that had stood there for long


def judge_pair(pair: MovePair, at: datetime) -> Move | None:
    """The move that a pair is, None where the two are not worth telling together."""
    branch = _is_branch(pair)
    if branch and not pair.old_side:
        return _move(pair, MoveKind.BRANCH, pair.new.first_seen if pair.new else at)
    if pair.link.vetoed:
        return None
    if pair.old_side and pair.tied and pair.link.bits > -LINK_BITS:
        since = min(signal.first_at for signal in pair.old_side)
        if branch and still_stands(pair.old):
            return _move(pair, MoveKind.BRANCH, since)
        return _move(pair, MoveKind.MIRROR if _are_mirrors(pair) else MoveKind.SUCCESSOR, since)
    if _follows_in_silence(pair):
        assert pair.old is not None and pair.new is not None and pair.old.gone_since is not None
        return _move(pair, MoveKind.SUCCESSOR, max(pair.old.gone_since, pair.new.first_seen))
    if not pair.signals and not could_follow(pair):
        return None
    first = min((signal.first_at for signal in pair.signals), default=pair.new.first_seen if pair.new else at)
    return _move(pair, MoveKind.CANDIDATE, first)


def _follows_in_silence(pair: MovePair) -> bool:
    """Whether the old site is gone and the new one, younger, has what cannot be copied."""
    old, new, link = pair.old, pair.new, pair.link
    if old is None or new is None or old.gone_since is None:
        return False
    younger = new.first_seen >= old.first_seen
    in_time = new.first_seen >= old.gone_since - _SILENT_BEFORE
    strong = min(link.bits, link.net) >= STRONG_BITS and link.families >= STRONG_FAMILIES
    return younger and in_time and strong and link.control and link.probable


def could_follow(pair: MovePair) -> bool:
    """Whether a site that nobody pointed to is worth showing: the old one is gone, and something ties the two."""
    old, new = pair.old, pair.new
    if old is None or old.gone_since is None or (new is not None and new.first_seen < old.first_seen):
        return False
    return pair.link.bits >= LINK_BITS or (new is None and pair.name > 0)


def _are_mirrors(pair: MovePair) -> bool:
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


def _is_branch(pair: MovePair) -> bool:
    """A 分站: a host or path below the other site, or named as branch or partner and nothing else."""
    host = pair.after.partition("/")[0]
    below = pair.after != pair.before and (host.endswith(f".{pair.before}") or host == pair.before)
    ways = {signal.way for signal in pair.signals}
    return below or ways == {Way.PARTNER}


def _move(pair: MovePair, kind: MoveKind, since: datetime) -> Move:
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


def tell_decided(pair: MovePair, decision: Decision) -> Move:
    """A move as a person decided it, whatever the signals say."""
    kind = MoveKind.SUCCESSOR if decision.verdict is Verdict.SAME else MoveKind.CANDIDATE
    first = min((signal.first_at for signal in pair.signals), default=decision.made_at)
    move = _move(pair, kind, first)
    word = "确认" if decision.verdict is Verdict.SAME else "否定"
    return replace(move, decided_by=decision.made_by, reason=f"由 {decision.made_by} 人工{word}：{decision.reason}")


def tell_vetoed(pair: MovePair, at: datetime) -> Move:
    """A move that is none, because a person held the two sites to be of different operators."""
    first = min((signal.first_at for signal in pair.signals), default=pair.new.first_seen if pair.new else at)
    reason = "人工判定两个网站不是同一运营者（cardwatch judge），不再视为后继"
    return replace(_move(pair, MoveKind.CANDIDATE, first), reason=reason)
