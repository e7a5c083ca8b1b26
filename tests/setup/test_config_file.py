from __future__ import annotations

import re
import time
from dataclasses import fields
from pathlib import Path

import pytest

from monitor.config.pages import PageDefaults
from monitor.config.problems import ConfigError, find_lines
from monitor.config.settings import LARGEST_FILE, ArchiveSettings, RunSettings, Settings, load_settings
from monitor.watchlist import default_config
from scrapers.model import Limits, NetworkPolicy, Role, StepAction, Vantage
from storage.model import Severity

ROOT = Path(__file__).parents[2]
ISSUE_EXAMPLE = """
[archive]
path = "archive"
database = "sqlite:///archive/cardwatch.db"
[network]
allow_private = ["127.0.0.1"]
resolve = { "shop.test" = "127.0.0.1:8001" }
proxy = ""
[limits]
capture_seconds = 60
page_megabytes = 100
concurrency = 2
pace_seconds = 3
[[platforms]]
name = "示例卡盟"
  [[platforms.pages]]
  url = "https://shop.test/buy/12"
  role = "product"
  schedule = "0 */6 * * *"
"""
PAGE = '[[platforms]]\nname = "甲"\n[[platforms.pages]]\nurl = "https://a.test/"\nrole = "terms"\n'


def load(folder: Path, text: str, *, tolerant: bool = False, **environ: str) -> Settings:
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return load_settings(path, environ, tolerant=tolerant)


def problems_of(folder: Path, text: str, **environ: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(folder, text, **environ)
    return str(caught.value)


def test_the_documented_shape_is_read_with_paths_from_the_files_folder(tmp_path: Path) -> None:
    settings = load(tmp_path, ISSUE_EXAMPLE)
    assert settings.archive.path == tmp_path / "archive"
    assert settings.archive.database == f"sqlite:///{(tmp_path / 'archive/cardwatch.db').as_posix()}"
    assert settings.network.resolve == (("shop.test", "127.0.0.1:8001"),)
    assert settings.limits.capture_seconds == 60
    assert (settings.run.concurrency, settings.run.pace_seconds) == (2, 3)
    (page,) = settings.pages
    assert (page.platform, page.url, page.role) == ("示例卡盟", "https://shop.test/buy/12", Role.PRODUCT)
    assert (page.schedule.cron, page.schedule.timezone) == ("0 */6 * * *", "Asia/Shanghai")


def test_the_default_file_is_right_shows_the_real_defaults_and_is_packaged(tmp_path: Path) -> None:
    text = (ROOT / "config.toml").read_text("utf-8")
    assert default_config() == text
    plain = load(tmp_path, text)
    lines, example = [], False
    for line in text.splitlines():
        example = (example or line.startswith(("# [", "# A platform"))) and not line.startswith("[")
        if not example:
            lines.append(re.sub(r"^# (?=[a-z_]+ = )", "", line))
    shown = "\n".join(lines)
    assert "\ncapture_seconds = 60" in shown and "\nurls_env = []" in shown and "\nsources = []" in shown
    uncommented = load(tmp_path, shown)
    for part in ("archive", "network", "limits", "run", "defaults", "alerts", "clock_sources", "vantages"):
        assert getattr(uncommented, part) == getattr(plain, part), part


def test_the_default_file_shows_every_setting() -> None:
    text = default_config()
    for kind in (ArchiveSettings, RunSettings, Limits, NetworkPolicy, PageDefaults):
        for setting in fields(kind):
            assert f"\n# {setting.name} = " in text, setting.name
    for setting in fields(Vantage):
        assert setting.name == "name" or f"\n# {setting.name} = " in text, setting.name


def test_every_documented_key_of_a_page_is_read(tmp_path: Path) -> None:
    (tmp_path / "session.json").write_text("{}")
    settings = load(
        tmp_path,
        '[vantages.wide]\nwidth = 1920\n[defaults]\nschedule = "every 2 h"\n'
        '[[platforms]]\nname = "甲"\ntimezone = "UTC"\n[[platforms.pages]]\nurl = "https://a.test/"\nrole = "terms"\n'
        'vantage = "wide"\nkeep = ["main"]\nremove = [".online"]\nsession = "member"\n'
        'steps = [{ action = "click", selector = "#terms" }, { action = "wait", seconds = 2 }]\n',
    )
    (page,) = settings.pages
    assert (page.vantage.name, page.vantage.width) == ("wide", 1920)
    assert (page.schedule.seconds, page.schedule.timezone) == (7200, "UTC")
    assert [step.action for step in page.steps] == [StepAction.CLICK, StepAction.WAIT]
    assert (page.keep, page.remove) == (("main",), (".online",))
    assert page.session == "member"


def test_everything_wrong_is_told_at_once_with_line_key_reason_and_nearest_word(tmp_path: Path) -> None:
    told = problems_of(
        tmp_path,
        '[limts]\nconcurrency = 2\n[[platforms]]\nname = "甲"\n[[platforms.pages]]\nurl = "ftp://a.test/"\n'
        'role = "produkt"\nschedul = "every 6 h"\n[[platforms.pages]]\nurl = "https://b.test/"\nrole = "商品"\n'
        'schedule = "61 * * * *"\nkeep = ["a[["]\n',
    )
    assert "config.toml: 7 problems" in told
    for part in (
        "line 1, limts: is no key here. Did you mean 'limits'?",
        "line 6, platforms[1].pages[1].url: 'ftp:' addresses are not watched",
        "line 7, platforms[1].pages[1].role: 'produkt' is not known. Did you mean 'product'?",
        "line 8, platforms[1].pages[1].schedul: is no key here. Did you mean 'schedule'?",
        "line 11, platforms[1].pages[2].role: '商品' is not known. Did you mean 'product'?",
        "line 12, platforms[1].pages[2].schedule: the minute field '61'",
        "line 13, platforms[1].pages[2].keep: 'a[[' is no CSS selector",
    ):
        assert part in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[archive]\npath = "s3://bucket/x"', "archive.path: must be a local folder"),
        ('[archive]\npath = ""', "archive.path: is empty"),
        ('[archive]\npath = "/"', "archive.path: is the root of a disk"),
        ('[archive]\ndatabase = "postgresql://u:secret@h/x"', "archive.database: must be"),
        ("[limits]\ncapture_seconds = 0", "between 5 and 600, but is 0"),
        ("[limits]\ncapture_seconds = nan", "between 5 and 600, but is nan"),
        ("[limits]\nconcurrency = 1.5", "must be a whole number"),
        ('[limits]\nconcurrency = "2"', "must be a number, but is text"),
        ("[limits]\nretries = true", "must be a number, but is true or false"),
        ('[network]\nresolve = { "a.test" = "localhost" }', "must be an IP address"),
        ('[network]\nproxy = "ftp://h:1"', "must begin with socks5://"),
        ('[network]\nnameserver = "dns.test"', "must be an IP address"),
        ('[[tsa]]\nurl = "https://tsa.test/"', "tsa[1]: has no 'name'"),
        ('[clock]\nsources = ["time.test"]', "must begin with ntp://"),
        ('[defaults]\nvantage = "phone"', "'phone' is not known. Right are: desktop, mobile."),
        ('[vantages.x]\ntimezone = "Asia/Shanhai"', "'Asia/Shanhai' is no time zone"),
        ("archive = 1", "archive: must be a table, but is a number"),
        ("platforms = {}", "platforms: must be an array of tables"),
        ("[[platforms]]\npages = []", "platforms[1]: has no 'name'"),
        ('[[platforms]]\nname = "a"\nurl = "https://a.test"', "It belongs under [[platforms.pages]]"),
        (PAGE + 'session = "../x"', "is no name of a session"),
        (PAGE + 'session_file = "none.json"', "cardwatch login"),
        ('[provenance]\negress_url = "ip.test"', "must begin with"),
        (PAGE + 'steps = [{ action = "submit" }]', "'submit' is not known. Right are: click, wait, scroll, hover."),
        (PAGE + 'steps = [{ action = "click" }]', "click what?"),
        (PAGE + PAGE.split("\n", 2)[2], "stands twice in '甲' (vantage desktop); see platforms[1].pages[1]"),
        ("a = [", "is not TOML"),
        ("a = " + "[" * 100_000, "nested too deep"),
        (".".join("a" * 100_000) + " = 1", "dots in a key"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    assert told in problems_of(tmp_path, text)


def test_secrets_in_the_file_are_refused_unshown_and_come_from_the_environment(tmp_path: Path) -> None:
    told = problems_of(
        tmp_path,
        '[alerts]\nurls = ["tgram://123:hunter2/1"]\nurls_env = ["mailto://u:hunter2@x.test"]\n'
        'heartbeat_url = "https://hc.test/hunter2"\n[network]\nproxy = "socks5://u:hunter2@h.test:1"\n',
    )
    assert "hunter2" not in told
    assert "CARDWATCH_ALERT_URL" in told and "CARDWATCH_PROXY_USER" in told and "heartbeat_url_env" in told
    settings = load(
        tmp_path,
        '[alerts]\nurls_env = ["ALERT", "NOT_SET"]\nminimum_severity = "high"\n[network]\nproxy = "socks5://h.test:1"\n',
        ALERT="tgram://hunter2",
        CARDWATCH_PROXY_USER="me@x",
        CARDWATCH_PROXY_PASSWORD="hunter2/",
    )
    assert [(channel.variable, channel.url) for channel in settings.alerts.channels] == [
        ("ALERT", "tgram://hunter2"),
        ("NOT_SET", ""),
    ]
    assert settings.alerts.minimum_severity is Severity.HIGH
    assert settings.network.proxy == "socks5://me%40x:hunter2%2F@h.test:1"
    assert "hunter2" not in repr(settings)


def test_a_tolerant_reading_leaves_out_the_broken_pages_only(tmp_path: Path) -> None:
    text = PAGE + '[[platforms.pages]]\nurl = "https://b.test/"\nrole = "nonsense"\n[[platforms]]\npages = []\n'
    settings = load(tmp_path, text, tolerant=True)
    assert [page.url for page in settings.pages] == ["https://a.test/"]
    assert [(problem.line, problem.place) for problem in settings.problems] == [
        (8, "platforms[1].pages[2].role"),
        (9, "platforms[2]"),
    ]
    with pytest.raises(ConfigError, match=r"limits\.concurrency"):
        load(tmp_path, text + "[limits]\nconcurrency = 0\n", tolerant=True)


def test_a_platform_that_stands_twice_is_one(tmp_path: Path) -> None:
    settings = load(tmp_path, PAGE + PAGE.replace("a.test", "b.test"))
    assert [(item.name, len(item.pages)) for item in settings.platforms] == [("甲", 2)]


def test_ten_thousand_pages_load_quickly(tmp_path: Path) -> None:
    pages = "".join(
        f'[[platforms.pages]]\nurl = "https://shop{number}.test/buy"\nrole = "product"\nschedule = "0 */6 * * *"\n'
        for number in range(10_000)
    )
    started = time.process_time()
    settings = load(tmp_path, '[[platforms]]\nname = "甲"\n' + pages)
    assert len(settings.pages) == 10_000
    assert time.process_time() - started < 2.0


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\xd0\xd0\n", "is not UTF-8"),
        (b"# " + b"x" * LARGEST_FILE, "more than 5 MB"),
        (None, "there is no such file"),
    ],
)
def test_an_unreadable_file_is_said_to_be_so(tmp_path: Path, data: bytes | None, told: str) -> None:
    path = tmp_path / "config.toml"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(ConfigError, match=told):
        load_settings(path, {})


def test_a_mark_at_the_start_of_the_file_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf" + PAGE.encode())
    assert len(load_settings(path, {}).pages) == 1


def test_lines_are_found_past_strings_of_many_lines() -> None:
    text = '[a]\nx = """\n[[no]]\ny = 1\n"""\n[[b]]\nz = 1\n[[b]]\n  [[b.c]]\n  z = 2\n'
    lines = find_lines(text)
    assert lines[("b", 0, "z")] == 7
    assert lines[("b", 1, "c", 0, "z")] == 10
    assert not any("no" in place for place in lines)
