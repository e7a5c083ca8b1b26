"""The child that reads pictures: `python -m scrapers.ocr_worker CPU_SECONDS`, pictures on stdin, JSON on stdout.

Each picture comes as eight bytes of length and its bytes; each answer is one line {"lines": [[text, confidence]],
"unread": reason, "warm": bool}. Limits its own memory and CPU time first: a picture is hostile until it is read.
"""

from __future__ import annotations

import io
import json
import logging
import os
import sys
import warnings
from typing import TYPE_CHECKING

from scrapers.picture_pipe import limit_self, read_next

if TYPE_CHECKING:
    import numpy
    from PIL.Image import Image as Frame
    from rapidocr import RapidOCR

MEMORY_BYTES = 3 << 30
MOST_PIXELS = 40_000_000
_LEAST_SIDE = 14
_LEAST_PIXELS = 1_600
_LEAST_CONTRAST = 40
_TILE = 1280
_OVERLAP = 96
_WIDEST = 2560
_MOST_FRAMES = 3
_LEAST_CONFIDENCE = 0.5
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "ICO", "AVIF", "TIFF")


class _Unread(Exception):  # noqa: N818 - it is an answer, not an error
    """Why this picture is not read."""


def main(arguments: list[str]) -> int:
    """Read pictures until stdin ends."""
    limit_self(cpu_seconds=int(arguments[0]) if arguments else 120, memory_bytes=MEMORY_BYTES)
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is not an answer
    engine: RapidOCR | None = None
    while (data := read_next(sys.stdin.buffer)) is not None:
        lines: list[tuple[str, float]] = []
        why = ""
        try:
            frames = open_frames(data)
            if engine is None:
                engine = make_engine()
            for frame in frames:
                lines += [line for line in read_frame(engine, frame) if line not in lines]
            why = "" if lines else "no text was recognised in it"
        except _Unread as reason:
            why = str(reason)
        except MemoryError:
            why, lines = "it takes more memory than it may", []
        except Exception as error:  # a hostile file may break any decoder: it is named, the next one is read
            why, lines = f"it cannot be read ({type(error).__name__})", []
        answer = {"lines": lines, "unread": why, "warm": engine is not None}
        answers.write(json.dumps(answer, ensure_ascii=True).encode() + b"\n")
        answers.flush()
    return 0


def make_engine() -> RapidOCR:
    """The recogniser with the models of its wheel, on one thread."""
    import cv2
    from rapidocr import RapidOCR

    cv2.setNumThreads(1)
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Global.max_side_len": _WIDEST,
            "Global.text_score": _LEAST_CONFIDENCE,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            # Its default enlarges a low picture until the short side has 736 px: seven times the work, nothing gained.
            "Det.limit_type": "max",
            "Det.limit_side_len": _WIDEST,
        }
    )


def open_frames(data: bytes) -> list[Frame]:
    """The frames that are worth reading: one, or the first, middle and last of an animation. Raises for the others."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # bounded here, with words of our own
    try:
        picture = Image.open(io.BytesIO(data), formats=_FORMATS)
    except Exception as error:
        raise _Unread("it is no picture that can be opened") from error
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise _Unread(f"{width} x {height} px is more than the {MOST_PIXELS // 1_000_000} million that are read")
    if min(width, height) < _LEAST_SIDE or width * height < _LEAST_PIXELS:
        raise _Unread(f"too small for text: {width} x {height} px")
    count = getattr(picture, "n_frames", 1)
    wanted = sorted({0, count // 2, count - 1})[:_MOST_FRAMES]
    frames: list[Frame] = []
    for number in wanted:
        if number:
            picture.seek(number)
        frame = _on_white(picture)
        if not any(frame.tobytes() == other.tobytes() for other in frames):
            frames.append(frame)
    worth = [frame for frame in frames if _has_contrast(frame)]
    if not worth:
        raise _Unread("one colour only")
    return worth


def read_frame(engine: RapidOCR, frame: Frame) -> list[tuple[str, float]]:
    """The lines of one frame from top to bottom; a tall or wide one is read in tiles that overlap."""
    import numpy

    pixels = numpy.asarray(frame)[:, :, ::-1]
    height, width = pixels.shape[:2]
    if height <= _TILE + _OVERLAP and width <= _WIDEST:
        return [(text, sure) for text, sure, _top, _bottom in _read_tile(engine, pixels)]
    lines: list[tuple[str, float]] = []
    for left in range(0, max(width - _OVERLAP, 1), _WIDEST - _OVERLAP):
        end = 0.0  # the bottom of the last line taken, in pixels of the picture
        for top in range(0, max(height - _OVERLAP, 1), _TILE - _OVERLAP):
            tile = pixels[top : top + _TILE, left : left + _WIDEST]
            last = top + _TILE >= height
            for text, sure, above, below in _read_tile(engine, numpy.ascontiguousarray(tile)):
                middle = top + (above + below) / 2
                cut = not last and below >= _TILE - 2  # it goes on in the next tile, which has it whole
                if middle > end and not cut:
                    lines.append((text, sure))
                    taken = top + below
                else:
                    taken = 0.0
                end = max(end, taken - 0.25 * (below - above)) if taken else end
    return lines


def _read_tile(engine: RapidOCR, pixels: numpy.ndarray) -> list[tuple[str, float, float, float]]:
    from rapidocr.utils.output import RapidOCROutput

    found = engine(pixels)
    if not isinstance(found, RapidOCROutput) or not found.txts or found.scores is None or found.boxes is None:
        return []
    rows = [
        (text.strip(), round(float(sure), 3), float(min(p[1] for p in box)), float(max(p[1] for p in box)), box[0][0])
        for text, sure, box in zip(found.txts, found.scores, found.boxes, strict=True)
        if text.strip()
    ]
    return [row[:4] for row in _by_lines(rows)]


def _by_lines(rows: list[tuple[str, float, float, float, float]]) -> list[tuple[str, float, float, float, float]]:
    """Rows from top to bottom, and from left to right where they stand at one height."""
    ordered: list[tuple[str, float, float, float, float]] = []
    rest = sorted(rows, key=lambda row: (row[2] + row[3]) / 2)
    while rest:
        first = rest[0]
        level = [row for row in rest if (row[2] + row[3]) / 2 < first[3]]
        ordered += sorted(level, key=lambda row: row[4])
        rest = rest[len(level) :]
    return ordered


def _on_white(picture: Frame) -> Frame:
    """The frame as the eye sees it on a white page."""
    from PIL import Image

    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        frame = picture.convert("RGBA")
        ground = Image.new("RGBA", frame.size, "white")
        if _is_light(frame):
            ground = Image.new("RGBA", frame.size, (60, 60, 60, 255))  # white letters without a ground of their own
        return Image.alpha_composite(ground, frame).convert("RGB")
    return picture.convert("RGB")


def _is_light(frame: Frame) -> bool:
    """Whether what is opaque in a see-through picture is nearly white."""
    from PIL import ImageStat

    alpha = frame.getchannel("A")
    mask = alpha.point(lambda value: 255 if value > 128 else 0)
    if not mask.getbbox() or ImageStat.Stat(mask).mean[0] > 250:
        return False
    return ImageStat.Stat(frame.convert("L"), mask).mean[0] > 200


def _has_contrast(frame: Frame) -> bool:
    low, high = frame.convert("L").getextrema()
    return float(high) - float(low) >= _LEAST_CONTRAST  # type: ignore[arg-type]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
