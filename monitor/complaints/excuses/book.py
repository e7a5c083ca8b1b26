"""The rows of monitor/reference/excuses.toml, read once and checked: a wrong row or an unknown article is named."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from monitor.review.laws import load_articles
from storage.case import ProblemKind

CONDITIONS = ("", "used_no", "used_yes", "used_unknown", "in_time", "late", "no_validity", "clause_later",
              "fee_shown", "fee_not_seen", "refund_only", "no_fault", "balance")  # fmt: skip


@dataclass(frozen=True)
class ReasonRow:
    """A reason with its articles, and when it stands ("" always)."""

    says: str
    laws: tuple[str, ...]
    when: str


@dataclass(frozen=True)
class PasteRow:
    """Texts for the seller that stand instead of the usual ones where a condition holds."""

    when: str
    paste: str
    paste_civil: str


@dataclass(frozen=True)
class ExcuseRow:
    """One excuse: how it is recognised, what answers it, where it may hold.

    `page_words` find sentences of the pages that name what is asked for, `grants` those that give what is refused; None
    for most. Clauses of the kinds `only_raised` stand beside what was said, and open nothing by themselves. `needs` is
    a condition of the case without which the row is none of its matter ("" for most).
    """

    id: str
    name: str
    words: re.Pattern[str]
    patterns: frozenset[str]
    why: tuple[ReasonRow, ...]
    may_bind: tuple[ReasonRow, ...]
    ask: tuple[str, ...]
    paste: str
    paste_civil: str
    not_promised: tuple[str, ...]
    page_words: re.Pattern[str] | None = None
    pastes: tuple[PasteRow, ...] = ()
    grants: re.Pattern[str] | None = None
    only_raised: frozenset[str] = frozenset()
    needs: str = ""


@dataclass(frozen=True)
class SaidWords:
    """What makes words no excuse of the seller's: `denied` right before, `denied_after`, or a sentence of a `buyer`.

    `topics` are the words by which a sentence of a page belongs to what was said.
    """

    denied: re.Pattern[str]
    denied_after: re.Pattern[str]
    buyer: re.Pattern[str]
    topics: re.Pattern[str]


@dataclass(frozen=True)
class Wording:
    """Which words of a text stand for which where the trouble is no bad key."""

    problems: frozenset[str]
    words: tuple[tuple[str, str], ...]


@cache
def load_said() -> SaidWords:
    """The words by which a denial, a buyer's own sentence and a topic are known."""
    row = _read_file()["said"]
    return SaidWords(*(re.compile(_text(row[name])) for name in ("denied", "denied_after", "buyer", "topics")))


@cache
def load_wordings() -> tuple[Wording, ...]:
    """The words that take the place of those of keys; ValueError names one that no text has."""
    texts = "".join(f"{row.paste}{row.paste_civil}" for row in load_excuses())
    found = []
    for row in _read_file()["wordings"]:
        words = tuple((_text(old), _text(new)) for old, new in row["words"])
        unknown = [one for one in row["problems"] if one not in set(ProblemKind)] + [
            old for old, _ in words if old not in texts
        ]
        if unknown:
            raise ValueError(
                f"excuses.toml: wordings: {unknown[0]!r} is no problem or stands in no text; mend that row"
            )
        found.append(Wording(frozenset(row["problems"]), words))
    return tuple(found)


def _read_file() -> dict[str, Any]:
    return tomllib.loads(resources.files("monitor.reference").joinpath("excuses.toml").read_text(encoding="utf-8"))


@cache
def load_excuses() -> tuple[ExcuseRow, ...]:
    """Every excuse in the order of the file; ValueError names the row that is wrong."""
    rows = []
    for row in _read_file()["excuses"]:
        try:
            rows.append(_read(row))
        except (KeyError, TypeError, ValueError, re.error) as error:
            raise ValueError(f"excuses.toml: {row.get('id', '?')}: {error!r}; mend that row") from error
    return tuple(rows)


def _read(row: Mapping[str, object]) -> ExcuseRow:
    return ExcuseRow(
        _text(row["id"]),
        _text(row["name"]),
        re.compile(_text(row["words"])),
        frozenset(_texts(row["patterns"])),
        tuple(map(_read_reason, _list(row["why"]))),
        tuple(map(_read_reason, _list(row["may_bind"]))),
        _texts(row["ask"]),
        _text(row["paste"]),
        _text(row["paste_civil"]),
        _texts(row["not_promised"]),
        re.compile(_text(row["page_words"])) if "page_words" in row else None,
        tuple(map(_read_paste, _list(row.get("pastes", [])))),
        re.compile(_text(row["grants"])) if "grants" in row else None,
        frozenset(_texts(row.get("only_raised", []))),
        _condition(row.get("needs", "")),
    )


def _read_paste(row: object) -> PasteRow:
    if not isinstance(row, dict) or row.get("when") not in CONDITIONS:
        raise ValueError(f"{row!r} is no text with a known condition")
    return PasteRow(_text(row["when"]), _text(row["paste"]), _text(row["paste_civil"]))


def _read_reason(row: object) -> ReasonRow:
    if not isinstance(row, dict):
        raise TypeError(f"{row!r} is no reason")
    reason = ReasonRow(_text(row["says"]), _texts(row["laws"]), _text(row.get("when", "")))
    unknown = [one for one in reason.laws if one not in load_articles()]
    if unknown or reason.when not in CONDITIONS:
        raise ValueError(f"unknown article or condition: {', '.join(unknown) or reason.when}")
    return reason


def _condition(value: object) -> str:
    if value not in CONDITIONS:
        raise ValueError(f"unknown condition: {value!r}")
    return _text(value)


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(_text, _list(value)))
