"""Loopback name servers, WHOIS servers and raw TCP servers of the lookup tests, each with scripted answers."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from dnslib import CNAME, MX, NS, QTYPE, RCODE, RR, SOA, TXT, A
from dnslib.server import BaseResolver, DNSLogger, DNSServer

from scrapers.gate import Gate
from scrapers.model import NetworkPolicy

AT = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)
RECORDS = {"A": A, "NS": NS, "CNAME": CNAME}


def clock() -> datetime:
    return AT


def open_gate(*, resolve: dict[str, str] | None = None, allow: tuple[str, ...] = ("127.0.0.1",)) -> Gate:
    return Gate(NetworkPolicy(allow_private=allow, resolve=tuple((resolve or {}).items())), clock)


class Zone(BaseResolver):
    """Names and their records; a name without any is NXDOMAIN. `rcode` answers everything with that code."""

    def __init__(self, names: dict[str, list[tuple[str, str]]], *, rcode: str = "", wildcard: str = "") -> None:
        self.names = names
        self.rcode = rcode
        self.wildcard = wildcard
        self.asked: list[tuple[str, str]] = []

    def resolve(self, request: object, handler: object) -> object:
        reply = request.reply()  # type: ignore[attr-defined]
        name = str(request.q.qname).rstrip(".").lower()  # type: ignore[attr-defined]
        kind = QTYPE[request.q.qtype]  # type: ignore[attr-defined]
        self.asked.append((name, kind))
        if self.rcode:
            reply.header.rcode = getattr(RCODE, self.rcode)
            return reply
        found = self.names.get(name)
        if found is None and name and self.wildcard:
            found = [("A", self.wildcard)]
        if found is None and name:
            reply.header.rcode = RCODE.NXDOMAIN
            return reply
        for record, value in found or []:
            if record == kind or (record == "CNAME" and kind == "A"):
                reply.add_answer(RR(name, getattr(QTYPE, record), rdata=make_rdata(record, value), ttl=60))
        return reply


def make_rdata(kind: str, value: str) -> object:
    if kind == "MX":
        preference, host = value.split()
        return MX(host, int(preference))
    if kind == "TXT":
        return TXT(value)
    if kind == "SOA":
        return SOA(value, f"hostmaster.{value}", (1, 2, 3, 4, 5))
    return RECORDS[kind](value)


def bind_both(ways: list[bool], zone: Zone) -> tuple[int, list[DNSServer]]:
    """Servers on one port; another one where that port is taken for streams although it is free for datagrams."""
    quiet = DNSLogger("-recv,-send,-request,-reply,-truncated,-error,-data")
    for _ in range(50):
        port, servers = free_port(), []
        try:
            for way in ways:
                servers.append(DNSServer(zone, address="127.0.0.1", port=port, tcp=way, logger=quiet))
        except OSError:
            for server in servers:
                server.server.server_close()
            continue
        return port, servers
    raise OSError("no port is free for both")


@contextmanager
def name_server(zone: Zone, *, udp: bool = True, tcp: bool = False) -> Iterator[str]:
    """The zone on a port of loopback, by UDP, by TCP, or by both."""
    port, servers = bind_both([False] * udp + [True] * tcp, zone)
    for server in servers:
        threading.Thread(target=server.server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        for server in servers:
            server.server.shutdown()
            server.server.server_close()


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def datagram_server(answer: Callable[[bytes], bytes | None]) -> Iterator[str]:
    """Answers each datagram by a function; None stays silent."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, channel = self.request
            told = answer(data)
            if told is not None:
                channel.sendto(told, self.client_address)

    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@contextmanager
def stream_server(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """Hands every connection to a function, which may say what it likes."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            try:
                talk(self.request)
            except OSError:
                return

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


class Whois:
    """A WHOIS server: what it is asked, and the text that it gives to each question."""

    def __init__(self, texts: dict[str, str | bytes], usual: str = "No matching record.\r\n") -> None:
        self.texts = texts
        self.usual = usual
        self.asked: list[str] = []

    def talk(self, channel: socket.socket) -> None:
        question = b""
        while not question.endswith(b"\n"):
            piece = channel.recv(100)
            if not piece:
                return
            question += piece
        name = question.decode().strip()
        self.asked.append(name)
        text = self.texts.get(name, self.usual)
        channel.sendall(text.encode() if isinstance(text, str) else text)


def drip(piece: bytes, pause: float, head: bytes = b"") -> Callable[[socket.socket], None]:
    """Sends a piece again and again, for ever."""

    def talk(channel: socket.socket) -> None:
        channel.recv(2000)
        channel.sendall(head)
        while True:
            channel.sendall(piece)
            if pause:
                time.sleep(pause)

    return talk
