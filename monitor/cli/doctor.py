"""`doctor`: what is there, what is missing, and how to mend it."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import click

from monitor.cli.context import find_config
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import plain_text, print_json

_COLOURS = {"ok": "green", "warn": "yellow", "bad": "red", "unknown": "cyan"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def doctor_command(context: click.Context, as_json: bool) -> ExitCode:
    """Say what is there, what is missing, and how to mend it."""
    from monitor.doctor import examine_machine, is_usable

    checks = examine_machine(find_config(context), os.environ, at=datetime.now(UTC))
    usable = is_usable(checks)
    if as_json:
        print_json({"usable": usable, "checks": checks})
        return ExitCode.DONE if usable else ExitCode.CANNOT_WORK
    width = max(len(check.what) for check in checks)
    for check in checks:
        mark = click.style(f"{check.state:<7}", fg=_COLOURS[check.state])
        first, *more = check.found.splitlines() or [""]
        click.echo(f"{mark} {check.what:<{width}}  {plain_text(first)}")
        for line in more:
            click.echo(f"{'':7} {'':{width}}  {plain_text(line)}")
        if check.mend:
            click.echo(f"{'':7} {'':{width}}  -> {check.mend}")
    click.echo("\nready" if usable else "\nnot ready: mend what is marked bad")
    return ExitCode.DONE if usable else ExitCode.CANNOT_WORK
