from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.archive import Archive, open_archive
from storage.custody import append_entry
from storage.model import EntryKind, LogEntry

START = datetime(2026, 11, 20, 6, 30, 15, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)


def open_at(root: Path, passphrase: str = "") -> Archive:
    url = f"sqlite:///{root}/cardwatch.db"
    return open_archive(root, url, at=START, minimum_free_megabytes=1, key_passphrase=passphrase)


def append(archive: Archive, count: int = 1, *, word: str = "x") -> list[LogEntry]:
    """Append entries that need no row of their own: redacted copies handed out."""
    with archive.database.writing() as session:
        return [
            append_entry(
                session,
                EntryKind.DERIVATIVE,
                START,
                {"original": "00" * 32, "sha256": "11" * 32, "what": f"{word} {number}"},
                archive.keys,
            )
            for number in range(count)
        ]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = open_at(tmp_path / "archive")
    yield opened
    opened.close()
