"""The command: what it prints and gives as JSON, and that a run that was killed goes on where it ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.selectors import Selectors
from scrapers.extract import RELEASE
from storage.archive import Archive
from storage.check import check_archive
from storage.rereads import captures_to_reread
from versions.past import Past, html_of
from versions.test_reextract import page_with, read_blindly

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path, archive: Archive) -> Path:
    (tmp_path / "config.toml").write_text(f'[archive]\npath = "{archive.root}"\n', encoding="utf-8")
    return tmp_path


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "monitor", "reextract", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def test_the_command_tells_what_another_release_sees(folder: Path, past: Past) -> None:
    for window in ("7天", "7天", "3天", "3天"):
        read_blindly(past, past.keep(page_with(window)))
    process = start(folder, "--json")
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    told = json.loads(output)
    assert (told["release"], told["read"], told["failed"]) == (RELEASE, 4, [])
    assert "4 of 4 captures" in errors
    (one,) = told["reassessed"]
    assert (one["verdict"], one["class"], one["found_by"]) == ("newly_found", "rule", RELEASE)
    assert {change["class"] for change in told["technical"]} == {"technical"}
    shown = start(folder, "--show")
    output, _ = shown.communicate(timeout=60)
    assert "新版读取程序发现" in output and one["before_capture"] in output


def test_only_the_page_that_is_asked_for_is_read(folder: Path, past: Past) -> None:
    past.keep(page_with("7天"))
    other = Past(past.archive, url="https://other.test/terms")
    other.keep(page_with("7天"))
    process = start(folder, "--page", other.url, "--json")
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert json.loads(output)["read"] == 1
    with past.archive.database.reading() as session:
        assert len(captures_to_reread(session, past.page.id, RELEASE)) == 1


def test_a_run_that_was_killed_goes_on(folder: Path, past: Past) -> None:
    lines = [f"第{number}条规则：编号{number}的商品按照页面所示发货。" for number in range(120)]
    for number in range(130):
        past.keep(html_of(f"本店第{number}版说明，以此为准。", *lines))
    process = start(folder, "--jobs", "2")
    assert process.stderr is not None
    first = process.stderr.readline()  # the first batch is in
    assert "captures" in first
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    with past.archive.database.reading() as session:
        left = captures_to_reread(session, past.page.id, Selectors().release)
    assert 0 < len(left) < 130
    again = start(folder, "--json")
    output, errors = again.communicate(timeout=60)
    assert again.returncode == 0, errors
    assert json.loads(output)["read"] == len(left)
    assert not check_archive(past.archive).problems
