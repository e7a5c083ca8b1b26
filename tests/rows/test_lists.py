"""Lists of captures and changes: the right ones, newest first, and steady while rows are added."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from rows.scribe import NOON, Scribe
from scrapers.model import Origin, Outcome
from storage.captures import captures_around, get_capture, last_capture, last_starts, list_captures
from storage.changes import list_changes, mark_alerted, pending_changes, set_status, unalerted
from storage.errors import NotInArchive
from storage.model import ChangeClass, ChangeStatus, Severity
from storage.pages import find_pages, nearest_pages
from storage.session import Database, Session


def walk(database: Database, ask: Callable[[Session, str], list[str]], between: Callable[[], object]) -> list[str]:
    """Follow a list to its end, with something happening between its pages."""
    seen: list[str] = []
    after = ""
    while True:
        with database.reading() as session:
            page = ask(session, after)
        if not page:
            return seen
        seen += page
        after = page[-1]
        between()


@pytest.mark.parametrize("scope", ["page", "platform", "all"])
def test_paging_gives_each_capture_once_while_captures_are_added(
    database: Database, scribe: Scribe, scope: str
) -> None:
    page = scribe.page()
    outcomes = list(Outcome)
    there = [scribe.capture(number // 3, page, outcome=outcomes[number % 4]).id for number in range(23)]
    added = iter(range(100, 200))

    def ask(session: Session, after: str) -> list[str]:
        pages = [page.id] if scope == "page" else []
        platform = page.platform if scope == "platform" else ""
        return [item.id for item in list_captures(session, pages=pages, platform=platform, after=after, limit=4)]

    seen = walk(database, ask, lambda: scribe.capture(next(added), page))
    assert seen == there[::-1]


def test_paging_gives_each_change_once_while_changes_are_added(database: Database, scribe: Scribe) -> None:
    capture = scribe.capture(0)
    severities = list(Severity)
    there = [scribe.change(capture, severity=severities[number % 5]).id for number in range(13)]
    later = scribe.capture(5)

    def ask(session: Session, after: str) -> list[str]:
        return [item.id for item in list_changes(session, min_severity=Severity.LOW, after=after, limit=3)]

    first_page: list[str] = []
    with database.reading() as session:
        first_page = ask(session, "")
    seen = first_page + walk(
        database,
        lambda session, after: ask(session, after or first_page[-1]),
        lambda: scribe.change(later),
    )
    assert seen == [name for number, name in enumerate(there) if number % 5][::-1]


def test_an_unknown_cursor_is_refused(database: Database, scribe: Scribe) -> None:
    scribe.capture(0)
    with database.reading() as session:
        with pytest.raises(NotInArchive, match="continue after"):
            list_captures(session, after="c-1")
        with pytest.raises(NotInArchive, match="continue after"):
            list_changes(session, after="' OR 1=1 --")


def test_captures_are_narrowed_by_time_outcome_platform_and_page(database: Database, scribe: Scribe) -> None:
    here, there = scribe.page("https://a.test/", "甲"), scribe.page("https://b.test/", "乙")
    first = scribe.capture(0, here)
    failed = scribe.capture(1, here, outcome=Outcome.FAILED)
    other = scribe.capture(2, there)

    def ids(**wanted: object) -> list[str]:
        with database.reading() as session:
            return [capture.id for capture in list_captures(session, **wanted)]  # type: ignore[arg-type]

    assert ids() == [other.id, failed.id, first.id]
    assert ids(platform="甲") == [failed.id, first.id]
    assert ids(platform="没有") == []
    assert ids(pages=[there.id, here.id], limit=2) == [other.id, failed.id]
    assert ids(outcomes=[Outcome.FAILED]) == [failed.id]
    assert ids(pages=[here.id], outcomes=[Outcome.COMPLETE]) == [first.id]
    moment = NOON + timedelta(hours=1)
    assert ids(since=moment, until=moment) == [failed.id], "both ends are included"


def test_a_capture_comes_back_as_it_was_put_in(database: Database, scribe: Scribe) -> None:
    capture = scribe.capture(0, claimed_hours=-48)
    with database.reading() as session:
        assert get_capture(session, capture.id) == capture
        assert get_capture(session, capture.id[:-2]) == capture
        with pytest.raises(NotInArchive):
            get_capture(session, "c-2025")
        with pytest.raises(NotInArchive):
            get_capture(session, "%")


def test_a_beginning_that_several_captures_have_is_refused(database: Database, scribe: Scribe) -> None:
    scribe.capture(0)
    scribe.capture(0)
    with database.reading() as session, pytest.raises(NotInArchive, match="several captures"):
        get_capture(session, "c-20260301")


def test_an_import_stands_at_its_claimed_time_but_is_no_visit_of_ours(database: Database, scribe: Scribe) -> None:
    page = scribe.page()
    own = scribe.capture(0, page)
    imported = scribe.capture(5, page, claimed_hours=-48)
    with database.reading() as session:
        assert [item.id for item in list_captures(session)] == [own.id, imported.id]
        last = last_capture(session, page.id)
        assert last is not None and last.id == own.id
        newest = last_capture(session, page.id, origin=Origin.IMPORTED)
        assert newest is not None and newest.id == imported.id
        assert last_starts(session) == {page.id: own.started_at}
        before, after = captures_around(session, page.id, NOON - timedelta(hours=1))
        assert before is not None and after is not None
        assert (before.id, after.id) == (imported.id, own.id)


def test_changes_are_narrowed_alone_and_together(database: Database, scribe: Scribe) -> None:
    here = scribe.capture(0, scribe.page("https://a.test/", "甲"))
    there = scribe.capture(1, scribe.page("https://b.test/", "乙"))
    rule = scribe.change(here, severity=Severity.CRITICAL)
    price = scribe.change(there, severity=Severity.MEDIUM, change_class=ChangeClass.PRICE)
    noise = scribe.change(there, severity=Severity.NONE, change_class=ChangeClass.NOISE, status=ChangeStatus.CONFIRMED)

    def ids(**wanted: object) -> list[str]:
        with database.reading() as session:
            return [change.id for change in list_changes(session, **wanted)]  # type: ignore[arg-type]

    assert ids() == [noise.id, price.id, rule.id]
    assert ids(min_severity=Severity.LOW) == [price.id, rule.id]
    assert ids(classes=[ChangeClass.PRICE, ChangeClass.RULE], min_severity=Severity.HIGH) == [rule.id]
    assert ids(platform="乙", min_severity=Severity.LOW) == [price.id]
    assert ids(pages=[here.page.id], classes=[ChangeClass.NOISE]) == []
    assert ids(status=ChangeStatus.CONFIRMED) == [noise.id]
    assert ids(since=there.seen_at, min_severity=Severity.MEDIUM) == [price.id]


def test_a_change_is_settled_once_and_says_by_which_capture(database: Database, scribe: Scribe) -> None:
    capture = scribe.capture(0)
    change = scribe.change(capture)
    again = scribe.capture(1, capture.page)
    with database.writing() as session:
        assert pending_changes(session, capture.page.id) == (change,)
        set_status(session, [change.id], ChangeStatus.CONFIRMED, again.id)
        with pytest.raises(ValueError, match="confirmed already"):
            set_status(session, [change.id], ChangeStatus.BLINKED, again.id)
    with database.reading() as session:
        assert pending_changes(session, capture.page.id) == ()
        assert list_changes(session)[0].settled_by == again.id


def test_a_change_is_told_to_each_channel_once(database: Database, scribe: Scribe) -> None:
    capture = scribe.capture(0)
    low, high = scribe.change(capture, severity=Severity.LOW), scribe.change(capture)
    with database.writing() as session:
        assert unalerted(session, "mail") == (high, low), "grave first"
        assert unalerted(session, "mail", statuses=[ChangeStatus.CONFIRMED]) == ()
        mark_alerted(session, [high.id], "mail", NOON)
        mark_alerted(session, [high.id], "mail", NOON)
        assert unalerted(session, "mail") == (low,)
        assert unalerted(session, "phone", min_severity=Severity.HIGH) == (high,)
        assert unalerted(session, "phone", since=capture.seen_at + timedelta(seconds=1)) == ()


def test_pages_are_found_as_people_type_them(database: Database, scribe: Scribe) -> None:
    page = scribe.page("https://shop.test/buy/12")
    with database.reading() as session:
        for typed in (page.id, page.id[:-1], page.url, "shop.test/buy/12", "https://shop.test/buy/12/", "示例卡盟"):
            assert find_pages(session, typed) == (page,), typed
        for typed in ("", "p-", "%", "https://shop.test/", "' OR ''='"):
            assert find_pages(session, typed) == (), typed
        assert nearest_pages(session, "https://shop.test/buy/13") == ("https://shop.test/buy/12",)
