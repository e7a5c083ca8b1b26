"""Writes a world's statements as `cardwatch link` reads them, its truth as JSON, and reads the truth back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from pathlib import Path

from bench.worlds.model import EpochTruth, MoveTruth, RespondentTruth, Subject, Truth
from storage.identity import Statement

_DAYS = ("first", "last", "registered", "ended", "left", "back")


def write_statements(statements: Iterable[Statement], path: Path) -> int:
    """One statement a line; gives their number."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for row in statements:
            line = {
                "site": row.site,
                "kind": row.kind,
                "value": row.value,
                "place": row.place,
                "first_seen": row.first_seen.isoformat(),
                "last_seen": row.last_seen.isoformat(),
            }
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            count += 1
    return count


def bare_statements(statements: Iterable[Statement]) -> list[Statement]:
    """The statements with nothing but what a line of a file says."""
    return [Statement(row.site, row.kind, row.value, row.place, row.first_seen, row.last_seen) for row in statements]


def write_truth(truth: Truth, path: Path) -> None:
    """All of the truth, as JSON."""
    path.write_text(json.dumps(asdict(truth), ensure_ascii=False, default=str), encoding="utf-8")


def read_truth(path: Path) -> Truth:
    """The truth that `write_truth` wrote."""
    data = json.loads(path.read_text(encoding="utf-8"))
    day = date.fromisoformat
    epochs = tuple(
        EpochTruth(**{**row, **{name: day(row[name]) for name in _DAYS if row[name]}}) for row in data["epochs"]
    )
    moves = tuple(
        MoveTruth(**{**row, "on": day(row["on"]), "signal_on": day(row["signal_on"]) if row["signal_on"] else None})
        for row in data["moves"]
    )
    respondents = tuple(
        RespondentTruth(
            row["site"],
            tuple((role, Subject(**subject)) for role, subject in row["right"]),
            tuple((why, Subject(**subject)) for why, subject in row["wrong"]),
        )
        for row in data["respondents"]
    )
    outages = tuple((day(first), day(last)) for first, last in data["outages"])
    return Truth(epochs, moves, respondents, outages, data["shared"])
