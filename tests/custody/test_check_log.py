"""`check` finds every way in which rows of the log can be forged, and names the capture that is concerned."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from bytes.samples import START, list_page, shop_page

from storage.archive import Archive
from storage.captures import list_captures
from storage.check import Problem, ProblemKind, check_archive
from storage.checkpoints import rotate_key, seal_log
from storage.custody import read_entry
from storage.evidence import erase_evidence, keep_evidence, keep_masked_copy
from storage.merkle import hash_leaf
from storage.model import StoredCapture

from .conftest import HOUR, append, open_at


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log with a capture at 1, an item at 2, its copy at 3, two keys, and enough leaves for a stored node."""
    archive = open_at(tmp_path_factory.mktemp("prepared") / "archive")
    archive.keep_capture(list_page(scale=0.01), shop_page(archive))
    item = keep_evidence(archive, b"x", name="x", media_type="", note="", at=START)
    keep_masked_copy(archive, item.id, b"y", "all", START)
    seal_log(archive, START)
    rotate_key(archive, START, "rotation")
    erase_evidence(archive, item.id, "asked", START)
    append(archive, 260)
    archive.keep_capture(list_page(START + HOUR, scale=0.01), shop_page(archive))
    seal_log(archive, START)
    assert check_archive(archive).problems == []
    archive.close()
    return archive.root


@pytest.fixture
def archive(prepared: Path, tmp_path: Path) -> Iterator[Archive]:
    shutil.copytree(prepared, tmp_path / "archive")
    opened = open_at(tmp_path / "archive")
    yield opened
    opened.close()


@pytest.fixture
def kept(archive: Archive) -> StoredCapture:
    """The capture at 1."""
    with archive.database.reading() as session:
        (found,) = (capture for capture in list_captures(session) if capture.log_index == 1)
    return found


def alter(archive: Archive, statement: str, *values: object) -> list[Problem]:
    with archive.database.writing() as session:
        session.connection().exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        session.connection().exec_driver_sql(statement, values)
    return check_archive(archive).problems


def put_entry(archive: Archive, index: int, **fields: object) -> list[Problem]:
    """Rewrite an entry and its leaf hash, as a forger with the database would."""
    with archive.database.reading() as session:
        whole = {**read_entry(session, index).fields, **fields}
    data = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return alter(archive, "UPDATE log_entry SET data = ?, hash = ? WHERE place = ?", data, hash_leaf(data), index)


def kinds(problems: list[Problem]) -> set[ProblemKind]:
    return {problem.kind for problem in problems}


def test_a_rewritten_entry_breaks_node_checkpoints_and_capture(archive: Archive, kept: StoredCapture) -> None:
    problems = put_entry(archive, 1, manifest="ab" * 32)
    assert (ProblemKind.LOG_ENTRY_ALTERED, kept.id) in {(problem.kind, problem.capture) for problem in problems}
    assert {ProblemKind.LOG_NODE_ALTERED, ProblemKind.CHECKPOINT_ALTERED} <= kinds(problems)
    assert sum(problem.kind is ProblemKind.CHECKPOINT_ALTERED for problem in problems) == 3


def test_a_backdated_entry_breaks_every_checkpoint_after_it(archive: Archive, kept: StoredCapture) -> None:
    problems = put_entry(archive, 5, at="2020-01-01T00:00:00.000000Z")
    altered = [problem for problem in problems if problem.kind is ProblemKind.CHECKPOINT_ALTERED]
    assert len(altered) == 1  # the two that were signed before it still hold


@pytest.mark.parametrize(
    ("statement", "kind", "told"),
    [
        ("UPDATE log_entry SET data = data || ' ' WHERE place = 1", "log_entry_altered", "leaf hash"),
        ("UPDATE log_entry SET hash = 'text' WHERE place = 1", "log_entry_altered", "leaf hash"),
        ("UPDATE log_entry SET data = 'x' WHERE place = 1", "log_entry_altered", "cannot be read"),
        ("DELETE FROM log_entry WHERE place = 7", "log_entry_missing", "entry 7 of"),
        ("DELETE FROM log_entry WHERE place > 260", "checkpoint_altered", "but the log has 261"),
        ("UPDATE log_node SET hash = zeroblob(32)", "log_node_altered", "node 0 of level 8"),
        ("DELETE FROM log_node", "log_node_altered", "node 0 of level 8"),
        ("INSERT INTO log_node VALUES (8, 7, zeroblob(32))", "log_node_altered", "2 nodes are stored, 1 are right"),
        ("UPDATE capture SET log_index = NULL WHERE log_index = 1", "log_entry_missing", "no entry of this capture"),
        ("UPDATE capture SET log_index = 9999 WHERE log_index = 1", "log_entry_missing", "no entry of this capture"),
        ("UPDATE capture SET log_index = 2 WHERE log_index = 1", "log_entry_altered", "no entry of a capture"),
        ("UPDATE evidence SET log_index = 8 WHERE log_index = 2", "log_entry_altered", "no row belongs to it"),
        ("UPDATE evidence SET tombstone_index = NULL", "log_entry_altered", "kind tombstone, but no row"),
        ("UPDATE log_key SET epoch = 2", "log_entry_altered", "does not follow from the keys"),
        ("DELETE FROM log_key WHERE place > 0", "log_entry_altered", "does not follow from the keys"),
        ("INSERT INTO log_key SELECT 9, epoch, key FROM log_key WHERE place = 0", "log_entry_altered", "is noted"),
        ("UPDATE checkpoint SET note = replace(note, '— ', '- ')", "checkpoint_altered", "signature line"),
        ("UPDATE checkpoint SET epoch = 9 WHERE size = 4", "checkpoint_altered", "not the log's origin"),
        ("UPDATE checkpoint SET size = 3 WHERE size = 4", "checkpoint_altered", "size or root"),
        ("DELETE FROM checkpoint", "log_rolled_back", ""),
    ],
)  # fmt: skip
def test_a_forged_row_is_named(archive: Archive, kept: StoredCapture, statement: str, kind: str, told: str) -> None:
    if kind == "log_rolled_back":  # the rows alone may go: what was signed is in the files, and still holds
        assert alter(archive, statement) == []
        return
    problems = alter(archive, statement)
    assert any(problem.kind.value == kind and told in problem.what for problem in problems), problems


def test_a_checkpoint_signed_by_another_key_is_named(archive: Archive, kept: StoredCapture) -> None:
    problems = alter(
        archive,
        "UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE size = 4) || '— x AAAAAAAA' || char(10) "
        "WHERE size = 5",
    )
    assert ProblemKind.CHECKPOINT_ALTERED in kinds(problems)


def test_an_entry_for_a_capture_that_never_was_is_named(archive: Archive, kept: StoredCapture) -> None:
    problems = put_entry(archive, 8, kind="capture", manifest="cd" * 32)
    assert any("no row belongs to it" in problem.what and problem.object == "cd" * 32 for problem in problems)
