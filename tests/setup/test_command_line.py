from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from monitor.cli import main as entry
from monitor.cli.context import find_config
from monitor.cli.exit_codes import ExitCode
from monitor.cli.main import SECTIONS, CommandEntry, group, load_command
from monitor.cli.output import fail, plain_text, print_json, print_table
from monitor.config.problems import ConfigError, Problem
from storage.errors import ArchiveDamaged, ArchiveFull, NotInArchive

NAMES = [name for entries in SECTIONS.values() for name in entries]
HEAVY = ("sqlmodel", "sqlalchemy", "playwright", "bs4", "rich", "lxml", "dateparser", "apprise", "croniter", "tomlkit")


def place_command(monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]) -> None:
    """Put a command `history` in place that does that work."""

    @click.command()
    def history_command() -> object:
        return work()

    module = type(sys)("monitor.cli.probe")
    module.history_command = history_command  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "monitor.cli.probe", module)
    monkeypatch.setitem(SECTIONS["Ask"], "history", CommandEntry("probe:history_command", "probe"))


@pytest.mark.parametrize("name", NAMES)
def test_every_command_of_the_help_is_there_and_explains_itself(name: str) -> None:
    answer = CliRunner().invoke(group, [name, "--help"])
    assert answer.exit_code == 0, answer.output
    assert "--config FILE" in answer.stdout
    command = load_command(name, next(entries[name] for entries in SECTIONS.values() if name in entries))
    assert command.help, f"{name} has no help"


def test_help_names_every_command_without_importing_any() -> None:
    script = (
        "import sys; from monitor.cli.main import group\n"
        "try: group.main(['--help'])\nexcept SystemExit as leave: assert leave.code == 0\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])\n"
        "print([name for name in sys.modules if name.startswith('monitor.cli.')])"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert all(f"  {name} " in told for name in NAMES)
    *_, heavy, modules = told.splitlines()
    assert heavy == "[]"
    assert set(json.loads(modules.replace("'", '"'))) == {
        f"monitor.cli.{name}" for name in ("main", "errors", "exit_codes", "output")
    }


@pytest.mark.skipif(os.name == "nt", reason="measures CPU with getrusage")
@pytest.mark.parametrize("words", [["--help"], ["history", "--help"], ["pages", "--help"]])
def test_help_takes_little_time(words: list[str]) -> None:
    import resource

    def spend() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "monitor", *words], capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(spend() for _ in range(3)) < 0.2


def test_the_configuration_is_chosen_before_or_after_the_command_or_by_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chosen: list[Path] = []
    place_command(monkeypatch, lambda: chosen.append(find_config(click.get_current_context())))
    monkeypatch.delenv("CARDWATCH_CONFIG", raising=False)
    CliRunner().invoke(group, ["history"])
    CliRunner().invoke(group, ["history"], env={"CARDWATCH_CONFIG": "e.toml"})
    CliRunner().invoke(group, ["--config", "b.toml", "history"], env={"CARDWATCH_CONFIG": "e.toml"})
    CliRunner().invoke(group, ["history", "--config", "a.toml"])
    CliRunner().invoke(group, ["--config", "b.toml", "history", "--config", "a.toml"])
    assert [str(path) for path in chosen] == ["config.toml", "e.toml", "b.toml", "a.toml", "a.toml"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["histroy"], "Did you mean 'history'?"),
        (["zzz"], "See 'cardwatch --help'."),
        (["--nope"], "No such option"),
        (["pages", "--nope"], "No such option"),
        (["add"], "Missing argument"),
        (["add", "https://a.test/", "--platform", "甲"], "Missing option '--role'"),
    ],
)
def test_wrong_use_is_status_2_and_names_the_right_word(words: list[str], told: str) -> None:
    answer = CliRunner().invoke(group, words)
    assert answer.exit_code == 2
    assert told in answer.stderr


def raise_error(error: BaseException) -> Callable[[], object]:
    def work() -> object:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (ConfigError(Path("c.toml"), (Problem("a.b", "is wrong", 3),)), 2, "line 3, a.b: is wrong"),
        (ArchiveFull("5 MB free"), 8, "5 MB free"),
        (ArchiveDamaged("two bytes"), 7, "two bytes"),
        (NotInArchive("no capture x"), 6, "no capture x"),
        (PermissionError(13, "Permission denied", "/x/y"), 8, "/x/y: Permission denied"),
        (ZeroDivisionError("boom \x1b[31m"), 1, "internal error: ZeroDivisionError: boom <001B>[31m"),
        (KeyboardInterrupt(), 130, "stopped"),
        (click.UsageError("not so"), 2, "not so"),
    ],
)
def test_an_error_of_any_command_has_one_message_and_one_status(
    monkeypatch: pytest.MonkeyPatch, error: BaseException, status: int, told: str
) -> None:
    place_command(monkeypatch, raise_error(error))
    monkeypatch.delenv("CARDWATCH_DEBUG", raising=False)
    answer = CliRunner().invoke(group, ["history"])
    assert answer.exit_code == status
    assert told in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_traceback_is_shown_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    place_command(monkeypatch, raise_error(ZeroDivisionError("boom")))
    monkeypatch.setenv("CARDWATCH_DEBUG", "1")
    assert "Traceback" in CliRunner().invoke(group, ["history"]).stderr


@pytest.mark.parametrize("status", list(ExitCode))
def test_a_command_leaves_with_the_status_that_it_returns_or_fails_with(
    monkeypatch: pytest.MonkeyPatch, status: ExitCode
) -> None:
    place_command(monkeypatch, lambda: status)
    assert CliRunner().invoke(group, ["history"]).exit_code == status
    place_command(monkeypatch, lambda: fail("it did not work", status))
    answer = CliRunner().invoke(group, ["history"])
    assert (answer.exit_code, answer.stderr) == (status, "cardwatch: it did not work\n")


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = f'{sys.executable} -c "{_MUCH}" | head -n 1'
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True)
    assert done.returncode == 141
    assert done.stderr == ""


_MUCH = (
    "import click, sys; from monitor.cli.main import SECTIONS, CommandEntry, group; "
    "module = type(sys)('monitor.cli.probe'); "
    "module.much = click.Command('much', callback=lambda: [click.echo('x' * 80) for _ in range(100000)] and None); "
    "sys.modules['monitor.cli.probe'] = module; "
    "SECTIONS['Ask']['history'] = CommandEntry('probe:much', 'probe'); group.main(['history'])"
)


def test_json_is_whole_for_every_kind_of_value(capsys: pytest.CaptureFixture[str]) -> None:
    @dataclass(frozen=True)
    class Probe:
        at: datetime
        money: Decimal
        path: Path
        words: tuple[str, ...]
        status: ExitCode

    moment = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)
    print_json([Probe(moment, Decimal("9.900"), Path("a"), ("退款", "\ud800"), ExitCode.DONE), {"b"}, b"\x01"])
    probe, words, data = json.loads(capsys.readouterr().out)
    assert probe["at"] == "2026-03-01T14:30:00+08:00"
    assert (probe["money"], probe["path"], probe["status"]) == ("9.900", "a", 0)
    assert probe["words"] == ["退款", "?"]
    assert (words, data) == (["b"], "01")


def test_a_table_lines_up_chinese_and_lets_no_page_move_the_cursor(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    print_table(("name", "at"), [("卡盟\x1b[2J", datetime(2026, 3, 1, tzinfo=UTC)), ("[red]ab[/red]", None)])
    out = capsys.readouterr().out
    assert "\x1b" not in out and "卡盟<001B>[2J" in out and "2026-03-01 08:00:00 +08:00" in out
    assert "[red]ab[/red]" in out
    print_table(("name", "long"), [("a", "长" * 300)])
    assert "长" * 300 in capsys.readouterr().out, "nothing is wrapped in a pipe"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    print_table(("id", "long"), [("cap-0123456789", "长" * 30)], keep=("id",))
    lines = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out).splitlines()
    assert all(sum(2 if character == "长" else 1 for character in line) <= 40 for line in lines)
    assert any("cap-0123456789" in line for line in lines)


def test_text_that_turns_around_or_hides_is_made_visible() -> None:
    assert plain_text("a\u202eb\x9bc\nd\te") == "a<202E>b<009B>c d e"


def test_the_version_is_that_of_the_package() -> None:
    answer = CliRunner().invoke(group, ["--version"])
    assert answer.exit_code == 0
    assert answer.stdout.startswith("cardwatch ") and entry.CONFIG_VARIABLE == "CARDWATCH_CONFIG"
