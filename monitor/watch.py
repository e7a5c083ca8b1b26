"""One page through every stage: look, keep, read, compare, settle. The way of the data in one screen.

Takes a page of the settings, an open archive, a browser and a clock; gives what was kept and what changed. What a
page does never raises here; a browser that cannot be started or an archive that cannot keep does.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from monitor.capture_reading import capture_of, fill_texts, read_again, read_capture, shows_page
from monitor.changes.language import language_of
from monitor.changes.listed import explain_missing
from monitor.changes.normal_forms import digest_forms
from monitor.operators.statements import note_capture
from monitor.page_memory import note_language, read_habits, write_habits
from monitor.page_result import PageResult
from monitor.selectors import Selectors
from monitor.visit_changes import note_changes, record_outcome, settle_version
from monitor.weigh import Texts, same_language, weigh_version
from scrapers.content import content_of
from scrapers.errors import SessionError
from scrapers.model import Capture, Clock, Origin, PageTask
from scrapers.whereabouts import shown_text
from storage.captures import last_capture
from storage.errors import ArchiveError
from storage.habits import open_state
from storage.ids import new_id
from storage.model import StoredCapture, Version, WatchedPage
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
    result = record_outcome(archive, PageResult(page, stored), before)
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
            found = note_changes(session, [of_language] if of_language else [], _capture_before(session, after), after)
        return replace(result, found=result.found + found)
    texts = Texts(partial(_text_shown_in, archive, baseline, selectors), partial(content_of, capture))
    with archive.database.reading() as session:
        missing_before = explain_missing(capture_of(session, baseline))
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
        return settle_version(session, result, baseline, version, weighed, state, of_language)


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
        stored = capture_of(session, version)
    return shown_text(content_of(find_readable(archive, stored).load()))


def _capture_before(session: Session, after: StoredCapture) -> StoredCapture | None:
    from storage.captures import get_capture

    return get_capture(session, after.previous) if after.previous else None
