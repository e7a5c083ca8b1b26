"""The traffic of a capture: what is recorded, what is refused, and how a visit ends that brought no page."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import signal
import socket
import ssl
import struct
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from scrapers.errors import BrowserUnavailable
from scrapers.memory import MemoryBounds
from scrapers.model import Capture, Exchange, Limits, NetworkPolicy, Outcome, ViewKind
from scrapers.process import find_browser

from .conftest import MakeVisitor, Visitor
from .site import Answer, Names, Site, free_port

PAGE = "<title>点卡</title><h1>游戏点卡</h1><p>价格 ¥10 库存 5</p><p>售后：7天内包补发。</p>"
LOCAL = NetworkPolicy(allow_private=("127.0.0.1",))


def exchange_of(capture: Capture, url: str) -> Exchange:
    found = [exchange for exchange in capture.exchanges if exchange.url == url]
    assert found, [exchange.url for exchange in capture.exchanges]
    return found[-1]


# --- what is recorded -----------------------------------------------------------------------------------------------


def test_redirect_hops_and_their_cookies_are_recorded(visitor: Visitor, site: Site) -> None:
    cookies = (("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2; HttpOnly; Path=/"))
    site.answers["/"] = Answer("", 302, (("Location", "/second"), *cookies))
    site.answers["/second"] = Answer("", 301, (("Location", "/last"), ("Set-Cookie", "c=3; Path=/")))
    site.answers["/last"] = Answer(PAGE, headers=(("Set-Cookie", "d=4; Path=/"),))
    capture = visitor.capture(site.url + "/")
    assert capture.outcome is Outcome.COMPLETE
    assert capture.final_url == site.url + "/last"
    hops = [exchange for exchange in capture.exchanges if exchange.resource_type == "document"]
    assert [hop.status for hop in hops] == [302, 301, 200]
    set_by = [[value for name, value in hop.response_headers if name == "Set-Cookie"] for hop in hops]
    assert set_by == [["a=1; Path=/", "b=2; HttpOnly; Path=/"], ["c=3; Path=/"], ["d=4; Path=/"]]
    sent = [dict(hop.request_headers).get("Cookie", "") for hop in hops]
    assert sent == ["", "a=1; b=2", "a=1; b=2; c=3"]
    assert [hop.body for hop in hops] == [None, None, PAGE.encode()]
    assert [hop.main_document for hop in hops] == [False, False, True]
    assert all(hop.remote_address == site.endpoint for hop in hops)


def test_bodies_survive_a_script_redirect_to_another_site(visitor: Visitor, site: Site) -> None:
    other = Site()
    try:
        target = other.page("/", PAGE).replace("127.0.0.1", "localhost")
        site.page("/x.js", "var here = 1;", media_type="text/javascript")
        first = f"<script src=/x.js></script><script>onload = () => location.href = '{target}'</script>"
        capture = visitor.capture(site.page("/", first))
        assert capture.final_url == target
        assert exchange_of(capture, site.url + "/").body == first.encode()
        assert exchange_of(capture, site.url + "/x.js").body == b"var here = 1;"
        assert exchange_of(capture, target).main_document
        assert not exchange_of(capture, site.url + "/").main_document
    finally:
        other.close()


def test_compressed_and_partial_answers_are_kept(visitor: Visitor, site: Site) -> None:
    import gzip

    packed = gzip.compress(PAGE.encode())
    site.answers["/part"] = Answer(b"cde", 206, (("Content-Range", "bytes 2-4/10"), ("Content-Type", "text/plain")))
    script = "<script>fetch('/part', {headers: {Range: 'bytes=2-4'}}).then(r => r.text())</script>"
    body = gzip.compress((PAGE + script).encode())
    assert body != packed
    url = site.page("/", body, headers=(("Content-Encoding", "gzip"),))
    capture = visitor.capture(url)
    document = exchange_of(capture, url)
    assert document.body == (PAGE + script).encode()
    assert dict(document.response_headers)["Content-Encoding"] == "gzip"
    part = exchange_of(capture, site.url + "/part")
    assert (part.status, part.body) == (206, b"cde")


def test_an_endless_stream_is_recorded_and_never_awaited(visitor: Visitor, site: Site) -> None:
    def stream(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"data: tick\n\n")
                handler.wfile.flush()
                time.sleep(0.05)
        except OSError:
            return

    site.answers["/events"] = stream
    script = "<script>new EventSource('/events')</script>"
    started = time.monotonic()
    capture = visitor.capture(site.page("/", PAGE + script))
    assert time.monotonic() - started < 6
    assert capture.outcome is Outcome.COMPLETE, capture.detail
    assert "stream" in exchange_of(capture, site.url + "/events").body_missing


def test_a_moving_picture_is_recorded_and_never_awaited(visitor: Visitor, site: Site) -> None:
    drawing = b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"

    def film(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "multipart/x-mixed-replace; boundary=b")
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"--b\r\nContent-Type: image/svg+xml\r\n\r\n" + drawing + b"\r\n")
                handler.wfile.flush()
                time.sleep(0.05)
        except OSError:
            return

    site.answers["/film"] = film
    script = "<script>onload = () => { const i = new Image(); i.src = '/film'; document.body.append(i); }</script>"
    started = time.monotonic()
    capture = visitor.capture(site.page("/", PAGE + script))
    assert capture.outcome is Outcome.COMPLETE, capture.detail
    assert "stream" in exchange_of(capture, site.url + "/film").body_missing
    assert time.monotonic() - started < 5


def test_an_answer_that_never_ends_makes_the_capture_partial_and_keeps_the_rest(visitor: Visitor, site: Site) -> None:
    ending = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/css")
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        handler.wfile.write(b"x" * 100)
        ending.wait(30)

    site.answers["/drip.css"] = drip
    try:
        capture = visitor.capture(
            site.page("/", PAGE + "<link rel=stylesheet href=/drip.css>"), limits=Limits(capture_seconds=8)
        )
        assert capture.outcome is Outcome.PARTIAL
        assert any(item.what == "load" for item in capture.missing)
        assert "had not ended" in exchange_of(capture, site.url + "/drip.css").body_missing
        assert "售后：7天内包补发。" in (exchange_of(capture, site.url + "/").body or b"").decode()
    finally:
        ending.set()


def test_a_body_beyond_its_limit_is_kept_up_to_it_with_its_reason(visitor: Visitor, site: Site) -> None:
    site.page("/big.css", b"/*" + b"x" * 3_000_000 + b"*/", media_type="text/css")
    url = site.page("/", PAGE + "<link rel=stylesheet href=/big.css>")
    capture = visitor.capture(url, limits=Limits(body_megabytes=1))
    big = exchange_of(capture, site.url + "/big.css")
    assert big.body == b"/*" + b"x" * ((1 << 20) - 2)
    assert "cut at the limit of 1 MB" in big.body_missing
    assert capture.outcome is Outcome.PARTIAL


def test_a_page_beyond_its_traffic_limit_is_cut(visitor: Visitor, site: Site) -> None:
    site.page("/big.bin", b"x" * 5_000_000, media_type="application/octet-stream")
    url = site.page("/", PAGE + "<script>fetch('/big.bin').then(r => r.text())</script>")
    capture = visitor.capture(url, limits=Limits(page_megabytes=1))
    assert capture.outcome is Outcome.PARTIAL
    assert any(item.what == "traffic" and "1 MB" in item.why for item in capture.missing)


def test_requests_of_a_worker_are_recorded(visitor: Visitor, site: Site) -> None:
    site.page("/w.js", "fetch('/from-worker').then(() => postMessage(1))", media_type="text/javascript")
    site.page("/from-worker", "worker data", media_type="text/plain")
    script = "<p id=o></p><script>new Worker('/w.js').onmessage = () => document.body.append('ok')</script>"
    capture = visitor.capture(site.page("/", PAGE + script))
    assert exchange_of(capture, site.url + "/from-worker").body == b"worker data"


def test_a_service_worker_is_not_let_in(visitor: Visitor, site: Site) -> None:
    site.page("/sw.js", "self.addEventListener('fetch', () => {})", media_type="text/javascript")
    visitor.capture(site.page("/", PAGE + "<script>navigator.serviceWorker.register('/sw.js').catch(() => 0)</script>"))
    assert "GET /sw.js" not in site.seen


# --- how a visit ends -----------------------------------------------------------------------------------------------


def test_an_error_page_is_a_failed_capture_with_its_content(visitor: Visitor, site: Site) -> None:
    capture = visitor.capture(site.page("/", "<h1>没有了</h1>" + PAGE, status=404))
    assert (capture.outcome, capture.reason, capture.status) == (Outcome.FAILED, "http_404", 404)
    assert "没有了" in "".join(view.data.decode() for view in capture.views if view.data and view.kind == "text")
    assert any(view.kind == "screenshot" for view in capture.views)
    for status in (401, 502):
        empty = visitor.capture(site.page("/empty", "", status=status, headers=(("WWW-Authenticate", "Basic"),)))
        assert (empty.outcome, empty.reason) == (Outcome.FAILED, f"http_{status}")


def test_a_refused_connection_says_so(visitor: Visitor) -> None:
    capture = visitor.capture(f"http://127.0.0.1:{free_port()}/")
    assert (capture.outcome, capture.reason) == (Outcome.FAILED, "refused")
    assert capture.exchanges[0].error.startswith("refused")


def test_names_that_do_not_resolve_are_told_apart(visiting: MakeVisitor, names: Names, site: Site) -> None:
    names.answers["broken.test"] = [["SERVFAIL"]]
    names.answers["empty.test"] = [[]]
    names.answers["shop.test"] = [["127.0.0.1"]]
    policy = NetworkPolicy(allow_private=("127.0.0.1",), nameserver=names.endpoint)
    with visiting(policy) as visitor:
        gone = visitor.capture("http://gone.test/")
        assert (gone.outcome, gone.reason) == (Outcome.FAILED, "dns_no_such_name")
        assert [(answer.host, answer.error) for answer in gone.names] == [("gone.test", "NXDOMAIN")]
        assert visitor.capture("http://broken.test/").reason == "dns_failure"
        assert visitor.capture("http://empty.test/").reason == "dns_no_such_name"
        found = visitor.capture(site.page("/", PAGE).replace("127.0.0.1", "shop.test"))
        assert found.outcome is Outcome.COMPLETE
        assert found.names[0].addresses == ("127.0.0.1",)
        assert found.names[0].resolver == names.endpoint
        assert found.exchanges[0].remote_address == site.endpoint


def test_a_dead_name_server_is_our_own_trouble(visiting: MakeVisitor) -> None:
    with visiting(NetworkPolicy(nameserver=f"127.0.0.1:{free_port()}")) as visitor:
        assert visitor.capture("http://shop.test/").reason == "own_network"


def test_a_server_that_hangs_ends_at_the_limit(visitor: Visitor, site: Site) -> None:
    ending = threading.Event()
    site.answers["/"] = lambda handler: bool(ending.wait(30)) and None
    started = time.monotonic()
    try:
        capture = visitor.capture(site.url + "/", limits=Limits(capture_seconds=4))
    finally:
        ending.set()
    assert time.monotonic() - started < 6
    assert (capture.outcome, capture.reason) == (Outcome.FAILED, "timeout")
    assert "did not answer" in capture.detail


def test_a_page_that_never_rests_is_still_read(visitor: Visitor, site: Site) -> None:
    started = time.monotonic()
    busy = visitor.capture(
        site.page("/", PAGE + "<script>onload = () => { while (true); }</script>"), limits=Limits(capture_seconds=20)
    )
    assert time.monotonic() - started < 23
    assert busy.outcome is Outcome.PARTIAL, (busy.reason, busy.detail)
    assert any("7天内包补发" in view.data.decode() for view in busy.views if view.kind == "text" and view.data)
    flicker = (
        "<p id=f></p><script>setInterval(() => document.getElementById('f').textContent = Math.random(), 10)</script>"
    )
    assert visitor.capture(site.page("/f", PAGE + flicker)).outcome is Outcome.COMPLETE


@pytest.mark.parametrize(
    "again",
    [
        "<meta http-equiv=refresh content=0>",
        "<script>location.reload()</script>",
        "<script>setTimeout(() => location.reload(), 30)</script>",
        "<script>location.href = '/?' + Math.random()</script>",
    ],
)
def test_a_page_that_reloads_for_ever_is_read_in_time(visitor: Visitor, site: Site, again: str) -> None:
    url = site.page("/", PAGE + again)
    started = time.monotonic()
    capture = visitor.capture(url, limits=Limits(capture_seconds=9))
    assert time.monotonic() - started < 12
    assert capture.outcome in (Outcome.COMPLETE, Outcome.PARTIAL), capture.detail
    assert any("7天内包补发" in view.data.decode() for view in capture.views if view.kind == "text" and view.data)


def test_a_page_that_goes_on_before_it_shows_anything_is_no_empty_page(visitor: Visitor, site: Site) -> None:
    def go_on(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html; charset=utf-8")
        handler.end_headers()
        handler.wfile.write(b"<script>location.reload()</script>")
        handler.wfile.flush()
        ending.wait(0.5)  # a reload in the head of a page whose rest is slow
        handler.wfile.write(PAGE.encode())

    ending = threading.Event()
    site.answers["/"] = go_on
    try:
        capture = visitor.capture(site.url + "/", limits=Limits(capture_seconds=8))
    finally:
        ending.set()
    assert (capture.outcome, capture.reason) == (Outcome.FAILED, "timeout"), capture.detail


@pytest.mark.parametrize(
    "hostile", ["<div>" * 200_000, "<div style='height:30000000px;background:linear-gradient(red,blue)'></div>"]
)
def test_what_was_read_is_kept_where_no_picture_can_be_made(visitor: Visitor, site: Site, hostile: str) -> None:
    started = time.monotonic()
    capture = visitor.capture(site.page("/", PAGE + hostile), limits=Limits(capture_seconds=9))
    assert time.monotonic() - started < 12
    assert capture.outcome is Outcome.PARTIAL, (capture.reason, capture.detail)
    kept = {view.kind: view.data or b"" for view in capture.views}
    assert "7天内包补发" in kept[ViewKind.TEXT].decode()
    assert "7天内包补发" in kept[ViewKind.DOM].decode()
    told = {missing.what for missing in capture.missing}
    assert {ViewKind.SCREENSHOT, ViewKind.PDF, ViewKind.MHTML} <= told | set(kept)
    assert "views" not in told


def test_a_server_that_closes_or_resets_says_so(visitor: Visitor, site: Site) -> None:
    def reset(handler: BaseHTTPRequestHandler) -> None:
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()

    site.answers["/reset"] = reset
    site.answers["/close"] = lambda handler: handler.connection.shutdown(socket.SHUT_RDWR)
    assert visitor.capture(site.url + "/reset").reason in ("reset", "empty_answer")
    assert visitor.capture(site.url + "/close").reason == "empty_answer"


def test_a_redirect_loop_says_so(visitor: Visitor, site: Site) -> None:
    site.answers["/"] = Answer("", 302, (("Location", "/"),))
    assert visitor.capture(site.url + "/").reason == "redirect_loop"


def test_a_download_is_recorded_and_not_saved(visitor: Visitor, site: Site) -> None:
    url = site.page("/", b"PK..", headers=(("Content-Disposition", "attachment; filename=keys.zip"),))
    capture = visitor.capture(url)
    assert (capture.outcome, capture.reason) == (Outcome.FAILED, "download")
    assert "keys.zip" in capture.detail


# --- TLS ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def secure_site() -> Iterator[tuple[Site, trustme.CA, bytes]]:
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1", "shop.test")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued.configure_cert(context)
    leaf = x509.load_pem_x509_certificate(issued.cert_chain_pems[0].bytes())
    site = Site(context=context)
    yield site, authority, leaf.public_bytes(Encoding.DER)
    site.close()


def test_a_bad_certificate_is_captured_and_marked_with_its_chain(
    visitor: Visitor, secure_site: tuple[Site, trustme.CA, bytes]
) -> None:
    site, _, leaf = secure_site
    capture = visitor.capture(site.page("/", PAGE))
    assert capture.outcome is Outcome.COMPLETE, capture.detail
    assert capture.certificate_error == "ERR_CERT_AUTHORITY_INVALID"
    certificate = capture.certificates[0]
    assert certificate.host == site.endpoint
    assert certificate.error == "ERR_CERT_AUTHORITY_INVALID"
    assert certificate.chain[0] == leaf
    assert certificate.chain_digest == hashlib.sha256(b"".join(certificate.chain)).hexdigest()
    assert "shop.test" in certificate.names
    assert certificate.protocol.startswith("TLS")


def test_a_trusted_key_is_no_error(visiting: MakeVisitor, secure_site: tuple[Site, trustme.CA, bytes]) -> None:
    site, _, leaf = secure_site
    key = (
        x509.load_der_x509_certificate(leaf).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )
    spki = base64.b64encode(hashlib.sha256(key).digest()).decode()
    policy = NetworkPolicy(allow_private=("127.0.0.1",), resolve=(("shop.test", site.endpoint),))
    with visiting(policy, trusted_spki=(spki,)) as visitor:
        site.page("/", PAGE)
        capture = visitor.capture("https://shop.test/")
        assert (capture.outcome, capture.certificate_error) == (Outcome.COMPLETE, "")
        assert capture.certificates[0].host == "shop.test"
        assert capture.exchanges[0].remote_address == site.endpoint


def test_a_broken_handshake_is_a_failed_capture(visitor: Visitor, site: Site) -> None:
    capture = visitor.capture(site.url.replace("http:", "https:") + "/")
    assert (capture.outcome, capture.reason) == (Outcome.FAILED, "tls")


# --- what is refused ------------------------------------------------------------------------------------------------


def test_a_redirect_to_a_private_address_is_refused_before_a_byte_is_sent(visiting: MakeVisitor, site: Site) -> None:
    inside = Site()
    try:
        inside.page("/", "router password")
        site.answers["/"] = Answer("", 302, (("Location", inside.url + "/"),))
        with visiting(NetworkPolicy(resolve=(("shop.test", site.endpoint),))) as visitor:
            capture = visitor.capture("http://shop.test/")
            assert (capture.outcome, capture.reason) == (Outcome.FAILED, "forbidden_address")
            picture = f"{PAGE}<img src={inside.url}/><script>fetch('{inside.url}/x').catch(() => 0)</script>"
            site.page("/page", picture)
            page = visitor.capture("http://shop.test/page")
            assert page.outcome is Outcome.COMPLETE
            assert any(inside.endpoint in item.what and "loopback" in item.why for item in page.refused)
        assert inside.connections == 0
    finally:
        inside.close()


def test_a_name_that_changes_its_address_gains_nothing(visiting: MakeVisitor, names: Names) -> None:
    public, inside = Site(host="127.0.0.2"), Site()
    try:
        names.answers["rebind.test"] = [["127.0.0.2"], ["127.0.0.1"]]
        names.answers["both.test"] = [["127.0.0.2", "127.0.0.1"]]
        script = f"<script>fetch('http://rebind.test:{inside.port}/').catch(() => 0)</script>"
        public.page("/", PAGE + script)
        policy = NetworkPolicy(allow_private=("127.0.0.2",), nameserver=names.endpoint)
        with visiting(policy) as visitor:
            capture = visitor.capture(f"http://rebind.test:{public.port}/")
            assert capture.outcome is Outcome.COMPLETE, capture.detail
            assert names.asked.count("rebind.test") == 1
            again = visitor.capture(f"http://rebind.test:{public.port}/")
            assert again.reason == "forbidden_address"
            assert visitor.capture(f"http://both.test:{public.port}/").reason == "forbidden_address"
        assert inside.connections == 0
    finally:
        public.close()
        inside.close()


@pytest.mark.parametrize(
    "script",
    [
        "document.forms[0].submit()",
        "document.forms[0].requestSubmit()",
        "HTMLFormElement.prototype.submit.call(document.forms[0])",
        "document.forms[0].querySelector('button').click()",
        "Event.prototype.preventDefault = () => 0; document.forms[0].querySelector('button').click()",
        "const f = document.body.appendChild(document.createElement('iframe'));"
        "f.contentDocument.body.innerHTML = '<form action=/order method=post target=_top></form>';"
        "f.contentWindow.HTMLFormElement.prototype.submit.call(f.contentDocument.forms[0])",
        "document.forms[0].target = '_blank'; document.forms[0].submit()",
        "const w = window.open('/order'); w && w.focus()",
        "const a = document.createElement('a'); a.href = '/order'; a.target = '_blank'; a.rel = 'noopener'; a.click()",
    ],
)
def test_no_form_is_ever_submitted(visitor: Visitor, site: Site, script: str) -> None:
    form = "<form action=/order method=post><input name=a value=1><button>下单</button></form>"
    capture = visitor.capture(site.page("/", f"{PAGE}{form}<script>{script}</script>"))
    assert capture.outcome is Outcome.COMPLETE, capture.detail
    assert not any("/order" in line for line in site.seen), site.seen


@pytest.mark.parametrize(
    "sending",
    [
        "fetch('/order', {method: 'POST', body: 'n=1'})",
        "const x = new XMLHttpRequest(); x.open('PUT', '/order'); x.send('n=1')",
        "navigator.sendBeacon('/order', 'n=1')",
        "setTimeout(() => fetch('/order', {method: 'POST', keepalive: true}), 400)",
        "new Worker(URL.createObjectURL(new Blob([`fetch('${location.origin}/order', {method: 'POST'})`])))",
        "const f = document.body.appendChild(document.createElement('iframe'));"
        "f.contentWindow.fetch('/order', {method: 'POST'})",
        "fetch('/price', {method: 'POST', body: 'order'})",
    ],
)
@pytest.mark.parametrize("part", ["button", "li role=tab"])
def test_a_click_on_a_folded_part_sends_nothing(visitor: Visitor, site: Site, sending: str, part: str) -> None:
    received: list[bytes] = []

    def price(handler: BaseHTTPRequestHandler) -> None:
        received.append(handler.sent)  # type: ignore[attr-defined]
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"19.90")

    site.answers["/price"] = price
    site.page("/order", "ordered")
    site.page("/rules", "须知：卡密售出不退")
    script = f"""<p id=p></p><p id=r></p><script>
      const show_in = (place, answer) => answer.then(a => a.text()).then(t => place.innerText = t);
      const ask = () => show_in(p, fetch('/price', {{method: 'POST', body: 'id=1'}}));
      ask();
      function show() {{ {sending}; ask(); show_in(r, fetch('/rules')) }}</script>"""
    capture = visitor.capture(site.page("/", f"{PAGE}<{part} onclick=show()>购买须知</{part.split()[0]}>{script}"))
    assert capture.outcome is Outcome.COMPLETE, capture.detail
    assert [line for line in site.seen if "/order" in line] == []
    assert received == [b"id=1", b"id=1"], "the price is asked for as before"
    assert any("folded part" in refused.why for refused in capture.refused), capture.refused
    shown = "".join(view.data.decode() for view in capture.views if view.kind == "text" and view.data)
    assert "19.90" in shown
    assert "卡密售出不退" in shown


@pytest.mark.parametrize("where", ["_self", "_blank"])
def test_a_post_that_slips_past_the_guard_in_the_page_is_refused_at_the_network(
    visitor: Visitor, site: Site, where: str
) -> None:
    # document.open() takes the page guard's listener away; the request is then stopped on its way.
    form = f"<form action=/order target={where} method=post><button>下单</button></form>"
    script = f"""onload = () => {{ document.open(); document.write("{PAGE}{form}"); document.close();
      setTimeout(() => document.querySelector('button').click(), 0) }}"""
    capture = visitor.capture(site.page("/", f"<script>{script}</script>"))
    assert site.seen == ["GET /"]
    assert capture.outcome is Outcome.COMPLETE, capture.detail
    assert len(capture.refused) == 1
    assert ("new window" in capture.refused[0].why) == (where == "_blank")


def test_nothing_leaves_beside_the_gate(visitor: Visitor, site: Site) -> None:
    """WebRTC would send datagrams to a STUN server around any proxy."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stun:
        stun.bind(("127.0.0.1", 0))
        stun.settimeout(0.2)
        port = stun.getsockname()[1]
        script = f"""<script>const p = new RTCPeerConnection({{iceServers: [{{urls: 'stun:127.0.0.1:{port}'}}]}});
          p.createDataChannel('x'); p.createOffer().then(o => p.setLocalDescription(o));
          setTimeout(() => document.body.append('done'), 800)</script>"""
        capture = visitor.capture(site.page("/", PAGE + script))
        assert any("done" in view.data.decode() for view in capture.views if view.kind == "text" and view.data)
        with pytest.raises(TimeoutError):
            stun.recv(100)


def test_the_port_that_steers_the_browser_is_closed_to_pages(visitor: Visitor, site: Site) -> None:
    """Not by the gate even where loopback is allowed; and Chromium refuses a websocket that names an origin."""
    visitor.capture(site.page("/", PAGE))
    browser = psutil.Process(visitor.browser.pid)
    port = next(link.laddr.port for link in browser.net_connections("tcp4") if link.status == psutil.CONN_LISTEN)
    with urlopen(f"http://127.0.0.1:{port}/json/version") as answer:
        address = json.load(answer)["webSocketDebuggerUrl"]
    capture = visitor.capture(f"http://127.0.0.1:{port}/json/version")
    assert (capture.outcome, capture.reason) == (Outcome.FAILED, "forbidden_address")
    with pytest.raises(InvalidStatus, match="403"):
        connect(address, origin=Origin(site.url), proxy=None)


# --- the browser ----------------------------------------------------------------------------------------------------


def test_a_browser_killed_under_a_capture_is_replaced_and_the_capture_done(visiting: MakeVisitor, site: Site) -> None:
    with visiting(LOCAL) as visitor:
        killed: list[int] = []

        def kill_once(handler: BaseHTTPRequestHandler) -> None:
            if not killed and visitor.browser.pid is not None:
                killed.append(visitor.browser.pid)
                os.kill(visitor.browser.pid, signal.SIGKILL)
            handler.send_response(200)
            handler.send_header("Content-Type", "text/html; charset=utf-8")
            handler.end_headers()
            handler.wfile.write(PAGE.encode())

        site.answers["/"] = kill_once
        capture = visitor.capture(site.url + "/")
        assert capture.outcome is Outcome.COMPLETE, capture.detail
        assert visitor.browser.pid not in killed

        site.answers["/always"] = lambda handler: os.kill(visitor.browser.pid or 0, signal.SIGKILL)
        failed = visitor.capture(site.url + "/always")
        assert (failed.outcome, failed.reason) == (Outcome.FAILED, "crash")
        assert visitor.capture(site.page("/fine", PAGE)).outcome is Outcome.COMPLETE


def test_a_page_that_kills_its_renderer_is_a_crash_and_harms_no_other(visitor: Visitor, site: Site) -> None:
    def kill_renderers(handler: BaseHTTPRequestHandler) -> None:
        for process in psutil.Process(visitor.browser.pid).children(recursive=True):
            if "--type=renderer" in process.cmdline():
                process.kill()

    site.answers["/crash"] = kill_renderers
    capture = visitor.capture(site.page("/", PAGE + "<img src=/crash>"))
    assert (capture.outcome, capture.reason) == (Outcome.FAILED, "crash")
    assert exchange_of(capture, site.url + "/").status == 200
    waited = next(step.took_ms for step in capture.steps_done if step.name == "answers under way")
    assert waited < 4000  # a body that its renderer had begun to read does not end any more: it is not waited for
    assert visitor.capture(site.page("/fine", PAGE)).outcome is Outcome.COMPLETE


def test_a_page_that_eats_memory_is_ended_and_harms_no_other(visiting: MakeVisitor, site: Site) -> None:
    ending = threading.Event()
    site.answers["/never.png"] = lambda handler: bool(ending.wait(30)) and None
    eating = "<img src=/never.png><script>k = []; setInterval(() => k.push(new Uint8Array(2e7).fill(1)), 40)</script>"
    waiting = "<img src=/never.png>"
    with visiting(LOCAL, memory=MemoryBounds(renderer_megabytes=400)) as visitor:
        try:
            eater = visitor.start(site.page("/eats", PAGE + eating), limits=Limits(capture_seconds=20))
            other = visitor.start(site.page("/waits", PAGE + waiting), limits=Limits(capture_seconds=8))
            captures = eater.result(30), other.result(30)
        finally:
            ending.set()
        assert (captures[0].outcome, captures[0].reason) == (Outcome.FAILED, "memory")
        assert captures[0].detail.startswith("memory: the page took")
        assert captures[1].outcome is Outcome.PARTIAL, captures[1].detail


def test_a_browser_too_big_as_a_whole_is_ended_with_its_reason(visiting: MakeVisitor, site: Site) -> None:
    ending = threading.Event()
    site.answers["/never.png"] = lambda handler: bool(ending.wait(30)) and None
    url = site.page("/", PAGE + "<img src=/never.png>")
    with visiting(LOCAL, memory=MemoryBounds(total_megabytes=50)) as visitor:
        try:
            capture = visitor.capture(url, limits=Limits(capture_seconds=10))
        finally:
            ending.set()
        assert (capture.outcome, capture.reason) == (Outcome.FAILED, "memory")
        assert capture.detail.startswith("memory: the browser took")
        assert visitor.capture(site.page("/fine", PAGE)).outcome is Outcome.COMPLETE


def test_a_flood_of_the_console_costs_nothing(visitor: Visitor, site: Site) -> None:
    reads = "{get message() { return document.title = 'read by a console' }}"
    flood = f"<script>for (let i = 0; i < 100000; i++) console.log('x'.repeat(10000), {reads})</script>"
    started = time.monotonic()
    capture = visitor.capture(site.page("/", PAGE + flood))
    assert capture.outcome is Outcome.COMPLETE, capture.detail
    assert time.monotonic() - started < 6


def test_a_browser_that_hangs_is_killed_and_replaced(visiting: MakeVisitor, site: Site) -> None:
    url = site.page("/", PAGE)
    with visiting(LOCAL) as visitor:
        assert visitor.capture(url).outcome is Outcome.COMPLETE
        hung = visitor.browser.pid
        assert hung is not None
        os.kill(hung, signal.SIGSTOP)
        assert visitor.capture(url, limits=Limits(capture_seconds=8)).outcome is Outcome.COMPLETE
        assert visitor.browser.pid != hung
        assert not psutil.pid_exists(hung) or psutil.Process(hung).status() == psutil.STATUS_ZOMBIE


def test_several_captures_at_once_do_not_mix(visitor: Visitor, site: Site) -> None:
    urls = [site.page(f"/{n}", f"{PAGE}<p>page number {n}</p><img src=/{n}.png>") for n in range(6)]
    captures = [future.result(60) for future in [visitor.start(url) for url in urls]]
    for number, capture in enumerate(captures):
        assert capture.outcome is Outcome.COMPLETE, capture.detail
        assert capture.url == urls[number]
        paths = {exchange.url.removeprefix(site.url) for exchange in capture.exchanges}
        assert f"/{number}.png" in paths
        assert not paths & {f"/{other}.png" for other in range(6) if other != number}


def test_the_browser_is_replaced_after_so_many_captures_and_nothing_is_left_of_it(
    visiting: MakeVisitor, site: Site
) -> None:
    url = site.page("/", PAGE)
    with visiting(LOCAL, recycle_after=2) as visitor:
        pids = []
        for _ in range(4):
            assert visitor.capture(url).outcome is Outcome.COMPLETE
            pids.append(visitor.browser.pid)
        assert pids[0] == pids[1] != pids[2] == pids[3]
        tree = psutil.Process(pids[3]).children(recursive=True)
        assert tree
    assert not [process for process in tree if is_running(process)]


def is_running(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_the_browser_ends_when_its_owner_is_killed(site: Site) -> None:
    program = textwrap.dedent("""
        import asyncio, os, sys
        from datetime import UTC, datetime
        from scrapers.browser import find_browser, open_browser
        from scrapers.model import NetworkPolicy, PageTask, Role

        async def main():
            policy = NetworkPolicy(allow_private=("127.0.0.1",))
            async with open_browser(find_browser(os.environ), policy, lambda: datetime.now(UTC)) as browser:
                await browser.capture_page(PageTask("c", sys.argv[1], Role.PRODUCT))
                print(browser.pid, flush=True)
                await asyncio.sleep(60)

        asyncio.run(main())
    """)
    root = Path(__file__).parents[2]
    owner = subprocess.Popen(
        [sys.executable, "-c", program, site.page("/", PAGE)], stdout=subprocess.PIPE, text=True, cwd=root
    )
    assert owner.stdout is not None
    browser = psutil.Process(int(owner.stdout.readline()))
    family = [browser, *browser.children(recursive=True)]
    owner.kill()
    owner.wait()
    owner.stdout.close()
    _, alive = psutil.wait_procs(family, timeout=10)
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def test_a_wished_browser_that_does_not_run_is_said(tmp_path: Path) -> None:
    with pytest.raises(BrowserUnavailable, match="CARDWATCH_CHROMIUM"):
        find_browser({"CARDWATCH_CHROMIUM": str(tmp_path / "none")})
    assert find_browser({"PATH": str(tmp_path), "HOME": str(tmp_path)}) is None


@pytest.mark.skipif(sys.platform == "win32", reason="shell scripts stand in for browsers")
def test_browsers_are_looked_for_in_a_fixed_order(tmp_path: Path) -> None:
    def put(path: str, version: str) -> Path:
        program = tmp_path / path
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f"#!/bin/sh\necho Chromium {version}\n")
        program.chmod(0o755)
        return program

    environ = {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)}
    cache = ".cache/ms-playwright" if sys.platform == "linux" else "Library/Caches/ms-playwright"

    def found() -> tuple[Path, str, str]:
        browser = find_browser(environ)
        assert browser is not None
        return browser.path, browser.kind, browser.version

    chromium = put("bin/chromium", "150.0.1.2")
    assert found() == (chromium, "chromium", "150.0.1.2")
    shell = put("bin/chromium-headless-shell", "151.0.1.2")
    assert found() == (shell, "headless-shell", "151.0.1.2")
    full = put(f"{cache}/chromium-1200/chrome-linux64/chrome", "152.0.1.2")
    assert found()[0] == full
    put(f"{cache}/chromium_headless_shell-999/chrome-headless-shell-linux64/chrome-headless-shell", "1.0")
    own = put(f"{cache}/chromium_headless_shell-1200/chrome-headless-shell-linux64/chrome-headless-shell", "152.0.1.2")
    assert found() == (own, "headless-shell", "152.0.1.2")
    environ["CARDWATCH_CHROMIUM"] = str(chromium)
    assert found()[0] == chromium
