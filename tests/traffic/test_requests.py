"""What requests are recorded as over HTTPS and h2: hops and cookies, codings, methods, frames, workers, sockets."""

from __future__ import annotations

import gzip
import zlib

import pytest
from capture.conftest import Visitor

import scrapers.process
from scrapers.model import Capture, Exchange, Limits, Outcome

from .conftest import Visit
from .server import Answer, Reply, Request, Server, echo_web_socket

PAGE = "<title>点卡</title><h1>游戏点卡</h1><p>价格 ¥10 库存 5</p><p>售后：7天内包补发。</p>"
SHOP = "https://shop.test/"
DRAWING = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"


def exchanges_of(capture: Capture, url: str) -> list[Exchange]:
    return [exchange for exchange in capture.exchanges if exchange.url == url]


def exchange_of(capture: Capture, url: str) -> Exchange:
    found = exchanges_of(capture, url)
    assert len(found) == 1, [exchange.url for exchange in capture.exchanges]
    return found[0]


def cookies_of(exchange: Exchange) -> list[str]:
    return [value for name, value in exchange.response_headers if name.lower() == "set-cookie"]


def moved(to: str, *cookies: str, status: int = 302) -> Answer:
    return Answer("", status, (("Location", to), *(("Set-Cookie", cookie) for cookie in cookies)))


def pack_as_zstd(data: bytes) -> bytes:
    """One raw block of RFC 8878."""
    head = b"\x28\xb5\x2f\xfd\xa0" + len(data).to_bytes(4, "little")
    return head + (len(data) << 3 | 1).to_bytes(3, "little") + data


def pack_as_brotli(data: bytes) -> bytes:
    """One uncompressed meta-block of RFC 7932, then the empty last one."""
    bits = (len(data) - 1) << 4 | 1 << 20
    return bits.to_bytes(3, "little") + data + b"\x03"


@pytest.mark.parametrize("protocol", ["h2", "http/1.1"])
def test_every_hop_keeps_its_cookies_its_address_and_its_protocol(
    web: Server, old_web: Server, visiting_hosts: Visit, protocol: str
) -> None:
    server = web if protocol == "h2" else old_web
    server.put("shop.test/", moved("https://hop.example/a", "a=1", "b=2; HttpOnly"))
    server.put("hop.example/a", moved("/b", "c=3", "d=4", status=301))
    server.put("hop.example/b", moved("https://shop.test/last", "e=5", status=307))
    server.put("shop.test/last", PAGE + "<img src=/i>", headers=(("Set-Cookie", "f=6"), ("Set-Cookie", "g=7")))
    server.put("shop.test/i", moved("https://cdn.example/i", "h=8"))
    server.put(
        "cdn.example/i", DRAWING, media_type="image/svg+xml", headers=(("Set-Cookie", "i=9; SameSite=None; Secure"),)
    )
    with visiting_hosts(server) as visitor:
        capture = visitor.capture(SHOP)
    assert capture.outcome is Outcome.COMPLETE, capture.detail
    hops = capture.exchanges[:4]
    assert [hop.status for hop in hops] == [302, 301, 307, 200]
    assert [cookies_of(hop) for hop in hops] == [["a=1", "b=2; HttpOnly"], ["c=3", "d=4"], ["e=5"], ["f=6", "g=7"]]
    asked = [{name.lower(): value for name, value in hop.request_headers}.get("cookie", "") for hop in hops]
    assert asked == ["", "", "c=3; d=4", "a=1; b=2"]
    assert [cookies_of(exchange) for exchange in capture.exchanges[4:]] == [["h=8"], ["i=9; SameSite=None; Secure"]]
    assert {exchange.remote_address for exchange in capture.exchanges} == {server.endpoint}
    assert {exchange.protocol for exchange in capture.exchanges} == {protocol}
    shown = dict(hops[3].request_headers)
    assert (":authority" in shown) == (protocol == "h2")


@pytest.mark.parametrize(
    ("coding", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("br", pack_as_brotli), ("zstd", pack_as_zstd)],
)
def test_packed_answers_are_kept_unpacked_with_the_headers_as_they_came(
    visitor: Visitor, web: Server, coding: str, pack: object
) -> None:
    text = ("价格 ¥10 " * 300).encode()
    assert callable(pack)
    web.put("shop.test/data", pack(text), headers=(("Content-Encoding", coding),), media_type="text/plain")
    web.put("shop.test/", PAGE + "<script>fetch('/data').then(r => r.text())</script>")
    data = exchange_of(visitor.capture(SHOP), SHOP + "data")
    assert data.body == text
    assert dict(data.response_headers)["content-encoding"] == coding
    assert data.body_missing == ""


def test_answers_without_a_body_are_whole(visitor: Visitor, web: Server) -> None:
    for status in (204, 404, 500):
        web.put(f"shop.test/{status}", "", status=status)
    web.put("shop.test/head", "never sent")
    asks = "for (const s of [204, 404, 500]) fetch('/' + s); fetch('/head', {method: 'HEAD'})"
    web.put("shop.test/", PAGE + f"<script>{asks}</script>")
    capture = visitor.capture(SHOP)
    assert capture.outcome is Outcome.COMPLETE, capture.detail
    for path, status in (("204", 204), ("404", 404), ("500", 500), ("head", 200)):
        empty = exchange_of(capture, SHOP + path)
        assert (empty.status, empty.body, empty.error, empty.body_missing) == (status, b"", "", "")


def test_a_preflight_and_what_follows_it_are_recorded(visitor: Visitor, web: Server) -> None:
    allowed = (
        ("Access-Control-Allow-Origin", "https://shop.test"),
        ("Access-Control-Allow-Headers", "content-type"),
    )

    async def answer(request: Request, reply: Reply) -> None:
        await reply.start(200, (*allowed, ("Content-Type", "application/json")))
        await reply.send(b"ok" if request.method == "OPTIONS" else b'{"price": 10}')
        await reply.end()

    web.put("cdn.example/api", answer)
    how = "{method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{\"a\":1}'}"
    web.put("shop.test/", PAGE + f"<script>fetch('https://cdn.example/api', {how}).then(r => r.json())</script>")
    capture = visitor.capture(SHOP)
    flight, post = sorted(exchanges_of(capture, "https://cdn.example/api"), key=lambda exchange: exchange.method)
    assert (flight.method, flight.status, flight.body_missing, flight.error) == ("OPTIONS", 200, "", "")
    assert (post.method, post.request_body, post.body) == ("POST", b'{"a":1}', b'{"price": 10}')
    assert capture.outcome is Outcome.COMPLETE, capture.detail


@pytest.mark.parametrize("protocol", ["h2", "http/1.1"])
def test_early_hints_and_trailers_disturb_nothing(
    web: Server, old_web: Server, visiting_hosts: Visit, protocol: str
) -> None:
    server = web if protocol == "h2" else old_web

    async def hint(_request: Request, reply: Reply) -> None:
        await reply.inform(103, (("Link", "</s.css>; rel=preload; as=style"), ("X-Early", "1")))
        await reply.start(
            200, (("Content-Type", "text/html; charset=utf-8"), ("Set-Cookie", "a=1"), ("Trailer", "X-T"))
        )
        await reply.send((PAGE + "<link rel=stylesheet href=/s.css>").encode())
        await reply.end((("X-T", "1"),))

    server.put("shop.test/", hint)
    server.put("shop.test/s.css", "h1 { color: red }", media_type="text/css")
    with visiting_hosts(server) as visitor:
        capture = visitor.capture(SHOP)
    page = exchange_of(capture, SHOP)
    assert (page.status, cookies_of(page)) == (200, ["a=1"])
    assert page.body == (PAGE + "<link rel=stylesheet href=/s.css>").encode()
    assert "x-early" not in {name.lower() for name, _ in page.response_headers}
    assert exchanges_of(capture, SHOP + "s.css")[-1].body == b"h1 { color: red }"


def test_a_page_that_asks_for_a_password_is_recorded_and_not_answered(visitor: Visitor, web: Server) -> None:
    web.put("shop.test/", "<h1>请登录</h1>", status=401, headers=(("WWW-Authenticate", 'Basic realm="shop"'),))
    capture = visitor.capture(SHOP)
    assert (capture.outcome, capture.status) == (Outcome.FAILED, 401) or capture.reason == "login"
    page = exchange_of(capture, SHOP)
    assert page.body == "<h1>请登录</h1>".encode()
    assert dict(page.response_headers)["www-authenticate"] == 'Basic realm="shop"'
    assert not any(name.lower() == "authorization" for name, _ in page.request_headers)


def test_a_charset_that_does_not_exist_costs_no_byte(visitor: Visitor, web: Server) -> None:
    body = PAGE.encode("gb18030") + b"\xff\xfe\x00"
    web.put("shop.test/", body, media_type="text/html; charset=no-such-charset")
    capture = visitor.capture(SHOP)
    assert exchange_of(capture, SHOP).body == body
    assert dict(exchange_of(capture, SHOP).response_headers)["content-type"] == "text/html; charset=no-such-charset"


FRAMES = """<iframe src=https://frames.example/f></iframe>"""


@pytest.mark.parametrize("apart", [False, True])
def test_frames_of_other_sites_are_recorded_in_any_process(
    web: Server, visiting_hosts: Visit, monkeypatch: pytest.MonkeyPatch, apart: bool
) -> None:
    if apart:
        arguments = (*scrapers.process._ARGUMENTS, "--site-per-process")
        monkeypatch.setattr(scrapers.process, "_ARGUMENTS", arguments)
    web.put("shop.test/", PAGE + FRAMES)
    web.put("frames.example/f", f"<p>外层</p><img src=/i.svg>{FRAMES.replace('frames.example/f', 'deep.example/d')}")
    web.put("frames.example/i.svg", DRAWING, media_type="image/svg+xml")
    web.put("deep.example/d", "<p>内层</p><script>fetch('/data').then(r => r.text())</script>")
    web.put("deep.example/data", "深处的数据", media_type="text/plain; charset=utf-8")
    with visiting_hosts(web) as visitor:
        capture = visitor.capture(SHOP)
    assert capture.outcome is Outcome.COMPLETE, capture.detail
    for url in ("frames.example/f", "frames.example/i.svg", "deep.example/d", "deep.example/data"):
        answer = web.answers[url]
        assert isinstance(answer, Answer)
        found = exchange_of(capture, f"https://{url}")
        assert found.body == (answer.body.encode() if isinstance(answer.body, str) else answer.body)
        assert not found.main_document
    assert {certificate.host for certificate in capture.certificates} == {"shop.test", "frames.example", "deep.example"}


def test_workers_of_all_kinds_are_recorded_with_what_they_ask_for(visitor: Visitor, web: Server) -> None:
    workers = (
        "new Worker('/w.js'); new SharedWorker('/s.js'); navigator.serviceWorker.register('/sw.js').catch(() => 0)"
    )
    web.put("shop.test/", PAGE + f"<script>{workers}</script>")
    web.put("shop.test/w.js", "fetch('/of-w').then(r => r.text()); new Worker('/n.js')", media_type="text/javascript")
    web.put("shop.test/n.js", "fetch('/of-n').then(r => r.text())", media_type="text/javascript")
    web.put("shop.test/s.js", "fetch('/of-s').then(r => r.text())", media_type="text/javascript")
    web.put("shop.test/sw.js", "self.addEventListener('fetch', () => 0)", media_type="text/javascript")
    for name in "wns":
        web.put(f"shop.test/of-{name}", f"data of {name}", media_type="text/plain")
    capture = visitor.capture(SHOP)
    for name in "wns":
        assert exchange_of(capture, f"{SHOP}of-{name}").body == f"data of {name}".encode()
        script = exchange_of(capture, f"{SHOP}{name}.js")
        answer = web.answers[f"shop.test/{name}.js"]
        assert isinstance(answer, Answer)
        assert (script.status, script.body) == (200, str(answer.body).encode())
    assert "GET shop.test/sw.js" not in web.seen
    assert [item.what for item in capture.refused] == ["service worker /sw.js"]


def test_a_web_socket_is_told_with_its_frames_counted_each_way(old_web: Server, visiting_hosts: Visit) -> None:
    old_web.put("shop.test/ws", echo_web_socket)
    script = """const s = new WebSocket('wss://shop.test/ws'); let left = 3;
      s.onopen = () => { for (let i = 0; i < 3; i++) s.send('card ' + i) };
      s.onmessage = () => { if (!--left) document.body.append('done') }"""
    old_web.put("shop.test/", PAGE + f"<script>{script}</script>")
    with visiting_hosts(old_web) as visitor:
        capture = visitor.capture(SHOP)
    socket = exchange_of(capture, "wss://shop.test/ws")
    assert (socket.status, socket.resource_type, socket.remote_address) == (101, "websocket", old_web.endpoint)
    assert "3 received (18 bytes), 3 sent (18 bytes)" in socket.body_missing
    assert capture.outcome is Outcome.COMPLETE, capture.detail


def test_what_is_no_traffic_is_noted(visitor: Visitor, web: Server) -> None:
    picture = "data:image/svg+xml," + DRAWING.replace("'", "%27").replace(" ", "%20").replace("<", "%3C")
    script = "fetch(URL.createObjectURL(new Blob(['x']))).then(r => r.text())"
    web.put("shop.test/", PAGE + f'<img src="{picture}"><script>{script}</script>')
    capture = visitor.capture(SHOP)
    assert [exchange.url for exchange in capture.exchanges] == [SHOP]
    assert {item.what: item.why.partition(" ")[0] for item in capture.notes} == {
        "data: addresses": "1",
        "blob: addresses": "1",
    }
    assert capture.outcome is Outcome.COMPLETE, capture.detail


def test_a_large_page_is_read_and_kept_to_its_limits(visitor: Visitor, web: Server) -> None:
    big = "data:text/plain," + "x" * 2_000_000
    rows = "<i>7</i>" * 60_000
    web.put("shop.test/", PAGE + f"<script>fetch('{big}').then(r => r.text())</script><div hidden>{rows}</div>")
    capture = visitor.capture(SHOP, limits=Limits(capture_seconds=40))
    dom = next(view.data for view in capture.views if view.kind == "dom")
    assert dom is not None
    assert dom.count(b"<i>7</i>") == 60_000
    assert exchange_of(capture, SHOP).body_size == len(web.answers["shop.test/"].body.encode())  # type: ignore[union-attr]
