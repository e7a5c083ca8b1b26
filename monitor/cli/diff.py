"""`diff`: what changed between two captures of the archive."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text

if TYPE_CHECKING:
    from monitor.changes.redline_words import Side
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
@click.option(
    "--pdf",
    "pdf_file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the redline as a PDF to print or attach.",
)
@click.option(
    "--pictures",
    "picture_folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Write both screenshots and a page that compares them.",
)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def diff_command(
    context: click.Context,
    before: str,
    after: str,
    html_file: Path | None,
    pdf_file: Path | None,
    picture_folder: Path | None,
    as_json: bool,
) -> ExitCode:
    """Show what differs between two captures: facts, rules, and every word that was changed.

    BEFORE and AFTER are ids of captures or their unique beginnings. The redline of --html and --pdf says first what was
    changed against the buyer, since when and how that is known, and ends with the screenshots. Status 3 when a change
    is grave; 0 for captures of two different pages, whose differences are no change.
    """
    from monitor.changes.compare import compare_readings
    from monitor.changes.redline_words import side_of_capture
    from monitor.cli.context import open_cli_archive
    from monitor.cli.difference import show_comparison
    from monitor.sightings import find_sightings

    with open_cli_archive(context) as archive:
        old, new = _load(archive, before), _load(archive, after)
        _warn(old.stored, new.stored)
        differences = compare_readings(old.reading, new.reading, role=new.stored.page.role)
        with archive.database.reading() as session:
            sightings = find_sightings(session, old.stored, new.stored, differences)
        sides = side_of_capture(old.stored), side_of_capture(new.stored)
        if picture_folder is not None:
            _write_pictures(archive, old.stored, new.stored, sides, picture_folder)
        status = show_comparison(
            old.reading,
            new.reading,
            differences,
            old=sides[0],
            new=sides[1],
            as_json=as_json,
            html_file=html_file,
            pdf_file=pdf_file,
            sightings=sightings,
            draw_pictures=lambda: _draw_pictures(archive, old.stored, new.stored),
        )
    return status if old.stored.page.url == new.stored.page.url else ExitCode.DONE


def _write_pictures(
    archive: Archive, old: StoredCapture, new: StoredCapture, sides: tuple[Side, Side], folder: Path
) -> None:
    """The screenshots as they are kept, and a page that compares them; captures without any end the command."""
    from monitor.pictures.folder import write_pictures
    from monitor.pictures.picture import PictureError

    captures = [archive.load_capture(stored.id, fill_views=True) for stored in (old, new)]
    try:
        index = write_pictures(captures[0], captures[1], sides, folder)
    except PictureError as error:
        fail(f"{error}; the texts can be compared without --pictures", ExitCode.NOTHING_FOUND)
    except OSError as error:
        fail(f"--pictures {folder}: {error.strerror}; name a new folder, or an empty one", ExitCode.WRONG_USE)
    click.echo(f"written to {plain_text(str(index))}", err=True)


def _draw_pictures(archive: Archive, old: StoredCapture, new: StoredCapture) -> str:
    """The compared screenshots for the redline, or a line that says why there are none."""
    from monitor.pictures.folder import draw_pictures

    captures = [archive.load_capture(stored.id, fill_views=True) for stored in (old, new)]
    return draw_pictures(captures[0], captures[1])


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
