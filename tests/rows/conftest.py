"""A fresh database, and a hand that writes in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rows.scribe import Scribe
from storage.session import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path}/cardwatch.db")
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def scribe(database: Database) -> Scribe:
    return Scribe(database)
