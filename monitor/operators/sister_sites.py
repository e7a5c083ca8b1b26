"""The other sites of an operator: those that the evidence joins, and those that only a person's word does.

Reads an open session. A person may join what he likes on his machine; what is told to others is told apart from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.operators.attribute import attribute_columns
from monitor.operators.columns_builder import build_columns
from monitor.operators.component import gather_component
from monitor.operators.model import Band
from monitor.operators.site_names import plain_name
from monitor.times import SHANGHAI
from storage.decisions import ABOUT_OPERATOR, list_decisions
from storage.identity import Decision, Verdict
from storage.operators import list_operators

if TYPE_CHECKING:
    from storage.session import Session


@dataclass(frozen=True)
class SisterSites:
    """`shown` are of one operator at 确认 by what they show; `judged` only since somebody said so, in `decisions`."""

    shown: tuple[str, ...] = ()
    judged: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()


def find_sister_sites(session: Session, sites: Sequence[str]) -> SisterSites:
    """The other sites of the operators at 确认 that hold any of some sites."""
    if not sites:
        return SisterSites()
    operators = list_operators(session, sites, band=Band.CONFIRMED)
    every = sorted({site for one in operators for site in one.sites} - set(sites))
    members = {plain_name(site) for site in (*every, *sites)}
    joined = tuple(
        one
        for one in list_decisions(session, [*sites, *every], about=ABOUT_OPERATOR)
        if one.verdict is Verdict.SAME and {plain_name(one.a), plain_name(one.b)} <= members
    )
    if not every or not joined:
        return SisterSites(tuple(every))
    near = _join_by_evidence(session, sites, every, {one.id for one in joined})
    judged = tuple(site for site in every if site not in near)
    return SisterSites(tuple(site for site in every if site in near), judged, joined if judged else ())


def say_decision(one: Decision) -> str:
    """Who decided what of two sites, when and why, in Chinese."""
    day = one.made_at.astimezone(SHANGHAI).date()
    return f"{one.made_by}于{day}判定{one.a}与{one.b}同一，理由“{one.reason}”"


def _join_by_evidence(session: Session, sites: Sequence[str], every: Sequence[str], left: set[str]) -> set[str]:
    """The sites that stay with the first ones when those decisions are left aside."""
    component = gather_component(session, [*sites, *every])
    scored = attribute_columns(
        build_columns(component.statements),
        decisions=[one for one in component.decisions if one.id not in left],
        frequencies=component.frequencies,
    )
    label = dict(zip(scored.scorer.columns.sites, scored.cores.tolist(), strict=True))
    own = {label[site] for site in sites if site in label}
    return {site for site in every if label.get(site) in own}
