"""Versions: exact again, kept once for each content, and found around a moment."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from rows.scribe import NOON, Scribe
from scrapers.model import Author, Block, BlockKind, Fact, FactKind, Origin, Reading, Source
from storage.model import Version
from storage.session import Database
from storage.versions import forms_of, get_version, insert_version, last_versions, previous_version, versions_around


def test_a_reading_comes_back_exactly(database: Database, scribe: Scribe) -> None:
    capture = scribe.capture(0)
    reading = Reading(
        family="acg-faka",
        family_confidence=0.93,
        release="2026.11.1",
        title="标题 \ud83d",
        text="第一行\n  第二行\x00\ud800",
        facts=(
            Fact("sku-1", FactKind.TIER_PRICE, "9.90", "¥9.9", "10", "#p", Source.JSON, 0.8),
            Fact("", FactKind.NAME, ""),
        ),
        blocks=(
            Block(BlockKind.NOTICE, "弹窗", "公告", "sku-1", Author.MERCHANT, "#n", Source.POPUP, ("a" * 64,)),
            Block(BlockKind.TERMS, "质保7天"),
        ),
        problems=("no price",),
        signs=("/user/api/index",),
    )
    version = Version("v-1", capture.id, capture.page.id, capture.seen_at, Origin.OWN, reading)
    with database.writing() as session:
        insert_version(session, version, {"spaces": "f" * 64})
    with database.reading() as session:
        assert get_version(session, capture.id) == version
        assert forms_of(session, "v-1") == {"spaces": "f" * 64}


def test_an_unchanged_page_stores_its_reading_and_text_once(database: Database, scribe: Scribe) -> None:
    page = scribe.page()
    for hour in range(5):
        scribe.read(scribe.capture(hour, page), "质保7天")
    scribe.read(scribe.capture(6, page), "质保7天", release="2026.12.1")
    with database.reading() as session:
        counts = {
            table: session.execute(text(f"SELECT count(*) FROM {table}")).scalar()
            for table in ("version", "reading", "text", "text_seen")
        }
    assert counts == {"version": 6, "reading": 1, "text": 1, "text_seen": 1}


def test_putting_in_a_version_twice_changes_nothing(database: Database, scribe: Scribe) -> None:
    capture = scribe.capture(0)
    first = scribe.read(capture, "质保7天")
    scribe.read(capture, "质保3天")
    with database.reading() as session:
        assert get_version(session, capture.id) == first


def test_of_several_releases_the_newest_counts_and_each_can_be_had(database: Database, scribe: Scribe) -> None:
    capture = scribe.capture(0)
    old = scribe.read(capture, "质保7天", release="1")
    new = scribe.read(capture, "质保7天。", release="2")
    with database.reading() as session:
        assert get_version(session, capture.id) == new
        assert get_version(session, capture.id, "1") == old
        assert get_version(session, capture.id, "3") is None
        assert versions_around(session, capture.page.id, NOON) == (new, None)
        assert versions_around(session, capture.page.id, NOON - timedelta(hours=1)) == (None, new)


def test_the_versions_around_a_moment_are_the_nearest_on_both_sides(database: Database, scribe: Scribe) -> None:
    page = scribe.page()
    versions = [scribe.read(scribe.capture(hour, page), f"第{hour}版") for hour in range(4)]
    other = scribe.page("https://other.test/")
    scribe.read(scribe.capture(1.4, other), "别的页面")
    with database.reading() as session:
        assert versions_around(session, page.id, NOON + timedelta(hours=1.5)) == (versions[1], versions[2])
        assert versions_around(session, page.id, NOON + timedelta(hours=2)) == (versions[2], versions[3])
        assert versions_around(session, page.id, NOON + timedelta(hours=9)) == (versions[3], None)
        assert previous_version(session, versions[2]) == versions[1]


def test_an_import_takes_part_unless_only_our_own_are_wanted(database: Database, scribe: Scribe) -> None:
    page = scribe.page()
    own = scribe.read(scribe.capture(0, page), "甲")
    imported = scribe.read(scribe.capture(9, page, claimed_hours=2), "乙")
    with database.reading() as session:
        at = NOON + timedelta(hours=3)
        assert versions_around(session, page.id, at) == (imported, None)
        assert versions_around(session, page.id, at, origin=Origin.OWN) == (own, None)
        assert last_versions(session, page.id, 5, origin=Origin.OWN) == (own,)


def test_the_last_versions_are_the_last_distinct_ones(database: Database, scribe: Scribe) -> None:
    page = scribe.page()
    a, b, again, same = [scribe.read(scribe.capture(hour, page), "ABAA"[hour]) for hour in range(4)]
    with database.reading() as session:
        assert last_versions(session, page.id, 3) == (same, b)
        assert last_versions(session, page.id, 1) == (same,)
        assert last_versions(session, page.id, 3, before=again.seen_at) == (b, a)
