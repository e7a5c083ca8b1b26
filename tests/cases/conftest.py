"""A fresh archive of its own for each test, and cases in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.archive import Archive, open_archive

START = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = open_archive(
        tmp_path / "archive", f"sqlite:///{tmp_path}/archive/cardwatch.db", at=START, minimum_free_megabytes=1
    )
    yield opened
    opened.close()
