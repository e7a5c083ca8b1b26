"""The picture of a site in a dossier: its newest screenshot, cut and small; in coarse squares where it is masked.

A screenshot shows contacts and codes to pay by as pixels, which no masking of text reaches. The squares are so large
that neither letters nor the modules of a QR code are left, while the layout of the page can still be recognised.
"""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

from PIL import Image

from monitor.pictures.capture_picture import read_capture_picture
from monitor.pictures.picture import PictureError
from scrapers.domains import registrable_domain
from scrapers.model import Origin, Outcome
from storage.captures import list_captures
from storage.errors import ArchiveError
from storage.pages import list_pages

if TYPE_CHECKING:
    from monitor.dossier.model import SiteFile
    from storage.archive import Archive

SQUARES = 24
"""Squares across a masked picture: on a telephone's page of 390 pixels each is 16, larger than its letters; a QR code
as wide as the page has fewer squares than modules."""

_WIDTH, _HEIGHT, _QUALITY = 460, 460, 72
_TRIED = 4  # captures without a picture that can be shown, before the site goes without


def add_picture(archive: Archive, file: SiteFile) -> SiteFile:
    """The file with the newest screenshot of the site that was made by this tool, where there is one."""
    with archive.database.reading() as session:
        pages = [page.id for page in list_pages(session) if registrable_domain(page.url) == file.site]
        shown = [Outcome.COMPLETE, Outcome.PARTIAL]
        captures = list_captures(session, pages=pages, outcomes=shown, limit=20) if pages else ()
    own = [
        one
        for one in captures
        if one.origin is Origin.OWN and registrable_domain(one.final_url or one.page.url) == file.site
    ]
    for stored in own[:_TRIED]:
        try:
            capture = archive.load_capture(stored.id, fill_views=True)
            if capture.session:
                continue  # shows the account of whoever logged in
            picture = read_capture_picture(capture)
        except (PictureError, ArchiveError):
            continue  # this one has no picture that can be shown: an older one may have one
        return replace(
            file,
            picture=_shrink(picture.image),
            pictured_at=stored.seen_at,
            picture_proof=stored.id,
            drill=capture.surroundings is not None and capture.surroundings.drill,
        )
    return file


def coarsen(picture: bytes) -> bytes:
    """A picture in squares: what stood in it cannot be read any more."""
    with Image.open(io.BytesIO(picture)) as image:
        wide, high = image.size
        small = image.convert("RGB").resize((SQUARES, max(1, round(SQUARES * high / wide))), Image.Resampling.BOX)
        return _as_jpeg(small.resize((_WIDTH, max(1, round(_WIDTH * high / wide))), Image.Resampling.NEAREST))


def _shrink(image: Image.Image) -> bytes:
    height = min(image.height, image.width * _HEIGHT // _WIDTH)
    small = image.crop((0, 0, image.width, height)).convert("RGB")
    small.thumbnail((_WIDTH * 2, _HEIGHT * 2))
    return _as_jpeg(small)


def _as_jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
