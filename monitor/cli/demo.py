"""`cardwatch demo`: watches the practice platforms live through 90 days, and checks the findings by the script."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json

if TYPE_CHECKING:
    from monitor.demo.report import Report
    from monitor.demo.walk import Stage


@click.command(help="Watch a practice platform live through 90 days, on this machine, and tell what was found.")
@click.option(
    "--archive",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo-archive"),
    show_default=True,
    metavar="PATH",
    help="Where the practice archive goes. Only an earlier demo is ever replaced.",
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def demo_command(archive: Path, as_json: bool) -> int:
    """Run the demo; 0 when everything scripted was found and nothing else, 1 when something differs."""
    from monitor.demo.folder import FolderRefusedError, claim_folder
    from monitor.demo.report import as_data

    try:
        with claim_folder(archive) as folder, _show_progress(quiet=as_json) as progress:
            report = _run(folder, progress)
    except FolderRefusedError as error:
        fail(str(error), ExitCode.WRONG_USE)
    if as_json:
        print_json(as_data(report))
    else:
        _tell(report)
    return ExitCode.DONE if report.met else ExitCode.INTERNAL_ERROR


def _run(folder: Path, progress: Callable[[Stage], None]) -> Report:
    import os
    from datetime import UTC, datetime

    from monitor.demo.play import play_demo

    return play_demo(folder, environ=os.environ, now=datetime.now(UTC), report=progress)


def _tell(report: Report) -> None:
    from monitor.demo.complaint import tell_complaint
    from monitor.demo.line import tell_line
    from monitor.demo.report import tell_findings, tell_further, tell_rest, tell_truth

    days = (report.visits[-1].at - report.visits[0].at).days + 1
    click.echo(
        f"\n{len(report.visits)} captures of {len({visit.page for visit in report.visits})} pages over {days} "
        f"simulated days in {report.seconds:.0f} s.\n"
    )
    told = tell_line(report.line, report.line_verdict)
    config = f'"{(report.folder / "config.toml").as_posix()}"'
    complaint = tell_complaint(report.complaint, config)
    for part in (tell_findings(report), tell_rest(report), told, complaint, tell_truth(report), tell_further(report)):
        for line in part:
            click.echo(plain_text(line))
        click.echo()


@contextmanager
def _show_progress(*, quiet: bool) -> Iterator[Callable[[Stage], None]]:
    """A bar with the simulated date on a terminal, one line a simulated day elsewhere, nothing for `--json`."""
    if quiet:
        yield lambda stage: None
        return
    if not sys.stderr.isatty():
        yield _line_by_line()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("starting")

        def advance(stage: Stage) -> None:
            bar.update(task, description=f"{stage.at:%Y-%m-%d %H:%M}", completed=stage.done, total=stage.known)

        yield advance


def _line_by_line() -> Callable[[Stage], None]:
    def tell(stage: Stage) -> None:
        if stage.result is not None:
            capture = stage.result.capture
            end = f"{capture.outcome}{f' ({capture.reason})' if capture.reason else ''}"
            click.echo(f"{stage.at:%Y-%m-%d %H:%M}  {stage.done}/{stage.known}  {capture.page.url}  {end}", err=True)

    return tell
