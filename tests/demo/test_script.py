"""The script is the ground truth: what it says must really stand on the pages, before and after, and be looked at."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta

import pytest

from monitor.demo.event import Event, Expected
from monitor.demo.script import DAYS, EVENTS, FIRST_STATE, PAGES, START, VISITS, state_at
from scrapers.model import Outcome
from storage.model import ChangeClass

from .pages import read_page

EXPECTED = [
    (event, expected)
    for event in EVENTS
    for expected in event.expects
    if ChangeClass.OUTCOME not in expected.classes  # told by how a visit ended, not by words on the page
]
NAMES = [f"{event.at:%m-%d}-{expected.page}" for event, expected in EXPECTED]
A_MOMENT = timedelta(seconds=1)


def bare_text(key: str, moment: datetime) -> str:
    """A page's text without tags and blanks."""
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]*>", "", read_page(key, moment))))


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def is_readable(key: str, moment: datetime) -> bool:
    return not any(
        weather.page == key and weather.outcome in (Outcome.BLOCKED, Outcome.FAILED)
        for event in EVENTS
        if event.at <= moment and (event.until is None or moment < event.until)
        for weather in event.weather
    )


def visits_of(key: str) -> list[datetime]:
    return [visit.at for visit in VISITS if key in visit.pages and is_readable(key, visit.at)]


@pytest.mark.parametrize(("event", "expected"), EXPECTED, ids=NAMES)
def test_the_words_of_an_event_stand_on_the_page_before_and_after(event: Event, expected: Expected) -> None:
    before, after = bare_text(expected.page, event.at - A_MOMENT), bare_text(expected.page, event.at)
    assert bare(expected.before) in before
    assert bare(expected.after) in after
    assert before != after
    if ChangeClass.MOVED in expected.classes:
        assert before.index(bare(expected.before)) != after.index(bare(expected.after))
        return
    gone, come = bare(expected.before), bare(expected.after)
    assert before.count(gone) > after.count(gone) if gone else come not in before
    assert after.count(come) > before.count(come) if come else gone not in after


@pytest.mark.parametrize(("event", "expected"), EXPECTED, ids=NAMES)
def test_every_event_has_a_visit_before_and_one_that_sees_it_alone(event: Event, expected: Expected) -> None:
    earlier = [at for at in visits_of(expected.page) if at < event.at]
    later = [at for at in visits_of(expected.page) if at >= event.at]
    assert earlier
    assert later
    if event.until is not None:
        assert later[0] < event.until
    # Nothing else may move the same words between the two visits, or the truth would be ambiguous.
    between = [e for e in EVENTS if e is not event and earlier[-1] < e.at <= later[0] and set(e.sets) & set(event.sets)]
    assert between == []


def test_every_wall_and_breakdown_is_visited() -> None:
    for event in EVENTS:
        for weather in event.weather:
            inside = [
                visit.at
                for visit in VISITS
                if weather.page in visit.pages and event.at <= visit.at and (not event.until or visit.at < event.until)
            ]
            assert inside, f"{event.what}: {weather.page}"


def test_the_script_runs_forward_inside_its_ninety_days() -> None:
    end = START + timedelta(days=DAYS)
    for moments in ([event.at for event in EVENTS], [visit.at for visit in VISITS]):
        assert moments == sorted(moments)
        assert moments[-1] < end
    assert {key for visit in VISITS for key in visit.pages} == {page.key for page in PAGES}
    assert all(key in FIRST_STATE for event in EVENTS for key in event.sets)


def test_what_passes_leaves_what_stood_before() -> None:
    blink = next(event for event in EVENTS if "yunque.blink" in event.sets)
    assert blink.until is not None
    states = [state_at(at)["yunque.blink"] for at in (blink.at - A_MOMENT, blink.at, blink.until)]
    assert states == ["", blink.sets["yunque.blink"], ""]


def test_there_are_twelve_rule_changes_and_one_blink_at_least() -> None:
    rules = [expected for _, expected in EXPECTED if expected.classes[0] is ChangeClass.RULE]
    assert len([expected for expected in rules if expected.status == "confirmed"]) >= 12
    assert [expected.page for expected in rules if expected.status == "blinked"] == ["yunque-buy"]
