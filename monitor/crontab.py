"""The lines that make a machine run a command every few minutes: crontab, systemd, the Windows Task Scheduler.

Each has its own rules of quoting; a path with spaces, quotes, `%`, `$` or Chinese characters comes out whole. Nothing
is installed here, the lines are only written.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from subprocess import list2cmdline

NAME = "cardwatch"
_LONGEST_SCHTASKS = 261  # characters of /TR that schtasks takes
_POWERSHELL_QUOTES = "'\u2018\u2019\u201a\u201b"  # each of them ends a single-quoted string of PowerShell


@dataclass(frozen=True)
class SystemdUnits:
    """The texts of the two files."""

    service: str
    timer: str


def make_crontab(command: Sequence[str], every_minutes: int) -> str:
    """One line of a crontab."""
    _refuse_breaks(command)
    # cron turns a bare % into a line break, even inside quotes, and removes the backslash before it.
    return f"{_cron_minutes(every_minutes)} {shlex.join(command)}".replace("%", "\\%")


def make_systemd_units(command: Sequence[str], folder: str, every_minutes: int, variables: str) -> SystemdUnits:
    """A service that runs the command once and a timer that starts it, for the user's own systemd.

    `folder` is the working directory, `variables` a file of environment variables that need not be there.
    """
    _refuse_breaks([*command, folder, variables])
    program, *arguments = command
    # systemd reads $ as a variable everywhere but in the first word.
    words = " ".join([_quote_systemd(program), *(_quote_systemd(word).replace("$", "$$") for word in arguments)])
    service = f"""[Unit]
Description=Archive the pages that are due

[Service]
Type=oneshot
WorkingDirectory={_escape_systemd(folder)}
EnvironmentFile=-{_escape_systemd(variables)}
ExecStart={words}
# A grave change found (3) is a good run; failed pages (4, 5) show as a failed unit.
SuccessExitStatus=3
"""
    timer = f"""[Unit]
Description=Archive the pages that are due, every {every_minutes} minutes

[Timer]
OnBootSec=1min
OnUnitActiveSec={every_minutes}min
RandomizedDelaySec=20

[Install]
WantedBy=timers.target
"""
    return SystemdUnits(service, timer)


def make_powershell(command: Sequence[str], folder: str, every_minutes: int) -> str:
    """A PowerShell line that registers a task; it takes paths of any length and any character."""
    _refuse_breaks([*command, folder])
    program, *arguments = command
    return (
        f"Register-ScheduledTask -TaskName {NAME} -Force "
        f"-Action (New-ScheduledTaskAction -Execute {_quote_powershell(program)} "
        f"-Argument {_quote_powershell(list2cmdline(arguments))} -WorkingDirectory {_quote_powershell(folder)}) "
        f"-Trigger (New-ScheduledTaskTrigger -Once -At (Get-Date) "
        f"-RepetitionInterval (New-TimeSpan -Minutes {every_minutes})) "
        "-Settings (New-ScheduledTaskSettingsSet -StartWhenAvailable -MultipleInstances IgnoreNew)"
    )


def make_schtasks(command: Sequence[str], every_minutes: int) -> str:
    """A line for cmd.exe. Raises ValueError where schtasks or cmd cannot carry the command; PowerShell can."""
    _refuse_breaks(command)
    task = list2cmdline(command)
    if len(task) > _LONGEST_SCHTASKS:
        raise ValueError(f"schtasks takes {_LONGEST_SCHTASKS} characters, this has {len(task)}")
    if "%" in task:
        raise ValueError("cmd.exe would read the % in this path as a variable")
    quoted = task.replace('"', '\\"')
    return f'schtasks /Create /F /TN {NAME} /SC MINUTE /MO {every_minutes} /TR "{quoted}"'


def _cron_minutes(every_minutes: int) -> str:
    if every_minutes < 60 and 60 % every_minutes == 0:
        return f"*/{every_minutes} * * * *"
    if every_minutes % 60 == 0 and 24 % (every_minutes // 60) == 0:
        return f"0 */{every_minutes // 60} * * *"
    raise ValueError(
        f"cron cannot say every {every_minutes} minutes; choose a part of an hour or of a day: 5, 10, 30, 60"
    )


def _quote_systemd(word: str) -> str:
    escaped = _escape_systemd(word).replace('"', '\\"')
    return f'"{escaped}"'


def _escape_systemd(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "%%")


def _quote_powershell(text: str) -> str:
    for mark in _POWERSHELL_QUOTES:
        text = text.replace(mark, mark * 2)
    return f"'{text}'"


def _refuse_breaks(words: Sequence[str]) -> None:
    for word in words:
        if any(character in word for character in "\r\n\0"):
            raise ValueError(f"{word!r} has a line break in it, which no scheduler can carry; rename that path")
