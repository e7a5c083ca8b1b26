"""Hosts that visitors are only sent through: found by who else uses them, and stepped over.

Pure. A host that many unrelated sites send their visitors to is nobody's successor; where it leads on to a single
place, a move leads there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from monitor.operators.move_evidence import Known, measure_link
from monitor.operators.move_signals import REDIRECTS, MoveSignal
from scrapers.identifiers.excluded_hosts import is_jump_host

_JUMP_SOURCES = 5
_LINK_BITS = 5.0  # that ties two sites: they are no strangers
_SLACK = timedelta(days=1)


def find_jumps(signals: Iterable[MoveSignal], known: Known) -> frozenset[str]:
    """Hosts that many unrelated sites send their visitors through."""
    sources: dict[str, set[str]] = defaultdict(set)
    for signal in signals:
        if signal.way in REDIRECTS:
            sources[signal.after].add(signal.before)
    found = {host for host in sources if is_jump_host(host)}
    for host, senders in sources.items():
        if host in found or len(senders) < _JUMP_SOURCES:
            continue
        strangers = [one for one in sorted(senders)[:200] if measure_link(known, one, host).bits < _LINK_BITS]
        if len(strangers) >= _JUMP_SOURCES and 2 * len(strangers) >= min(len(senders), 200):
            found.add(host)
    return frozenset(found)


def pass_through(signals: Iterable[MoveSignal], jumps: frozenset[str]) -> dict[tuple[str, str], list[MoveSignal]]:
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
