"""Whoever has no key can still list and sign a package anew; what a reader would then see is held to the seal."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable

import pytest

from storage.wacz_signature import sign_package

from .conftest import Bench, Judge, assert_altered
from .maker import URL, Files, edit_proof, index_fields, pretty, sha, warc_record

INVENTED = "<h1>¥1.00</h1>".encode()
Edit = Callable[[dict[str, object]], None]


def invented_record(bench: Bench) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(INVENTED)
    at, media = bench.captures[3].started, "application/http; msgtype=response"
    return gzip.compress(
        warc_record("response", URL, at, media, head, INVENTED, sha(INVENTED)) + INVENTED + b"\r\n\r\n"
    )


def invented_line(bench: Bench, name: str) -> bytes:
    made = bench.captures[3]
    fields = index_fields(URL, sha(INVENTED), 0, len(invented_record(bench)), name)
    return f"test,shop)/item {made.started:%Y%m%d%H%M%S} {fields}\n".encode()


def edit_pages(bench: Bench, line: int, **changed: object) -> Files:
    lines = bench.files["pages/pages.jsonl"].splitlines()
    lines[line] = json.dumps({**json.loads(lines[line]), **changed}).encode()
    return bench.listed({**bench.files, "pages/pages.jsonl": b"\n".join(lines) + b"\n"})


def edit_lines(bench: Bench, edit: Edit, key: str = "{}") -> Files:
    lines = []
    for line in bench.files["indexes/index.cdx"].decode().splitlines():
        start, brace, rest = line.partition("{")
        fields = json.loads(brace + rest)
        edit(fields)
        name, stamp = start.split()
        lines.append(f"{key.format(name)} {stamp} {json.dumps(fields)}\n")
    return bench.listed({**bench.files, "indexes/index.cdx": "".join(sorted(lines)).encode()})


def edit_resolved(bench: Bench, resolved: bytes) -> Files:
    files = dict(bench.files)
    files["archive/resolved.warc.gz"] = resolved
    edit_proof(files, resolved={"path": "archive/resolved.warc.gz", "sha256": sha(resolved), "bytes": len(resolved)})
    old = len(bench.files["archive/resolved.warc.gz"])
    index = files["indexes/index.cdx"].decode().splitlines(keepends=True)
    index = [
        line.replace(f'"length": "{old}"', f'"length": "{len(resolved)}"') if "resolved.warc.gz" in line else line
        for line in index
    ]
    files["indexes/index.cdx"] = "".join(index).encode()
    return bench.listed(files)


@pytest.mark.parametrize(
    "name",
    ["archive/data.warc.gz", "indexes/other.cdxj", "pages/extraPages.jsonl", "cardwatch/judgement.html", "fuzzy.json",
     "inner.wacz", "cardwatch/derivative.json"],
)  # fmt: skip
def test_a_file_that_the_proof_does_not_name_is_altered_however_well_it_is_listed(
    bench: Bench, judge: Judge, name: str
) -> None:
    assert_altered(judge(bench.listed({**bench.files, name: b"{}"})), "other_files")


def test_a_second_warc_with_an_index_of_its_own_is_found(bench: Bench, judge: Judge) -> None:
    files = {
        **bench.files,
        "archive/data.warc.gz": invented_record(bench),
        "indexes/other.cdx": invented_line(bench, "data.warc.gz"),
    }
    assert_altered(judge(bench.listed(files)), "other_files")


@pytest.mark.parametrize("part", ["warc", "resolved"])
def test_the_true_file_elsewhere_and_another_in_its_place_is_found(bench: Bench, judge: Judge, part: str) -> None:
    path = {"warc": "archive/capture.warc.gz", "resolved": "archive/resolved.warc.gz"}[part]
    files = dict(bench.files)
    true = files["cardwatch/" + path.rpartition("/")[2]] = files[path]
    files[path] = invented_record(bench)
    told = {"path": "cardwatch/" + path.rpartition("/")[2], "sha256": sha(true), "bytes": len(true)}
    edit_proof(files, **{part: {**told, "redacted": False} if part == "warc" else told})
    assert_altered(judge(bench.listed(files)), "proof_format")


def test_a_part_of_the_proof_in_a_folder_that_players_read_is_refused(bench: Bench, judge: Judge) -> None:
    files = dict(bench.files)
    files["archive/evil.warc.gz"] = files["cardwatch/checkpoint"]
    edit_proof(files, checkpoint="archive/evil.warc.gz")
    assert_altered(judge(bench.listed(files)), "proof_format")


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", "¥1.00"), ("mainPageURL", "https://other.test/"), ("mainPageDate", "1999-01-01T00:00:00Z"),
     ("description", "¥1.00"), ("wacz_version", "9")],
)  # fmt: skip
def test_the_description_of_a_package_is_that_of_the_capture(
    bench: Bench, judge: Judge, field: str, value: str
) -> None:
    described = json.loads(bench.files["datapackage.json"])
    listed = pretty({**described, field: value})
    text = {"created": described["created"], "software": described["software"]}
    signed = sign_package(sha(listed), bench.package_key, **text)
    told = pretty({"path": "datapackage.json", "hash": f"sha256:{sha(listed)}", "signedData": signed})
    report = judge({**bench.files, "datapackage.json": listed, "datapackage-digest.json": told})
    assert_altered(report, "replay_pages")


@pytest.mark.parametrize(
    "changed",
    [{"text": "¥1.00"}, {"text": "¥1.00 \ufffd"}, {"text": ""}, {"title": "¥1.00"}, {"favIconUrl": "https://x/"},
     {"seed": "no"}],
    ids=str,
)  # fmt: skip
def test_a_page_line_is_that_of_the_capture(bench: Bench, judge: Judge, changed: dict[str, object]) -> None:
    assert_altered(judge(edit_pages(bench, 1, **changed)), "replay_pages")


def test_the_head_of_the_list_of_pages_tells_nothing_of_its_own(bench: Bench, judge: Judge) -> None:
    assert_altered(judge(edit_pages(bench, 0, title="¥1.00")), "replay_pages")


@pytest.mark.parametrize(
    "changed",
    [{"mime": "warc/revisit"}, {"method": "POST"}, {"requestBody": "sku=2"}, {"source": "other.wacz"}, {"offset": 0},
     {"recordDigest": "none"}, {"status": "404"}],
    ids=str,
)  # fmt: skip
def test_an_index_line_has_the_fields_of_its_record_and_no_other(
    bench: Bench, judge: Judge, changed: dict[str, object]
) -> None:
    assert_altered(judge(edit_lines(bench, lambda fields: fields.update(changed))), "replay_index")


def test_a_method_does_not_lend_a_record_another_address(bench: Bench, judge: Judge) -> None:
    files = edit_lines(bench, lambda fields: fields.update(method="POST"), key="{}zzz/api/price")
    assert_altered(judge(files), "replay_index")


@pytest.mark.parametrize(
    ("added", "check"),
    [(b"WARC-IP-Address: 6.6.6.6\r\n", "resolved_heads"), (b"WARC-Truncated: length\r\n", "resolved_heads"),
     (b"WARC-Target-URI: https://other.test/\r\n", "resolved_payloads")],
)  # fmt: skip
def test_a_completing_record_has_the_header_that_the_visit_gives_it(
    bench: Bench, judge: Judge, added: bytes, check: str
) -> None:
    raw = gzip.decompress(bench.files["archive/resolved.warc.gz"])
    altered = raw.replace(b"WARC-Type", added + b"WARC-Type", 1)
    assert_altered(judge(edit_resolved(bench, gzip.compress(altered, mtime=0))), check)


def test_a_packed_record_has_no_name_of_its_own(bench: Bench, judge: Judge) -> None:
    packed = bench.files["archive/resolved.warc.gz"]
    named = packed[:3] + b"\x08" + packed[4:10] + b"evil\0" + packed[10:]
    assert_altered(judge(edit_resolved(bench, named)), "resolved_payloads")
