"""Serves the practice shops on one loopback port, by Host header and by simulated time, plain and with TLS.

Name troubles live in `policy_at`: it gives the gate's view of the network at a simulated moment (names mapped to this
port, a name that is gone, a host that refuses). Broken handshakes and expired certificates happen on the wire here.
"""

from __future__ import annotations

import itertools
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from monitor.config.lookups import LookupSettings
from monitor.demo.certificates import PlatformCertificates, make_certificates
from monitor.demo.clock import SimulatedClock
from monitor.demo.nameserver import PracticeNameserver
from monitor.demo.registry import PracticeWhois
from monitor.demo.script import IMPOSTOR_HOST, NEW_HOST, OLD_HOST, RELEASE_HOST, SHANGHAI, THIRD_HOST, hosts, state_at
from monitor.demo.shops import songguo, xinghe, yunque
from monitor.demo.shops.answer import Answer, Moment, Request
from scrapers.model import NetworkPolicy

_SHOPS: Mapping[str, Callable[[Request, Moment], Answer]] = {
    "songguo.example": songguo.answer_request,
    "yunque.test": yunque.answer_request,
    OLD_HOST: xinghe.answer_request,
    NEW_HOST: xinghe.answer_request,
    THIRD_HOST: xinghe.answer_request,
    RELEASE_HOST: xinghe.answer_release,
    IMPOSTOR_HOST: xinghe.answer_request,
}
_OWNERS = (("songguo.example",), ("yunque.test",), (OLD_HOST, NEW_HOST, THIRD_HOST), (IMPOSTOR_HOST,))
_TLS_HANDSHAKE = 0x16  # the first byte of a TLS connection


@dataclass(frozen=True)
class Ports:
    """Where things listen on loopback; nothing ever listens on `closed`."""

    served: int
    closed: int
    nameserver: str
    second_nameserver: str
    whois: str


class PracticePlatform:
    """All practice shops, served while the `with` block lasts. `now` is the real time, for the certificates."""

    def __init__(self, clock: SimulatedClock, *, now: datetime) -> None:
        self._certificates = make_certificates(_OWNERS, expired=OLD_HOST, now=now)
        self._server = _Server(clock, self._certificates)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="practice-platform", daemon=True
        )
        self._nameserver = PracticeNameserver(clock)
        self._second_nameserver = PracticeNameserver(clock)  # death of a name takes two resolvers to say so
        self._whois = PracticeWhois(clock)
        # Bound and never listened on: every connection is refused, and nobody else can take the port.
        self._closed = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._closed.bind(("127.0.0.1", 0))

    @property
    def ports(self) -> Ports:
        """Where it listens."""
        return Ports(
            self._server.server_address[1],
            self._closed.getsockname()[1],
            self._nameserver.address,
            self._second_nameserver.address,
            self._whois.address,
        )

    @property
    def trusted_spki(self) -> tuple[str, ...]:
        """The digests of the good certificates' keys, for the browser."""
        return self._certificates.trusted_spki

    def __enter__(self) -> PracticePlatform:
        self._nameserver.__enter__()
        self._second_nameserver.__enter__()
        self._whois.__enter__()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._closed.close()
        self._whois.__exit__(kind, error, trace)
        self._second_nameserver.__exit__(kind, error, trace)
        self._nameserver.__exit__(kind, error, trace)


def policy_at(moment: datetime, ports: Ports) -> NetworkPolicy:
    """The network as the gate sees it at this moment."""
    state = state_at(moment)
    troubles = {
        "songguo.example": state["songguo.name"],
        OLD_HOST: state["xinghe.old"],
        NEW_HOST: state["xinghe.second"],
    }
    resolve: list[tuple[str, str]] = []
    for host in hosts():
        if troubles.get(host) == "gone":
            continue  # the nameserver says that there is no such name
        port = ports.closed if troubles.get(host) == "refused" else ports.served
        resolve.append((host, f"127.0.0.1:{port}"))
    return NetworkPolicy(allow_private=("127.0.0.1",), resolve=tuple(resolve), nameserver=ports.nameserver)


def ask_practice(ports: Ports) -> LookupSettings:
    """Whom the lookups ask in a demo: the practice name server and registry, nobody else, and without pauses."""
    return LookupSettings(
        resolvers=(ports.nameserver, ports.second_nameserver),
        canaries=("songguo.example", "yunque.test"),
        whois=(("test", ports.whois), ("example", ports.whois)),
        rdap_bootstrap="",
        pace_seconds=0.0,
        dns_pace_seconds=0.0,
    )


def answer_at(moment: datetime, request: Request) -> Answer:
    """What the platform answers to a request at a moment; the whole of it, without a socket."""
    shop = _SHOPS.get(request.host)
    if shop is None:
        return Answer(421, (("Content-Type", "text/plain"),), b"no shop of this name is served here")
    return shop(request, Moment(moment.astimezone(SHANGHAI), state_at(moment)))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, clock: SimulatedClock, certificates: PlatformCertificates) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.clock = clock
        self.certificates = certificates
        self.numbers = itertools.count(1)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """In the connection's own thread: decide between plain and TLS by its first byte."""
        request.settimeout(30)
        try:
            first = request.recv(1, socket.MSG_PEEK)
            if not first or first[0] != _TLS_HANDSHAKE:
                super().finish_request(request, client_address)
                return
            secured = self._shake_hands(request)
            if secured is not None:
                with secured:
                    super().finish_request(secured, client_address)
        except OSError:
            return  # the browser went away, or refused the certificate: its own record says so

    def _shake_hands(self, connection: socket.socket) -> ssl.SSLSocket | None:
        state = state_at(self.clock())
        # The name asked for is inside the greeting; a byte search finds it without a parser.
        greeting = connection.recv(4096, socket.MSG_PEEK)
        if state["yunque.tls"] == "broken" and b"yunque.test" in greeting:
            connection.sendall(b"\x15\x03\x03\x00\x02\x02\x28")  # alert: fatal, handshake failure
            return None
        expired = state["xinghe.tls"] == "expired" and OLD_HOST.encode() in greeting
        context = self.certificates.expired if expired else self.certificates.good_for(greeting)
        return context.wrap_socket(connection, server_side=True)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Broken connections are part of the play; anything else must be seen."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "nginx"
    sys_version = ""
    server: _Server

    def do_GET(self) -> None:
        self._reply()

    def do_POST(self) -> None:
        length = min(int(self.headers.get("Content-Length") or 0), 100_000)
        self.rfile.read(length)
        self._reply()

    def _reply(self) -> None:
        moment = self.server.clock()
        parts = urlsplit(self.path)
        host = (self.headers.get("Host") or "").partition(":")[0].lower()
        query = dict(parse_qsl(parts.query))
        answer = answer_at(moment, Request(self.command, host, parts.path, query, next(self.server.numbers)))
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The Date header in simulated time, as the shop's own clock would show it."""
        return super().date_time_string(self.server.clock().timestamp() if timestamp is None else timestamp)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing on the terminal."""
