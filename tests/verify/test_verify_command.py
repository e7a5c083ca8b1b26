"""`cardwatch verify` as a person runs it: no archive, no settings, the verdict first, a status that means something."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli.exit_codes import ExitCode
from monitor.cli.main import find_entry, load_command

from .conftest import Bench
from .maker import Files, write_zip

REFUSED = (
    "sqlalchemy",
    "sqlmodel",
    "alembic",
    "playwright",
    "selectolax",
    "fastapi",
    "storage.tables",
    "monitor.config.settings",
)


def run(*words: object) -> Result:
    entry = find_entry("verify")
    assert entry is not None
    return CliRunner().invoke(load_command("verify", entry), [str(word) for word in words], standalone_mode=False)


@pytest.fixture
def kept(bench: Bench, tmp_path: Path) -> Path:
    return write(tmp_path / "kept.wacz", bench.files)


def write(path: Path, files: Files) -> Path:
    path.write_bytes(write_zip(files))
    return path


def altered(bench: Bench) -> Files:
    data = bench.files["archive/capture.warc.gz"]
    return {**bench.files, "archive/capture.warc.gz": data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]}


def test_each_answer_has_its_status(bench: Bench, kept: Path, tmp_path: Path) -> None:
    trust = ("--trust", bench.papers.root_pem)
    wrong = write(tmp_path / "wrong.wacz", altered(bench))
    part = write(tmp_path / "part.wacz", {n: d for n, d in bench.files.items() if n != "cardwatch/entry.json"})
    assert run(kept, *trust).return_value == ExitCode.DONE == 0
    assert run(wrong, *trust).return_value == ExitCode.VERIFY_ALTERED == 20
    assert run(part, *trust).return_value == ExitCode.VERIFY_INCOMPLETE == 21
    assert run(kept).return_value == ExitCode.VERIFY_CANNOT_SAY == 22
    assert run(kept, wrong, *trust).return_value == ExitCode.VERIFY_ALTERED


@pytest.mark.parametrize(("language", "words"), [
    ("zh", ["完好", "抓取时间", "接下来：", "[通过] WARC 摘要", "取证者的时钟"]),
    ("en", ["intact", "captured", "next: ", "[passed] WARC digest", "its maker's clock"]),
])  # fmt: skip
def test_a_person_reads_the_verdict_first_then_why_then_what_to_do(
    bench: Bench, kept: Path, language: str, words: list[str]
) -> None:
    lines = run(kept, "--trust", bench.papers.root_pem, "--language", language).output.splitlines()
    assert lines[0].startswith(words[0])
    assert all(any(word in line for line in lines) for word in words)
    assert words[2].strip() in lines[-1]
    assert len(lines) < 45


def test_what_is_wrong_comes_before_what_is_right(bench: Bench, tmp_path: Path) -> None:
    wrong = write(tmp_path / "wrong.wacz", altered(bench))
    lines = run(wrong, "--trust", bench.papers.root_pem).output.splitlines()
    marks = [line.strip()[:4] for line in lines if line.startswith("  [")]
    assert marks[0] == "[不符]"
    assert marks == sorted(marks, key=["[不符]", "[缺失]", "[遮盖]", "[不明]", "[说明]", "[通过]"].index)


def test_a_verifier_in_the_package_is_a_note_and_no_doubt(bench: Bench, tmp_path: Path) -> None:
    path = write(tmp_path / "export.wacz", bench.signed({**bench.files, "cardwatch/verify.html": b"<p>"}))
    lines = run(path, "--trust", bench.papers.root_pem).output.splitlines()
    assert any(line.startswith("  [说明] 其他文件") for line in lines)


def test_the_next_step_is_one_that_can_help(bench: Bench, kept: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.warc.gz"
    bare.write_bytes(bench.files["archive/capture.warc.gz"])
    untrusted, nothing = run(kept).output.splitlines()[-1], run(bare).output.splitlines()[-1]
    assert "根证书" in untrusted and "--trust" in untrusted
    assert ".wacz" in nothing and "--key" not in nothing


def test_quiet_prints_the_verdicts_alone(bench: Bench, kept: Path) -> None:
    assert run(kept, "--trust", bench.papers.root_pem, "--quiet").output == "完好  kept.wacz\n"


def test_json_names_every_check(bench: Bench, kept: Path) -> None:
    told = json.loads(run(kept, "--trust", bench.papers.root_pem, "--json", "--language", "en").output)
    assert set(told) == {"verdict", "at", "targets"}
    (target,) = told["targets"]
    assert set(target) == {"target", "verdict", "subjects"}
    (subject,) = target["subjects"]
    assert set(subject) == {
        "name", "kind", "verdict", "meaning", "next", "capture", "url", "title", "outcome", "started_at", "ended_at",
        "entered_at", "proven_before", "anchors", "redacted", "pack", "log", "tokens", "checks",
    }  # fmt: skip
    assert set(subject["log"]) == {"origin", "size", "index", "key"}
    assert {name for check in subject["checks"] for name in check} == {
        "check", "status", "about", "title", "proves", "detail",
    }  # fmt: skip
    assert {name for token in subject["tokens"] for name in token} == {
        "kind", "authority", "path", "over", "time", "trusted", "signer", "root",
    }  # fmt: skip
    assert subject["anchors"] == ["token"]


def test_a_key_is_taken_as_text_or_from_a_file(bench: Bench, kept: Path, tmp_path: Path) -> None:
    file = tmp_path / "log.pub"
    file.write_text(f"# the log's key\n{bench.log.verifier}\n")
    assert run(kept, "--key", bench.log.verifier).return_value == 0
    assert run(kept, "--key", file).return_value == 0


def test_an_earlier_checkpoint_is_taken_from_a_file(bench: Bench, kept: Path, tmp_path: Path) -> None:
    file = tmp_path / "checkpoint"
    file.write_bytes(bench.checkpoint)
    assert run(kept, "--earlier", file).return_value == 0


@pytest.mark.parametrize("words", [["--key", "nonsense"], ["--key", "a+b+c"], ["--at", "whenever"]])
def test_what_was_given_wrongly_is_said(kept: Path, words: list[str]) -> None:
    result = run(kept, *words)
    assert getattr(result.exception, "exit_code", None) == ExitCode.WRONG_USE


def test_a_file_that_is_no_checkpoint_is_said(kept: Path) -> None:
    result = run(kept, "--earlier", kept)
    assert getattr(result.exception, "exit_code", None) == ExitCode.WRONG_USE


def test_hostile_text_cannot_move_the_cursor(bench: Bench, tmp_path: Path) -> None:
    files = {**bench.files, "cardwatch/\x1b[2Jevil\u202e.txt": b"x"}
    output = run(write(tmp_path / "x.wacz", files)).output
    assert "evil" in output
    assert "\x1b" not in output and "\u202e" not in output


def test_it_needs_no_archive_settings_database_browser_or_network(bench: Bench, kept: Path, tmp_path: Path) -> None:
    """In a folder of its own, with sockets refused; the modules that were loaded are listed at the end."""
    script = f"""
import socket, sys
def refuse(*_, **__): raise AssertionError("the network was asked")
socket.socket.connect = refuse
socket.getaddrinfo = refuse
from monitor.cli.main import group
sys.argv = ["cardwatch", "verify", {str(kept)!r}, "--trust", {str(bench.papers.root_pem)!r}, "--quiet"]
try:
    group.main()
except SystemExit as left:
    print(left.code)
print("\\n".join(sorted(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "", "PYTHONUTF8": "1"},
    )
    lines = done.stdout.splitlines()
    assert lines[:2] == ["完好  kept.wacz", "0"], done.stderr
    loaded = {name for name in lines[2:] for refused in REFUSED if name == refused or name.startswith(refused + ".")}
    assert loaded == set()
