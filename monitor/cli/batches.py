"""What `read`, `compare` and `review` share for `--batch`: lines from a file or stdin, answers as lines on stdout."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, format_json

if TYPE_CHECKING:
    from monitor.batch import Answer

Command = TypeVar("Command", bound=Callable[..., object])
_PROGRESS_SECONDS = 2.0


def batch_options(command: Command) -> Command:
    """Add --batch, --jobs and --seconds."""
    for option in (
        click.option(
            "--seconds", type=click.FloatRange(0.1, 3600), default=60.0, show_default=True, help="Time for each line."
        ),
        click.option("--jobs", type=click.IntRange(0, 64), default=0, help="Processes; 0 is one for each processor."),
        click.option(
            "--batch",
            type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
            metavar="FILE.jsonl",
            help="Answer a line of JSON for each line of this file (- is stdin). File names are seen from its folder.",
        ),
    ):
        command = option(command)
    return command


def run_batch(batch: Path, answer: Answer, *, jobs: int, seconds: float) -> ExitCode:
    """Answer all lines; status 6 when not one could be answered."""
    from monitor.batch import answer_lines

    folder = Path() if str(batch) == "-" else batch.parent
    try:
        lines = sys.stdin.buffer if str(batch) == "-" else batch.open("rb")
    except OSError as error:
        fail(
            f"--batch {batch}: {error.strerror}; name a file with a line of JSON for each question", ExitCode.WRONG_USE
        )
    done = wrong = 0
    started = told = time.monotonic()
    with lines:
        for answered in answer_lines(lines, answer, folder, datetime.now(UTC), jobs=jobs, seconds=seconds):
            done += 1
            wrong += "error" in answered
            click.echo(format_json(answered))
            if time.monotonic() - told > _PROGRESS_SECONDS and sys.stderr.isatty():
                told = time.monotonic()
                click.echo(f"{done} answered, {done / (told - started):.1f} a second", err=True)
    click.echo(f"{done} answered, {wrong} of them with an error", err=True)
    return ExitCode.NOTHING_FOUND if wrong == done else ExitCode.DONE
