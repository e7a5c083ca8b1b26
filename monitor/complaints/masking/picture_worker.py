"""The child that opens what may be hostile: `python -m monitor.complaints.masking.picture_worker CPU_SECONDS`.

Decodes pictures and pages of PDFs to plain pixels, reads the text in them with the place of each sign, and finds
codes of all kinds with their places. Requests and answers are JSON and bytes (`picture_pipe`); the parent never opens
a file of the user's. Limits its own memory and CPU time first.
"""

from __future__ import annotations

import io
import logging
import os
import sys
import warnings
from typing import TYPE_CHECKING, Any

from monitor.complaints.masking.picture_messages import read_message, write_message
from scrapers.picture_pipe import limit_self

if TYPE_CHECKING:
    import numpy
    import pypdfium2
    from PIL.Image import Image as Frame
    from rapidocr import RapidOCR

MEMORY_BYTES = 3 << 30
MOST_PIXELS = 40_000_000
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "ICO", "AVIF", "TIFF", "HEIF", "MPO")
_TILE, _OVERLAP, _WIDEST = 1280, 160, 2560
_LEAST_SURE = 0.3
_SMALL = 700  # px: below it a picture is read twice as large
_DOTS, _POINTS = 150, 72
_MOST_PAGE_PIXELS = 5_000_000
_MOST_CODES = 60
_MOST_SIGNS = 60_000

Json = dict[str, object]


class _Refused(Exception):  # noqa: N818 - it is an answer, not an error
    """Why this is not opened, in Chinese: it is shown to the user."""


class _Worker:
    """One file after the other; a PDF stays open while its pages are asked for."""

    def __init__(self) -> None:
        self._engine: RapidOCR | None = None
        self._pdf: pypdfium2.PdfDocument | None = None

    def answer(self, request: Json, data: bytes) -> tuple[Json, bytes]:
        """What is asked: a picture, a PDF, one of its pages, or pixels that are read again."""
        do = request["do"]
        if do == "pdf":
            return self._open_pdf(data), b""
        if do == "page":
            frame, page = self._draw_page(int(str(request["number"])))
            return self._read(frame, request) | page, frame.tobytes()
        if do == "pixels":
            from PIL import Image

            size = int(str(request["width"])), int(str(request["height"]))
            return self._read(Image.frombytes("RGB", size, data), request), b""
        frame, frames = open_picture(data)
        return self._read(frame, request) | {"frames": frames}, frame.tobytes()

    def _read(self, frame: Frame, request: Json) -> Json:
        lines = self._read_lines(frame) if request.get("ocr") else []
        return {"width": frame.width, "height": frame.height, "lines": lines, "codes": find_codes(frame)}

    def _open_pdf(self, data: bytes) -> Json:
        import pypdfium2

        if self._pdf is not None:
            self._pdf.close()
            self._pdf = None
        try:
            self._pdf = pypdfium2.PdfDocument(data)
            return {"pages": len(self._pdf)}
        except pypdfium2.PdfiumError as error:
            raise _Refused("PDF 打不开：有密码或已损坏") from error

    def _draw_page(self, number: int) -> tuple[Frame, Json]:
        import pypdfium2

        if self._pdf is None:
            raise _Refused("PDF 没有打开")
        page = self._pdf[number]
        width, height = page.get_size()
        scale = min(_DOTS / _POINTS, (_MOST_PAGE_PIXELS / max(1.0, width * height)) ** 0.5)
        bitmap = page.render(scale=scale, may_draw_forms=True)
        frame = bitmap.to_pil().convert("RGB")
        images = sum(1 for _one in page.get_objects(filter=(pypdfium2.raw.FPDF_PAGEOBJ_IMAGE,)))
        return frame, {"layer": _text_layer(page, frame.width, frame.height), "images": images}

    def _read_lines(self, frame: Frame) -> list[Json]:
        import numpy

        if self._engine is None:
            from scrapers.ocr_worker import make_engine

            self._engine = make_engine()
        low, high = frame.convert("L").getextrema()
        if float(high) - float(low) < 20:  # type: ignore[arg-type]
            return []
        scale = 2 if max(frame.size) < _SMALL else 1
        larger = frame.resize((frame.width * scale, frame.height * scale)) if scale > 1 else frame
        pixels = numpy.ascontiguousarray(numpy.asarray(larger)[:, :, ::-1])
        lines: list[Json] = []
        for top in range(0, max(larger.height - _OVERLAP, 1), _TILE - _OVERLAP):
            for left in range(0, max(larger.width - _OVERLAP, 1), _WIDEST - _OVERLAP):
                tile = numpy.ascontiguousarray(pixels[top : top + _TILE, left : left + _WIDEST])
                lines += _read_tile(self._engine, tile, left, top, scale)
        return lines


def open_picture(data: bytes) -> tuple[Frame, int]:
    """The first frame of a picture as the eye sees it, turned as its camera says, and the count of its frames."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # bounded here, with words of our own
    try:
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False)
    except ImportError:
        pass  # without it HEIC pictures are refused as unknown
    try:
        picture = Image.open(io.BytesIO(data), formats=_FORMATS)
    except Exception as error:
        raise _Refused("不是能打开的图片") from error
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise _Refused(f"图片有 {width}×{height} 像素，超过 {MOST_PIXELS // 1_000_000} 百万像素的上限")
    frames = int(getattr(picture, "n_frames", 1))
    turned = ImageOps.exif_transpose(picture) or picture
    if turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info:
        seen = turned.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen).convert("RGB"), frames
    return turned.convert("RGB"), frames


def find_codes(frame: Frame) -> list[Json]:
    """QR codes and bar codes of every kind with their places; also those that were seen and not read."""
    import zxingcpp

    found: list[Json] = []
    for picture, scale in ((frame, 1.0), (frame.resize((frame.width * 2, frame.height * 2)), 2.0)):
        if scale > 1 and (found or frame.width * frame.height > 2_000_000):
            break
        for code in zxingcpp.read_barcodes(picture, return_errors=True)[:_MOST_CODES]:
            corners = (
                code.position.top_left, code.position.top_right, code.position.bottom_left, code.position.bottom_right
            )  # fmt: skip
            xs, ys = [corner.x / scale for corner in corners], [corner.y / scale for corner in corners]
            box = [min(xs), min(ys), max(xs), max(ys)]
            found.append({"text": str(code.text)[:4000] if code.valid else "", "format": str(code.format), "box": box})
    return found


def _read_tile(engine: RapidOCR, pixels: numpy.ndarray, left: int, top: int, scale: int) -> list[Json]:
    from rapidocr.utils.output import RapidOCROutput

    found: Any = engine(pixels, return_word_box=True, return_single_char_box=True, text_score=_LEAST_SURE)
    if not isinstance(found, RapidOCROutput) or not found.txts or found.scores is None or found.boxes is None:
        return []
    words: Any = found.word_results or ()
    lines: list[Json] = []
    for number, (text, sure, quad) in enumerate(zip(found.txts, found.scores, found.boxes, strict=True)):
        signs = [_box(sign[2], left, top, scale) for sign in words[number] if sign[2]] if number < len(words) else []
        lines.append({"text": text, "sure": float(sure), "box": _box(quad, left, top, scale), "signs": signs})
    return lines


def _box(quad: Any, left: int, top: int, scale: int) -> list[float]:
    xs, ys = [float(point[0]) for point in quad], [float(point[1]) for point in quad]
    return [(min(xs) + left) / scale, (min(ys) + top) / scale, (max(xs) + left) / scale, (max(ys) + top) / scale]


def _text_layer(page: pypdfium2.PdfPage, width: int, height: int) -> list[Json]:
    """The text that a page of a PDF carries, shown or hidden, sign by sign with its place in pixels."""
    layer = page.get_textpage()
    count = layer.count_chars()
    if count > _MOST_SIGNS:
        raise _Refused("一页文字太多")
    x0, y0, x1, y1 = page.get_bbox()
    across, down = width / max(1.0, x1 - x0), height / max(1.0, y1 - y0)
    if page.get_rotation() % 180:  # the boxes are those before the turn: they are found by OCR alone
        return []
    signs: list[Json] = []
    for number in range(count):
        sign = layer.get_text_range(number, 1)
        left, bottom, right, top = layer.get_charbox(number, loose=True)
        box = [(left - x0) * across, (y1 - top) * down, (right - x0) * across, (y1 - bottom) * down]
        signs.append({"text": sign, "box": [round(value, 1) for value in box]})
    return signs


def main(arguments: list[str]) -> int:
    """Answer until stdin ends."""
    limit_self(cpu_seconds=int(arguments[0]) if arguments else 300, memory_bytes=MEMORY_BYTES)
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is not an answer
    worker = _Worker()
    while (message := read_message(sys.stdin.buffer)) is not None:
        request, data = message
        blob = b""
        try:
            answer, blob = worker.answer(request, data)
        except _Refused as why:
            answer = {"why": str(why)}
        except MemoryError:
            answer = {"why": "处理它需要的内存超过上限"}
        except Exception as error:  # a hostile file may break any decoder: it is named, the next one is read
            answer = {"why": f"文件无法读取（{type(error).__name__}）"}
        write_message(answers, answer, blob)
        answers.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
