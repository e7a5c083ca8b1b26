"""Evidence items: sealed with salts, copied masked, erased to a tombstone."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from storage.archive import Archive
from storage.check import ProblemKind, check_archive
from storage.custody import log_size, read_entry
from storage.errors import ArchiveDamaged, ArchiveError, NotInArchive
from storage.evidence import (
    broken_commitments,
    erase_evidence,
    evidence_seed,
    keep_evidence,
    keep_masked_copy,
    list_evidence,
    load_evidence,
    open_evidence,
    read_evidence_manifest,
)
from storage.journal import ERASING, Intent, Journal
from storage.model import EntryKind, LogEntry, StoredEvidence

from .conftest import HOUR, START, append, open_at

ORDER = "订单 20261120-0042，收货 张三".encode()


def keep(archive: Archive, data: bytes | Path = ORDER, note: str = "手机截图") -> StoredEvidence:
    return keep_evidence(archive, data, name="订单.txt", media_type="text/plain", note=note, at=START)


def entry_of(archive: Archive, index: int | None) -> LogEntry:
    with archive.database.reading() as session:
        return read_entry(session, -1 if index is None else index)


def files_with(archive: Archive, piece: bytes) -> list[str]:
    """Every file of the archive in which these bytes stand."""
    return [path.name for path in archive.root.rglob("*") if path.is_file() and piece in path.read_bytes()]


def test_an_item_comes_back_as_it_was_brought(archive: Archive) -> None:
    item = keep(archive)
    assert (item.name, item.media_type, item.note, item.bytes) == ("订单.txt", "text/plain", "手机截图", len(ORDER))
    with open_evidence(archive, item.id[:18]) as file:
        assert file.read() == ORDER
    entry = entry_of(archive, item.log_index)
    assert (entry.kind, entry.at, entry.fields["manifest"]) == (EntryKind.EVIDENCE, START, item.manifest)
    assert list_evidence(archive) == (item,)
    report = check_archive(archive)
    assert (report.problems, report.evidence, report.entries) == ([], 1, 2)


def test_the_manifest_gives_nothing_away_and_commits_to_all(archive: Archive) -> None:
    item = keep(archive)
    unpacked = gzip.decompress(archive.objects.read(item.manifest)).decode()
    assert all(word not in unpacked for word in (item.object, "订单", "手机", "text/plain", str(item.bytes) + ","))
    manifest, seed = read_evidence_manifest(archive.objects.read(item.manifest)), evidence_seed(archive, item.id)
    assert seed is not None and broken_commitments(manifest, item, seed) == ()
    assert broken_commitments(manifest, item, bytes(32)) == ("bytes", "length", "name", "media_type", "note")
    # The same file and words brought twice commit to other values.
    again = read_evidence_manifest(archive.objects.read(keep(archive).manifest))
    assert again.bytes != manifest.bytes and again.fields["name"] != manifest.fields["name"]


def test_a_large_file_is_streamed_and_stays_where_it_was(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "video.mp4"
    path.write_bytes(os.urandom(1 << 20) * 5)
    item = keep(archive, path)
    assert item.bytes == 5 << 20 and path.is_file()
    assert archive.objects.path_of(item.object).read_bytes() == path.read_bytes()


def test_what_is_no_file_is_refused_and_leaves_nothing(archive: Archive, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(ArchiveError, match="no plain file"):
            keep(archive, path)
    with pytest.raises(ArchiveError, match="characters"):
        keep(archive, note="x" * 4001)
    assert list_evidence(archive) == () and list(archive.objects.list()) == []


def test_a_masked_copy_names_its_original_and_what_was_masked(archive: Archive) -> None:
    original = keep(archive)
    copy = keep_masked_copy(archive, original.id, ORDER[:-6] + b"******", "收货人姓名", START + HOUR)
    assert (copy.original, copy.note, copy.name) == (original.id, "收货人姓名", original.name)
    fields = entry_of(archive, copy.log_index).fields
    assert fields == {
        "kind": "derivative",
        "at": "2026-11-20T07:30:15.123456Z",
        "original": original.manifest,
        "sha256": copy.object,
        "what": "收货人姓名",
        "manifest": copy.manifest,
    }
    assert check_archive(archive).problems == []
    with pytest.raises(ValueError, match="what was masked"):
        keep_masked_copy(archive, original.id, b"?", " ", START)


def test_an_erased_item_leaves_a_tombstone_and_no_trace_of_its_content(archive: Archive) -> None:
    item = keep(archive, note="a screenshot")
    copy = keep_masked_copy(archive, item.id, b"masked", "all", START)
    seed = evidence_seed(archive, item.id)
    assert seed is not None and files_with(archive, seed) and files_with(archive, b"a screenshot")

    erased = erase_evidence(archive, item.id, "本人要求", START + HOUR)

    assert (erased.object, erased.name, erased.note, erased.erased_at) == ("", "", "", START + HOUR)
    entry = entry_of(archive, erased.tombstone_index)
    assert (entry.kind, entry.fields["manifest"], entry.fields["reason"]) == (
        EntryKind.TOMBSTONE,
        item.manifest,
        "本人要求",
    )
    assert not archive.objects.path_of(item.object).exists()
    for piece in (seed, ORDER, b"a screenshot", bytes.fromhex(item.object)):
        assert files_with(archive, piece) == []
    with pytest.raises(NotInArchive, match="was erased"):
        open_evidence(archive, item.id)
    with pytest.raises(ArchiveError, match="was erased already"):
        erase_evidence(archive, item.id, "again", START)
    assert load_evidence(archive, copy.id) == copy
    report = check_archive(archive)
    assert (report.problems, report.orphans) == ([], [])


def test_bytes_that_another_item_is_made_of_stay(archive: Archive) -> None:
    one, two = keep(archive), keep(archive)
    erase_evidence(archive, one.id, "twice", START)
    with open_evidence(archive, two.id) as file:
        assert file.read() == ORDER
    erase_evidence(archive, two.id, "now", START)
    assert not archive.objects.has(two.object)
    assert check_archive(archive).problems == []


def test_bytes_that_another_process_is_bringing_in_stay(archive: Archive) -> None:
    item = keep(archive)
    other = Journal(archive.root / "staging")
    other.declare(Intent("e-other", (item.object,)))
    erase_evidence(archive, item.id, "asked", START)
    assert archive.objects.has(item.object)
    other.close()


def test_an_erasing_that_was_killed_ends_with_the_next_start(archive: Archive) -> None:
    item, kept = keep(archive), keep(archive, b"another")
    data = archive.objects.read(item.object)
    erase_evidence(archive, item.id, "asked", START)
    # As if the process had died after the row and before the file.
    archive.objects.path_of(item.object).write_bytes(data)
    dead = archive.root / "staging" / "99999-dead"
    dead.mkdir()
    for name, digest in ((item.id, item.object), (kept.id, kept.object)):
        text = json.dumps({"capture": f"{ERASING}{name}", "objects": [digest]})
        (dead / f"{ERASING}{name}.json").write_text(text)
    again = open_at(archive.root)
    assert not again.objects.has(item.object)
    assert again.objects.has(kept.object)  # its erasing was not begun in the database: it stays
    assert any(item.id in line and "erasing" in line for line in again.cleaned)
    again.close()


def test_keeping_that_was_killed_leaves_nothing(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_words: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("storage.evidence.insert_objects", stumble)
    with pytest.raises(KeyboardInterrupt):
        keep(archive)
    assert (list(archive.objects.list()), list_evidence(archive)) == ([], ())
    with archive.database.reading() as session:
        assert log_size(session) == 0


@pytest.mark.parametrize(
    "data", [b"", b"{}", gzip.compress(b"[]", mtime=0), gzip.compress(b'{"format":"other"}', mtime=0), b"\x1f\x8b"]
)
def test_what_is_no_manifest_is_refused(data: bytes) -> None:
    with pytest.raises(ArchiveDamaged):
        read_evidence_manifest(data)


def test_altered_evidence_is_found(archive: Archive) -> None:
    item = keep(archive)
    append(archive)
    path = archive.objects.path_of(item.object)
    path.write_bytes(ORDER.replace(b"0042", b"0043"))
    assert {problem.kind for problem in check_archive(archive).problems} == {ProblemKind.OBJECT_ALTERED}
    path.write_bytes(ORDER)
    with archive.database.writing() as session:
        session.connection().exec_driver_sql("UPDATE evidence SET described = json_set(described, '$.note', '改')")
    (problem,) = check_archive(archive).problems
    assert (problem.kind, problem.capture) == (ProblemKind.MANIFEST_MISMATCH, item.id)
    assert "note" in problem.what
