"""Finds the reminders that are due in an archive, and notes that they were given: the hook of scheduled runs.

Takes an open archive and the moment. The caller sends them (alerts, mail) and only then notes them, so that a reminder
that could not be sent comes again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.complaints.reminders import Reminder, new_reminders
from storage.case_steps import change_step, list_steps
from storage.cases import list_cases

if TYPE_CHECKING:
    from monitor.config.complaints import ComplaintSettings
    from storage.archive import Archive


def find_reminders(archive: Archive, at: datetime, settings: ComplaintSettings) -> tuple[Reminder, ...]:
    """The reminders of all open cases that were not given yet, earliest deadline first."""
    with archive.database.reading() as session:
        steps = list_steps(session)
        cases = list_cases(session, open_only=True)
    return new_reminders(((case, [one for one in steps if one.case == case.id]) for case in cases), at, settings)


def note_reminded(archive: Archive, reminders: Iterable[Reminder], at: datetime) -> None:
    """Note that these were given; a step that was erased or altered in between is passed over."""
    given = {one.step: one for one in reminders}
    if not given:
        return
    with archive.database.writing() as session:
        for step in list_steps(session):
            reminder = given.get(step.id)
            if reminder is not None and step.due_at == reminder.due_at:
                change_step(session, replace(step, reminded_at=at))
