"""What the demo's script is made of: watched pages, events, what must be found because of them, and visits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from scrapers.model import Outcome, Role
from storage.model import ChangeClass, ChangeStatus, Severity


@dataclass(frozen=True)
class DemoPage:
    """A page that the demo watches."""

    key: str
    platform: str
    url: str
    role: Role

    @property
    def host(self) -> str:
        """The host name of its URL."""
        return self.url.split("/")[2]


@dataclass(frozen=True)
class Expected:
    """What must be found on one page because of an event: any of `classes`, any of `kinds` (none: not checked).

    `before` and `after` are fragments that the page shows before and after; "" where there is nothing to show.
    """

    page: str
    classes: tuple[ChangeClass, ...]
    before: str
    after: str
    kinds: tuple[str, ...] = ()
    least: Severity = Severity.NONE
    status: ChangeStatus = ChangeStatus.CONFIRMED


@dataclass(frozen=True)
class Weather:
    """How visits of one page must end while an event lasts."""

    page: str
    outcome: Outcome
    reason: str = ""
    certificate_error: bool = False


@dataclass(frozen=True)
class Event:
    """Something that happens: state keys set from `at` on (until `until`, if it passes again)."""

    at: datetime
    site: str
    what: str
    sets: Mapping[str, str]
    expects: tuple[Expected, ...] = ()
    until: datetime | None = None
    weather: tuple[Weather, ...] = ()
    also: tuple[str, ...] = ()  # further words by which a change is known to tell of this event


@dataclass(frozen=True)
class Visit:
    """One planned look at pages, all at the same moment."""

    at: datetime
    pages: tuple[str, ...]
