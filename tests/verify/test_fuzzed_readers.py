"""Whatever bytes come: no crash, no hang, and every failure ends as a named check."""

from __future__ import annotations

import contextlib
import gzip
import io
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.verify.anchors import read_earlier
from monitor.verify.checks import KINDS, Findings, Unreadable
from monitor.verify.log import read_entry, read_sealed
from monitor.verify.proof import read_proof
from monitor.verify.reading import Misshaped, read_json
from monitor.verify.records import RecordScanner
from monitor.verify.target import verify_target
from monitor.verify.tokens import NamedToken, check_tokens
from monitor.verify.zip_listing import list_zip
from storage.errors import ArchiveDamaged
from storage.notes import parse_proof

from .conftest import Bench
from .maker import write_zip

FAST = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def edits(draw: st.DrawFn) -> list[tuple[str, float, bytes]]:
    """Places (as a part of the length) where bytes are written over, put in or cut out."""
    edit = st.tuples(
        st.sampled_from(["over", "in", "out", "end"]),
        st.floats(0, 1, allow_nan=False),
        st.binary(min_size=1, max_size=8),
    )
    return draw(st.lists(edit, min_size=1, max_size=4))


def apply(data: bytes, changes: list[tuple[str, float, bytes]]) -> bytes:
    for how, where, piece in changes:
        place = int(where * len(data))
        if how == "over":
            data = data[:place] + piece + data[place + len(piece) :]
        elif how == "in":
            data = data[:place] + piece + data[place:]
        elif how == "out":
            data = data[:place] + data[place + len(piece) :]
        else:
            data = data[:place]
    return data


@FAST
@given(changes=edits())
def test_any_damage_to_a_package_ends_as_a_report(
    bench: Bench, tmp_path: Path, changes: list[tuple[str, float, bytes]]
) -> None:
    package = write_zip(bench.files)
    altered = apply(package, changes)
    path = tmp_path / "x.wacz"
    path.write_bytes(altered)
    report = verify_target(path, bench.options)
    assert all(check.id in KINDS for subject in report.subjects for check in subject.checks)
    is_none = report.verdict == "cannot_say" and not altered.startswith(b"PK")  # neither its front nor its end is left
    assert altered == package or is_none or report.verdict in ("altered", "incomplete")


@FAST
@given(name=st.sampled_from(["cardwatch/proof.json", "cardwatch/token-test.tsr", "cardwatch/checkpoint",
                             "cardwatch/custody.tlog-proof", "cardwatch/manifest.json.gz", "archive/capture.warc.gz",
                             "archive/resolved.warc.gz", "pages/pages.jsonl", "indexes/index.cdx",
                             "cardwatch/key-0.json", "cardwatch/token-test.chain.pem"]), changes=edits())  # fmt: skip
def test_any_damage_to_a_file_that_is_listed_anew_ends_as_a_report(
    bench: Bench, tmp_path: Path, name: str, changes: list[tuple[str, float, bytes]]
) -> None:
    path = tmp_path / "x.wacz"
    path.write_bytes(write_zip(bench.listed({**bench.files, name: apply(bench.files[name], changes)})))
    report = verify_target(path, bench.options)
    assert all(check.id in KINDS for subject in report.subjects for check in subject.checks)


@FAST
@given(data=st.binary(max_size=400), name=st.sampled_from(["x.wacz", "x.warc.gz", "x.zip"]))
def test_any_bytes_end_as_a_report(bench: Bench, tmp_path: Path, data: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert verify_target(path, bench.options).subjects


@FAST
@given(data=st.binary(max_size=200), start=st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(18)]))
def test_the_zip_reader(data: bytes, start: bytes) -> None:
    whole = start + data
    with contextlib.suppress(Unreadable):
        listing = list_zip(io.BytesIO(whole), len(whole))
        assert listing.troubles or whole == start


@FAST
@given(data=st.binary(max_size=300), packed=st.booleans(), headed=st.booleans())
def test_the_warc_reader(data: bytes, packed: bool, headed: bool) -> None:
    plain = (b"WARC/1.1\r\nWARC-Type: response\r\nContent-Type: application/http\r\n" if headed else b"") + data
    whole = gzip.compress(plain) if packed else plain
    scanner, offset = RecordScanner(io.BytesIO(whole), lambda headers: True), 0
    try:
        while offset < len(whole):
            offset += scanner.read(offset).length
    except Unreadable as error:
        assert error.check in KINDS


@FAST
@given(data=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_the_small_readers(data: bytes) -> None:
    for read in (read_proof, read_json, lambda item: read_entry(item, 0), lambda item: read_earlier("kept", item)):
        with contextlib.suppress(Misshaped):
            read(data)
    for parse in (read_sealed, parse_proof):
        with contextlib.suppress(ArchiveDamaged):
            parse(data)


@FAST
@given(changes=edits())
def test_the_token_reader(bench: Bench, changes: list[tuple[str, float, bytes]]) -> None:
    token = bench.files["cardwatch/token-test.tsr"]
    altered = apply(token, changes)
    files = {"t": altered, "c": bench.checkpoint}
    findings = Findings()
    stamps = check_tokens(
        findings,
        [NamedToken("rfc3161", "test", "t", "", "c")],
        files.get,
        stamped=("c",),
        roots=bench.options.roots,
        at=bench.options.at,
    )
    assert altered == token or not any(stamp.trusted for stamp in stamps) or findings.any("failed")  # type: ignore[arg-type]
