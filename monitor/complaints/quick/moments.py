"""Times in what people type: 昨晚 8 点, 前天, 11月10日下午3点半, 上周五, 2小时前. Pure.

Takes text and the present moment, gives moments as aware UTC with their place. A day without an hour is a day only;
a time that lies ahead is none, and so is 7个月前, which names no day. Without an offset all is Asia/Shanghai.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from monitor.complaints.quick.amounts import read_chinese
from monitor.times import SHANGHAI

_WRITTEN = r"(?:\d{1,3}|[一二两三四五六七八九十半]{1,3})"
_HALF = r"(?P<half>凌晨|清晨|早上|早晨|早|上午|中午|下午|傍晚|晚上|晚间|夜里|半夜|深夜|晚|夜)?"
_CLOCK = (
    rf"{_HALF}\s*(?:(?P<hour>\d{{1,2}}|[零一二两三四五六七八九十]{{1,3}})\s*(?:[:时点](?!\d{{4}}))\s*"
    r"(?:(?P<minute>\d{1,2}|[零一二三四五六七八九十]{1,3})分?|(?P<part>半|一刻|三刻)|钟|整)?(?::\d{2})?)?"
)
_DAY = (
    r"(?P<year>20\d{2})\s*[年/.-]\s*(?P<month>\d{1,2})\s*[月/.-]\s*(?P<day>\d{1,2})\s*[日号]?t?"
    r"|(?P<last>今年|去年|前年)?(?P<month2>\d{1,2})\s*月\s*(?P<day2>\d{1,2})\s*[日号]?"
    r"|(?<![\d.,/-])(?P<month3>\d{1,2})[/-](?P<day3>\d{1,2})(?![\d/-])"
    r"|(?P<named>大前天|前天|昨天|昨日|昨|今天|今日|今(?=[早晚晨夜])|前(?=[晚夜]))"
    r"|(?P<relative>上个?月|本月|这个?月)\s*(?P<day5>\d{1,2})\s*[日号]"
    r"|(?P<week>(?<![上下])上?(?:周|星期|礼拜)[一二三四五六日天])"
    r"|(?<!\d)(?P<day4>\d{1,2})[号](?!\d)"
)
_FULL = re.compile(rf"(?:{_DAY})\s*的?\s*{_CLOCK}")
_AGO = re.compile(rf"(?P<count>{_WRITTEN})\s*个?(?P<extra>半)?\s*(?P<unit>分钟|小时|钟头|天|日)\s*(?:之前|以前|前)")
_YEARS_AGO = re.compile(rf"(?P<count>{_WRITTEN})\s*(?:多|来)?\s*年(?:多)?\s*(?:之前|以前|前)")
_NOW = re.compile(r"刚才|刚刚|现在|刚(?=付|买|充|转)")
_ALONE = re.compile(rf"(?<![\d:])(?=[凌清早上中下傍晚夜半深\d一二两三四五六七八九十])(?:{_CLOCK})(?!\d)")
_NAMED = {"大前天": 3, "前天": 2, "前": 2, "昨天": 1, "昨日": 1, "昨": 1, "今天": 0, "今日": 0, "今": 0}
_WEEKDAYS = {char: day for day, char in enumerate("一二三四五六日")} | {"天": 6}
_LATE = ("下午", "傍晚", "晚上", "晚间", "夜里", "半夜", "深夜", "晚", "夜")
_NIGHT = ("晚上", "晚间", "夜里", "半夜", "深夜", "晚", "夜")
_SPAN = {"分": 60, "小": 3600, "钟": 3600, "天": 86400, "日": 86400}
_MOST_AHEAD = timedelta(minutes=10)
_LONGEST = 2000


@dataclass(frozen=True)
class Moment:
    """A time that was typed. `day_only`: the hour was not said, `at` is the day's start in Shanghai."""

    at: datetime
    day_only: bool
    shown: str
    start: int
    end: int


def find_moments(text: str, now: datetime) -> tuple[Moment, ...]:
    """The times in a text in half width and lower case, by place; what lies ahead of `now` is left out."""
    text = text[:_LONGEST]
    found: list[Moment] = []
    for pattern, read in ((_FULL, _read_full), (_AGO, _read_ago), (_NOW, _read_now), (_ALONE, None)):
        for match in pattern.finditer(text):
            if not match[0].strip() or any(one.start < match.end() and match.start() < one.end for one in found):
                continue
            before = max((one for one in found if one.end <= match.start()), key=lambda one: one.end, default=None)
            read_as = read(match, now) if read is not None else _read_alone(match, now, before)
            if read_as is not None and read_as[0] <= now + _MOST_AHEAD:
                moment, day_only = read_as
                found.append(Moment(moment.astimezone(UTC), day_only, match[0].strip(), match.start(), match.end()))
    return tuple(sorted(found, key=lambda one: one.start))


def count_years_ago(text: str) -> int:
    """How many years back a text puts it (三年前, 两年多以前), 0 where it does not: that names no day."""
    match = _YEARS_AGO.search(text[:_LONGEST])
    return (_number(match["count"]) or 0) if match and match["count"] != "半" else 0


def _read_full(match: re.Match[str], now: datetime) -> tuple[datetime, bool] | None:
    day = _day_of(match, now.astimezone(SHANGHAI).date())
    return None if day is None else _with_clock(day, match)


def _day_of(match: re.Match[str], today: date) -> date | None:
    try:
        if match["year"]:
            return date(int(match["year"]), int(match["month"]), int(match["day"]))
        month, day = match["month2"] or match["month3"], match["day2"] or match["day3"]
        if match["last"]:
            back = ("今年", "去年", "前年").index(match["last"])
            return date(today.year - back, int(month), int(day))
        if match["relative"]:
            first = today.replace(day=1)
            first = (first - timedelta(days=1)).replace(day=1) if match["relative"].startswith("上") else first
            return first.replace(day=int(match["day5"]))
        if month:
            this = date(today.year, int(month), int(day))
            return this if this <= today else date(today.year - 1, int(month), int(day))
        if match["day4"]:
            this = today.replace(day=int(match["day4"]))
            return this if this <= today else (today.replace(day=1) - timedelta(days=1)).replace(day=this.day)
    except ValueError:
        return None
    if match["week"]:
        wanted = _WEEKDAYS[match["week"][-1]]
        monday = today - timedelta(days=today.weekday())
        if match["week"].startswith("上"):
            return monday - timedelta(days=7 - wanted)
        return monday + timedelta(days=wanted if wanted <= today.weekday() else wanted - 7)
    return today - timedelta(days=_NAMED[match["named"]])


def _with_clock(day: date, match: re.Match[str]) -> tuple[datetime, bool] | None:
    hour = _number(match["hour"])
    if hour is None:
        return datetime.combine(day, time.min, SHANGHAI), True
    minute = {"半": 30, "一刻": 15, "三刻": 45}.get(match["part"] or "", _number(match["minute"]) or 0)
    half = match["half"] or ""
    if half in _NIGHT and (hour == 12 or hour <= 5):  # 昨晚1点 is the night after that day
        day, hour = day + timedelta(days=1), hour % 12
    elif (half in _LATE and hour < 12) or (half == "中午" and hour <= 2):
        hour += 12
    if not (0 <= hour <= 24 and 0 <= minute <= 59):
        return None
    start = datetime.combine(day, time.min, SHANGHAI)
    return start + timedelta(hours=hour, minutes=minute), False


def _read_ago(match: re.Match[str], now: datetime) -> tuple[datetime, bool] | None:
    count = 0.5 if match["count"] == "半" else _number(match["count"])
    if count is None:
        return None
    unit, extra = match["unit"][0], 0.5 if match["extra"] else 0.0
    moment = now - timedelta(seconds=(count + extra) * _SPAN[unit])
    if unit in "分小钟":
        return moment.replace(second=0, microsecond=0), False
    return datetime.combine(moment.astimezone(SHANGHAI).date(), time.min, SHANGHAI), True


def _read_now(_match: re.Match[str], now: datetime) -> tuple[datetime, bool]:
    return now.replace(second=0, microsecond=0), False


def _read_alone(match: re.Match[str], now: datetime, before: Moment | None) -> tuple[datetime, bool] | None:
    """An hour without a day: of the day that was named before it, else of today, where it has been."""
    if not match["hour"]:
        return None
    found = _with_clock((before.at if before else now).astimezone(SHANGHAI).date(), match)
    if found is None or before is None or before.day_only or found[0] >= before.at or match["half"]:
        return found
    later = found[0] + timedelta(hours=12)
    return (later, False) if later >= before.at else found


def _number(text: str | None) -> int | None:
    if not text:
        return None
    return int(text) if text.isdigit() else read_chinese(text)
