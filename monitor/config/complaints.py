"""The [complaints] section: what has no source in law and is the user's to set. Defaults are told as such."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class ChannelLimits:
    """What a channel's form takes: files, megabytes a file, characters of the text. Measured by nobody: defaults."""

    max_files: int = 9
    max_megabytes: float = 5.0
    max_characters: int = 1000


@dataclass(frozen=True)
class AverageWage:
    """The average yearly wage of employed persons of a province, as its statistics office gives it."""

    year: int
    yuan: Decimal
    source: str


@dataclass(frozen=True)
class ComplaintSettings:
    """Settings of complaints. `limits` by channel id; `wages` by province's division code, such as 330000."""

    escalation_yuan: Decimal = Decimal(5000)  # experience value, no rule
    answer_hours: int = 24  # for the seller's first answer; product choice
    solve_hours: int = 72
    retention_days: int = 1095
    same_respondent_30_days: int = 3
    refunds_24_hours: int = 5
    limits: Mapping[str, ChannelLimits] = field(default_factory=dict)
    wages: Mapping[str, AverageWage] = field(default_factory=dict)
