from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from storage.archive import Archive, open_archive
from storage.captures import list_captures
from storage.check import check_archive
from storage.errors import ArchiveFull, ArchiveNewer
from storage.journal import Intent, Journal

from .conftest import open_at
from .samples import START, list_page, shop_page

TESTS = Path(__file__).parents[1]


def _start(root: Path, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, Path(__file__).with_name("keeper.py"), root, name, str(count)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
    )


def _kept_ids(archive: Archive) -> set[str]:
    with archive.database.reading() as session:
        return {capture.id for capture in list_captures(session, limit=1000)}


def test_kill_9_at_any_moment_leaves_whole_captures_or_none(tmp_path: Path) -> None:
    root = tmp_path / "archive"
    chance = random.Random(7)
    told: set[str] = set()
    for number in range(10):
        with _start(root, f"page{number}", 1000) as process:
            assert process.stdout is not None
            for _ in range(chance.randrange(1, 4)):
                told.add(process.stdout.readline().strip())
            timer = threading.Timer(chance.random() * 0.06, process.send_signal, [signal.SIGKILL])
            timer.start()
            told.update(line.strip() for line in process.stdout)
            timer.join()
        assert process.returncode == -signal.SIGKILL
    archive = open_at(root)
    kept = _kept_ids(archive)
    assert told - {""} <= kept  # what was reported as kept is kept
    report = check_archive(archive)
    assert (report.problems, report.orphans) == ([], [])
    assert report.captures == len(kept)
    for capture_id in kept:
        assert archive.load_capture(capture_id).id == capture_id
    assert [path.name for path in (root / "staging").iterdir() if path.is_dir()] == []
    archive.close()


def test_two_processes_keep_at_once(tmp_path: Path) -> None:
    root = tmp_path / "archive"
    open_at(root).close()
    processes = [_start(root, name, 8) for name in ("a", "b")]
    told = {line.strip() for process in processes for line in process.communicate(timeout=60)[0].splitlines()}
    assert [process.returncode for process in processes] == [0, 0]
    archive = open_at(root)
    assert _kept_ids(archive) == told
    assert len(told) == 16
    report = check_archive(archive)
    assert (report.problems, report.orphans) == ([], [])
    archive.close()


def test_what_a_dead_process_left_is_removed_and_said(archive: Archive) -> None:
    stored = archive.keep_capture(list_page(scale=0.01), shop_page(archive))
    stray = archive.objects.path_of("ab" * 32)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"half of a capture")
    dead = archive.root / "staging" / "99999-dead"
    dead.mkdir(parents=True)
    # The dead one also listed an object that a kept capture is made of: that one must stay.
    (dead / "c-lost.json").write_text(f'{{"capture": "c-lost", "objects": ["{"ab" * 32}", "{stored.warc}"]}}')
    (dead / "c-lost.warc").write_bytes(b"draft")
    (dead / "c-torn.json").write_text('{"capture": "c-to')

    again = open_at(archive.root)

    assert [line for line in again.cleaned if "c-lost" in line] != []
    assert not stray.exists() and not dead.exists()
    assert again.objects.has(stored.warc)
    assert open_at(archive.root).cleaned == ()
    again.close()


def test_what_a_living_process_has_in_hand_is_left_alone(archive: Archive) -> None:
    archive.keep_capture(list_page(scale=0.01), shop_page(archive))
    living = Journal(archive.root / "staging")
    living.declare(Intent("c-living", ("cd" * 32,)))
    stray = archive.objects.path_of("cd" * 32)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"just appeared")
    dead = archive.root / "staging" / "99999-dead"
    dead.mkdir()
    (dead / "c-dead.json").write_text(f'{{"capture": "c-dead", "objects": ["{"cd" * 32}"]}}')

    again = open_at(archive.root)

    assert stray.exists()
    assert not dead.exists()
    assert check_archive(again).orphans == []
    again.close()
    living.close()
    assert open_at(archive.root).cleaned != ()


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX")
def test_a_disk_that_fills_up_while_writing_keeps_nothing_of_the_capture(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    import resource

    page = shop_page(archive)
    archive.keep_capture(list_page(scale=0.01), page)
    before = list(archive.objects.list())
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, old[1]))
    try:
        with pytest.raises((ArchiveFull, OSError)):
            archive.keep_capture(list_page(START + timedelta(hours=1)), page)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
        signal.signal(signal.SIGXFSZ, handler)
    assert list(archive.objects.list()) == before
    assert list((archive.root / "staging").rglob("*.warc")) == []
    archive.keep_capture(list_page(START + timedelta(hours=2), scale=0.01), page)  # and the next one is kept
    report = check_archive(archive)
    assert (report.problems, report.orphans) == ([], [])


def test_a_database_that_refuses_leaves_no_object_behind(archive: Archive) -> None:
    page = shop_page(archive)
    archive.keep_capture(list_page(scale=0.01), page)
    before = list(archive.objects.list())
    with archive.database.writing() as session:
        session.connection().exec_driver_sql(
            "CREATE TRIGGER no_more BEFORE INSERT ON salt BEGIN SELECT RAISE(ABORT, 'no more'); END"
        )
    with pytest.raises(Exception, match="no more"):
        archive.keep_capture(list_page(START + timedelta(hours=1), scale=0.01), page)
    assert list(archive.objects.list()) == before
    with suppress(FileNotFoundError):
        assert list((archive.root / "staging").rglob("*.json")) == []


def test_an_archive_of_a_newer_version_is_left_untouched(archive: Archive) -> None:
    with archive.database.writing() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    archive.close()
    with pytest.raises(ArchiveNewer, match="newer cardwatch"):
        open_at(archive.root)


def test_a_place_that_cannot_be_an_archive_is_said_plainly(tmp_path: Path) -> None:
    from storage.errors import ArchiveError

    (tmp_path / "file").write_text("a file")
    with pytest.raises(ArchiveError, match="is no folder"):
        open_archive(tmp_path / "file", f"sqlite:///{tmp_path}/x.db", at=START)
