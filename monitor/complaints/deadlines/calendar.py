"""Counts terms by the Chinese calendar: working days with holidays and 调休, natural days, months, years.

Takes a day in China and an amount, gives the last day of the term. The first day is not counted (总局令121 art. 45).
Where the table of holidays ends, weekends alone are known: the answer is marked provisional and says why. Pure.
"""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from monitor.times import SHANGHAI

_MOST_DAYS = 40_000


@dataclass(frozen=True)
class Term:
    """The last day of a term. `provisional` where the calendar of holidays does not reach so far; `why` says so."""

    last: date
    provisional: bool = False
    why: str = ""


def day_of(moment: datetime) -> date:
    """The day in China of an aware moment."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(SHANGHAI).date()


def end_of(day: date) -> datetime:
    """The last second of a day in China."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=SHANGHAI)


def is_working_day(day: date) -> bool | None:
    """Whether offices work on a day, by the yearly arrangement; None where the arrangement is not known."""
    from chinese_calendar import is_workday

    try:
        return bool(is_workday(day))
    except NotImplementedError:
        return None


def is_festival(day: date) -> bool | None:
    """Whether a day lies in a statutory holiday as arranged for its year; a plain weekend does not. None: not known.

    总局令第121号 art. 45 prolongs a term that ends on a 法定节假日; it does not name weekends.
    """
    from chinese_calendar import get_holiday_detail

    try:
        off, name = get_holiday_detail(day)
    except NotImplementedError:
        return None
    return bool(off and name)


def add_working_days(start: date, amount: int) -> Term:
    """The last of so many working days after a day, which itself is not counted."""
    _require(amount)
    day, left, unknown = start, amount, 0
    while left:
        day += timedelta(days=1)
        working = is_working_day(day)
        if working is None:
            unknown = unknown or day.year
            working = day.weekday() < 5
        left -= working
    return Term(day, True, _say_unknown(unknown, working=True)) if unknown else Term(day)


def add_days(start: date, amount: int) -> Term:
    """The last of so many natural days after a day; moved behind a statutory holiday on which it would end."""
    _require(amount)
    return _behind_festival(start + timedelta(days=amount))


def add_months(start: date, amount: int) -> Term:
    """The same day so many months later, or that month's last; moved behind a statutory holiday."""
    _require(amount)
    return _behind_festival(_same_day(start, amount))


def add_years_unmoved(start: date, amount: int) -> date:
    """The same day so many years later; never moved: whoever must keep it had better be early."""
    _require(amount)
    return _same_day(start, 12 * amount)


def _same_day(start: date, amount: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + amount, 12)
    return date(year, month + 1, min(start.day, months.monthrange(year, month + 1)[1]))


def _behind_festival(day: date) -> Term:
    festival = is_festival(day)
    while festival:
        day += timedelta(days=1)
        festival = is_festival(day)
    return Term(day, True, _say_unknown(day.year, working=False)) if festival is None else Term(day)


def _say_unknown(year: int, *, working: bool) -> str:
    if working:
        return (
            f"日历表中没有{year}年的放假安排，{year}年部分只扣除周末：这是暂算的最早日期，遇法定节假日会顺延，"
            "遇调休上班可能略有出入"
        )
    return f"日历表中没有{year}年的放假安排：这是暂算的最早日期，届满日是法定节假日的会顺延"


def _require(amount: int) -> None:
    if not 0 < amount <= _MOST_DAYS:
        raise ValueError(f"a term of {amount} is not between 1 and {_MOST_DAYS}")
