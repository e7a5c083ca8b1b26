from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.archive import Archive, open_archive

from .samples import START


def open_at(root: Path) -> Archive:
    return open_archive(root, f"sqlite:///{root}/cardwatch.db", at=START, minimum_free_megabytes=1)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = open_at(tmp_path / "archive")
    yield opened
    opened.close()
