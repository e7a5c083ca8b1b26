from __future__ import annotations

import gzip
import io
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from scrapers.model import Exchange, Truncation
from storage.archive import Archive
from storage.errors import ArchiveDamaged
from storage.http_heads import truncation, write_request_head, write_response_head
from storage.warc import Record, WarcWriter, read_member, read_record, read_records

from .samples import SHOP, START, digest, list_page, shop_page

WEEK = timedelta(days=7)


def _keep_two(archive: Archive) -> tuple[Path, Path]:
    """Keep a full capture and an unchanged one, and give their WARC files."""
    page = shop_page(archive)
    first = archive.keep_capture(list_page(scale=0.05), page)
    at = START + timedelta(hours=6)
    known = archive.known_views(page.id, at=at, max_age=WEEK)
    second = archive.keep_capture(list_page(at, known=known, scale=0.05), page)
    return archive.objects.path_of(first.warc), archive.objects.path_of(second.warc)


def _warcio_records(path: Path) -> list[tuple[str, str, bytes]]:
    found = []
    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            body = record.content_stream().read()
            found.append((record.rec_type, record.rec_headers.get_header("WARC-Target-URI") or "", body))
    return found


def test_warcio_checks_every_digest(archive: Archive) -> None:
    for path in _keep_two(archive):
        done = subprocess.run(
            [Path(sys.executable).with_name("warcio"), "check", "-v", path], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout
        assert "digest pass" in done.stdout
        assert "no digest to check" not in done.stdout


def test_a_full_capture_has_a_request_and_an_answer_for_every_exchange(archive: Archive) -> None:
    full, repeat = _keep_two(archive)
    records = _warcio_records(full)
    kinds = [kind for kind, _, _ in records]
    assert kinds.count("request") == 47
    assert kinds.count("response") == 46
    assert [body for kind, uri, body in records if kind == "metadata" and uri.endswith("/track.gif")] != []
    assert {uri.split(":")[1] for kind, uri, _ in records if kind == "resource" and uri.startswith("urn:")} == {
        "fullPage",
        "pdf",
        "mhtml",
        "text",
        "popup-text",
        "cardwatch",
    }
    kinds = [kind for kind, _, _ in _warcio_records(repeat)]
    assert kinds.count("response") == 0
    assert kinds.count("revisit") == 3  # the document and two data answers; pictures stand in the table


def test_a_body_is_stored_once(archive: Archive) -> None:
    page = shop_page(archive)
    capture = list_page(scale=0.05)
    twice = replace(capture, exchanges=(*capture.exchanges, replace(capture.exchanges[10], url=SHOP + "/copy.webp")))
    stored = archive.keep_capture(twice, page)
    records = _warcio_records(archive.objects.path_of(stored.warc))
    body = capture.exchanges[10].body
    assert [(kind, uri) for kind, uri, data in records if data == body] == [("response", SHOP + "/img/04.webp")]
    assert ("revisit", SHOP + "/copy.webp", b"") in records


def test_a_revisit_names_where_the_bytes_are(archive: Archive) -> None:
    full, repeat = _keep_two(archive)
    with full.open("rb") as file:
        first = next(record for record in read_records(file) if record.type == "response")
    with repeat.open("rb") as file:
        revisit = next(record for record in read_records(file) if record.type == "revisit")
    assert revisit.headers["warc-refers-to"] == first.headers["warc-record-id"]
    assert revisit.headers["warc-refers-to-target-uri"] == SHOP + "/list"
    assert revisit.headers["warc-refers-to-date"] == first.headers["warc-date"]
    assert revisit.payload_digest == first.payload_sha256
    assert revisit.headers["warc-ip-address"] == "203.0.113.7"


EXCHANGE = Exchange(1, SHOP + "/a", "GET", START, "document", status=200, status_text="OK")


def test_headers_about_the_transfer_are_renamed_and_the_length_is_right() -> None:
    exchange = replace(
        EXCHANGE,
        body=b"0123456789",
        response_headers=(("Content-Encoding", "br"), ("content-length", "7"), ("Set-Cookie", "a=1\nb=2")),
    )
    lines = write_response_head(exchange).decode().split("\r\n")
    assert lines[0].startswith("HTTP/1.1 200 OK")
    assert lines[1:-2] == [
        "x-orig-Content-Encoding: br",
        "x-orig-content-length: 7",
        "Set-Cookie: a=1",
        "Set-Cookie: b=2",
        "Content-Length: 10",
    ]


def test_headers_that_fit_the_body_stay() -> None:
    exchange = replace(EXCHANGE, body=b"0123456789", response_headers=(("Content-Length", "10"),))
    assert b"\r\nContent-Length: 10\r\n" in write_response_head(exchange)
    assert b"x-orig" not in write_response_head(exchange)


@given(st.text(), st.text(), st.text())
def test_no_header_of_a_page_breaks_out_of_its_line(name: str, value: str, url: str) -> None:
    hostile = replace(
        EXCHANGE,
        url=url,
        request_headers=((name, value), ("X-Fine", value + "\r\n\r\nGET / HTTP/1.1")),
        response_headers=((name, value), ("X-Fine", value)),
        status_text=value,
    )
    for head in (write_request_head(hostile), write_response_head(hostile)):
        assert head.endswith(b"\r\n\r\n")
        assert head.count(b"\r\n\r\n") == 1
        assert b"\0" not in head


@pytest.mark.parametrize("word", [None, *Truncation])
def test_a_cut_body_says_why_in_the_standard_s_words(word: Truncation | None) -> None:
    found = truncation(replace(EXCHANGE, body_missing="cut" if word else "", truncated=word))
    assert found == ((("WARC-Truncated", word.value),) if word else ())
    assert truncation(replace(EXCHANGE, body_missing="somebody else's reason")) == (("WARC-Truncated", "unspecified"),)


@pytest.mark.parametrize("kind", ["image/png", "text/html", "multipart/related"])
@pytest.mark.parametrize("size", [0, 1, 65_534, 65_535, 65_536, 700_001])
def test_every_way_of_packing_is_plain_gzip(kind: str, size: int) -> None:
    payload = bytes(range(256)) * (size // 256 + 1)
    payload = payload[:size]
    out = io.BytesIO()
    writer = WarcWriter(out)
    for number in range(2):
        record = Record("resource", f"urn:uuid:{number}", "urn:x:y", START, kind, b"", payload, digest(payload))
        place = writer.write(record)
    assert place.offset + place.length == len(out.getvalue())
    assert writer.digest == digest(out.getvalue())
    assert gzip.decompress(out.getvalue()).count(b"WARC-Type: resource") == 2
    again = read_record(io.BytesIO(out.getvalue()), place.offset)
    assert (again.payload, again.length, again.head_digest) == (payload, place.length, place.head_digest)


def test_a_member_that_unpacks_beyond_measure_is_refused() -> None:
    bomb = gzip.compress(b"WARC/1.1\r\n" + b"\0" * 50_000_000)
    with pytest.raises(ArchiveDamaged, match="more than 1000000 bytes"):
        read_member(io.BytesIO(bomb), 0, limit=1_000_000)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x1f\x8b",
        gzip.compress(b"", mtime=0),
        gzip.compress(b"WARC/1.1\r\n", mtime=0),
        gzip.compress(b"WARC/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n\r\n\r\n", mtime=0),
        gzip.compress(b"WARC/1.1\r\nContent-Length: -4\r\n\r\n\r\n\r\n", mtime=0),
        gzip.compress(b"WARC/1.1\r\nContent-Length: \xc2\xb2\r\n\r\n\r\n\r\n", mtime=0),
        gzip.compress(b"WARC/1.1\r\nContent-Length: 4\r\n\r\nabcd\r\n\r\n", mtime=0)[:-9],
        b"PK\x03\x04 no gzip",
    ],
)
def test_what_is_no_record_is_damage_and_nothing_worse(data: bytes) -> None:
    with pytest.raises(ArchiveDamaged):
        read_record(io.BytesIO(data), 0)
