"""Reads a capture into a version: which captures may be read, with which texts, by which selectors.

Raises nothing for what a page says. An older version is read anew beside the old reading, which stays.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.changes.normal_forms import digest_forms
from monitor.outcomes import is_readable, left_site
from monitor.picture_reading import see_pictures
from monitor.selectors import Selectors
from scrapers.content import content_of
from scrapers.extract import read_page
from scrapers.model import Capture, ViewKind
from storage.ids import new_id
from storage.model import StoredCapture, Version
from storage.readable import find_readable
from storage.versions import insert_version

if TYPE_CHECKING:
    from storage.archive import Archive
    from storage.session import Session

_TEXT_VIEWS = frozenset(
    {ViewKind.DOM, ViewKind.FRAME_DOM, ViewKind.TEXT, ViewKind.POPUP_TEXT, ViewKind.LAYOUT, ViewKind.CANVAS}
)


def fill_texts(archive: Archive, capture: Capture) -> Capture:
    """The capture with the texts of its reused views put back, for the reader."""
    views = tuple(
        replace(view, data=archive.load_payload(view.digest))
        if view.data is None and view.kind in _TEXT_VIEWS
        else view
        for view in capture.views
    )
    return replace(capture, views=views)


def shows_page(capture: StoredCapture) -> bool:
    """Whether a capture may become a version: the page itself was seen, and on its own site.

    After a redirect to another site the words are those of whoever sits there, so they are never compared with the
    old page's rules: that the page moved is told as an outcome.
    """
    return is_readable(capture.outcome) and not left_site(capture)


def read_capture(capture: Capture, stored: StoredCapture, selectors: Selectors, archive: Archive) -> Version:
    """The version of a capture by this extractor release. Raises nothing for what the page says.

    The archive holds what was read in pictures before, and their bytes.
    """
    content = content_of(capture)
    content = replace(content, pictures=see_pictures(archive, capture, content, stored.page.role, selectors.ocr))
    reading = read_page(content, role=stored.page.role, keep=selectors.keep, remove=selectors.remove)
    return Version(
        id=new_id("version", stored.started_at),
        capture_id=stored.id,
        page_id=stored.page.id,
        seen_at=stored.seen_at,
        origin=stored.origin,
        reading=replace(reading, release=selectors.release),
    )


def read_again(archive: Archive, version: Version, selectors: Selectors) -> Version:
    """The same capture read by this release, kept beside the older reading.

    Done before comparing, so that a better extractor or another selector never looks like a rewritten rule.
    """
    with archive.database.reading() as session:
        stored = capture_of(session, version)
    anew = read_capture(find_readable(archive, stored).load(), stored, selectors, archive)
    with archive.database.writing() as session:
        insert_version(session, anew, digest_forms(anew.reading.text))
    return anew


def capture_of(session: Session, version: Version) -> StoredCapture:
    """The capture that a version was read from."""
    from storage.captures import get_capture

    return get_capture(session, version.capture_id)
