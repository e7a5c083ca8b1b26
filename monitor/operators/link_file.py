"""Statements from a file: a line each of {"site", "kind", "value", "place", "first_seen", "last_seen"}, read bounded.

A line that cannot be read is named with its number and never stops the rest; what is read goes straight into columns.
Days are YYYY-MM-DD or ISO times of 1990 to 2100; a line with one of the two times is taken to have been seen once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from monitor.operators.columns import Columns, to_minutes
from monitor.operators.columns_builder import ColumnsBuilder
from monitor.operators.values import has_weight
from scrapers.domains import ascii_host

LONGEST_LINE = 64_000
MOST_NAMED = 50
_REGISTERED = "registered_on"  # its times cut registrations apart
_DAY_LENGTH = len("2026-01-01")
_STEP = 200_000
_JSON_SPACE = " \t\r\n"
_DECODER = json.JSONDecoder()
_EARLIEST = to_minutes(datetime(1990, 1, 1, tzinfo=UTC))  # before any site; beyond these times columns cannot count
_LATEST = to_minutes(datetime(2100, 1, 1, tzinfo=UTC))
_SLACK = 24 * 60  # minutes by which the clocks of the world differ


@dataclass(frozen=True)
class FileReading:
    """Columns of a file, the lines that could not be read (number, why), and how many there were of both.

    `days` are the moments that the file gave only as days without a time, in minutes. `ahead` counts lines that say
    what was seen later than now: a clock or a file may be wrong, so they are read as they stand, and told.
    """

    columns: Columns
    problems: tuple[tuple[int, str], ...]
    lines: int
    wrong: int
    days: frozenset[int] = frozenset()
    ahead: int = 0


def read_statements(
    lines: Iterable[str | bytes],
    progress: Callable[[int], None] | None = None,
    *,
    now: datetime | None = None,
) -> FileReading:
    """Read lines. `progress` is told the number of lines now and then.

    With `now` lines that say what was seen later are counted.
    """
    until = to_minutes(now) + _SLACK if now is not None else _LATEST
    builder = ColumnsBuilder()
    times: dict[str, int] = {}
    problems: list[tuple[int, str]] = []
    wrong = ahead = number = 0
    for number, line in enumerate(lines, start=1):
        if progress is not None and number % _STEP == 0:
            progress(number)
        if not line.strip():
            continue
        try:
            ahead += _add_line(builder, line, times) > until
        except (ValueError, TypeError, RecursionError) as error:
            wrong += 1
            if len(problems) < MOST_NAMED:
                problems.append((number, str(error)[:200]))
    days = {minutes for text, minutes in times.items() if _is_day(text)}
    days -= {minutes for text, minutes in times.items() if minutes in days and not _is_day(text)}
    return FileReading(builder.finish(last=True), tuple(problems), number, wrong, frozenset(days), ahead)


def _add_line(builder: ColumnsBuilder, line: str | bytes, times: dict[str, int]) -> int:
    """Take a line in; gives the minute of its last sight."""
    if len(line) > LONGEST_LINE:
        raise ValueError(f"longer than {LONGEST_LINE} characters")
    data = _parse_line(line)
    if not isinstance(data, dict):
        raise ValueError("not an object with site, kind and value")
    site, kind, value = _text_of(data, "site"), _text_of(data, "kind"), _text_of(data, "value")
    if not has_weight(kind) and kind != _REGISTERED:  # kept apart by its name, whatever its times are
        builder.add(_read_site(site), kind, value, "", 0, 0)
        return 0
    place = data.get("place")
    first, last = data.get("first_seen") or data.get("last_seen"), data.get("last_seen") or data.get("first_seen")
    if first is None:
        raise ValueError("neither first_seen nor last_seen")
    begun, ended = _minutes(first, times), _minutes(last, times)
    if ended < begun:
        raise ValueError(f"last_seen {last!r:.40} lies before first_seen {first!r:.40}")
    builder.add(
        _read_site(site), kind.strip(), value, place.strip() if isinstance(place, str) else "", begun, ended,
        made_up=bool(data.get("problem")), confidence=_read_confidence(data.get("confidence")),
    )  # fmt: skip
    return ended


def _read_site(text: str) -> str:
    """A site as statements name it: a host, with a path for a 分站, or `domain@day` of an earlier registration."""
    host, slash, path = text.rstrip("./").partition("/")
    host = host.lower()
    if host.endswith(":"):
        raise ValueError(f"site {text[:60]!r} is an address: write its host alone, such as shop.example")
    # a path says which shop of a host it is, and capitals and small letters in it are two shops
    site = f"{host if host.isascii() else ascii_host(host)}{slash}{path}"
    if "@" in site:
        try:
            date.fromisoformat(site.rpartition("@")[2])
        except ValueError:
            raise ValueError(f"site {text[:60]!r}: what stands behind @ is no day YYYY-MM-DD") from None
    return site


def _read_confidence(told: object) -> float:
    if told is None:
        return 1.0
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 < told <= 1:
        raise ValueError(f"confidence {told!r:.40} is no number above 0 and up to 1")
    return float(told)


def _parse_line(line: str | bytes) -> object:
    """What `json.loads` gives. A line as we write it, an object in UTF-8, is read without looking for other forms."""
    try:
        text = line if isinstance(line, str) else line.decode("utf-8")
        if text.startswith("{"):
            found: object
            found, end = _DECODER.raw_decode(text)
            if not text[end:].strip(_JSON_SPACE):
                return found
    except ValueError:
        pass  # json.loads tells what is wrong, or knows the form
    return json.loads(line)


def _text_of(data: dict[str, object], name: str) -> str:
    found = data.get(name)
    if isinstance(found, str):
        found = found.strip()
        if found:
            return found
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    raise ValueError(f"{name} is missing or no text")


def _is_day(text: str) -> bool:
    return len(text.strip()) <= _DAY_LENGTH


def _minutes(text: object, times: dict[str, int]) -> int:
    if not isinstance(text, str):
        raise ValueError(f"{text!r:.60} is no day YYYY-MM-DD and no ISO time")
    known = times.get(text)
    if known is None:
        try:
            known = to_minutes(datetime.fromisoformat(text.strip()))
        except (ValueError, OverflowError):
            raise ValueError(f"{text[:60]!r} is no day YYYY-MM-DD and no ISO time") from None
        if not _EARLIEST <= known < _LATEST:
            raise ValueError(f"{text[:60]!r} lies outside of 1990 to 2100")
        if len(times) < 1_000_000:
            times[text] = known
    return known
