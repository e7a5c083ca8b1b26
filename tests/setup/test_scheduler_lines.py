from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.cli.main import group
from monitor.crontab import make_crontab, make_powershell, make_schtasks, make_systemd_units

PLAIN = ["/opt/cardwatch", "--config", "/home/me/config.toml", "run", "--due"]
ODD = "/home/张 三/50% 'off' \"$HOME\" \\x/config.toml"
COMMAND = ["/opt/a b/cardwatch", "--config", ODD, "run", "--due"]


def test_a_crontab_line_gives_the_command_whole_to_the_shell(tmp_path: Path) -> None:
    line = make_crontab(["printf", "%s|", *COMMAND], 10)
    assert line.startswith("*/10 * * * * ")
    assert not re.search(r"(?<!\\)%", line), "cron ends the command at a bare %"
    job = line.split(" ", 5)[5].replace("\\%", "%")  # what cron hands to /bin/sh
    told = subprocess.run(["/bin/sh", "-c", job], capture_output=True, text=True, check=True).stdout
    assert told.split("|")[:-1] == COMMAND


@pytest.mark.parametrize(
    ("minutes", "when"), [(1, "*/1 * * * *"), (30, "*/30 * * * *"), (60, "0 */1 * * *"), (720, "0 */12 * * *")]
)
def test_intervals_become_cron_fields(minutes: int, when: str) -> None:
    assert make_crontab(PLAIN, minutes).startswith(f"{when} /opt/cardwatch")


def test_an_interval_that_cron_cannot_say_is_refused() -> None:
    with pytest.raises(ValueError, match="choose a part of an hour"):
        make_crontab(PLAIN, 7)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    program = tmp_path / "a b" / "cardwatch"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    units = make_systemd_units([str(program), *COMMAND[1:]], str(tmp_path / "商 50%"), 10, str(tmp_path / "x.env"))
    (tmp_path / "cardwatch.service").write_text(units.service)
    (tmp_path / "cardwatch.timer").write_text(units.timer)
    files = [str(tmp_path / "cardwatch.service"), str(tmp_path / "cardwatch.timer")]
    done = subprocess.run(["systemd-analyze", "verify", *files], capture_output=True, text=True)
    assert done.returncode == 0 and "cardwatch" not in done.stderr, done.stderr
    started = next(line for line in units.service.splitlines() if line.startswith("ExecStart="))
    words = shlex.split(started.removeprefix("ExecStart=").replace("%%", "%"))
    assert [word.replace("$$", "$") for word in words] == [str(program), *COMMAND[1:]]


def test_windows_lines_quote_for_the_program_and_for_the_shell() -> None:
    command = [r"C:\Program Files\cardwatch.exe", "--config", "C:\\张 三's\\config.toml", "run", "--due"]
    line = make_schtasks(command, 10)
    assert line.endswith(
        '/TR "\\"C:\\Program Files\\cardwatch.exe\\" --config \\"C:\\张 三\'s\\config.toml\\" run --due"'
    )
    task = make_powershell(command, "C:\\张 三's", 10)
    assert "-Execute 'C:\\Program Files\\cardwatch.exe'" in task
    assert "-Argument '--config \"C:\\张 三''s\\config.toml\" run --due'" in task
    assert "-WorkingDirectory 'C:\\张 三''s'" in task


@pytest.mark.parametrize(("path", "told"), [("C:\\50%\\c.toml", "variable"), ("C:\\" + "x" * 300, "261 characters")])
def test_what_cmd_cannot_carry_is_said_so(path: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        make_schtasks(["cardwatch.exe", "--config", path], 10)


def test_a_line_break_in_a_path_is_refused_everywhere() -> None:
    for make in (make_crontab, make_schtasks):
        with pytest.raises(ValueError, match="line break"):
            make(["a\nb"], 10)
    with pytest.raises(ValueError, match="line break"):
        make_systemd_units(["a"], "x\ny", 10, "z")


def test_the_command_prints_lines_for_this_installation_and_this_config(tmp_path: Path) -> None:
    config = tmp_path / "卡 盟.toml"
    config.write_text('[alerts]\nurls_env = ["CARDWATCH_ALERT_URL"]\n', "utf-8")
    runner = CliRunner()
    told = json.loads(runner.invoke(group, ["cron", "--json", "--config", str(config)]).stdout)
    program, *rest = told["command"]
    assert Path(program).is_absolute() and Path(program).exists()
    assert rest[-4:] == ["--config", str(config), "run", "--due"]
    assert told["variables"] == ["CARDWATCH_ALERT_URL"]
    assert set(told) == {"command", "variables", "crontab", "systemd", "windows"}
    printed = runner.invoke(group, ["cron", "--for", "crontab", "--every", "5", "--config", str(config)]).stdout
    assert "*/5 * * * * " in printed and "schtasks" not in printed and "CARDWATCH_ALERT_URL" in printed
    assert "# MAILTO=" in printed and "2>&1" in printed
    live = [line for line in printed.splitlines() if line and not line.startswith("#")]
    assert len(live) == 1, "hints are comments: the output can be pasted as it is"
    assert runner.invoke(group, ["cron", "--every", "7", "--config", str(config)]).exit_code == 2
    assert runner.invoke(group, ["cron", "--config", str(tmp_path / "none.toml")]).exit_code == 2
