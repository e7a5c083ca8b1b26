"""The pages that a crawl has still to open, the most telling first, each once and no more than it can hold."""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass, field

from scrapers.discover import Guess, same_address
from scrapers.links import Link, LinkPlace
from scrapers.model import Role

_MOST_WAITING = 1000
_NO_GUESS = Guess(None, "", 0.0)
_URGENCY = {Role.TERMS: 0, Role.NOTICE: 1, Role.CONTACT: 1, Role.RELEASE: 1, Role.PRODUCT: 4}


@dataclass(frozen=True)
class Step:
    """A page to open: its link, how many clicks it is from the home page, where it was found, what it seems to be."""

    link: Link
    depth: int
    found_on: str
    guess: Guess = _NO_GUESS


@dataclass
class Frontier:
    """A queue by urgency: rules and notices, then lists, then products, then what says nothing of itself."""

    _heap: list[tuple[int, int, int, Step]] = field(default_factory=list)
    _known: set[str] = field(default_factory=set)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def add(self, step: Step) -> None:
        """Put a page in, unless it was in before or the queue is full."""
        key = same_address(step.link.url)
        if key in self._known or len(self._known) >= _MOST_WAITING:
            return
        self._known.add(key)
        heapq.heappush(self._heap, (_urgency(step), step.depth, next(self._numbers), step))

    def next(self) -> Step | None:
        """Take the most urgent page out, None when there is none."""
        return heapq.heappop(self._heap)[-1] if self._heap else None

    def __len__(self) -> int:
        return len(self._heap)


def _urgency(step: Step) -> int:
    if step.guess.role is not None:
        return _URGENCY.get(step.guess.role, 3)
    if step.link.place is LinkPlace.FRAME:
        return 2  # of a frameset the frames are the page
    if step.guess.lists:
        return 3
    return 5 if step.link.place in (LinkPlace.NAV, LinkPlace.FOOTER, LinkPlace.BUTTON) else 6
