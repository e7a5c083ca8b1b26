"""`cron`: the lines that make this machine run `cardwatch run --due` every few minutes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from monitor.cli.context import load_cli_settings
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, print_json

KINDS = ("crontab", "systemd", "windows")


@click.command()
@click.option("--for", "kinds", type=click.Choice(KINDS), multiple=True, help="Only these lines.  [default: all]")
@click.option(
    "--every",
    "minutes",
    type=click.IntRange(1, 1440),
    default=10,
    show_default=True,
    metavar="MINUTES",
    help="How often to look for pages that are due.",
)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def cron_command(context: click.Context, kinds: tuple[str, ...], minutes: int, as_json: bool) -> None:
    """Print lines for crontab, systemd or the Windows Task Scheduler.

    The machine starts `cardwatch run --due` every few minutes; which pages are due is the business of their schedules.
    Nothing is installed: paste the lines where they belong.
    """
    settings = load_cli_settings(context, tolerant=True)
    config = settings.path.absolute()
    command = [*_find_program(), "--config", str(config), "run", "--due"]
    variables = sorted({channel.variable for channel in settings.alerts.channels})
    if settings.alerts.heartbeat:
        variables.append(settings.alerts.heartbeat.variable)
    try:
        made = {kind: _make(kind, command, config, minutes) for kind in kinds or KINDS}
    except ValueError as error:
        fail(str(error), ExitCode.WRONG_USE)
    if as_json:
        print_json({"command": command, "variables": variables, **made})
        return
    for kind, lines in made.items():
        click.echo(f"# --- {_HEADINGS[kind]}")
        for name, text in lines.items():
            click.echo(f"# {name}\n{text.rstrip()}\n")
        if kind == "crontab":
            click.echo(f"{_CRON_MAIL}\n")
    if variables:
        click.echo(f"# The job needs these environment variables too: {', '.join(variables)}")


_CRON_MAIL = """\
# cron mails what a job prints; a run with nothing due prints nothing. On a line of its own above the job:
# MAILTO=you@example.org
# or behind the job, to keep it in a file instead:  >> "$HOME/cardwatch.log" 2>&1"""

_HEADINGS = {
    "crontab": "crontab: run `crontab -e` and add the line (variables go on lines of their own above it)",
    "systemd": "systemd: write both files, then `systemctl --user enable --now cardwatch.timer`"
    " and `loginctl enable-linger`",
    "windows": "Windows Task Scheduler: one of the lines, in a terminal of the user who runs it",
}


def _make(kind: str, command: list[str], config: Path, minutes: int) -> dict[str, str]:
    from monitor.crontab import make_crontab, make_powershell, make_schtasks, make_systemd_units

    folder = str(config.parent)
    if kind == "crontab":
        return {"line": make_crontab(command, minutes)}
    if kind == "systemd":
        units = make_systemd_units(command, folder, minutes, str(config.parent / "cardwatch.env"))
        home = "~/.config/systemd/user"
        return {f"{home}/cardwatch.service": units.service, f"{home}/cardwatch.timer": units.timer}
    lines = {"PowerShell": make_powershell(command, folder, minutes)}
    try:
        lines["cmd.exe"] = make_schtasks(command, minutes)
    except ValueError as error:
        lines["cmd.exe"] = f"REM not for cmd.exe: {error}"
    return lines


def _find_program() -> list[str]:
    """How to start this very installation, whatever the path of the job is."""
    python = Path(sys.executable).absolute()
    script = python.with_name("cardwatch.exe" if os.name == "nt" else "cardwatch")
    return [str(script)] if script.is_file() else [str(python), "-m", "monitor"]
