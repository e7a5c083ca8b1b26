"""Rules on electronic data as evidence, from monitor/reference/evidence_rules.toml; chosen by date."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class EvidenceRule:
    """One article, in our own words. `until` is the first day on which it is no longer cited."""

    id: str
    title: str
    number: str
    article: str
    since: date
    until: date | None
    says: str
    bears_on: str
    scope: str


@dataclass(frozen=True)
class EvidenceRules:
    """The rules with where their texts were read, of which day that copy is, and when this list was looked through."""

    rules: tuple[EvidenceRule, ...]
    source: str
    copy_of: date
    checked: date

    def in_force(self, day: date) -> tuple[EvidenceRule, ...]:
        """Those that may be cited on a day."""
        return tuple(rule for rule in self.rules if rule.since <= day and (rule.until is None or day < rule.until))


@cache
def load_evidence_rules() -> EvidenceRules:
    """All rules of the file."""
    text = resources.files("monitor.reference").joinpath("evidence_rules.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    rules = tuple(
        EvidenceRule(
            id=row["id"],
            title=row["title"],
            number=row.get("number", ""),
            article=row["article"],
            since=row["since"],
            until=row.get("until"),
            says=row["says"],
            bears_on=row["bears_on"],
            scope=row.get("scope", ""),
        )
        for row in data["rules"]
    )
    return EvidenceRules(rules, data["source"], data["copy_of"], data["checked"])
