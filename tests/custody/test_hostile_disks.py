"""Disks that fill up or may not be written, clocks that jump, folders that vanish: nothing is lost or forked."""

from __future__ import annotations

import resource
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.config.settings import Settings, load_settings
from monitor.timestamps import seal_and_stamp
from monitor.verify.options import Options
from monitor.verify.target import verify_target
from monitor.verify.verdict import Verdict
from storage.archive import Archive
from storage.check import check_archive
from storage.checkpoints import head_of, latest_checkpoint, list_checkpoints, rotate_key, seal_log
from storage.custody import list_entries, log_size, newest_key
from storage.errors import ArchiveError
from storage.model import EntryKind, TokenKind
from storage.notes import VerifierKey
from storage.tokens import hold_token, request_token

from .conftest import HOUR, START, append, open_at


@contextmanager
def file_limit(most: int) -> Iterator[None]:
    """No file may grow beyond so many bytes, as on a disk without room."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", folder], capture_output=True)
    if mount.returncode:
        pytest.skip("no right to mount a disk here")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def origins(archive: Archive) -> set[str]:
    with archive.database.reading() as session:
        return {head_of(checkpoint).origin for checkpoint in list_checkpoints(session)}


def settings_at(folder: Path) -> Settings:
    (folder / "config.toml").write_text("")
    return load_settings(folder / "config.toml", {})


def hold_a_token(archive: Archive, data: bytes) -> None:
    with archive.database.writing() as session:
        newest = latest_checkpoint(session)
        assert newest is not None
        key = request_token(session, newest, TokenKind.RFC3161, "own", START)
        hold_token(session, key, data, stamped_at=START, expires_at=START + 300 * 24 * HOUR)


@pytest.mark.parametrize("most", [0, 50, 150, 1000, 20_000])
def test_a_seal_that_no_file_can_hold_fails_plainly_and_is_made_later(archive: Archive, most: int) -> None:
    append(archive, 300)
    seal_log(archive, START)
    hold_a_token(archive, b"token")
    append(archive)
    with file_limit(most), pytest.raises((ArchiveError, OSError)):
        seal_log(archive, START + HOUR)
    made = seal_log(archive, START + 2 * HOUR)
    assert made.size == 303 and len(origins(archive)) == 1
    assert check_archive(archive).problems == []
    assert list((archive.root / "log" / ".drafts").iterdir()) == []


@pytest.mark.parametrize("room", [0, 4096, 8192, 16_384, 40_960])
def test_a_disk_that_fills_up_while_the_log_is_sealed_forks_nothing(disk: Path, room: int) -> None:
    archive = open_at(disk / "archive")
    append(archive, 300)
    seal_log(archive, START)
    hold_a_token(archive, b"token")
    append(archive)
    filler = disk / "filler"
    with filler.open("wb") as file:
        file.write(bytes(max(0, shutil.disk_usage(disk).free - room)))
    sealing = seal_and_stamp(settings_at(disk.parent), archive, lambda: START + HOUR)
    assert sealing.problem == "" or "the custody log was not sealed" in sealing.problem
    filler.unlink()
    seal_log(archive, START + 2 * HOUR)
    with archive.database.reading() as session:
        assert log_size(session) == 303
    assert len(origins(archive)) == 1 and check_archive(archive).problems == []
    archive.close()


def test_a_disk_that_may_only_be_read_is_told_and_nothing_is_lost(disk: Path) -> None:
    archive = open_at(disk / "archive")
    append(archive, 3)
    made = seal_log(archive, START)
    append(archive)
    archive.close()
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    sealing = seal_and_stamp(settings_at(disk.parent), archive, lambda: START + HOUR)
    assert "the custody log was not sealed" in sealing.problem
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    assert seal_log(archive, START + HOUR).size == made.size + 1
    assert len(origins(archive)) == 1 and check_archive(archive).problems == []
    archive.close()


def test_a_crash_after_a_token_s_entry_is_no_fork(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    append(archive)
    seal_log(archive, START)
    hold_a_token(archive, b"token")
    append(archive)

    def stumble(*_words: object) -> None:
        raise OSError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr("storage.checkpoints.insert_checkpoint", stumble)
        with pytest.raises(OSError, match="power cut"):
            seal_log(archive, START + HOUR)
    made = seal_log(archive, START + 2 * HOUR)  # at another time: the entry must be the one that was signed
    assert made.epoch == 1 and len(origins(archive)) == 1
    assert check_archive(archive).problems == []


@pytest.mark.parametrize("jumps", [(0, 9000, -9000, 1), (0, -9000, 5), (9000, 0, 1)])
def test_a_clock_that_jumps_signs_one_history(archive: Archive, jumps: tuple[int, ...]) -> None:
    for days in jumps:
        at = START + timedelta(days=days)
        append(archive)
        seal_log(archive, at)
        rotate_key(archive, at, "rotation")
    with archive.database.reading() as session:
        sizes = [checkpoint.size for checkpoint in list_checkpoints(session)]
        assert sizes == sorted(sizes) and len(sizes) == 2 * len(jumps)
    assert len(origins(archive)) == 1 and check_archive(archive).problems == []


@pytest.mark.parametrize("gone", ["tile", "checkpoint", "checkpoints", "tile/0", "tile/entries", "all", "newest"])
def test_a_log_folder_that_lost_a_part_goes_on_and_verifies(archive: Archive, gone: str) -> None:
    append(archive, 300)
    seal_log(archive, START)
    append(archive)
    made = seal_log(archive, START + HOUR)
    log = archive.root / "log"
    path = log if gone == "all" else log / "checkpoints" / f"1-{made.size}" if gone == "newest" else log / gone
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    append(archive)
    newest = seal_log(archive, START + 2 * HOUR)
    # whoever cannot see what was signed last begins another epoch, and never signs on under the same name
    assert newest.epoch == (2 if gone in ("checkpoints", "all", "newest") else 1)
    pinned = (newest_key_of(archive),)
    report = verify_target(archive.root, Options(at=datetime.now(START.tzinfo), pinned=pinned))
    assert report.verdict is not Verdict.ALTERED, [c for s in report.subjects for c in s.checks if c.status == "failed"]


def newest_key_of(archive: Archive) -> VerifierKey:
    with archive.database.reading() as session:
        return newest_key(session).key


def test_two_openers_with_keys_of_their_own_sign_one_history(archive: Archive, tmp_path: Path) -> None:
    """A machine whose folder of keys is another's: the log says that the key was lost, and never forks."""
    append(archive)
    seal_log(archive, START)
    other = open_at(archive.root)
    other.keys.folder = tmp_path / "other" / "keys"
    trouble: list[Exception] = []
    start = threading.Barrier(2)

    def work(opened: Archive) -> None:
        start.wait()
        try:
            for _ in range(5):
                append(opened)
                seal_log(opened, START + HOUR)
        except Exception as error:
            trouble.append(error)

    threads = [threading.Thread(target=work, args=(opened,)) for opened in (archive, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trouble == []
    seal_log(archive, START + HOUR)
    assert len(origins(archive)) == 1 and check_archive(archive).problems == []
    with archive.database.reading() as session:
        reasons = [
            e.fields.get("reason") for e in list_entries(session, 0, log_size(session)) if e.kind is EntryKind.KEY
        ]
    assert reasons and set(reasons) == {"loss"}
    other.close()
