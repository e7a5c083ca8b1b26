"""Statements are made anew from kept captures: the same as live, without what an older reader got wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest

import monitor.operators.restate as restating
from monitor.operators.restate import restate_pages
from monitor.selectors import Selectors
from monitor.watch import record_capture
from scrapers.identity import Identifier
from statements.conftest import START
from statements.shop import visit, watch
from storage.archive import Archive
from storage.errors import ArchiveDamaged
from storage.identifiers import frequency
from storage.identity import LookupKind, Statement
from storage.lookups import keep_lookup
from storage.pages import list_pages
from storage.statements import note_identifiers, statements_of

DAY = timedelta(days=1)
HOME, OTHER = "https://www.xinglan-ka.com/", "https://yunfan-card.com/"


def fill(archive: Archive) -> None:
    for n in range(3):
        for minutes, url in enumerate((HOME, HOME + "contact", OTHER)):
            at = START + n * DAY + timedelta(minutes=minutes)
            capture = visit(url, at, body="客服QQ：2846109375" if n < 2 else "客服QQ：3190274658")
            record_capture(archive, capture, watch(archive, url, START), Selectors())


def all_of(archive: Archive) -> tuple[Statement, ...]:
    with archive.database.reading() as session:
        return statements_of(session, ["xinglan-ka.com", "yunfan-card.com"])


def restate(archive: Archive, *, again: bool = False) -> restating.Restated:
    with archive.database.reading() as session:
        pages = list_pages(session)
    return restate_pages(archive, pages, at=START + 9 * DAY, again=again)


def test_what_is_made_anew_is_what_was_noted_live(archive: Archive) -> None:
    fill(archive)
    live = all_of(archive)
    done = restate(archive)
    assert (done.total, done.read, done.failures) == (9, 9, [])
    assert done.equal == 3, "an equal look at a page is read once"
    assert all_of(archive) == live


def test_what_an_older_reader_got_wrong_goes_and_what_a_lookup_saw_stays(archive: Archive) -> None:
    fill(archive)
    live = all_of(archive)
    lookup = keep_lookup(archive, domain="xinglan-ka.com", kind=LookupKind.DNS, server="", asked_at=START, outcome="ok")
    with archive.database.writing() as session:
        note_identifiers(
            session, "xinglan-ka.com", [Identifier("qq", "99999", "visible")], START, live[0].first_capture
        )
        note_identifiers(session, "xinglan-ka.com", [Identifier("ns", "ns.test", "dns")], START, lookup.id)
        note_identifiers(session, "xinglan-ka.com", [Identifier("ip", "8.8.4.4", "dns")], START + 5 * DAY, lookup.id)
    restate(archive)
    told = {(one.kind, one.value): one for one in all_of(archive) if one.site == "xinglan-ka.com"}
    assert ("qq", "99999") not in told
    assert told["ns", "ns.test"].last_capture == lookup.id
    assert told["ip", "8.8.4.4"].last_seen == START + 5 * DAY
    with archive.database.reading() as session:
        assert frequency(session, "qq", "99999") == 0
        assert frequency(session, "qq", "2846109375") == 2


def test_it_is_done_once_for_a_release_of_the_readers(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(archive)
    assert restate(archive).total == 9
    assert restate(archive).total == 0
    assert restate(archive, again=True).total == 9
    monkeypatch.setattr(restating, "READERS", "another")
    assert restate(archive).total == 9


def test_a_capture_that_cannot_be_read_is_named_and_costs_its_site_nothing(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(archive)
    live = {(one.site, one.kind, one.value) for one in all_of(archive)}
    load = archive.load_capture

    def fail(capture_id: str, *, fill_views: bool = False) -> object:
        capture = load(capture_id, fill_views=fill_views)
        if capture.url == OTHER:
            raise ArchiveDamaged("made to fail")
        return capture

    monkeypatch.setattr(archive, "load_capture", fail)
    done = restate(archive)
    assert len(done.failures) == 3
    assert {(one.site, one.kind, one.value) for one in all_of(archive)} == live
    monkeypatch.undo()
    assert restate(archive).total == 3, "the next time only what failed is read again"
