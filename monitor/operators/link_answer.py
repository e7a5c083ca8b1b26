"""The link of two sites as the archive shows it: scored among all that they are tied to, with what each row changes.

Reads an open session; the score is that of the operators, never another formula.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from monitor.operators.attribute import attribute_columns
from monitor.operators.columns import build_columns
from monitor.operators.component import gather_component
from monitor.operators.explain import explain_links
from monitor.operators.pairs import Pairs
from storage.identity import Verdict

if TYPE_CHECKING:
    from monitor.operators.columns import Columns
    from monitor.operators.model import Link
    from storage.identity import Decision
    from storage.session import Session

_SAID = {Verdict.SAME: 1, Verdict.DIFFERENT: -1, Verdict.UNSURE: 0}


def answer_link(session: Session, a: str, b: str) -> Link | None:
    """The link of two sites (a name, or `name@day` of an earlier registration); None where one states nothing."""
    component = gather_component(session, (a, b))
    scored = attribute_columns(
        build_columns(component.statements), decisions=component.decisions, frequencies=component.frequencies
    )
    numbers = _numbers_of(scored.scorer.columns, a, b)
    if numbers is None:
        return None
    low, high = sorted(numbers)
    pair = Pairs(np.array([low], np.int32), np.array([high], np.int32))
    said = np.array([_decided(component.decisions, a, b)], np.int32)
    return explain_links(scored.scorer, pair, said, without=True)[0]


def _numbers_of(columns: Columns, a: str, b: str) -> tuple[int, int] | None:
    known = {name: number for number, name in enumerate(columns.sites)}
    return (known[a], known[b]) if a in known and b in known and a != b else None


def _decided(decisions: tuple[Decision, ...], a: str, b: str) -> int:
    standing = [one for one in decisions if {one.a, one.b} == {a, b}]
    return _SAID[standing[-1].verdict] if standing else 0
