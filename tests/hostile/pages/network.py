"""Pages that send: floods, and requests to addresses that are none of a page's business."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import struct

import psutil

from scrapers.model import Capture, Outcome

from ..page import READ, RULES, Page, script
from ..site import Request, Site

_ANY = (*READ, Outcome.FAILED)
_FORBIDDEN = (Outcome.FAILED,)


async def _quick(request: Request) -> None:
    await request.answer("x", "text/plain", "Access-Control-Allow-Origin: *")


async def _socket_flood(request: Request) -> None:
    if not request.path:
        code = (
            "for (let i = 0; i < 30; i++) { const w = new WebSocket('ws://' + location.host + '/socket-flood/s');"
            " w.onopen = () => setInterval(() => w.send('x'.repeat(10000)), 1) }"
        )
        await request.answer(f"<meta charset=utf-8>{RULES}<script>{code}</script>")
        return
    key = request.headers.get("sec-websocket-key", "") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
    await request.send(
        f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    )
    frame = b"\x82\x7f" + struct.pack(">Q", 65536) + bytes(65536)
    while True:
        await request.send(frame)
        await asyncio.sleep(0.001)


async def _event_flood(request: Request) -> None:
    if not request.path:
        code = "for (let i = 0; i < 6; i++) new EventSource('/event-flood/e').onmessage = e => document.title = e.data.length"
        await request.answer(f"<meta charset=utf-8>{RULES}<script>{code}</script>")
        return
    await request.head("200 OK", "text/event-stream")
    while True:
        await request.send("data: " + "x" * 1000 + "\n\n")
        await asyncio.sleep(0.0005)


async def _event_line(request: Request) -> None:
    """One event whose line has no end."""
    if not request.path:
        await request.answer(f"<meta charset=utf-8>{RULES}<script>new EventSource('/event-line/e')</script>")
        return
    await request.head("200 OK", "text/event-stream")
    await request.send("data: ")
    while True:
        await request.send(b"x" * 65536)


async def _many_answers(request: Request) -> None:
    """Polls without end: each answer asks for the next."""
    if request.path:
        await _quick(request)
        return
    await request.answer(
        f"<meta charset=utf-8>{RULES}<script>const go = () => fetch('/many-answers/x').then(go); for (let i = 0; i < 20; i++) go()</script>"
    )


def _private(code: str) -> str:
    """A script with PORT where the canary listens, served with `_to_private`."""
    return f"<!doctype html><meta charset=utf-8>{RULES}<script>{code}</script>"


def _to_private(code: str):  # type: ignore[no-untyped-def]
    async def serve(request: Request) -> None:
        if request.path == "go":
            await request.redirect(f"http://127.0.0.1:{request.site.canary}/", "Access-Control-Allow-Origin: *")
            return
        await request.answer(_private(code).replace("PORT", str(request.site.canary)))

    return serve


async def _redirect_private(request: Request) -> None:
    await request.redirect(f"http://127.0.0.1:{request.site.canary}/")


async def _redirect_metadata(request: Request) -> None:
    await request.redirect("http://169.254.169.254/latest/meta-data/")


async def _redirect_socks(request: Request) -> None:
    """The port that the request itself came through: the gate's own."""
    await request.redirect(f"http://[::ffff:127.0.0.1]:{request.site.canary}/")


async def _own_ports(request: Request) -> None:
    """Every port of loopback that this process and the browser listen on, DevTools and the gate among them."""
    own = psutil.Process()
    ports: set[int] = set()
    for process in (own, *own.children(recursive=True)):
        try:
            links = process.net_connections("tcp")
        except psutil.Error:
            continue
        ports.update(link.laddr.port for link in links if link.status == psutil.CONN_LISTEN)
    code = (
        f"for (const p of {sorted(ports)}) for (const h of ['127.0.0.1', 'localhost', '[::1]', '0.0.0.0', 'local.test']) {{"
        " fetch(`http://${h}:${p}/json/version`, {mode: 'no-cors'}).then(() => document.title = 'reached ' + p, () => 0);"
        " try { new WebSocket(`ws://${h}:${p}/devtools/browser`).onopen = () => document.title = 'reached ' + p } catch (x) {} }"
    )
    await request.answer(f"<meta charset=utf-8><title>none</title>{RULES}<script>{code}</script>")


def _check_none_reached(capture: Capture, site: Site) -> None:
    assert site.canary_connections == 0
    assert any("network.allow_private" in item.why or "limit" in item.why for item in capture.refused), capture.refused


def _check_canary(_capture: Capture, site: Site) -> None:
    assert site.canary_connections == 0


def _check_ports(capture: Capture, site: Site) -> None:
    assert capture.title == "none"
    assert len(capture.refused) > 10


_FORMS = (
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "017700000001",
    "0177.0.0.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[2002:7f00:1::]",
    "0.0.0.0",
    "0",
    "[::]",
    "localhost",
    "localhost.",
    "a.localhost",
    "LOCALHOST",
    "127.0.0.1.",
    "１２７.０.０.１",
    "169.254.169.254",
    "10.0.0.1",
    "192.168.1.1",
    "172.16.0.1",
    "100.64.0.1",
    "metadata.google.internal",
    "inside.test",
    "both.test",
    "wpad",
)
_FETCHES = "for (const h of " + str(list(_FORMS)) + ") fetch(`http://${h}:PORT/`, {mode: 'no-cors'}).catch(() => 0)"

PAGES = (
    Page(
        "fetch-flood",
        script("for (let i = 0; i < 10000; i++) fetch('/fetch-flood/' + i).catch(() => 0)", parts={"x": _quick}),
        READ,
        told="limit of",
        weight=3,
        seconds=8,
    ),
    Page("fetch-for-ever", _many_answers, READ, weight=3, bench=True),
    Page(
        "image-flood",
        script("setInterval(() => { for (let i = 0; i < 50; i++) new Image().src = '/none?' + Math.random() }, 10)"),
        READ,
        weight=3,
        bench=True,
    ),
    Page(
        "beacon-flood",
        script(
            "setInterval(() => { for (let i = 0; i < 50; i++) navigator.sendBeacon('/none', 'x'.repeat(1000)) }, 10)"
        ),
        READ,
        weight=3,
        bench=True,
    ),
    Page(
        "preflight-flood",
        script(
            "setInterval(() => { for (let i = 0; i < 30; i++) fetch('http://b.test/none' + Math.random(), {method: 'PUT', headers: {'x-a': 'b'}}).catch(() => 0) }, 10)"
        ),
        READ,
        weight=3,
        bench=True,
    ),
    Page("socket-flood", _socket_flood, READ, weight=3),
    Page("event-flood", _event_flood, READ, weight=3, bench=True),
    Page("event-without-end", _event_line, READ, weight=3, bench=True),
    Page(
        "names-flood",
        script(
            "setInterval(() => { for (let i = 0; i < 30; i++) fetch('http://n' + Math.random() + '.nowhere.test/', {mode: 'no-cors'}).catch(() => 0) }, 10)"
        ),
        READ,
    ),
    Page(
        "rtc",
        script(
            "try { for (let i = 0; i < 50; i++) { const p = new RTCPeerConnection({iceServers: [{urls: 'stun:127.0.0.1:PORT'}]}); p.createDataChannel('x'); p.createOffer().then(o => p.setLocalDescription(o)) } } catch (x) {}"
        ),
        READ,
    ),
    Page("private-forms", _to_private(_FETCHES), READ, check=_check_none_reached, seconds=8),
    Page(
        "private-pictures",
        _to_private(
            "document.body.innerHTML += '<img src=http://127.0.0.1:PORT/><link rel=stylesheet href=http://[::1]:PORT/><iframe src=http://localhost:PORT/></iframe><object data=http://127.0.0.1:PORT/></object><video src=http://127.0.0.1:PORT/ autoplay></video>'"
        ),
        READ,
        check=_check_none_reached,
    ),
    Page(
        "private-sockets",
        _to_private(
            "for (const h of ['127.0.0.1', 'localhost', '[::1]']) new WebSocket(`ws://${h}:PORT/`); new EventSource('http://127.0.0.1:PORT/'); new Worker(URL.createObjectURL(new Blob(['fetch(`http://127.0.0.1:PORT/`)'])))"
        ),
        READ,
        check=_check_none_reached,
    ),
    Page(
        "private-by-redirect",
        _to_private("fetch('/private-by-redirect/go', {mode: 'no-cors'}).catch(() => 0)"),
        READ,
        check=_check_none_reached,
    ),
    Page(
        "private-by-rebinding",
        _to_private("setInterval(() => fetch('http://rebind.test:PORT/', {mode: 'no-cors'}).catch(() => 0), 50)"),
        READ,
        check=_check_canary,
    ),
    Page(
        "private-by-proxy-file",
        _to_private(
            "fetch('http://wpad/wpad.dat', {mode: 'no-cors'}).catch(() => 0); fetch('http://127.0.0.1:PORT/wpad.dat').catch(() => 0); fetch('http://proxy.localhost:PORT/proxy.pac').catch(() => 0)"
        ),
        READ,
        check=_check_none_reached,
    ),
    Page("redirect-private", _redirect_private, _FORBIDDEN, ("forbidden_address",)),
    Page("redirect-metadata", _redirect_metadata, _FORBIDDEN, ("forbidden_address",)),
    Page("redirect-mapped", _redirect_socks, _FORBIDDEN, ("forbidden_address",)),
    Page("own-ports", _own_ports, READ, check=_check_ports, seconds=8),
)
