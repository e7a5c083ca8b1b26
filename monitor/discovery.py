"""What looking through a site gives: what it proposes to watch, what was opened and left out, and why it ended."""

from __future__ import annotations

from dataclasses import dataclass

from scrapers.model import Outcome, Role


@dataclass(frozen=True)
class Bounds:
    """How far a crawl goes. `pace` is the least time between two pages of the site, in seconds."""

    pages: int = 25
    depth: int = 2
    seconds: float = 300.0
    pace: float = 1.0
    products: int = 500


@dataclass(frozen=True)
class Proposal:
    """A page to watch. `opened` is "" where it was not opened, else how that ended; `found_on` is where it was seen."""

    url: str
    role: Role
    name: str
    why: str
    confidence: float
    opened: str = ""
    found_on: str = ""
    watched: bool = False
    note: str = ""


@dataclass(frozen=True)
class Skipped:
    """An address that was not opened, and why."""

    url: str
    words: str
    reason: str


@dataclass(frozen=True)
class Visited:
    """A page that was opened."""

    url: str
    final_url: str
    role: Role | None
    outcome: Outcome
    reason: str
    title: str


@dataclass(frozen=True)
class Progress:
    """How far a crawl is, for whoever waits."""

    opened: int
    most: int
    waiting: int
    url: str


@dataclass(frozen=True)
class Discovery:
    """What was found. `stopped` names the bound that ended it early, "" when nothing was left to open."""

    home: str
    final_url: str
    title: str
    family: str
    family_confidence: float
    outcome: Outcome
    reason: str
    proposals: tuple[Proposal, ...]
    visited: tuple[Visited, ...]
    skipped: tuple[Skipped, ...]
    notes: tuple[str, ...]
    stopped: str
    without_address: tuple[str, ...]  # names of products that have no page of their own
