"""Times as people write them and as they are shown: aware UTC inside, Asia/Shanghai on paper.

A time without an offset is Asia/Shanghai. A form that can be read in two ways (03/01/2026) is refused, not guessed.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
EXAMPLES = (
    "2026-03-01, 2026-03-01 14:30, 2026年3月1日 14时30分, 2026-03-01T14:30:00+08:00, yesterday, 3 days ago, 3天前"
)

_CLOCK = (
    r"(?P<half>凌晨|早上|上午|中午|下午|晚上)?\s*(?P<hour>\d{1,2})[:时点](?P<minute>\d{1,2})?"
    r"分?(?::?(?P<second>\d{1,2})秒?(?:\.(?P<fraction>\d{1,9}))?)?\s*(?P<noon>[ap]m)?"
)
_OFFSET = r"(?P<offset>z|utc|gmt|[+-]\d{2}:?(?:\d{2})?)"
_DATED = re.compile(
    r"(?P<year>\d{4})(?:年|[-/.])\s*(?P<month>\d{1,2})(?:月|[-/.])\s*(?P<day>\d{1,2})[日号]?"
    rf"(?:[t\s]*{_CLOCK}\s*{_OFFSET}?)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
    rf"(?:[t\s]?(?P<hour>\d{{2}})(?P<minute>\d{{2}})(?P<second>\d{{2}})?\s*{_OFFSET}?)?",
    re.IGNORECASE,
)
_NAMED_DAY = re.compile(rf"(?P<name>today|yesterday|今天|今日|昨天|昨日|前天)(?:\s*(?:at\s*)?{_CLOCK})?", re.IGNORECASE)
_AGO = re.compile(
    r"(?P<count>\d{1,6})\s*个?\s*(?P<unit>s|secs?|seconds?|秒钟?|m|mins?|minutes?|分钟|h|hours?|小时|d|days?|天|日|w|weeks?|周|星期|礼拜)"
    r"\s*(?:ago|之?以?前)",
    re.IGNORECASE,
)
_AMBIGUOUS = re.compile(r"\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{1,4})?(?:\s.*)?")
_CLOCK_WORD = re.compile(r"\d\s*[:时点]|\d\s*[ap]\.?m\b|noon|midnight", re.IGNORECASE)
_DAYS_BACK = {"today": 0, "今天": 0, "今日": 0, "yesterday": 1, "昨天": 1, "昨日": 1, "前天": 2}
_UNITS = {"s": 1, "秒": 1, "m": 60, "分": 60, "h": 3600, "小": 3600, "d": 86400, "天": 86400, "日": 86400}
_UNITS |= {"w": 604800, "周": 604800, "星": 604800, "礼": 604800}
_LONGEST = 64
_YEARS = range(1990, 2200)  # before the web there was no page to look at


def show_time(moment: datetime, *, iso: bool = False) -> str:
    """A moment in Asia/Shanghai with its offset: `2026-03-01 14:30:00 +08:00`, or ISO 8601."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    local = moment.astimezone(SHANGHAI)
    return local.isoformat() if iso else local.isoformat(" ", "seconds")[:19] + " " + local.isoformat()[-6:]


def parse_time(text: str, *, now: datetime, end: bool = False) -> datetime:
    """The moment that a text means, as aware UTC.

    `now` (aware) is what `yesterday` and `3 days ago` count from. With `end`, a date without a clock time means the
    last microsecond of that day instead of its first, for the end of a range. Raises ValueError with examples.
    """
    wanted = unicodedata.normalize("NFKC", text).strip()
    if not wanted or len(wanted) > _LONGEST:
        raise _not_a_time(text)
    try:
        moment = _parse_known(wanted, now, end) or _parse_words(wanted, now, end)
        if moment is not None:
            moment = moment.astimezone(UTC)
            if moment.year not in _YEARS:
                raise ValueError(f"the year {moment.year} is not between {_YEARS[0]} and {_YEARS[-1]}")
    except (ValueError, OverflowError) as error:
        raise _not_a_time(text, str(error)) from error
    if moment is None:
        raise _not_a_time(text)
    return moment


def names_day_only(text: str, *, now: datetime) -> bool:
    """Whether a text that is a time names a day without a time of day."""
    return parse_time(text, now=now) != parse_time(text, now=now, end=True)


def _not_a_time(text: str, reason: str = "") -> ValueError:
    shown = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    return ValueError(f"'{shown}' is not a time{f' ({reason})' if reason else ''}; write it like {EXAMPLES}")


def _parse_known(wanted: str, now: datetime, end: bool) -> datetime | None:
    if wanted.lower() in {"now", "现在"}:
        return now
    if re.fullmatch(r"\d{10}(?:\.\d{1,6})?", wanted):
        return datetime.fromtimestamp(float(wanted), UTC)
    if re.fullmatch(r"\d{13}", wanted):
        return datetime.fromtimestamp(int(wanted) / 1000, UTC)
    dated = _DATED.fullmatch(wanted) or _COMPACT.fullmatch(wanted)
    if dated:
        day = datetime(int(dated["year"]), int(dated["month"]), int(dated["day"]), tzinfo=SHANGHAI)
        return _with_clock(day, dated.groupdict(), end)
    named = _NAMED_DAY.fullmatch(wanted)
    if named:
        today = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
        return _with_clock(today - timedelta(days=_DAYS_BACK[named["name"].lower()]), named.groupdict(), end)
    ago = _AGO.fullmatch(wanted)
    if ago:
        return now - timedelta(seconds=int(ago["count"]) * _UNITS[ago["unit"][0].lower()])
    return None


def _with_clock(day: datetime, parts: dict[str, str | None], end: bool) -> datetime:
    if parts["hour"] is None:
        return day + timedelta(days=1, microseconds=-1) if end else day
    hour = int(parts["hour"])
    late = parts.get("half") in {"下午", "晚上"} or (parts.get("noon") or "").lower() == "pm"
    if late and hour < 12:
        hour += 12
    elif (parts.get("noon") or "").lower() == "am" and hour == 12:
        hour = 0
    fraction = int((parts.get("fraction") or "0").ljust(6, "0")[:6])
    moment = day.replace(
        hour=hour, minute=int(parts["minute"] or 0), second=int(parts["second"] or 0), microsecond=fraction
    )
    offset = parts.get("offset")
    return moment.replace(tzinfo=_read_offset(offset)) if offset else moment


def _read_offset(offset: str) -> timezone:
    if offset[0] not in "+-":
        return UTC
    digits = offset[1:].replace(":", "")
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-shift if offset[0] == "-" else shift)


def _parse_words(wanted: str, now: datetime, end: bool) -> datetime | None:
    """Forms with month names (1 March 2026, Mar 1 2026 2pm) by dateparser, which takes long to load."""
    if _AMBIGUOUS.fullmatch(wanted) or not re.search(r"\d", wanted):
        return None
    import dateparser

    found = dateparser.parse(
        wanted,
        languages=["en", "zh"],
        settings={
            "TIMEZONE": "Asia/Shanghai",
            "RETURN_AS_TIMEZONE_AWARE": True,
            "RELATIVE_BASE": now.astimezone(SHANGHAI).replace(tzinfo=None),
            "REQUIRE_PARTS": ["day", "month", "year"],
        },
    )
    if not isinstance(found, datetime):
        return None
    bare = found.time() == time.min and not _CLOCK_WORD.search(wanted)
    return found + timedelta(days=1, microseconds=-1) if end and bare else found
