"""Keeps the operators up to date: scores what has new statements or decisions, writes what happened with its cause.

`settle_operators` works on what is touched only, `rebuild_operators` on all statements; both give the same operators.
What was known on a day stays known of that day: nothing is overwritten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from monitor.operators.attribute import attribute_columns, attribute_sites, describe
from monitor.operators.columns_builder import build_columns
from monitor.operators.component import gather_component
from monitor.operators.operator_changes import Causes, OperatorChange, compare_operators
from monitor.operators.values import has_weight, read_value
from scrapers.identity import IdentifierKind
from storage.decisions import ABOUT_OPERATOR, list_decisions
from storage.identifiers import keep_shares, shared_identifiers
from storage.identity import OperatorEvent
from storage.ids import new_id
from storage.operators import add_sites, begin_operator, end_operator, list_operators, note_event, take_sites
from storage.sites import count_sites, settle_sites, touched_sites
from storage.statements import all_statements, count_statements

if TYPE_CHECKING:
    from monitor.operators.scored_sites import Scored
    from storage.archive import Archive
    from storage.identity import Statement
    from storage.session import Session

BATCH = 200
"""So many touched sites are scored together."""
WHOLE_BELOW = 20_000
PART_OF_ALL = 5
"""Where more than one site in so many waits, all are scored: parts would overlap."""
_STEP = 20_000

ShowProgress = Callable[[int, int], None]
"""Told what is done and all that is to be done."""


@dataclass(frozen=True)
class Settled:
    """What was done: touched sites, all sites that were scored, what happened, and what a person has to look at."""

    touched: int = 0
    scored: int = 0
    events: tuple[OperatorEvent, ...] = ()
    notes: tuple[str, ...] = ()


def settle_operators(
    archive: Archive, *, at: datetime, on_progress: ShowProgress | None = None, whole_below: int = WHOLE_BELOW
) -> Settled:
    """Work out the operators of all sites that wait, part by part; what is done stays when it is stopped.

    Of `whole_below` statements and fewer, or where much waits, all are scored: that takes no longer, and learns which
    values are shared. 0 scores in parts always.
    """
    with archive.database.reading() as session:
        waiting = list(touched_sites(session).items())
        many = len(waiting) * PART_OF_ALL > count_sites(session)
        if waiting and whole_below and (many or count_statements(session) <= whole_below):
            return _score_all(archive, Causes(), at, on_progress)
    done, scored = 0, 0
    events: list[OperatorEvent] = []
    notes: list[str] = []
    while done < len(waiting):
        marks = dict(waiting[done : done + BATCH])
        part = _settle_part(archive, marks, at)
        done += len(marks)
        scored += part.scored
        events += part.events
        notes += part.notes
        if on_progress is not None:
            on_progress(done, len(waiting))
    return Settled(done, scored, tuple(events), tuple(dict.fromkeys(notes)))


def rebuild_operators(archive: Archive, *, at: datetime, on_progress: ShowProgress | None = None) -> Settled:
    """Work out all operators from all statements, and learn anew which identifiers have many owners."""
    return _score_all(archive, Causes(rebuilt=True), at, on_progress)


def keep_changes(session: Session, changes: Iterable[OperatorChange], at: datetime) -> None:
    """Write what became of operators: all in the caller's transaction, or nothing."""
    told = tuple(changes)
    for one in told:  # born first: events name each other
        if one.born:
            begin_operator(session, one.operator)
    for one in told:
        if one.ended:
            end_operator(session, one.operator.id, at)
        elif not one.born:
            take_sites(session, one.operator.id, one.removed, at)
            add_sites(session, one.operator.id, one.added, at)
    for one in told:
        for event in one.events:
            note_event(session, event)


def _score_all(archive: Archive, causes: Causes, at: datetime, on_progress: ShowProgress | None) -> Settled:
    show = on_progress or (lambda done, total: None)
    with archive.database.reading() as session:
        marks = touched_sites(session)
        total = count_statements(session)
        statements = _counted(all_statements(session), total, show)
        decisions = list_decisions(session, about=ABOUT_OPERATOR)
        scored = attribute_columns(build_columns(statements), decisions=decisions)
        known = list_operators(session)
        shares = _learnt_shares(session, scored)
    told = describe(scored)
    causes = replace(causes, links=told.links, decisions=decisions)
    changes = compare_operators(known, told.operators, at=at, new_id=partial(new_id, "operator", at), causes=causes)
    with archive.database.writing() as session:
        keep_changes(session, changes, at)
        keep_shares(session, shares)
        settle_sites(session, marks)
    show(total, total)
    return Settled(len(marks), len(scored.scorer.columns.sites), _events_of(changes), told.notes)


def _settle_part(archive: Archive, marks: dict[str, int], at: datetime) -> Settled:
    with archive.database.reading() as session:
        component = gather_component(session, marks)
    attribution = attribute_sites(
        component.statements, decisions=component.decisions, frequencies=component.frequencies
    )
    changes = compare_operators(
        component.operators,
        attribution.operators,
        at=at,
        new_id=partial(new_id, "operator", at),
        causes=Causes(attribution.links, component.decisions),
    )
    with archive.database.writing() as session:
        keep_changes(session, changes, at)
        settle_sites(session, marks)
    cut = ("这些网站牵连过多，只计算了其中一部分；请运行 cardwatch operators --rebuild",) if component.cut else ()
    waiting = tuple(note for note in attribution.notes if "person" in note)
    return Settled(len(marks), len(component.sites), _events_of(changes), (*waiting, *cut))


def _events_of(changes: Iterable[OperatorChange]) -> tuple[OperatorEvent, ...]:
    return tuple(event for change in changes for event in change.events)


def _counted(statements: Iterable[Statement], total: int, show: ShowProgress) -> Iterable[Statement]:
    for number, one in enumerate(statements):
        if number % _STEP == 0:
            show(number, total)
        yield one


def _learnt_shares(session: Session, scored: Scored) -> tuple[tuple[str, str, float], ...]:
    """The learnt chance that a value has many owners, under each spelling in which it is kept."""
    columns = scored.scorer.columns
    learnt = {
        (columns.kinds[kind], value): float(share)
        for kind, value, share in zip(
            columns.kind.tolist(), columns.values, scored.scorer.common.shared.tolist(), strict=True
        )
    }
    found = []
    for kind, value in shared_identifiers(session, kinds=(IdentifierKind.ICP,)):
        if has_weight(kind):
            share = learnt.get((kind, read_value(kind, value).key))
            if share is not None:
                found.append((kind, value, share))
    return tuple(found)
