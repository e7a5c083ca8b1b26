"""The demo's folder: only an earlier demo is ever replaced, and its configuration is a right one."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config.settings import load_settings
from monitor.demo.folder import ARCHIVE, FolderRefusedError, claim_folder
from monitor.demo.script import PAGES


def test_a_folder_that_is_not_a_demo_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "case.txt").write_text("evidence")
    with pytest.raises(FolderRefusedError, match="was not made by"), claim_folder(tmp_path):
        pytest.fail("the folder must not be given")
    assert [path.name for path in tmp_path.iterdir()] == ["case.txt"]


def test_a_second_demo_replaces_the_first_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with claim_folder(folder):
        (folder / ARCHIVE).mkdir()
        (folder / ARCHIVE / "old").write_text("old")
    (folder / "notes.txt").write_text("mine")
    with claim_folder(folder):
        assert not (folder / ARCHIVE).exists()
    assert (folder / "notes.txt").read_text() == "mine"


def test_two_demos_at_once_do_not_share_a_folder(tmp_path: Path) -> None:
    with (
        claim_folder(tmp_path / "demo") as folder,
        pytest.raises(FolderRefusedError, match="another demo is running"),
        claim_folder(folder),
    ):
        pytest.fail("the folder must not be given twice")


def test_a_link_to_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(FolderRefusedError), claim_folder(tmp_path / "link"):
        pytest.fail("a link must not be followed")


def test_the_configuration_names_every_page_of_the_script(tmp_path: Path) -> None:
    with claim_folder(tmp_path / "demo") as folder:
        settings = load_settings(folder / "config.toml", {})
    assert [(page.platform, page.url, page.role) for page in settings.pages] == [
        (page.platform, page.url, page.role) for page in PAGES
    ]
    assert settings.archive.path == folder / ARCHIVE
