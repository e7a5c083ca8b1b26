"""What `compare` and `diff` share: showing a comparison, the redline as a file, and the exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json

if TYPE_CHECKING:
    from monitor.changes.redline_words import Side, Sighting
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
    pdf_file: Path | None = None,
    sightings: Sequence[Sighting | None] = (),
    draw_pictures: Callable[[], str] | None = None,
) -> ExitCode:
    """Print a comparison, write its redline where a file was named, and give the status to leave with.

    `draw_pictures` gives the HTML of compared screenshots; it is only called for a file.
    """
    from monitor.changes.redline_page import render_redline_html
    from monitor.changes.redline_terminal import render_redline_terminal
    from monitor.json_forms import comparison_data

    if html_file is not None or pdf_file is not None:
        pictures = draw_pictures() if draw_pictures else ""
        page = render_redline_html(before, after, differences, old=old, new=new, sightings=sightings, pictures=pictures)
        if html_file is not None:
            write_page(html_file, page)
        if pdf_file is not None:
            _write_file(pdf_file, print_page(page), "--pdf")
    if as_json:
        print_json(comparison_data(differences))
    else:
        colour = sys.stdout.isatty()
        text = render_redline_terminal(differences, old=old, new=new, colour=colour, sightings=sightings)
        click.echo(text, nl=False)
    grave = any(difference.severity.rank >= 3 for difference in differences)
    return ExitCode.GRAVE_CHANGE if grave else ExitCode.DONE


def write_page(path: Path, page: str, option: str = "--html") -> None:
    """Write an HTML or SVG file; a place that cannot be written ends the command."""
    _write_file(path, page.encode("utf-8", "replace"), option)


def print_page(page: str) -> bytes:
    """The PDF of a page of our own. Raises BrowserUnavailable without a browser."""
    import asyncio

    from monitor.runner import NO_BROWSER
    from scrapers.errors import BrowserUnavailable
    from scrapers.printing import print_html
    from scrapers.process import find_browser

    found = find_browser(os.environ)
    if found is None:
        raise BrowserUnavailable(NO_BROWSER)
    return asyncio.run(print_html(found, page))


def _write_file(path: Path, data: bytes, option: str) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        fail(f"{option} {path}: {error.strerror}; name a file in a folder that can be written", ExitCode.WRONG_USE)
    click.echo(f"written to {plain_text(str(path))}", err=True)
