"""Loopback servers of the capture tests: a small site with scripted answers, and a name server."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from dnslib import AAAA, QTYPE, RCODE, RR, A
from dnslib.server import BaseResolver, DNSServer


@dataclass
class Answer:
    """What one path gives."""

    body: bytes | str = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str = "text/html; charset=utf-8"


Handler = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """A server on loopback. `seen` holds "METHOD path" of every request that reached it."""

    host: str = "127.0.0.1"
    context: ssl.SSLContext | None = None
    answers: dict[str, Answer | Handler] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        site = self

        class Answers(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 20

            def log_message(self, *_: object) -> None: ...

            def setup(self) -> None:
                site.connections += 1
                super().setup()

            def do_GET(self) -> None:
                site.seen.append(f"{self.command} {self.path}")
                length = int(self.headers.get("Content-Length") or 0)
                self.sent = self.rfile.read(length) if length else b""
                answer = site.answers.get(self.path.partition("?")[0])
                if callable(answer):
                    self.close_connection = True
                    answer(self)
                    return
                if answer is None:
                    answer = Answer("", 404)
                body = answer.body.encode() if isinstance(answer.body, str) else answer.body
                self.send_response(answer.status)
                if not any(name.lower() == "content-type" for name, _ in answer.headers):
                    self.send_header("Content-Type", answer.media_type)
                for name, value in answer.headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_POST = do_HEAD = do_GET  # noqa: N815

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None: ...

        self._server = Server((self.host, 0), Answers)
        if self.context is not None:
            self._server.socket = self.context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def url(self) -> str:
        return f"{'https' if self.context else 'http'}://{self.host}:{self.port}"

    @property
    def endpoint(self) -> str:
        return f"{self.host}:{self.port}"

    def page(self, path: str, body: bytes | str, **kwargs: object) -> str:
        """Put a page there and give its URL."""
        self.answers[path] = Answer(body, **kwargs)  # type: ignore[arg-type]
        return self.url + path

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Names(BaseResolver):
    """A name server: each name gives its next list of addresses at each A query, the last one for ever."""

    def __init__(self) -> None:
        self.answers: dict[str, list[list[str]]] = {}
        self.asked: list[str] = []
        self._server = DNSServer(self, address="127.0.0.1", port=0)
        self._server.start_thread()

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self._server.server.server_address[1]}"

    def resolve(self, request, handler):  # type: ignore[no-untyped-def]
        reply = request.reply()
        name = str(request.q.qname).rstrip(".")
        lists = self.answers.get(name)
        if lists is None:
            reply.header.rcode = RCODE.NXDOMAIN
            return reply
        addresses = lists[0]
        if request.q.qtype == QTYPE.A:
            self.asked.append(name)
            if len(lists) > 1:
                lists.pop(0)
        if addresses == ["SERVFAIL"]:
            reply.header.rcode = RCODE.SERVFAIL
            return reply
        for address in addresses:
            if ":" in address and request.q.qtype == QTYPE.AAAA:
                reply.add_answer(RR(name, QTYPE.AAAA, rdata=AAAA(address), ttl=0))
            elif ":" not in address and request.q.qtype == QTYPE.A:
                reply.add_answer(RR(name, QTYPE.A, rdata=A(address), ttl=0))
        return reply

    def close(self) -> None:
        self._server.stop()
        self._server.server.server_close()


def free_port() -> int:
    """A port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
