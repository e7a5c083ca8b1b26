"""The [complaints] section: what has no source in law and is the user's to set. Defaults are told as such."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from monitor.config.problems import nearest_word
from monitor.config.section import Section

CHANNELS = (
    "platform", "p12315", "market_complaint", "market_report", "heimao", "xfb", "tszt", "consumer_assoc", "p12363",
    "p12378", "p12377", "p12321", "wechat_pay", "alipay", "bank", "police", "pre_mediation", "small_claims", "court",
    "telecom_bureau", "transfer_report",
)  # fmt: skip
"""The ids of monitor/reference/channels.toml, which is not read here: settings are read on every start."""

_PROVINCE = re.compile(r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5])0000")


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

    def limits_of(self, channel: str) -> ChannelLimits:
        """What the form of a channel takes, as configured, else the defaults."""
        return self.limits.get(channel, ChannelLimits())


def read_complaints(section: Section) -> ComplaintSettings:
    """The section as settings."""
    usual = ComplaintSettings()
    settings = ComplaintSettings(
        escalation_yuan=_read_yuan(section, "escalation_yuan", usual.escalation_yuan, 1),
        answer_hours=section.count("answer_hours", usual.answer_hours, 1, 720),
        solve_hours=section.count("solve_hours", usual.solve_hours, 1, 2160),
        retention_days=section.count("retention_days", usual.retention_days, 1, 36_500),
        same_respondent_30_days=section.count("same_respondent_30_days", usual.same_respondent_30_days, 1, 1000),
        refunds_24_hours=section.count("refunds_24_hours", usual.refunds_24_hours, 1, 1000),
        limits=_read_limits(section.table("limits")),
        wages=_read_wages(section.table("wages")),
    )
    section.refuse_rest()
    return settings


def _read_limits(section: Section) -> dict[str, ChannelLimits]:
    usual, found = ChannelLimits(), dict[str, ChannelLimits]()
    for channel, table in section.named_tables().items():
        if channel not in CHANNELS:
            section.wrong(channel, f"is no channel.{nearest_word(channel, CHANNELS)}")
        found[channel] = ChannelLimits(
            max_files=table.count("max_files", usual.max_files, 0, 1000),
            max_megabytes=table.number("max_megabytes", usual.max_megabytes, 0.05, 2000),
            max_characters=table.count("max_characters", usual.max_characters, 50, 100_000),
        )
        table.refuse_rest()
    return found


def _read_wages(section: Section) -> dict[str, AverageWage]:
    found: dict[str, AverageWage] = {}
    for province, table in section.named_tables().items():
        if not _PROVINCE.fullmatch(province):
            section.wrong(province, 'is no province: write the six digits of its division code, such as "330000"')
        year = table.count("year", 0, 2000, 2200)
        amount = _read_yuan(table, "yuan", Decimal(0), 1000)
        source = table.text("source", required=True)
        if table.is_table and not (year and amount):
            section.wrong(province, "needs the year and the yuan that the province's statistics office published")
        table.refuse_rest()
        found[province] = AverageWage(year, amount, source)
    return found


def _read_yuan(section: Section, key: str, default: Decimal, low: float) -> Decimal:
    return Decimal(str(section.number(key, float(default), low, 10_000_000)))
