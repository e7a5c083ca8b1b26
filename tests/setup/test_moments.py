from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.times import names_day_only, parse_time, show_time
from monitor.timetable import last_due, next_due, parse_schedule

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)  # a Sunday, 18:00 in Shanghai


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-03-01", "2026-03-01 00:00:00 +08:00"),
        ("2026/3/1", "2026-03-01 00:00:00 +08:00"),
        ("20260301", "2026-03-01 00:00:00 +08:00"),
        ("2026-03-01 14:30", "2026-03-01 14:30:00 +08:00"),
        ("2026-03-01 14:30:00 +08:00", "2026-03-01 14:30:00 +08:00"),
        ("2026年3月1日 14时30分", "2026-03-01 14:30:00 +08:00"),
        ("2026年3月1日 下午2:30", "2026-03-01 14:30:00 +08:00"),
        ("２０２６－０３－０１", "2026-03-01 00:00:00 +08:00"),
        ("2026-03-01T14:30:00Z", "2026-03-01 22:30:00 +08:00"),
        ("2026-03-01T14:30:00.123+09:00", "2026-03-01 13:30:00 +08:00"),
        ("20260301T143000Z", "2026-03-01 22:30:00 +08:00"),
        ("1772346600", "2026-03-01 14:30:00 +08:00"),
        ("1772346600000", "2026-03-01 14:30:00 +08:00"),
        ("yesterday", "2026-11-21 00:00:00 +08:00"),
        ("昨天 14:30", "2026-11-21 14:30:00 +08:00"),
        ("3 days ago", "2026-11-19 18:00:00 +08:00"),
        ("3天前", "2026-11-19 18:00:00 +08:00"),
        ("3个小时前", "2026-11-22 15:00:00 +08:00"),
        ("1 March 2026", "2026-03-01 00:00:00 +08:00"),
        ("Sun, 01 Mar 2026 06:30:00 GMT", "2026-03-01 14:30:00 +08:00"),
    ],
)
def test_a_time_is_read_in_any_usual_form(text: str, shown: str) -> None:
    moment = parse_time(text, now=NOW)
    assert moment.tzinfo is UTC
    assert show_time(moment) == shown


@pytest.mark.parametrize(
    "text",
    ["", "foo", "2026", "2026-03", "2026-02-30", "03/01/2026", "2026-03-01 25:00", "9999-12-31", "99999 weeks ago",
     "2026-03-01 14:30+99:99", "next tuesday", "x" * 10_000, "1" * 5_000],
)  # fmt: skip
def test_what_is_no_time_or_has_two_readings_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a time.*write it like 2026-03-01") as caught:
        parse_time(text, now=NOW)
    assert len(str(caught.value)) < 400


def test_a_bare_date_at_the_end_of_a_range_is_its_last_moment() -> None:
    assert show_time(parse_time("2026-03-01", now=NOW, end=True)) == "2026-03-01 23:59:59 +08:00"
    assert parse_time("2026-03-01 14:30", now=NOW, end=True) == parse_time("2026-03-01 14:30", now=NOW)


@pytest.mark.parametrize(
    ("text", "day_only"),
    [
        ("2025年3月1日", True),
        ("2025-03-01", True),
        ("20250301", True),
        ("昨天", True),
        ("1 March 2025", True),
        ("2025年3月1日 0时", False),
        ("2025-03-01 00:00", False),
        ("1 March 2025 00:00", False),
        ("1 March 2025 12am", False),
        ("3天前", False),
        ("1740758400", False),
    ],
)
def test_a_day_without_a_time_is_told_from_midnight(text: str, day_only: bool) -> None:
    assert names_day_only(text, now=NOW) is day_only


@given(st.integers(0, 6_500_000_000_000_000))
def test_what_is_shown_can_be_read_back(microseconds: int) -> None:
    moment = datetime(1991, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    assert parse_time(show_time(moment), now=NOW) == moment.replace(microsecond=0)
    assert parse_time(show_time(moment, iso=True), now=NOW) == moment


@given(st.text(max_size=80))
def test_no_text_breaks_the_reading_of_times(text: str) -> None:
    try:
        assert parse_time(text, now=NOW).tzinfo is UTC
    except ValueError as error:
        assert "is not a time" in str(error)


def test_a_time_without_zone_is_never_shown() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        show_time(NOW.replace(tzinfo=None))


def shanghai(text: str) -> datetime:
    return parse_time(text, now=NOW)


@pytest.mark.parametrize(
    ("rule", "due"),
    [
        ("0 */6 * * *", "2026-11-23 00:00"),
        ("30 9 * * *", "2026-11-23 09:30"),
        ("0 9 * * mon-fri", "2026-11-23 09:00"),
        ("0 19 * * 0", "2026-11-22 19:00"),  # cron counts Sunday as 0 and as 7
        ("0 19 * * 7", "2026-11-22 19:00"),
        ("0 0 29 2 *", "2028-02-29 00:00"),
        ("@daily", "2026-11-23 00:00"),
        ("every 6 h", "2026-11-23 00:00"),
        ("every 30 min", "2026-11-22 18:30"),
        ("every day", "2026-11-23 18:00"),
        ("每2小时", "2026-11-22 20:00"),
    ],
)
def test_a_schedule_is_next_due_in_shanghai(rule: str, due: str) -> None:
    assert next_due(parse_schedule(rule), NOW) == shanghai(due)


def test_a_schedule_follows_another_time_zone_over_its_clock_changes() -> None:
    rule = parse_schedule("30 2 * * *", "Europe/Berlin")
    assert next_due(rule, datetime(2026, 3, 28, 12, tzinfo=UTC)) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert next_due(rule, datetime(2026, 10, 24, 12, tzinfo=UTC)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("rule", ["0 */6 * * *", "0 18 * * *", "*/7 * * * *", "0 0 29 2 *"])
@pytest.mark.parametrize("seconds", [0, 1, 59.999999, 3600])
def test_the_last_due_moment_is_not_later_and_nothing_is_due_between(rule: str, seconds: float) -> None:
    at = NOW + timedelta(seconds=seconds)
    parsed = parse_schedule(rule)
    last = last_due(parsed, at)
    assert last <= at < next_due(parsed, last)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("60 * * * *", "minute field '60'"),
        ("* 24 * * *", "hour field '24'"),
        ("0 0 32 * *", "day of month field '32'"),
        ("0 0 * 13 *", "month field '13'"),
        ("0 0 * * 8", "day of week field '8'"),
        ("*/0 * * * *", "minute field"),
        ("H * * * *", "minute field 'H'"),
        ("0 0 30 2 *", "never comes due"),
        ("* * * * * *", "five cron fields"),
        ("hourly", "five cron fields"),
        ("every 0 h", "between 1 min and 366 d"),
        ("every 99999 d", "between 1 min and 366 d"),
        ("1," * 5000 + "1 * * * *", "minute field"),
    ],
)
def test_a_wrong_schedule_is_refused_with_the_wrong_part(rule: str, told: str) -> None:
    with pytest.raises(ValueError, match=told.replace("*", r"\*")):
        parse_schedule(rule)


def test_ten_thousand_pages_of_one_schedule_are_judged_at_once() -> None:
    started = time.process_time()
    rules = [parse_schedule("0 */6 * * *") for _ in range(10_000)]
    assert {last_due(rule, NOW) for rule in rules} == {shanghai("2026-11-22 18:00")}
    assert time.process_time() - started < 0.5
