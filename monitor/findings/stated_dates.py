"""The dates that a rule page states of itself: from when it is in force, when it was updated, when it was published.

Takes a text, gives days with the words they stood in. Chinese and Arabic numerals, 年月日, dashes, slashes and dots.
Pure; a date that does not exist is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_MOST_TEXT = 200_000
_DIGITS = {"〇": 0, "○": 0, "零": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_DAY = (
    r"(?P<year>20\d{2})\s{0,2}[年\-/.]\s{0,2}(?P<month>\d{1,2})\s{0,2}[月\-/.]\s{0,2}(?P<day>\d{1,2})(?!\d)\s{0,2}[日号]?"
    r"|(?P<zh_year>二[〇○零][〇○零一二三四五六七八九]{2})年(?P<zh_month>[一二三四五六七八九十]{1,2})月(?P<zh_day>[一二三四五六七八九十]{1,3})日"
)
_GAP = r"[^\n。；;]{0,8}?"
_LABELS = {
    "effective": r"(?:正式)?(?:生效|施行|实施|执行|启用)(?:日期|时间|日)",
    "updated": r"(?:最[近后新])?(?:更新|修订|修改|变更)(?:日期|时间|日|于)|版本日期",
    "published": r"(?:发布|公布|公告|公示|颁布)(?:日期|时间|日|于)",
}
_LABELLED = {
    name: re.compile(rf"(?:{label})\s{{0,3}}[:：为是]?\s{{0,3}}{_GAP}(?:{_DAY})") for name, label in _LABELS.items()
}
_CLOCK = r"[ \t]{0,2}(?:[0-9零一二三]{1,2}[时点:：]?\d{0,2}分?)?[ \t]{0,2}"
_FROM = re.compile(
    rf"[自从於于][ \t]{{0,2}}(?:{_DAY}){_CLOCK}起?[^\n。；;，,]{{0,6}}?(?:生效|施行|实施|执行|启用|适用)"
)
_AT = re.compile(rf"(?:{_DAY})[ \t]{{0,2}}起?[ \t]{{0,2}}(?:正式)?(?:生效|施行|实施|执行)")
_SINCE = re.compile(rf"(?:[自从於于][ \t]{{0,2}})?(?:{_DAY}){_CLOCK}(?:起|开始)")


class DateKind(StrEnum):
    """What a date is said to be."""

    EFFECTIVE = "effective"
    UPDATED = "updated"
    PUBLISHED = "published"


@dataclass(frozen=True)
class StatedDate:
    """A day that a text states, and the words."""

    kind: DateKind
    day: date
    words: str


def find_stated_dates(text: str) -> tuple[StatedDate, ...]:
    """All days that a text states of its own rules, in their order, each kind and day once."""
    found: dict[tuple[DateKind, date], StatedDate] = {}
    for match, kind in sorted(_matches(text[:_MOST_TEXT]), key=lambda pair: pair[0].start()):
        day = _day_of(match)
        if day is not None:
            found.setdefault((kind, day), StatedDate(kind, day, " ".join(match.group().split())))
    return tuple(found.values())


def find_first_day(notice: str) -> date | None:
    """From which day a notice says that something holds: 自3月20日起，退款改为三天 needs no word of being in force."""
    stated = latest(find_stated_dates(notice), DateKind.EFFECTIVE)
    if stated is not None:
        return stated.day
    match = _SINCE.search(notice[:_MOST_TEXT])
    return _day_of(match) if match is not None else None


def latest(dates: tuple[StatedDate, ...], kind: DateKind) -> StatedDate | None:
    """The latest day of a kind, None where the text states none."""
    return max((one for one in dates if one.kind is kind), key=lambda one: one.day, default=None)


def _matches(text: str) -> Iterator[tuple[re.Match[str], DateKind]]:
    for name, pattern in _LABELLED.items():
        for match in pattern.finditer(text):
            yield match, DateKind(name)
    for pattern in (_FROM, _AT):
        for match in pattern.finditer(text):
            yield match, DateKind.EFFECTIVE


def _day_of(match: re.Match[str]) -> date | None:
    try:
        if match["year"]:
            return date(int(match["year"]), int(match["month"]), int(match["day"]))
        year = int("".join(str(_DIGITS[sign]) for sign in match["zh_year"]))
        return date(year, _number(match["zh_month"]), _number(match["zh_day"]))
    except ValueError:
        return None


def _number(words: str) -> int:
    """二十三 is 23, 十 is 10; anything else that the pattern lets through is 0, which is no day."""
    tens, ten, ones = words.partition("十")
    if not ten:
        return _DIGITS.get(words, 0) if len(words) == 1 else 0
    return (_DIGITS.get(tens, 0) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)
