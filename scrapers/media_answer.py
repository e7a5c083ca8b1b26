"""What the child that looks into files fills in, and how times are noted there."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

from scrapers.media import MOST_TEXT, MOST_TIMES

BEIJING = timezone(timedelta(hours=8))
"""What a time without a zone is read in: these files come from phones in China. It is marked as not known."""


class Unread(Exception):  # noqa: N818 - it is an answer, not an error
    """Why this file is not read, in Chinese."""


@dataclass
class Answer:
    """One answer as it grows."""

    text: str = ""
    times: list[tuple[str, str, str, bool]] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    likeness: bytes = b""
    unread: str = ""

    def add_time(self, source: str, name: str, moment: datetime, *, zone_known: bool | None = None) -> None:
        """Note a time; one without a zone is read in Beijing's and marked."""
        known = moment.tzinfo is not None if zone_known is None else zone_known
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=BEIJING)
        if 1990 <= aware.year < 2200 and len(self.times) < MOST_TIMES:
            row = (source, name, aware.astimezone(UTC).isoformat(), known)
            if row not in self.times:
                self.times.append(row)

    def add_fact(self, name: str, value: object) -> None:
        """Note a fact, cleaned and cut; nothing is noted of what is empty."""
        text = " ".join(str(value).replace("\0", " ").split())[:300]
        if text:
            self.facts[name] = text

    def as_data(self) -> dict[str, object]:
        """The answer as it goes over the pipe."""
        return {
            "text": self.text[:MOST_TEXT].replace("\0", ""),
            "times": self.times,
            "facts": self.facts,
            "notes": self.notes[:20],
            "likeness": base64.b64encode(self.likeness).decode(),
            "unread": self.unread,
        }
