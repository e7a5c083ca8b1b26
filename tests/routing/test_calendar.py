"""Terms by the Chinese calendar of 2026, with its holidays and make-up days, and where the table ends."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from monitor.complaints.deadlines.calendar import (
    add_days,
    add_months,
    add_working_days,
    add_years_unmoved,
    day_of,
    end_of,
    is_festival,
    is_working_day,
)


@pytest.mark.parametrize(
    ("start", "amount", "last"),
    [
        (date(2026, 4, 20), 7, date(2026, 4, 29)),  # a plain week: the first day is not counted
        (date(2026, 9, 24), 6, date(2026, 10, 10)),  # 中秋, 国庆; 10-10 is a Saturday that is worked
        (date(2026, 9, 18), 1, date(2026, 9, 20)),  # the Sunday before 中秋 is worked
        (date(2026, 2, 13), 2, date(2026, 2, 24)),  # 02-14 is worked, then 春节 to 02-23
        (date(2026, 4, 30), 7, date(2026, 5, 13)),  # 劳动节 to 05-05, 05-09 is worked
        (date(2026, 1, 3), 1, date(2026, 1, 4)),  # 元旦; the Sunday after is worked
        (date(2026, 6, 18), 1, date(2026, 6, 22)),  # 端午 with its weekend
    ],
)
def test_working_days_count_holidays_and_make_up_days(start: date, amount: int, last: date) -> None:
    term = add_working_days(start, amount)
    assert term.last == last
    assert not term.provisional


def test_a_term_received_on_a_rest_day_begins_with_the_next_working_day() -> None:
    assert add_working_days(date(2026, 10, 3), 1).last == date(2026, 10, 8)


@pytest.mark.parametrize(
    ("start", "amount", "last"),
    [
        (date(2026, 8, 4), 60, date(2026, 10, 8)),  # 10-03 is a holiday: the first day behind it
        (date(2026, 4, 20), 60, date(2026, 6, 22)),  # 06-19 is 端午
        (date(2026, 5, 12), 60, date(2026, 7, 11)),  # a plain Saturday is no statutory holiday
    ],
)
def test_natural_days_move_behind_a_statutory_holiday_only(start: date, amount: int, last: date) -> None:
    assert add_days(start, amount).last == last


def test_where_the_table_ends_the_date_is_provisional_and_says_why() -> None:
    term = add_working_days(date(2026, 12, 25), 7)
    assert term.last == date(2027, 1, 5)  # weekends alone
    assert term.provisional
    assert "2027年" in term.why and "顺延" in term.why
    natural = add_days(date(2026, 11, 23), 60)
    assert (natural.last, natural.provisional) == (date(2027, 1, 22), True)
    assert not add_working_days(date(2026, 12, 18), 7).provisional  # ends on 2026-12-29


def test_months_end_on_the_same_day_or_the_last_of_the_month() -> None:
    assert add_months(date(2026, 3, 31), 1).last == date(2026, 4, 30)
    assert add_months(date(2026, 8, 2), 2).last == date(2026, 10, 8)  # 10-02 is a holiday
    assert add_months(date(2026, 11, 23), 2).provisional


def test_a_buyers_own_term_is_never_moved() -> None:
    assert add_years_unmoved(date(2023, 10, 1), 3) == date(2026, 10, 1)
    assert add_years_unmoved(date(2024, 2, 29), 3) == date(2027, 2, 28)


def test_days_are_those_of_china() -> None:
    late = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)  # already the 24th in China
    assert day_of(late) == date(2026, 11, 24)
    assert end_of(date(2026, 11, 24)).astimezone(UTC) == datetime(2026, 11, 24, 15, 59, 59, tzinfo=UTC)
    with pytest.raises(ValueError, match="no time zone"):
        day_of(datetime(2026, 11, 23))  # noqa: DTZ001


def test_what_is_not_known_is_none() -> None:
    assert is_working_day(date(2035, 1, 1)) is None
    assert is_festival(date(2035, 1, 1)) is None
    assert is_festival(date(2026, 10, 10)) is False
    assert is_festival(date(2026, 7, 11)) is False


@pytest.mark.parametrize("amount", [0, -1, 10**6])
def test_a_term_has_a_sensible_length(amount: int) -> None:
    with pytest.raises(ValueError, match="term"):
        add_working_days(date(2026, 1, 5), amount)
