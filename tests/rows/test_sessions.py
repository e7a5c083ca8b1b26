"""Sessions: durable, strict about references and times, and fair between processes."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError

from rows.scribe import Scribe
from scrapers.model import Role
from storage.errors import ArchiveDamaged, ArchiveError, ArchiveFull, ArchiveLocked
from storage.ids import new_id
from storage.pages import ensure_page, list_pages
from storage.session import Database
from storage.tables import CaptureArtifactRow, PlatformRow


def test_sqlite_is_set_to_lose_nothing(database: Database) -> None:
    with database.writing() as session:
        settings = {name: session.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")}
    assert settings == {"journal_mode": "wal", "synchronous": 2}


def test_a_row_that_refers_to_nothing_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError, match="FOREIGN KEY"), database.writing() as session:
        session.add(CaptureArtifactRow(capture_key=77, role="warc", artifact_key=77))


def test_a_naive_time_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="no time zone"), database.writing() as session:
        session.add(PlatformRow(name="x", created_at=datetime(2026, 3, 1)))  # noqa: DTZ001
    with pytest.raises(ValueError, match="no time zone"):
        new_id("capture", datetime(2026, 3, 1))  # noqa: DTZ001


def test_times_come_back_as_the_same_moment_in_utc(database: Database) -> None:
    moment = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    with database.writing() as session:
        session.add(PlatformRow(name="x", created_at=moment))
    with database.reading() as session:
        row = session.get(PlatformRow, 1)
        assert row is not None
        assert row.created_at == moment
        assert row.created_at.tzinfo is UTC


def test_half_characters_and_nuls_of_a_page_do_not_stop_a_row(database: Database) -> None:
    url = "https://shop.test/\ud800\x00"
    with database.writing() as session:
        ensure_page(session, "示\udfff例", url, Role.TERMS, "desktop", datetime(2026, 3, 1, tzinfo=UTC))
    with database.reading() as session:
        assert [page.url for page in list_pages(session)] == ["https://shop.test/?"]


def test_what_fails_inside_a_writing_session_is_not_kept(database: Database, scribe: Scribe) -> None:
    with pytest.raises(RuntimeError), database.writing() as session:
        ensure_page(session, "x", "https://x.test/", Role.HOME, "desktop", scribe.start)
        raise RuntimeError
    with database.reading() as session:
        assert list_pages(session) == ()


def test_a_reading_session_sees_one_moment(database: Database, scribe: Scribe) -> None:
    with database.reading() as session:
        assert list_pages(session) == ()
        scribe.page()
        assert list_pages(session) == (), "a page added meanwhile must not appear half-way"
    with database.reading() as session:
        assert len(list_pages(session)) == 1


def test_processes_that_read_and_then_write_never_lose_a_count(database: Database, tmp_path: Path) -> None:
    code = f"""
from storage.session import Database
from storage.runs import read_note, write_note
database = Database('sqlite:///{tmp_path}/cardwatch.db')
for _ in range(25):
    with database.writing() as session:
        write_note(session, 'count', str(int(read_note(session, 'count') or 0) + 1))
"""
    runners = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(4)]
    assert [runner.wait(timeout=60) for runner in runners] == [0, 0, 0, 0]
    from storage.runs import read_note

    with database.reading() as session:
        assert read_note(session, "count") == "100"


def test_a_lock_that_is_not_given_up_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.session.BUSY_SECONDS", 0.05)
    database = Database(f"sqlite:///{tmp_path}/held.db")
    database.migrate()
    with sqlite3.connect(tmp_path / "held.db") as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ArchiveLocked, match="held by another process"), database.writing():
            pass
        with database.reading() as session:
            assert list_pages(session) == (), "readers need not wait for a writer"
    other.close()
    database.close()


def test_a_file_that_is_no_database_is_told_as_damage(tmp_path: Path) -> None:
    (tmp_path / "junk.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(ArchiveDamaged, match="no whole database"):
        Database(f"sqlite:///{tmp_path}/junk.db").migrate()


def test_a_full_disk_is_told_and_nothing_is_kept(database: Database, scribe: Scribe) -> None:
    with pytest.raises(ArchiveFull, match="make room"), database.writing() as session:
        pages = int(session.execute(text("PRAGMA page_count")).scalar() or 0)
        session.execute(text(f"PRAGMA max_page_count = {pages}"))
        for number in range(2000):
            ensure_page(session, "x", f"https://x.test/{number}", Role.HOME, "desktop", scribe.start)
    with database.reading() as session:
        assert list_pages(session) == ()


def test_a_copy_made_while_rows_are_written_is_whole(database: Database, scribe: Scribe, tmp_path: Path) -> None:
    scribe.capture(0)
    database.copy_to(str(tmp_path / "copy.db"))
    scribe.capture(1)
    copy = Database(f"sqlite:///{tmp_path}/copy.db")
    with copy.reading() as session:
        assert session.execute(text("SELECT count(*) FROM capture")).scalar() == 1
        assert session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    copy.close()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "does not work here"),
        ("sqlite:////nowhere/at/all.db", "folder exists"),
        ("mysql9://x", "does not work here"),
    ],
)
def test_a_database_that_cannot_be_opened_says_what_to_do(url: str, said: str) -> None:
    with pytest.raises(ArchiveError, match=said):
        Database(url).migrate()


def test_ids_sort_by_time_and_are_readable() -> None:
    start = datetime(2026, 11, 22, 6, 30, 15, tzinfo=UTC)
    ids = [new_id("capture", start + timedelta(milliseconds=2 * number)) for number in range(700)]
    assert ids == sorted(ids)
    assert ids[0].startswith("c-20261122T063015-")
    assert len(set(ids)) == len(ids)
