"""The words by which a clerk tells that a field or a story will be sent back.

Rows of monitor/reference/filing_checks.toml as compiled patterns; nothing is judged here. Pure.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.case import Facts

_CLAUSE = re.compile(r"[，,。；;！!？?、\n]+")
_MOST_TEXT = 20_000


@dataclass(frozen=True)
class ElsewhereRow:
    """A body that may have the dispute already; `channel` is "" where it is none of our channels."""

    channel: str
    name: str
    words: re.Pattern[str]


@cache
def _data() -> Mapping[str, Mapping[str, object]]:
    text = resources.files("monitor.reference").joinpath("filing_checks.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def pattern(section: str, name: str) -> re.Pattern[str]:
    """The pattern of a row; a list of patterns is one that any of them fulfils. An unknown row raises KeyError."""
    value = _data()[section][name]
    if isinstance(value, str):
        return re.compile(value)
    assert isinstance(value, list)
    flags = [re.compile(one) for one in value]
    return re.compile("|".join(f"(?:{one.pattern.removeprefix('(?i)')})" for one in flags), re.I)


@cache
def kinds(section: str, name: str) -> frozenset[str]:
    """A row that lists ids."""
    value = _data()[section][name]
    assert isinstance(value, list)
    return frozenset(value)


@cache
def elsewhere_rows() -> tuple[ElsewhereRow, ...]:
    """The bodies that may have the dispute already."""
    rows = _data()["story"]["elsewhere"]
    assert isinstance(rows, list)
    return tuple(ElsewhereRow(row["channel"], row["name"], re.compile(row["words"])) for row in rows)


def clauses_of(text: str) -> Iterator[str]:
    """The clauses of a story, at most 20,000 characters of it."""
    return (part for part in _CLAUSE.split(text[:_MOST_TEXT]) if part)


def explained(facts: Facts) -> frozenset[str]:
    """The words of a case of which the buyer said what they mean: they raise no doubt any more."""
    return frozenset(one.words for one in facts.meant if one.meaning.strip())


def find_clause(facts: Facts, words: str, unless: str = "") -> str:
    """The first clause of the story that fulfils a row of [story], none of `unless`, and is not explained; or ""."""
    wanted, apart, clear = pattern("story", words), pattern("story", unless) if unless else None, explained(facts)
    return next(
        (
            one
            for one in clauses_of(facts.what_happened)
            if wanted.search(one) and not (apart and apart.search(one)) and one not in clear
        ),
        "",
    )


def find_elsewhere(facts: Facts) -> tuple[tuple[str, ElsewhereRow], ...]:
    """The clauses of a story that tell of another body which has, or had, the dispute: not what is only meant to be."""
    done, unless, clear = pattern("story", "done"), pattern("story", "unless"), explained(facts)
    return tuple(
        (clause, row)
        for clause in clauses_of(facts.what_happened)
        if clause not in clear and done.search(clause) and not unless.search(clause)
        for row in elsewhere_rows()
        if row.words.search(clause)
    )
