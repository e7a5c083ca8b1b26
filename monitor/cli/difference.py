"""What `compare` and `diff` share: showing a comparison, the redline file, and the exit status."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json

if TYPE_CHECKING:
    from monitor.changes.redline_page import Side
    from scrapers.model import Reading
    from storage.model import Difference


def show_comparison(
    before: Reading,
    after: Reading,
    differences: Sequence[Difference],
    *,
    old: Side,
    new: Side,
    as_json: bool,
    html_file: Path | None,
) -> ExitCode:
    """Print a comparison, write its redline if a file was named, and give the status to leave with."""
    from monitor.changes.redline_page import render_redline_html
    from monitor.changes.redline_terminal import render_redline_terminal
    from monitor.json_forms import comparison_data

    if html_file is not None:
        write_page(html_file, render_redline_html(before, after, differences, old=old, new=new))
        click.echo(f"redline written to {plain_text(str(html_file))}", err=True)
    if as_json:
        print_json(comparison_data(differences))
    else:
        colour = sys.stdout.isatty()
        click.echo(render_redline_terminal(differences, old=old, new=new, colour=colour), nl=False)
    grave = any(difference.severity.rank >= 3 for difference in differences)
    return ExitCode.GRAVE_CHANGE if grave else ExitCode.DONE


def write_page(path: Path, page: str) -> None:
    """Write an HTML file; a place that cannot be written ends the command."""
    try:
        path.write_text(page, encoding="utf-8", errors="replace")
    except OSError as error:
        fail(f"--html {path}: {error.strerror}; name a file in a folder that can be written", ExitCode.WRONG_USE)
