"""A watched page is reviewed as the archive has it: newest, or as it was at a date, with the articles of that day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rows.scribe import NOON, Scribe

from monitor.cli.main import group
from storage.archive import open_archive

URL = "https://shop.test/terms"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """An archive in which a refund rule was taken away on the second day (2026-03-02)."""
    (tmp_path / "config.toml").write_text('[archive]\npath = "archive"\n', encoding="utf-8")
    path = tmp_path / "archive"
    archive = open_archive(path, f"sqlite:///{path}/cardwatch.db", at=NOON)
    scribe = Scribe(archive.database)
    page = scribe.page(URL)
    for hours, text in ((0, "卡密无效的七天内包换或全额退款。"), (24, "卡密一经售出概不退换。")):
        scribe.read(scribe.capture(hours, page), text)
    yield tmp_path
    archive.close()


def review(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(group, ["review", "--config", str(folder / "config.toml"), *words])


def test_newest_version_is_reviewed(folder: Path) -> None:
    done = review(folder, URL, "--json")
    assert done.exit_code == 3, done.stderr
    assert [finding["pattern"] for finding in json.loads(done.stdout)["findings"]] == ["R01"]


def test_version_of_a_date_is_reviewed_with_the_articles_of_that_date(folder: Path) -> None:
    done = review(folder, URL, "--at", "2026-03-01 20:00", "--json")
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["at"], told["findings"]) == ("2026-03-01", [])


def test_it_says_which_capture_is_reviewed_and_grades_as_everywhere_else(folder: Path) -> None:
    done = review(folder, URL)
    assert "the capture c-" in done.stderr and " is reviewed" in done.stderr
    assert "[严重] 可能涉及“一经售出概不退换”" in done.stdout


def test_date_before_the_first_version_has_no_answer(folder: Path) -> None:
    done = review(folder, URL, "--at", "2025-01-01")
    assert done.exit_code == 6
    assert "no version before --at" in done.stderr


def test_address_that_is_not_watched_has_no_past(folder: Path) -> None:
    done = review(folder, "https://other.test/", "--at", "2026-03-01")
    assert done.exit_code == 2
    assert "is not watched" in done.stderr


def test_unknown_page_is_told(folder: Path) -> None:
    assert review(folder, "p-unknown").exit_code == 6
