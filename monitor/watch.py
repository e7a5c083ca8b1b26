"""One page through every stage: look, keep, read, compare, settle. The way of the data in one screen.

Takes a page of the settings, an open archive, a browser and a clock; gives what was kept and what changed. What a
page does never raises here; a browser that cannot be started or an archive that cannot keep does.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.changes.compare import compare_readings
from monitor.changes.normal_forms import digest_forms
from monitor.changes.settle import needs_confirmation, settle_changes
from monitor.config_services import OCR_OFF, OcrSettings
from monitor.outcomes import OWN_TROUBLE, compare_outcomes, is_readable, left_site, outcome_state
from monitor.picture_reading import see_pictures
from scrapers.content import content_of
from scrapers.errors import SessionError
from scrapers.extract import RELEASE, read_page
from scrapers.model import Capture, Clock, Origin, PageTask, ViewKind
from storage.captures import last_capture
from storage.changes import insert_changes, pending_changes, set_status
from storage.errors import ArchiveError
from storage.ids import new_id
from storage.model import (
    Change,
    ChangeClass,
    ChangeStatus,
    Difference,
    Severity,
    StoredCapture,
    Version,
    WatchedPage,
)
from storage.pages import ensure_page
from storage.versions import insert_version, last_versions, unread_captures

if TYPE_CHECKING:
    from monitor.config import PageSettings, Settings
    from scrapers.browser import Browser
    from storage.archive import Archive
    from storage.session import Session

_log = logging.getLogger(__name__)

FULL_VIEWS_EVERY = timedelta(days=7)
_TEXT_VIEWS = frozenset(
    {ViewKind.DOM, ViewKind.FRAME_DOM, ViewKind.TEXT, ViewKind.POPUP_TEXT, ViewKind.LAYOUT, ViewKind.CANVAS}
)


@dataclass(frozen=True)
class Selectors:
    """The configured CSS selectors of a page; they are part of what a version was made with."""

    keep: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    ocr: OcrSettings = OCR_OFF

    @property
    def release(self) -> str:
        """The extractor release, with a mark of the selectors and of the reader of pictures where there are any."""
        engine = self.ocr.engine
        if engine:
            return f"{self._own_release}+{engine.replace(' ', '-')}"
        return self._own_release

    @property
    def _own_release(self) -> str:
        if not self.keep and not self.remove:
            return RELEASE
        mark = hashlib.sha256("\0".join((*self.keep, "", *self.remove)).encode()).hexdigest()[:8]
        return f"{RELEASE}+{mark}"


@dataclass(frozen=True)
class PageResult:
    """What one visit brought: the capture, the changes first seen in it, and those that it settled."""

    page: WatchedPage
    capture: StoredCapture
    found: tuple[Change, ...] = ()
    confirmed: tuple[Change, ...] = ()
    blinked: tuple[Change, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def awaits_confirmation(self) -> bool:
        """Whether a grave change was seen here for the first time, so that a second look is due within minutes."""
        return any(
            change.status is ChangeStatus.PENDING and change.difference.severity.rank >= Severity.HIGH.rank
            for change in self.found
        )


async def watch_page(
    page: PageSettings, *, settings: Settings, archive: Archive, browser: Browser, clock: Clock
) -> PageResult:
    """Capture one page, keep it, and say what changed since the last time."""
    watched = await asyncio.to_thread(know_page, archive, page, clock)
    task = await asyncio.to_thread(_plan_capture, archive, page, watched, settings, clock)
    capture = await browser.capture_page(task)
    return await asyncio.to_thread(record_capture, archive, capture, watched, Selectors(page.keep, page.remove, settings.ocr))


def know_page(archive: Archive, page: PageSettings, clock: Clock) -> WatchedPage:
    """The archive's own page for a page of the settings, made now if it is new."""
    with archive.database.writing() as session:
        return ensure_page(session, page.platform, page.url, page.role, page.vantage.name, clock())


def _plan_capture(
    archive: Archive, page: PageSettings, watched: WatchedPage, settings: Settings, clock: Clock
) -> PageTask:
    at = clock()
    state, trouble = _open_session(archive, page, settings) if page.session else ("", "")
    return PageTask(
        capture_id=new_id("capture", at),
        url=page.url,
        role=page.role,
        vantage=page.vantage,
        steps=page.steps,
        session=page.session,
        session_state=state,
        session_trouble=trouble,
        limits=settings.limits,
        known=archive.known_views(watched.id, at=at, max_age=FULL_VIEWS_EVERY),
    )


def _open_session(archive: Archive, page: PageSettings, settings: Settings) -> tuple[str, str]:
    """The login that a page names as a storage state, or why it cannot be used: then the visit says so."""
    from monitor.sessions import load_state

    try:
        return load_state(archive.root, page.session, page.url, settings.session_key), ""
    except SessionError as error:
        return "", str(error)


def record_capture(archive: Archive, capture: Capture, page: WatchedPage, selectors: Selectors) -> PageResult:
    """Keep a capture, read it if it shows the page, and settle what differs from the last reading."""
    with archive.database.reading() as session:
        before = last_capture(session, page.id)
    stored = archive.keep_capture(capture, page)
    result = _record_outcome(archive, PageResult(page, stored), before)
    if not shows_page(stored):
        return result
    try:
        version = read_capture(fill_texts(archive, capture), stored, selectors)
        result = replace(result, problems=version.reading.problems)
        return _record_version(archive, result, version, selectors)
    except (ArchiveError, OSError):
        raise
    except Exception as error:  # the one place where a reader's fault ends: the evidence is kept, the run goes on
        _log.exception("capture %s is kept but could not be read", stored.id)
        trouble = f"kept, but not read ({type(error).__name__}: {error}); the next run reads it again"
        return replace(result, problems=(trouble,))


def read_unread(archive: Archive, settings: Settings) -> int:
    """Read the captures that were kept but not read before a crash or a reader's fault; gives how many.

    They are read in the order they were made and compared as if nothing had happened. A capture that fails again
    stays unread and is told by its next visit.
    """
    selectors = {
        (page.platform, page.url, page.vantage.name): Selectors(page.keep, page.remove, settings.ocr)
        for page in settings.pages
    }
    with archive.database.reading() as session:
        unread = [capture for capture in unread_captures(session) if shows_page(capture)]
    done = 0
    for stored in unread:
        page = stored.page
        chosen = selectors.get((page.platform, page.url, page.vantage), Selectors())
        try:
            version = read_capture(archive.load_capture(stored.id, fill_views=True), stored, chosen)
            _record_version(archive, PageResult(page, stored), version, chosen)
        except ArchiveError:
            raise
        except Exception:
            _log.exception("capture %s is kept but could not be read", stored.id)
        else:
            done += 1
    return done


def fill_texts(archive: Archive, capture: Capture) -> Capture:
    """The capture with the texts of its reused views put back, for the reader."""
    views = tuple(
        replace(view, data=archive.load_payload(view.digest))
        if view.data is None and view.kind in _TEXT_VIEWS
        else view
        for view in capture.views
    )
    return replace(capture, views=views)


def shows_page(capture: StoredCapture) -> bool:
    """Whether a capture may become a version: the page itself was seen, and on its own site.

    After a redirect to another site the words are those of whoever sits there, so they are never compared with the
    old page's rules: that the page moved is told as an outcome.
    """
    return is_readable(capture.outcome) and not left_site(capture)


def read_capture(capture: Capture, stored: StoredCapture, selectors: Selectors, archive: Archive) -> Version:
    """The version of a capture by this extractor release. Raises nothing for what the page says.

    The archive holds what was read in pictures before, and their bytes.
    """
    content = content_of(capture)
    content = replace(content, pictures=see_pictures(archive, capture, content, stored.page.role, selectors.ocr))
    reading = read_page(content, role=stored.page.role, keep=selectors.keep, remove=selectors.remove)
    return Version(
        id=new_id("version", stored.started_at),
        capture_id=stored.id,
        page_id=stored.page.id,
        seen_at=stored.seen_at,
        origin=stored.origin,
        reading=replace(reading, release=selectors.release),
    )


def _record_outcome(archive: Archive, result: PageResult, before: StoredCapture | None) -> PageResult:
    """Settle and note what the way the capture ended says, beside the last capture that says anything."""
    after = result.capture
    if after.reason in OWN_TROUBLE or after.origin is not Origin.OWN:
        return result
    with archive.database.writing() as session:
        if before is not None and before.reason in OWN_TROUBLE:
            before = _last_telling(session, after)
        pending = [
            change
            for change in pending_changes(session, after.page.id)
            if change.difference.change_class is ChangeClass.OUTCOME
        ]
        same = before is not None and outcome_state(before) == outcome_state(after)
        status = ChangeStatus.CONFIRMED if same else ChangeStatus.BLINKED
        settled = _settle(session, pending, status, after.id)
        difference = compare_outcomes(before, after)
        found = _note_changes(session, [difference] if difference else [], before, after)
    if status is ChangeStatus.CONFIRMED:
        return replace(result, found=found, confirmed=settled)
    return replace(result, found=found, blinked=settled)


def _last_telling(session: Session, after: StoredCapture) -> StoredCapture | None:
    from storage.captures import list_captures

    captures = list_captures(session, pages=[after.page.id], until=after.started_at, limit=200)
    telling = (c for c in captures if c.id != after.id and c.origin is Origin.OWN and c.reason not in OWN_TROUBLE)
    return next(telling, None)


def _record_version(archive: Archive, result: PageResult, version: Version, selectors: Selectors) -> PageResult:
    """Keep a version, compare it with the last one, settle what was pending, and note what is new."""
    after = result.capture
    if after.origin is not Origin.OWN:  # somebody else's file never settles what we saw ourselves
        with archive.database.writing() as session:
            insert_version(session, version, digest_forms(version.reading.text))
        return result
    with archive.database.reading() as session:
        last = last_versions(session, after.page.id, 1, before=version.seen_at, origin=after.origin)
    baseline = last[0] if last else None
    if baseline is not None and baseline.reading.release != version.reading.release:
        baseline = read_again(archive, baseline, selectors)
    differences = compare_readings(baseline.reading, version.reading, role=after.page.role) if baseline else ()
    with archive.database.writing() as session:
        insert_version(session, version, digest_forms(version.reading.text))
        if baseline is None:
            return result
        pending = [
            change
            for change in pending_changes(session, after.page.id)
            if change.difference.change_class is not ChangeClass.OUTCOME
        ]
        settled = settle_changes(pending, differences)
        by_id = {change.id: change for change in pending}
        confirmed = _settle(session, [by_id[i] for i in settled.confirmed], ChangeStatus.CONFIRMED, after.id)
        blinked = _settle(session, [by_id[i] for i in settled.blinked], ChangeStatus.BLINKED, after.id)
        found = _note_changes(session, settled.remaining, _capture_of(session, baseline), after)
    return replace(
        result,
        found=result.found + found,
        confirmed=result.confirmed + confirmed,
        blinked=result.blinked + blinked,
    )


def read_again(archive: Archive, version: Version, selectors: Selectors) -> Version:
    """The same capture read by this release, kept beside the older reading.

    Done before comparing, so that a better extractor or another selector never looks like a rewritten rule.
    """
    capture = archive.load_capture(version.capture_id)
    with archive.database.reading() as session:
        stored = _capture_of(session, version)
    anew = read_capture(capture, stored, selectors, archive)
    with archive.database.writing() as session:
        insert_version(session, anew, digest_forms(anew.reading.text))
    return anew


def _capture_of(session: Session, version: Version) -> StoredCapture:
    from storage.captures import get_capture

    return get_capture(session, version.capture_id)


def _settle(session: Session, changes: list[Change], status: ChangeStatus, settled_by: str) -> tuple[Change, ...]:
    if changes:
        set_status(session, [change.id for change in changes], status, settled_by)
    return tuple(replace(change, status=status, settled_by=settled_by) for change in changes)


def _note_changes(
    session: Session,
    differences: tuple[Difference, ...] | list[Difference],
    before: StoredCapture | None,
    after: StoredCapture,
) -> tuple[Change, ...]:
    """Store differences as changes between two captures: pending if they need a second look."""
    changes = tuple(
        Change(
            id=new_id("change", after.started_at),
            page=after.page,
            before_capture=before.id if before else "",
            after_capture=after.id,
            before_at=before.seen_at if before else None,
            after_at=after.seen_at,
            status=ChangeStatus.PENDING if _needs_second_look(difference) else ChangeStatus.CONFIRMED,
            settled_by="",
            difference=difference,
        )
        for difference in differences
    )
    insert_changes(session, changes)
    return changes


def _needs_second_look(difference: Difference) -> bool:
    if difference.change_class is ChangeClass.OUTCOME:
        return "site_back" not in difference.kinds
    return needs_confirmation(difference)
