"""`case add`, `case remove`, `case missing` on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from complaints.casefiles import make_case
from terminal import run_on_terminal

from monitor.cli.main import group
from storage.cases import keep_case

from .conftest import CASE, open_at
from .samples import exif_with, write_picture, zip_bytes

Call = Callable[..., Result]


@pytest.fixture
def call(tmp_path: Path) -> Call:
    archive = open_at(tmp_path / "archive")
    with archive.database.writing() as session:
        keep_case(session, make_case())
    archive.close()
    config = tmp_path / "config.toml"
    config.write_text('[archive]\npath = "archive"\nminimum_free_megabytes = 1\n')

    def run(*words: object) -> Result:
        return CliRunner().invoke(group, ["--config", str(config), "case", *map(str, words)])

    return run


def test_add_says_what_became_of_each_file_and_what_is_doubtful(call: Call, inbox: Path) -> None:
    write_picture(inbox / "失败.jpg", exif=exif_with(taken="2026:11:09 10:00:00", software="Photoshop"))
    (inbox / "link").symlink_to(inbox)
    done = call("add", CASE[:12], inbox, "--ocr-seconds", "0")
    assert done.exit_code == 0, done.output
    assert "〔出问题后〕失败画面  ← 失败.jpg" in done.stdout
    assert "！照片信息（DateTimeOriginal）记载的时间2026-11-09 10:00早于下单时间" in done.stdout
    assert "没有加入  link：是链接" in done.stdout
    assert "新加入1件，没有加入1件" in done.stdout
    assert "有1件的时间或内容有疑点" in done.stderr
    assert f"cardwatch case missing {CASE}" in done.stderr


def test_add_gives_json_with_every_field(call: Call, inbox: Path) -> None:
    (inbox / "x.zip").write_bytes(zip_bytes(**{"a.txt": "你好".encode()}))
    done = call("add", CASE, inbox, "--kind", "chat", "--said", "2026-11-10", "--ocr-seconds", "0", "--json")
    told = json.loads(done.stdout)
    assert set(told) == {"case", "files", "notes"}
    (file,) = told["files"]
    assert (file["name"], file["outcome"], file["why_kind"]) == ("x.zip／a.txt", "kept", "按 --kind 指定")
    assert (file["item"]["kind"], file["item"]["said_at"]) == ("chat", "2026-11-10T00:00:00+08:00")
    assert file["item"]["times"][0]["source"] == "zip"
    picture = json.loads(call("add", CASE, write_picture(inbox / "b.png"), "--ocr-seconds", "0", "--json").stdout)
    assert picture["files"][0]["facts"] == {"format": "PNG", "size": "540x1200"}


def test_a_second_time_nothing_is_doubled_and_a_word_changes_the_kind(call: Call, inbox: Path) -> None:
    picture = write_picture(inbox / "IMG_1.png")
    call("add", CASE, picture, "--ocr-seconds", "0")
    assert "已有" in call("add", CASE, picture, "--ocr-seconds", "0").stdout
    changed = call("add", CASE, picture, "--kind", "use_trace", "--ocr-seconds", "0")
    assert "已修改" in changed.stdout
    assert "使用痕迹" in changed.stdout


def test_wrong_words_are_answered_with_what_would_be_right(call: Call, inbox: Path) -> None:
    picture = write_picture(inbox / "a.png")
    wrong = call("add", CASE, picture, "--kind", "bill")
    assert wrong.exit_code == 2
    assert "wallet_bill（账单详情" in wrong.stderr
    assert call("add", CASE, picture, "--said", "03/04/2026").exit_code == 2
    assert call("add", "k-none", picture).exit_code == 6
    gone = call("add", CASE, inbox / "gone.png")
    assert gone.exit_code == 6
    assert "没有加入  gone.png" in gone.stdout


def test_remove_leaves_the_original_and_refuses_another_case(call: Call, inbox: Path, tmp_path: Path) -> None:
    picture = write_picture(inbox / "a.png")
    told = json.loads(call("add", CASE, picture, "--json", "--ocr-seconds", "0").stdout)
    item, evidence = told["files"][0]["item"]["id"], told["files"][0]["item"]["evidence"]
    done = call("remove", CASE, item[:22])
    assert f"原件仍封存在保管链中（{evidence}）" in done.stdout
    assert json.loads(call("missing", CASE, "--json").stdout)["present"] == []
    assert call("remove", CASE, "i-none").exit_code == 6
    other = "k-20261101T000000-bbbbbbbb"
    archive = open_at(tmp_path / "archive")
    with archive.database.writing() as session:
        keep_case(session, type(make_case())(other, make_case().opened_at, make_case().updated_at))
    archive.close()
    assert call("remove", other, item).exit_code == 2


def test_missing_lists_what_and_why_and_how_in_order(call: Call, inbox: Path) -> None:
    done = call("missing", CASE)
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0].startswith(f"案件{CASE}还缺")
    assert lines[1] == "1. 〔出问题后〕失败画面"
    assert lines[2].startswith("   为什么：") and lines[3].startswith("   怎么取：")
    assert "不要删除聊天记录" in done.stdout
    call("add", CASE, write_picture(inbox / "a.png"), "--kind", "failure", "--ocr-seconds", "0")
    told = json.loads(call("missing", CASE, "--json").stdout)
    assert "failure" in told["present"]
    assert "failure" not in [one["kind"] for one in told["missing"]]
    assert set(told["missing"][0]) == {"kind", "what", "stage", "why", "mend"}


def test_hostile_names_do_not_reach_the_terminal(call: Call, inbox: Path) -> None:
    (inbox / "x\x1b[2J\u202egpj.txt").write_text("2026-11-10 14:30 \x1b[31mx")
    done = call("add", CASE, inbox, "--ocr-seconds", "0")
    assert done.exit_code == 0, done.output
    assert "\x1b" not in done.output
    assert "\u202e" not in done.output


def test_a_terminal_is_told_how_far_it_is(call: Call, inbox: Path, tmp_path: Path) -> None:
    assert call("missing", CASE).exit_code == 0  # the archive is there
    for number in range(4):
        (inbox / f"{number}.txt").write_text(f"note {number}")
    shown = run_on_terminal(tmp_path, "case", "add", CASE, str(inbox), "--config", "config.toml")
    assert "保存并读取 2/4  1.txt" in shown
    assert "新加入4件" in shown
