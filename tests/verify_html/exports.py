"""Exports to check: captures kept, sealed and stamped by the real archive, written by the real exporter."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scrapers.model import (
    Appearance,
    Capture,
    Certificate,
    Exchange,
    NameAnswer,
    Outcome,
    Role,
    Vantage,
    View,
    ViewKind,
)
from storage.archive import Archive, open_archive
from storage.checkpoints import seal_log
from storage.custody import newest_key
from storage.ids import new_id
from storage.model import Checkpoint, StoredCapture, TokenKind
from storage.pages import ensure_page
from storage.token_files import keep_chain
from storage.tokens import hold_token, request_token
from storage.wacz import export_wacz

from .authority import Authority

START = datetime(2026, 11, 20, 6, 30, 15, 123456, tzinfo=UTC)
URL = "https://shop.test/product/1"
FILLER = sha256(b"filler").hexdigest().encode()
"""Stands in the page and in a header; who alters a record may put something shorter in its place."""
TERMS = "售后：自购买之日起7天内补发，超过7天不补。"


@dataclass(frozen=True)
class Kept:
    """An archive with two captures of one page, the second of which reuses bytes and views of the first."""

    archive: Archive
    first: StoredCapture
    second: StoredCapture
    earlier: Checkpoint
    checkpoint: Checkpoint
    authority: Authority

    @property
    def key(self) -> Ed25519PrivateKey:
        """The log's own key, which only its holder has."""
        with self.archive.database.reading() as session:
            found = self.archive.keys.find(newest_key(session).key.public)
        assert found is not None
        return found

    def export(self, folder: Path, stored: StoredCapture, **extras: bytes) -> bytes:
        path = folder / f"{stored.id}-{len(list(folder.iterdir()))}.wacz"
        export_wacz(self.archive, stored.id, path, at=START + timedelta(days=1), extras=extras)
        return path.read_bytes()


def keep_captures(folder: Path) -> Kept:
    archive = open_archive(folder, f"sqlite:///{folder}/cardwatch.db", at=START, minimum_free_megabytes=1)
    with archive.database.writing() as session:
        page = ensure_page(session, "示例卡盟", URL, Role.PRODUCT, "desktop", START)
    first = archive.keep_capture(visit(START), page)
    earlier = seal_log(archive, START + timedelta(minutes=1))
    at = START + timedelta(hours=6)
    known = archive.known_views(page.id, at=at, max_age=timedelta(days=7))
    assert known is not None
    again = replace(visit(at, "¥9.90"), views=known.views, full_views=False)
    second = archive.keep_capture(again, page)
    checkpoint = seal_log(archive, at + timedelta(minutes=1))
    authority = Authority(folder.parent / "authority")
    stamp(archive, checkpoint, authority)
    return Kept(archive, first, second, earlier, checkpoint, authority)


def stamp(archive: Archive, checkpoint: Checkpoint, authority: Authority) -> None:
    moment = datetime.now(UTC)
    with archive.database.writing() as session:
        key = request_token(session, checkpoint, TokenKind.RFC3161, "test-tsa", moment)
        data = authority.stamp(checkpoint.note)
        hold_token(session, key, data, stamped_at=moment, expires_at=moment + timedelta(days=300))
        keep_chain(session, key, authority.chain_pem)


def visit(at: datetime, price: str = "¥10.00") -> Capture:
    """A small product page: a redirect, the document, a script in gzip, a data answer, a failure, and its views."""
    html = (
        f"<!doctype html><meta charset=utf-8><title>点卡</title><p>{TERMS}</p><b>{price}</b><!-- ".encode()
        + FILLER
        + b" -->"
    )
    text = f"点卡\n{TERMS}\n{price}"
    parts = (
        ("/product/1?ref=a b<c>", 302, "text/html", b"", (("Location", URL), ("Set-Cookie", "a=1\nb=2"))),
        ("/product/1", 200, "text/html; charset=utf-8", html, (("Set-Cookie", "PHPSESSID=0f3b8cc6a1; path=/"),)),
        (
            "/app.js",
            200,
            "text/javascript",
            b"let a=1;\n" * 900,
            (("content-encoding", "gzip"), ("content-length", "7")),
        ),
        (
            "/api/stock",
            200,
            "application/json",
            b'{"stock":12}',
            (("X-名", "不合法"), ("X-Note", "caf\xe9 \x07"), ("X-Trace", FILLER.decode())),
        ),
        ("/big.bin", 200, "application/octet-stream", bytes(range(256)) * 700, ()),
        ("/none", 204, "", b"", ()),
    )
    exchanges = [_exchange(number, at, *part) for number, part in enumerate(parts)]
    exchanges[3] = replace(exchanges[3], method="POST", request_body=b"sku=1&session=abc", resource_type="xhr")
    exchanges[1] = replace(exchanges[1], main_document=True)
    failed = Exchange(6, "https://t.test/x.gif", "GET", at, "image", error="net::ERR_SOCKS_CONNECTION_FAILED")
    chain = (b"\x30\x82" + b"leaf" * 90, b"\x30\x82" + b"root" * 80)
    views = (
        _view(ViewKind.SCREENSHOT, "image/png", make_png(320, 200)),
        _view(ViewKind.PDF, "application/pdf", b"%PDF-1.7\n" + bytes(3000)),
        _view(ViewKind.DOM, "text/html", html + b"<!-- dom -->"),
        _view(ViewKind.TEXT, "text/plain", text.encode()),
        _view(ViewKind.POPUP_TEXT, "text/plain", "公告".encode(), "1"),
    )
    return Capture(
        id=new_id("capture", at),
        url=URL + "?ref=a b<c>",
        final_url=URL,
        vantage=Vantage(),
        started_at=at,
        ended_at=at + timedelta(seconds=4),
        outcome=Outcome.COMPLETE,
        status=200,
        title="点卡 100元 💳",
        exchanges=(*exchanges, failed),
        views=views,
        names=(NameAnswer("shop.test", "system", ("203.0.113.7",), "", at),),
        certificates=(
            Certificate("shop.test", "TLS 1.3", "CN=shop.test", "CN=CA", at, at, ("shop.test",), chain, "", ""),
        ),
        appearance=Appearance(text="t", resources="r"),
        browser="HeadlessShell 156.0.1.2",
        tool="cardwatch 0.1.0",
    )


def with_body(capture: Capture, *bodies: bytes) -> Capture:
    """The capture with further answers."""
    model = next(exchange for exchange in capture.exchanges if exchange.url.endswith("/big.bin"))
    first = max(exchange.sequence for exchange in capture.exchanges) + 1
    more = [
        replace(model, sequence=number, url=f"{model.url}?{number}", body=body, body_digest=sha256(body).hexdigest())
        for number, body in enumerate(bodies, first)
    ]
    return replace(capture, exchanges=(*capture.exchanges, *more))


def make_png(width: int, height: int) -> bytes:
    """A picture in two colours."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((40, 90, 160) if y < 40 else (235, 238, 242)) * width for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def _view(kind: ViewKind, media_type: str, data: bytes, name: str = "") -> View:
    return View(kind, media_type, data, sha256(data).hexdigest(), name)


def _exchange(
    number: int, at: datetime, path: str, status: int, kind: str, body: bytes, more: tuple[tuple[str, str], ...]
) -> Exchange:
    return Exchange(
        sequence=number,
        url="https://shop.test" + path,
        method="GET",
        started_at=at + timedelta(milliseconds=40 * number),
        resource_type="document" if number < 2 else "script",
        request_headers=(("User-Agent", "Mozilla/5.0"), ("Cookie", "PHPSESSID=0f3b8cc6a1; lang=zh")),
        status=status,
        status_text="Found" if status == 302 else "OK",
        protocol="h2",
        response_headers=(("Content-Type", kind), ("Server", "nginx"), *more),
        body=body or None,
        body_digest=sha256(body).hexdigest() if body else "",
        remote_address="203.0.113.7:443",
    )
