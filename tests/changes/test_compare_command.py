"""`cardwatch compare` reads two files, tells what changed, and says what is wrong with a wrong input."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "monitor", "compare", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")


@pytest.fixture
def two_files(tmp_path: Path) -> tuple[Path, Path]:
    before, after = tmp_path / "before.txt", tmp_path / "after.txt"
    before.write_text("坏卡7天包换。\n退款原路返回。", encoding="utf-8")
    after.write_bytes("坏卡3天包换。\n退款原路返回。".encode("gb18030"))
    return before, after


def test_a_grave_change_is_told_and_ends_with_its_status(two_files: tuple[Path, Path]) -> None:
    done = run(*two_files)
    assert done.returncode == 3
    assert "[-7天-]{+3天+}" in done.stdout
    assert "\x1b" not in done.stdout


def test_equal_files_end_with_status_0(two_files: tuple[Path, Path]) -> None:
    done = run(two_files[0], two_files[0])
    assert (done.returncode, "没有变化" in done.stdout) == (0, True)


def test_json_has_the_promised_fields(two_files: tuple[Path, Path]) -> None:
    answer = json.loads(run(*two_files, "--json").stdout)
    assert {"class", "status", "effect", "severity", "summary_zh", "changes"} <= answer.keys()
    (change,) = answer["changes"]
    assert {"kind", "path", "clause", "before", "after", "effect", "severity"} <= change.keys()
    assert (answer["class"], answer["effect"], change["kind"]) == ("rule", "worse", "window_shortened")


def test_a_redline_is_written(two_files: tuple[Path, Path], tmp_path: Path) -> None:
    target = tmp_path / "redline.html"
    run(*two_files, "--html", target)
    assert "<del>7天</del><ins>3天</ins>" in target.read_text(encoding="utf-8")


def test_saved_pages_are_read_as_pages(tmp_path: Path) -> None:
    page = "<html><head><meta charset=utf-8><title>售后规则</title></head><body><h1>售后规则</h1>{}</body></html>"
    before, after = tmp_path / "a.html", tmp_path / "b.html"
    before.write_text(page.format("<p>一、坏卡7天内包换。</p><p>二、支持全额退款。</p>"), encoding="utf-8")
    after.write_text(page.format("<p>一、坏卡7天内包换。</p><p>二、售出概不退款。</p>"), encoding="utf-8")
    answer = json.loads(run(before, after, "--json").stdout)
    assert "refund_removed" in answer["kinds"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["missing.txt", "missing.txt"], "missing.txt"),
        (["{empty}", "{empty}"], "empty"),
        (["{folder}", "{folder}"], "{folder}"),
        (["{good}", "{good}", "--role", "terns"], "terms"),
        (["{good}", "{good}", "--html", "{folder}/no/such/place.html"], "--html"),
    ],
)
def test_wrong_input_is_named(tmp_path: Path, arguments: list[str], words: str) -> None:
    good, empty = tmp_path / "good.txt", tmp_path / "empty.txt"
    good.write_text("坏卡包换", encoding="utf-8")
    empty.write_text(" \n", encoding="utf-8")
    names = {"good": str(good), "empty": str(empty), "folder": str(tmp_path)}
    done = run(*(argument.format(**names) for argument in arguments))
    assert done.returncode == 2
    assert words.format(**names) in done.stderr
    assert "Traceback" not in done.stderr
