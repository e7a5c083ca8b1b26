"""[[tsa]], [[opentimestamps]] and [custody] of the configuration."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from monitor.config.problems import ConfigError
from monitor.config.services import Calendar, CustodySettings, TimestampAuthority
from monitor.config.settings import Settings, load_settings
from monitor.watchlist import default_config


def load(folder: Path, text: str) -> Settings:
    (folder / "config.toml").write_text(text, "utf-8")
    return load_settings(folder / "config.toml", {})


def test_authorities_and_calendars_are_read_with_paths_from_the_files_folder(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        '[[tsa]]\nname = "联合信任"\nurl = "https://tsa.test/x?y=1"\nca = "roots/own.pem"\npolicy = "1.2.3.4"\n'
        'seconds = 5\n[[tsa]]\nname = "b"\nurl = "http://b.test/"\n'
        '[[opentimestamps]]\nname = "alice"\nurl = "https://alice.test"\n[custody]\nrenew_days = 30\n',
    )
    assert settings.authorities == (
        TimestampAuthority("联合信任", "https://tsa.test/x?y=1", tmp_path / "roots/own.pem", "1.2.3.4", 5),
        TimestampAuthority("b", "http://b.test/"),
    )
    assert settings.calendars == (Calendar("alice", "https://alice.test"),)
    assert settings.custody.renew_days == 30


def test_without_the_sections_nobody_is_asked_and_renewal_begins_ninety_days_before(tmp_path: Path) -> None:
    settings = load(tmp_path, "")
    assert (settings.authorities, settings.calendars, settings.custody.renew_days) == ((), (), 90)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[tsa]]\nname = "a.b"\nurl = "https://a.test/"', "must be 1 to 60 letters, digits, - or _"),
        ('[[tsa]]\nname = "../a"\nurl = "https://a.test/"', "must be 1 to 60 letters, digits, - or _"),
        (
            '[[tsa]]\nname = "A"\nurl = "https://a.test/"\n[[opentimestamps]]\nname = "a"\nurl = "https://b.test/"',
            "'a' is there twice",
        ),
        ('[[tsa]]\nname = "a"\nurl = "ftp://a.test/"', "must begin with http:// or https://"),
        ('[[tsa]]\nname = "a"\nurl = "https://me:pw@a.test/"', "carries a user name or password"),
        ('[[tsa]]\nname = "a"\nurl = "https://a.test/"\npolicy = "any"', "'any' is no object identifier"),
        ('[[tsa]]\nname = "a"\nurl = "https://a.test/"\nseconds = 0', "between 1 and 120"),
        ('[[tsa]]\nname = "a"\nurl = "https://a.test/"\nroot = "x"', "is no key here"),
        ('[[opentimestamps]]\nname = "a"', "has no 'url'"),
        ("[custody]\nrenew_days = -1", "between 0 and 3650"),
    ],
)
def test_what_is_wrong_is_told_with_its_key(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told.replace("[", r"\[").replace(".", r"\.")):
        load(tmp_path, text)


def test_the_default_file_shows_every_setting_of_the_witnesses() -> None:
    text = default_config()
    for kind in (TimestampAuthority, Calendar, CustodySettings):
        for setting in fields(kind):
            assert f"\n# {setting.name} = " in text, setting.name
