from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from complaints.casefiles import NOW, make_case

from monitor.complaints.intake.bring import bring_in
from monitor.complaints.intake.model import BringerWords, BroughtFile, IntakeReport
from storage.archive import Archive, open_archive
from storage.cases import keep_case

CASE = make_case().id
Bring = Callable[..., IntakeReport]


def open_at(root: Path) -> Archive:
    return open_archive(root, f"sqlite:///{root}/cardwatch.db", at=NOW, minimum_free_megabytes=1)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = open_at(tmp_path / "archive")
    with opened.database.writing() as session:
        keep_case(session, make_case())
    yield opened
    opened.close()


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def bring(archive: Archive) -> Bring:
    def run(*paths: Path, **words: object) -> IntakeReport:
        return bring_in(archive, CASE, paths, at=NOW, words=BringerWords(**words), ocr_seconds=0)  # type: ignore[arg-type]

    return run


def by_name(report: IntakeReport) -> dict[str, BroughtFile]:
    return {file.name: file for file in report.files}
