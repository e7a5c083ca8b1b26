"""A whole archive folder, checked by its files alone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from bytes.conftest import open_at
from bytes.samples import START, digest, list_page, shop_page
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from monitor.verify.anchors import read_earlier
from monitor.verify.checks import Status
from monitor.verify.options import Options
from monitor.verify.target import verify_target
from monitor.verify.telling import meaning_of
from monitor.verify.verdict import Report, Verdict
from storage.captures import list_captures
from storage.checkpoints import rotate_key, seal_log
from storage.custody import append_entry
from storage.evidence import erase_evidence, keep_evidence
from storage.model import EntryKind
from storage.notes import VerifierKey, verifier_key
from storage.wacz import export_wacz

from .conftest import Bench, assert_altered, checks, failed, ids

WEEK = timedelta(days=7)
AT = START + timedelta(days=1)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory, bench: Bench) -> Path:
    """An archive with three captures that share payloads, evidence, two checkpoints, and a token on the first."""
    root = tmp_path_factory.mktemp("kept") / "archive"
    archive = open_at(root)
    page = shop_page(archive)
    archive.keep_capture(list_page(scale=0.01), page)
    for hours in (6, 12):
        at = START + timedelta(hours=hours)
        known = archive.known_views(page.id, at=at, max_age=WEEK)
        archive.keep_capture(list_page(at, known=known, scale=0.01), page)
    first = seal_log(archive, START + timedelta(hours=13))
    kept = keep_evidence(archive, b"order", name="order.txt", media_type="text/plain", note="", at=AT)
    keep_evidence(archive, b"chat", name="chat.txt", media_type="text/plain", note="", at=AT)
    erase_evidence(archive, kept.id, "asked for", AT)
    seal_log(archive, AT)
    archive.close()
    token, chain = bench.stamp(first.note)
    folder = root / "log" / "tokens"
    folder.mkdir(exist_ok=True)
    (folder / f"1-{first.size}.test.tsr").write_bytes(token)
    (folder / f"1-{first.size}.test.chain.pem").write_bytes(chain)
    return root


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Iterator[Path]:
    copy = tmp_path / "archive"
    shutil.copytree(original, copy)
    yield copy


Look = Callable[..., Report]


@pytest.fixture
def look(bench: Bench, folder: Path) -> Look:
    def check(**options: object) -> Report:
        return verify_target(folder, replace(bench.options, **options))

    return check


def objects(folder: Path) -> dict[str, Path]:
    """The largest WARC, and the manifest of the first capture, which entry 1 of the log names."""
    found = sorted((path for path in folder.glob("objects/*/*")), key=lambda path: path.stat().st_size)
    (bundle,) = folder.glob("log/tile/entries/000.p/*")
    named = re.findall(rb'"kind":"capture","manifest":"([0-9a-f]{64})"', bundle.read_bytes())[0].decode()
    return {"warc": found[-1], "manifest": folder / "objects" / named[:2] / named}


def change(path: Path, place: int = -1) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def test_a_whole_archive_is_intact_with_a_token_and_says_what_it_did_not_see(look: Look) -> None:
    report = look()
    assert report.verdict is Verdict.INTACT, [
        (c.id, c.about, c.detail.en) for c in checks(report) if c.status != "passed"
    ]
    assert {"unsealed_tail", "erased_items", "unnamed_objects", "token_time"} <= ids(report, Status.CANNOT_SAY)
    assert {"log_root", "log_tiles", "stored_objects", "capture_chain", "payloads", "consistency"} <= ids(
        report, Status.PASSED
    )


def test_without_an_anchor_nobody_can_say(look: Look) -> None:
    assert look(roots=()).verdict is Verdict.CANNOT_SAY


def test_a_pinned_key_and_an_earlier_checkpoint_anchor_it(look: Look, folder: Path) -> None:
    names = sorted((folder / "log/checkpoints").iterdir(), key=lambda path: int(path.name.split("-")[1]))
    kept = read_earlier("kept", names[0].read_bytes())
    report = look(roots=(), earlier=(kept,))
    assert report.verdict is Verdict.INTACT
    key = report.subjects[0].facts.key
    assert look(roots=(), pinned=(VerifierKey.parse(key),)).verdict is Verdict.INTACT
    other = verifier_key("cardwatch/0011223344556677/1", Ed25519PrivateKey.generate())
    assert_altered(look(pinned=(other,)), "pinned_key")


@pytest.mark.parametrize("kind", ["warc", "manifest"])
def test_an_altered_or_missing_object_is_named(look: Look, folder: Path, kind: str) -> None:
    path = objects(folder)[kind]
    change(path, path.stat().st_size // 2)
    report = look()
    assert_altered(report, "stored_objects")
    assert path.name in [check.about for check in checks(report) if check.status == "failed"]
    path.unlink()
    assert look().verdict is Verdict.INCOMPLETE
    assert path.name in [check.about for check in checks(look()) if check.status == "absent"]


def test_an_object_under_another_name_is_found(look: Look, folder: Path) -> None:
    one, two = objects(folder)["warc"], objects(folder)["manifest"]
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    assert_altered(look(), "stored_objects")


def test_a_file_that_nothing_names_is_told_of(look: Look, folder: Path) -> None:
    (folder / "objects/notes.txt").write_bytes(b"x")
    report = look()
    assert report.verdict is Verdict.INTACT
    assert any("notes.txt" in check.about for check in checks(report))


LOG_FILES = [
    ("log/checkpoint", {"checkpoint_signature", "log_checkpoint"}),
    ("log/tile/entries/000.p/*", {"log_entries", "log_root"}),
    ("log/tile/0/000.p/*", {"log_tiles"}),
    ("log/checkpoints/1-4", {"consistency", "checkpoint_signature"}),
    ("log/tokens/1-4.test.tsr", {"token_imprint", "token_signature"}),
    ("log/tokens/1-4.test.chain.pem", {"token_trust"}),
]


@pytest.mark.parametrize(("pattern", "names"), LOG_FILES)
def test_every_file_of_the_log_is_watched(look: Look, folder: Path, pattern: str, names: set[str]) -> None:
    (path,) = folder.glob(pattern)
    whole = path.read_bytes()
    for place in {0, len(whole) // 3, len(whole) // 2, len(whole) - 1}:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert_altered(look(), *names)


@pytest.mark.parametrize(
    "pattern", ["log/checkpoint", "log/tile/entries/000.p/*", "log/tile/0/000.p/*", "log/checkpoints"]
)
def test_a_missing_part_of_the_log_makes_it_incomplete(look: Look, folder: Path, pattern: str) -> None:
    (path,) = folder.glob(pattern)
    path.rename(folder / "aside")
    assert look(roots=()).verdict is Verdict.INCOMPLETE


def test_an_older_checkpoint_put_in_place_of_the_newest_is_found(look: Look, folder: Path) -> None:
    shutil.copy(folder / "log/checkpoints/1-4", folder / "log/checkpoint")
    assert_altered(look(), "consistency")


def test_a_log_that_its_holder_wrote_anew_is_found_by_what_was_kept_of_before(
    look: Look, folder: Path, tmp_path: Path, bench: Bench
) -> None:
    """All made anew with other captures: old checkpoints and tokens that still lie there, or a person's copy, speak."""
    kept = read_earlier("kept", (folder / "log/checkpoints/1-4").read_bytes())
    pinned = VerifierKey.parse(look().subjects[0].facts.key)
    anew = tmp_path / "anew"
    archive = open_at(anew)
    page = shop_page(archive)
    for hours in (0, 1, 2, 3):
        archive.keep_capture(list_page(START + timedelta(hours=hours), scale=0.01), page)
    seal_log(archive, AT)
    archive.close()
    report = verify_target(anew, bench.options)
    assert report.verdict is Verdict.CANNOT_SAY
    assert_altered(verify_target(anew, replace(bench.options, earlier=(kept,))), "earlier_checkpoint")
    assert_altered(verify_target(anew, replace(bench.options, pinned=(pinned,))), "pinned_key")
    shutil.copytree(folder / "log/checkpoints", anew / "log/checkpoints", dirs_exist_ok=True)
    shutil.copytree(folder / "log/tokens", anew / "log/tokens", dirs_exist_ok=True)
    assert "consistency" in failed(verify_target(anew, bench.options))


def test_a_rotated_key_is_followed(tmp_path: Path, bench: Bench) -> None:
    archive = open_at(tmp_path / "archive")
    archive.keep_capture(list_page(scale=0.01), shop_page(archive))
    seal_log(archive, AT)
    rotate_key(archive, AT, "rotation")
    archive.keep_capture(list_page(AT, scale=0.01), shop_page(archive))
    seal_log(archive, AT + timedelta(hours=1))
    archive.close()
    report = verify_target(tmp_path / "archive", bench.options)
    assert report.verdict is Verdict.CANNOT_SAY, [(c.id, c.detail.en) for c in checks(report) if c.status != "passed"]
    assert failed(report) == set()


def test_a_log_of_many_tiles_gives_the_signed_root(tmp_path: Path) -> None:
    archive = open_at(tmp_path / "archive")
    with archive.database.writing() as session:
        for number in range(600):
            fields = {"manifest": digest(b"%d" % number)}
            append_entry(session, EntryKind.EVIDENCE, START + timedelta(seconds=number), fields, archive.keys)
    seal_log(archive, AT)
    archive.close()
    report = verify_target(tmp_path / "archive", Options(at=AT))
    assert {"log_root", "log_tiles", "log_entries"} <= ids(report, Status.PASSED)
    assert report.verdict is Verdict.INCOMPLETE  # the manifests of this log's items were never written


def test_a_real_export_of_the_archive_is_intact(original: Path, tmp_path: Path, bench: Bench) -> None:
    copy = tmp_path / "archive"
    shutil.copytree(original, copy)
    archive = open_at(copy)
    with archive.database.reading() as session:
        names = [capture.id for capture in list_captures(session, after="", limit=10)]
    for name in names:
        export_wacz(archive, name, tmp_path / f"{name}.wacz", at=AT)
    key = VerifierKey.parse(verify_target(copy, bench.options).subjects[0].facts.key)
    archive.close()
    for name in names:
        report = verify_target(tmp_path / f"{name}.wacz", replace(bench.options, pinned=(key,)))
        assert report.verdict is Verdict.INTACT, [
            (c.id, c.about, c.detail.en) for c in checks(report) if c.status != "passed"
        ]
        assert {"resolved_payloads", "resolved_heads", "replay_index", "replay_pages"} <= ids(report, Status.PASSED)


def test_a_token_is_said_to_cover_the_part_that_it_stands_over_and_no_more(look: Look) -> None:
    (subject,) = look().subjects
    assert subject.facts.proven_before is not None
    assert "盖有时间戳的部分在" in meaning_of(subject).zh and "the part that is stamped" in meaning_of(subject).en
