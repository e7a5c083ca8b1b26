"""Opens the archive's database and gives sessions: `with database.reading() as session`, `.writing()`.

SQLite runs with a write-ahead log, foreign keys on and full sync; a writer takes the write lock when it begins, so two
processes wait for each other and never deadlock. A PostgreSQL URL works by the same calls. Sync only: async callers
use a thread. The query functions of this package take the session first.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlmodel import Session

from storage.errors import ArchiveDamaged, ArchiveError, ArchiveFull, ArchiveLocked

__all__ = ["Database", "DatabaseUnavailable", "Session"]

HEAD = "0003"
"""The migration that this program's tables stand at; a database at this revision opens without Alembic."""

BUSY_SECONDS = 30.0
_BEGIN = "cardwatch_begin"


class DatabaseUnavailable(ArchiveError):  # noqa: N818 - reads as a sentence where it is caught
    """The database cannot be opened or written; the message says which and what to do."""


class _Cursor(Protocol):
    def execute(self, statement: str) -> object: ...
    def close(self) -> None: ...


class _Connection(Protocol):
    isolation_level: str | None

    def cursor(self) -> _Cursor: ...


class Database:
    """One database of one archive. Safe to share between threads; every session is of one thread."""

    def __init__(self, url: str) -> None:
        try:
            self.url: URL = make_url(url)
            backend = self.url.get_backend_name()
            self.url.get_dialect().import_dbapi()
        except (ArgumentError, ImportError) as error:
            # The URL may hold a password, so it is not repeated here.
            raise DatabaseUnavailable(
                f"the database URL does not work here ({error}); "
                "use sqlite:///FOLDER/cardwatch.db, or postgresql+psycopg://... with psycopg installed"
            ) from error
        self.is_sqlite = backend == "sqlite"
        if self.is_sqlite:
            # One connection per thread at work; the file's own lock orders the writers.
            options = {"check_same_thread": False, "timeout": BUSY_SECONDS}
            self._engine = create_engine(self.url, connect_args=options)
            event.listen(self._engine, "connect", _prepare_connection)
            event.listen(self._engine, "begin", _begin)
        else:
            self._engine = create_engine(self.url, pool_pre_ping=True)
        self._writer = self._engine.execution_options(**{_BEGIN: "IMMEDIATE"})

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session on one unmoving view of the data; what it changes is not kept."""
        with _said_plainly(self.url), Session(self._engine, expire_on_commit=False) as session:
            yield session
            session.rollback()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session that holds the write lock; commit at the end, roll back on any error."""
        with _said_plainly(self.url), Session(self._writer, expire_on_commit=False) as session:
            session.connection()  # takes the lock now, not at the first statement
            yield session
            session.commit()

    def revision(self) -> str | None:
        """Give the migration that the database stands at, None for an empty one."""
        with _said_plainly(self.url), self._engine.connect() as connection:
            return read_revision(connection)

    def migrate(self) -> None:
        """Bring the tables up to this program's; one query when they are. A newer database raises ArchiveNewer."""
        if self.revision() == HEAD:
            return
        from storage.migrations.upgrade import upgrade_database  # Alembic is slow to import and seldom needed

        with _said_plainly(self.url), self._writer.connect() as connection:
            upgrade_database(connection)

    def copy_to(self, target: str) -> None:
        """Write a consistent copy of an SQLite database to a file, while others read and write."""
        if not self.is_sqlite:
            raise DatabaseUnavailable("only an SQLite database is copied as a file; use pg_dump for PostgreSQL")
        with _said_plainly(self.url):
            source = self._engine.raw_connection()
            try:
                driver = source.driver_connection
                assert isinstance(driver, sqlite3.Connection)
                with sqlite3.connect(target) as copy:
                    driver.backup(copy)
                copy.close()
            finally:
                source.close()

    def forget_overwritten(self) -> bool:
        """Bring SQLite's write-ahead log home and empty it, so that no file holds what was overwritten.

        Says whether that was done: a reader at work just now holds it up, and on PostgreSQL it is the work of VACUUM.
        """
        if not self.is_sqlite:
            return False
        with _said_plainly(self.url), self._engine.connect() as connection:
            source = connection.connection.driver_connection
            assert isinstance(source, sqlite3.Connection)
            busy = source.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        return not busy

    def close(self) -> None:
        """Give back all connections; the database may be opened again by a new Database."""
        self._engine.dispose()


def read_revision(connection: Connection) -> str | None:
    """Give the revision recorded in a database, None where there is no table for it."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _prepare_connection(connection: _Connection, record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={int(BUSY_SECONDS * 1000)}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "cache_size=-32000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get(_BEGIN, 'DEFERRED')}")


@contextmanager
def _said_plainly(url: URL) -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        plain = _explain(url.render_as_string(hide_password=True), str(error.orig))
        if plain is None:
            raise
        raise plain from error


def _explain(shown: str, word: str) -> ArchiveError | None:
    """Give the error to raise for what SQLite says, None for what is no trouble of the file or the disk."""
    if "locked" in word or "busy" in word:
        return ArchiveLocked(
            f"{shown} was held by another process for {BUSY_SECONDS:g} s; try again when its run has ended"
        )
    if "is full" in word:
        return ArchiveFull(f"the disk of {shown} is full: nothing of this was written; make room")
    if "malformed" in word or "not a database" in word:
        return ArchiveDamaged(
            f"{shown} is damaged, no whole database ({word}); `cardwatch restore` brings back a backup"
        )
    if "unable to open" in word:
        return DatabaseUnavailable(
            f"{shown} cannot be opened; see that its folder exists and may be written "
            "(of an archive on a read-only disk make a copy first)"
        )
    if "readonly" in word or "disk I/O" in word:
        return DatabaseUnavailable(f"{shown} cannot be written ({word}); see to the disk and its rights")
    return None
