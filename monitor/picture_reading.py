"""The texts in the pictures of a capture: known ones from the archive, new ones read now and kept.

Takes an archive, a capture and the settings; gives what was seen in each picture. Without the extra `ocr`, or where it
is switched off, nothing is looked at.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.config.services import OcrSettings
from scrapers.model import Capture, PageContent, Role, SeenPicture
from scrapers.ocr import read_pictures
from scrapers.pictures import find_pictures, show_pictures
from storage.errors import ArchiveError
from storage.picture_texts import keep_picture_texts, load_picture_texts

if TYPE_CHECKING:
    from storage.archive import Archive


def see_pictures(
    archive: Archive, capture: Capture, content: PageContent, role: Role, settings: OcrSettings
) -> tuple[SeenPicture, ...]:
    """What the pictures of a page say. A picture is never read twice by one release of the recogniser."""
    engine = settings.engine
    pictures = find_pictures(capture, content, role) if engine else ()
    if not pictures:
        return ()
    with archive.database.reading() as session:
        known = load_picture_texts(session, [picture.digest for picture in pictures], engine)
    filled = tuple(
        picture if picture.data or picture.digest in known else replace(picture, data=_load(archive, picture.digest))
        for picture in pictures
    )
    texts = read_pictures(filled, known, settings.seconds, picture_seconds=settings.picture_seconds)
    fresh = [text for text in texts if text.digest not in known]
    if any(text.final for text in fresh):
        with archive.database.writing() as session:
            keep_picture_texts(session, fresh, capture.ended_at)
    return show_pictures(filled, texts)


def _load(archive: Archive, digest: str) -> bytes:
    """The bytes of a picture that the capture only names; b"" where they are not to be had."""
    try:
        return archive.load_payload(digest)
    except ArchiveError:
        return b""
