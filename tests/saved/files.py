"""Makes saved files as browsers, crawlers and archives write them."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import quopri
import zipfile
from datetime import UTC, datetime
from pathlib import Path

Pairs = tuple[tuple[str, str], ...]
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
TERMS_URL = "https://shop.test/terms"
PAGE = (
    "<!DOCTYPE html><html><head><meta charset='{charset}'><title>售后条款</title></head><body><h1>售后条款</h1>"
    "<p>一、卡密无效的，购买后{days}天内可以申请补发或退款。</p>"
    "<p>二、本店出售的充值卡和账号均为官方渠道购入，卡密发出之后请尽快使用并妥善保管，不要向任何人透露。</p>"
    "</body></html>"
)


def page_html(days: int = 7, charset: str = "utf-8") -> str:
    return PAGE.format(days=days, charset=charset)


class WarcFile:
    """Collects records in memory and gives the bytes."""

    def __init__(self, *, gzip: bool = True) -> None:
        self._gzip = gzip
        self._parts: list[bytes] = []

    def add(
        self,
        url: str,
        body: bytes,
        *,
        date: str = "2024-03-01T02:00:00Z",
        media_type: str = "text/html; charset=utf-8",
        status: str = "200 OK",
        headers: Pairs = (),
        request: Pairs | None = (),
    ) -> WarcFile:
        head = f"HTTP/1.1 {status}\r\n" + lines((("Content-Type", media_type), *headers))
        answer_id = f"<urn:uuid:{len(self._parts)}>"
        self.record("response", url, head.encode() + body, date=date, record_id=answer_id, payload=body)
        if request is not None:
            asked = "GET / HTTP/1.1\r\n" + lines((("Host", "shop.test"), *request))
            self.record("request", url, asked.encode(), date=date, more=(("WARC-Concurrent-To", answer_id),))
        return self

    def record(
        self,
        kind: str,
        url: str,
        block: bytes,
        *,
        date: str = "2024-03-01T02:00:00Z",
        record_id: str = "",
        payload: bytes | None = None,
        more: Pairs = (),
    ) -> WarcFile:
        head = [
            ("WARC-Type", kind),
            ("WARC-Target-URI", url),
            ("WARC-Date", date),
            ("WARC-Record-ID", record_id or f"<urn:uuid:{len(self._parts)}>"),
            ("WARC-Block-Digest", sha1(block)),
            *((("WARC-Payload-Digest", sha1(payload)),) if payload is not None else ()),
            *more,
            ("Content-Type", f"application/http; msgtype={kind}"),
            ("Content-Length", str(len(block))),
        ]
        data = ("WARC/1.1\r\n" + lines(tuple(head))).encode() + block + b"\r\n\r\n"
        self._parts.append(gzip.compress(data) if self._gzip else data)
        return self

    def data(self) -> bytes:
        return b"".join(self._parts)


def lines(headers: Pairs) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in headers) + "\r\n"


def sha1(data: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode()


def shop_warc(*, gzip: bool = True) -> WarcFile:
    """A visit as a browser-based crawler stores it: a redirect, two pages, an XHR and a picture of the first."""
    product = page_html().replace("售后条款", "月卡")
    return (
        WarcFile(gzip=gzip)
        .add(
            "http://shop.test/buy/1",
            b"",
            date="2024-03-01T02:00:00Z",
            status="301 Moved Permanently",
            headers=(("Location", "https://shop.test/buy/1"),),
        )
        .add(
            "https://shop.test/buy/1",
            product.encode(),
            date="2024-03-01T02:00:01Z",
            request=(("Sec-Fetch-Dest", "document"), ("User-Agent", "Crawler/1")),
        )
        .add(
            "https://shop.test/api/stock?id=1",
            b'{"stock": 12}',
            date="2024-03-01T02:00:02Z",
            media_type="application/json",
            request=(("Referer", "https://shop.test/buy/1"), ("Sec-Fetch-Dest", "empty")),
        )
        .add(
            "https://shop.test/frame",
            page_html().encode(),
            date="2024-03-01T02:00:03Z",
            request=(("Referer", "https://shop.test/buy/1"), ("Sec-Fetch-Dest", "iframe")),
        )
        .add(TERMS_URL, page_html().encode(), date="2024-03-01T02:10:00Z", request=(("Sec-Fetch-Dest", "document"),))
        .add(
            "https://shop.test/logo.png",
            b"\x89PNG....",
            date="2024-03-01T02:10:01Z",
            media_type="image/png",
            request=(("Referer", TERMS_URL),),
        )
    )


def wacz_bytes(warc: bytes, *, hash_of: bytes | None = None, pages: tuple[str, ...] = (TERMS_URL,)) -> bytes:
    digest = hashlib.sha256(warc if hash_of is None else hash_of).hexdigest()
    package = {"profile": "data-package", "resources": [{"path": "archive/data.warc.gz", "hash": f"sha256:{digest}"}]}
    rows = [{"format": "json-pages-1.0"}, *({"url": url, "ts": "2024-03-01T02:10:00Z", "title": "页"} for url in pages)]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("archive/data.warc.gz", warc)
        archive.writestr("pages/pages.jsonl", "\n".join(json.dumps(row) for row in rows))
        archive.writestr("datapackage.json", json.dumps(package))
    return buffer.getvalue()


def mhtml_bytes(*, charset: str = "gbk", url: str = TERMS_URL, closed: bool = True) -> bytes:
    html = page_html(charset="gb2312").encode(charset)
    frame = "<html><body><p>公告：本店不退款</p></body></html>".encode()
    lines = [
        b"From: <Saved by Blink>",
        b"Snapshot-Content-Location: " + url.encode(),
        b"Subject: =?utf-8?Q?" + quopri.encodestring("售后条款".encode(), header=True).strip() + b"?=",
        b"Date: Fri, 1 Mar 2024 10:00:00 +0800",
        b"MIME-Version: 1.0",
        b'Content-Type: multipart/related; type="text/html"; boundary="----MultipartBoundary--abc----"',
        b"",
        b"",
        b"------MultipartBoundary--abc----",
        b"Content-Type: text/html",
        b"Content-ID: <frame-1@mhtml.blink>",
        b"Content-Transfer-Encoding: quoted-printable",
        b"Content-Location: " + url.encode(),
        b"",
        quopri.encodestring(html).replace(b"\n", b"\r\n"),
        b"------MultipartBoundary--abc----",
        b"Content-Type: text/html; charset=utf-8",
        b"Content-ID: <frame-2@mhtml.blink>",
        b"Content-Transfer-Encoding: base64",
        b"Content-Location: https://shop.test/notice",
        b"",
        base64.encodebytes(frame).replace(b"\n", b"\r\n"),
        b"------MultipartBoundary--abc------" if closed else b"",
        b"",
    ]
    return b"\r\n".join(lines)


def har_bytes(*, html: str = "", with_body: bool = True) -> bytes:
    def entry(url: str, status: int, media_type: str, text: str | None, **more: object) -> dict[str, object]:
        content: dict[str, object] = {"size": len(text or ""), "mimeType": media_type}
        if text is not None:
            content["text"] = text
        headers = [{"name": "Content-Type", "value": media_type}]
        if location := more.pop("location", ""):
            headers.append({"name": "Location", "value": location})
        return {
            "pageref": "page_1",
            "startedDateTime": "2024-03-01T10:00:00.500+08:00",
            "request": {"method": "GET", "url": url, "headers": [{"name": "User-Agent", "value": "Mozilla/5.0"}]},
            "response": {
                "status": status,
                "statusText": "OK",
                "httpVersion": "h2",
                "headers": headers,
                "content": content,
            },
            **more,
        }

    body = html or page_html()
    log = {
        "version": "1.2",
        "creator": {"name": "WebInspector", "version": "537.36"},
        "browser": {"name": "Chrome", "version": "150"},
        "pages": [{"id": "page_1", "startedDateTime": "2024-03-01T10:00:00.000+08:00", "title": TERMS_URL}],
        "entries": [
            entry("https://shop.test/rules", 302, "text/html", None, location="/terms"),
            entry(TERMS_URL, 200, "text/html; charset=gbk", body if with_body else None, _resourceType="document"),
            entry("https://shop.test/api", 200, "application/json", '{"退款": false}', _resourceType="xhr"),
        ],
    }
    return json.dumps({"log": log}, ensure_ascii=False).encode()


def wayback_html() -> str:
    """A page as the Wayback Machine serves it: rewritten links, its scripts, toolbar and closing comment."""
    link = '<a href="/web/20240301020000/https://shop.test/buy/1">月卡</a>'
    return (
        "<!DOCTYPE html><html><head><script src='//archive.org/includes/athena.js'></script>\n"
        '<script>__wm.wombat("https://shop.test/terms","20240301020000","https://web.archive.org/");</script>\n'
        "<!-- End Wayback Rewrite JS Include -->\n<title>售后条款</title></head><body>"
        "<!-- BEGIN WAYBACK TOOLBAR INSERT --><div>12 captures, Wayback</div><!-- END WAYBACK TOOLBAR INSERT -->"
        f"<p>卡密无效的，购买后7天内可以申请补发或退款；请妥善保管，不要向任何人透露。</p>{link}"
        "</body></html>\n<!--\n     FILE ARCHIVED ON 02:00:00 Mar 01, 2024 AND RETRIEVED FROM THE\n"
        "     INTERNET ARCHIVE ON 10:00:00 Nov 20, 2026.\n-->"
    )


def write(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path
