"""One HTTP exchange that ends: bounded in time from the name's look-up to the last byte, and in bytes.

For services that the user configured (time-stamping authorities, calendars). Redirects are not followed. Raises
NoAnswerError with the reason in words; what an answer says is for the caller to judge.
"""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

THREAD = "bounded request"
_PIECE = 65_536


class NoAnswerError(Exception):
    """No whole answer came, or one that is too large; the message says why."""


@dataclass(frozen=True)
class Answer:
    """What came back. `media_type` is in lower case without its parameters, `location` the target of a redirect."""

    status: int
    media_type: str
    location: str
    body: bytes


@dataclass
class _Exchange:
    """What the working thread and the one that waits for it share."""

    channel: socket.socket | None = None
    answer: Answer | None = None
    trouble: Exception | None = None
    ended: threading.Event = field(default_factory=threading.Event)


def ask_bounded(
    url: str, *, body: bytes | None, headers: Mapping[str, str], seconds: float, most_bytes: int, proxy: str = ""
) -> Answer:
    """POST a body, or GET where it is None, directly or through a SOCKS5 or HTTP proxy.

    A server that hangs or drips is cut off when `seconds` are over: the socket is shut down, so no thread stays.
    """
    exchange = _Exchange()

    def work() -> None:
        try:
            exchange.answer = _ask(exchange, url, body, headers, seconds, most_bytes, proxy)
        except Exception as error:  # told by the thread that waits, in words
            exchange.trouble = error
        finally:
            exchange.ended.set()

    threading.Thread(target=work, daemon=True, name=THREAD).start()
    if not exchange.ended.wait(seconds):
        _cut_off(exchange.channel)
        raise NoAnswerError(f"no whole answer within {seconds:g} s")
    if exchange.trouble is not None:
        raise NoAnswerError(_explain(exchange.trouble, seconds)) from exchange.trouble
    assert exchange.answer is not None
    return exchange.answer


def _ask(
    exchange: _Exchange,
    url: str,
    body: bytes | None,
    headers: Mapping[str, str],
    seconds: float,
    most_bytes: int,
    proxy: str,
) -> Answer:
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(host, parts.port, timeout=seconds)
    try:
        if proxy:
            connection.sock = _connect_by_proxy(proxy, host, connection.port, seconds, secure=secure)
        else:
            connection.connect()
        exchange.channel = connection.sock  # the connection forgets it when the answer begins
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(
            "GET" if body is None else "POST", path, body, {"User-Agent": "cardwatch", "Connection": "close", **headers}
        )
        answer = connection.getresponse()
        announced = answer.length  # None when it comes in chunks, or until the connection ends
        if announced is not None and announced > most_bytes:
            raise NoAnswerError(f"the answer would have {announced} bytes; the most is {most_bytes}")
        data = bytearray()
        while piece := answer.read(_PIECE):
            data += piece
            if len(data) > most_bytes:
                raise NoAnswerError(f"the answer has more than {most_bytes} bytes")
        if announced is not None and len(data) < announced:
            raise NoAnswerError(f"the answer was cut off after {len(data)} of {announced} bytes")
        media_type = (answer.getheader("Content-Type") or "").partition(";")[0].strip().lower()
        return Answer(answer.status, media_type, answer.getheader("Location") or "", bytes(data))
    finally:
        connection.close()


def _connect_by_proxy(proxy: str, host: str, port: int, seconds: float, *, secure: bool) -> socket.socket:
    from python_socks.sync import Proxy

    plain: socket.socket = Proxy.from_url(proxy.replace("socks5h://", "socks5://", 1)).connect(
        host, port, timeout=seconds
    )
    plain.settimeout(seconds)
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host) if secure else plain


def _cut_off(channel: socket.socket | None) -> None:
    """Wake the thread that reads: shutting the socket down ends its wait."""
    if channel is not None:
        try:
            channel.shutdown(socket.SHUT_RDWR)
        except OSError:  # it ended by itself meanwhile
            return


def _explain(error: Exception, seconds: float) -> str:
    if isinstance(error, NoAnswerError):
        return str(error)
    if isinstance(error, socket.gaierror):
        return "the name of its host was not found"
    if isinstance(error, TimeoutError):
        return f"no whole answer within {seconds:g} s"
    if isinstance(error, ConnectionRefusedError):
        return "the connection was refused"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate of its web server is not trusted ({error.verify_message})"
    if isinstance(error, http.client.IncompleteRead):
        return f"the answer was cut off after {len(error.partial)} bytes"
    if isinstance(error, http.client.RemoteDisconnected):
        return "it closed the connection without an answer"
    if isinstance(error, http.client.HTTPException):
        return f"the answer is no HTTP ({type(error).__name__})"
    if isinstance(error, OSError) and error.errno is not None:
        return os.strerror(error.errno)
    return f"it could not be asked ({type(error).__name__}: {str(error)[:200]})"
