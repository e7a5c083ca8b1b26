"""What `compare` and `diff` share: the JSON of a comparison, the redline file, and the exit status."""

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

NO_STATUS = "compared"
"""Two texts given by hand are compared once: nothing is pending and nothing is confirmed."""


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
    from monitor.changes.redline_page import render_redline_html, render_redline_terminal

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


def comparison_data(differences: Sequence[Difference]) -> dict[str, object]:
    """A comparison as JSON."""
    from monitor.changes.compare import summarise_differences

    summary = summarise_differences(differences)
    return {
        "class": summary.change_class,
        "status": NO_STATUS,
        "effect": summary.effect,
        "severity": summary.severity,
        "kinds": list(summary.kinds),
        "reason": summary.reason,
        "changes": [difference_data(difference) for difference in differences],
    }


def difference_data(difference: Difference) -> dict[str, object]:
    """One difference as JSON: `path` names a fact, `clause` a clause; the other one is null."""
    from monitor.changes.fact_judging import fact_of_subject

    is_fact = fact_of_subject(difference.subject) is not None
    return {
        "kind": difference.kinds[0] if difference.kinds else None,
        "kinds": list(difference.kinds),
        "class": difference.change_class,
        "path": difference.subject if is_fact else None,
        "clause": None if is_fact else difference.subject,
        "before": difference.before,
        "after": difference.after,
        "effect": difference.effect,
        "severity": difference.severity,
        "reason": difference.reason,
        "quotable": difference.quotable,
    }


def write_page(path: Path, page: str) -> None:
    """Write an HTML file; a place that cannot be written ends the command."""
    try:
        path.write_text(page, encoding="utf-8", errors="replace")
    except OSError as error:
        fail(f"--html {path}: {error.strerror}; name a file in a folder that can be written", ExitCode.WRONG_USE)
