"""What one release finds in a history of readings and another does not: the same visits, settled once for each.

Takes the readings that two releases made of the same captures, gives the changes on which they differ. Pure: what was
told at the time is neither altered nor deleted by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.changes.compare import compare_readings
from monitor.changes.fact_judging import fact_of_subject
from monitor.changes.normal_forms import steady_form
from monitor.changes.settle import needs_confirmation, settle_changes
from scrapers.model import Reading
from storage.model import Change, ChangeClass, ChangeStatus, Difference, Verdict, WatchedPage

_WEIGHED = frozenset({ChangeClass.RULE, ChangeClass.PRICE, ChangeClass.WORDING})


@dataclass(frozen=True)
class Visit:
    """One capture of a page as two releases read it."""

    capture_id: str
    seen_at: datetime
    former: Reading
    present: Reading


@dataclass(frozen=True)
class Disagreement:
    """A change between two captures that only one of the two releases finds."""

    verdict: Verdict
    before: Visit
    after: Visit
    difference: Difference


@dataclass(frozen=True)
class _Told:
    before: int
    after: int
    difference: Difference


def reassess_visits(page: WatchedPage, visits: Sequence[Visit]) -> tuple[Disagreement, ...]:
    """The changes of rules, prices and wording on which two releases differ, in the order of the visits."""
    found: list[Disagreement] = []
    for start, end in _differing_spans(visits):
        span = visits[start:end]
        former = _tell(page, span, [visit.former for visit in span])
        present = _tell(page, span, [visit.present for visit in span])
        found += [
            Disagreement(verdict, span[one.before], span[one.after], one.difference)
            for verdict, mine, others in (
                (Verdict.NEWLY_FOUND, present, former),
                (Verdict.NOT_FOUND_AGAIN, former, present),
            )
            for one in mine
            if not any(_is_same(one, other) for other in others)
        ]
    return tuple(sorted(found, key=lambda one: one.after.seen_at))


def _differing_spans(visits: Sequence[Visit]) -> list[tuple[int, int]]:
    """Runs of visits around those that are read otherwise now: one before, and two after that settle what is open."""
    spans: list[tuple[int, int]] = []
    for place, visit in enumerate(visits):
        if visit.former is visit.present or _content(visit.former) == _content(visit.present):
            continue
        start, end = max(0, place - 1), min(len(visits), place + 3)
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def _content(reading: Reading) -> tuple[object, ...]:
    return reading.family, reading.facts, reading.blocks, reading.text


def _tell(page: WatchedPage, visits: Sequence[Visit], readings: Sequence[Reading]) -> list[_Told]:
    """What a run over these visits would have told: confirmed, or still waiting at the end."""
    open_ones: dict[str, _Told] = {}
    told: list[_Told] = []
    for place in range(1, len(readings)):
        before, after = readings[place - 1], readings[place]
        differences = compare_readings(before, after, role=page.role) if before is not after else ()
        pending = [_as_change(page, visits, name, one) for name, one in open_ones.items()]
        settled = settle_changes(pending, differences)
        told += [open_ones[name] for name in settled.confirmed]
        open_ones = {}
        for number, difference in enumerate(settled.remaining):
            if difference.change_class in _WEIGHED and needs_confirmation(difference):
                open_ones[f"{place}.{number}"] = _Told(place - 1, place, difference)
    return [*told, *open_ones.values()]


def _as_change(page: WatchedPage, visits: Sequence[Visit], name: str, told: _Told) -> Change:
    before, after = visits[told.before], visits[told.after]
    return Change(
        name, page, before.capture_id, after.capture_id, before.seen_at, after.seen_at, ChangeStatus.PENDING, "",
        told.difference,
    )  # fmt: skip


def _is_same(one: _Told, other: _Told) -> bool:
    """Whether two releases speak of the same change: at the same visits, of the same fact or of a shared line."""
    if one.after < other.before or other.after < one.before:
        return False
    mine, theirs = one.difference, other.difference
    if mine.subject == theirs.subject and fact_of_subject(mine.subject) is not None:
        return True
    return bool(_lines(mine.before) & _lines(theirs.before)) or bool(_lines(mine.after) & _lines(theirs.after))


def _lines(text: str) -> set[str]:
    return {form for line in text.splitlines() if (form := steady_form(line))}
