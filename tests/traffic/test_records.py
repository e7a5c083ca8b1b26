"""What the WARC says of the traffic: addresses, protocols, partial content and why a body is cut."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from capture.conftest import Visitor

from scrapers.model import Limits, Role
from storage.archive import open_archive
from storage.check import check_archive
from storage.pages import ensure_page
from storage.warc import read_records

from .server import Reply, Request, Server

PAGE = "<title>点卡</title><h1>游戏点卡</h1><p>价格 ¥10 库存 5</p><p>售后：7天内包补发。</p>"


def test_every_record_names_its_server_and_says_why_it_is_cut(web: Server, visitor: Visitor, tmp_path: Path) -> None:
    async def breaks_off(_request: Request, reply: Reply) -> None:
        await reply.start(200, (("Content-Type", "text/plain"), ("Content-Length", "9000")))
        await reply.send(b"y" * 4000)
        await read.wait()
        await reply.cut()

    async def has_read(_request: Request, reply: Reply) -> None:
        read.set()
        await reply.start(204)
        await reply.end()

    read = asyncio.Event()
    web.put("shop.test/read", has_read)
    web.put("shop.test/cut", breaks_off)
    web.put("shop.test/long", b"z" * 3_000_000, media_type="text/plain")
    web.put("shop.test/part", b"cde", status=206, headers=(("Content-Range", "bytes 2-4/10"),), media_type="text/plain")
    web.put("shop.test/go", "", status=302, headers=(("Location", "https://cdn.example/end"),))
    web.put("cdn.example/end", "end", headers=(("Access-Control-Allow-Origin", "*"),), media_type="text/plain")
    asks = "".join(f"fetch('{path}').then(r => r.text()).catch(() => 0);" for path in ("/long", "/go"))
    asks += "fetch('/cut').then(async r => { await r.body.getReader().read(); fetch('/read') });"
    part = "fetch('/part', {headers: {Range: 'bytes=2-4'}}).then(r => r.text())"
    web.put("shop.test/", PAGE + f"<script>{asks}{part}</script>")
    capture = visitor.capture("https://shop.test/", limits=Limits(body_megabytes=1))
    at = datetime.now(UTC)
    archive = open_archive(tmp_path, f"sqlite:///{tmp_path}/cardwatch.db", at=at)
    try:
        with archive.database.writing() as session:
            page = ensure_page(session, "shop", "https://shop.test/", Role.PRODUCT, "desktop", at)
        stored = archive.keep_capture(capture, page)
        assert archive.load_capture(capture.id) == capture
        assert check_archive(archive).problems == []
        with archive.objects.open(stored.warc) as file:
            answers = {record.uri: record for record in read_records(file) if record.type in ("response", "revisit")}
    finally:
        archive.close()
    address = web.endpoint.partition(":")[0]
    assert set(answers) == {
        *(f"https://shop.test/{path}" for path in ("", "cut", "long", "part", "go", "read")),
        "https://cdn.example/end",
    }
    assert {record.headers["warc-ip-address"] for record in answers.values()} == {address}
    assert {record.headers["warc-protocol"] for record in answers.values()} == {"h2"}
    cut = {
        uri: record.headers["warc-truncated"] for uri, record in answers.items() if "warc-truncated" in record.headers
    }
    assert cut == {"https://shop.test/cut": "disconnect", "https://shop.test/long": "length"}
    assert answers["https://shop.test/cut"].payload == b"y" * 4000
    assert b"Content-Length: 4000\r\n" in answers["https://shop.test/cut"].head
    assert answers["https://shop.test/part"].head.startswith(b"HTTP/1.1 206 ")
    assert b"Content-Range: bytes 2-4/10" in answers["https://shop.test/part"].head.replace(
        b"content-range", b"Content-Range"
    )
    assert answers["https://shop.test/long"].payload == b"z" * (1 << 20)
