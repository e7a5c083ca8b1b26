from __future__ import annotations

import hashlib
import io
import json
import random
import subprocess
import sys
import tracemalloc
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from surt import surt
from warcio.archiveiterator import ArchiveIterator

from scrapers.model import Exchange, View, ViewKind
from scrapers.saved import open_saved
from scrapers.spool import Spool, SpooledBody
from storage.archive import Archive
from storage.captures import get_capture
from storage.cdxj import canonical_body, make_line, make_sort_key
from storage.errors import ArchiveDamaged, ArchiveError, NotInArchive
from storage.http_heads import write_response_head
from storage.wacz import export_wacz
from storage.warc import read_records, show_date

from .samples import SHOP, START, digest, list_page, shop_page

WEEK = timedelta(days=7)
LATER = START + timedelta(days=1)
TOOLS = Path(sys.executable).parent


def _keep_unchanged(archive: Archive) -> tuple[str, str]:
    page = shop_page(archive)
    first = list_page(scale=0.05)
    archive.keep_capture(first, page)
    at = START + timedelta(hours=6)
    second = list_page(at, known=archive.known_views(page.id, at=at, max_age=WEEK), scale=0.05)
    archive.keep_capture(second, page)
    return first.id, second.id


def _index(path: Path) -> list[tuple[str, str, dict[str, str]]]:
    with zipfile.ZipFile(path) as package:
        lines = package.read("indexes/index.cdx").decode().splitlines()
    return [(line.split(" ", 2)[0], line.split(" ", 2)[1], json.loads(line.split(" ", 2)[2])) for line in lines]


def _warc_of(archive: Archive, name: str) -> str:
    with archive.database.reading() as session:
        return get_capture(session, name).warc


def _warcs(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        names = [name for name in package.namelist() if name.startswith("archive/")]
        return {name.rpartition("/")[2]: package.read(name) for name in names}


def test_the_standard_s_own_validator_accepts_it(archive: Archive, tmp_path: Path) -> None:
    for name in _keep_unchanged(archive):
        path = tmp_path / f"{name}.wacz"
        export_wacz(archive, name, path, at=LATER)
        done = subprocess.run([TOOLS / "wacz", "validate", "-f", path], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
        assert "is valid" in done.stdout


def test_the_usual_reader_finds_every_digest_right_in_both_files(archive: Archive, tmp_path: Path) -> None:
    _, repeat = _keep_unchanged(archive)
    written = export_wacz(archive, repeat, tmp_path / "a.wacz", at=LATER)
    for name, data in _warcs(written.path).items():
        (tmp_path / name).write_bytes(data)
        done = subprocess.run([TOOLS / "warcio", "check", tmp_path / name], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, ""), done.stdout


def test_the_sealed_warc_is_in_it_byte_for_byte(archive: Archive, tmp_path: Path) -> None:
    for name in _keep_unchanged(archive):
        written = export_wacz(archive, name, tmp_path / f"{name}.wacz", at=LATER)
        data = _warcs(written.path)["capture.warc.gz"]
        assert (digest(data), len(data)) == (written.capture.warc, written.capture.warc_bytes)


def test_a_capture_that_is_whole_in_itself_needs_no_second_file(archive: Archive, tmp_path: Path) -> None:
    capture = list_page(scale=0.01)
    capture = replace(capture, views=tuple(view for view in capture.views if view.kind is not ViewKind.DOM))
    archive.keep_capture(capture, shop_page(archive))  # the DOM of the sample has the very bytes of its document
    written = export_wacz(archive, capture.id, tmp_path / "a.wacz", at=LATER)
    assert list(_warcs(written.path)) == ["capture.warc.gz"]
    assert {fields["filename"] for _, _, fields in _index(written.path)} == {"capture.warc.gz"}


def test_bytes_that_one_capture_holds_twice_are_complete_under_both_addresses(archive: Archive, tmp_path: Path) -> None:
    capture = list_page(scale=0.01)
    twin = replace(capture.exchanges[-2], url=SHOP + "/img/twin.webp", sequence=47)
    capture = replace(capture, exchanges=(*capture.exchanges, twin), views=())
    archive.keep_capture(capture, shop_page(archive))
    written = export_wacz(archive, capture.id, tmp_path / "a.wacz", at=LATER)
    warcs = _warcs(written.path)
    assert "revisit" in {kind for kind, _, _ in _payloads(warcs["capture.warc.gz"])}
    assert _payloads(warcs["resolved.warc.gz"]) == [("response", twin.url, twin.body)]
    assert {fields["mime"] for _, _, fields in _index(written.path)} & {"warc/revisit"} == set()


def test_an_unchanged_capture_is_complete_with_its_second_file(archive: Archive, tmp_path: Path) -> None:
    _, repeat = _keep_unchanged(archive)
    written = export_wacz(archive, repeat, tmp_path / "a.wacz", at=LATER)
    capture = archive.load_capture(repeat, fill_views=True)
    warcs = _warcs(written.path)
    records = _payloads(warcs["resolved.warc.gz"])
    assert {kind for kind, _, _ in records} == {"response", "resource"}
    records += [record for record in _payloads(warcs["capture.warc.gz"]) if record[0] in ("response", "resource")]
    bodies = {uri: data for kind, uri, data in records if kind == "response"}
    assert bodies == {exchange.url: exchange.body for exchange in capture.exchanges if exchange.status}
    shown = [data for kind, uri, data in records if kind == "resource" and not uri.startswith("urn:cardwatch")]
    assert sorted(shown) == sorted(view.data for view in capture.views if view.data)
    chain = {data for kind, uri, data in records if uri.startswith("urn:cardwatch:certificate:")}
    assert chain == set(capture.certificates[0].chain)


def test_what_is_resolved_is_told_by_the_provenance_alone(archive: Archive, tmp_path: Path) -> None:
    """The head of a record in the second file is the one that a complete capture would have had."""
    _, repeat = _keep_unchanged(archive)
    written = export_wacz(archive, repeat, tmp_path / "a.wacz", at=LATER)
    exchanges = {exchange.url: exchange for exchange in archive.load_capture(repeat).exchanges}
    found = 0
    for record in read_records(io.BytesIO(_warcs(written.path)["resolved.warc.gz"])):
        if record.type == "response":
            exchange = exchanges[record.uri]
            assert record.head == write_response_head(exchange)
            assert (record.payload_sha256, record.headers["warc-date"]) == (
                exchange.body_digest,
                show_date(exchange.started_at),
            )
            found += 1
    assert found >= 40


def test_a_reused_view_keeps_the_date_of_its_making(archive: Archive, tmp_path: Path) -> None:
    first, repeat = _keep_unchanged(archive)
    written = export_wacz(archive, repeat, tmp_path / "a.wacz", at=LATER)
    stamp = next(stamp for key, stamp, _ in _index(written.path) if key.startswith("urn:fullPage:"))
    assert stamp == f"{archive.load_capture(first).ended_at:%Y%m%d%H%M%S}"


def test_every_line_of_the_index_leads_to_its_complete_record(archive: Archive, tmp_path: Path) -> None:
    _, repeat = _keep_unchanged(archive)
    written = export_wacz(archive, repeat, tmp_path / "a.wacz", at=LATER)
    warcs = _warcs(written.path)
    index = _index(written.path)
    assert [key for key, _, _ in index] == sorted(key for key, _, _ in index)
    assert len(index) == 46 + 6 + 2  # answers, views, certificates
    for _, _, fields in index:
        start = int(fields["offset"])
        member = warcs[fields["filename"]][start : start + int(fields["length"])]
        ((_, uri, payload),) = _payloads(member)
        assert (uri, f"sha256:{digest(payload)}") == (fields["url"], fields["digest"])


def test_altered_or_lost_bytes_are_never_exported(archive: Archive, tmp_path: Path) -> None:
    first, repeat = _keep_unchanged(archive)
    path = archive.objects.path_of(_warc_of(archive, first))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    for name in (first, repeat):
        with pytest.raises(ArchiveDamaged, match="cardwatch check"):
            export_wacz(archive, name, tmp_path / f"{name}.wacz", at=LATER)
    assert [path.name for path in tmp_path.iterdir()] == ["archive"]


def test_a_big_body_of_another_file_is_exported_without_being_held(archive: Archive, tmp_path: Path) -> None:
    page = shop_page(archive)
    spool = Spool(1 << 30, tmp_path)
    chance = random.Random(1)
    for _ in range(24):
        spool.write(chance.randbytes(1 << 20))
    body = spool.finish()
    assert isinstance(body, SpooledBody)
    capture = list_page(scale=0.01)
    big = replace(
        capture.exchanges[-2], url=SHOP + "/video.mp4", body=None, body_digest=body.digest, body_file=body, sequence=47
    )
    for hours in (0, 1):
        again = replace(capture, id=f"{capture.id}-{hours}", exchanges=(capture.exchanges[0], big), views=())
        archive.keep_capture(again, page)
    tracemalloc.start()
    try:
        written = export_wacz(archive, again.id, tmp_path / "a.wacz", at=LATER)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 12 << 20
    with zipfile.ZipFile(written.path) as package, package.open("archive/resolved.warc.gz") as file:
        bodies = {
            record.rec_headers.get_header("WARC-Target-URI"): digest(record.content_stream().read())
            for record in ArchiveIterator(file, check_digests="raise")
        }
    assert bodies[big.url] == body.digest


def test_an_export_of_a_repeat_visit_can_be_brought_in_again(archive: Archive, tmp_path: Path) -> None:
    _, repeat = _keep_unchanged(archive)
    written = export_wacz(archive, repeat, tmp_path / "a.wacz", at=LATER)
    (found,) = open_saved(written.path, url="", claimed_at=None, at=LATER, make_id=lambda: "c-again")
    original = archive.load_capture(repeat)
    answered = [(exchange.url, exchange.body) for exchange in original.exchanges if exchange.status]
    assert sorted((exchange.url, exchange.body) for exchange in found.exchanges) == sorted(answered)
    assert found.title == original.title


def test_the_index_is_the_one_that_the_usual_indexer_makes(archive: Archive, tmp_path: Path) -> None:
    page = shop_page(archive)
    capture = list_page(scale=0.01)
    posts = (
        _post("/api/buy?x=1", "application/x-www-form-urlencoded", "卡=充值&n=1".encode()),
        _post("/api/json", "application/json", b'{"b":[1,{"c":true}],"a":null,"b2":{"b":2}}'),
        _post("/api/bytes", "application/octet-stream", b"\x00\xff"),
    )
    capture = replace(capture, exchanges=(*capture.exchanges, *posts), views=(), certificates=())
    archive.keep_capture(capture, page)
    written = export_wacz(archive, capture.id, tmp_path / "a.wacz", at=LATER)
    with zipfile.ZipFile(written.path) as package:
        (tmp_path / "data.warc.gz").write_bytes(package.read("archive/capture.warc.gz"))
    made = subprocess.run(
        [
            TOOLS / "cdxj-indexer",
            "--sort",
            "--post-append",
            "--digest-records",
            "--records=response,resource",
            tmp_path / "data.warc.gz",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    theirs = [(line.split(" ", 2)[0], line.split(" ", 2)[1], json.loads(line.split(" ", 2)[2])) for line in made]
    ours = _index(written.path)
    assert [(key, stamp) for key, stamp, _ in ours] == [(key, stamp) for key, stamp, _ in theirs]
    for (key, _, mine), (_, _, their) in zip(ours, theirs, strict=True):
        for name in ("url", "offset", "length", "status", "mime", "method", "requestBody", "recordDigest"):
            if name in their:
                assert mine.get(name) == their[name], (key, name)


def test_a_page_in_gbk_is_listed_with_its_chinese_title_and_text(archive: Archive, tmp_path: Path) -> None:
    page = shop_page(archive)
    html = "<meta charset=gbk><title>游戏点卡</title>售后三天".encode("gbk")
    capture = replace(
        list_page(scale=0.01),
        title="游戏点卡",
        exchanges=(Exchange(0, SHOP + "/gbk", "GET", START, "document", status=200, body=html, main_document=True),),
        views=(View(ViewKind.TEXT, "text/plain", "售后三天".encode(), digest("售后三天".encode())),),
    )
    archive.keep_capture(capture, page)
    written = export_wacz(archive, capture.id, tmp_path / "a.wacz", at=LATER)
    with zipfile.ZipFile(written.path) as package:
        header, listed = (json.loads(line) for line in package.read("pages/pages.jsonl").splitlines())
        bodies = [data for _, uri, data in _payloads(package.read("archive/capture.warc.gz")) if uri == SHOP + "/gbk"]
    assert header["hasText"] is True
    assert (listed["title"], listed["text"], listed["url"]) == ("游戏点卡", "售后三天", SHOP + "/gbk")
    assert html in bodies


def test_the_same_archive_gives_the_same_bytes(archive: Archive, tmp_path: Path) -> None:
    _, repeat = _keep_unchanged(archive)
    first = export_wacz(archive, repeat, tmp_path / "a.wacz", at=LATER)
    second = export_wacz(archive, repeat, tmp_path / "b.wacz", at=LATER)
    assert first.sha256 == second.sha256 == hashlib.sha256(second.path.read_bytes()).hexdigest()


def test_a_failed_capture_is_exported_too(archive: Archive, tmp_path: Path) -> None:
    capture = replace(list_page(scale=0.01), exchanges=(), views=(), title="", final_url="")
    archive.keep_capture(capture, shop_page(archive))
    written = export_wacz(archive, capture.id, tmp_path / "a.wacz", at=LATER)
    assert zipfile.ZipFile(written.path).testzip() is None


def test_nothing_is_overwritten_and_nothing_half_is_left(archive: Archive, tmp_path: Path) -> None:
    first, _ = _keep_unchanged(archive)
    there = tmp_path / "there.wacz"
    there.write_bytes(b"mine")
    with pytest.raises(ArchiveError, match="is there already"):
        export_wacz(archive, first, there, at=LATER)
    with pytest.raises(NotInArchive):
        export_wacz(archive, "c-none", tmp_path / "new.wacz", at=LATER)
    assert there.read_bytes() == b"mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "there.wacz"]


@pytest.mark.parametrize(
    "url",
    [
        "http://例子.测试/路径?b=2&a=1",
        "https://www.Shop.test:8443/Buy/12/?x=%E4%B8%AD&A=1#f",
        "https://xn--fsqu00a.xn--0zwm56d/index.php?id=1",
        "http://1.2.3.4:80/",
        "https://user:p@a.b/c//d/",
        "http://[::1]:8080/a",
        "https://a.b",
        "https://WWW2.a.b/%7Efoo/%2f",
        "https://a.b/a/../b",
        "https://a.b/?a=1&a=0&b",
        "https://a.b/a%20b/c+d?x=a%26b&y=%3D",
        "https://a.b/item/%E5%8D%A1.html?kw=充值 卡",
        "urn:view:https://a.b/x",
        "https://a.b/?a&&b&",
    ],
)
def test_sort_keys_are_the_usual_ones(url: str) -> None:
    assert make_sort_key(url) == surt(url)


@given(st.text(), st.binary(max_size=200), st.text())
def test_no_address_or_body_breaks_the_index(url: str, body: bytes, media_type: str) -> None:
    exchange = replace(_post("/x", media_type, body), url=SHOP + "/" + url)
    line = make_line(exchange.url, START, {}, exchange)
    assert line.count("\n") == 1
    assert len(line.split(" ", 2)[1]) == 14
    assert len(canonical_body(exchange)) <= 4096


def test_a_deeply_nested_body_is_no_trouble() -> None:
    exchange = _post("/x", "application/json", b"[" * 100_000 + b"]" * 100_000)
    assert canonical_body(exchange) == ""


def _post(path: str, media_type: str, body: bytes) -> Exchange:
    return Exchange(
        100,
        SHOP + path,
        "POST",
        START,
        "xhr",
        request_headers=(("Content-Type", media_type), ("Content-Length", str(len(body)))),
        request_body=body,
        status=200,
        response_headers=(("Content-Type", "application/json"),),
        body=path.encode(),
    )


def _payloads(data: bytes) -> list[tuple[str, str, bytes]]:
    return [
        (record.rec_type, record.rec_headers.get_header("WARC-Target-URI") or "", record.content_stream().read())
        for record in ArchiveIterator(io.BytesIO(data), check_digests="raise")
    ]
