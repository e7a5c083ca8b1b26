"""The judge of the demo: a perfect archive meets the truth, and every way to be wrong is told."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.demo.event import Expected, Weather
from monitor.demo.script import EVENTS, VISITS, page_of, state_at
from monitor.demo.truth import Seen, judge
from scrapers.model import Outcome
from storage.model import Change, ChangeClass, ChangeStatus, Difference, Effect, Severity, WatchedPage


def perfect_visits() -> list[Seen]:
    """Every visit of the script, ended as its weather was."""
    rows: list[Seen] = []
    for visit in VISITS:
        for key in visit.pages:
            weather = next(
                (
                    weather
                    for event in EVENTS
                    for weather in event.weather
                    if weather.page == key and event.at <= visit.at and (not event.until or visit.at < event.until)
                ),
                Weather(key, Outcome.COMPLETE),
            )
            first = key.startswith("xinghe-")
            trouble = "xinghe.old" if first else "xinghe.second" if key.startswith("xinghe88-") else ""
            moved = bool(trouble) and bool(state_at(visit.at)[trouble])
            rows.append(
                Seen(key, visit.at, weather.outcome, str(weather.reason), weather.certificate_error, moved=moved)
            )
    return rows


def make_change(number: int, expected: Expected, before_at: datetime, after_at: datetime) -> Change:
    page = page_of(expected.page)
    return Change(
        id=f"change-{number}",
        page=WatchedPage(expected.page, page.platform, page.url, page.role, "desktop"),
        before_capture="before",
        after_capture=f"after-{expected.page}-{after_at:%m%d%H}",
        before_at=before_at,
        after_at=after_at,
        status=expected.status,
        settled_by="",
        difference=Difference(
            expected.classes[0], max(expected.least, Severity.LOW, key=lambda s: s.rank), Effect.WORSE,
            expected.kinds, "", expected.before, expected.after, "理由",
        ),
    )  # fmt: skip


def perfect_changes(visits: list[Seen]) -> list[Change]:
    rows: list[Change] = []
    for event in EVENTS:
        for expected in event.expects:
            ends = ChangeClass.OUTCOME in expected.classes
            seen = [visit.at for visit in visits if visit.page == expected.page and (visit.readable or ends)]
            before, after = max(at for at in seen if at < event.at), min(at for at in seen if at >= event.at)
            rows.append(make_change(len(rows), expected, before, after))
    for key, pages in (
        ("songguo.stock", ("songguo-item", "songguo-home")),
        ("yunque.stock", ("yunque-buy", "yunque-home")),
    ):
        for page in pages:
            seen = [visit.at for visit in visits if visit.page == page and visit.readable]
            for earlier, later in itertools.pairwise(seen):
                before_value, after_value = state_at(earlier)[key], state_at(later)[key]
                expected = Expected(page, (ChangeClass.STOCK,), before_value, after_value)
                rows.append(make_change(len(rows), expected, earlier, later))
    return rows


def find(changes: list[Change], page: str, fragment: str) -> Change:
    return next(change for change in changes if change.page.id == page and fragment in change.difference.after)


def test_a_perfect_archive_meets_the_truth() -> None:
    visits = perfect_visits()
    verdict = judge(visits, perfect_changes(visits))
    assert verdict.troubles == ()
    assert verdict.met
    rules = verdict.score(ChangeClass.RULE)
    assert rules.expected >= 12
    assert (rules.recall, rules.precision) == (1.0, 1.0)


def test_a_missed_rule_change_is_told() -> None:
    visits = perfect_visits()
    changes = perfect_changes(visits)
    changes.remove(find(changes, "yunque-terms", "3 天"))
    verdict = judge(visits, changes)
    assert [line for line in verdict.troubles if "7 days to 3" in line and "not found" in line]
    assert verdict.score(ChangeClass.RULE).found == verdict.score(ChangeClass.RULE).expected - 1


def test_a_rule_change_that_nothing_explains_is_false() -> None:
    visits = perfect_visits()
    changes = perfect_changes(visits)
    noise = Expected("yunque-home", (ChangeClass.RULE,), "今日成交 310 单", "今日成交 367 单")
    changes.append(make_change(999, noise, visits[0].at, visits[0].at + timedelta(days=4)))
    verdict = judge(visits, changes)
    assert [change.id for change in verdict.false] == ["change-999"]
    assert not verdict.met
    assert verdict.score(ChangeClass.RULE).false == 1


def test_a_further_change_of_the_same_event_is_not_false() -> None:
    visits = perfect_visits()
    changes = perfect_changes(visits)
    twin = find(changes, "songguo-item", "7 天")
    changes.append(replace(twin, id="change-999", difference=replace(twin.difference, subject="warranty")))
    assert judge(visits, changes).met


def test_a_confirmed_blink_a_pending_rule_and_a_mild_verdict_are_told() -> None:
    visits = perfect_visits()
    changes = perfect_changes(visits)
    blink = find(changes, "yunque-buy", "不退不换")
    rule = find(changes, "yunque-terms", "3 天")
    shed = find(changes, "yunque-terms", "本店不承担任何责任")
    wrong = {
        blink.id: replace(blink, status=ChangeStatus.CONFIRMED),
        rule.id: replace(rule, status=ChangeStatus.PENDING),
        shed.id: replace(shed, difference=replace(shed.difference, severity=Severity.LOW)),
    }
    verdict = judge(visits, [wrong.get(change.id, change) for change in changes])
    told = "\n".join(verdict.troubles)
    assert "is confirmed, not blinked" in told
    assert "is pending, not confirmed" in told
    assert "has severity low" in told
    assert len(verdict.troubles) == 3


def test_a_wall_taken_for_a_page_is_told() -> None:
    visits = perfect_visits()
    wall = next(visit for visit in visits if visit.reason == "login")
    wrong = [replace(visit, outcome=Outcome.COMPLETE, reason="") if visit is wall else visit for visit in visits]
    verdict = judge(wrong, perfect_changes(visits))
    assert any("due was blocked (login)" in line for line in verdict.troubles)
