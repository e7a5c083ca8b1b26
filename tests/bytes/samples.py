"""Captures made by hand in the size of real ones: a shop's list page of 47 exchanges with all its views."""

from __future__ import annotations

import base64
import hashlib
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from scrapers.model import (
    Appearance,
    Capture,
    Certificate,
    Exchange,
    KnownViews,
    NameAnswer,
    Outcome,
    Role,
    Vantage,
    View,
    ViewKind,
)
from storage.archive import Archive
from storage.ids import new_id
from storage.model import WatchedPage
from storage.pages import ensure_page

START = datetime(2026, 11, 20, 6, 30, 15, 123456, tzinfo=UTC)
SHOP = "https://shop.test"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def shop_page(archive: Archive, url: str = SHOP + "/list") -> WatchedPage:
    with archive.database.writing() as session:
        return ensure_page(session, "示例卡盟", url, Role.PRODUCT, "desktop", START)


def list_page(at: datetime = START, *, known: KnownViews | None = None, scale: float = 1.0) -> Capture:
    """A list page with 40 pictures, scripts, styles and two data answers; 1.8 MB of bodies and 9 MB of views."""
    chance = random.Random(1)
    html = ("<!doctype html><meta charset=utf-8><title>全部商品</title>" + "<p>售后：7天内补发。</p>" * 2000).encode()
    script = "".join(f"function f{chance.random()}(a){{return a*{chance.random()}}}\n" for _ in range(6000)).encode()
    style = "".join(f".c{n}{{width:{chance.randrange(999)}px;color:#{n:06x}}}\n" for n in range(1200)).encode()
    bodies = [
        ("document", "/list", "text/html; charset=utf-8", html),
        ("script", "/app.js", "text/javascript", script),
        ("stylesheet", "/app.css", "text/css", style),
        ("script", "/vendor.js", "text/javascript", script[:40_000]),
        ("xhr", "/api/prices", "application/json", b'{"prices":[' + b"1.25," * 800 + b"0]}"),
        ("xhr", "/api/notice", "application/json", '{"notice":"公告"}'.encode()),
    ]
    bodies += [
        ("image", f"/img/{n:02}.webp", "image/webp", chance.randbytes(int(chance.randrange(20_000, 50_000) * scale)))
        for n in range(40)
    ]
    exchanges = [_exchange(n, at, *parts) for n, parts in enumerate(bodies)]
    exchanges.append(
        Exchange(
            sequence=46,
            url=SHOP + "/track.gif",
            method="GET",
            started_at=at + timedelta(seconds=1),
            resource_type="image",
            error="net::ERR_SOCKS_CONNECTION_FAILED",
        )
    )
    chain = (chance.randbytes(1400), chance.randbytes(1200))
    text = "售后：7天内补发。\n" * 2000
    views = known.views if known else _views(chance, html, text, scale)
    return Capture(
        id=new_id("capture", at),
        url=SHOP + "/list",
        final_url=SHOP + "/list",
        vantage=Vantage(),
        started_at=at,
        ended_at=at + timedelta(seconds=3),
        outcome=Outcome.COMPLETE,
        status=200,
        title="全部商品",
        exchanges=tuple(exchanges),
        views=views,
        names=(NameAnswer("shop.test", "system", ("203.0.113.7",), "", at),),
        certificates=(
            Certificate(
                "shop.test",
                "TLS 1.3",
                "CN=shop.test",
                "CN=Test CA",
                START,
                START,
                ("shop.test",),
                chain,
                digest(b""),
                "",
            ),
        ),
        appearance=Appearance(text=digest(text.encode()), resources=digest(html)),
        full_views=known is None,
        browser="HeadlessShell 156.0.1.2",
        tool="cardwatch 0.1.0",
    )


def later(capture: Capture, **minutes: float) -> datetime:
    return capture.started_at + timedelta(**minutes)


def with_body(capture: Capture, path: str, body: bytes) -> Capture:
    """The capture with another body at one address."""
    exchanges = tuple(
        replace(exchange, body=body, body_digest=digest(body)) if exchange.url == SHOP + path else exchange
        for exchange in capture.exchanges
    )
    return replace(capture, exchanges=exchanges)


def _exchange(number: int, at: datetime, kind: str, path: str, media_type: str, body: bytes) -> Exchange:
    chance = random.Random(at.timestamp() + number)
    return Exchange(
        sequence=number,
        url=SHOP + path,
        method="GET",
        started_at=at + timedelta(milliseconds=40 * number, microseconds=chance.randrange(999)),
        resource_type=kind,
        request_headers=(
            (
                "User-Agent",
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari",
            ),
            ("Accept", "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"),
            ("Accept-Encoding", "gzip, deflate, br, zstd"),
            ("Accept-Language", "zh-CN"),
            ("Referer", SHOP + "/list"),
            ("Cookie", "PHPSESSID=0f3b8cc6a1; lang=zh"),
            ("sec-ch-ua-platform", '"Linux"'),
        ),
        status=200,
        status_text="OK",
        protocol="http/1.1",
        response_headers=(
            ("Server", "nginx"),
            ("Date", f"{at:%a, %d %b %Y %H:%M:%S} GMT"),
            ("Content-Type", media_type),
            ("Content-Encoding", "gzip"),
            ("Content-Length", str(chance.randrange(10_000))),
            ("ETag", f'"{digest(body)[:16]}"'),
            ("Last-Modified", "Fri, 02 Oct 2026 09:10:11 GMT"),
            ("X-Request-Id", chance.randbytes(8).hex()),
            ("Set-Cookie", "a=1\nb=2"),
        ),
        body=body,
        body_digest=digest(body),
        remote_address="203.0.113.7:443",
        frame_url=SHOP + "/list",
        main_document=number == 0,
    )


def _views(chance: random.Random, html: bytes, text: str, scale: float) -> tuple[View, ...]:
    made = [
        (ViewKind.SCREENSHOT, "image/png", chance.randbytes(int(5_000_000 * scale))),
        (ViewKind.PDF, "application/pdf", chance.randbytes(int(1_600_000 * scale))),
        (ViewKind.MHTML, "multipart/related", base64.encodebytes(chance.randbytes(int(1_500_000 * scale)))),
        (ViewKind.DOM, "text/html", html),
        (ViewKind.TEXT, "text/plain", text.encode()),
        (ViewKind.POPUP_TEXT, "text/plain", "公告：售后3天".encode()),
    ]
    return tuple(View(kind, media_type, data, digest(data)) for kind, media_type, data in made)
