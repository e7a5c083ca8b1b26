"""From the operators that were known and those that are shown now to what happened, each with its cause. Pure.

An operator keeps its id as long as most of it stays together: of several that merge the one with most sites in the new
group goes on, of one that splits the largest part does. Only groups of two sites and more are operators.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from monitor.operators.kind_words import KIND_WORDS
from monitor.operators.model import Band, Link, OperatorGroup
from monitor.operators.subject_names import classify_name, mask_name
from storage.identity import Decision, EventKind, Operator, OperatorEvent, Verdict

_MOST_CAUSES = 3
_MOST_ROWS = 2


@dataclass(frozen=True)
class OperatorChange:
    """What becomes of one operator: `added` and `removed` sites, `born` or `ended`, and the events to keep."""

    operator: Operator
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    born: bool = False
    ended: bool = False
    events: tuple[OperatorEvent, ...] = ()


@dataclass(frozen=True)
class Causes:
    """What a cause is told by: the links of now and the decisions that stand; `rebuilt` for a whole build."""

    links: Sequence[Link] = ()
    decisions: Sequence[Decision] = ()
    rebuilt: bool = False


@dataclass
class _Plan:
    """Which stored operator goes on as which group, of one band."""

    heirs: dict[int, Operator] = field(default_factory=dict)  # group number -> operator that goes on
    sources: dict[int, list[Operator]] = field(default_factory=dict)  # group number -> operators with sites in it


def compare_operators(
    known: Iterable[Operator],
    groups: Iterable[OperatorGroup],
    *,
    at: datetime,
    new_id: Callable[[], str],
    causes: Causes = Causes(),
) -> tuple[OperatorChange, ...]:
    """What happened to operators between what was known and what is shown now."""
    changes: list[OperatorChange] = []
    old, new = tuple(known), tuple(groups)
    for band in (Band.CONFIRMED, Band.PROBABLE):
        here = sorted((one for one in old if one.band == band), key=lambda one: (one.since, one.id))
        there = [frozenset(group.sites) for group in new if group.band is band and len(group.sites) > 1]
        changes += _compare_band(here, there, str(band.value), at, new_id, _Teller(causes))
    return tuple(changes)


def _compare_band(
    known: Sequence[Operator],
    groups: Sequence[frozenset[str]],
    band: str,
    at: datetime,
    new_id: Callable[[], str],
    tell: _Teller,
) -> list[OperatorChange]:
    plan = _match(known, groups)
    going_on = {one.id for one in plan.heirs.values()}
    new_of: dict[str, list[str]] = {}  # operator -> ids of parts of it that are operators of their own now
    named: dict[int, Operator] = {}
    for number, sites in enumerate(groups):
        heir = plan.heirs.get(number)
        named[number] = heir or Operator(new_id(), band, tuple(sorted(sites)), at)
        if heir is None:
            for source in plan.sources.get(number, ()):
                new_of.setdefault(source.id, []).append(named[number].id)
    changes = []
    for number, sites in enumerate(groups):
        heir, operator = plan.heirs.get(number), named[number]
        sources = plan.sources.get(number, [])
        if heir is None:
            event = OperatorEvent(
                operator.id, EventKind.BORN, at, operator.sites, tuple(one.id for one in sources),
                tell.why_together(sites, frozenset()),
            )  # fmt: skip
            changes.append(OperatorChange(operator, added=operator.sites, born=True, events=(event,)))
        else:
            changes += _continue(heir, sites, [one for one in sources if one.id != heir.id], going_on, new_of, at, tell)
    for one in known:
        if one.id not in going_on:
            changes.append(_end(one, plan, named, at, tell))
    return changes


def _match(known: Sequence[Operator], groups: Sequence[frozenset[str]]) -> _Plan:
    """Give each group the operator with which it shares most, the largest share first, the older one on a tie."""
    holder = {site: number for number, group in enumerate(groups) for site in group}
    shares: list[tuple[int, int, int]] = []
    plan = _Plan()
    for rank, one in enumerate(known):
        counts: dict[int, int] = {}
        for site in one.sites:
            if site in holder:
                counts[holder[site]] = counts.get(holder[site], 0) + 1
        for number, count in counts.items():
            shares.append((-count, rank, number))
            plan.sources.setdefault(number, []).append(one)
    taken: set[int] = set()
    for _, rank, number in sorted(shares):
        if rank not in taken and number not in plan.heirs:
            taken.add(rank)
            plan.heirs[number] = known[rank]
    return plan


def _continue(
    heir: Operator,
    sites: frozenset[str],
    others: Sequence[Operator],
    going_on: set[str],
    new_of: Mapping[str, Sequence[str]],
    at: datetime,
    tell: _Teller,
) -> list[OperatorChange]:
    before = frozenset(heir.sites)
    added, removed = tuple(sorted(sites - before)), tuple(sorted(before - sites))
    events: list[OperatorEvent] = []
    swallowed = [one for one in others if one.id not in going_on]
    taken_in = frozenset(site for one in swallowed for site in one.sites)
    if swallowed:
        events.append(
            OperatorEvent(
                heir.id, EventKind.MERGED, at, tuple(sorted(sites & taken_in)), tuple(one.id for one in swallowed),
                tell.why_together(frozenset(sites & taken_in), before),
            )
        )  # fmt: skip
    plainly = tuple(site for site in added if site not in taken_in)
    if plainly:
        events.append(
            OperatorEvent(heir.id, EventKind.GAINED, at, plainly, (), tell.why_together(frozenset(plainly), before))
        )
    if removed:
        parts = tuple(new_of.get(heir.id, ()))
        kind = EventKind.SPLIT if parts else EventKind.LOST
        events.append(OperatorEvent(heir.id, kind, at, removed, parts, tell.why_apart(removed, sites)))
    return [OperatorChange(heir, added, removed, events=tuple(events))] if events else []


def _end(one: Operator, plan: _Plan, named: Mapping[int, Operator], at: datetime, tell: _Teller) -> OperatorChange:
    into = tuple(named[number].id for number, sources in plan.sources.items() if any(s.id == one.id for s in sources))
    rest = frozenset(site for number in plan.sources for site in named[number].sites) if into else frozenset()
    cause = tell.why_apart(one.sites, rest) if not into else "并入其他运营者"
    event = OperatorEvent(one.id, EventKind.ENDED, at, one.sites, into, cause)
    return OperatorChange(one, removed=one.sites, ended=True, events=(event,))


class _Teller:
    """Says in Chinese which statement or decision made sites belong together, or apart."""

    def __init__(self, causes: Causes) -> None:
        self._links = sorted(causes.links, key=lambda link: -link.bits)
        self._decisions = causes.decisions
        self._rebuilt = causes.rebuilt

    def why_together(self, sites: frozenset[str], others: frozenset[str]) -> str:
        """Of the links between some sites and others (or among themselves), the strongest."""
        far = others or sites
        said = [self._say_decision(one) for one in self._deciding(sites, far, Verdict.SAME)]
        told = [
            self._say_link(link)
            for link in self._links
            if link.band is not Band.LEAD
            and ((link.a in sites and link.b in far) or (link.b in sites and link.a in far))
        ]
        return self._join([*said, *told]) or "由与其他网站的关联推得"

    def why_apart(self, sites: Iterable[str], others: Iterable[str]) -> str:
        """The decision that parts sites, else that what linked them holds no longer."""
        gone, rest = frozenset(sites), frozenset(others)
        said = [self._say_decision(one) for one in self._deciding(gone, rest | gone, Verdict.DIFFERENT)]
        return self._join(said) or "原有关联按现有陈述不再达到标准"

    def _deciding(self, sites: frozenset[str], others: frozenset[str], verdict: Verdict) -> list[Decision]:
        return [
            one
            for one in self._decisions
            if one.verdict is verdict and ((one.a in sites and one.b in others) or (one.b in sites and one.a in others))
        ]

    def _join(self, parts: Sequence[str]) -> str:
        text = "；".join(parts[:_MOST_CAUSES])
        return f"全部重新计算：{text}" if self._rebuilt and text else text

    @staticmethod
    def _say_decision(one: Decision) -> str:
        word = "属同一运营者" if one.verdict is Verdict.SAME else "不属同一运营者"
        return f"{one.made_by}判定 {one.a} 与 {one.b} {word}（{one.id}）"

    @staticmethod
    def _say_link(link: Link) -> str:
        rows = [row for row in link.rows if row.bits > 0][:_MOST_ROWS]
        what = "、".join(f"{KIND_WORDS.get(row.kind, row.kind)} {_show(row.kind, row.value)}" for row in rows)
        return f"{link.a} 与 {link.b} 共有 {what or '多项共同点'}（{link.band.value}，{link.bits:+.1f} 比特）"


def _show(kind: str, value: str) -> str:
    """A value as a cause bears it: a natural person's name is masked, for causes are kept for good."""
    return mask_name(value, classify_name(value))[:80] if kind in ("registrant", "payee", "company") else value[:80]
