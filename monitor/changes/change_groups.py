"""Which changed clauses are one change: what one lost and another got, parts of one rule, a rule in another's place.

Takes pairs of an alignment that differ, gives them in groups with the units that are left of each. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.changes.align import Aligned
from monitor.changes.clauses import Clause
from monitor.changes.lead_ins import join_item
from monitor.changes.pointers import points_elsewhere
from monitor.changes.signals import find_signals
from monitor.changes.stances import read_stances
from monitor.changes.standing_lists import StandingLists, told_of_items
from monitor.changes.translations import is_foreign
from monitor.changes.units import Unit, cancel_units, split_units

_SHARED_FORM = 3
_MAXIMUM_REPLACED = 12
_SEVERAL = 3
_COVERED, _LEAST_COVERED = 0.7, 4


@dataclass
class ChangedPair:
    """One pair that changed, with the units that are left of it."""

    pair: Aligned
    before: list[Unit]
    after: list[Unit]
    group: int


def make_changed(pair: Aligned, number: int, lists: StandingLists) -> ChangedPair:
    """A pair that differs with the units that are not on both sides; an item is read with its lead-in."""
    old, new = pair.before, pair.after
    same = old is None or new is None or told_of_items(old) == told_of_items(new)
    joined = same or lists.crosses(pair)
    texts = ("" if one is None else join_item(one.lead_in, one.text) if joined else one.text for one in (old, new))
    before, after = cancel_units(*(split_units(text) for text in texts))
    return ChangedPair(pair, list(before), list(after), number)


def side_of(pair: Aligned, side: int) -> Clause | None:
    """The clause of a pair before (0) or after (1)."""
    return pair.after if side else pair.before


def group_changes(nodes: Sequence[ChangedPair], lists: StandingLists) -> list[list[ChangedPair]]:
    """The pairs that are one change together, each group in the order of the page."""
    _share_units(nodes)
    _join_parts(nodes)
    _join_replaced(nodes)
    _join_sole(nodes)
    _join_translated(nodes)
    _join_pointed(nodes)
    _join_covered(nodes)
    _join_lists(nodes, lists)
    grouped: dict[int, list[ChangedPair]] = defaultdict(list)
    for node in nodes:
        grouped[node.group].append(node)
    return list(grouped.values())


def _share_units(nodes: Sequence[ChangedPair]) -> None:
    """Cancel units that left one clause and stand in another now; those clauses form one group."""
    arrivals: dict[str, list[tuple[ChangedPair, Unit]]] = defaultdict(list)
    for node in nodes:
        for unit in node.after:
            if len(unit.form) >= _SHARED_FORM:
                arrivals[unit.form].append((node, unit))
    links: list[tuple[int, int]] = []
    for node in nodes:
        for unit in list(node.before):
            if arrivals.get(unit.form):
                other, arrived = arrivals[unit.form].pop(0)
                node.before.remove(unit)
                other.after.remove(arrived)
                links.append((node.group, other.group))
    _link_groups(nodes, links)


def _join_parts(nodes: Sequence[ChangedPair]) -> None:
    """Clauses that were found to be parts of one rule are judged as one, also where their words were changed too."""
    first: dict[int, int] = {}
    links = [
        (first.setdefault(node.pair.group, node.group), node.group) for node in nodes if node.pair.group is not None
    ]
    _link_groups(nodes, links)


def _link_groups(nodes: Sequence[ChangedPair], links: Sequence[tuple[int, int]]) -> None:
    """Give one group to nodes whose groups are linked, directly or by way of others."""
    leaders = {node.group: node.group for node in nodes}

    def lead(group: int) -> int:
        while leaders[group] != group:
            leaders[group] = leaders[leaders[group]]
            group = leaders[group]
        return group

    for one, other in links:
        leaders[lead(other)] = lead(one)
    for node in nodes:
        node.group = lead(node.group)


def _join_replaced(nodes: Sequence[ChangedPair]) -> None:
    """A rule that went and a rule that came about the same act are one change, however unlike their words are."""
    if len(nodes) > _MAXIMUM_REPLACED:
        return
    acts = [[_acts_of(side) for side in (node.before, node.after)] for node in nodes]
    links = [
        (node.group, partner.group)
        for place, node in enumerate(nodes)
        for other, partner in enumerate(nodes)
        if place != other
        and (node.pair.after is None or partner.pair.before is None)
        and acts[place][0] & acts[other][1]
    ]
    _link_groups(nodes, links)


def _join_sole(nodes: Sequence[ChangedPair]) -> None:
    """The one clause that went and the one that came, each of several units: the one stands in the other's place."""
    went, came = ([node for node in nodes if side_of(node.pair, 1 - side) is None] for side in (0, 1))
    if len(went) == len(came) == 1 and min(len(went[0].before), len(came[0].after)) >= _SEVERAL:
        _link_groups(nodes, [(went[0].group, came[0].group)])


def _join_translated(nodes: Sequence[ChangedPair]) -> None:
    """As many clauses in one language as came in another: each stands in the place of the one with its number."""
    sides = [[node for node in nodes if side_of(node.pair, 1 - side) is None] for side in (0, 1)]
    if not sides[0] or len(sides[0]) != len(sides[1]):
        return
    links = [
        (one.group, other.group)
        for one, other in zip(*sides, strict=True)
        if (old := one.pair.before)
        and (new := other.pair.after)
        and {is_foreign(old.text), is_foreign(new.text)} == {True, False}
    ]
    _link_groups(nodes, links)


def _join_pointed(nodes: Sequence[ChangedPair]) -> None:
    """Rules that went where a line now points to a picture are one change with that line, and the other way round."""
    for side in (0, 1):
        points = [node for node in nodes if points_elsewhere((node.before, node.after)[side])]
        others = [node for node in nodes if (node.pair.before, node.pair.after)[side] is None]
        if len(points) == 1 and not points_elsewhere((points[0].before, points[0].after)[1 - side]):
            _link_groups(nodes, [(points[0].group, other.group) for other in others])


def _join_covered(nodes: Sequence[ChangedPair]) -> None:
    """A clause that came or went alone belongs to another that said it before, or says it now, among other things."""
    if len(nodes) > _MAXIMUM_REPLACED:
        return
    links: list[tuple[int, int]] = []
    for node in nodes:
        for own, others in ((node.before, 1), (node.after, 0)):
            if not own or (node.before and node.after):
                continue
            text = frozenset("".join(unit.form for unit in own))
            for partner in nodes:
                across = partner.after if others else partner.before
                if partner is node or len(text) < _LEAST_COVERED or not across:
                    continue
                if len(text & frozenset("".join(unit.form for unit in across))) >= _COVERED * len(text):
                    links.append((node.group, partner.group))
    _link_groups(nodes, links)


def _join_lists(nodes: Sequence[ChangedPair], lists: StandingLists) -> None:
    """A list that came or went with its lead-in is one change."""
    for side in (0, 1):
        leads = {clause.text: node.group for node in nodes if (clause := side_of(node.pair, side))}
        links = [
            (leads[clause.lead_in], node.group)
            for node in nodes
            if (clause := side_of(node.pair, side)) and clause.lead_in in leads and not lists.holds(clause)
        ]
        _link_groups(nodes, links)


def _acts_of(units: Sequence[Unit]) -> frozenset[str]:
    acts = {act for unit in units for act in read_stances(unit.plain, unit.sentence)}
    return frozenset(acts | {signal.id for unit in units for signal in find_signals(unit.plain, unit.sentence)})
