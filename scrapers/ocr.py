"""Reads the text in pictures: each picture once by its digest, in a child process with limits of time and memory.

Takes pictures, what is known of them, and seconds; gives a PictureText each, in order. Never raises for what a picture
holds: what is not read is named with its reason. Needs the extra `ocr`; without it every picture is named as unread.
"""

from __future__ import annotations

import hashlib
import json
import os
import queue
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from scrapers.drawings import read_drawing
from scrapers.model import PictureLine, PictureText

NOT_INSTALLED = "text in pictures is not read here: install the extra with `pip install 'cardwatch[ocr]'`"
NO_TIME = "no time was left for it"
MOST_BYTES = 30_000_000
MOST_PICTURES = 60
SECONDS_A_PICTURE = 25.0
_START_SECONDS = 20.0
_RECIPE = "1"  # raised whenever the same picture would be read otherwise with the same package
_MOST_LINES = 2_000


@dataclass(frozen=True)
class Picture:
    """The bytes of a picture and where they were seen. `digest` is their SHA-256."""

    digest: str
    url: str
    data: bytes

    @classmethod
    def of(cls, url: str, data: bytes) -> Picture:
        """The picture of these bytes."""
        return cls(hashlib.sha256(data).hexdigest(), url, data)


@cache
def engine_release() -> str:
    """The engine with its release, "" where the extra is not installed."""
    try:
        if find_spec("rapidocr") is None or find_spec("onnxruntime") is None or find_spec("PIL") is None:
            return ""
        return f"rapidocr {version('rapidocr')} recipe {_RECIPE}"
    except PackageNotFoundError:
        return ""


def read_pictures(
    pictures: Sequence[Picture],
    known: Mapping[str, PictureText],
    budget_seconds: float,
    *,
    picture_seconds: float = SECONDS_A_PICTURE,
) -> tuple[PictureText, ...]:
    """Read what is not known yet, the first pictures first, until the seconds are used up.

    `known` holds earlier results by digest; those of another engine are not used. A result that is not `final` (no
    time, no engine) is worth another try.
    """
    engine = engine_release()
    found: dict[str, PictureText] = {}
    unread: list[Picture] = []
    for picture in pictures:
        if picture.digest in found or any(picture.digest == other.digest for other in unread):
            continue
        earlier = known.get(picture.digest)
        if earlier is not None and earlier.final and earlier.engine == engine:
            found[picture.digest] = earlier
        elif (drawing := read_drawing(picture.data)) is not None:
            lines, trouble = drawing
            read = tuple(PictureLine(line, 1.0) for line in lines)
            found[picture.digest] = PictureText(picture.digest, engine, read, trouble, final=True)
        elif not engine:
            found[picture.digest] = PictureText(picture.digest, "", unread=NOT_INSTALLED)
        elif not picture.data:
            found[picture.digest] = PictureText(picture.digest, engine, unread="its bytes are not here")
        elif len(picture.data) > MOST_BYTES:
            why = f"its file has more than {MOST_BYTES // 1_000_000} MB"
            found[picture.digest] = PictureText(picture.digest, engine, unread=why, final=True)
        else:
            unread.append(picture)
    if unread:
        found |= _read_unread(unread, engine, budget_seconds, picture_seconds)
    return tuple(found[picture.digest] for picture in pictures)


def _read_unread(
    pictures: Sequence[Picture], engine: str, budget_seconds: float, picture_seconds: float
) -> dict[str, PictureText]:
    found: dict[str, PictureText] = {}
    deadline = time.monotonic() + budget_seconds
    reader: _Reader | None = None
    try:
        for picture in pictures:
            left = deadline - time.monotonic()
            if left <= 0 or len(found) >= MOST_PICTURES:
                why = NO_TIME if left <= 0 else f"only {MOST_PICTURES} new pictures of a page are read at once"
                found[picture.digest] = PictureText(picture.digest, engine, unread=why)
                continue
            if reader is None:
                reader = _Reader(budget_seconds)
            allowed = picture_seconds if reader.warm else picture_seconds + _START_SECONDS
            answer = reader.ask(picture.data, min(left, allowed))
            if answer is None:
                reader.end()
                reader = None
                slow = deadline - time.monotonic() > 0
                why = f"it took longer than {picture_seconds:g} s, or more memory than it may" if slow else NO_TIME
                found[picture.digest] = PictureText(picture.digest, engine, unread=why, final=slow)
            else:
                found[picture.digest] = _as_text(picture.digest, engine, answer)
    finally:
        if reader is not None:
            reader.end()
    return found


def _as_text(digest: str, engine: str, answer: Mapping[str, object]) -> PictureText:
    lines, why = answer.get("lines"), answer.get("unread")
    if not isinstance(lines, list):
        return PictureText(digest, engine, unread="the reader of pictures gave no answer that can be used")
    read = tuple(PictureLine(str(text)[:2000], float(sure)) for text, sure in lines[:_MOST_LINES])
    return PictureText(digest, engine, read, str(why or ""), final=True)


class _Reader:
    """The child process: one picture in, one line of JSON out. `ask` gives None when it died or was too slow."""

    def __init__(self, cpu_seconds: float) -> None:
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "scrapers.ocr_worker", str(int(cpu_seconds + _START_SECONDS) + 1)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        self._answers: queue.Queue[bytes] = queue.Queue()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        self.warm = False

    def ask(self, data: bytes, seconds: float) -> dict[str, object] | None:
        """Send one picture and wait for what it says."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(struct.pack(">Q", len(data)) + data)
            self._process.stdin.flush()
            line = self._answers.get(timeout=seconds)
        except (OSError, queue.Empty):
            return None
        try:
            answer = json.loads(line)
        except ValueError:
            return None
        self.warm = self.warm or bool(isinstance(answer, dict) and answer.get("warm"))
        return answer if isinstance(answer, dict) else None

    def end(self) -> None:
        """End the child, whatever it does."""
        self._process.kill()
        self._process.wait()
        self._thread.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                _close(pipe)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        while line := self._process.stdout.readline(20_000_000):
            self._answers.put(line)
        self._answers.put(b"")  # it ended: whoever waits is told


def _close(pipe: object) -> None:
    close = getattr(pipe, "close", None)
    if close is not None:
        try:
            close()
        except BrokenPipeError:
            return  # what was still to be sent to a child that is gone
