"""The section [complaints]: figures that no law gives, checked as they are read, shown in the default file."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from importlib import resources
from pathlib import Path

import pytest

from monitor.config.complaints import CHANNELS, AverageWage, ChannelLimits, ComplaintSettings
from monitor.config.problems import ConfigError
from monitor.config.settings import read_settings

DEFAULT = resources.files("monitor.reference").joinpath("config.toml").read_text("utf-8")


def load(text: str) -> ComplaintSettings:
    return read_settings(text, Path("config.toml"), {}).complaints


def test_without_the_section_the_defaults_hold() -> None:
    assert load("") == ComplaintSettings() == load(DEFAULT)
    assert ComplaintSettings().limits_of("p12315") == ChannelLimits()


def test_the_default_file_shows_the_section_with_its_defaults() -> None:
    part = DEFAULT.partition("[complaints]")[2].partition("# [complaints.limits")[0]
    shown = re.sub(r"(?m)^# (?=[a-z_0-9]+ = )", "", part.partition("\n")[2])
    assert load("[complaints]\n" + shown) == ComplaintSettings()
    assert set(tomllib.loads(shown)) == set(ComplaintSettings.__dataclass_fields__) - {"limits", "wages"}


def test_limits_and_wages_are_read_by_channel_and_province() -> None:
    read = load(
        "[complaints]\nescalation_yuan = 1234.5\nretention_days = 30\n"
        "[complaints.limits.p12315]\nmax_files = 3\nmax_characters = 500\n"
        "[complaints.wages.330000]\nyear = 2025\nyuan = 100000.55\nsource = '示例来源'\n"
    )
    assert (read.escalation_yuan, read.retention_days) == (Decimal("1234.5"), 30)
    assert read.limits_of("p12315") == ChannelLimits(3, 5.0, 500)
    assert read.wages == {"330000": AverageWage(2025, Decimal("100000.55"), "示例来源")}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("retention_days = 0", "complaints.retention_days"),
        ("retention_day = 5", "retention_days"),
        ('escalation_yuan = "5000"', "must be a number"),
        ("limits = 5", "complaints.limits"),
        ("[complaints.limits.heimo]", "Did you mean 'heimao'"),
        ("[complaints.limits.bank]\nmax_file = 5", "complaints.limits.bank.max_file"),
        ("[complaints.wages.zhejiang]\nyear = 2025\nyuan = 90000\nsource = 'x'", "division code"),
        ("[complaints.wages.330000]\nyear = 2025\nyuan = 90000", "has no 'source'"),
        ("[complaints.wages.330000]\nsource = 'x'", "needs the year and the yuan"),
        ("[complaints.wages.330000]\nyear = 2025\nyuan = nan\nsource = 'x'", "must be between"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(told)):
        load("[complaints]\n" + text)


def test_the_channels_are_those_of_the_reference() -> None:
    table = resources.files("monitor.reference").joinpath("channels.toml")
    if not table.is_file():
        pytest.skip("the table of channels is not here")
    read = tomllib.loads(table.read_text("utf-8"))
    channels = read.get("channels", {})
    ids = set(channels) if isinstance(channels, dict) else {one["id"] for one in channels}
    assert ids == set(CHANNELS)
