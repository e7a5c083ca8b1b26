"""What is done with a file that somebody else made: whose page it is, whether it is known, what it differs in.

Imported captures take part in history, `at` and diff under their mark. Changes beside them are `claimed`: they confirm
nothing, are confirmed by nothing, and are never sent as alerts. A page without a claimed time is compared with nothing,
for nobody knows what came first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.capture_reading import read_again
from monitor.changes.compare import compare_readings
from monitor.outcomes import registrable_domain
from monitor.page_address import normalise_address
from monitor.selectors import Selectors
from monitor.watch import record_capture
from scrapers.model import NO_TIME_OF_DAY, Capture, Role, ViewKind
from storage.artifacts import find_payloads
from storage.captures import get_capture, list_captures
from storage.changes import insert_changes
from storage.ids import new_id
from storage.model import Change, ChangeClass, ChangeStatus, Difference, StoredCapture, Version, WatchedPage
from storage.pages import ensure_page, find_pages
from storage.versions import get_version, previous_version, versions_around

if TYPE_CHECKING:
    from monitor.config.settings import PageSettings
    from storage.archive import Archive

THIRD_PARTY = "third_party"
_MARK = "（依据第三方文件，未经本工具核实）"
_MARK_DAY = "（依据第三方文件，只称当日、未给钟点，未经本工具核实）"
_DAY = timedelta(days=1)
_SAYS_NOTHING = frozenset({ChangeClass.NOISE, ChangeClass.TECHNICAL, ChangeClass.MOVED, ChangeClass.STOCK})
_ROLE_WORDS = (
    (Role.TERMS, ("terms", "rule", "agreement", "policy", "refund", "条款", "协议", "规则", "售后")),
    (Role.NOTICE, ("notice", "announce", "news", "公告")),
    (Role.CONTACT, ("contact", "about", "联系", "关于")),
    (Role.ORDER, ("order", "bill", "订单")),
)


@dataclass(frozen=True)
class BringerWord:
    """What the bringer says of the page, "" and None where he leaves it open."""

    platform: str = ""
    role: Role | None = None
    claimed_at: datetime | None = None


@dataclass(frozen=True)
class BroughtIn:
    """What became of one page of a file. `known` is the capture of an earlier import of the same, then nothing is new.

    `guessed` names what was decided for want of a word: platform, role.
    """

    page: WatchedPage
    capture: StoredCapture
    known: bool = False
    read: bool = False
    guessed: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    problems: tuple[str, ...] = ()


def bring_in(
    archive: Archive, captures: Sequence[Capture], watched: Sequence[PageSettings], word: BringerWord
) -> tuple[BroughtIn, ...]:
    """Keep the captures of one file, read them, and compare each with its neighbours in time."""
    known = _captures_of_file(archive, captures)
    return tuple(_bring_page(archive, capture, watched, word, known) for capture in captures)


def guess_role(url: str, title: str) -> Role:
    """The role that an address and a title suggest; a product where nothing does."""
    text = f"{url} {title}".lower()
    found = next((role for role, words in _ROLE_WORDS if any(word in text for word in words)), None)
    if found is not None:
        return found
    return Role.HOME if url.partition("://")[2].partition("/")[2] in ("", "index.html", "index.php") else Role.PRODUCT


def _bring_page(
    archive: Archive,
    capture: Capture,
    watched: Sequence[PageSettings],
    word: BringerWord,
    known: Sequence[StoredCapture],
) -> BroughtIn:
    page, selectors, guessed = _settle_page(archive, capture, watched, word)
    claim = capture.claimed_at, any(missing.what == NO_TIME_OF_DAY for missing in capture.missing)
    same = next((kept for kept in known if kept.page.id == page.id and _claim_of(kept) == claim), None)
    if same is not None:
        return BroughtIn(page, same, known=True)
    result = record_capture(archive, capture, page, selectors)
    with archive.database.reading() as session:
        version = get_version(session, result.capture.id)
    if version is None:
        return BroughtIn(page, result.capture, guessed=guessed, problems=result.problems)
    changes = _note_claimed_changes(archive, version, result.capture, selectors)
    return BroughtIn(page, result.capture, read=True, guessed=guessed, changes=changes, problems=result.problems)


def _settle_page(
    archive: Archive, capture: Capture, watched: Sequence[PageSettings], word: BringerWord
) -> tuple[WatchedPage, Selectors, tuple[str, ...]]:
    """The page that a capture belongs to: a watched one, one that the archive knows, or a new one."""
    url = normalise_address(capture.url)
    own = [page for page in watched if _same(page.url, url) and word.platform in ("", page.platform)]
    own.sort(key=lambda page: page.vantage.name != "desktop")
    with archive.database.writing() as session:
        if own:
            chosen = own[0]
            page = ensure_page(
                session, chosen.platform, chosen.url, chosen.role, chosen.vantage.name, capture.started_at
            )
            return page, Selectors(chosen.keep, chosen.remove), ()
        met = [page for page in find_pages(session, url) if word.platform in ("", page.platform)]
        met.sort(key=lambda page: page.vantage != "desktop")
        if met:
            page = met[0]
            if word.role is not None and word.role is not page.role:
                page = ensure_page(session, page.platform, page.url, word.role, page.vantage, capture.started_at)
            return page, Selectors(), ()
        guessed = tuple(
            name for name, given in (("platform", word.platform), ("role", word.role is not None)) if not given
        )
        platform = word.platform or registrable_domain(url)
        role = word.role or guess_role(url, capture.title)
        return ensure_page(session, platform, url, role, "desktop", capture.started_at), Selectors(), guessed


def _same(one: str, other: str) -> bool:
    return one.rstrip("/") == other.rstrip("/")


def _claim_of(capture: StoredCapture) -> tuple[datetime | None, bool]:
    return capture.claimed_at, capture.claims_day_only


def _captures_of_file(archive: Archive, captures: Sequence[Capture]) -> tuple[StoredCapture, ...]:
    """The captures of earlier imports of the same file. Its bytes are looked for first: mostly they are new."""
    digests = {view.digest for capture in captures for view in capture.views if view.kind is ViewKind.SOURCE_FILE}
    found: list[StoredCapture] = []
    with archive.database.reading() as session:
        if not find_payloads(session, sorted(digests)):
            return ()
        pages = {page.id for capture in captures for page in find_pages(session, normalise_address(capture.url))}
        after = ""
        while batch := list_captures(session, pages=sorted(pages), after=after, limit=1000):
            found += [kept for kept in batch if kept.source_file.rpartition("sha256:")[2] in digests]
            after = batch[-1].id
    return tuple(found)


def _note_claimed_changes(
    archive: Archive, version: Version, capture: StoredCapture, selectors: Selectors
) -> tuple[Change, ...]:
    """The differences from the version before and to the version after, kept as claimed changes."""
    if capture.claimed_at is None:
        return ()
    with archive.database.reading() as session:
        before = previous_version(session, version)
        # Of a day without a time nobody knows whether it came before what was seen on that very day.
        moment = version.seen_at + _DAY if capture.claims_day_only else version.seen_at
        after = versions_around(session, version.page_id, moment)[1]
    changes: list[Change] = []
    if before is not None:
        changes += _compare(archive, before, version, selectors, capture)
    if after is not None:
        changes += _compare(archive, version, after, selectors, capture)
    with archive.database.writing() as session:
        insert_changes(session, changes)
    return tuple(changes)


def _compare(
    archive: Archive, before: Version, after: Version, selectors: Selectors, imported: StoredCapture
) -> list[Change]:
    if before.reading.release != after.reading.release:
        before, after = (
            version if version.capture_id == imported.id else read_again(archive, version, selectors)
            for version in (before, after)
        )
    with archive.database.reading() as session:
        sides = get_capture(session, before.capture_id), get_capture(session, after.capture_id)
    return [
        _claimed_change(difference, *sides, imported.started_at, _MARK_DAY if imported.claims_day_only else _MARK)
        for difference in compare_readings(before.reading, after.reading, role=imported.page.role)
        if difference.change_class not in _SAYS_NOTHING
    ]


def _claimed_change(
    difference: Difference, before: StoredCapture, after: StoredCapture, at: datetime, mark: str
) -> Change:
    return Change(
        id=new_id("change", at),
        page=after.page,
        before_capture=before.id,
        after_capture=after.id,
        before_at=before.seen_at,
        after_at=after.seen_at,
        status=ChangeStatus.CLAIMED,
        settled_by="",
        difference=replace(difference, kinds=(*difference.kinds, THIRD_PARTY), reason=mark + difference.reason),
    )
