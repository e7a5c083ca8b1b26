"""What is due as an iCalendar file (RFC 5545): one event a deadline, with an alarm, in Beijing time.

Takes rows of what is due, gives bytes. The UID of a deadline stays the same from one export to the next, so that a
calendar replaces it. No name, number or amount is in it: calendars are shared and synchronised. Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from monitor.complaints.deadlines.terms import DueRow
from monitor.times import SHANGHAI

_MORNING_AFTER = timedelta(hours=9, seconds=1)  # of a term that ends at 23:59:59
_BEFORE_OWN = timedelta(days=-30)


def make_calendar(rows: Iterable[DueRow], at: datetime) -> bytes:
    """The calendar of these deadlines; `at` is its stamp. The same rows and moment give the same bytes."""
    from icalendar import Alarm, Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//cardwatch//case due//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "维权期限")
    for row in rows:
        due = row.due
        event, alarm = Event(), Alarm()
        title = f"{row.name}：{due.what}" + ("（暂定）" if due.provisional else "")
        event.add("uid", uid_of(row))
        event.add("dtstamp", at.astimezone(UTC))
        event.add("dtstart", due.at.astimezone(SHANGHAI))
        event.add("summary", title)
        told = [f"案件 {row.case}", *([due.why] if due.why else []), *([f"下一步：{due.then}"] if due.then else [])]
        event.add("description", "\n".join(told))
        event.add("transp", "TRANSPARENT")
        alarm.add("action", "DISPLAY")
        alarm.add("description", title)
        alarm.add("trigger", _alarm(row))
        event.add_component(alarm)
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def uid_of(row: DueRow) -> str:
    """The stable id of a deadline: of a step and what is due on it, else of the case and the name of the term."""
    about = f"{row.case}|{row.step or row.name}|{row.due.what}"
    return f"{hashlib.sha256(about.encode()).hexdigest()[:32]}@cardwatch.invalid"


def _alarm(row: DueRow) -> timedelta:
    """A term of the buyer's own is told a month before; one of others when it has run out, at no hour of the night."""
    if row.due.buyers:
        return _BEFORE_OWN
    local = row.due.at.astimezone(SHANGHAI)
    return _MORNING_AFTER if (local.hour, local.minute) == (23, 59) else timedelta(0)
