"""What every capture of one page read, in order of time: on which visits a text stood there, and on which not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from scrapers.model import Origin, Reading
from storage.pages import key_of_page
from storage.tables import CaptureRow, VersionRow
from storage.versions import load_readings

_AT_ONCE = 200


@dataclass(frozen=True)
class PageSight:
    """One capture of a page that was read. `reading` is a key of the readings it comes with."""

    capture: str
    seen_at: datetime
    origin: Origin
    reading: int


def list_page_readings(
    session: Session, page_id: str, *, until: datetime, limit: int = 2000
) -> tuple[tuple[PageSight, ...], Mapping[int, Reading]]:
    """The last `limit` captures of a page until a moment, oldest first, and the distinct readings they point to.

    A capture read by several releases counts as the one put in last. Files brought in without a time are left out.
    """
    rows = session.execute(
        select_columns(
            col(CaptureRow.id),
            col(VersionRow.seen_at),
            col(CaptureRow.origin),
            col(VersionRow.reading_key),
            col(VersionRow.release),
        )
        .join(CaptureRow, col(CaptureRow.key) == VersionRow.capture_key)
        .where(
            col(VersionRow.page_key) == key_of_page(session, page_id),
            col(VersionRow.seen_at) <= until,
            or_(col(CaptureRow.origin) == Origin.OWN.value, col(CaptureRow.claimed_at).is_not(None)),
        )
        .order_by(col(VersionRow.seen_at).desc(), col(VersionRow.key).desc())
        .limit(limit)
    ).all()
    sights: dict[str, PageSight] = {}
    releases: dict[int, str] = {}
    for capture, seen_at, origin, reading, release in rows:
        if capture not in sights:
            sights[capture] = PageSight(capture, seen_at, Origin(origin), reading)
            releases[reading] = release
    keys = list(releases)
    readings: dict[int, Reading] = {}
    for start in range(0, len(keys), _AT_ONCE):
        readings |= load_readings(session, {key: releases[key] for key in keys[start : start + _AT_ONCE]})
    return tuple(sorted(sights.values(), key=lambda one: one.seen_at)), readings
