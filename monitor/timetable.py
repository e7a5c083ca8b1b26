"""When a page is due: a cron expression of five fields, or an interval such as `every 6 h`.

Cron is read by croniter in the rule's time zone (Asia/Shanghai unless said), weekdays counted as cron counts them:
0 and 7 are Sunday. Answers are aware UTC; the past is passed in, nothing is remembered here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DEFAULT_TIMEZONE = "Asia/Shanghai"
EXAMPLES = '"0 */6 * * *" or "every 6 h"'

_EVERY = re.compile(
    r"(?:every\s*|每隔?\s*)(?P<count>\d{1,5})?\s*个?\s*"
    r"(?P<unit>m|mins?|minutes?|分钟|h|hours?|小时|d|days?|天|日|w|weeks?|周|星期)",
    re.IGNORECASE,
)
_MINUTES = {"m": 1, "分": 1, "h": 60, "小": 60, "d": 1440, "天": 1440, "日": 1440, "w": 10080, "周": 10080, "星": 10080}
_FIELDS = ("minute", "hour", "day of month", "month", "day of week")
_NICKNAMES = {"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *"}
_LONGEST_MINUTES = 366 * 1440
_YEARS_AHEAD = 8  # 29 February is at most eight years away


@dataclass(frozen=True)
class ScheduleRule:
    """One schedule: `cron` in `timezone`, or every `seconds` after the last visit when `cron` is ""."""

    text: str
    cron: str = ""
    seconds: int = 0
    timezone: str = DEFAULT_TIMEZONE


@lru_cache(maxsize=4096)
def parse_schedule(text: str, timezone: str = DEFAULT_TIMEZONE) -> ScheduleRule:
    """The rule that a text means. Raises ValueError that names the wrong part and shows a right one."""
    check_timezone(timezone)
    wanted = " ".join(text.split())
    every = _EVERY.fullmatch(wanted)
    if every:
        minutes = int(every["count"] or 1) * _MINUTES[every["unit"][0].lower()]
        if not 1 <= minutes <= _LONGEST_MINUTES:
            raise ValueError(f"'{wanted}': an interval is between 1 min and 366 d")
        return ScheduleRule(wanted, seconds=minutes * 60, timezone=timezone)
    cron = _NICKNAMES.get(wanted.lower(), wanted)
    _check_cron(cron)
    return ScheduleRule(wanted, cron=cron, timezone=timezone)


def check_timezone(name: str) -> None:
    """Raise ValueError when the name is no time zone of the tz database."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"'{name}' is no time zone; write it like {DEFAULT_TIMEZONE} or UTC") from error


def next_due(rule: ScheduleRule, after: datetime) -> datetime:
    """The first moment later than `after` (aware; the last visit, or now) at which the rule is due."""
    if not rule.cron:
        return after.astimezone(UTC) + timedelta(seconds=rule.seconds)
    return _tick(rule.cron, rule.timezone, after, forward=True)


def last_due(rule: ScheduleRule, at: datetime) -> datetime:
    """The last moment not later than `at` at which the rule was due; for an interval, the last start still in time.

    A page is due when it was last visited before this moment. Same rule and moment are worked out once, so that
    10,000 pages of one schedule cost one calculation.
    """
    if not rule.cron:
        return at.astimezone(UTC) - timedelta(seconds=rule.seconds)
    return _tick(rule.cron, rule.timezone, at, forward=False)


@lru_cache(maxsize=4096)
def _tick(cron: str, timezone: str, moment: datetime, *, forward: bool) -> datetime:
    from croniter import croniter

    local = moment.astimezone(ZoneInfo(timezone))
    if forward:
        found = croniter(cron, local, max_years_between_matches=_YEARS_AHEAD).get_next(datetime)
    else:
        # croniter looks strictly before its start, and a tick is at a full minute: step just past this one.
        start = local + timedelta(microseconds=1) if local.microsecond < 999_999 else local
        found = croniter(cron, start, max_years_between_matches=_YEARS_AHEAD).get_prev(datetime)
    if not isinstance(found, datetime):
        raise TypeError(f"croniter gave {found!r}")
    return found.astimezone(UTC)


def _check_cron(cron: str) -> None:
    fields = cron.split(" ")
    if len(fields) != len(_FIELDS):
        raise ValueError(f"'{cron[:60]}' is no schedule; write five cron fields or an interval: {EXAMPLES}")
    from croniter import croniter
    from croniter.croniter import CroniterError

    for position, (name, field) in enumerate(zip(_FIELDS, fields, strict=True)):
        if len(field) > 200 or not re.fullmatch(r"[0-9A-Za-z*,/-]+", field):
            raise ValueError(f"the {name} field '{field[:40]}' of cron '{cron[:60]}' is wrong; right is {EXAMPLES}")
        alone = " ".join(field if place == position else "*" for place in range(len(_FIELDS)))
        try:
            croniter(alone)
        except (CroniterError, ValueError, KeyError) as error:
            raise ValueError(f"the {name} field '{field}' of cron '{cron}' is wrong ({error})") from error
    try:
        _tick(cron, "UTC", datetime(2026, 1, 1, tzinfo=UTC), forward=True)
    except (CroniterError, ValueError) as error:
        raise ValueError(f"cron '{cron}' never comes due: there is no such date") from error
