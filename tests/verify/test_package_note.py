"""The signed list of files: what nothing else proves cannot be changed, added, removed or exchanged either."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from monitor.verify.checks import Status
from monitor.verify.verdict import Verdict
from storage.errors import ArchiveDamaged
from storage.notes import VerifierKey
from storage.wacz_note import FileList, ListedFile, parse_files, sign_files

from .conftest import Bench, Judge, assert_altered, checks, ids
from .maker import Files
from .maker import sign_files as sign_list

README, ATTESTATION, NOTE = "cardwatch/README.txt", "cardwatch/attestation.html", "cardwatch/files.note"
VERIFIER = "cardwatch/verify.html"
EXPLAINING = (README, ATTESTATION, VERIFIER)


@pytest.fixture
def files(bench: Bench) -> Files:
    """An export with everything that only explains."""
    return bench.signed({**bench.files, ATTESTATION: "取证说明：是".encode(), VERIFIER: b"<p>verifier</p>"})


def test_an_export_with_a_signed_list_is_intact(judge: Judge, files: Files) -> None:
    report = judge(files)
    assert report.verdict is Verdict.INTACT
    assert "package_note" in ids(report, Status.PASSED)
    (said,) = [check for check in checks(report) if check.id == "other_files"]
    assert (said.about, said.status) == (VERIFIER, Status.CANNOT_SAY)  # a verifier vouches for all but itself


@pytest.mark.parametrize("name", EXPLAINING)
def test_a_changed_word_is_named_even_if_the_package_is_listed_and_signed_anew(
    bench: Bench, judge: Judge, files: Files, name: str
) -> None:
    changed = bench.listed({**files, name: files[name] + b"."})
    report = judge(changed)
    assert_altered(report, "package_note")
    assert name in [check.about for check in checks(report) if check.status is Status.FAILED]


@pytest.mark.parametrize("name", EXPLAINING)
def test_a_removed_file_is_missed(bench: Bench, judge: Judge, files: Files, name: str) -> None:
    report = judge(bench.listed({other: data for other, data in files.items() if other != name}))
    assert report.verdict is Verdict.INCOMPLETE
    assert name in [check.about for check in checks(report) if check.status is Status.ABSENT]


def test_an_added_attestation_is_found(bench: Bench, judge: Judge) -> None:
    report = judge(bench.listed({**bench.files, ATTESTATION: "取证说明：是".encode()}))
    assert_altered(report, "package_note")


def test_a_missing_list_makes_the_export_incomplete(bench: Bench, judge: Judge, files: Files) -> None:
    report = judge(bench.listed({name: data for name, data in files.items() if name != NOTE}))
    assert report.verdict is Verdict.INCOMPLETE
    assert "package_note" in ids(report, Status.ABSENT)


def test_a_list_of_another_export_of_the_same_log_is_found(bench: Bench, judge: Judge, files: Files) -> None:
    report = judge(bench.listed({**files, NOTE: bench.export(1)[NOTE]}))
    assert_altered(report, "package_note")
    assert NOTE in [check.about for check in checks(report) if check.id == "package_note"]
    # of the same capture, when its README said something else: its own files no longer fit
    other = bench.signed({**files, README: b"another README"})
    assert_altered(judge(bench.listed({**files, NOTE: other[NOTE]})), "package_note")


def test_a_list_that_another_key_signed_is_found(bench: Bench, judge: Judge, files: Files) -> None:
    forged = {**files, README: b"forged"}
    sign_list(forged, bench.log, Ed25519PrivateKey.generate())
    assert_altered(judge(bench.listed(forged)), "package_note")


def test_a_list_by_the_key_before_a_rotation_is_not_the_present_key_s(bench: Bench, judge: Judge) -> None:
    log = bench.log.copy()
    old = log.rotate(bench.options.at)
    files = dict(bench.export(3, log=log))
    assert judge(files).verdict is Verdict.INTACT
    sign_list(files, log, old)
    assert_altered(judge(bench.listed(files)), "package_note")


def test_the_key_s_own_holder_can_sign_another_list_which_the_check_says(bench: Bench, judge: Judge) -> None:
    report = judge(
        bench.signed({**bench.files, README: b"written later"}), pinned=(VerifierKey.parse(bench.log.verifier),)
    )
    assert report.verdict is Verdict.INTACT
    (said,) = [check.kind.proves for check in checks(report) if check.id == "package_note"]
    assert "not when" in said.en and "何时所签无从证明" in said.zh


def test_a_checkpoint_is_no_list_and_a_list_no_checkpoint(bench: Bench, judge: Judge, files: Files) -> None:
    assert_altered(judge(bench.listed({**files, NOTE: files["cardwatch/checkpoint"]})), "package_note")
    assert_altered(judge(bench.listed({**files, "cardwatch/checkpoint": files[NOTE]})), "checkpoint_signature")


BAD_LISTS = [
    lambda text: text.replace("cardwatch-files-1", "cardwatch-files-2"),
    lambda text: text.replace("\n\n", "\n\n\n"),
    lambda text: text + text.splitlines()[-1] + "\n",
    lambda text: "\n".join([*text.split("\n")[:3], *reversed(text.split("\n")[3:5]), *text.split("\n")[5:]]),
    lambda text: text.replace(" 3 a\n", " 03 a\n"),
    lambda text: text.replace(" 3 a\n", " 3  a\n"),
    lambda text: text.replace(" 4 b\n", " 4 a\n"),
    lambda text: "",
    lambda text: text.split("\n\n")[0],
]


@pytest.mark.parametrize("spoil", BAD_LISTS)
def test_a_list_that_is_written_in_another_way_is_not_read(spoil: object) -> None:
    key = Ed25519PrivateKey.generate()
    made = FileList("c-1", "0" * 64, (ListedFile("b", "2" * 64, 4), ListedFile("a", "1" * 64, 3)))
    data = sign_files(made, "cardwatch/00112233445566aa/1", key)
    assert parse_files(data)[0].files == tuple(reversed(made.files))
    with pytest.raises(ArchiveDamaged):
        parse_files(spoil(data.decode()).encode())  # type: ignore[operator]


def test_a_package_of_thousands_of_files_can_still_be_listed() -> None:
    files = tuple(ListedFile(f"cardwatch/token-{number:04}.tsr", "1" * 64, 5000) for number in range(4400))
    data = sign_files(FileList("c-1", "0" * 64, files), "cardwatch/00112233445566aa/1", Ed25519PrivateKey.generate())
    assert len(parse_files(data)[0].files) == 4400
