"""The kinds of change with their names, default severity and effect, from monitor/reference/change_kinds.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from storage.model import Effect, Severity


@dataclass(frozen=True)
class ChangeKind:
    """One kind. `opposite` is the kind of the change back, "" where there is none."""

    id: str
    zh: str
    en: str
    severity: Severity
    effect: Effect
    opposite: str


@cache
def load_kinds() -> dict[str, ChangeKind]:
    """All kinds by id."""
    data = tomllib.loads(resources.files("monitor.reference").joinpath("change_kinds.toml").read_text(encoding="utf-8"))
    return {
        name: ChangeKind(
            name, row["zh"], row["en"], Severity(row["severity"]), Effect(row["effect"]), row.get("opposite", "")
        )
        for name, row in data["kinds"].items()
    }
