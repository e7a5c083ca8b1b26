from __future__ import annotations

import gzip
import json
import os
import random
from datetime import timedelta
from pathlib import Path

import pytest

from storage.archive import Archive
from storage.backup import backup_archive
from storage.check import Problem, ProblemKind, check_archive
from storage.errors import ArchiveDamaged
from storage.manifest import read_manifest
from storage.model import StoredCapture
from storage.provenance import Provenance, read_provenance
from storage.warc import read_record

from .conftest import open_at
from .samples import START, list_page, shop_page

WEEK = timedelta(days=7)


@pytest.fixture
def kept(archive: Archive) -> tuple[StoredCapture, StoredCapture]:
    page = shop_page(archive)
    first = archive.keep_capture(list_page(scale=0.01), page)
    at = START + timedelta(hours=6)
    known = archive.known_views(page.id, at=at, max_age=WEEK)
    return first, archive.keep_capture(list_page(at, known=known, scale=0.01), page)


Kept = tuple[StoredCapture, StoredCapture]


def _problems(archive: Archive) -> list[Problem]:
    return check_archive(archive).problems


def test_a_sound_archive_is_whole(archive: Archive, kept: Kept) -> None:
    steps: list[tuple[int, int]] = []
    report = check_archive(archive, progress=lambda done, total: steps.append((done, total)))
    assert (report.problems, report.orphans) == ([], [])
    assert (report.captures, report.objects) == (2, 4)
    assert report.records > 100
    assert steps[-1][0] == steps[-1][1] > 0
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)


def test_one_flipped_byte_anywhere_is_named(archive: Archive, kept: Kept) -> None:
    chance = random.Random(3)
    for stored in kept:
        for name in (stored.warc, stored.manifest):
            path = archive.objects.path_of(name)
            whole = path.read_bytes()
            for _ in range(6):
                place = chance.randrange(len(whole))
                _flip(path, whole, place)
                found = _problems(archive)
                assert (ProblemKind.OBJECT_ALTERED, stored.id, name) in {
                    (problem.kind, problem.capture, problem.object) for problem in found
                }, f"byte {place}"
            path.write_bytes(whole)
    assert _problems(archive) == []


def test_damage_is_told_by_record_and_hides_nothing_after_it(archive: Archive, kept: Kept) -> None:
    first, _ = kept
    path = archive.objects.path_of(first.warc)
    entries = read_manifest(archive.objects.read(first.manifest)).records
    whole = path.read_bytes()
    data = bytearray(whole)
    for entry in (entries[5], entries[-2]):
        data[entry.offset + entry.length // 2] ^= 0x55
    path.write_bytes(bytes(data))
    told = [problem.what for problem in _problems(archive) if problem.kind.value.startswith("record")]
    assert any(f"byte {entries[5].offset}" in what for what in told)
    assert any(f"byte {entries[-2].offset}" in what for what in told)


def test_a_missing_object_is_named_for_every_capture_that_needs_it(archive: Archive, kept: Kept) -> None:
    first, second = kept
    archive.objects.path_of(first.warc).unlink()
    found = {(problem.kind, problem.capture) for problem in _problems(archive)}
    assert (ProblemKind.OBJECT_MISSING, first.id) in found
    assert (ProblemKind.PAYLOAD_MISSING, second.id) in found


@pytest.mark.parametrize("left", [0, 1, 700, 5000])
def test_a_file_that_is_cut_off_is_named(archive: Archive, kept: Kept, left: int) -> None:
    first, _ = kept
    path = archive.objects.path_of(first.warc)
    path.write_bytes(path.read_bytes()[:left])
    assert (ProblemKind.OBJECT_ALTERED, first.id) in {(item.kind, item.capture) for item in _problems(archive)}


def test_a_forged_record_with_right_digests_breaks_its_commitment(archive: Archive, kept: Kept) -> None:
    """A forger who rewrites WARC, file name and rows still cannot make the manifest's commitments."""
    first, _ = kept
    manifest = json.loads(gzip.decompress(archive.objects.read(first.manifest)))
    manifest["records"][3]["commitment"] = "00" * 32
    _replace_object(archive, first.manifest, gzip.compress(json.dumps(manifest).encode()))
    found = _problems(archive)
    assert [item.kind for item in found] == [ProblemKind.MANIFEST_MISMATCH, ProblemKind.LOG_ENTRY_ALTERED]
    assert "record:3" in found[0].what


def test_a_manifest_that_commits_to_another_exchange_is_found(archive: Archive, kept: Kept) -> None:
    _, second = kept
    manifest = json.loads(gzip.decompress(archive.objects.read(second.manifest)))
    manifest["exchanges"][4], manifest["visit"] = "11" * 32, "22" * 32
    _replace_object(archive, second.manifest, gzip.compress(json.dumps(manifest).encode()))
    told = " ".join(item.what for item in _problems(archive))
    assert "exchange:4" in told and "visit" in told


def test_a_row_that_points_elsewhere_is_found(archive: Archive, kept: Kept) -> None:
    with archive.database.writing() as session:
        session.connection().exec_driver_sql('UPDATE payload SET "offset" = "offset" + 1 WHERE size > 9000')
    assert {item.kind for item in _problems(archive)} == {ProblemKind.PAYLOAD_MISSING}


def test_an_object_without_a_row_is_listed_and_is_no_damage(archive: Archive, kept: Kept) -> None:
    stray = archive.objects.path_of("ef" * 32)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"?")
    report = check_archive(archive)
    assert (report.problems, report.orphans) == ([], ["ef" * 32])


def test_a_destroyed_salt_is_no_damage(archive: Archive, kept: Kept) -> None:
    with archive.database.writing() as session:
        session.connection().exec_driver_sql("DELETE FROM salt")
    assert _problems(archive) == []


def test_the_manifest_names_the_capture_before_and_gives_no_digest_of_a_record_away(
    archive: Archive, kept: Kept
) -> None:
    first, second = kept
    manifest = read_manifest(archive.objects.read(second.manifest))
    assert (manifest.previous_capture, manifest.previous_manifest) == (first.id, first.manifest)
    text = gzip.decompress(archive.objects.read(first.manifest)).decode()
    capture = archive.load_capture(first.id)
    assert first.warc in text
    for digest in [view.digest for view in capture.views] + [item.body_digest for item in capture.exchanges]:
        assert not digest or digest not in text


def test_equal_records_have_unequal_commitments(archive: Archive) -> None:
    page = shop_page(archive)
    stored = [archive.keep_capture(list_page(START + timedelta(hours=n), scale=0.01), page) for n in range(2)]
    first, second = (read_manifest(archive.objects.read(item.manifest)) for item in stored)
    assert not {entry.commitment for entry in first.records} & {entry.commitment for entry in second.records}
    assert not set(first.exchanges) & set(second.exchanges)


def test_the_provenance_needs_no_database(archive: Archive, kept: Kept) -> None:
    """From the objects alone one can tell in which WARC every shared payload lies."""
    first, second = kept
    with archive.objects.open(second.warc) as file:
        info = read_record(file, 0)
        provenance: Provenance = read_provenance(read_record(file, info.length).payload)
    assert provenance.sources == (first.warc,)
    assert len(provenance.shared_digests()) > 40


def _flip(path: Path, whole: bytes, place: int) -> None:
    data = bytearray(whole)
    data[place] ^= 0x20
    path.write_bytes(bytes(data))


def _replace_object(archive: Archive, old: str, data: bytes) -> None:
    """Put other bytes in an object's place, and make its name and row fit them."""
    from .samples import digest

    new = digest(data)
    target = archive.objects.path_of(new)
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(data)
    archive.objects.path_of(old).unlink()
    with archive.database.writing() as session:
        session.connection().exec_driver_sql(
            "UPDATE artifact SET sha256 = ?, size = ? WHERE sha256 = ?",
            (bytes.fromhex(new), len(data), bytes.fromhex(old)),
        )


@pytest.mark.parametrize("what", ["pipe", "folder", "endless device", "link"])
def test_what_is_no_plain_file_is_named_and_never_read(archive: Archive, kept: Kept, tmp_path: Path, what: str) -> None:
    digest, _ = next(archive.objects.list())
    path = archive.objects.path_of(digest)
    path.rename(tmp_path / "away")
    if what == "pipe":
        os.mkfifo(path)
    elif what == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero" if what == "endless device" else tmp_path / "away")
    problems = check_archive(archive).problems
    assert digest in {problem.object for problem in problems if problem.kind is ProblemKind.OBJECT_ALTERED}
    assert backup_archive(archive, tmp_path / "backup", at=START).damaged == (digest,)
    assert backup_archive(archive, tmp_path / "backup.tar", at=START).damaged == (digest,)


@pytest.mark.parametrize("emptied", [False, True])
def test_an_archive_that_lost_its_database_is_never_called_whole(archive: Archive, kept: Kept, emptied: bool) -> None:
    archive.close()
    for path in archive.root.glob("cardwatch.db*"):
        path.unlink()
    if emptied:
        (archive.root / "cardwatch.db").touch()
    with pytest.raises(ArchiveDamaged, match="missing or empty"):
        open_at(archive.root)
