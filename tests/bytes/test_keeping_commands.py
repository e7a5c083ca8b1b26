from __future__ import annotations

import hashlib
import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli.main import group
from storage.archive import open_archive
from storage.journal import Intent, Journal
from storage.session import Database

from .samples import START, list_page, shop_page

Call = Callable[..., Result]


@pytest.fixture
def call(tmp_path: Path) -> Call:
    """Run a command of `cardwatch` with a configuration of its own."""
    config = tmp_path / "config.toml"
    config.write_text('[archive]\npath = "archive"\nminimum_free_megabytes = 1\n')

    def run(*words: object) -> Result:
        return CliRunner().invoke(group, [str(words[0]), "--config", str(config), *map(str, words[1:])])

    return run


@pytest.fixture
def capture_id(call: Call, tmp_path: Path) -> str:
    root = tmp_path / "archive"
    archive = open_archive(root, f"sqlite:///{root}/cardwatch.db", at=START, minimum_free_megabytes=1)
    stored = archive.keep_capture(list_page(scale=0.01), shop_page(archive))
    archive.close()
    return stored.id


def test_export_writes_a_wacz_by_the_beginning_of_an_id(call: Call, capture_id: str, tmp_path: Path) -> None:
    path = tmp_path / "a.wacz"
    done = call("export", capture_id[:12], "--wacz", path, "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["capture"], said["bytes"]) == (capture_id, path.stat().st_size)
    assert said["started_at"].endswith("+08:00")
    with zipfile.ZipFile(path) as package:
        assert "datapackage.json" in package.namelist()
    assert "wrote" in call("export", capture_id, "--wacz", tmp_path / "b.wacz").stdout


def test_a_redacted_export_tells_what_was_left_out_and_which_mask_met_nothing(
    call: Call, capture_id: str, tmp_path: Path
) -> None:
    words = ("--redacted", "--mask", "价格", "--mask", "13800138000")
    done = call("export", capture_id, "--wacz", tmp_path / "a.wacz", *words)
    assert done.exit_code == 0, done.output
    assert "masked or left out: " in done.stdout and "no time stamp in it" in done.stdout
    assert "13800138000 stands nowhere" in done.stderr
    told = json.loads(call("export", capture_id, "--wacz", tmp_path / "b.wacz", *words, "--json").stdout)
    assert told["redacted"] is True and "13800138000" in told["masks_not_found"]


def test_copies_say_where_they_went(call: Call, capture_id: str, tmp_path: Path) -> None:
    assert f"backed up to {tmp_path / 'copy'}:" in call("backup", tmp_path / "copy").stdout
    assert f"restored to {tmp_path / 'back'}:" in call("restore", tmp_path / "copy", "--to", tmp_path / "back").stdout


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("c-none", "--wacz", "{folder}/x.wacz"), 6, "no capture 'c-none'"),
        (("{capture}", "--wacz", "{folder}/config.toml"), 2, "is there already"),
        (("{capture}", "--wacz", "{folder}/none/x.wacz"), 2, "is no folder"),
        (("{capture}", "--wacz", "{folder}"), 2, "is a directory"),
        (("{capture}",), 2, "Missing option '--wacz'"),
    ],
)
def test_export_says_what_is_wrong(
    call: Call, capture_id: str, tmp_path: Path, words: tuple[str, ...], status: int, told: str
) -> None:
    done = call("export", *(word.format(capture=capture_id, folder=tmp_path) for word in words))
    assert (done.exit_code, told in done.output) == (status, True), done.output


def test_check_leaves_with_7_on_damage_and_names_the_capture(call: Call, capture_id: str, tmp_path: Path) -> None:
    whole = call("check")
    assert (whole.exit_code, "1 captures, 2 objects" in whole.stdout) == (0, True), whole.output
    largest = max((tmp_path / "archive" / "objects").rglob("*"), key=lambda path: path.stat().st_size)
    data = bytearray(largest.read_bytes())
    data[-40] ^= 1
    largest.write_bytes(bytes(data))
    done = call("check")
    assert done.exit_code == 7
    assert capture_id in done.stdout and "object_altered" in done.stdout
    said = json.loads(call("check", "--json").stdout)
    assert said["whole"] is False
    assert {problem["capture"] for problem in said["problems"]} == {capture_id}


@pytest.mark.parametrize("state", ["no bytes", "garbage", "no tables", "no captures", "gone"])
def test_a_database_that_lost_its_captures_is_told_as_damage(
    call: Call, capture_id: str, tmp_path: Path, state: str
) -> None:
    file = tmp_path / "archive" / "cardwatch.db"
    for path in file.parent.glob("cardwatch.db*"):
        path.unlink()
    if state == "no captures":
        database = Database(f"sqlite:///{file}")
        database.migrate()
        database.close()
    elif state == "no tables":
        with closing(sqlite3.connect(file)) as other:
            other.execute("CREATE TABLE something (a)")
    elif state != "gone":
        file.write_bytes(b"" if state == "no bytes" else b"garbage" * 4000)
    for words in (("check",), ("check", "--json"), ("history",), ("show", capture_id)):
        said = call(*words)
        assert (said.exit_code, said.stdout) == (7, ""), said.output
        assert "damaged" in said.stderr and "restore" in said.stderr
    if state == "no tables":
        with closing(sqlite3.connect(file)) as other:
            assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("something",)]


def test_a_first_visit_under_way_in_another_process_is_no_damage(call: Call, tmp_path: Path) -> None:
    root = tmp_path / "archive"
    archive = open_archive(root, f"sqlite:///{root}/cardwatch.db", at=START, minimum_free_megabytes=1)
    journal = Journal(root / "staging")
    name = hashlib.sha256(b"x").hexdigest()
    written = journal.folder() / "x.warc"
    written.write_bytes(b"x")
    journal.declare(Intent("c-1", (name,)))
    archive.objects.adopt(written, name)
    assert call("check").exit_code == 0
    journal.close()
    archive.close()


def test_backup_and_restore_go_round(call: Call, capture_id: str, tmp_path: Path) -> None:
    done = call("backup", tmp_path / "copy", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["copied"] == 2
    refused = call("restore", tmp_path / "copy")
    assert (refused.exit_code, "overwrites nothing" in refused.output) == (2, True)
    assert call("restore", tmp_path / "copy", "--to", tmp_path / "new").exit_code == 0
    (tmp_path / "archive").rename(tmp_path / "lost")
    assert call("restore", tmp_path / "copy").exit_code == 0
    assert call("check").exit_code == 0
    assert call("export", capture_id, "--wacz", tmp_path / "a.wacz").exit_code == 0


def test_a_backup_into_the_archive_or_over_something_is_refused(call: Call, capture_id: str, tmp_path: Path) -> None:
    assert call("backup", tmp_path / "archive" / "b").exit_code == 2
    assert call("backup", tmp_path).exit_code == 2
    assert call("backup", tmp_path / "config.toml").exit_code == 2
    assert call("restore", tmp_path / "none").exit_code == 2


def test_a_damaged_backup_restores_nothing_unless_asked(call: Call, capture_id: str, tmp_path: Path) -> None:
    call("backup", tmp_path / "copy")
    next(path for path in (tmp_path / "copy" / "objects").rglob("*") if path.is_file()).unlink()
    done = call("restore", tmp_path / "copy", "--to", tmp_path / "new")
    assert (done.exit_code, (tmp_path / "new").exists()) == (7, False)
    assert "--partial" in done.output
    assert call("restore", tmp_path / "copy", "--to", tmp_path / "new", "--partial").exit_code == 7
    assert (tmp_path / "new").exists()
