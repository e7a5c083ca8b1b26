"""`diff`: what changed between two captures of the archive."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.asking import show_seen
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail

if TYPE_CHECKING:
    from monitor.changes.redline_page import Side
    from scrapers.model import Reading
    from storage.archive import Archive
    from storage.model import StoredCapture


@dataclass(frozen=True)
class _Read:
    """A capture of the archive and its reading."""

    stored: StoredCapture
    reading: Reading


@click.command()
@click.argument("before")
@click.argument("after")
@click.option(
    "--html",
    "html_file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a redline to read or print.",
)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def diff_command(context: click.Context, before: str, after: str, html_file: Path | None, as_json: bool) -> ExitCode:
    """Show what differs between two captures: facts, rules, and every word that was changed.

    BEFORE and AFTER are ids of captures or their unique beginnings. Status 3 when a change is grave; 0 for captures of
    two different pages, whose differences are no change.
    """
    from monitor.changes.compare import compare_readings
    from monitor.cli.context import open_cli_archive
    from monitor.cli.difference import show_comparison

    with open_cli_archive(context) as archive:
        old, new = _load(archive, before), _load(archive, after)
    _warn(old.stored, new.stored)
    differences = compare_readings(old.reading, new.reading, role=new.stored.page.role)
    status = show_comparison(
        old.reading, new.reading, differences, old=_side(old), new=_side(new), as_json=as_json, html_file=html_file
    )
    return status if old.stored.page.url == new.stored.page.url else ExitCode.DONE


def _load(archive: Archive, wanted: str) -> _Read:
    """The capture and its version; one without a version is read now, a blocked one cannot be compared."""
    from scrapers.model import Outcome
    from storage.captures import get_capture
    from storage.errors import NotInArchive
    from storage.versions import get_version

    with archive.database.reading() as session:
        try:
            stored = get_capture(session, wanted)
        except NotInArchive as error:
            fail(str(error), ExitCode.NOTHING_FOUND)
        version = get_version(session, stored.id)
    if version is not None:
        return _Read(stored, version.reading)
    if stored.outcome not in (Outcome.COMPLETE, Outcome.PARTIAL):
        why = f"{stored.outcome.value} ({stored.reason})" if stored.reason else stored.outcome.value
        fail(
            f"capture {stored.id} is {why}: it shows no page to compare; choose another one from `cardwatch history`",
            ExitCode.NOTHING_FOUND,
        )
    from scrapers.content import content_of
    from scrapers.extract import read_page

    return _Read(stored, read_page(content_of(archive.load_capture(stored.id)), role=stored.page.role))


def _warn(old: StoredCapture, new: StoredCapture) -> None:
    if old.page.vantage != new.page.vantage:
        click.echo(f"note: seen from two vantages, {old.page.vantage} and {new.page.vantage}", err=True)
    if old.page.url != new.page.url:
        click.echo(
            f"note: these are captures of two different pages, {old.page.url} and {new.page.url}: how they differ is "
            "no change, and the status is 0",
            err=True,
        )
    if old.seen_at > new.seen_at:
        click.echo("note: the first capture is the newer one", err=True)


def _side(read: _Read) -> Side:
    from monitor.changes.redline_page import Side

    stored = read.stored
    note = "第三方提供，时间为其声称" if stored.origin == "imported" else ""
    return Side(stored.id, show_seen(stored), stored.final_url or stored.page.url, stored.title, note)
