"""Gathers the findings of a platform or page from the archive: announcements, dates, disclosures, vantages, numbers.

Takes an open session, pages and a moment; gives findings, the gravest first. All judging is in the pure modules; here
it is only chosen what they see, within bounds, and said what was left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.capture_reading import shows_page
from monitor.findings.announcement import NOTICE_DAYS, judge_announcements
from monitor.findings.cloaking import compare_vantages
from monitor.findings.disclosure import find_undisclosed
from monitor.findings.empty_pages import is_error_page, is_taken_down
from monitor.findings.fabrication import find_fabricated
from monitor.findings.model import Sight, SiteFinding
from monitor.findings.places import compare_places
from monitor.findings.rule_dates import judge_own_dates
from scrapers.domains import registrable_domain
from scrapers.model import Origin, Outcome, Role
from storage.captures import list_captures
from storage.changes import list_changes
from storage.model import Change, ChangeClass, ChangeStatus, StoredCapture, WatchedPage
from storage.statements import statements_of
from storage.versions import get_version

if TYPE_CHECKING:
    from storage.session import Session

MOST_CHANGES = 200
_MOST_CAPTURES = 200  # of one page
_LATE = 5  # captures of a page among which the newest that says something is looked for
_RECENT = timedelta(days=30)
_NOTICE_ROLES = (Role.NOTICE, Role.HOME, Role.TERMS, Role.RELEASE, Role.CONTACT)


@dataclass(frozen=True)
class FindingList:
    """Findings, the gravest first, and what was not looked at."""

    findings: tuple[SiteFinding, ...]
    notes: tuple[str, ...]


def collect_findings(
    session: Session,
    platform_pages: Sequence[WatchedPage],
    *,
    wanted: Sequence[WatchedPage],
    at: datetime,
    days: int = NOTICE_DAYS,
    sessions: Mapping[str, str] | None = None,
) -> FindingList:
    """All findings about `wanted` pages of one platform as known at a moment; `platform_pages` are all of its pages.

    What a platform shows at all is judged over all its pages, and told only when all of them are wanted.
    """
    known = _Seen(session, at)
    notes: list[str] = []
    ids = [page.id for page in wanted]
    listed = list_changes(
        session,
        pages=ids,
        until=at,
        classes=[ChangeClass.RULE],
        status=ChangeStatus.CONFIRMED,
        limit=MOST_CHANGES + 1,
    )
    changes = leave_out_errors(session, listed)
    if len(changes) > MOST_CHANGES:
        notes.append(f"只判读了最近{MOST_CHANGES}处规则变更")
        changes = changes[:MOST_CHANGES]
    found: list[SiteFinding] = []
    if changes:
        begin = min(change.before_at or change.after_at for change in changes) - timedelta(days=days)
        sights = [
            sight
            for page in platform_pages
            if page.role in _NOTICE_ROLES or page.id in ids
            for sight in known.sights(page, begin)
        ]
        found += judge_announcements(changes, sights, days=days)
    newest = {page.id: known.newest(page) for page in platform_pages}
    for page in wanted:
        sight = newest[page.id]
        if sight is not None:
            found += judge_own_dates(sight)
    views: dict[str, list[WatchedPage]] = {}
    for page in wanted:
        views.setdefault(page.url, []).append(page)
    several = [page for pages in views.values() if len(pages) > 1 for page in pages]
    found += compare_vantages(
        [sight for page in several for sight in known.sights(page, at - _RECENT)], sessions=sessions
    )
    if {page.id for page in platform_pages} <= set(ids):
        seen = [sight for sight in newest.values() if sight is not None]
        found += find_undisclosed(seen, unread=len(platform_pages) - len(seen))
        found += _judge_identity(session, platform_pages, at)
    notes += known.notes
    ordered = sorted(found, key=lambda one: (-one.severity.rank, one.kind, -one.at.timestamp()))
    return FindingList(
        tuple(replace(one, captures=tuple(dict.fromkeys(one.captures))) for one in ordered), tuple(notes)
    )


def leave_out_errors(session: Session, changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes without those of rules and prices of which one side shows an error or goods taken down.

    Such a page changes no rule and takes no promise back: it says nothing of them.
    """
    known: dict[str, bool] = {}

    def failed(capture: str) -> bool:
        if capture not in known:
            version = get_version(session, capture) if capture else None
            reading = version.reading if version is not None else None
            known[capture] = reading is not None and (is_error_page(reading) or is_taken_down(reading))
        return known[capture]

    return tuple(
        change
        for change in changes
        if change.difference.change_class is ChangeClass.OUTCOME
        or not (failed(change.before_capture) or failed(change.after_capture))
    )


def _judge_identity(session: Session, pages: Sequence[WatchedPage], at: datetime) -> list[SiteFinding]:
    """What the identifiers of a platform's sites, as seen by then, say against each other."""
    urls: dict[str, list[str]] = {}
    for page in pages:
        urls.setdefault(registrable_domain(page.url), []).append(page.url)
    statements = [one for one in statements_of(session, urls, claimed=False) if one.first_seen <= at]
    name = pages[0].platform if pages else ""
    return [*find_fabricated(statements, name, urls), *compare_places(statements, name, urls)]


class _Seen:
    """What pages showed, each capture read once from the archive."""

    def __init__(self, session: Session, at: datetime) -> None:
        self._session = session
        self._at = at
        self._sights: dict[str, Sight | None] = {}
        self.notes: list[str] = []

    def sights(self, page: WatchedPage, since: datetime) -> tuple[Sight, ...]:
        """What a page showed from a moment on, newest first."""
        captures = list_captures(
            self._session,
            pages=[page.id],
            since=since,
            until=self._at,
            outcomes=[Outcome.COMPLETE, Outcome.PARTIAL],
            limit=_MOST_CAPTURES + 1,
        )
        if len(captures) > _MOST_CAPTURES:
            self.notes.append(f"{page.url} 只读取了最近{_MOST_CAPTURES}次抓取")
        read = (self._sight(page, capture) for capture in captures[:_MOST_CAPTURES])
        return tuple(sight for sight in read if sight is not None)

    def newest(self, page: WatchedPage) -> Sight | None:
        """What a page showed last; an error page only where it showed nothing else of late."""
        captures = list_captures(
            self._session, pages=[page.id], until=self._at, outcomes=[Outcome.COMPLETE, Outcome.PARTIAL], limit=_LATE
        )
        read = [sight for capture in captures if (sight := self._sight(page, capture)) is not None]
        return next((one for one in read if not is_error_page(one.version.reading)), read[0] if read else None)

    def _sight(self, page: WatchedPage, capture: StoredCapture) -> Sight | None:
        if capture.origin is not Origin.OWN or not shows_page(capture):
            return None
        if capture.id not in self._sights:
            version = get_version(self._session, capture.id)
            self._sights[capture.id] = Sight(page, version) if version is not None else None
        return self._sights[capture.id]
