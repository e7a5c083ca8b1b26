"""What the doctor looks at of login sessions: whether each page that names one has one that opens and is its site's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from monitor.config.settings import PageSettings
from monitor.doctor_checks import Check, State
from monitor.sessions import list_sessions, load_state
from monitor.times import show_time
from scrapers.errors import SessionError

WHAT = "login sessions"


def check_sessions(root: Path, pages: Sequence[PageSettings], key: str, at: datetime) -> Check:
    """The sessions that pages name; no value of one is looked at."""
    wanted = {(page.session, page.url) for page in pages if page.session}
    for name, url in sorted(wanted):
        try:
            load_state(root, name, url, key)
        except SessionError as error:
            mend = f"cardwatch login {url} --session {name}"
            return Check(WHAT, State.BAD, f"{url}: {error}", mend)
    names = {name for name, _ in wanted}
    ended = [
        session
        for session in list_sessions(root, key)
        if session.name in names and session.last_expires_at and session.last_expires_at <= at
    ]
    if ended:
        session = ended[0]
        found = f"every dated cookie of '{session.name}' has ended, the last {show_time(session.last_expires_at or at)}"
        return Check(WHAT, State.WARN, found, f"log in again: cardwatch login URL --session {session.name}")
    return Check(WHAT, State.OK, f"{len(names)} named by {len(wanted)} pages, all open")
