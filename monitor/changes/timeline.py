"""The history of one page as a picture needs it: looks, prices, stock, and the changes with since when. Pure.

A value is known at the looks only. Where nobody looked for much longer than usual there is a gap, and it is told.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from monitor.product_facts import ProductFacts, describe_page, list_products
from scrapers.model import Outcome, Reading
from storage.model import Change, ChangeClass, ChangeStatus, Effect, Severity, WatchedPage

_LONG_GAP = 4.0
"""A gap is told when it is this many times as long as the usual distance of two looks."""
_LEAST_GAP = timedelta(hours=36)
_MOST_SERIES = 3
_TOLD = frozenset({ChangeClass.RULE, ChangeClass.PRICE, ChangeClass.WORDING, ChangeClass.OUTCOME, ChangeClass.NEW})


@dataclass(frozen=True)
class Look:
    """One look at the page; `key` names what was read, None where nothing was."""

    at: datetime
    outcome: Outcome
    reason: str = ""
    key: int | None = None


@dataclass(frozen=True)
class Point:
    """A value at one look; `value` None where the page showed a word only, `shown` is what stood there."""

    at: datetime
    value: Decimal | None
    shown: str


@dataclass(frozen=True)
class Series:
    """The values of one product over time."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Event:
    """A change: the old text was seen last at `last_before`, the new one first at `at`."""

    change_id: str
    last_before: datetime | None
    at: datetime
    change_class: ChangeClass
    severity: Severity
    effect: Effect
    status: ChangeStatus
    reason: str

    @property
    def is_told(self) -> bool:
        """Whether it stands in the list: what harms, and what was given back, or the last word would be the harm."""
        given_back = self.effect is Effect.BETTER and self.change_class in (ChangeClass.RULE, ChangeClass.PRICE)
        return given_back or self.severity is not Severity.NONE


@dataclass(frozen=True)
class Timeline:
    """All of one page between `start` and `end`. `left_out` readings were too many to be looked into for values."""

    page: WatchedPage
    looks: tuple[Look, ...]
    gaps: tuple[tuple[datetime, datetime], ...]
    prices: tuple[Series, ...]
    stock: tuple[Series, ...]
    events: tuple[Event, ...]
    left_out: int = 0

    @property
    def start(self) -> datetime:
        """The first look."""
        return self.looks[0].at

    @property
    def end(self) -> datetime:
        """The last look."""
        return self.looks[-1].at


def make_timeline(
    page: WatchedPage, looks: Sequence[Look], readings: Mapping[int, Reading], changes: Iterable[Change]
) -> Timeline:
    """Put the history of a page together. `looks` in the order of time, at least one; blinked changes are kept."""
    described = {key: _describe(reading, page.url) for key, reading in readings.items()}
    events = [
        Event(
            change.id, change.before_at, change.after_at, change.difference.change_class, change.difference.severity,
            change.difference.effect, change.status, change.difference.reason,
        )
        for change in changes
        if change.difference.change_class in _TOLD
    ]  # fmt: skip
    return Timeline(
        page,
        tuple(looks),
        find_gaps([look.at for look in looks]),
        _choose(_collect(looks, described, "price")),
        _choose(_collect(looks, described, "stock"))[:1],
        tuple(sorted(events, key=lambda event: event.at)),
        len({look.key for look in looks if look.key is not None} - readings.keys()),
    )


def find_gaps(moments: Sequence[datetime]) -> tuple[tuple[datetime, datetime], ...]:
    """The times without a look that are much longer than usual."""
    steps = [later - earlier for earlier, later in pairwise(moments)]
    if not steps:
        return ()
    usual = timedelta(seconds=statistics.median(step.total_seconds() for step in steps))
    least = max(usual * _LONG_GAP, _LEAST_GAP)
    return tuple((earlier, later) for earlier, later in pairwise(moments) if later - earlier > least)


def _describe(reading: Reading, url: str) -> tuple[ProductFacts, ...]:
    """The product that a page is about, or all that a list shows."""
    one = describe_page(reading, url)
    return (one,) if one.price else list_products(reading)


def _collect(looks: Sequence[Look], described: Mapping[int, tuple[ProductFacts, ...]], what: str) -> list[Series]:
    points: dict[str, list[Point]] = {}
    for look in looks:
        for product in described.get(look.key, ()) if look.key is not None else ():
            count = "" if product.stock is None else str(product.stock)
            shown = (product.price if what == "price" else count or product.stock_text) or ""
            if shown:
                points.setdefault(product.name or "", []).append(Point(look.at, _number(shown), shown))
    return [Series(name, tuple(values)) for name, values in points.items()]


def _choose(series: Sequence[Series]) -> tuple[Series, ...]:
    """The only product, or of a list those whose value moved most often."""
    if len(series) <= 1:
        return tuple(series)
    moved = [(len({point.shown for point in one.points}), one) for one in series]
    return tuple(one for count, one in sorted(moved, key=lambda pair: -pair[0]) if count > 1)[:_MOST_SERIES]


def _number(shown: str) -> Decimal | None:
    try:
        value = Decimal(shown)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
