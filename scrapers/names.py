"""Names to addresses, with the reason when there is none: the system's resolver, or one configured name server.

`resolve_name` gives addresses and never decides whether they may be reached. A resolver that is dead on our own side
is told apart from a name that does not exist, because the first says nothing about the platform.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import socket
import struct
from dataclasses import dataclass
from pathlib import Path

from scrapers.addresses import Address, parse_address
from scrapers.model import Reason

_ANSWER_SECONDS = 3.0
_TRIES = 2
_TYPE_A, _TYPE_AAAA = 1, 28
_NO_SUCH_NAME = 3
_RCODES = {1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED"}


@dataclass(frozen=True)
class Lookup:
    """What one resolution gave. `reason` is None when there are addresses."""

    resolver: str
    addresses: tuple[Address, ...] = ()
    reason: Reason | None = None
    error: str = ""


async def resolve_name(host: str, nameserver: str) -> Lookup:
    """Resolve `host` by `nameserver` ("address:port") or, when that is "", by the system's resolver."""
    return await (_ask_nameserver(host, nameserver) if nameserver else _ask_system(host))


def has_route() -> bool:
    """Whether this machine has any way out. No packet is sent: connecting a datagram socket only looks up a route."""
    for family, address in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((address, 9))
                return True
        except OSError:
            continue
    return False


def split_endpoint(text: str, default_port: int) -> tuple[str, int]:
    """Split "address", "address:port" or "[v6]:port"."""
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        return host, int(rest[1:]) if rest.startswith(":") else default_port
    if text.count(":") == 1:
        host, _, port = text.partition(":")
        return host, int(port)
    return text, default_port


async def _ask_system(host: str) -> Lookup:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)):
            return Lookup("system", reason=Reason.DNS_NO_SUCH_NAME, error=f"no such name ({error.strerror})")
        if not has_route():
            return Lookup("system", reason=Reason.OWN_NETWORK, error="this machine has no network route")
        if error.errno == socket.EAI_AGAIN and not await _system_resolver_answers():
            return Lookup("system", reason=Reason.OWN_NETWORK, error="the system's name servers do not answer at all")
        return Lookup("system", reason=Reason.DNS_FAILURE, error=str(error.strerror))
    except (OSError, UnicodeError) as error:
        return Lookup("system", reason=Reason.DNS_FAILURE, error=str(error))
    addresses = dict.fromkeys(
        address for *_, endpoint in found if (address := parse_address(str(endpoint[0]))) is not None
    )
    return Lookup("system", tuple(addresses))


async def _system_resolver_answers() -> bool:
    """Whether any of this machine's name servers says anything at all about the root zone."""
    try:
        text = await asyncio.to_thread(Path("/etc/resolv.conf").read_text, "utf-8", "replace")
    except OSError:
        return True  # not a system that keeps them there: do not accuse our own side without evidence
    servers = re.findall(r"^\s*nameserver\s+(\S+)", text, re.MULTILINE)[:3]
    for server in servers:
        if (await _exchange(server.partition("%")[0], 53, _question("", _TYPE_A, 1), 1)) is not None:
            return True
    return False


async def _ask_nameserver(host: str, nameserver: str) -> Lookup:
    address, port = split_endpoint(nameserver, 53)
    try:
        name = host.rstrip(".").encode("idna").decode() if host else ""
        _question(name, _TYPE_A, 0)
    except (UnicodeError, struct.error, ValueError):
        return Lookup(nameserver, reason=Reason.DNS_NO_SUCH_NAME, error="not a name that DNS can hold")
    answers = await asyncio.gather(*(_query(address, port, name, kind) for kind in (_TYPE_A, _TYPE_AAAA)))
    found = tuple(dict.fromkeys(one for _, addresses in answers for one in addresses))
    if found:
        return Lookup(nameserver, found)
    codes = [code for code, _ in answers]
    if _NO_SUCH_NAME in codes:
        return Lookup(nameserver, reason=Reason.DNS_NO_SUCH_NAME, error="NXDOMAIN")
    if all(code is None for code in codes):
        return Lookup(nameserver, reason=Reason.OWN_NETWORK, error=f"the name server {nameserver} does not answer")
    told = next((code for code in codes if code), 0)
    if told == 0:
        return Lookup(nameserver, reason=Reason.DNS_NO_SUCH_NAME, error="the name has no address")
    return Lookup(nameserver, reason=Reason.DNS_FAILURE, error=_RCODES.get(told, f"RCODE {told}"))


async def _query(address: str, port: int, name: str, kind: int) -> tuple[int | None, list[Address]]:
    """Response code (None: no answer) and addresses for one question."""
    for _ in range(_TRIES):
        number = secrets.randbelow(1 << 16)
        answer = await _exchange(address, port, _question(name, kind, number), number)
        if answer is None:
            continue
        if answer[2] & 0x02:  # truncated: ask again over TCP
            answer = await _exchange_stream(address, port, _question(name, kind, number)) or answer
        try:
            return answer[3] & 0x0F, _read_addresses(answer, kind)
        except (IndexError, struct.error):
            return 1, []
    return None, []


def _question(name: str, kind: int, number: int) -> bytes:
    labels = [label.encode("ascii") for label in name.split(".")] if name else []
    if any(not 0 < len(label) < 64 for label in labels) or len(name) > 253:
        raise ValueError(name)
    encoded = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    return struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0) + encoded + struct.pack(">HH", kind, 1)


def _read_addresses(answer: bytes, kind: int) -> list[Address]:
    questions, records = struct.unpack(">HH", answer[4:8])
    place = 12
    for _ in range(questions):
        place = _skip_name(answer, place) + 4
    found: list[Address] = []
    for _ in range(min(records, 64)):
        place = _skip_name(answer, place)
        record, _class, _ttl, length = struct.unpack(">HHIH", answer[place : place + 10])
        data = answer[place + 10 : place + 10 + length]
        place += 10 + length
        if record == kind and length in (4, 16):
            address = parse_address(socket.inet_ntop(socket.AF_INET if length == 4 else socket.AF_INET6, data))
            if address is not None:
                found.append(address)
    return found


def _skip_name(answer: bytes, place: int) -> int:
    while True:
        length = answer[place]
        if length >= 0xC0:
            return place + 2
        place += 1 + length
        if length == 0:
            return place


class _OneAnswer(asyncio.DatagramProtocol):
    def __init__(self, question: bytes, number: int) -> None:
        self._question = question
        self._number = number
        self.answer: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: object) -> None:
        mine = len(data) >= 12 and data[:2] == struct.pack(">H", self._number) and data[2] & 0x80
        # Number and question must be those that were sent: an off-path guess does not count as an answer.
        if mine and data[12 : len(self._question)] == self._question[12:] and not self.answer.done():
            self.answer.set_result(data)

    def error_received(self, exc: Exception) -> None:
        if not self.answer.done():
            self.answer.set_result(None)


async def _exchange(address: str, port: int, question: bytes, number: int) -> bytes | None:
    """Send one datagram and wait for its answer; None when there is none in time."""
    try:
        transport, protocol = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _OneAnswer(question, number), remote_addr=(address, port)
        )
    except OSError:
        return None
    try:
        transport.sendto(question)
        return await asyncio.wait_for(protocol.answer, _ANSWER_SECONDS)
    except TimeoutError:
        return None
    finally:
        transport.close()


async def _exchange_stream(address: str, port: int, question: bytes) -> bytes | None:
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            reader, writer = await asyncio.open_connection(address, port)
            try:
                writer.write(struct.pack(">H", len(question)) + question)
                (length,) = struct.unpack(">H", await reader.readexactly(2))
                answer = await reader.readexactly(length)
            finally:
                writer.close()
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return None
    return answer if answer[:2] == question[:2] and len(answer) >= 12 else None
