"""What is due, what was missed, and in which order hosts are visited."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.config.pages import PageSettings
from monitor.pace import HostPace
from monitor.schedule import due_pages, key_of
from monitor.timetable import parse_schedule
from scrapers.model import Role

AT = datetime(2026, 3, 2, 4, 0, 30, tzinfo=UTC)  # 12:00:30 in Shanghai


def page(schedule: str, url: str = "https://shop.test/buy/12") -> PageSettings:
    return PageSettings("示例卡盟", url, Role.PRODUCT, parse_schedule(schedule))


def test_a_page_never_visited_is_due_and_has_missed_nothing() -> None:
    (due,) = due_pages([page("0 */6 * * *")], {}, AT)
    assert due.missed == 0


def test_cron_times_are_of_shanghai() -> None:
    noon = page("0 12 * * *")
    assert due_pages([noon], {key_of(noon): AT - timedelta(minutes=2)}, AT)
    assert not due_pages([noon], {key_of(noon): AT - timedelta(seconds=20)}, AT)
    eight = page("0 8 * * *")  # 8:00 in Shanghai is midnight UTC: over since four hours, and visited since
    assert not due_pages([eight], {key_of(eight): AT - timedelta(hours=3)}, AT)


def test_times_missed_while_nobody_ran_are_counted_and_caught_up_once() -> None:
    every_six = page("0 */6 * * *")
    (due,) = due_pages([every_six], {key_of(every_six): AT - timedelta(hours=25)}, AT)
    assert due.missed == 4
    assert due.missed_since == datetime(2026, 3, 1, 4, 0, tzinfo=UTC)


def test_an_interval_counts_from_the_last_visit() -> None:
    hourly = page("every 1 h")
    assert not due_pages([hourly], {key_of(hourly): AT - timedelta(minutes=59)}, AT)
    (due,) = due_pages([hourly], {key_of(hourly): AT - timedelta(hours=1)}, AT)
    assert due.missed == 0
    (late,) = due_pages([hourly], {key_of(hourly): AT - timedelta(hours=3, minutes=5)}, AT)
    assert late.missed == 2


def test_years_of_silence_are_counted_within_bounds() -> None:
    often = page("* * * * *")
    (due,) = due_pages([often], {key_of(often): AT - timedelta(days=900)}, AT)
    assert due.missed == 1000


def test_a_grave_change_makes_its_page_due_again() -> None:
    daily = page("0 0 * * *")
    just_now = {key_of(daily): AT - timedelta(minutes=5)}
    assert not due_pages([daily], just_now, AT)
    assert due_pages([daily], just_now, AT, second_looks=frozenset({key_of(daily)}))


def test_a_host_is_visited_at_its_pace_and_another_host_goes_first() -> None:
    now = [100.0]
    pace = HostPace(3.0, monotonic=lambda: now[0])
    urls = ["https://a.test/1", "https://a.test/2", "https://b.test/1"]
    assert pace.take_turn(urls[0]) == 0
    assert pace.soonest(urls[1:]) == 1  # b is free, a is not
    assert pace.take_turn(urls[1]) == 3.0
    assert pace.take_turn(urls[2]) == 0
    now[0] = 110.0
    assert pace.take_turn(urls[1]) == 0


def test_a_visit_noted_by_a_clock_that_ran_ahead_keeps_no_page_from_being_due() -> None:
    daily = page("0 0 * * *")
    assert due_pages([daily], {key_of(daily): AT + timedelta(days=365)}, AT)
