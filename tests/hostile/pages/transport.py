"""Servers that misbehave below the page: TLS that never shakes hands, certificates, HTTP/2 floods."""

from __future__ import annotations

import asyncio
import contextlib
import ssl

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived
from h2.exceptions import ProtocolError

from scrapers.model import Capture, Outcome

from ..keys import Keys
from ..page import READ, RULES, Page, script
from ..site import Handler, Request, Site

_ANY = (*READ, Outcome.FAILED)
_FAILED = (Outcome.FAILED,)
_START = f"<!doctype html><meta charset=utf-8>{RULES}".encode()
_HEAD = [(":status", "200"), ("content-type", "text/html; charset=utf-8")]


async def _slow_handshake(request: Request) -> None:
    """A record of TLS that comes by the byte."""
    await request.reader.read(100)
    for byte in b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc" + bytes(600):
        await request.send(bytes([byte]))
        await asyncio.sleep(0.1)


async def _not_tls(request: Request) -> None:
    await request.send("SSH-2.0-OpenSSH_9.9\r\n")
    await request.hang()


async def _says_nothing(request: Request) -> None:
    await request.hang()


async def _closes_at_once(_request: Request) -> None:
    return


async def _second(request: Request, trick) -> None:  # type: ignore[no-untyped-def]
    """Speak HTTP/2 until the first request, then do the trick."""
    wire = H2Connection(H2Configuration(client_side=False))
    wire.initiate_connection()
    await request.send(wire.data_to_send())
    with contextlib.suppress(ProtocolError):  # the browser goes on talking to one that went away
        while data := await request.reader.read(65536):
            for event in wire.receive_data(data):
                if isinstance(event, RequestReceived):
                    await trick(request, wire, event.stream_id)
            await request.send(wire.data_to_send())


async def _goes_away(request: Request, wire: H2Connection, _stream: int) -> None:
    wire.close_connection(error_code=0)


async def _resets(request: Request, wire: H2Connection, stream: int) -> None:
    wire.send_headers(stream, _HEAD)
    wire.reset_stream(stream, error_code=2)


async def _pings(request: Request, wire: H2Connection, stream: int) -> None:
    wire.send_headers(stream, _HEAD)
    wire.send_data(stream, _START)
    while True:
        for _ in range(200):
            wire.ping(b"12345678")
            wire.update_settings({4: 65535})
        await request.send(wire.data_to_send())
        await asyncio.sleep(0.01)


async def _head_bomb(request: Request, wire: H2Connection, stream: int) -> None:
    """Five thousand headers that cost a byte each: all are one entry of the dynamic table (RFC 7541)."""
    wire.send_headers(stream, [*_HEAD, *[("x-big", "y" * 3900)] * 5000])
    wire.send_data(stream, _START, end_stream=True)


def _trick(trick) -> Handler:  # type: ignore[no-untyped-def]
    async def converse(request: Request) -> None:
        await _second(request, trick)

    return converse


def specials(keys: Keys) -> dict[str, tuple[Handler | None, ssl.SSLContext | None]]:
    """The hosts that misbehave below HTTP: what speaks there, and with which certificate."""
    return {
        "slow-tls.test": (_slow_handshake, None),
        "not-tls.test": (_not_tls, None),
        "mute.test": (_says_nothing, None),
        "shut.test": (_closes_at_once, None),
        "expired.test": (None, keys.old()),
        "crowded.test": (None, keys.crowd()),
        "client.test": (None, keys.asking()),
        "h2a.test": (_trick(_goes_away), keys.second()),
        "h2b.test": (_trick(_resets), keys.second()),
        "h2c.test": (_trick(_pings), keys.second()),
        "h2d.test": (_trick(_head_bomb), keys.second()),
    }


def _check_expired(capture: Capture, _site: Site) -> None:
    assert capture.certificate_error.startswith("ERR_CERT_")
    assert capture.certificates


def _check_crowded(capture: Capture, _site: Site) -> None:
    assert [len(certificate.names) for certificate in capture.certificates] == [200]  # all are in the chain itself


async def _unused(request: Request) -> None:
    await request.answer(
        _START, "text/html; charset=utf-8", "Strict-Transport-Security: max-age=63072000; includeSubDomains; preload"
    )


PAGES = (
    Page("tls-slow", _unused, _FAILED, ("timeout", "tls"), host="slow-tls.test", bench=True),
    Page("tls-none", _unused, _FAILED, ("tls",), host="not-tls.test"),
    Page("tls-mute", _unused, _FAILED, ("timeout",), host="mute.test"),
    Page("tls-shut", _unused, _FAILED, ("reset", "tls", "empty_answer"), host="shut.test"),
    Page("tls-expired", _unused, READ, host="expired.test", check=_check_expired),
    Page("tls-crowded", _unused, READ, host="crowded.test", check=_check_crowded),
    Page("tls-client-asked", _unused, _FAILED, ("tls", "empty_answer"), host="client.test"),
    Page("hsts", _unused, READ, host="s.test"),
    Page("h2-goes-away", _unused, _FAILED, ("reset", "empty_answer"), host="h2a.test"),
    Page("h2-resets", _unused, _ANY, ("empty_answer", "reset"), host="h2b.test"),
    Page("h2-pings", _unused, _ANY, ("empty_answer", "reset"), host="h2c.test"),
    Page("h2-head-bomb", _unused, _ANY, ("empty_answer", "timeout"), host="h2d.test"),
    Page("mixed-content", script("fetch('http://a.test/none').catch(() => 0); location.protocol"), READ, host="s.test"),
)
