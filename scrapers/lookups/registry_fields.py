"""Dates and states as registries print them, brought to one form. Pure; what is not understood stays unknown."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_BEIJING = timezone(timedelta(hours=8))  # 北京时间; also that of Hong Kong and Taiwan
_MONTHS = {name: number for number, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1)}  # fmt: skip
_NUMBERS = re.compile(
    r"(?P<year>\d{4})[-/.年]?(?P<month>\d{1,2})[-/.月]?(?P<day>\d{1,2})日?"
    r"(?:[T\s]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?:[a-z]{3},?\s+)?(?P<day>\d{1,2})[- ](?P<month>[a-z]{3})[a-z]{0,6}[- ](?P<year>\d{4})", re.I)
# RFC 8056: where RDAP has other words than EPP.
_RDAP_WORDS = {"active": "ok", "associated": "linked"}
# CNNIC prints states in the form of EPP too; its older texts and mirrors in words.
_OTHER_WORDS = {"clienthold": "clientHold", "serverhold": "serverHold", "hold": "clientHold", "正常": "ok"}
_LETTERS = re.compile(r"[A-Za-z]+")
_LONGEST = 64


def read_registry_date(text: str, *, beijing: bool = False) -> tuple[datetime | None, str]:
    """The moment in UTC and the day as printed ("2019-03-01"); (None, "") for what is no date.

    A time without a zone is Beijing's where `beijing` (CNNIC prints it so), else UTC.
    """
    words = text.strip()[:_LONGEST]
    match = _NUMBERS.match(words)
    try:
        if match is not None:
            year, month, day = int(match["year"]), int(match["month"]), int(match["day"])
            clock = (int(match["hour"] or 0), int(match["minute"] or 0), int(match["second"] or 0))
            zone = _zone(match["zone"] or "", beijing)
        else:
            match = _NAMED.match(words)
            if match is None:
                return None, ""
            year, month, day = int(match["year"]), _MONTHS.get(match["month"].lower(), 0), int(match["day"])
            clock, zone = (0, 0, 0), _zone("", beijing)
        moment = datetime(year, month, day, *clock, tzinfo=zone)
        if not 1985 <= year <= 2200:
            return None, ""
        return moment.astimezone(UTC), f"{year:04}-{month:02}-{day:02}"
    except (ValueError, OverflowError):
        return None, ""


def camel_status(text: str) -> str:
    """One state as EPP writes it: "client hold" and "clientHold https://icann.org/epp#clientHold" give clientHold."""
    words = text.strip()[:200].split("http")[0].strip(" ()-,;")
    if words in _OTHER_WORDS:
        return _OTHER_WORDS[words]
    if words.lower() in _RDAP_WORDS:
        return _RDAP_WORDS[words.lower()]
    letters: list[str] = _LETTERS.findall(words)[:6]
    if not letters:
        return ""
    if len(letters) == 1:
        word = letters[0]
        return _OTHER_WORDS.get(word.lower(), word.lower() if word.isupper() else word[:1].lower() + word[1:])[:60]
    return (letters[0].lower() + "".join(word.capitalize() for word in letters[1:]))[:60]


def _zone(text: str, beijing: bool) -> timezone:
    if text[:1] in ("+", "-"):
        digits = text[1:].replace(":", "")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        return timezone(-offset if text[0] == "-" else offset)
    return UTC if text or not beijing else _BEIJING
