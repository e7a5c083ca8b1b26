"""Many processes on one log, and processes that are killed: nothing is lost, nothing forks, nothing is half."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from itertools import pairwise
from pathlib import Path

import pytest

from storage.archive import Archive
from storage.check import check_archive
from storage.checkpoints import list_checkpoints, seal_log
from storage.custody import list_entries, log_size, prove_growth
from storage.merkle import verify_consistency
from storage.notes import parse_head, parse_note

from .conftest import START, open_at

TESTS = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(os.name == "nt", reason="forks and kills")


def start(root: Path, processes: int, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, Path(__file__).with_name("appender.py"), root, str(processes), str(count)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
    )


def told_of(lines: list[str]) -> dict[str, int]:
    return {word: int(index) for word, index in (line.split() for line in lines if line.count(" ") == 1)}


def held_by(archive: Archive) -> dict[str, int]:
    with archive.database.reading() as session:
        entries = list_entries(session, 0, log_size(session))
    return {str(entry.fields["what"]).removesuffix(" 0"): entry.index for entry in entries if "what" in entry.fields}


def assert_one_history(archive: Archive) -> None:
    """Every checkpoint extends the one before it, in one epoch, and the log is whole."""
    with archive.database.reading() as session:
        heads = [parse_head(parse_note(checkpoint.note)) for checkpoint in list_checkpoints(session)]
        for old, new in pairwise(heads):
            proof = prove_growth(session, old.size, new.size)
            assert verify_consistency(old.size, new.size, old.root, new.root, proof)
    assert len({head.origin for head in heads}) == 1
    report = check_archive(archive)
    assert report.problems == []


def test_32_processes_lose_and_fork_nothing(tmp_path: Path) -> None:
    root = tmp_path / "archive"
    open_at(root).close()
    process = start(root, 32, 10)
    told = told_of(process.communicate(timeout=100)[0].splitlines())
    assert process.returncode == 0
    archive = open_at(root)
    seal_log(archive, START)
    assert told == held_by(archive) and len(told) == 320
    assert sorted(told.values()) == list(range(1, 321))
    assert len(archive.keys.files()) == 1
    assert_one_history(archive)
    archive.close()


def test_kill_9_at_any_moment_loses_nothing_that_was_told(tmp_path: Path) -> None:
    root = tmp_path / "archive"
    open_at(root).close()
    chance = random.Random(9)
    for number in range(4):
        with start(root, 1, 100_000) as process:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(chance.randrange(1, 12))]
            timer = threading.Timer(chance.random() * 0.05, process.send_signal, [signal.SIGKILL])
            timer.start()
            lines += list(process.stdout)
            timer.join()
        assert process.returncode == -signal.SIGKILL
        archive = open_at(root)
        held = set(held_by(archive).values())
        assert set(told_of([line for line in lines if line.endswith("\n")]).values()) <= held, f"round {number}"
        seal_log(archive, START)
        assert_one_history(archive)
        archive.close()
    assert list((root / "log" / ".drafts").iterdir()) == []
    assert [path.name for path in (root / "log").rglob(".*") if path.name not in (".lock", ".drafts")] == []


def test_a_draft_of_a_process_that_is_gone_is_removed_and_one_of_a_living_process_stays(tmp_path: Path) -> None:
    archive = open_at(tmp_path / "archive")
    drafts = tmp_path / "archive" / "log" / ".drafts"
    drafts.mkdir(parents=True)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for name in (f"{ended.pid}-0a1b2c3d4e5f", f"{os.getpid()}-0a1b2c3d4e5f", "what-is-this"):
        (drafts / name).write_bytes(b"half a checkp")
    seal_log(archive, START)
    archive.close()
    assert [path.name for path in drafts.iterdir()] == [f"{os.getpid()}-0a1b2c3d4e5f"]
