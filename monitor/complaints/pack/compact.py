"""The compact form of a pack: PDF and JPG only, split and re-encoded until a form takes them.

Takes the PDFs of the full form; gives files within so many megabytes each and so many files. Pages keep the numbers
that are printed on them. Where a form takes pictures only, the same pages are there as JPG, several under each other
where there are more pages than files. What cannot be made to fit is told, never left out in silence.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PIL import Image

from monitor.complaints.pack.folder import PackFolder
from monitor.complaints.pack.model import PageRange
from monitor.complaints.pack.pdf import bind_pages, count_pages, cut_pages, draw_pages
from monitor.complaints.pack.pictures import fit_jpeg, stack_pictures
from monitor.config.complaints import ChannelLimits

_MEGABYTE = 1_000_000
_WIDTHS = (1240, 1080, 900, 760)
_TALLEST = 16_000  # lines of one JPG: some pages' viewers and uploads refuse taller ones
_DOTS = 150


@dataclass(frozen=True)
class Upload:
    """A file to upload, and what is in it."""

    path: str
    told: str


def write_pdfs(
    folder: PackFolder, parts: Sequence[tuple[str, str, Path]], limits: ChannelLimits, at: datetime
) -> tuple[tuple[Upload, ...], tuple[str, ...]]:
    """Write PDFs (name, what it is, file) into `PDF/`, each within the limit; gives uploads and what must be told."""
    most = int(limits.max_megabytes * _MEGABYTE)
    uploads: list[Upload] = []
    notes: list[str] = []
    for name, told, source in parts:
        pieces = list(_split_pdf(source, most, folder.root.parent, at, told))
        for number, piece in enumerate(pieces, 1):
            path = f"PDF/{len(uploads) + 1:02d}-{name}{f'-第{number}册' if len(pieces) > 1 else ''}.pdf"
            made = folder.copy(path, piece)
            piece_told = f"{told}（第 {number} 册，共 {len(pieces)} 册）" if len(pieces) > 1 else told
            uploads.append(Upload(path, piece_told))
            if made.bytes > most:
                notes.append(f"{path} 有 {made.bytes / _MEGABYTE:.1f} MB，超过设定的 {limits.max_megabytes:g} MB")
            if piece != source:
                piece.unlink()
    if len(uploads) > limits.max_files:
        notes.append(
            f"PDF 共 {len(uploads)} 个，超过设定的每次 {limits.max_files} 个：按编号顺序先传前 {limits.max_files} 个，"
            "其余作为补充材料提交，或改传 JPG"
        )
    return tuple(uploads), tuple(notes)


def write_pictures(
    folder: PackFolder, booklet: Path | None, pages: Mapping[str, PageRange], limits: ChannelLimits
) -> tuple[tuple[Upload, ...], tuple[str, ...]]:
    """Write the booklet's pages as JPGs into `JPG/`, so many in one that no more than the form takes come out."""
    if booklet is None:
        return (), ()
    most = int(limits.max_megabytes * _MEGABYTE)
    total = count_pages(booklet)
    each = max(1, -(-total // max(1, limits.max_files)))
    uploads: list[Upload] = []
    notes: list[str] = []
    for number, (first, batch) in enumerate(_batches(booklet, each), 1):
        last = first + len(batch) - 1
        names = [mark for mark, place in pages.items() if place.first <= last and place.last >= first]
        held = names[0] if len(names) == 1 else f"{names[0]}至{names[-1]}" if names else ""
        data = _fit(batch, most)
        path = f"JPG/{number:02d}-证据{held}.jpg"
        folder.add(path, data)
        uploads.append(Upload(path, f"证{held}，第 {first}{f'-{last}' if last > first else ''} 页"))
        if len(data) > most:
            notes.append(f"{path} 有 {len(data) / _MEGABYTE:.1f} MB，超过设定的 {limits.max_megabytes:g} MB")
    return tuple(uploads), tuple(notes)


def _batches(booklet: Path, each: int) -> Iterator[tuple[int, list[Image.Image]]]:
    batch: list[Image.Image] = []
    first = 1
    for page in draw_pages(booklet, dots=_DOTS if each < 3 else 110, most=10_000):
        batch.append(page)
        if len(batch) == each:
            yield first, batch
            first += len(batch)
            batch = []
    if batch:
        yield first, batch


def _fit(batch: list[Image.Image], most: int) -> bytes:
    data = b""
    for width in _WIDTHS:
        tall = sum(round(one.height * width / one.width) for one in batch)
        if tall > _TALLEST:
            width = max(400, width * _TALLEST // tall)
        whole = batch[0] if len(batch) == 1 and batch[0].width <= width else stack_pictures(batch, width=width)
        data = fit_jpeg(whole, most)
        if len(data) <= most:
            break
    return data


def _split_pdf(source: Path, most: int, folder: Path, at: datetime, title: str) -> Iterator[Path]:
    """The file itself where it is small enough, else its pages in as many as are needed."""
    if source.stat().st_size <= most:
        yield source
        return
    leaves = [_within(leaf, most) for leaf in cut_pages(source, folder)]
    held: list[Path] = []
    size = number = 0
    for leaf in leaves:
        if held and size + leaf.stat().st_size > most:
            number += 1
            yield _bind(held, folder / f"volume-{number}.pdf", at, title)
            held, size = [], 0
        held.append(leaf)
        size += leaf.stat().st_size
    yield _bind(held, folder / f"volume-{number + 1}.pdf", at, title)


def _within(leaf: Path, most: int) -> Path:
    """A page small enough for a file of its own: as a picture where it is not."""
    if leaf.stat().st_size <= most:
        return leaf
    (page,) = draw_pages(leaf)
    fit_jpeg_page(page, leaf, most)
    return leaf


def _bind(leaves: list[Path], target: Path, at: datetime, title: str) -> Path:
    bind_pages([("", leaf) for leaf in leaves], b"", target, at, title)
    for leaf in leaves:
        leaf.unlink()
    return target


def fit_jpeg_page(page: Image.Image, target: Path, most: int) -> None:
    """Write a PDF of one page that is a picture, as coarse as it must be."""
    width = page.width
    data = fit_jpeg(page, int(most * 0.95) - 2000)
    with Image.open(io.BytesIO(data)) as picture:
        picture.save(target, "PDF", resolution=picture.width * _DOTS / width if width else _DOTS)
