"""Since when a difference between two captures is known: the change of the archive that tells it, if one does.

Takes a session, two captures of one page and their differences; gives a sighting for each. Between the two captures of
a sighting nobody looked, unless it says how many looks lie between.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from monitor.changes.redline_words import Sighting
from scrapers.model import Outcome
from storage.captures import list_captures
from storage.changes import list_changes
from storage.model import Change, ChangeStatus, Difference, StoredCapture

if TYPE_CHECKING:
    from storage.session import Session

_MOST = 1_000


def find_sightings(
    session: Session, old: StoredCapture, new: StoredCapture, differences: Sequence[Difference]
) -> tuple[Sighting | None, ...]:
    """One for each difference; None for captures of two pages, and where the older one was given last."""
    if old.page.id != new.page.id or old.seen_at >= new.seen_at:
        return tuple(None for _difference in differences)
    found = list_changes(session, pages=[old.page.id], since=old.seen_at, until=new.seen_at, limit=_MOST)
    changes = [change for change in found if change.status is not ChangeStatus.BLINKED and change.before_at is not None]
    looks = list_captures(
        session,
        pages=[old.page.id],
        since=old.seen_at,
        until=new.seen_at,
        outcomes=(Outcome.COMPLETE, Outcome.PARTIAL),
        limit=_MOST,
    )
    between = len([capture for capture in looks if capture.id not in (old.id, new.id)])
    whole = Sighting(old.seen_at, old.id, new.seen_at, new.id, between)
    return tuple(_find(changes, difference) or whole for difference in differences)


def _find(changes: Sequence[Change], difference: Difference) -> Sighting | None:
    for change in changes:
        one = change.difference
        if (one.before, one.after) == (difference.before, difference.after) and change.before_at is not None:
            return Sighting(change.before_at, change.before_capture, change.after_at, change.after_capture)
    return None
