"""All looks at pages in the order of time, as one light row each: for pictures of a long history.

Takes the session first, gives frozen values; no WARC is opened and no reading unpacked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from scrapers.model import Origin, Outcome
from storage.pages import keys_of_pages
from storage.tables import CaptureRow, PageRow, VersionRow

MOST = 50_000


@dataclass(frozen=True)
class Sight:
    """One look. `reading` is the key of what was read (the same key is the same content), None where nothing was."""

    page_id: str
    capture_id: str
    seen_at: datetime
    outcome: Outcome
    reason: str
    origin: Origin
    reading: int | None
    release: str


def list_sights(
    session: Session,
    page_ids: Sequence[str],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = MOST,
) -> tuple[Sight, ...]:
    """The looks at some pages, oldest first; of more than `limit` the newest. The reading put in last counts.

    Files that were brought in without a time stand nowhere in time and are left out.
    """
    conditions: list[ColumnElement[bool]] = [col(CaptureRow.page_key).in_(keys_of_pages(session, page_ids))]
    conditions.append((col(CaptureRow.origin) == Origin.OWN.value) | col(CaptureRow.claimed_at).is_not(None))
    if since is not None:
        conditions.append(col(CaptureRow.seen_at) >= since)
    if until is not None:
        conditions.append(col(CaptureRow.seen_at) <= until)
    rows = session.execute(
        select_columns(
            col(PageRow.id),
            col(CaptureRow.id),
            col(CaptureRow.seen_at),
            col(CaptureRow.outcome),
            col(CaptureRow.reason),
            col(CaptureRow.origin),
            col(VersionRow.reading_key),
            col(VersionRow.release),
        )
        .join(PageRow, col(PageRow.key) == CaptureRow.page_key)
        .outerjoin(VersionRow, col(VersionRow.capture_key) == CaptureRow.key)
        .where(*conditions)
        .order_by(col(CaptureRow.seen_at).desc(), col(CaptureRow.key).desc(), col(VersionRow.key).desc())
        .limit(max(1, min(limit, MOST)))
    ).all()
    found: dict[str, Sight] = {}
    for page, capture, seen_at, outcome, reason, origin, reading, release in rows:
        if capture not in found:
            found[capture] = Sight(
                page, capture, seen_at, Outcome(outcome), reason, Origin(origin), reading, release or ""
            )
    return tuple(reversed(found.values()))
