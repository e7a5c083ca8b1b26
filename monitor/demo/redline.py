"""Writes one change of the demo's archive as a redline that a person can read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from monitor.changes.compare import compare_readings
from monitor.changes.redline_page import Side, render_redline_html, side_of_capture
from monitor.pictures.folder import draw_pictures
from monitor.sightings import find_sightings
from storage.captures import get_capture
from storage.versions import get_version

if TYPE_CHECKING:
    from scrapers.model import Reading
    from storage.archive import Archive
    from storage.model import Change


def write_redline(archive: Archive, change: Change, path: Path) -> None:
    """The redline between the two captures of a change that was found between two versions."""
    (before, old), (after, new) = (_load(archive, name) for name in (change.before_capture, change.after_capture))
    differences = compare_readings(before, after, role=change.page.role)
    with archive.database.reading() as session:
        captures = [get_capture(session, name) for name in (change.before_capture, change.after_capture)]
        sightings = find_sightings(session, captures[0], captures[1], differences)
    seen = [archive.load_capture(capture.id, fill_views=True) for capture in captures]
    page = render_redline_html(
        before, after, differences, old=old, new=new, sightings=sightings, pictures=draw_pictures(seen[0], seen[1])
    )
    path.write_text(page, encoding="utf-8")


def _load(archive: Archive, capture_id: str) -> tuple[Reading, Side]:
    with archive.database.reading() as session:
        stored, version = get_capture(session, capture_id), get_version(session, capture_id)
    if version is None:
        raise ValueError(f"capture {capture_id} was never read into a version")
    return version.reading, side_of_capture(stored)
