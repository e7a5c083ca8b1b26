"""The patterns by which entities are found in folded text, read once from monitor/reference/entities.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib import resources

from monitor.changes.numerals import CHINESE_NUMBER, NUMBER
from monitor.changes.pattern_hints import HintIndex, find_hint, index_hints


class EntityKind(StrEnum):
    """What an entity measures or names."""

    DURATION = "duration"
    MONEY = "money"
    SHARE = "share"  # 70%, 七成
    DISCOUNT = "discount"  # 8折: what is left of the price, in per cent
    COUNT = "count"
    DATE = "date"
    HOURS = "hours"  # 9:00-23:00: open hours a day
    CLOCK = "clock"
    CONTACT = "contact"
    AUTHORITY = "authority"  # 12315 and the like
    REGISTRATION = "registration"  # company name, credit code, ICP number


@dataclass(frozen=True)
class EntityRule:
    """A kind, the words of which one must be in the text, and the pattern."""

    kind: EntityKind
    needs: tuple[str, ...]
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class EntityBook:
    """All rules in the order in which they are tried, the words for 永久, and the hours of words such as 当天."""

    rules: tuple[EntityRule, ...]
    index: HintIndex
    endless: re.Pattern[str]
    word_hours: Mapping[str, Decimal]


@cache
def load_entity_rules() -> EntityBook:
    """Read and compile the patterns."""
    text = resources.files("monitor.reference").joinpath("entities.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text, parse_float=Decimal)
    words = {**data["words"], "NUMBER": NUMBER, "CHINESE_NUMBER": CHINESE_NUMBER}

    def compile_pattern(pattern: str) -> re.Pattern[str]:
        for name in re.findall(r"\{([A-Z_]+)\}", pattern):
            pattern = pattern.replace("{" + name + "}", str(words[name]))
        return re.compile(pattern)

    def read_rule(kind: str, needs: str, text: str) -> EntityRule:
        return EntityRule(EntityKind(kind), tuple(needs.split()), compile_pattern(text))

    rules = tuple(read_rule(row["kind"], row["needs"], row["pattern"]) for row in data["entities"])

    return EntityBook(
        rules,
        index_hints([find_hint(rule.pattern) for rule in rules]),
        compile_pattern("{ENDLESS}"),
        {word: Decimal(hours) for word, hours in data["word_hours"].items()},
    )
