"""Bodies of tens of megabytes, cut ones and endless ones: kept byte for byte as far as they came, in bounded memory."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import os
import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from capture.conftest import Visitor

from scrapers.model import Capture, Exchange, Limits, Outcome, Truncation
from scrapers.spool import SPOOL_FROM, Spool, SpooledBody

from .conftest import Visit
from .server import Handler, Pairs, Reply, Request, Server

PAGE = "<title>点卡</title><h1>游戏点卡</h1><p>价格 ¥10 库存 5</p><p>售后：7天内包补发。</p>"
SHOP = "https://shop.test/"


def exchanges_of(capture: Capture, path: str) -> list[Exchange]:
    return [exchange for exchange in capture.exchanges if exchange.url == SHOP + path]


def exchange_of(capture: Capture, path: str) -> Exchange:
    (found,) = exchanges_of(capture, path)
    return found


def answer_by_range(data: bytes, media_type: str) -> Handler:
    """A server of a file that gives the parts that are asked for."""

    async def answer(request: Request, reply: Reply) -> None:
        asked = request.headers.get("range", "").removeprefix("bytes=")
        first, _, last = asked.partition("-")
        start, end = int(first or 0), int(last or len(data) - 1)
        told: Pairs = (("Content-Type", media_type), ("Content-Length", str(end - start + 1)))
        if asked:
            told = (*told, ("Content-Range", f"bytes {start}-{end}/{len(data)}"), ("Accept-Ranges", "bytes"))
        await reply.start(206 if asked else 200, told)
        await reply.send(data[start : end + 1])
        await reply.end()

    return answer


def goes_on(data: bytes, media_type: str, ending: threading.Event, headers: Pairs = ()) -> Handler:
    """An answer that gives this much and then nothing more, until the test ends."""

    async def answer(_request: Request, reply: Reply) -> None:
        await reply.start(200, (("Content-Type", media_type), *headers))
        await reply.send(data)
        while not ending.is_set():  # noqa: ASYNC110  (the event is of another thread)
            await asyncio.sleep(0.05)
        await reply.end()

    return answer


def test_the_memory_of_the_runner_stays_flat_under_a_body_of_60_megabytes(tmp_path: Path) -> None:
    tests = Path(__file__).parents[1]
    paths = os.pathsep.join(str(path) for path in (tests, tests.parent))
    done = subprocess.run(
        [sys.executable, "-m", "traffic.big_body", "60", str(tmp_path)],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        timeout=100,
        check=True,
    )
    took = json.loads(done.stdout)
    assert took["outcome"].startswith("complete"), took
    assert took["sent"] == took["loaded"] == took["stated"]
    assert took["peak_loaded"] - took["before"] < 60_000_000, took


@pytest.mark.parametrize("kind", ["text/css", "image/svg+xml", "text/javascript", "application/json"])
def test_big_bodies_of_every_kind_are_exact_and_lie_in_files(visitor: Visitor, web: Server, kind: str) -> None:
    data = random.Random(3).randbytes(SPOOL_FROM + 1_000_000)
    if kind.startswith("text/"):
        data = b"/*" + data.hex().encode().ljust(SPOOL_FROM + 1_000_000) + b"*/"
    if kind == "image/svg+xml":
        data = b"<svg xmlns='http://www.w3.org/2000/svg'><!--" + data.hex().encode() + b"--></svg>"
    tag = {
        "text/css": "<link rel=stylesheet href=/big>",
        "image/svg+xml": "<img src=/big>",
        "text/javascript": "<script src=/big></script>",
        "application/json": "<script>fetch('/big').then(r => r.arrayBuffer())</script>",
    }[kind]
    web.put("shop.test/big", data, media_type=kind)
    web.put("shop.test/", PAGE + tag)
    big = exchange_of(visitor.capture(SHOP), "big")
    assert big.body is None
    assert big.body_file == SpooledBody(len(data), hashlib.sha256(data).hexdigest(), big.body_file.file)  # type: ignore[union-attr]
    assert big.body_digest == hashlib.sha256(data).hexdigest()
    assert big.read_body() == data
    assert (big.body_missing, big.truncated) == ("", None)


def test_a_big_document_in_an_old_charset_is_kept_as_its_bytes_and_read(visitor: Visitor, web: Server) -> None:
    text = "<title>点卡</title><p>售后：7天内包补发。</p>" + f"<!--{'游戏点卡充值说明' * 270_000}-->"
    data = text.encode("gb18030")
    web.put(
        "shop.test/", gzip.compress(data), media_type="text/html; charset=gbk", headers=(("Content-Encoding", "gzip"),)
    )
    capture = visitor.capture(SHOP, limits=Limits(text_characters=100_000))
    assert capture.title == "点卡"
    assert len(data) > SPOOL_FROM
    assert exchange_of(capture, "").read_body() == data


def test_a_body_beyond_the_limit_is_kept_up_to_it(visitor: Visitor, web: Server) -> None:
    web.put("shop.test/big", gzip.compress(b"x" * 90_000_000), headers=(("Content-Encoding", "gzip"),))
    web.put("shop.test/", PAGE + "<script>fetch('/big').then(r => r.arrayBuffer())</script>")
    capture = visitor.capture(SHOP, limits=Limits(body_megabytes=6))
    big = exchange_of(capture, "big")
    assert big.read_body() == b"x" * (6 << 20)
    assert big.truncated is Truncation.LENGTH
    assert capture.outcome is Outcome.PARTIAL
    assert "cut at the limit of 6 MB" in capture.detail


def test_what_came_before_the_connection_broke_is_kept(old_web: Server, visiting_hosts: Visit) -> None:
    async def breaks_off(_request: Request, reply: Reply) -> None:
        await reply.start(200, (("Content-Type", "text/plain"), ("Content-Length", "1000000")))
        await reply.send(b"y" * 300_000)
        await reply.cut()

    old_web.put("shop.test/cut", breaks_off)
    old_web.put("shop.test/", PAGE + "<script>fetch('/cut').then(r => r.text()).catch(() => 0)</script>")
    with visiting_hosts(old_web) as visitor:
        cut = exchange_of(visitor.capture(SHOP), "cut")
    assert cut.body == b"y" * 300_000, cut.body_missing
    assert cut.truncated is Truncation.DISCONNECT
    assert "cut off after 300000 bytes" in cut.body_missing


@pytest.mark.parametrize("kind", ["text/event-stream", "multipart/x-mixed-replace; boundary=b", "image/svg+xml"])
def test_what_came_before_the_capture_ended_is_kept(visitor: Visitor, web: Server, kind: str) -> None:
    ending = threading.Event()
    data = b"data: 1\n\n" * 300 if kind == "text/event-stream" else b"--b\r\nContent-Type: image/png\r\n\r\n" * 300
    tag = "<script>new EventSource('/on')</script>"
    if kind != "text/event-stream":
        tag = "<script>onload = () => { const i = new Image(); i.src = '/on'; document.body.append(i) }</script>"
    web.put("shop.test/on", goes_on(data, kind, ending))
    web.put("shop.test/", PAGE + tag)
    try:
        on = exchange_of(visitor.capture(SHOP, limits=Limits(capture_seconds=12)), "on")
    finally:
        ending.set()
    assert data.startswith(
        on.body or b""
    )  # of a picture only what comes after the browser was asked, and from its start
    assert on.body or kind != "text/event-stream"
    assert on.truncated is Truncation.TIME
    assert on.body_missing


def test_a_body_under_way_when_the_page_goes_elsewhere_is_kept_as_far_as_it_came(visitor: Visitor, web: Server) -> None:
    ending = threading.Event()
    web.put("shop.test/whole", b"w" * 2000, media_type="text/plain")
    web.put("shop.test/on", goes_on(b"z" * 200_000, "text/plain", ending))
    web.put(
        "shop.test/",
        """<script>(async () => {
          await (await fetch('/whole')).text();
          const reader = (await fetch('/on')).body.getReader();
          for (let got = 0; got < 200000;) got += (await reader.read()).value.length;
          location.href = 'https://cdn.example/next';
        })()</script>""",
    )
    web.put("cdn.example/next", PAGE)
    try:
        capture = visitor.capture(SHOP, limits=Limits(capture_seconds=12))
    finally:
        ending.set()
    assert capture.final_url == "https://cdn.example/next"
    assert exchange_of(capture, "whole").body == b"w" * 2000
    on = exchange_of(capture, "on")
    assert on.body == b"z" * 200_000
    assert on.truncated in (Truncation.TIME, Truncation.DISCONNECT)


def test_an_answer_that_the_browser_stops_reading_is_not_called_whole(visitor: Visitor, web: Server) -> None:
    web.put("shop.test/broken", random.Random(8).randbytes(5_000_000), media_type="image/png")
    web.put("shop.test/", PAGE + "<img src=/broken>")
    broken = exchange_of(visitor.capture(SHOP), "broken")
    assert (broken.body_size or 0) < 5_000_000
    assert broken.truncated is Truncation.UNSPECIFIED
    assert "of 5000000 bytes" in broken.body_missing


def test_a_film_asked_for_by_ranges_is_kept_in_the_parts_that_came(visitor: Visitor, web: Server) -> None:
    film = bytes.fromhex(
        "1a45dfa39f4286810142f7810142f2810442f381084282847765626d42878104428581021853806701ffffffffffffff"
    )
    film += random.Random(4).randbytes(3_000_000)
    web.put("shop.test/film", answer_by_range(film, "video/webm"))
    web.put("shop.test/", PAGE + "<video preload=auto src=/film></video>")
    parts = exchanges_of(visitor.capture(SHOP), "film")
    assert parts
    for part in parts:
        assert part.status == 206
        told = {name.lower(): value for name, value in part.response_headers}
        start = int(told["content-range"].removeprefix("bytes ").partition("-")[0])
        body = part.read_body()
        assert body
        assert body == film[start : start + len(body)]
        whole = len(body) == int(told["content-length"])
        assert whole == (part.truncated is None) == (part.body_missing == "")


def test_a_file_instead_of_a_page_is_recorded_with_its_bytes(visitor: Visitor, web: Server) -> None:
    data = random.Random(5).randbytes(SPOOL_FROM + 10)
    headers = (("Content-Disposition", 'attachment; filename="keys.zip"'), ("Set-Cookie", "d=1"))
    web.put("shop.test/file", data, media_type="application/zip", headers=headers)
    web.put("shop.test/", "", status=302, headers=(("Location", "/file"),))
    capture = visitor.capture(SHOP)
    assert (capture.outcome, capture.reason) == (Outcome.FAILED, "download")
    assert "keys.zip" in capture.detail
    assert [exchange.status for exchange in capture.exchanges] == [302, 200]
    file = exchange_of(capture, "file")
    assert file.main_document
    assert (file.read_body(), file.error, file.body_missing) == (data, "", "")
    assert [certificate.host for certificate in capture.certificates] == ["shop.test"]


def test_a_file_that_a_script_fetches_leaves_the_page_the_main_document(visitor: Visitor, web: Server) -> None:
    web.put("shop.test/file", b"PK....", headers=(("Content-Disposition", "attachment"),), media_type="application/zip")
    web.put("shop.test/", PAGE + "<script>onload = () => { location.href = '/file' }</script>")
    capture = visitor.capture(SHOP)
    assert capture.outcome is Outcome.COMPLETE, capture.detail
    assert [exchange.url for exchange in capture.exchanges if exchange.main_document] == [SHOP]
    assert exchange_of(capture, "file").body == b"PK...."
    assert any(item.what == SHOP + "file" and "download" in item.why for item in capture.refused)


def test_a_packed_file_is_not_unpacked_to_the_disk(visitor: Visitor, web: Server) -> None:
    headers = (("Content-Disposition", "attachment"), ("Content-Encoding", "gzip"))
    web.put("shop.test/", gzip.compress(b"x" * 1000), headers=headers, media_type="application/zip")
    capture = visitor.capture(SHOP)
    assert capture.reason == "download"
    assert "packed" in exchange_of(capture, "").body_missing


def test_a_spool_gives_back_what_it_took_whatever_the_pieces() -> None:
    chance = random.Random(6)
    data = chance.randbytes(SPOOL_FROM + 100_000)
    spool = Spool(len(data))
    place = 0
    while place < len(data):
        size = chance.randrange(1, 1_500_000)
        spool.write(data[place : place + size])
        place += size
    made = spool.finish()
    assert isinstance(made, SpooledBody)
    assert (made.size, made.digest, made.read()) == (len(data), hashlib.sha256(data).hexdigest(), data)
    assert made.read(10) == data[:10]
    spool.write(b"more")
    assert spool.finish() is made
    small = Spool(5)
    small.write(b"1234567")
    assert (small.finish(), small.cut) == (b"12345", True)


def test_a_spool_leaves_no_name_behind(tmp_path: Path) -> None:
    spool = Spool(SPOOL_FROM * 2, tmp_path)
    spool.write(bytes(SPOOL_FROM))
    assert list(tmp_path.iterdir()) == []
    assert isinstance(spool.finish(), SpooledBody)


def test_a_disk_that_takes_no_more_is_the_reason_that_is_told(tmp_path: Path) -> None:
    spool = Spool(SPOOL_FROM * 2, tmp_path / "gone")
    with pytest.raises(OSError, match="No such file"):
        spool.write(bytes(SPOOL_FROM))
