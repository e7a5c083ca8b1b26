"""Packages made to break their reader: each ends in its time as a named check, within bounds."""

from __future__ import annotations

import gzip
import io
import json
import os
import struct
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest

from monitor.verify.checks import Status
from monitor.verify.target import verify_target
from monitor.verify.verdict import Verdict

from .conftest import Bench, Judge, assert_altered, checks, failed, ids
from .maker import edit_proof, make_export, sha, write_zip


def raw_zip(*entries: tuple[bytes, bytes], external: int = 0o644 << 16, flags: int = 0) -> bytes:
    """A ZIP laid out by hand: names and bytes as they are given."""
    body, directory = b"", b""
    for name, data in entries:
        numbers = (zlib.crc32(data), len(data), len(data), len(name), 0)
        head = struct.pack("<5H3L2H", 20, flags, 0, 0x6000, 0x5D76, *numbers)
        tail = struct.pack("<3H2L", 0, 0, 0, external, len(body))
        directory += b"PK\x01\x02\x14\x03" + head + tail + name
        body += b"PK\x03\x04" + head + name + data
    count = len(entries)
    return body + directory + b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, count, count, len(directory), len(body), 0)


def test_the_hand_made_zip_is_like_the_other(bench: Bench, judge: Judge) -> None:
    entries = [(name.encode(), data) for name, data in bench.files.items()]
    assert judge(raw_zip(*entries)).verdict is Verdict.INTACT


BAD_NAMES = [
    b"../evil", b"a/../../evil", b"/etc/passwd", b"C:/evil", b"a\\b", b"a//b", b"./a", b"", b"a\x00b", b"a\nb",
    "a\u202eb".encode(), b"x" * 600,
]  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_leads_elsewhere_is_refused(bench: Bench, judge: Judge, name: bytes) -> None:
    entries = [(key.encode(), data) for key, data in bench.files.items()]
    assert_altered(judge(raw_zip(*entries, (name, b"x"))), "file_names")


@pytest.mark.parametrize("name", ["cardwatch/entry.json", "cardwatch/Entry.json", "CARDWATCH/entry.json"])
def test_a_name_that_stands_twice_is_found(bench: Bench, judge: Judge, name: str) -> None:
    entries = [(key.encode(), data) for key, data in bench.files.items()]
    for twice in ([*entries, (name.encode(), b"{}")], [(name.encode(), b"{}"), *entries]):
        assert_altered(judge(raw_zip(*twice)), "file_names")


def test_a_link_in_a_zip_is_refused(bench: Bench, judge: Judge) -> None:
    entries = [(key.encode(), data) for key, data in bench.files.items()]
    assert_altered(judge(raw_zip(*entries, external=0o120777 << 16)), "file_names")


def test_an_encrypted_entry_is_named(bench: Bench, judge: Judge) -> None:
    entries = [(key.encode(), data) for key, data in bench.files.items()]
    assert_altered(judge(raw_zip(*entries, flags=1)), "zip_structure")


@pytest.mark.parametrize("junk", [b"x", b"PK\x03\x04", bytes(1000)])
def test_bytes_outside_of_the_entries_are_found(bench: Bench, judge: Judge, junk: bytes) -> None:
    package = write_zip(bench.files)
    directory = package.index(b"PK\x01\x02")
    end = package.rindex(b"PK\x05\x06")
    for altered in (
        junk + package,
        package + junk,
        package[:directory] + junk + package[directory:],
        package[:end] + junk + package[end:],
    ):
        assert_altered(judge(altered), "zip_structure")


def test_a_comment_is_found(bench: Bench, judge: Judge) -> None:
    package = write_zip(bench.files)
    assert_altered(judge(package[:-2] + struct.pack("<H", 5) + b"hello"), "zip_structure")


def test_entries_that_share_bytes_are_found(bench: Bench, judge: Judge) -> None:
    package = bytearray(write_zip(bench.files))
    first = package.index(b"PK\x01\x02")
    second = package.index(b"PK\x01\x02", first + 4)
    package[second + 42 : second + 46] = package[first + 42 : first + 46]
    assert_altered(judge(bytes(package)), "zip_structure")


def test_a_file_cut_off_anywhere_is_named_as_cut_off(bench: Bench, judge: Judge) -> None:
    package = write_zip(bench.files)
    for length in [5, 29, 31, 60, *range(100, len(package), 1009), len(package) - 23, len(package) - 1]:
        report = judge(package[:length])
        assert report.verdict is Verdict.INCOMPLETE, length
        assert "zip_structure" in ids(report, Status.ABSENT)


@pytest.mark.parametrize("data", [b"PK\x05\x06", b"PK\x03\x04" + bytes(40), b"\x1f\x8b"])
def test_what_was_a_package_once_is_named(judge: Judge, data: bytes) -> None:
    report = judge(data)
    assert report.verdict in (Verdict.ALTERED, Verdict.INCOMPLETE)
    assert ids(report, Status.FAILED) | ids(report, Status.ABSENT)


@pytest.mark.parametrize("data", [b"", b"P", b"hello", bytes(5000), b"<!doctype html>" * 9, b"%PDF-1.7 PK\x05\x06"])
def test_what_is_no_package_is_not_called_altered(judge: Judge, data: bytes) -> None:
    report = judge(data)
    assert report.verdict is Verdict.CANNOT_SAY
    assert ids(report, Status.CANNOT_SAY) == {"nothing_proven"}


def deflated(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in entries.items():
            package.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def test_a_bomb_is_not_unpacked(judge: Judge) -> None:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("datapackage.json", bytes(100 << 20))
    tracemalloc.start()
    report = judge(package.getvalue())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert_altered(report, "zip_bounds")
    assert peak < 40 << 20


def test_a_size_that_lies_ends_the_unpacking(judge: Judge) -> None:
    data = bytearray(deflated(datapackage=bytes(1 << 20)))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.index(mark) + at
        data[place : place + 4] = struct.pack("<L", 1000)
    data = bytearray(bytes(data).replace(b"datapackage", b"a.wacz/////"))
    assert judge(bytes(data)).verdict is Verdict.ALTERED


def test_packages_in_packages_end_somewhere(judge: Judge) -> None:
    inner = raw_zip((b"readme.txt", b"x"))
    for _ in range(8):
        inner = raw_zip((b"inner.zip", inner))
    report = judge(inner)
    assert_altered(report, "zip_bounds")


def test_a_directory_beyond_measure_is_not_read(judge: Judge) -> None:
    end = b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 0xFFFE, 0xFFFE, 46 * 0xFFFE, 0, 0)
    assert_altered(judge(b"PK\x01\x02" + bytes(46 * 0xFFFE - 4) + end), "zip_bounds")


def test_a_gzip_bomb_in_a_record_uses_no_memory(bench: Bench, judge: Judge) -> None:
    head = b"WARC/1.1\r\nWARC-Type: resource\r\nContent-Type: text/plain\r\nContent-Length: 67108864\r\n\r\n"
    member = gzip.compress(head + bytes(64 << 20) + b"\r\n\r\n", 9)
    tracemalloc.start()
    report = judge(member, name="bomb.warc.gz")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert report.verdict is Verdict.CANNOT_SAY
    assert peak < 40 << 20


def test_many_bombs_in_one_warc_are_given_up(monkeypatch: pytest.MonkeyPatch, judge: Judge) -> None:
    monkeypatch.setattr("monitor.verify.records.MOST_UNPACKED", 32 << 20)
    head = b"WARC/1.1\r\nWARC-Type: resource\r\nContent-Type: text/plain\r\nContent-Length: 16777216\r\n\r\n"
    member = gzip.compress(head + bytes(16 << 20) + b"\r\n\r\n", 9)
    assert_altered(judge(member * 4, name="bombs.warc.gz"), "zip_bounds")


@pytest.mark.parametrize(
    "text",
    [
        b"[" * 60_000,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b'{"format": "cardwatch-proof-1", "format": "cardwatch-proof-1"}',
        b'{"format": NaN}',
        b'{"format": 1e999}',
        b'{"x": ' + b"9" * 10_000 + b"}",
        b"\xff\xfe",
        b"null",
        b"",
    ],
)
@pytest.mark.parametrize("name", ["cardwatch/proof.json", "cardwatch/entry.json", "datapackage.json"])
def test_json_that_is_made_to_hurt_is_refused(bench: Bench, judge: Judge, name: str, text: bytes) -> None:
    files = {**bench.files, name: text}
    report = judge(files if name == "datapackage.json" else bench.listed(files))
    assert_altered(
        report, {"cardwatch/proof.json": "proof_format", "cardwatch/entry.json": "entry"}.get(name, "package_digests")
    )


def test_a_proof_file_of_many_megabytes_is_not_read(bench: Bench, judge: Judge) -> None:
    files = {**bench.files, "cardwatch/proof.json": b" " * (17 << 20)}
    assert_altered(judge(bench.listed(files)), "zip_bounds")


@pytest.mark.parametrize("unpacked", [b"[" * 50_000, b"{}", b'{"format":"cardwatch-manifest-1"}', b"\x00" * 1000])
def test_a_manifest_that_is_none_is_refused(bench: Bench, judge: Judge, unpacked: bytes) -> None:
    manifest = gzip.compress(unpacked, mtime=0)
    log = bench.log.copy()
    made = bench.captures[3]
    index = log.append("capture", made.ended, manifest=sha(manifest))
    files = {**make_export(made, log, index, log.checkpoint(), []), "cardwatch/manifest.json.gz": manifest}
    edit_proof(files, manifest={"path": "cardwatch/manifest.json.gz", "sha256": sha(manifest)})
    assert_altered(judge(bench.listed(files)), "manifest_format")


def test_a_manifest_with_bytes_behind_it_is_refused(bench: Bench, judge: Judge) -> None:
    made = bench.captures[3]
    files = {**bench.files, "cardwatch/manifest.json.gz": made.manifest + gzip.compress(b"more")}
    assert "manifest_format" in failed(judge(bench.listed(files)))


def test_a_path_of_the_proof_that_leads_elsewhere_is_only_a_name(bench: Bench, judge: Judge, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    files = dict(bench.files)
    told = json.loads(files["cardwatch/proof.json"])
    told["entry"]["path"] = "../secret"
    edit_proof(files, **told)
    report = judge(bench.listed(files))
    assert_altered(report, "proof_format")
    assert "entry" in ids(report, Status.ABSENT)


def test_a_folder_of_too_many_files_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, bench: Bench) -> None:
    monkeypatch.setattr("monitor.verify.package.MOST_ENTRIES", 3)
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(5):
        (folder / str(number)).write_bytes(b"")
    assert "zip_bounds" in failed(verify_target(folder, bench.options))


def test_a_pipe_is_not_waited_for(bench: Bench, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wacz")
    assert "file_names" in failed(verify_target(tmp_path / "pipe.wacz", bench.options))


def test_a_bomb_of_certificates_is_refused_before_each_is_held_against_each(bench: Bench, judge: Judge) -> None:
    chain = "cardwatch/token-test.chain.pem"
    report = judge(bench.signed({**bench.files, chain: bench.files[chain] * 100}))
    assert_altered(report, "token_trust")
    assert any("more than 20 certificates" in check.detail.en for check in checks(report))
