"""Asks the child that opens pictures and PDFs (`picture_worker`), with limits of time; ends it when it is too slow.

Gives SeenPicture: plain pixels, lines of text with the place of each sign, codes with their places. Raises
PictureRefused with the reason, in Chinese, for what cannot be opened.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Self, cast

from monitor.complaints.masking.picture_messages import read_message, write_message

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""

_START_SECONDS = 30.0


class PictureRefused(Exception):  # noqa: N818 - reads as a sentence where it is caught
    """A picture or a page cannot be opened; says why in Chinese."""


@dataclass(frozen=True)
class SeenLine:
    """A line of text in a picture. `signs` has a box for each sign of `text`."""

    text: str
    sure: float
    box: Box
    signs: tuple[Box, ...]


@dataclass(frozen=True)
class SeenCode:
    """A QR code or bar code; `text` is "" where it was seen and not read."""

    text: str
    box: Box


@dataclass(frozen=True)
class SeenPicture:
    """A picture as plain RGB pixels and what was read in it. `layer` is the text that a PDF's page carries."""

    width: int
    height: int
    pixels: bytes
    lines: tuple[SeenLine, ...]
    codes: tuple[SeenCode, ...]
    layer: tuple[tuple[str, Box], ...] = ()
    frames: int = 1
    images: int = 0  # pictures on the page of a PDF


class PictureReader:
    """The child, as a context: `with PictureReader(seconds) as reader`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "monitor.complaints.masking.picture_worker", str(int(seconds * 2) + 60)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        self._answers: queue.Queue[tuple[dict[str, object], bytes] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        self._warm = False

    def __enter__(self) -> Self:
        """The reader itself."""
        return self

    def __exit__(self, *exc: object) -> None:
        """End the child, whatever it does."""
        self._process.kill()
        self._process.wait()
        self._thread.join()
        for pipe in (self._process.stdin, self._process.stdout):
            try:
                if pipe is not None:
                    pipe.close()
            except BrokenPipeError:
                continue  # what was still to be sent to a child that is gone

    def open_picture(self, data: bytes, *, ocr: bool) -> SeenPicture:
        """A picture with what is read in it."""
        return _as_picture(*self._ask({"do": "picture", "ocr": ocr}, data))

    def open_pdf(self, data: bytes) -> int:
        """Open a PDF and say how many pages it has."""
        told, _data = self._ask({"do": "pdf"}, data)
        return _number(told["pages"])

    def draw_page(self, number: int, *, ocr: bool) -> SeenPicture:
        """One page of the PDF that is open, counted from 0."""
        return _as_picture(*self._ask({"do": "page", "number": number, "ocr": ocr}, b""))

    def read_again(self, width: int, height: int, pixels: bytes) -> SeenPicture:
        """What is read in pixels of our own making."""
        told, _data = self._ask({"do": "pixels", "width": width, "height": height, "ocr": True}, pixels)
        return _as_picture(told, b"")

    def _ask(self, told: Mapping[str, object], data: bytes) -> tuple[dict[str, object], bytes]:
        assert self._process.stdin is not None
        pipe = cast(BinaryIO, self._process.stdin)
        try:
            write_message(pipe, told, data)
            pipe.flush()
            answer = self._answers.get(timeout=self._seconds if self._warm else self._seconds + _START_SECONDS)
        except (OSError, queue.Empty):
            answer = None
        if answer is None:
            raise PictureRefused(f"读取超过 {self._seconds:g} 秒，或需要的内存超过上限")
        self._warm = True
        if "why" in answer[0]:
            raise PictureRefused(str(answer[0]["why"]))
        return answer

    def _listen(self) -> None:
        pipe = cast(BinaryIO, self._process.stdout)
        while (message := read_message(pipe)) is not None:
            self._answers.put(message)
        self._answers.put(None)  # it ended: whoever waits is told


def _as_picture(told: Mapping[str, object], pixels: bytes) -> SeenPicture:
    lines = tuple(_as_line(row) for row in cast(Sequence[Mapping[str, object]], told["lines"]))
    codes = tuple(
        SeenCode(str(row["text"]), _as_box(row["box"])) for row in cast(Sequence[Mapping[str, object]], told["codes"])
    )
    layer = tuple(
        (str(row["text"]), _as_box(row["box"])) for row in cast(Sequence[Mapping[str, object]], told.get("layer", ()))
    )
    width, height = _number(told["width"]), _number(told["height"])
    frames, images = _number(told.get("frames", 1)), _number(told.get("images", 0))
    return SeenPicture(width, height, pixels, lines, codes, layer, frames, images)


def _as_line(row: Mapping[str, object]) -> SeenLine:
    text, box = str(row["text"]), _as_box(row["box"])
    signs = [_as_box(one) for one in cast(Sequence[object], row["signs"])]
    return SeenLine(text, float(str(row["sure"])), box, tuple(_one_each(text, signs, box)))


def _one_each(text: str, signs: Sequence[Box], box: Box) -> list[Box]:
    """A box for each sign; where the reader gives none of its own, its share of the line by width."""
    bare = [place for place, sign in enumerate(text) if not sign.isspace()]
    if len(bare) == len(signs):
        given = dict(zip(bare, signs, strict=True))
        return [given.get(place, _between(place, given, box)) for place in range(len(text))]
    if len(text) == len(signs):
        return list(signs)
    widths = [1.0 if sign.isascii() else 1.8 for sign in text]
    total, at, found = sum(widths) or 1.0, 0.0, []
    for width in widths:
        left = box[0] + (box[2] - box[0]) * (at - 1.2) / total  # a share is no measure: one sign wider to both sides
        right = box[0] + (box[2] - box[0]) * (at + width + 1.2) / total
        found.append((max(box[0], left), box[1], min(box[2], right), box[3]))
        at += width
    return found


def _between(place: int, given: Mapping[int, Box], box: Box) -> Box:
    """The gap of a space between its neighbours."""
    before = [given[one][2] for one in given if one < place]
    after = [given[one][0] for one in given if one > place]
    return (before[-1] if before else box[0], box[1], min(after) if after else box[2], box[3])


def _as_box(value: object) -> Box:
    left, top, right, bottom = (float(str(one)) for one in cast(Sequence[object], value))
    return left, top, right, bottom


def _number(value: object) -> int:
    return int(str(value))
