"""Compares what the archive found with what the script says happened, and says what is missing or false.

Pure: takes visits and changes, gives a verdict. A change is false when it claims a rule, a price or a stock that no
event explains; blinks must have been recognised as such, and the visits must have ended as the weather was.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from monitor.demo.event import Event, Expected, Weather
from monitor.demo.script import EVENTS, PAGES, page_of, state_at
from scrapers.model import Outcome
from storage.model import Change, ChangeClass, ChangeStatus

# Counts that move every day, and the pages that show them.
_DAILY = {
    "songguo.stock": ("songguo-item", "songguo-home"),
    "yunque.stock": ("yunque-buy", "yunque-home"),
}
SCORED = (ChangeClass.RULE, ChangeClass.PRICE, ChangeClass.STOCK, ChangeClass.MOVED, ChangeClass.WORDING)
# A false one of these fails the demo. Wording and moves are scored for the benchmark only.
_STRICT = (ChangeClass.RULE, ChangeClass.PRICE)
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,6})?")


@dataclass(frozen=True)
class Seen:
    """One visit as it ended."""

    page: str
    at: datetime
    outcome: Outcome
    reason: str
    certificate_error: bool
    capture_id: str = ""
    moved: bool = False  # it ended on another site
    detail: str = ""  # what was missing or went wrong, in words

    @property
    def readable(self) -> bool:
        """Whether the page was seen on its own site, so that it could be compared."""
        return self.outcome in (Outcome.COMPLETE, Outcome.PARTIAL) and not self.moved


@dataclass(frozen=True)
class Answered:
    """One row of the truth table with what was found for it. `trouble` is "" when the row is met."""

    at: datetime
    what: str
    expected: Expected
    found: Change | None
    trouble: str


@dataclass(frozen=True)
class Ended:
    """One visit with a known end, and whether it ended so."""

    seen: Seen
    expected: Weather
    trouble: str


@dataclass(frozen=True)
class Score:
    """One class: how many were there, how many of them were found, how many claims were false."""

    change_class: ChangeClass
    expected: int
    found: int
    false: int

    @property
    def recall(self) -> float | None:
        """The share of what happened that was found, None when nothing happened."""
        return self.found / self.expected if self.expected else None

    @property
    def precision(self) -> float | None:
        """The share of the claims that are true, None when nothing was claimed."""
        return self.found / (self.found + self.false) if self.found + self.false else None


@dataclass(frozen=True)
class Verdict:
    """The whole comparison."""

    answered: tuple[Answered, ...]
    ended: tuple[Ended, ...]
    false: tuple[Change, ...]

    @property
    def met(self) -> bool:
        """Whether everything that had to be found was found, and nothing grave was claimed that did not happen."""
        return not self.troubles

    @property
    def troubles(self) -> tuple[str, ...]:
        """What differs from the truth, one line each."""
        lines = [f"{row.expected.page}: {row.what}: {row.trouble}" for row in self.answered if row.trouble]
        lines += [f"{row.seen.page} on {row.seen.at:%m-%d}: {row.trouble}" for row in self.ended if row.trouble]
        for change in self.false:
            if change.difference.change_class in _STRICT:
                difference = change.difference
                lines.append(
                    f"{change.page.url} on {change.after_at:%m-%d}: a false {difference.change_class} change: "
                    f"{_short(difference.before)!r} -> {_short(difference.after)!r}"
                )
        return tuple(lines)

    def score(self, change_class: ChangeClass) -> Score:
        """Recall and precision of one class. Blinks are not counted: they must not be claimed at all."""
        rows = [
            row
            for row in self.answered
            if row.expected.classes[0] is change_class and row.expected.status is not ChangeStatus.BLINKED
        ]
        false = [change for change in self.false if change.difference.change_class is change_class]
        return Score(change_class, len(rows), sum(not row.trouble for row in rows), len(false))


def judge(visits: Sequence[Seen], changes: Sequence[Change], *, events: Sequence[Event] = EVENTS) -> Verdict:
    """Compare all visits and all changes of a walk with the script."""
    answered: list[Answered] = []
    for event in events:
        for expected in event.expects:
            if _observable(event, expected, visits):
                answered.append(_answer(event.at, event.what, expected, changes))
    for at, what, expected in _daily_counts(visits):
        answered.append(_answer(at, what, expected, changes))
    explained = {row.found.id for row in answered if row.found}
    false = tuple(
        change
        for change in changes
        if change.id not in explained and _is_claim(change) and not _belongs(change, answered, events)
    )
    return Verdict(tuple(answered), _judge_outcomes(visits, events), false)


def _observable(event: Event, expected: Expected, visits: Sequence[Seen]) -> bool:
    """Whether this walk looked at the page before and after the event (a shortened walk may not have)."""
    told_by_end = ChangeClass.OUTCOME in expected.classes
    looks = [visit for visit in visits if visit.page == expected.page and (visit.readable or told_by_end)]
    during = [visit for visit in looks if event.at <= visit.at and (event.until is None or visit.at < event.until)]
    return bool(during) and any(visit.at < event.at for visit in looks)


def _answer(at: datetime, what: str, expected: Expected, changes: Sequence[Change]) -> Answered:
    url = page_of(expected.page).url
    near = [
        change
        for change in changes
        if change.page.url == url and change.before_at is not None and change.before_at < at <= change.after_at
    ]
    good = [change for change in near if change.difference.change_class in expected.classes]
    fitting = [change for change in good if _texts_fit([change], expected)]
    if not fitting:  # a sentence that was replaced may be told as one that went and one that came
        fitting = [
            change for change in good if _tells(change, expected) and _texts_fit(_siblings(change, good), expected)
        ]
    if not fitting:
        seen = ", ".join(f"{c.difference.change_class} ({_short(c.difference.after)})" for c in near[:4])
        return Answered(at, what, expected, None, f"not found; there is: {seen or 'nothing'}")
    best = min(fitting, key=lambda change: (_find_trouble(change, expected) != "", -change.difference.severity.rank))
    return Answered(at, what, expected, best, _find_trouble(best, expected))


def _find_trouble(change: Change, expected: Expected) -> str:
    difference = change.difference
    if not _status_fits(change, expected):
        return f"is {change.status}, not {expected.status}"
    if difference.severity.rank < expected.least.rank:
        return f"has severity {difference.severity}, at least {expected.least} was due"
    if expected.kinds and not set(expected.kinds) & set(difference.kinds):
        return f"has the kinds {', '.join(difference.kinds) or 'none'}, not {' or '.join(expected.kinds)}"
    return ""


def _status_fits(change: Change, expected: Expected) -> bool:
    if expected.status is ChangeStatus.CONFIRMED and expected.classes[0] is not ChangeClass.RULE:
        return change.status is not ChangeStatus.BLINKED  # the last one of a count stays pending by nature
    return change.status is expected.status


def _siblings(change: Change, changes: Sequence[Change]) -> list[Change]:
    return [other for other in changes if other.after_capture == change.after_capture]


def _texts_fit(changes: Sequence[Change], expected: Expected) -> bool:
    before = "\n".join(change.difference.before for change in changes)
    after = "\n".join(change.difference.after for change in changes)
    return _says(before, expected.before) and _says(after, expected.after)


def _tells(change: Change, expected: Expected) -> bool:
    """Whether a change has the words of one side at least."""
    difference = change.difference
    return bool(expected.before and _says(difference.before, expected.before)) or bool(
        expected.after and _says(difference.after, expected.after)
    )


def _says(text: str, fragment: str) -> bool:
    """Whether a text has the fragment; a bare number is compared by value (18.80 is 18.8)."""
    if not _NUMBER.fullmatch(fragment):
        return _bare(fragment) in _bare(text)
    return any(Decimal(number) == Decimal(fragment) for number in _NUMBER.findall(text))


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _short(text: str) -> str:
    bare = " ".join(text.split())
    return bare if len(bare) <= 40 else bare[:39] + "…"


def _daily_counts(visits: Sequence[Seen]) -> list[tuple[datetime, str, Expected]]:
    """The moves of daily counts between each two readable visits of a page that shows them."""
    rows: list[tuple[datetime, str, Expected]] = []
    for key, pages in _DAILY.items():
        for page in pages:
            seen = sorted((visit for visit in visits if visit.page == page and visit.readable), key=lambda v: v.at)
            for earlier, later in itertools.pairwise(seen):
                before, after = state_at(earlier.at)[key], state_at(later.at)[key]
                if before != after:
                    expected = Expected(page, (ChangeClass.STOCK,), before, after)
                    rows.append((later.at, f"the stock moves from {before} to {after}", expected))
    return rows


def _is_claim(change: Change) -> bool:
    if change.difference.subject.endswith("#sold"):
        return False  # the shops' sold counters do move, at every view: true, and no part of the script
    return change.difference.change_class in SCORED and change.status is not ChangeStatus.BLINKED


def _belongs(change: Change, answered: Sequence[Answered], events: Sequence[Event]) -> bool:
    """Whether a further change between the same two captures tells of the same event (a fact beside its clause)."""
    text = f"{change.difference.before}\n{change.difference.after}"
    for row in answered:
        found = row.found
        if found is None or found.page.id != change.page.id or found.after_capture != change.after_capture:
            continue
        also = next((event.also for event in events if event.at == row.at), ())
        if any(word and _says(text, word) for word in (row.expected.before, row.expected.after, *also)):
            return True
    return False


def _judge_outcomes(visits: Sequence[Seen], events: Sequence[Event]) -> tuple[Ended, ...]:
    rows: list[Ended] = []
    for visit in visits:
        weather = next(
            (
                weather
                for event in events
                for weather in event.weather
                if weather.page == visit.page
                and event.at <= visit.at
                and (event.until is None or visit.at < event.until)
            ),
            Weather(visit.page, Outcome.COMPLETE),
        )
        got = (visit.outcome, visit.reason if visit.outcome is not Outcome.COMPLETE else "", visit.certificate_error)
        due = (weather.outcome, str(weather.reason), weather.certificate_error)
        told = f" ({visit.detail})" if visit.detail else ""
        trouble = "" if got == due else f"ended {_show(got)}{told}, due was {_show(due)}"
        rows.append(Ended(visit, weather, trouble))
    return tuple(rows)


def _show(end: tuple[Outcome, str, bool]) -> str:
    outcome, reason, certificate = end
    return f"{outcome}{f' ({reason})' if reason else ''}{' with a bad certificate' if certificate else ''}"


def page_key(url: str) -> str:
    """The key of the page that a URL belongs to, "" for a page that the script does not know."""
    return next((page.key for page in PAGES if page.url == url), "")
