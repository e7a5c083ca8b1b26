"""Looks into files that a person brings: pictures, PDFs, recordings, mail, pages, texts. The parsing runs in a child.

Takes a path and the form of the file, gives what the file states of itself and the text in it. A hostile file may
crash, hang or swell: then the child is ended and the file is told as unread with the reason. Never raises for what a
file holds, and never changes it.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

SECONDS_A_FILE = 20.0
MOST_TEXT = 60_000
MOST_TIMES = 12
_START_SECONDS = 15.0
_LONGEST_ANSWER = 4_000_000
_CPU_SECONDS = 600  # of one child; the parent's clock bounds each file
_MOST_FILES = 400  # of one child: a long dump must not fall over the bound that is meant for one bad file
_SECRETS = "CARDWATCH_"  # what parses hostile files is not given the passphrase


@dataclass(frozen=True)
class MediaTime:
    """A time that a file states: `source` is exif, pdf, container, mail, page or chat, `field` its own name for it."""

    source: str
    field: str
    at: datetime
    zone_known: bool


@dataclass(frozen=True)
class MediaFacts:
    """What was found in a file. `unread` says in Chinese what could not be read, "" where all was."""

    text: str = ""
    times: tuple[MediaTime, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)  # software, device, size, pages, seconds, from, subject ...
    notes: tuple[str, ...] = ()
    likeness: bytes = field(default=b"", repr=False)  # of a picture: SIDE x SIDE grey values, for telling like ones
    unread: str = ""


class MediaReader:
    """The child that parses, started when first needed and ended by `with`; `look` is one file after the other."""

    def __init__(self, seconds: float = SECONDS_A_FILE) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: queue.Queue[bytes] = queue.Queue()
        self._thread: threading.Thread | None = None
        self._asked = 0

    def __enter__(self) -> MediaReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def look(self, path: Path, form: str, *, flat: Path | None = None) -> MediaFacts:
        """Look into one file. `form`: image, pdf, audio, video, html, mhtml, mail, mbox, text or chat_json.

        `flat`, if given, is where a picture is written as PNG for readers that do not know its format.
        """
        return self._ask(path, form, flat)

    def compare(self, path: Path, other: Path) -> int | None:
        """How much the most different place of two pictures differs, 0 to 255; None where it could not be seen."""
        apart = self._ask(path, "pair", other).facts.get("apart", "")
        return int(apart) if apart.isdigit() else None

    def _ask(self, path: Path, form: str, other: Path | None) -> MediaFacts:
        if self._asked >= _MOST_FILES:
            self.end()
        fresh = self._process is None
        self._asked = 1 if fresh else self._asked + 1
        try:
            process = self._process or self._start()
            asked = {"path": str(path), "form": form, "other": str(other) if other else ""}
            assert process.stdin is not None
            process.stdin.write(json.dumps(asked).encode() + b"\n")
            process.stdin.flush()
            line = self._answers.get(timeout=self._seconds + (_START_SECONDS if fresh else 0.0))
            answer = json.loads(line) if line else None
        except (OSError, ValueError):
            answer = None
        except queue.Empty:
            self.end()
            return MediaFacts(unread=f"读取超过{self._seconds:g}秒，已停止")
        if not isinstance(answer, dict):
            self.end()
            return MediaFacts(unread="读取时出错或占用内存过多，已停止")
        return _as_facts(answer)

    def end(self) -> None:
        """End the child, whatever it does."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        if self._thread is not None:
            self._thread.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._process, self._thread, self._answers = None, None, queue.Queue()

    def _start(self) -> subprocess.Popen[bytes]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_SECRETS)}
        environment = {**kept, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "scrapers.media_worker", str(_CPU_SECONDS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        self._thread = threading.Thread(target=self._listen, args=(self._process, self._answers), daemon=True)
        self._thread.start()
        return self._process

    @staticmethod
    def _listen(process: subprocess.Popen[bytes], answers: queue.Queue[bytes]) -> None:
        assert process.stdout is not None
        while line := process.stdout.readline(_LONGEST_ANSWER):
            answers.put(line)
        answers.put(b"")  # it ended: whoever waits is told


def _as_facts(answer: Mapping[str, object]) -> MediaFacts:
    times, facts, notes = answer.get("times"), answer.get("facts"), answer.get("notes")
    return MediaFacts(
        str(answer.get("text") or "")[:MOST_TEXT],
        tuple(_as_times(times if isinstance(times, list) else [])),
        {str(name): str(value)[:500] for name, value in facts.items()} if isinstance(facts, dict) else {},
        tuple(str(note)[:300] for note in notes[:20]) if isinstance(notes, list) else (),
        base64.b64decode(str(answer.get("likeness") or "")),
        str(answer.get("unread") or "")[:300],
    )


def _as_times(rows: list[object]) -> list[MediaTime]:
    found: list[MediaTime] = []
    for row in rows[:MOST_TIMES]:
        if isinstance(row, list) and len(row) == 4:
            source, name, at, zone_known = row
            with contextlib.suppress(ValueError, OverflowError):
                moment = datetime.fromisoformat(str(at))
                if moment.tzinfo is not None and 1990 <= moment.year < 2200:
                    found.append(MediaTime(str(source), str(name)[:60], moment.astimezone(UTC), bool(zone_known)))
    return found
