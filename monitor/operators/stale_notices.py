"""Old notices that a site still carries from the site before it: they name an earlier site, and are no move back.

Pure. Who moves takes his pages along, with the sentence that once announced the move. A return to an earlier name needs
something new: a redirect, a notice that came later than the site's first sight, or the earlier site open again.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta

from monitor.operators.move_signals import REDIRECTS, MoveSignal, Way
from monitor.operators.site_facts import SiteFacts
from storage.identity import Move, MoveKind

Pairs = dict[tuple[str, str], tuple[MoveSignal, ...]]
_SLACK = timedelta(days=1)
_SAID = frozenset(Way) - REDIRECTS - {Way.CLAIM, Way.PARTNER}
_NOT_LETTERS = re.compile(r"[\W_]+")
_LEAST_LETTERS = 8  # "新网址" alone is nobody's sentence


def leave_stale(
    pairs: Pairs, moves: Iterable[Move], facts: Mapping[str, SiteFacts]
) -> dict[tuple[str, str], tuple[MoveSignal, ...]]:
    """The pairs that lose signals because those only repeat how the line came here, with what is left of them."""
    onward: dict[str, set[str]] = defaultdict(set)
    for move in moves:
        if move.kind is MoveKind.SUCCESSOR:
            onward[move.before].add(move.after)
    told = _first_told(pairs)
    found: Pairs = {}
    for (before, after), signals in pairs.items():
        here, there = facts.get(before), facts.get(after)
        if (
            here is None
            or there is None
            or there.first_seen >= here.first_seen
            or there.came_back_after(here.first_seen)
        ):
            continue
        if not any(signal.way in _SAID for signal in signals) or not _leads(onward, after, before):
            continue
        kept = tuple(signal for signal in signals if not _is_carried(signal, here, told))
        if kept != signals:
            found[(before, after)] = kept
    return found


def _is_carried(signal: MoveSignal, here: SiteFacts, told: Mapping[tuple[str, str], MoveSignal]) -> bool:
    """Whether a site has a sentence since it is there, or another site had the very same before."""
    if signal.way not in _SAID:
        return False
    if signal.first_at <= here.first_seen + _SLACK:
        return True
    other = told.get((signal.after, _letters(signal.text)))
    return other is not None and other.before != signal.before and other.first_at < signal.first_at


def _first_told(pairs: Pairs) -> dict[tuple[str, str], MoveSignal]:
    """For every target and sentence who said it first."""
    found: dict[tuple[str, str], MoveSignal] = {}
    for signals in pairs.values():
        for signal in signals:
            key = (signal.after, _letters(signal.text))
            if len(key[1]) >= _LEAST_LETTERS and (key not in found or signal.first_at < found[key].first_at):
                found[key] = signal
    return found


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", text)


def _leads(onward: Mapping[str, set[str]], start: str, end: str) -> bool:
    """Whether moves lead from one site to another, over others or at once."""
    seen, waiting = {start}, [start]
    while waiting:
        for site in onward.get(waiting.pop(), ()):
            if site == end:
                return True
            if site not in seen:
                seen.add(site)
                waiting.append(site)
    return False
