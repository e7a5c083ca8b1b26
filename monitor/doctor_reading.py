"""The doctor's line about pages that are read worse than before: a dead selector, or text the reader lost."""

from __future__ import annotations

from pathlib import Path

from monitor.doctor_checks import Check, State
from monitor.rot_telling import describe_state
from storage.habits import list_states
from storage.session import HEAD, Database

WHAT = "reading of pages"
_NAMED = 3


def check_reading(database_url: str) -> Check:
    """Whether every page is read as well as it was; looks only, and makes no archive."""
    name = database_url.removeprefix("sqlite:///")
    if name != database_url and not Path(name).is_file():
        return Check(WHAT, State.OK, "nothing was read yet")
    database = Database(database_url)
    try:
        if database.revision() != HEAD:
            return Check(WHAT, State.UNKNOWN, "the archive is not of this program's release", "run any command on it")
        with database.reading() as session:
            open_ones = [state for state in list_states(session, open_only=True) if state.grave]
    finally:
        database.close()
    if not open_ones:
        return Check(WHAT, State.OK, "every page is read as well as it was")
    named = "; ".join(f"{state.page.url}: {describe_state(state)}" for state in open_ones[:_NAMED])
    mend = "see `cardwatch pages --noise`; set keep/remove of that page anew, then `cardwatch reextract --page URL`"
    return Check(WHAT, State.WARN, f"{len(open_ones)} pages are read worse than before: {named}", mend)
