"""An empty archive and a hand that makes its past."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.archive import Archive
from versions.past import Past, open_past


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = open_past(tmp_path / "archive")
    yield opened
    opened.close()


@pytest.fixture
def past(archive: Archive) -> Past:
    return Past(archive)
