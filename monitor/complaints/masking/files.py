"""Masks a file for an audience, or says why it cannot be masked safely.

Takes a path, its media type and a Masking; gives new bytes that hold nothing of the original's structure: pictures and
PDFs are made anew from pixels (no metadata, thumbnails, text layer), texts, pages and mails as plain text. What is
masked is read again before it is given out. Everything else, and what cannot be read, is withheld with the reason.
"""

from __future__ import annotations

import io
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from monitor.complaints.masking.documents import DocumentRefused, read_mail, read_page, read_text
from monitor.complaints.masking.pdf_pages import JpegPage, write_pdf
from monitor.complaints.masking.picture_reader import Box, PictureReader, PictureRefused, SeenPicture
from monitor.complaints.masking.pictures import PaintedPicture, mask_picture
from monitor.complaints.masking.text import find_spans, mask_text
from monitor.complaints.model import Hit, Masking
from scrapers.ocr import engine_release

MOST_BYTES = 60_000_000
MOST_PAGES = 60
SECONDS_A_PICTURE = 60.0
SECONDS_A_FILE = 600.0
NO_OCR = (
    "没有安装文字识别（pip install 'cardwatch[ocr]'），无法确认图片里没有卡密和个人信息；"
    "请安装后重试，或手动指定要遮盖的位置"
)
_TEXTS = frozenset(
    {"application/json", "application/x-ndjson", "application/csv", "application/xml", "application/yaml"}
)
_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_MAILS = frozenset({"message/rfc822", "application/mbox"})
_LOSSLESS = frozenset({"image/png", "image/gif", "image/bmp", "image/x-ms-bmp", "image/webp", "image/tiff"})


@dataclass(frozen=True)
class MaskedFile:
    """A masked copy. `data` None and `withheld` say why there is none; `notes` tell in Chinese what was left out."""

    data: bytes | None
    media_type: str
    hits: tuple[Hit, ...] = ()
    withheld: str = ""
    notes: tuple[str, ...] = ()


def mask_file(
    path: Path, media_type: str, masking: Masking, *, ocr: bool = True, boxes: Sequence[Box] = ()
) -> MaskedFile:
    """A masked copy of a file. `boxes` are places of a picture, in pixels, that the user wants painted over.

    Without text recognition (`ocr` False, or not installed) pictures are withheld unless there are boxes. Raises
    OSError where the file cannot be read.
    """
    kind = media_type.partition(";")[0].strip().lower()
    if kind in ("", "application/octet-stream"):
        kind = mimetypes.guess_type(path.name)[0] or kind
    if path.stat().st_size > MOST_BYTES:
        return MaskedFile(None, media_type, withheld=f"文件超过 {MOST_BYTES // 1_000_000} MB，不能逐处检查")
    reads = ocr and bool(engine_release())
    try:
        if kind.startswith("image/") and kind != "image/svg+xml":
            return _mask_image(path.read_bytes(), kind, masking, reads, boxes)
        if kind == "application/pdf":
            return _mask_pdf(path.read_bytes(), masking, reads)
        if kind in _PAGES:
            return _mask_read(read_page(path.read_bytes()), masking, ("网页只留下文字，排版、脚本和图片未附入",))
        if kind in _MAILS:
            text, attached = read_mail(path.read_bytes())
            return _mask_read(text, masking, (f"邮件的 {attached} 个附件未附入",) if attached else ())
        if kind.startswith("text/") or kind in _TEXTS:
            return _mask_read(read_text(path.read_bytes()), masking, (), kind)
    except (PictureRefused, DocumentRefused) as why:
        return MaskedFile(None, media_type, withheld=str(why))
    return MaskedFile(None, media_type, withheld=_why_withheld(kind))


def _why_withheld(kind: str) -> str:
    if kind.startswith(("audio/", "video/")):
        return "录音、录像无法可靠遮盖：只交给有权接收原件的机构，或者另附文字整理稿"
    if kind in ("application/zip", "application/x-rar-compressed", "application/x-7z-compressed", "application/gzip"):
        return "压缩包不能整体遮盖：请解开后逐个文件加入"
    return "这类文件无法可靠遮盖：请另存为图片、PDF 或文本后加入"


def _mask_read(text: str, masking: Masking, notes: tuple[str, ...], kind: str = "text/plain") -> MaskedFile:
    masked, hits = mask_text(text, masking)
    if find_spans(masked, masking):
        return MaskedFile(None, kind, hits, withheld="遮盖后重新检查仍能读到敏感内容", notes=notes)
    return MaskedFile(
        masked.encode(), f"{kind}; charset=utf-8" if kind.startswith("text/") else kind, hits, notes=notes
    )


def _mask_image(data: bytes, kind: str, masking: Masking, reads: bool, boxes: Sequence[Box]) -> MaskedFile:
    if not reads and not boxes:
        return MaskedFile(None, kind, withheld=NO_OCR)
    with PictureReader(SECONDS_A_PICTURE) as reader:
        seen = reader.open_picture(data, ocr=reads)
        painted = mask_picture(seen, masking, boxes=boxes, again=reader if reads else None)
    notes = () if reads else ("没有做文字识别，只遮盖了手动指定的位置",)
    if seen.frames > 1:
        notes = (*notes, f"动图只留下 {seen.frames} 帧中的第一帧")
    made, media_type = _encode(painted, lossless=kind in _LOSSLESS)
    return MaskedFile(made, media_type, painted.hits, notes=notes)


def _mask_pdf(data: bytes, masking: Masking, reads: bool) -> MaskedFile:
    pages: list[JpegPage] = []
    hits: list[Hit] = []
    started = monotonic()
    with PictureReader(SECONDS_A_PICTURE) as reader:
        count = reader.open_pdf(data)
        if count > MOST_PAGES:
            raise PictureRefused(f"PDF 有 {count} 页，超过 {MOST_PAGES} 页的上限：请拆分后加入")
        for number in range(count):
            if monotonic() - started > SECONDS_A_FILE:
                raise PictureRefused(f"处理超过 {SECONDS_A_FILE:g} 秒")
            seen = reader.draw_page(number, ocr=reads)
            if not reads and not _is_plain_text(seen):
                raise PictureRefused(NO_OCR)
            painted = mask_picture(seen, masking, again=reader if reads else None, where=f"第{number + 1}页")
            made, _media_type = _encode(painted, lossless=False)
            pages.append(JpegPage(made, painted.width, painted.height))
            hits += painted.hits
    notes = ("PDF 已重做为图片，不含文字层和文件信息",)
    return MaskedFile(write_pdf(pages), "application/pdf", tuple(hits), notes=notes)


def _is_plain_text(seen: SeenPicture) -> bool:
    """Whether a page has a text layer and no pictures, so that its own text is all that can be read on it."""
    return seen.images == 0 and any(not sign.isspace() for sign, _box in seen.layer)


def _encode(painted: PaintedPicture, *, lossless: bool) -> tuple[bytes, str]:
    from PIL import Image

    frame = Image.frombytes("RGB", (painted.width, painted.height), painted.pixels)
    out = io.BytesIO()
    if lossless:
        frame.save(out, "PNG", compress_level=6)
        return out.getvalue(), "image/png"
    frame.save(out, "JPEG", quality=88, subsampling=0)
    return out.getvalue(), "image/jpeg"
