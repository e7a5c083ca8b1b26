"""Reads every capture of the history anew by the present extractor release, in several processes, at any time again.

What a release has read is asked of the archive, so that a run that was killed goes on where it ended. Differences to
the older reading of the same capture are kept as technical; changes between captures on which the releases differ are
kept beside the changes. Nothing here alerts, waits, or alters what was told.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from monitor.reread_work import Batch, ReadCapture, Worker, start_worker, with_id, work_assess, work_read
from monitor.selectors import Selectors
from storage.changes import insert_changes, list_changes
from storage.ids import new_id
from storage.model import Change, ChangeClass, ChangeStatus, Difference, Reassessed, WatchedPage
from storage.rereads import captures_to_reread, is_reread, last_own_capture_read, note_reread
from storage.versions import insert_version

if TYPE_CHECKING:
    from monitor.config.settings import Settings
    from scrapers.model import Clock
    from storage.archive import Archive
    from storage.session import Session

BATCH = 40
_FEW = 60
"""So few captures are read sooner in this process than others are started."""

Task = TypeVar("Task")
Answer = TypeVar("Answer")
PageKey = tuple[str, str, str]
"""Platform, URL and vantage."""


@dataclass(frozen=True)
class Failure:
    """A capture that could not be read anew, and why; the next run tries it again."""

    capture: str
    reason: str


@dataclass
class Tally:
    """How far a run is. `reused` were read for an equal capture before; `skipped` show another site than the page's."""

    pages: int = 0
    total: int = 0
    read: int = 0
    reused: int = 0
    skipped: int = 0
    differing: int = 0
    technical: int = 0
    reassessed: int = 0
    failures: list[Failure] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def done(self) -> int:
        """Captures that are behind us."""
        return self.read + self.skipped + len(self.failures)

    @property
    def rate(self) -> float:
        """Versions a second so far."""
        return self.read / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes at this pace, None before anything is known of it."""
        return (self.total - self.done) * self.seconds / self.done if self.done else None


@dataclass
class _PageWork:
    """A page, what is to be read of it, and what was done so far in this run."""

    page: WatchedPage
    selectors: Selectors
    captures: tuple[str, ...]
    read: int = 0
    differing: int = 0
    told: set[Difference] | None = None

    @property
    def batches(self) -> Iterator[Batch]:
        for start in range(0, len(self.captures), BATCH):
            yield Batch(self.captures[start : start + BATCH], self.selectors)


def choose_selectors(settings: Settings) -> Mapping[PageKey, Selectors]:
    """The configured selectors of the pages that have some."""
    return {
        (page.platform, page.url, page.vantage.name): Selectors(page.keep, page.remove, settings.ocr)
        for page in settings.pages
        if page.keep or page.remove or settings.ocr.engine
    }


def reextract_pages(
    archive: Archive,
    pages: Sequence[WatchedPage],
    selectors: Mapping[PageKey, Selectors],
    *,
    clock: Clock,
    since: datetime | None = None,
    jobs: int = 2,
    on_progress: Callable[[Tally], None] | None = None,
) -> Tally:
    """Read the history of pages anew and assess it again. What was read until Ctrl-C or a kill stays."""
    tally, began = Tally(), time.monotonic()

    def go_on() -> None:
        tally.seconds = time.monotonic() - began
        if on_progress is not None:
            on_progress(tally)

    work = [_plan(archive, page, selectors, since) for page in pages]
    tally.total = sum(len(one.captures) for one in work)
    with _hands(archive, 1 if tally.total <= _FEW else jobs) as hands:
        for one, answers in hands.read((page, batch) for page in work for batch in page.batches):
            _keep(archive, one, answers, tally)
            go_on()
        waiting = [one for one in work if _needs_assessment(archive, one)]
        for one, found in hands.assess((page, page) for page in waiting):
            _note(archive, one, found, clock(), tally)
            go_on()
    tally.pages = len(work)
    go_on()
    return tally


def _plan(
    archive: Archive, page: WatchedPage, selectors: Mapping[PageKey, Selectors], since: datetime | None
) -> _PageWork:
    chosen = selectors.get((page.platform, page.url, page.vantage), Selectors())
    with archive.database.reading() as session:
        return _PageWork(page, chosen, captures_to_reread(session, page.id, chosen.release, since=since))


def _keep(archive: Archive, work: _PageWork, answers: Sequence[ReadCapture], tally: Tally) -> None:
    """Write one batch whole or not at all."""
    with archive.database.writing() as session:
        if work.told is None:
            known = list_changes(session, pages=[work.page.id], classes=[ChangeClass.TECHNICAL], limit=1000)
            work.told = {change.difference for change in known if change.before_capture == change.after_capture}
        for answer in answers:
            if answer.version is not None:
                version = with_id(answer.version, new_id("version", answer.capture.started_at))
                insert_version(session, version, answer.forms)
                tally.technical += _note_technical(session, work.told, answer)
    for answer in answers:
        if answer.trouble:
            tally.failures.append(Failure(answer.capture.id, answer.trouble))
        elif answer.version is None:
            tally.skipped += 1
        else:
            tally.read += 1
            tally.reused += answer.reused
            tally.differing += bool(answer.differences)
            work.read += 1
            work.differing += bool(answer.differences)


def _note_technical(session: Session, told: set[Difference], answer: ReadCapture) -> int:
    """Keep how the new reading differs from the old one of the same capture, once for each page and difference."""
    fresh = [one for one in answer.differences if one.change_class is ChangeClass.TECHNICAL and one not in told]
    told.update(fresh)
    capture = answer.capture
    insert_changes(
        session,
        [
            Change(
                id=new_id("change", capture.started_at),
                page=capture.page,
                before_capture=capture.id,
                after_capture=capture.id,
                before_at=capture.seen_at,
                after_at=capture.seen_at,
                status=ChangeStatus.CONFIRMED,
                settled_by="",
                difference=difference,
            )
            for difference in fresh
        ],
    )
    return len(fresh)


def _needs_assessment(archive: Archive, work: _PageWork) -> bool:
    """Whether captures of the page were read since it was last assessed, now or in a run that was killed."""
    with archive.database.reading() as session:
        newest = last_own_capture_read(session, work.page.id, work.selectors.release)
        return bool(newest) and (work.read > 0 or not is_reread(session, work.page.id, work.selectors.release))


def _note(archive: Archive, work: _PageWork, found: Sequence[Reassessed], at: datetime, tally: Tally) -> None:
    release = work.selectors.release
    with archive.database.writing() as session:
        through = last_own_capture_read(session, work.page.id, release)
        note_reread(
            session, work.page.id, release, through=through, captures=work.read, differing=work.differing, at=at,
            found=found,
        )  # fmt: skip
    tally.reassessed += len(found)


@contextmanager
def _hands(archive: Archive, jobs: int) -> Iterator[_Hands]:
    """Who does the work: this process, or others that are started fresh, for this one has threads and a database."""
    if jobs <= 1:
        yield _Hands(archive, None, 1)
        return
    url = archive.database.url.render_as_string(hide_password=False)
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, context, initializer=start_worker, initargs=(archive.root, url))
    try:
        yield _Hands(archive, pool, jobs)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


class _Hands:
    """Does tasks and gives each with its answer, in the order in which they end."""

    def __init__(self, archive: Archive, pool: ProcessPoolExecutor | None, jobs: int) -> None:
        self._worker = Worker(archive)
        self._pool = pool
        self._jobs = jobs

    def read(self, tasks: Iterator[tuple[_PageWork, Batch]]) -> Iterator[tuple[_PageWork, tuple[ReadCapture, ...]]]:
        """Read batches."""
        if self._pool is None:
            return ((work, self._worker.read(batch)) for work, batch in tasks)
        pool = self._pool
        return _together(tasks, lambda batch: pool.submit(work_read, batch), 2 * self._jobs)

    def assess(
        self, tasks: Iterator[tuple[_PageWork, _PageWork]]
    ) -> Iterator[tuple[_PageWork, tuple[Reassessed, ...]]]:
        """Assess pages."""
        if self._pool is None:
            return ((work, self._worker.assess(work.page, work.selectors.release)) for work, _ in tasks)
        pool = self._pool
        return _together(tasks, lambda one: pool.submit(work_assess, one.page, one.selectors.release), 2 * self._jobs)


def _together(
    tasks: Iterator[tuple[_PageWork, Task]], submit: Callable[[Task], Future[Answer]], most: int
) -> Iterator[tuple[_PageWork, Answer]]:
    """Keep `most` tasks under way, no more: what waits lies in memory."""
    under_way: dict[Future[Answer], _PageWork] = {}
    while True:
        while len(under_way) < most and (task := next(tasks, None)) is not None:
            under_way[submit(task[1])] = task[0]
        if not under_way:
            return
        done, _ = wait(under_way, return_when=FIRST_COMPLETED)
        for future in done:
            yield under_way.pop(future), future.result()
