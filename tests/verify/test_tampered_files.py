"""Files added, removed, renamed, exchanged: found and named, whoever lists them anew."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from monitor.verify.checks import Status
from monitor.verify.target import verify_target
from monitor.verify.verdict import Verdict

from .conftest import Bench, Judge, assert_altered, failed, ids
from .maker import Files, write_zip

PROVEN = [
    ("archive/capture.warc.gz", "warc_digest"),
    ("archive/resolved.warc.gz", "resolved_digest"),
    ("indexes/index.cdx", "replay_index"),
    ("pages/pages.jsonl", "replay_pages"),
    ("cardwatch/manifest.json.gz", "manifest_digest"),
    ("cardwatch/entry.json", "entry"),
    ("cardwatch/custody.tlog-proof", "inclusion"),
    ("cardwatch/checkpoint", "checkpoint_signature"),
    ("cardwatch/key-0.json", "key_history"),
    ("cardwatch/key-0.tlog-proof", "key_history"),
    ("cardwatch/token-test.tsr", "token_imprint"),
    ("cardwatch/token-test.chain.pem", "token_trust"),
]


def without(files: Files, name: str) -> Files:
    return {other: data for other, data in files.items() if other != name}


def test_an_added_file_is_named(bench: Bench, judge: Judge) -> None:
    report = judge({**bench.files, "cardwatch/extra.txt": b"more"})
    assert_altered(report, "package_digests")
    assert "cardwatch/extra.txt" in [check.about for check in report.subjects[0].checks if check.status == "failed"]


@pytest.mark.parametrize("name", sorted(dict(PROVEN) | {"datapackage.json": "", "datapackage-digest.json": ""}))
def test_a_removed_file_makes_the_export_incomplete(bench: Bench, judge: Judge, name: str) -> None:
    report = judge(without(bench.files, name))
    if name == "datapackage.json":  # its signed digest is there, and is of other bytes
        assert_altered(report, "package_digests")
        return
    assert report.verdict is Verdict.INCOMPLETE
    assert ids(report, Status.ABSENT) & {"package_digests", "package_signature"}


@pytest.mark.parametrize(("name", "check"), PROVEN)
def test_a_removed_file_is_missed_by_the_proof_even_if_the_list_is_made_anew(
    bench: Bench, judge: Judge, name: str, check: str
) -> None:
    report = judge(bench.listed(without(bench.files, name)))
    assert report.verdict is Verdict.INCOMPLETE
    assert check in ids(report, Status.ABSENT)


def test_without_a_proof_nothing_is_said_of_it(bench: Bench, judge: Judge) -> None:
    bare = {name: data for name, data in bench.files.items() if not name.startswith("cardwatch/")}
    report = judge(bench.listed(bare))
    assert report.verdict is Verdict.CANNOT_SAY
    assert "nothing_proven" in ids(report, Status.CANNOT_SAY)
    assert judge(without(bench.files, "cardwatch/proof.json")).verdict is Verdict.INCOMPLETE


@pytest.mark.parametrize("name", ["archive/capture.warc.gz", "cardwatch/entry.json", "cardwatch/token-test.tsr"])
def test_a_renamed_file_is_found(bench: Bench, judge: Judge, name: str) -> None:
    renamed = {(f"{key}x" if key == name else key): data for key, data in bench.files.items()}
    assert_altered(judge(renamed), "package_digests")
    assert_altered(judge(bench.listed(renamed)), "other_files")


SWAPPED = {
    "archive/capture.warc.gz": "warc_digest",
    "cardwatch/manifest.json.gz": "manifest_digest",
    "cardwatch/entry.json": "inclusion",
    "cardwatch/custody.tlog-proof": "inclusion",
    "cardwatch/proof.json": "inclusion",
    "indexes/index.cdx": "replay_index",
    "pages/pages.jsonl": "replay_pages",
}


@pytest.mark.parametrize("name", SWAPPED)
def test_a_file_of_another_export_in_its_place_is_found(bench: Bench, judge: Judge, name: str) -> None:
    other = bench.export(1)
    assert_altered(judge({**bench.files, name: other[name]}), "package_digests")
    assert_altered(judge(bench.listed({**bench.files, name: other[name]})), SWAPPED[name])


def test_two_files_that_change_places_are_found(bench: Bench, judge: Judge) -> None:
    files = dict(bench.files)
    one, two = "archive/capture.warc.gz", "archive/resolved.warc.gz"
    files[one], files[two] = files[two], files[one]
    assert_altered(judge(files), "package_digests")
    assert_altered(judge(bench.listed(files)), "warc_digest")


def test_a_whole_other_capture_under_this_name_is_found(bench: Bench, judge: Judge) -> None:
    other = bench.export(1)
    assert judge(other).verdict is Verdict.INTACT
    assert_altered(judge(other, name=f"{bench.captures[3].id}.wacz"), "statement")
    assert judge(other, name=f"{bench.captures[1].id}.wacz").verdict is Verdict.INTACT


def test_the_order_of_the_files_is_no_evidence_but_the_directory_s_order_must_be_theirs(
    bench: Bench, judge: Judge
) -> None:
    turned = dict(reversed(bench.files.items()))
    assert judge(turned).verdict is Verdict.INTACT


def test_an_unpacked_folder_verifies_and_names_what_was_strewn_into_it(bench: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    for name, data in bench.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (folder / ".DS_Store").write_bytes(b"x")
    report = verify_target(folder, bench.options)
    assert report.verdict is Verdict.INTACT
    assert any(".DS_Store" in check.detail.en for check in report.subjects[0].checks)
    (folder / "cardwatch" / "note.txt").write_bytes(b"x")
    assert "package_digests" in failed(verify_target(folder, bench.options))


def test_a_link_in_a_folder_is_not_followed(bench: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    for name, data in bench.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    target = tmp_path / "elsewhere"
    target.write_bytes(bench.files["cardwatch/entry.json"])
    (folder / "cardwatch/entry.json").unlink()
    (folder / "cardwatch/entry.json").symlink_to(target)
    assert "file_names" in failed(verify_target(folder, bench.options))


def test_a_zip_made_again_by_another_program_still_verifies(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "mail.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in bench.files.items():
            package.writestr(f"export/{name}", data)
    report = verify_target(path, bench.options)
    assert report.verdict is Verdict.INTACT
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert verify_target(path, bench.options).verdict is Verdict.ALTERED


def test_a_pack_tells_of_each_export_in_it_and_the_gravest_answer_counts(bench: Bench, judge: Judge) -> None:
    good, other = write_zip(bench.files), bench.export(1)
    other["cardwatch/entry.json"] += b" "
    report = judge({"a.wacz": good, "b.wacz": write_zip(other), "letter.txt": b"dear sir"})
    verdicts = {subject.name: subject.verdict for subject in report.subjects if subject.kind == "capture"}
    assert verdicts == {"export.wacz/a.wacz": Verdict.INTACT, "export.wacz/b.wacz": Verdict.ALTERED}
    assert report.verdict is Verdict.ALTERED
    (container,) = [subject for subject in report.subjects if subject.kind == "container"]
    assert any("letter.txt" in check.detail.en for check in container.checks)


def test_two_histories_of_one_log_in_a_pack_are_found(bench: Bench, judge: Judge) -> None:
    forked = bench.log.copy()
    forked.entries[5] = forked.entries[6]
    report = judge({"a.wacz": write_zip(bench.files), "b.wacz": write_zip(bench.export(3, log=forked))})
    assert_altered(report, "consistency")


def test_a_bare_warc_can_only_be_held_against_itself(bench: Bench, judge: Judge) -> None:
    warc = bench.files["archive/capture.warc.gz"]
    report = judge(warc, name="capture.warc.gz")
    assert report.verdict is Verdict.CANNOT_SAY
    assert "warc_records" in ids(report, Status.PASSED)
    assert_altered(judge(warc[:60] + bytes([warc[60] ^ 1]) + warc[61:], name="capture.warc.gz"), "warc_records")
    assert judge(warc[:-20], name="capture.warc.gz").verdict is Verdict.INCOMPLETE
