"""One byte flipped, in every class of place: always found, and named by the check that owns the place."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest

from monitor.verify.checks import Unreadable
from monitor.verify.zip_listing import list_zip

from .conftest import Bench, Judge, assert_altered, failed
from .maker import Files, write_zip

STRIDE = 37

CONTENT = [
    "archive/capture.warc.gz",
    "archive/resolved.warc.gz",
    "indexes/index.cdx",
    "pages/pages.jsonl",
    "cardwatch/manifest.json.gz",
    "cardwatch/entry.json",
    "cardwatch/custody.tlog-proof",
    "cardwatch/checkpoint",
    "cardwatch/README.txt",
    "cardwatch/files.note",
    "cardwatch/key-0.json",
    "cardwatch/key-0.tlog-proof",
    "cardwatch/token-test.tsr",
    "cardwatch/token-test.chain.pem",
    "cardwatch/proof.json",
    "datapackage.json",
    "datapackage-digest.json",
]

OWNERS = {  # with the list of files made anew, the proof itself must tell
    "archive/capture.warc.gz": ("warc_digest",),
    "archive/resolved.warc.gz": ("resolved_digest",),
    "cardwatch/manifest.json.gz": ("manifest_digest",),
    "cardwatch/entry.json": ("entry", "inclusion"),
    "cardwatch/custody.tlog-proof": ("inclusion",),
    "cardwatch/checkpoint": ("checkpoint_signature",),
    "cardwatch/key-0.json": ("key_history",),
    "cardwatch/key-0.tlog-proof": ("key_history",),
    "cardwatch/token-test.tsr": ("token_imprint", "token_signature"),
    "cardwatch/token-test.chain.pem": ("token_trust",),
    "cardwatch/README.txt": ("package_note",),
    "cardwatch/files.note": ("package_note",),
}


def flip(data: bytes, place: int, bit: int = 1) -> bytes:
    return data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :]


def structure(package: bytes, files: Files) -> Iterator[int]:
    """Every place of a ZIP that is no file's content."""
    covered: set[int] = set()
    for entry in list_zip(io.BytesIO(package), len(package)).entries:
        covered.update(range(entry.start, entry.start + entry.size))
    assert len(covered) == sum(len(data) for data in files.values())
    yield from (place for place in range(len(package)) if place not in covered)


@pytest.mark.parametrize("bit", [0x01, 0x80])
def test_every_byte_of_the_zip_s_own_structure_is_watched(bench: Bench, bit: int) -> None:
    package = write_zip(bench.files)
    unseen = []
    for place in structure(package, bench.files):
        altered = flip(package, place, bit)
        try:
            listing = list_zip(io.BytesIO(altered), len(altered))
        except Unreadable:
            continue
        # A CRC that is altered in both headers would show when the content is read; in one of them it shows here.
        if not listing.troubles:
            unseen.append(place)
    assert unseen == []


def test_the_fixture_has_a_file_of_every_class(bench: Bench) -> None:
    assert sorted(bench.files) == sorted(CONTENT)


@pytest.mark.parametrize("name", CONTENT)
@pytest.mark.parametrize("where", ["first", "middle", "last"])
def test_a_flipped_byte_of_any_file_is_found_and_the_file_named(
    bench: Bench, judge: Judge, name: str, where: str
) -> None:
    data = bench.files[name]
    place = {"first": 0, "middle": len(data) // 2, "last": len(data) - 1}[where]
    report = judge({**bench.files, name: flip(data, place)})
    assert_altered(report, "package_digests", "package_signature")
    told = [check.about for subject in report.subjects for check in subject.checks if check.status == "failed"]
    assert any(about in (name, "datapackage.json", "datapackage-digest.json") for about in told)


@pytest.mark.parametrize("name", CONTENT)
def test_a_byte_flipped_within_the_zip_itself_is_found(bench: Bench, judge: Judge, name: str) -> None:
    package = write_zip(bench.files)
    entry = next(item for item in list_zip(io.BytesIO(package), len(package)).entries if item.name == name)
    report = judge(flip(package, entry.start + entry.size // 2))
    assert_altered(report, "package_digests", "package_signature")
    assert "zip_structure" in failed(report)  # the CRC-32


@pytest.mark.parametrize("name", OWNERS)
def test_the_proof_finds_it_even_when_the_package_is_listed_and_signed_anew(
    bench: Bench, judge: Judge, name: str
) -> None:
    data = bench.files[name]
    stride = STRIDE if len(data) < 2500 else 211
    for place in [*range(0, len(data), stride), len(data) - 1]:
        report = judge(bench.listed({**bench.files, name: flip(data, place)}))
        assert_altered(report, *OWNERS[name])


INDEX_LIES = {
    "offset": lambda line: line["offset"] + "1",
    "digest": lambda line: "sha256:" + "0" * 64,
    "url": lambda line: line["url"] + "x",
    "status": lambda line: "404",
    "filename": lambda line: "other.warc.gz",
}


@pytest.mark.parametrize("field", INDEX_LIES)
def test_an_index_that_leads_elsewhere_is_found(bench: Bench, judge: Judge, field: str) -> None:
    lines = bench.files["indexes/index.cdx"].decode().splitlines()
    head, brace, rest = lines[0].partition("{")
    told = json.loads(brace + rest)
    told[field] = INDEX_LIES[field](told)
    lines[0] = head + json.dumps(told)
    report = judge(bench.listed({**bench.files, "indexes/index.cdx": "\n".join(lines).encode() + b"\n"}))
    assert_altered(report, "replay_index")


@pytest.mark.parametrize("change", ["key", "stamp", "line left out", "line twice"])
def test_an_index_with_another_key_time_or_number_of_lines_is_found(bench: Bench, judge: Judge, change: str) -> None:
    lines = bench.files["indexes/index.cdx"].decode().splitlines()
    if change == "key":
        lines[0] = lines[0].replace("test,shop)/a.png", "test,shop)/b.png", 1)
    elif change == "stamp":
        key, at, rest = lines[0].split(" ", 2)
        lines[0] = f"{key} {int(at) - 1} {rest}"
    elif change == "line left out":
        lines.pop()
    else:
        lines.append(lines[-1])
    report = judge(bench.listed({**bench.files, "indexes/index.cdx": "\n".join(lines).encode() + b"\n"}))
    assert_altered(report, "replay_index")


@pytest.mark.parametrize("field", ["url", "ts", "id", "title", "text"])
def test_a_list_of_pages_that_tells_something_else_is_found(bench: Bench, judge: Judge, field: str) -> None:
    header, page = bench.files["pages/pages.jsonl"].splitlines()
    told = {**json.loads(page), field: "2020-01-01T00:00:00.000000Z"}
    pages = header + b"\n" + json.dumps(told).encode() + b"\n"
    report = judge(bench.listed({**bench.files, "pages/pages.jsonl": pages}))
    assert_altered(report, "replay_pages")


PROOF_LIES: dict[str, tuple[object, str]] = {
    "format": ("cardwatch-proof-2", "proof_format"),
    "checkpoint": ("cardwatch/entry.json", "checkpoint_signature"),
    "salts": ({"seed": "00" * 32}, "record_commitments"),
    "redactions": ([{"record": 2, "how": "withheld"}], "redactions"),
    "capture": ({"id": "c-1"}, "statement"),
    "resolved": (
        {"path": "archive/resolved.warc.gz", "sha256": "0" * 64, "bytes": 1},
        "resolved_digest",
    ),
    "manifest": ({"path": "cardwatch/manifest.json.gz", "sha256": "0" * 64}, "manifest_digest"),
    "warc": ({"path": "archive/capture.warc.gz", "sha256": "0" * 64, "bytes": 1, "redacted": False}, "warc_digest"),
    "entry": (
        {"path": "cardwatch/entry.json", "index": 3, "proof": "cardwatch/custody.tlog-proof"},
        "inclusion",
    ),
    "log": ({"origin": "cardwatch/ffffffffffffffff/1", "keys": []}, "checkpoint_signature"),
}


@pytest.mark.parametrize("field", PROOF_LIES)
def test_a_proof_file_that_says_something_else_is_found(bench: Bench, judge: Judge, field: str) -> None:
    value, name = PROOF_LIES[field]
    told = json.loads(bench.files["cardwatch/proof.json"])
    told[field] = {**told[field], **value} if field == "capture" and isinstance(value, dict) else value
    report = judge(bench.listed({**bench.files, "cardwatch/proof.json": json.dumps(told).encode()}))
    assert_altered(report, name)


@pytest.mark.parametrize("field", ["id", "url", "started_at", "ended_at", "title"])
def test_each_statement_of_the_proof_file_is_held_against_the_sealed_one(
    bench: Bench, judge: Judge, field: str
) -> None:
    told = json.loads(bench.files["cardwatch/proof.json"])
    told["capture"][field] = "2020-01-01T00:00:00.000000Z"
    report = judge(bench.listed({**bench.files, "cardwatch/proof.json": json.dumps(told).encode()}))
    assert_altered(report, "statement")


@pytest.mark.parametrize("field", ["software", "created", "version", "signature", "publicKey", "hash"])
def test_every_field_of_the_package_s_signature_is_watched(bench: Bench, judge: Judge, field: str) -> None:
    told = json.loads(bench.files["datapackage-digest.json"])
    told["signedData"][field] = told["signedData"][field][:-4] + "AAAA"
    data = json.dumps(told, indent=2).encode() + b"\n"
    assert_altered(judge({**bench.files, "datapackage-digest.json": data}), "package_signature")
