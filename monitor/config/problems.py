"""What is wrong in a configuration file: where, why, and the nearest right word; all of it at once.

`Problems` collects while a file is read, `ConfigError` tells them. Lines are looked up only when there is something
to tell: the TOML reader gives none, so the headers and keys of the text are walked again.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

Place = tuple[str | int, ...]
"""The keys that lead to a value: ("platforms", 0, "pages", 2, "role")."""

_SHOWN = 50
_MOST_WORDS = 12
_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]#]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")


@dataclass(frozen=True)
class Problem:
    """One wrong thing. `line` counts from 1, 0 where unknown; `page` when it spoils one page or platform only."""

    place: str
    reason: str
    line: int = 0
    page: bool = False

    def __str__(self) -> str:
        where = f"line {self.line}, " if self.line else ""
        return f"{where}{self.place}: {self.reason}" if self.place else f"{where}{self.reason}"


class ConfigError(Exception):
    """The configuration cannot be used; names the file and every problem in it."""

    def __init__(self, path: Path, problems: tuple[Problem, ...]) -> None:
        self.path = path
        self.problems = problems
        lines = [f"  {problem}" for problem in problems[:_SHOWN]]
        if len(problems) > _SHOWN:
            lines.append(f"  … and {len(problems) - _SHOWN} more")
        count = "one problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__("\n".join([f"{path}: {count}", *lines]))


class Problems:
    """Collects what is wrong while a file is read."""

    def __init__(self) -> None:
        self._found: list[tuple[Place, str]] = []

    def add(self, place: Place, reason: str) -> None:
        """Note that the value at a place is wrong, and why."""
        self._found.append((place, reason))

    def __len__(self) -> int:
        return len(self._found)

    def tell(self, text: str) -> tuple[Problem, ...]:
        """All problems in the order of the file, with their lines in its text."""
        if not self._found:
            return ()
        lines = find_lines(text)
        told = [
            Problem(show_place(place), reason, _line_of(place, lines), page=len(place) > 1 and place[0] == "platforms")
            for place, reason in self._found
        ]
        return tuple(sorted(told, key=lambda problem: problem.line))


def nearest_word(word: str, words: Iterable[str]) -> str:
    """` Did you mean 'x'?` for the nearest right word, else ` Right are: …` (the first dozen); empty without words."""
    known = list(dict.fromkeys(words))
    if not known:
        return ""
    close = difflib.get_close_matches(word[:60].lower(), known, n=1)
    more = f" and {len(known) - _MOST_WORDS} more" if len(known) > _MOST_WORDS else ""
    return f" Did you mean '{close[0]}'?" if close else f" Right are: {', '.join(known[:_MOST_WORDS])}{more}."


def show_place(place: Place) -> str:
    """A place as it is read aloud: `platforms[1].pages[3].role`, counted from 1."""
    shown = ""
    for part in place:
        shown += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if shown else part
    return shown


def find_lines(text: str) -> dict[Place, int]:
    """The line of every header and key of a TOML text, counted from 1. Values inside inline tables have none."""
    lines: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    header: Place = ()
    quote = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if quote:
            quote = "" if quote in line else quote
            continue
        found = _HEADER.match(line)
        if found:
            header = _place_of_header(_parts(found[2]), found[1] == "[[", counts)
            lines.setdefault(header, number)
            continue
        key = _KEY.match(line)
        if key:
            lines.setdefault((*header, *_parts(key[1])), number)
            quote = next((mark for mark in ('"""', "'''") if line.count(mark) % 2), "")
    return lines


def _parts(dotted: str) -> Place:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _place_of_header(parts: Place, is_array: bool, counts: dict[Place, int]) -> Place:
    place: Place = ()
    for position, part in enumerate(parts):
        place = (*place, part)
        if is_array and position == len(parts) - 1:
            counts[place] = counts.get(place, 0) + 1
        if place in counts:
            place = (*place, counts[place] - 1)
    return place


def _line_of(place: Place, lines: dict[Place, int]) -> int:
    for length in range(len(place), 0, -1):
        if place[:length] in lines:
            return lines[place[:length]]
    return 0
