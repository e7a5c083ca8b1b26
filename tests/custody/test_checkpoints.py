"""Signing: what a checkpoint says, rotation, loss, compromise, and databases that are older than what was signed."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from storage.archive import Archive
from storage.backup import backup_archive
from storage.check import ProblemKind, check_archive
from storage.checkpoints import (
    checkpoint_covering,
    head_of,
    latest_checkpoint,
    list_checkpoints,
    publish_log,
    rotate_key,
    seal_log,
)
from storage.custody import key_entries, list_entries, log_size, newest_key, prove_growth, read_entry, root_at
from storage.errors import ArchiveDamaged
from storage.merkle import hash_leaf, verify_consistency
from storage.model import Checkpoint, EntryKind
from storage.notes import VerifierKey, parse_head, parse_note
from storage.restore import restore_archive

from .conftest import HOUR, START, append, open_at


def key_of(archive: Archive) -> VerifierKey:
    with archive.database.reading() as session:
        return newest_key(session).key


def last_kinds(archive: Archive, count: int) -> list[EntryKind]:
    with archive.database.reading() as session:
        size = log_size(session)
        return [entry.kind for entry in list_entries(session, size - count, size)]


def roll_back(archive: Archive, copy: Path) -> Archive:
    """Put an older copy of the database where the newer one was, as a person does who copies files."""
    archive.close()
    for path in archive.root.glob("cardwatch.db*"):
        path.unlink()
    shutil.copy(copy, archive.root / "cardwatch.db")
    return open_at(archive.root)


def copy_database(archive: Archive, to: Path) -> Path:
    archive.database.copy_to(str(to))
    return to


def assert_extends(archive: Archive, older: Checkpoint, newer: Checkpoint) -> None:
    with archive.database.reading() as session:
        proof = prove_growth(session, older.size, newer.size)
    assert verify_consistency(older.size, newer.size, head_of(older).root, head_of(newer).root, proof)


def test_a_checkpoint_is_signed_and_says_size_and_root(archive: Archive) -> None:
    append(archive, 5)
    made = seal_log(archive, START)
    note = parse_note(made.note)
    assert key_of(archive).verify(note)
    with archive.database.reading() as session:
        assert parse_head(note).root == root_at(session, 6)
        assert latest_checkpoint(session) == made
    assert (made.epoch, made.size, made.made_at) == (1, 6, START)
    assert archive.log.path_of_checkpoint(1, 6).read_bytes() == made.note


def test_nothing_is_signed_twice(archive: Archive) -> None:
    append(archive)
    first = seal_log(archive, START)
    assert seal_log(archive, START + HOUR) == first
    append(archive)
    second = seal_log(archive, START + HOUR)
    assert second.size == first.size + 1
    assert_extends(archive, first, second)
    with archive.database.reading() as session:
        assert list_checkpoints(session) == (first, second)
        assert checkpoint_covering(session, 1) == first
        assert checkpoint_covering(session, 2) == second
        assert checkpoint_covering(session, 3) is None


def test_an_empty_log_begins_when_it_is_sealed(archive: Archive) -> None:
    assert seal_log(archive, START).size == 1


def test_runners_that_seal_at_once_make_one_checkpoint(archive: Archive) -> None:
    append(archive, 3)
    made: list[Checkpoint] = []
    threads = [threading.Thread(target=lambda: made.append(seal_log(archive, START))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 6 and len(set(made)) == 1
    with archive.database.reading() as session:
        assert len(list_checkpoints(session)) == 1


@pytest.mark.parametrize("reason", ["rotation", "compromise"])
def test_a_rotated_key_is_introduced_by_the_old_one(archive: Archive, reason: str) -> None:
    append(archive)
    before, old = seal_log(archive, START), key_of(archive)
    made, new = rotate_key(archive, START, reason), key_of(archive)
    note = parse_note(made.note)
    assert new != old and new.verify(note) and old.verify(note)
    with archive.database.reading() as session:
        entry = key_entries(session, made.size)[-1]
    assert entry.fields | {"at": ""} == {
        "at": "",
        "kind": "key",
        "key": new.text,
        "previous": old.text,
        "reason": reason,
    }
    assert_extends(archive, before, made)
    append(archive)
    later = parse_note(seal_log(archive, START).note)
    assert new.verify(later) and not old.verify(later)
    assert check_archive(archive).problems == []


def test_a_lost_key_is_replaced_and_the_log_says_so(archive: Archive) -> None:
    append(archive)
    before, old = seal_log(archive, START), key_of(archive)
    for path in archive.keys.files():
        path.unlink()
    append(archive)
    made, new = seal_log(archive, START), key_of(archive)
    assert new.verify(parse_note(made.note)) and not old.verify(parse_note(made.note))
    with archive.database.reading() as session:
        assert key_entries(session, made.size)[-1].fields["reason"] == "loss"
    assert_extends(archive, before, made)
    assert check_archive(archive).problems == []


def test_a_lost_key_that_is_to_be_rotated_is_a_loss(archive: Archive) -> None:
    append(archive)
    for path in archive.keys.files():
        path.unlink()
    made = rotate_key(archive, START, "rotation")
    with archive.database.reading() as session:
        assert key_entries(session, made.size)[-1].fields["reason"] == "loss"


def test_a_database_copied_back_never_signs_on_under_its_origin(archive: Archive, tmp_path: Path) -> None:
    append(archive, 3)
    first = seal_log(archive, START)
    copy = copy_database(archive, tmp_path / "old.db")
    append(archive, 4)
    lost = seal_log(archive, START)
    archive = roll_back(archive, copy)
    assert [problem.kind for problem in check_archive(archive).problems] == [ProblemKind.LOG_ROLLED_BACK]

    made = seal_log(archive, START + HOUR)

    head = head_of(made)
    assert made.epoch == 2 and head.origin == head_of(first).origin.removesuffix("1") + "2"
    with archive.database.reading() as session:
        entry = read_entry(session, log_size(session) - 1)
    assert entry.kind is EntryKind.EPOCH and entry.fields["epoch"] == 2
    assert entry.fields["after"] == {
        "origin": head_of(lost).origin,
        "size": lost.size,
        "root": lost.note.decode().split("\n")[2],
    }
    assert VerifierKey.parse(str(entry.fields["key"])).verify(parse_note(made.note))
    assert_extends(archive, first, made)
    # What was signed once is still there, and so are the leaves that only the files hold now.
    assert archive.log.path_of_checkpoint(1, lost.size).read_bytes() == lost.note
    assert (archive.root / "log" / "tile-1" / "entries" / "000.p" / str(lost.size)).is_file()
    assert check_archive(archive).problems == []
    archive.close()


def test_a_database_that_went_on_differently_never_signs_a_fork(archive: Archive, tmp_path: Path) -> None:
    append(archive, 3)
    seal_log(archive, START)
    copy = copy_database(archive, tmp_path / "old.db")
    append(archive, 2, word="first history")
    lost = seal_log(archive, START)
    archive = roll_back(archive, copy)
    append(archive, 9, word="second history")  # longer than what was signed: its size alone tells nothing
    made = seal_log(archive, START)
    assert made.epoch == 2
    origins = [path.name for path in (archive.root / "log" / "checkpoints").iterdir()]
    assert sorted(origins) == ["1-4", "1-6", f"2-{made.size}"] and lost.size == 6
    assert check_archive(archive).problems == []
    archive.close()


def test_a_second_rollback_opens_a_third_epoch(archive: Archive, tmp_path: Path) -> None:
    append(archive)
    copy = copy_database(archive, tmp_path / "old.db")
    for epoch in (1, 2, 3):
        append(archive, 2, word=f"epoch {epoch}")
        assert seal_log(archive, START).epoch == epoch
        archive = roll_back(archive, copy)
    archive.close()


def test_a_database_without_its_log_folder_begins_an_epoch(archive: Archive) -> None:
    append(archive)
    seal_log(archive, START)
    shutil.rmtree(archive.root / "log")
    append(archive)
    assert seal_log(archive, START).epoch == 2
    assert check_archive(archive).problems == []


def test_a_log_folder_of_another_archive_is_refused(archive: Archive, tmp_path: Path) -> None:
    append(archive)
    seal_log(archive, START)
    other = open_at(tmp_path / "other")
    append(other)
    shutil.copytree(archive.root / "log", other.root / "log")
    with pytest.raises(ArchiveDamaged, match="another custody log"):
        seal_log(other, START)
    other.close()


@pytest.mark.parametrize("name", ["backup", "backup.tar"])
@pytest.mark.parametrize("with_keys", [False, True])
def test_a_restored_log_goes_on_in_a_new_epoch(archive: Archive, tmp_path: Path, name: str, with_keys: bool) -> None:
    append(archive, 3)
    sealed, old = seal_log(archive, START), key_of(archive)
    append(archive)
    backup_archive(archive, tmp_path / name, at=START, with_keys=with_keys)
    append(archive, 2)
    seal_log(archive, START)

    restore_archive(tmp_path / name, tmp_path / "new", at=START + HOUR)

    restored = open_at(tmp_path / "new")
    assert check_archive(restored).problems == []
    assert last_kinds(restored, 1) == [EntryKind.EPOCH]
    with restored.database.reading() as session:
        entry = read_entry(session, log_size(session) - 1)
    assert (entry.fields["reason"], entry.at) == ("restore", START + HOUR)
    assert restored.log.path_of_checkpoint(1, sealed.size).read_bytes() == sealed.note
    assert bool(restored.keys.files()) is with_keys
    made = seal_log(restored, START + HOUR)
    assert made.epoch == 2
    assert (key_of(restored).public == old.public) is with_keys
    assert last_kinds(restored, 1) == [EntryKind.EPOCH if with_keys else EntryKind.KEY]
    assert_extends(restored, sealed, made)
    assert check_archive(restored).problems == []
    restored.close()


def test_a_restored_log_never_shares_an_origin_with_the_original(archive: Archive, tmp_path: Path) -> None:
    append(archive, 3)
    seal_log(archive, START)
    backup_archive(archive, tmp_path / "backup", at=START, with_keys=True)
    restore_archive(tmp_path / "backup", tmp_path / "new", at=START)
    restored = open_at(tmp_path / "new")
    append(archive, word="here")
    append(restored, word="there")
    one, two = head_of(seal_log(archive, START)), head_of(seal_log(restored, START))
    assert one.origin != two.origin and one.origin.rpartition("/")[0] == two.origin.rpartition("/")[0]
    restored.close()


def test_a_crash_between_file_and_row_is_no_fork(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    append(archive)

    def stumble(*_words: object) -> None:
        raise OSError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr("storage.checkpoints.insert_checkpoint", stumble)
        with pytest.raises(OSError, match="power cut"):
            seal_log(archive, START)
    note = archive.log.path_of_checkpoint(1, 2).read_bytes()
    made = seal_log(archive, START)
    assert (made.epoch, made.note) == (1, note)
    assert check_archive(archive).problems == []


def test_files_that_were_lost_are_written_again_with_the_next_seal(archive: Archive) -> None:
    append(archive, 2)
    made = seal_log(archive, START)
    (archive.root / "log" / "checkpoint").unlink()
    assert seal_log(archive, START) == made
    assert (archive.root / "log" / "checkpoint").read_bytes() == made.note


def test_published_files_prove_themselves_without_the_database(archive: Archive) -> None:
    append(archive, 700)
    seal_log(archive, START)
    append(archive, 100)
    made = seal_log(archive, START)
    tiles = archive.root / "log" / "tile"
    files = sorted(path.relative_to(tiles).as_posix() for path in tiles.rglob("*") if path.is_file())
    assert files == [
        "0/000", "0/001", "0/002", "0/003.p/33",
        "1/000.p/3",
        "entries/000", "entries/001", "entries/002", "entries/003.p/33",
    ]  # fmt: skip
    from storage.merkle import root_of
    from storage.tiles import unpack_bundle

    names = ("000", "001", "002", "003.p/33")
    leaves = b"".join((tiles / "0" / name).read_bytes() for name in names)
    entries = [entry for name in names for entry in unpack_bundle((tiles / "entries" / name).read_bytes())]
    assert [hash_leaf(entry) for entry in entries] == [leaves[at : at + 32] for at in range(0, len(leaves), 32)]
    head = parse_head(parse_note((archive.root / "log" / "checkpoint").read_bytes()))
    assert (head.size, head.root) == (801, root_of(hash_leaf(entry) for entry in entries))
    assert head == head_of(made)


def test_publish_mends_what_was_altered_or_lost(archive: Archive) -> None:
    append(archive, 300)
    made = seal_log(archive, START)
    tiles = archive.root / "log" / "tile"
    (tiles / "0" / "000").write_bytes(b"?" * 8192)
    (tiles / "entries" / "000").unlink()
    checkpoint = archive.log.path_of_checkpoint(1, made.size)
    checkpoint.write_bytes(made.note.replace(b"\n", b"\n ", 1))
    assert {problem.kind for problem in check_archive(archive).problems} == {ProblemKind.LOG_FILE_ALTERED}
    assert publish_log(archive, anew=True) == made
    assert check_archive(archive).problems == []
    assert checkpoint.read_bytes() == made.note
    assert len(list(checkpoint.parent.glob("*.altered"))) == 1


@pytest.mark.parametrize(("number", "name"), [(0, "000"), (67, "067"), (1000, "x001/000"), (1234067, "x001/x234/067")])
def test_tiles_are_named_as_the_specification_says(number: int, name: str) -> None:
    from storage.tiles import tile_name

    assert tile_name(number) == name
