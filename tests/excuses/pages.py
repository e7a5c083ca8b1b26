"""Pages around an order with the terms they showed, for the tests of excuses."""

from __future__ import annotations

from datetime import datetime

from monitor.complaints.model import PageAround, SeenVersion
from monitor.review.document import review_reading
from monitor.times import SHANGHAI
from scrapers.model import Block, BlockKind, Origin, Reading, Role, Source

URL = "https://xh88.test/terms"


def seen(text: str, at: datetime, *, source: Source = Source.TEXT, origin: Origin = Origin.OWN) -> SeenVersion:
    """What a page of terms showed at a moment, with its clauses."""
    block = Block(BlockKind.TERMS, text, source=source)
    shown = text if source is Source.TEXT else ""
    reading = Reading("generic", 0.5, "1", "售后条款", shown, blocks=(block,))
    found = review_reading(reading, at=at.astimezone(SHANGHAI).date()).findings
    return SeenVersion(
        f"c-{at:%Y%m%dT%H%M%S}", "g-1", URL, Role.TERMS, "desktop", at, origin, "售后条款", reading, found
    )


def around(before: SeenVersion | None, after: SeenVersion | None, newest: SeenVersion | None = None) -> PageAround:
    """The page with its versions around the order."""
    return PageAround(URL, Role.TERMS, "desktop", before, after, newest or after or before, "", None, None, None)
