"""The log in the database: its entries, and proofs that an implementation which is not ours accepts."""

from __future__ import annotations

import json
import random
import warnings
from datetime import datetime

import pytest
from bytes.samples import list_page, shop_page
from pymerkle import ConsistencyProof, InmemoryTree, verify_consistency, verify_inclusion
from sqlalchemy import text

from storage.archive import Archive
from storage.captures import get_capture
from storage.check import check_archive
from storage.custody import (
    append_entry,
    key_entries,
    list_entries,
    log_size,
    newest_key,
    prove_entry,
    prove_growth,
    read_entry,
    root_at,
)
from storage.errors import ArchiveError, NotInArchive
from storage.merkle import hash_leaf
from storage.merkle import verify_consistency as verify_our_consistency
from storage.merkle import verify_inclusion as verify_our_inclusion
from storage.model import EntryKind
from storage.notes import VerifierKey

from .conftest import START, append


def pymerkle_tree(archive: Archive, size: int) -> InmemoryTree:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = InmemoryTree(algorithm="sha256")
    with archive.database.reading() as session:
        for entry in list_entries(session, 0, size):
            tree.append_entry(entry.data)
    return tree


def in_rfc_order(proof: ConsistencyProof, old: int) -> list[bytes]:
    """Give a proof of pymerkle's as RFC 6962 lays it out.

    Theirs takes the subtree right of the older tree apart, down to its first leaf; the RFC gives it as one hash, and
    leaves the older root out where it is a node itself.
    """
    split = proof.subset.index(1)
    if split == 0:
        return []  # the same size twice
    right = proof.path[0]
    for sibling in proof.path[1:split]:
        right = proof.hasher.hash_pair(right, sibling)
    edge = [] if old & (old - 1) == 0 else [proof.path[split]]
    return [*edge, right, *proof.path[split + 1 :]]


def test_a_capture_and_its_leaf_are_one(archive: Archive) -> None:
    capture = list_page(scale=0.01)
    stored = archive.keep_capture(capture, shop_page(archive))
    with archive.database.reading() as session:
        assert get_capture(session, stored.id).log_index == stored.log_index == 1
        entry = read_entry(session, 1)
    assert (entry.kind, entry.at, entry.fields["manifest"]) == (EntryKind.CAPTURE, capture.ended_at, stored.manifest)
    assert entry.data == json.dumps(entry.fields, sort_keys=True, separators=(",", ":")).encode()


def test_a_capture_that_fails_leaves_no_leaf(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    page = shop_page(archive)

    def stumble(*_words: object) -> None:
        raise OSError("power cut")

    monkeypatch.setattr("storage.archive.insert_payloads", stumble)
    with pytest.raises(OSError, match="power cut"):
        archive.keep_capture(list_page(scale=0.01), page)
    with archive.database.reading() as session:
        assert log_size(session) == 0


def test_the_first_append_makes_the_log_with_its_key(archive: Archive) -> None:
    append(archive)
    with archive.database.reading() as session:
        first, key = read_entry(session, 0), newest_key(session)
        assert [entry.index for entry in key_entries(session, 2)] == [0]
    log = first.fields["log"]
    assert first.kind is EntryKind.LOG and isinstance(log, str) and len(log) == 16
    assert VerifierKey.parse(str(first.fields["key"])) == key.key
    assert key.key.name == f"cardwatch/{log}/1"
    assert archive.keys.has(key.key.public)


def test_proofs_of_all_sizes_up_to_70_hold_for_pymerkle(archive: Archive) -> None:
    append(archive, 69)
    with archive.database.reading() as session:
        entries = [entry.data for entry in list_entries(session, 0, 70)]
        theirs = pymerkle_tree(archive, 70)
        for size in range(1, 71):
            root = root_at(session, size)
            assert theirs.get_root(size) == root
            for index in range(size):
                proof = theirs.prove_inclusion(index + 1, size)
                proof.path = [hash_leaf(entries[index]), *prove_entry(session, index, size)]
                verify_inclusion(hash_leaf(entries[index]), root, proof, index=index + 1, size=size)
            for old in range(1, size + 1):
                growth = theirs.prove_consistency(old, size)
                verify_consistency(root_at(session, old), root, growth, prior_size=old, later_size=size)
                assert list(prove_growth(session, old, size)) == in_rfc_order(growth, old)


def test_proofs_across_stored_levels_hold_for_pymerkle(archive: Archive) -> None:
    append(archive, 1100)
    chance = random.Random(11)
    theirs = pymerkle_tree(archive, 1101)
    with archive.database.reading() as session:
        stored = session.connection().execute(text("SELECT level, place FROM log_node ORDER BY place")).all()
        assert [tuple(row) for row in stored] == [(8, 0), (8, 1), (8, 2), (8, 3)]
        assert theirs.get_root(1101) == root_at(session, 1101)
        for _ in range(150):
            old, size = sorted(chance.sample(range(1, 1102), 2))
            index = chance.randrange(size)
            entry = read_entry(session, index)
            proof = prove_entry(session, index, size)
            assert list(proof) == theirs.prove_inclusion(index + 1, size).path[1:]
            assert verify_our_inclusion(hash_leaf(entry.data), index, size, proof, root_at(session, size))
            growth = prove_growth(session, old, size)
            assert verify_our_consistency(old, size, root_at(session, old), root_at(session, size), growth)
    assert check_archive(archive).problems == []


def test_what_is_not_there_is_said_so(archive: Archive) -> None:
    append(archive, 2)
    with archive.database.reading() as session:
        for index in (-1, 3, 10**9):
            with pytest.raises(NotInArchive, match="no entry"):
                read_entry(session, index)
        with pytest.raises(NotInArchive, match="has 3 entries, not 4"):
            prove_entry(session, 0, 4)


def test_an_entry_that_no_bundle_could_hold_is_refused_before_it_is_written(archive: Archive) -> None:
    append(archive)
    with archive.database.writing() as session, pytest.raises(ArchiveError, match="65535 are the most"):
        append_entry(session, EntryKind.TOMBSTONE, START, {"reason": "x" * 65_500}, archive.keys)
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - what is to be refused
    with archive.database.writing() as session, pytest.raises(ValueError, match="aware moment"):
        append_entry(session, EntryKind.TOMBSTONE, naive, {}, archive.keys)
    with archive.database.reading() as session:
        assert log_size(session) == 2
