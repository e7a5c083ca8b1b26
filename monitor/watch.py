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
from functools import partial
from typing import TYPE_CHECKING

from monitor.changes.language import language_of
from monitor.changes.listed import explain_missing, holds_back
from monitor.changes.noise_budget import count_blink
from monitor.changes.normal_forms import digest_forms
from monitor.changes.settle import needs_confirmation, settle_changes
from monitor.config.services import OCR_OFF, OcrSettings
from monitor.operators.statements import note_capture
from monitor.outcomes import OWN_TROUBLE, compare_outcomes, is_readable, left_site, outcome_state
from monitor.page_memory import note_language, read_habits, write_habits
from monitor.picture_reading import see_pictures
from monitor.rot import LOST
from monitor.rot_telling import describe_state
from monitor.weigh import Texts, Weighed, may_settle, same_language, settle_habits, tell_differences, weigh_version
from scrapers.content import content_of
from scrapers.errors import SessionError
from scrapers.extract import RELEASE, read_page
from scrapers.model import Capture, Clock, Origin, PageTask, ViewKind
from scrapers.whereabouts import shown_text
from storage.captures import last_capture
from storage.changes import insert_changes, pending_changes, set_status
from storage.errors import ArchiveError
from storage.habits import begin_state, open_state, update_state
from storage.ids import new_id
from storage.model import (
    Change,
    ChangeClass,
    ChangeStatus,
    Difference,
    ReadingState,
    Severity,
    StoredCapture,
    Version,
    WatchedPage,
)
from storage.pages import ensure_page
from storage.readable import find_readable
from storage.versions import insert_version, last_versions, unread_captures

if TYPE_CHECKING:
    from monitor.config.settings import PageSettings, Settings
    from scrapers.browser import Browser
    from storage.archive import Archive
    from storage.session import Session

_log = logging.getLogger(__name__)

FULL_VIEWS_EVERY = timedelta(days=7)
_LANGUAGES_BACK = 12
"""So many distinct versions back one in the same language is looked for."""

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
    return await asyncio.to_thread(
        record_capture, archive, capture, watched, Selectors(page.keep, page.remove, settings.ocr)
    )


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
    result = replace(result, problems=_note_statements(archive, capture, stored, selectors))
    if not shows_page(stored):
        return result
    try:
        filled = fill_texts(archive, capture)
        version = read_capture(filled, stored, selectors, archive)
        result = replace(result, problems=result.problems + version.reading.problems)
        return _record_version(archive, result, version, filled, selectors)
    except (ArchiveError, OSError):
        raise
    except Exception as error:  # the one place where a reader's fault ends: the evidence is kept, the run goes on
        _log.exception("capture %s is kept but could not be read", stored.id)
        trouble = f"kept, but not read ({type(error).__name__}: {error}); the next run reads it again"
        return replace(result, problems=(trouble,))


def _note_statements(
    archive: Archive, capture: Capture, stored: StoredCapture, selectors: Selectors
) -> tuple[str, ...]:
    """Note what a capture tells of who runs the site; a reader's fault is a line and stops nothing."""
    try:
        note_capture(archive, capture, stored, selectors.ocr)
    except (ArchiveError, OSError):
        raise
    except Exception as error:
        _log.exception("capture %s is kept but its identifiers could not be read", stored.id)
        return (f"identifiers not read ({type(error).__name__}: {error}); `cardwatch reextract` reads them again",)
    return ()


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
            capture = find_readable(archive, stored).load()
            version = read_capture(capture, stored, chosen, archive)
            _record_version(archive, PageResult(page, stored), version, capture, chosen)
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


def _record_version(
    archive: Archive, result: PageResult, version: Version, capture: Capture, selectors: Selectors
) -> PageResult:
    """Keep a version, compare it with the last one, settle what was pending, and note what is new."""
    after = result.capture
    if after.origin is not Origin.OWN:  # somebody else's file never settles what we saw ourselves
        with archive.database.writing() as session:
            insert_version(session, version, digest_forms(version.reading.text))
        return result
    language = language_of(version.reading.text)
    with archive.database.reading() as session:
        baseline = _find_baseline(session, version, language)
        habits, state = read_habits(session, after.page.id), open_state(session, after.page.id)
    if baseline is not None and baseline.reading.release != version.reading.release:
        baseline = read_again(archive, baseline, selectors)
    habits, of_language = note_language(habits, language)
    if baseline is None:
        with archive.database.writing() as session:
            insert_version(session, version, digest_forms(version.reading.text))
            write_habits(session, after.page.id, habits)
            found = _note_changes(session, [of_language] if of_language else [], _capture_before(session, after), after)
        return replace(result, found=result.found + found)
    texts = Texts(partial(_text_shown_in, archive, baseline, selectors), partial(content_of, capture))
    with archive.database.reading() as session:
        missing_before = explain_missing(_capture_of(session, baseline))
    weighed = weigh_version(
        baseline,
        version,
        after,
        habits=habits,
        state=state,
        keep=selectors.keep,
        texts=texts,
        missing_before=missing_before,
    )
    with archive.database.writing() as session:
        insert_version(session, version, digest_forms(version.reading.text))
        return _settle_version(session, result, baseline, version, weighed, state, of_language)


def _settle_version(
    session: Session,
    result: PageResult,
    baseline: Version,
    version: Version,
    weighed: Weighed,
    state: ReadingState | None,
    of_language: Difference | None,
) -> PageResult:
    """Settle what was pending by what a version brought, note what is new, and keep what was learnt of the page."""
    after, role = result.capture, result.page.role
    pending = {
        change.id: change
        for change in pending_changes(session, after.page.id)
        if may_settle(change, baseline, language_of(version.reading.text))
        and not holds_back(change, baseline.reading, version.reading, missing=explain_missing(after))
    }
    settled = settle_changes(list(pending.values()), weighed.differences)
    by_name = {name: change.difference for name, change in pending.items()}
    settled = settle_habits(settled, by_name, weighed.habits, baseline.reading, version.reading, role=role)
    habits = count_blink(weighed.habits, bool(settled.blinked))
    write_habits(session, after.page.id, habits)
    confirmed = _settle(session, [pending[i] for i in settled.confirmed], ChangeStatus.CONFIRMED, after.id)
    blinked = _settle(session, [pending[i] for i in settled.blinked], ChangeStatus.BLINKED, after.id)
    told = tell_differences(habits, settled.remaining, baseline.reading, version.reading, role=role)
    extra = [one for one in (of_language, weighed.lost) if one is not None]
    found = _note_changes(session, [*told, *extra], _capture_of(session, baseline), after)
    problems = _keep_state(session, after, weighed, state)
    return replace(
        result,
        found=result.found + found,
        confirmed=result.confirmed + confirmed,
        blinked=result.blinked + blinked,
        problems=result.problems + problems,
    )


def _find_baseline(session: Session, version: Version, language: str) -> Version | None:
    """The last version to compare with: of the same language, where the page answers in several."""
    last = last_versions(session, version.page_id, 1, before=version.seen_at, origin=version.origin)
    if not last or same_language(last[0].reading, language):
        return last[0] if last else None
    earlier = last_versions(session, version.page_id, _LANGUAGES_BACK, before=version.seen_at, origin=version.origin)
    return next((one for one in earlier if same_language(one.reading, language)), None)


def _text_shown_in(archive: Archive, version: Version, selectors: Selectors) -> str:
    """What the page showed at a version, also where selectors left only a part of it in the reading."""
    if not selectors.keep and not selectors.remove:
        return version.reading.text
    with archive.database.reading() as session:
        stored = _capture_of(session, version)
    return shown_text(content_of(find_readable(archive, stored).load()))


def _keep_state(
    session: Session, after: StoredCapture, weighed: Weighed, before: ReadingState | None
) -> tuple[str, ...]:
    """Keep how well the page was read; gives a line when that became worse or well again, once each."""
    state = weighed.state
    if state is None or state == before:
        return ()
    if before is None:
        begin_state(session, state)
        return (describe_state(state),) if state.grave else ()
    update_state(session, state)
    if not state.ended_capture:
        return (describe_state(state),) if state.grave and not before.grave else ()
    waiting = [change for change in pending_changes(session, after.page.id) if LOST in change.difference.kinds]
    _settle(session, waiting, ChangeStatus.CONFIRMED if weighed.gone else ChangeStatus.BLINKED, after.id)
    return (describe_state(state),) if state.grave else ()


def read_again(archive: Archive, version: Version, selectors: Selectors) -> Version:
    """The same capture read by this release, kept beside the older reading.

    Done before comparing, so that a better extractor or another selector never looks like a rewritten rule.
    """
    with archive.database.reading() as session:
        stored = _capture_of(session, version)
    anew = read_capture(find_readable(archive, stored).load(), stored, selectors, archive)
    with archive.database.writing() as session:
        insert_version(session, anew, digest_forms(anew.reading.text))
    return anew


def _capture_of(session: Session, version: Version) -> StoredCapture:
    from storage.captures import get_capture

    return get_capture(session, version.capture_id)


def _capture_before(session: Session, after: StoredCapture) -> StoredCapture | None:
    from storage.captures import get_capture

    return get_capture(session, after.previous) if after.previous else None


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
    if "language_changed" in difference.kinds:  # seen three times in a row
        return False
    return LOST in difference.kinds or needs_confirmation(difference)
