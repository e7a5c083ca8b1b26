"""Packs written after docs/evidence.md by another hand than the product's; and any damage ends as a report."""

from __future__ import annotations

import contextlib
import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.verify.checks import KINDS, Status
from monitor.verify.pack_file import read_pack
from monitor.verify.reading import Misshaped
from monitor.verify.target import verify_target
from monitor.verify.verdict import Report, Verdict

from .conftest import Bench, Judge, assert_altered, failed, ids
from .maker import NOW, Files, Log, sha, write_zip
from .pack_maker import NOTE, PROOF, Item, make_pack, sign
from .test_fuzzed_readers import apply, edits

FAST = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def sealed_items(log: Log) -> dict[str, Item]:
    original = Item("e-1", b"key ABCD-1234", b"1" * 32).seal(log)
    copy = Item("e-2", b"key ABCD-****", b"2" * 32, "text/plain", "k.txt", "卡密", original).seal(log)
    picture = Item("e-3", b"a picture", b"3" * 32, "image/jpeg").seal(log)
    return {"证据/3-1.txt": copy, "证据/4-1.jpg": picture}


@pytest.fixture(scope="module")
def book(bench: Bench) -> tuple[Log, Files]:
    log = bench.log.copy()
    items = sealed_items(log)
    checkpoint = log.checkpoint()
    return log, make_pack(log, checkpoint, items, {"信.txt": b"dear sir"}, [("test", *bench.stamp(checkpoint))])


def statuses(report: Report) -> dict[str, str]:
    (told,) = [subject.facts.pack for subject in report.subjects if subject.kind == "pack"]
    assert told is not None
    return {file.path: file.status.value for file in told.files}


def test_a_pack_by_the_book_is_intact(book: tuple[Log, Files], judge: Judge) -> None:
    report = judge(book[1], "包.zip")
    assert report.verdict is Verdict.INTACT, [(check.id, check.detail.en) for check in report.subjects[0].checks]
    assert statuses(report) == {"证据/3-1.txt": "redacted", "证据/4-1.jpg": "passed", "信.txt": "cannot_say"}


def test_a_pack_after_the_key_was_rotated_is_intact(bench: Bench, judge: Judge) -> None:
    log = bench.log.copy()
    items = sealed_items(log)
    log.rotate(NOW - timedelta(hours=1))
    checkpoint = log.checkpoint()
    files = make_pack(log, checkpoint, items, {}, [("test", *bench.stamp(checkpoint))])
    assert judge(files, "包.zip").verdict is Verdict.INTACT


def test_an_entry_of_another_kind_is_no_evidence(bench: Bench, judge: Judge) -> None:
    """A capture's entry under an item, an original that the log registered as a copy, a copy of nothing."""
    log = bench.log.copy()
    items = sealed_items(log)
    picture = items["证据/4-1.jpg"]
    checkpoint = log.checkpoint()
    picture.index = bench.indices[0]
    assert_altered(judge(make_pack(log, checkpoint, items, {}, []), "包.zip"), "entry")
    items = sealed_items(log)
    copy = items["证据/3-1.txt"]
    checkpoint, copy.original = log.checkpoint(), None
    assert_altered(judge(make_pack(log, checkpoint, items, {}, []), "包.zip"), "derivative")


def test_an_item_that_the_log_holds_elsewhere_is_not_proven(bench: Bench, judge: Judge) -> None:
    log = bench.log.copy()
    items = sealed_items(log)
    forked = log.copy()
    forked.entries[3] = forked.entries[4]
    report = judge(make_pack(forked, log.checkpoint(), items, {}, []), "包.zip")
    assert_altered(report, "inclusion")
    assert set(statuses(report).values()) <= {"failed", "cannot_say"}


def test_a_copy_that_the_log_does_not_know_is_found(book: tuple[Log, Files], judge: Judge) -> None:
    """Its holder lists and signs another text as the masked copy: the log's entry names the first."""
    log, files = book
    told = json.loads(files[PROOF])
    other = {**files, "证据/3-1.txt": b"key ABCD-9999"}
    for file in told["files"]:
        if file["path"] == "证据/3-1.txt":
            file["sha256"] = sha(other["证据/3-1.txt"])
    other[PROOF] = json.dumps(told).encode()
    report = judge({**other, NOTE: sign(log, other)}, "包.zip")
    assert failed(report) == {"derivative", "item_bytes"}


@FAST
@given(changes=edits(), name=st.sampled_from([PROOF, NOTE, "proof/e-2.manifest.json.gz", "proof/e-2.entry.json",
                                              "proof/e-2.tlog-proof", "proof/key-0.json", "证据/3-1.txt"]))  # fmt: skip
def test_any_damage_ends_as_a_report(
    bench: Bench, book: tuple[Log, Files], tmp_path: Path, changes: list[tuple[str, float, bytes]], name: str
) -> None:
    log, files = book
    altered = {**files, name: apply(files[name], changes)}
    for given_files in (altered, {**altered, NOTE: sign(log, altered)}):
        path = tmp_path / "x.zip"
        path.write_bytes(write_zip(given_files))
        report = verify_target(path, bench.options)
        assert all(check.id in KINDS for subject in report.subjects for check in subject.checks)
        if altered != files and name != NOTE and given_files is altered:
            assert report.verdict is Verdict.ALTERED
            assert name in {one.about for one in report.subjects[0].checks if one.status is Status.FAILED}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@FAST
@given(data=st.data(), value=JSON)
def test_any_other_value_in_it_is_read_or_refused(book: tuple[Log, Files], data: st.DataObject, value: object) -> None:
    told = json.loads(book[1][PROOF])
    place = told
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        inner = place[key]
        if isinstance(inner, dict | list) and inner and data.draw(st.booleans()):
            place = inner
            continue
        place[key] = value
        break
    with contextlib.suppress(Misshaped):
        read_pack(json.dumps(told).encode())


def test_thousands_of_files_of_one_item_are_checked_in_a_moment(bench: Bench, judge: Judge) -> None:
    log = bench.log.copy()
    item = sealed_items(log)["证据/4-1.jpg"]
    files = make_pack(log, log.checkpoint(), {f"{number}.jpg": item for number in range(2_000)}, {}, [])
    report = judge(files, "包.zip")
    assert ids(report, Status.FAILED) == set()
