"""Checks that what is kept of cases can be read: part of storage.check. Only reads, and tells no fact of any case."""

from __future__ import annotations

from collections.abc import Iterator

from sqlmodel import Session, col, select

from storage.case import Stage
from storage.case_json import facts_of, times_of
from storage.case_tables import CaseItemRow, CaseRow
from storage.errors import ArchiveDamaged
from storage.problems import Problem, ProblemKind


def check_cases(session: Session) -> Iterator[Problem]:
    """Give the cases and items of which a row cannot be read, by their ids."""
    for case in session.exec(select(CaseRow).order_by(col(CaseRow.key))):
        if not _is_case(case):
            yield _unreadable(case.id)
    for item in session.exec(select(CaseItemRow).order_by(col(CaseItemRow.key))):
        if not _is_item(item):
            yield _unreadable(item.id)


def _is_case(row: CaseRow) -> bool:
    try:
        facts_of(row.facts)
    except ArchiveDamaged:
        return False
    return True


def _is_item(row: CaseItemRow) -> bool:
    try:
        times_of(row.times)
        Stage(row.stage)
    except (ArchiveDamaged, ValueError):
        return False
    return True


def _unreadable(name: str) -> Problem:
    what = f"the row of {name} cannot be read: it is not what a case or an item is kept as"
    return Problem(ProblemKind.DATABASE, name, "", what)
