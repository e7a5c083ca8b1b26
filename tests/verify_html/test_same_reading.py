"""Both verifiers read what strangers write in one way: what one takes for a proof the other does not refuse."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from monitor.certificate_chain import parse_certificates
from monitor.verify.checks import Status
from monitor.verify.options import Options
from monitor.verify.target import verify_target

from .exports import Kept
from .reader import ask
from .tampering import PROOF, Alter, edit_file, pack_anew, read_files, sign_by

Told = dict[str, Any]


def proof(edit: Callable[[Told], object]) -> Alter:
    def alter(data: bytes) -> bytes:
        told = json.loads(read_files(data)[PROOF])
        edit(told)
        return pack_anew(data, {PROOF: json.dumps(told).encode()})

    return alter


def put(*path: str, value: object) -> Alter:
    def edit(told: Told) -> None:
        inner = told
        for name in path[:-1]:
            inner = inner[name]
        inner[path[-1]] = value

    return proof(edit)


def spell(old: bytes, new: bytes) -> Alter:
    return edit_file(PROOF, lambda text: text.replace(old, new, 1))


def insert(text: bytes) -> Alter:
    return spell(b'"redactions": []', b'"redactions": [], "x": ' + text)


REFUSED: dict[str, Alter] = {
    "a byte order mark": edit_file(PROOF, lambda text: b"\xef\xbb\xbf" + text),
    "a name twice": spell(b'"format"', b'"format": "x", "format"'),
    "NaN": insert(b"NaN"),
    "a number beyond all": insert(b"1e999"),
    "a number of 5,000 digits": insert(b"9" * 5000),
    "an index with a point": spell(b'"index": 1', b'"index": 1.0'),
    "an index as a truth": put("entry", "index", value=True),
    "a length with a point": proof(lambda told: told["warc"].update(bytes=float(told["warc"]["bytes"]))),
    "redacted as a number": put("warc", "redacted", value=0),
    "redacted as a text": put("warc", "redacted", value="no"),
    "redacted left out": proof(lambda told: told["warc"].pop("redacted")),
    "salts as a list": put("salts", value=[]),
    "labels as pairs": put("salts", value={"labels": [["record:0", "00" * 32]]}),
    "redactions as null": put("redactions", value=None),
    "tokens as null": put("tokens", value=None),
    "a token of another kind": proof(lambda told: told["tokens"][0].update(kind="x")),
    "300 tokens": proof(lambda told: told.update(tokens=told["tokens"] * 300)),
    "growth as a text": put("consistency", value="x"),
    "a copy as a text": put("derivative", value="x"),
    "places as a number": put("records", value=5),
    "a further statement": put("capture", "price", value="1.00"),
    "a depth of 120": insert(b"[" * 120 + b"]" * 120),
    "a line break more among the pages": edit_file("pages/pages.jsonl", lambda text: text + b"\n"),
    "pages apart by a return": edit_file("pages/pages.jsonl", lambda text: text.replace(b"\n", b"\r")),
    "a blank index line": edit_file("indexes/index.cdx", lambda text: text + b"\n"),
    "index lines out of order": edit_file(
        "indexes/index.cdx", lambda text: b"".join(reversed(text.splitlines(keepends=True)))
    ),
    "litter that players read": lambda data: pack_anew(data, {"__MACOSX/archive/data.warc.gz": b"x"}),
}
TAKEN: dict[str, Alter] = {
    "minus nothing": spell(b'"index": 0', b'"index": -0'),
    "a depth of 80": insert(b"[" * 80 + b"]" * 80),
    "half a surrogate pair": insert(b'"\\ud800"'),
    "__proto__": spell(b'"redactions": []', b'"redactions": [], "__proto__": {"redacted": true}'),
    "a folder of a Mac": lambda data: pack_anew(data, {"__MACOSX/archive/._capture.warc.gz": b"x"}),
}


def name_again(data: bytes) -> bytes:
    """A ZIP of another program, in which a file bears a second name in its own header."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, content in read_files(data).items():
            entry = zipfile.ZipInfo(name, (2026, 11, 22, 12, 0, 0))
            entry.create_version = 63
            second = b"archive/other.warc.gz"
            if name.startswith("archive/capture"):
                entry.extra = struct.pack("<HHBL", 0x7075, 5 + len(second), 1, zlib.crc32(name.encode())) + second
            package.writestr(entry, content)
    packed = bytearray(out.getvalue())
    at = packed.index(b"PK\1\2")
    while not packed[at + 46 :].startswith(b"archive/capture"):
        at = packed.index(b"PK\1\2", at + 1)
    field = at + 46 + struct.unpack_from("<H", packed, at + 28)[0]
    packed[field : field + 2] = struct.pack("<H", 0x9999)  # the directory says nothing of it
    return bytes(packed)


REFUSED["a second name at the file"] = name_again


@pytest.mark.parametrize("name", [*REFUSED, *TAKEN])
def test_both_verifiers_read_it_in_one_way(name: str, first: bytes, kept: Kept, verifier: Page, tmp_path: Path) -> None:
    altered = {**REFUSED, **TAKEN}[name](first)
    altered = sign_by(altered, kept.key) if name in TAKEN else altered
    assert altered != first
    answer = ask(verifier, altered, roots=kept.authority.root_pem)
    path = tmp_path / "evidence.wacz"
    path.write_bytes(altered)
    roots = tuple(parse_certificates(kept.authority.root_pem, "root"))
    report = verify_target(path, Options(at=datetime.now(UTC), roots=roots))
    failed = {check.id for item in report.subjects for check in item.checks if check.status is Status.FAILED}
    assert (answer.verdict, answer.ids("failed")) == (report.verdict.value, failed)
    assert answer.verdict == ("intact" if name in TAKEN else "altered")
