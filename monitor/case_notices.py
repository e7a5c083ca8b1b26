"""What is due in open cases, as notices of a run's digest: each deadline once on each channel.

A notice bears no name, number or amount: it may travel by mail.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from monitor.alert_text import Notice
from storage.case_steps import list_steps
from storage.cases import list_cases

if TYPE_CHECKING:
    from monitor.config.complaints import ComplaintSettings
    from storage.session import Database

_MOST = 10


def notices_of_cases(database: Database, settings: ComplaintSettings, *, at: datetime) -> tuple[Notice, ...]:
    """A notice for each deadline of an open case that has passed; the ledger of the alerts tells each once."""
    with database.reading() as session:
        cases = [(case, list_steps(session, case.id)) for case in list_cases(session, open_only=True)]
    if not cases:
        return ()
    from monitor.complaints.deadlines.reminders import new_reminders  # reads the channels: only where there is a case

    told = new_reminders(cases, at, settings)
    return tuple(Notice(f"case-due-{one.step}:{one.due_at.isoformat()}", one.text) for one in told[:_MOST])
