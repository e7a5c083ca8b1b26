"""PDFs of a pack: dates settled, parts bound into one, pages counted and numbered, pages turned into pictures.

Takes and gives bytes and files. What is bound was printed by our own browser; a PDF that somebody else made is only
ever turned into pictures, so that no script, attachment or hidden text layer of it comes along. The same input gives
the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, TextStringObject

MOST_PAGES = 60
"""Of one PDF that somebody brings: what is beyond is counted and told, not shown."""

_DATE = re.compile(rb"/(CreationDate|ModDate) ?\(D:\d{14}[+\-Z]\d\d'\d\d'?\)")
_DOTS = 150
_MOST_SIDE = 4000
_POINTS = 72


class PdfProblem(Exception):  # noqa: N818 - reads as a sentence where it is caught
    """A PDF cannot be read; says why."""


def settle_dates(data: bytes, at: datetime) -> bytes:
    """The PDF with `at` for the date on which Chromium printed it, which is all in which two prints differ.

    Of the same length, so that its table of places still holds.
    """
    stamp = at.astimezone(UTC).strftime("%Y%m%d%H%M%S").encode()

    def settle(match: re.Match[bytes]) -> bytes:
        settled = b"/" + match[1] + b" (D:" + stamp + b"+00'00'"
        return settled.ljust(len(match[0]) - 1)[: len(match[0]) - 1] + b")"

    return _DATE.sub(settle, data)


def count_pages(data: bytes | Path) -> int:
    """How many pages a PDF of ours has."""
    return len(PdfReader(io.BytesIO(data) if isinstance(data, bytes) else data).pages)


def bind_pages(parts: Sequence[tuple[str, Path]], numbers: bytes, target: Path, at: datetime, title: str) -> None:
    """Bind PDFs into one, with a bookmark for each that has a name; page n of `numbers` is laid over the whole's."""
    writer = PdfWriter()
    overlay = PdfReader(io.BytesIO(numbers)).pages if numbers else ()
    place = 0
    for name, path in parts:
        first = place
        with path.open("rb") as file:
            for page in PdfReader(file).pages:
                laid = writer.add_page(page)
                if place < len(overlay):
                    laid.merge_page(overlay[place])
                for left_over in ("/StructParents", "/Tabs", "/Annots"):
                    laid.pop(NameObject(left_over), None)
                place += 1
        if name:
            writer.add_outline_item(title=name, page_number=first)
    _write(writer, target, at, title)


def cut_pages(source: Path, folder: Path) -> list[Path]:
    """Every page of a PDF of ours as a file of its own."""
    leaves = []
    for place, page in enumerate(PdfReader(source).pages):
        writer = PdfWriter()
        writer.add_page(page)
        leaves.append(folder / f"leaf-{place:04d}.pdf")
        with leaves[-1].open("wb") as file:
            writer.write(file)
    return leaves


def _write(writer: PdfWriter, target: Path, at: datetime, title: str) -> None:
    day = at.astimezone(UTC).strftime("D:%Y%m%d%H%M%S+00'00'")
    writer.metadata = {
        NameObject("/Producer"): TextStringObject("cardwatch"),
        NameObject("/Title"): TextStringObject(title),
        NameObject("/CreationDate"): TextStringObject(day),
        NameObject("/ModDate"): TextStringObject(day),
    }
    with target.open("xb") as file:
        writer.write(file)


def draw_pages(source: bytes | Path, *, dots: int = _DOTS, most: int = MOST_PAGES) -> Iterator[Image.Image]:
    """The pages as pictures, one at a time. Raises PdfProblem for a file that is no readable PDF."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        raise PdfProblem(f"the PDF cannot be read: {error}") from error
    try:
        for number in range(min(len(document), most)):
            try:
                page = document[number]
                width, height = page.get_size()
                scale = min(dots / _POINTS, _MOST_SIDE / max(width, height, 1))
                picture = page.render(scale=scale, may_draw_forms=False).to_pil()
            except (pypdfium2.PdfiumError, ValueError) as error:
                raise PdfProblem(f"page {number + 1} of the PDF cannot be drawn: {error}") from error
            yield picture.convert("RGB")
            page.close()
    finally:
        document.close()
