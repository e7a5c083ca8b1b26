"""What a worker of the rereading does: read a batch of captures, or assess the changes of a page again. Writes nothing.

A batch holds captures of one page; those that give a reader the very same content are read once. A capture that
cannot be read is an answer with its trouble, so that one bad file stops nothing.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from monitor.capture_reading import read_capture, shows_page
from monitor.changes.compare import compare_readings
from monitor.changes.normal_forms import digest_forms
from monitor.reassess import Visit, reassess_visits
from monitor.selectors import Selectors
from scrapers.model import Reading
from storage.archive import Archive, open_archive
from storage.model import Difference, Reassessed, StoredCapture, Version, WatchedPage
from storage.readable import find_readable
from storage.rereads import load_captures_by_id, own_readings
from storage.versions import load_readings, newest_other_version

_MOST_REMEMBERED = 64
_MOST_DIFFERENCES = 50


@dataclass(frozen=True)
class Batch:
    """Captures of one page, to be read with the page's selectors."""

    captures: tuple[str, ...]
    selectors: Selectors


@dataclass(frozen=True)
class ReadCapture:
    """What became of one capture: its version and how it differs from the older reading, or why there is none."""

    capture: StoredCapture
    version: Version | None = None
    forms: Mapping[str, str] | None = None
    reused: bool = False
    differences: tuple[Difference, ...] = ()
    trouble: str = ""


class Worker:
    """Reads from an archive; remembers what it read last, for the captures in which nothing changed."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._readings: dict[tuple[str, str, str], tuple[Reading, Mapping[str, str]]] = {}
        self._compared: dict[tuple[int, str, str], tuple[Difference, ...]] = {}

    def read(self, batch: Batch) -> tuple[ReadCapture, ...]:
        """Read the captures of a batch, each for itself."""
        with self._archive.database.reading() as session:
            captures = load_captures_by_id(session, batch.captures)
        return tuple(self._read_one(capture, batch.selectors) for capture in captures)

    def assess(self, page: WatchedPage, release: str) -> tuple[Reassessed, ...]:
        """The changes of a page on which this release and the one before it differ."""
        with self._archive.database.reading() as session:
            history = own_readings(session, page.id)
            wanted: dict[int, str] = {}
            pairs: list[tuple[str, int, int, str]] = []
            for capture_id, readings in history:
                if release not in readings:
                    continue
                former = next((name for name in reversed(readings) if name != release), release)
                pairs.append((capture_id, readings[former], readings[release], former))
                wanted |= dict.fromkeys((readings[former], readings[release]), release)
            if all(old == new for _, old, new, _ in pairs):
                return ()
            captures = load_captures_by_id(session, [capture_id for capture_id, *_ in pairs])
            loaded = load_readings(session, wanted)
        visits = [
            Visit(capture.id, capture.seen_at, loaded[old], loaded[new])
            for capture, (_, old, new, _) in zip(captures, pairs, strict=True)
        ]
        formers = {capture_id: former for capture_id, _, _, former in pairs}
        return tuple(
            Reassessed(
                page, release, formers[one.after.capture_id], one.verdict, one.before.capture_id,
                one.after.capture_id, one.before.seen_at, one.after.seen_at, one.difference,
            )
            for one in reassess_visits(page, visits)
        )  # fmt: skip

    def _read_one(self, capture: StoredCapture, selectors: Selectors) -> ReadCapture:
        if not shows_page(capture):
            return ReadCapture(capture)
        try:
            readable = find_readable(self._archive, capture)
            key = (readable.key, capture.page.role.value, selectors.release)
            known = self._readings.get(key)
            reused = known is not None
            if known is None:
                made = read_capture(readable.load(), capture, selectors, self._archive).reading
                known = made, digest_forms(made.text)
                self._remember(key, known)
            reading, forms = known
            version = Version(
                "", capture.id, capture.page.id, capture.seen_at, capture.origin, reading
            )  # its id is given by who writes it
            return ReadCapture(capture, version, forms, reused, self._differences(version, capture, readable.key))
        except Exception as error:  # the answer for this capture; what is ill is told with its reason, none is lost
            return ReadCapture(capture, trouble=f"{type(error).__name__}: {error}")

    def _remember(self, key: tuple[str, str, str], made: tuple[Reading, Mapping[str, str]]) -> None:
        if len(self._readings) >= _MOST_REMEMBERED:
            del self._readings[next(iter(self._readings))]
        self._readings[key] = made

    def _differences(self, version: Version, capture: StoredCapture, content: str) -> tuple[Difference, ...]:
        """How the new reading differs from the older one of the same capture; each pair is compared once."""
        release = version.reading.release
        with self._archive.database.reading() as session:
            older = newest_other_version(session, capture.id, release)
        if older is None:
            return ()
        key = (older[0], content, release)
        if key not in self._compared:
            with self._archive.database.reading() as session:
                former = load_readings(session, {older[0]: older[1]})[older[0]]
            found = compare_readings(former, version.reading, role=capture.page.role)
            if len(self._compared) >= _MOST_REMEMBERED:
                del self._compared[next(iter(self._compared))]
            self._compared[key] = found[:_MOST_DIFFERENCES]
        return self._compared[key]


_worker: Worker | None = None


def start_worker(root: Path, database_url: str) -> None:
    """Open the archive in a process of its own, which ends with the pool, and with whoever started it."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    global _worker  # a pool gives its functions no other place to keep what was opened
    _worker = Worker(open_archive(root, database_url, at=datetime.now(UTC), minimum_free_megabytes=0))


def _end_with_parent() -> None:
    """A pool's process does not notice that the one which feeds it was killed, and would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def work_read(batch: Batch) -> tuple[ReadCapture, ...]:
    """`Worker.read` in a worker process."""
    return _own_worker().read(batch)


def work_assess(page: WatchedPage, release: str) -> tuple[Reassessed, ...]:
    """`Worker.assess` in a worker process."""
    return _own_worker().assess(page, release)


def _own_worker() -> Worker:
    if _worker is None:
        raise RuntimeError("this process was not started as a worker: start_worker comes first")
    return _worker


def with_id(version: Version, version_id: str) -> Version:
    """The version under its id."""
    return replace(version, id=version_id)
