"""The successors that may be told beyond this machine: those a person decided, and those that a 确认 link ties.

Takes an open session and moves. Alerts, dossiers and the answer about respondents all take their successors from here:
a weaker one is a candidate to them, to be looked at on this machine, since naming the wrong site harms a stranger.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from monitor.operators.site_names import plain_name
from storage.identity import Move, MoveKind

if TYPE_CHECKING:
    from storage.session import Session


def choose_certain(session: Session, moves: Iterable[Move]) -> tuple[Move, ...]:
    """Of some moves the successors that are certain enough to be told to others."""
    successors = [move for move in moves if move.kind is MoveKind.SUCCESSOR]
    asked = [move for move in successors if not move.decided_by]
    tied = _confirmed_pairs(session, {site for move in asked for site in _ends(move)}) if asked else frozenset()
    return tuple(move for move in successors if move.decided_by or frozenset(_ends(move)) in tied)


def _confirmed_pairs(session: Session, sites: Iterable[str]) -> frozenset[frozenset[str]]:
    from monitor.operators.attribute import attribute_sites
    from monitor.operators.component import gather_component
    from monitor.operators.model import Band

    around = gather_component(session, sorted(sites))
    scored = attribute_sites(around.statements, decisions=around.decisions, frequencies=around.frequencies)
    return frozenset(frozenset((link.a, link.b)) for link in scored.links if link.band is Band.CONFIRMED)


def _ends(move: Move) -> tuple[str, str]:
    return plain_name(move.before), plain_name(move.after)
