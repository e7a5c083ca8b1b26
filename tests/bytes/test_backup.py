from __future__ import annotations

import json
import os
import tarfile
from datetime import timedelta
from pathlib import Path

import pytest

from storage.archive import Archive
from storage.backup import backup_archive
from storage.check import check_archive
from storage.errors import ArchiveDamaged, BackupRefused
from storage.restore import restore_archive

from .conftest import open_at
from .samples import START, list_page, shop_page


@pytest.fixture
def kept(archive: Archive) -> list[str]:
    page = shop_page(archive)
    return [
        archive.keep_capture(list_page(START + timedelta(hours=number), scale=0.01), page).id for number in range(2)
    ]


def _assert_same(root: Path, archive: Archive, kept: list[str]) -> None:
    restored = open_at(root)
    report = check_archive(restored)
    assert (report.problems, report.orphans, report.captures) == ([], [], len(kept))
    for capture_id in kept:
        assert restored.load_capture(capture_id) == archive.load_capture(capture_id)
    restored.close()


@pytest.mark.parametrize("name", ["backup", "backup.tar"])
def test_a_backup_comes_back_the_same(archive: Archive, kept: list[str], tmp_path: Path, name: str) -> None:
    report = backup_archive(archive, tmp_path / name, at=START)
    assert (report.objects, report.copied, report.damaged) == (4, 4, ())
    restore_archive(tmp_path / name, tmp_path / "new", at=START)
    _assert_same(tmp_path / "new", archive, kept)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such bits")
@pytest.mark.parametrize("name", ["backup", "backup.tar"])
def test_a_backup_is_for_its_owner_only(archive: Archive, kept: list[str], tmp_path: Path, name: str) -> None:
    backup_archive(archive, tmp_path / name, at=START)
    assert (tmp_path / name).stat().st_mode & 0o077 == 0


def test_a_second_backup_copies_only_what_is_new(archive: Archive, kept: list[str], tmp_path: Path) -> None:
    backup_archive(archive, tmp_path / "backup", at=START)
    kept.append(archive.keep_capture(list_page(START + timedelta(days=1), scale=0.01), shop_page(archive)).id)
    report = backup_archive(archive, tmp_path / "backup", at=START + timedelta(days=1))
    assert (report.objects, report.copied) == (6, 2)
    assert len(list((tmp_path / "backup").glob("*.db"))) == 1
    restore_archive(tmp_path / "backup", tmp_path / "new", at=START)
    _assert_same(tmp_path / "new", archive, kept)


def test_what_is_kept_during_a_backup_does_not_spoil_it(archive: Archive, kept: list[str], tmp_path: Path) -> None:
    page = shop_page(archive)
    more: list[str] = []

    def keep_one(done: int, total: int) -> None:
        if not more:
            more.append(archive.keep_capture(list_page(START + timedelta(days=2), scale=0.01), page).id)

    backup_archive(archive, tmp_path / "backup.tar", at=START, progress=keep_one)
    assert more
    restore_archive(tmp_path / "backup.tar", tmp_path / "new", at=START)
    _assert_same(tmp_path / "new", archive, kept)


@pytest.mark.parametrize("name", ["backup", "backup.tar"])
def test_a_damaged_object_is_left_out_and_named(archive: Archive, kept: list[str], tmp_path: Path, name: str) -> None:
    digest, _ = next(archive.objects.list())
    path = archive.objects.path_of(digest)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    report = backup_archive(archive, tmp_path / name, at=START)
    assert report.damaged == (digest,)
    with pytest.raises(ArchiveDamaged, match="1 objects"):
        restore_archive(tmp_path / name, tmp_path / "new", at=START)
    assert not (tmp_path / "new").exists()
    assert restore_archive(tmp_path / name, tmp_path / "new", partial=True, at=START).damaged == (digest,)


def test_one_flipped_byte_of_a_backup_stops_the_restore(archive: Archive, kept: list[str], tmp_path: Path) -> None:
    backup_archive(archive, tmp_path / "backup", at=START)
    files = [path for path in (tmp_path / "backup").rglob("*") if path.is_file() and path.suffix != ".json"]
    assert len(files) == 5
    for path in files:
        whole = path.read_bytes()
        path.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
        with pytest.raises(ArchiveDamaged):
            restore_archive(tmp_path / "backup", tmp_path / "new", at=START)
        path.write_bytes(whole)
    assert not (tmp_path / "new").exists()
    restore_archive(tmp_path / "backup", tmp_path / "new", at=START)


def test_nothing_that_is_there_is_overwritten(archive: Archive, kept: list[str], tmp_path: Path) -> None:
    backup_archive(archive, tmp_path / "backup.tar", at=START)
    with pytest.raises(BackupRefused, match="is there already"):
        backup_archive(archive, tmp_path / "backup.tar", at=START)
    other = tmp_path / "other"
    other.mkdir()
    (other / "diary.txt").write_text("mine")
    with pytest.raises(BackupRefused, match="is no backup"):
        backup_archive(archive, other, at=START)
    with pytest.raises(BackupRefused, match="is there already"):
        restore_archive(tmp_path / "backup.tar", other, at=START)
    with pytest.raises(BackupRefused, match="is there already"):
        restore_archive(tmp_path / "backup.tar", archive.root, at=START)
    with pytest.raises(BackupRefused, match="is there already"):
        restore_archive(tmp_path / "backup.tar", tmp_path / "new", database=other / "diary.txt", at=START)
    assert [path.name for path in other.iterdir()] == ["diary.txt"]
    with pytest.raises(BackupRefused, match="inside the archive"):
        backup_archive(archive, archive.root / "backup", at=START)


def test_an_empty_folder_may_take_a_restore_and_the_database_may_lie_elsewhere(
    archive: Archive, kept: list[str], tmp_path: Path
) -> None:
    backup_archive(archive, tmp_path / "backup", at=START)
    (tmp_path / "new").mkdir()
    restore_archive(tmp_path / "backup", tmp_path / "new", database=tmp_path / "rows" / "c.db", at=START)
    assert not (tmp_path / "new" / "cardwatch.db").exists()
    assert (tmp_path / "rows" / "c.db").is_file()


@pytest.mark.parametrize("data", [b"", b"no tar", b"\0" * 2000])
def test_a_file_that_is_no_backup_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.tar").write_bytes(data)
    with pytest.raises(ArchiveDamaged):
        restore_archive(tmp_path / "x.tar", tmp_path / "new", at=START)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.tar"]


def test_a_hostile_backup_writes_nowhere_else(archive: Archive, kept: list[str], tmp_path: Path) -> None:
    backup_archive(archive, tmp_path / "backup.tar", at=START)
    with tarfile.open(tmp_path / "backup.tar", "a") as package:
        entry = tarfile.TarInfo("../escaped")
        package.addfile(entry)
        link = tarfile.TarInfo("objects/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        package.addfile(link)
    restore_archive(tmp_path / "backup.tar", tmp_path / "new", at=START)
    assert not (tmp_path / "escaped").exists()
    assert not (tmp_path / "new" / "objects" / "link").exists()

    backup_archive(archive, tmp_path / "backup", at=START)
    listed = json.loads((tmp_path / "backup" / "cardwatch-backup.json").read_text())
    listed["database"] = "../../etc/passwd"
    (tmp_path / "backup" / "cardwatch-backup.json").write_text(json.dumps(listed))
    with pytest.raises(ArchiveDamaged, match="that is none"):
        restore_archive(tmp_path / "backup", tmp_path / "other", at=START)
