"""Reads the history of pages out of the archive as timelines. Bounded: a long history is thinned, and says so.

Takes a session and pages, gives timelines, the gravest page first. Nothing is read from WARCs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.changes.timeline import Look, Timeline, make_timeline
from storage.changes import list_changes
from storage.model import Change, ChangeClass, ChangeStatus, WatchedPage
from storage.sights import Sight, list_sights
from storage.versions import load_readings

if TYPE_CHECKING:
    from storage.session import Session

_MOST_READINGS = 400
_MOST_CHANGES = 4_000
_PART = 1_000
_CLASSES = (ChangeClass.RULE, ChangeClass.PRICE, ChangeClass.WORDING, ChangeClass.OUTCOME, ChangeClass.NEW)


def read_timelines(
    session: Session, pages: Sequence[WatchedPage], *, since: datetime | None, until: datetime | None
) -> tuple[Timeline, ...]:
    """The timelines of those pages that were looked at in this time."""
    timelines = []
    for page in pages:
        sights = list_sights(session, [page.id], since=since, until=until)
        if not sights:
            continue
        looks = [Look(sight.seen_at, sight.outcome, sight.reason, sight.reading) for sight in sights]
        changes = _read_changes(session, page, since, until)
        timelines.append(make_timeline(page, looks, load_readings(session, _choose_readings(sights)), changes))
    return tuple(sorted(timelines, key=_weight))


def _weight(timeline: Timeline) -> tuple[int, int]:
    ranks = [event.severity.rank for event in timeline.events if event.status is not ChangeStatus.BLINKED]
    return -max(ranks, default=0), -sum(rank >= 2 for rank in ranks)


def _choose_readings(sights: Sequence[Sight]) -> dict[int, str]:
    """The distinct readings, evenly thinned where they are more than can be unpacked in a moment."""
    found = {sight.reading: sight.release for sight in sights if sight.reading is not None}
    step = -(-len(found) // _MOST_READINGS) or 1
    keys = list(found)
    return {key: found[key] for key in dict.fromkeys([*keys[::step], *keys[-1:]])}


def _read_changes(
    session: Session, page: WatchedPage, since: datetime | None, until: datetime | None
) -> tuple[Change, ...]:
    changes: list[Change] = []
    after = ""
    while len(changes) < _MOST_CHANGES:
        part = list_changes(
            session, pages=[page.id], since=since, until=until, classes=_CLASSES, after=after, limit=_PART
        )
        changes += part
        if len(part) < _PART:
            break
        after = part[-1].id
    return tuple(changes)
