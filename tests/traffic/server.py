"""A server of many hosts on one loopback port: HTTP/1.1 and HTTP/2, plain or TLS, every byte of an answer scripted.

Hosts reach it by `NetworkPolicy.resolve`; each may show a certificate of its own, good or bad.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import ssl
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    RequestReceived,
    StreamEnded,
    StreamReset,
    WindowUpdated,
)
from h2.exceptions import ProtocolError

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Request:
    """What came in."""

    method: str
    host: str
    path: str
    headers: dict[str, str]
    body: bytes
    protocol: str


class Reply(Protocol):
    """How a handler answers, over either protocol."""

    async def inform(self, status: int, headers: Pairs) -> None: ...
    async def start(self, status: int, headers: Pairs = ()) -> None: ...
    async def send(self, data: bytes) -> None: ...
    async def end(self, trailers: Pairs = ()) -> None: ...
    async def cut(self) -> None: ...


Handler = Callable[[Request, Reply], Awaitable[None]]


@dataclass(frozen=True)
class Answer:
    """A plain answer."""

    body: bytes | str = b""
    status: int = 200
    headers: Pairs = ()
    media_type: str = "text/html; charset=utf-8"


@dataclass
class Server:
    """Answers by "host/path". `http2` offers h2 by ALPN; `certificates` are by host, None serves without TLS."""

    certificates: dict[str, trustme.LeafCert] | None = None
    http2: bool = False
    answers: dict[str, Answer | Handler] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        self.port = 0
        self._tasks: set[asyncio.Task[None]] = set()

        async def serve() -> None:
            server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self._context())
            self.port = server.sockets[0].getsockname()[1]
            self._end = asyncio.Event()
            ready.set()
            await self._end.wait()
            server.close()
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

        def run() -> None:
            asyncio.set_event_loop(self._loop)
            self._loop.set_exception_handler(lambda *_: None)
            try:
                self._loop.run_until_complete(serve())
            finally:
                self._loop.close()

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        ready.wait(10)

    @property
    def scheme(self) -> str:
        return "http" if self.certificates is None else "https"

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self.port}"

    def put(self, place: str, answer: Answer | Handler | str | bytes, **settings: object) -> str:
        """Put an answer at "host/path" and give its URL."""
        if isinstance(answer, str | bytes):
            answer = Answer(answer, **settings)  # type: ignore[arg-type]
        self.answers[place] = answer
        return f"{self.scheme}://{place}"

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)

    def _context(self) -> ssl.SSLContext | None:
        if self.certificates is None:
            return None
        contexts: dict[str, ssl.SSLContext] = {}
        for host, certificate in self.certificates.items():
            context = contexts[host] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            certificate.configure_cert(context)
            context.set_alpn_protocols(["h2", "http/1.1"] if self.http2 else ["http/1.1"])

        def choose(connection: ssl.SSLObject, name: str | None, _first: ssl.SSLContext) -> None:
            if name in contexts:
                connection.context = contexts[name]

        first = next(iter(contexts.values()))
        first.sni_callback = choose  # type: ignore[assignment]
        return first

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            tls = writer.get_extra_info("ssl_object")
            if tls is not None and tls.selected_alpn_protocol() == "h2":
                await _Http2(self, reader, writer).run()
            else:
                await self._run_http1(reader, writer)
        except (OSError, asyncio.IncompleteReadError, ProtocolError, ValueError, asyncio.LimitOverrunError):
            pass
        finally:
            self._tasks.discard(task)
            with contextlib.suppress(OSError, RuntimeError):
                writer.close()

    async def _run_http1(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path, _ = lines[0].split(" ", 2)
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
            body = await reader.readexactly(int(headers.get("content-length") or 0))
            request = Request(method, headers.get("host", "").partition(":")[0], path, headers, body, "http/1.1")
            reply = Http1Reply(reader, writer, method)
            await self.answer(request, reply)
            if not reply.reusable:
                return

    async def answer(self, request: Request, reply: Reply) -> None:
        self.seen.append(f"{request.method} {request.host}{request.path}")
        answer = self.answers.get(request.host + request.path.partition("?")[0])
        if answer is None:
            answer = Answer(b"", 404)
        if not isinstance(answer, Answer):
            await answer(request, reply)
            return
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        named = {name.lower() for name, _ in answer.headers}
        headers = answer.headers
        if "content-type" not in named and body:
            headers = (("Content-Type", answer.media_type), *headers)
        if answer.status not in (204, 304):
            headers = (*headers, ("Content-Length", str(len(body))))
        await reply.start(answer.status, headers)
        if request.method != "HEAD" and body:
            await reply.send(body)
        await reply.end()


class Http1Reply:
    """An answer over HTTP/1.1: chunked where it states no length."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, method: str) -> None:
        self.reader, self.writer, self._method = reader, writer, method
        self._chunked = False
        self.reusable = False

    async def inform(self, status: int, headers: Pairs) -> None:
        self._head(status, headers)

    async def start(self, status: int, headers: Pairs = ()) -> None:
        named = {name.lower() for name, _ in headers}
        bare = status in (101, 204, 304) or self._method == "HEAD"
        self._chunked = not bare and "content-length" not in named
        self._head(status, (*headers, ("Transfer-Encoding", "chunked")) if self._chunked else headers)
        await self.writer.drain()

    async def send(self, data: bytes) -> None:
        self.writer.write(b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data)
        await self.writer.drain()

    async def end(self, trailers: Pairs = ()) -> None:
        if self._chunked:
            self.writer.write(b"0\r\n" + b"".join(f"{n}: {v}\r\n".encode() for n, v in trailers) + b"\r\n")
        self.reusable = True
        await self.writer.drain()

    async def cut(self) -> None:
        self.writer.close()

    def _head(self, status: int, headers: Pairs) -> None:
        lines = [f"HTTP/1.1 {status} Word", *(f"{name}: {value}" for name, value in headers)]
        self.writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n")


class _Http2:
    """One HTTP/2 connection."""

    def __init__(self, server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server, self._reader, self.writer = server, reader, writer
        self.h2 = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self._asked: dict[int, tuple[list[tuple[str, str]], bytearray]] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self.opened = asyncio.Event()  # some window grew

    async def run(self) -> None:
        self.h2.initiate_connection()
        self.flush()
        try:
            while data := await self._reader.read(65536):
                for event in self.h2.receive_data(data):
                    self._take(event)
                self.flush()
        finally:
            for task in self._tasks.values():
                task.cancel()

    def flush(self) -> None:
        self.writer.write(self.h2.data_to_send())

    def _take(self, event: Event) -> None:
        if isinstance(event, RequestReceived):
            self._asked[event.stream_id] = ([(str(n), str(v)) for n, v in event.headers], bytearray())
        elif isinstance(event, DataReceived):
            self._asked[event.stream_id][1].extend(event.data)
            self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, StreamEnded):
            headers, body = self._asked.pop(event.stream_id)
            told = dict(headers)
            host = told[":authority"].partition(":")[0]
            request = Request(told[":method"], host, told[":path"], told, bytes(body), "h2")
            reply = _Http2Reply(self, event.stream_id)
            self._tasks[event.stream_id] = asyncio.ensure_future(self._answer(request, reply))
        elif isinstance(event, StreamReset):
            task = self._tasks.pop(event.stream_id, None)
            if task is not None:
                task.cancel()
        elif isinstance(event, WindowUpdated):
            self.opened.set()
        elif isinstance(event, ConnectionTerminated):
            self.writer.close()

    async def _answer(self, request: Request, reply: _Http2Reply) -> None:
        with contextlib.suppress(OSError, ProtocolError):
            await self._server.answer(request, reply)


class _Http2Reply:
    """An answer on one stream."""

    def __init__(self, connection: _Http2, stream: int) -> None:
        self._connection, self._stream = connection, stream

    async def inform(self, status: int, headers: Pairs) -> None:
        await self.start(status, headers)

    async def start(self, status: int, headers: Pairs = ()) -> None:
        lower = [(":status", str(status)), *((name.lower(), value) for name, value in headers)]
        self._connection.h2.send_headers(self._stream, lower)
        self._connection.flush()

    async def send(self, data: bytes) -> None:
        h2 = self._connection.h2
        while data:
            room = min(h2.local_flow_control_window(self._stream), h2.max_outbound_frame_size)
            if room <= 0:
                self._connection.opened.clear()
                await self._connection.opened.wait()
                continue
            h2.send_data(self._stream, data[:room])
            data = data[room:]
            self._connection.flush()
            await self._connection.writer.drain()

    async def end(self, trailers: Pairs = ()) -> None:
        if trailers:
            self._connection.h2.send_headers(self._stream, trailers, end_stream=True)
        else:
            self._connection.h2.end_stream(self._stream)
        self._connection.flush()

    async def cut(self) -> None:
        self._connection.h2.reset_stream(self._stream, ErrorCodes.INTERNAL_ERROR)
        self._connection.flush()


async def echo_web_socket(request: Request, reply: Reply) -> None:
    """Shake hands and send every text frame back, upper-cased."""
    assert isinstance(reply, Http1Reply)
    mark = request.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    accept = base64.b64encode(hashlib.sha1(mark.encode()).digest()).decode()
    await reply.start(101, (("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept)))
    while True:
        first, second = await reply.reader.readexactly(2)
        size = second & 127
        key = await reply.reader.readexactly(4)
        data = bytes(byte ^ key[n % 4] for n, byte in enumerate(await reply.reader.readexactly(size)))
        if first & 15 == 8:
            return
        reply.writer.write(bytes((0x81, size)) + data.upper())
        await reply.writer.drain()


# --- certificates ---------------------------------------------------------------------------------------------------


def spki_of(certificate: trustme.LeafCert) -> str:
    """The digest by which a browser is told to trust this certificate's key."""
    leaf = x509.load_pem_x509_certificate(certificate.cert_chain_pems[0].bytes())
    key = leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(key).digest()).decode()


def expired(authority: trustme.CA, host: str) -> trustme.LeafCert:
    """A certificate of `host` that ended yesterday."""
    now = datetime.now(UTC)
    return authority.issue_cert(host, not_before=now - timedelta(days=30), not_after=now - timedelta(days=1))
