"""The gate: a loopback SOCKS5 proxy through which all traffic of a capture leaves, one lane (port) per capture.

It resolves names itself, checks every address they give, connects to a checked address and keeps to it for the whole
capture (so a name that changes its answer in between gains nothing), counts bytes, and remembers why a connection was
refused: the browser itself would only say that its proxy failed. TLS passes through untouched. SOCKS5: RFC 1928.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import struct
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from python_socks import ProxyError
from python_socks.async_.asyncio import Proxy

from scrapers.addresses import Address, explain_refusal, is_allowed, is_inside_name, is_named, parse_address
from scrapers.model import Clock, Missing, NameAnswer, NetworkPolicy, Reason
from scrapers.names import Lookup, has_route, resolve_name, split_endpoint

_CONNECT_SECONDS = 8.0
_HANDSHAKE_SECONDS = 10.0
_MOST_CONNECTIONS = 1000
_MOST_ADDRESSES = 4
_SOCKS_REPLY = {
    Reason.FORBIDDEN_ADDRESS: 2,
    Reason.UNREACHABLE: 3,
    Reason.OWN_NETWORK: 3,
    Reason.DNS_NO_SUCH_NAME: 4,
    Reason.DNS_FAILURE: 4,
    Reason.REFUSED: 5,
    Reason.CONNECT_TIMEOUT: 6,
}


@dataclass(frozen=True)
class Refusal:
    """Why a connection to one endpoint did not come about."""

    reason: Reason
    detail: str


@dataclass(frozen=True)
class _Route:
    """Where connections of one host go for the rest of the capture."""

    addresses: tuple[tuple[str, int], ...] = ()  # port 0 is the port that was asked for
    refusal: Refusal | None = None


@dataclass
class Lane:
    """One capture's way out. Read its records while it is open or after; close it when the capture ends."""

    port: int
    byte_limit: int
    names: list[NameAnswer] = field(default_factory=list)
    refused: list[Missing] = field(default_factory=list)
    failures: dict[tuple[str, int], Refusal] = field(default_factory=dict)
    remotes: dict[tuple[str, int], str] = field(default_factory=dict)
    received: int = 0
    sent: int = 0
    over_limit: bool = False
    _routes: dict[str, asyncio.Future[_Route]] = field(default_factory=dict)
    _pairs: set[_Pair] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _server: asyncio.Server | None = None
    _closed_ports: set[int] = field(default_factory=set)

    def remote_address(self, host: str, port: int) -> str:
        """ "ip:port" of the server that answered for this endpoint, "" when none did."""
        return self.remotes.get((host.strip("[]").casefold(), port), "")

    def failure(self, host: str, port: int) -> Refusal | None:
        """Why connections to this endpoint failed, None when one succeeded or none was tried."""
        key = (host.strip("[]").casefold(), port)
        return None if key in self.remotes else self.failures.get(key)

    async def close(self) -> None:
        """Cut every connection and give the port back."""
        if self._server is not None:
            self._server.close()
        self._closed_ports.discard(self.port)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for pair in list(self._pairs):
            pair.cut()


class Gate:
    """Opens lanes under one network policy."""

    def __init__(self, policy: NetworkPolicy, clock: Clock) -> None:
        self._policy = policy
        self._clock = clock
        self._fixed = {host.casefold(): target for host, target in policy.resolve}
        self.closed_ports: set[int] = set()  # of this machine: never let through, whatever the policy allows

    async def open_lane(self, byte_limit: int) -> Lane:
        """Open a port of loopback for one capture; it lets at most `byte_limit` bytes in."""
        lane = Lane(0, byte_limit)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Greeting(self, lane), "127.0.0.1", 0)
        lane._server = server
        lane.port = server.sockets[0].getsockname()[1]
        lane._closed_ports = self.closed_ports
        self.closed_ports.add(lane.port)  # else a page could leave through another capture's lane, or loop in its own
        return lane

    async def connect(self, lane: Lane, host: str, port: int, protocol: asyncio.Protocol) -> Refusal | None:
        """Connect `protocol` to the endpoint by the policy; what went wrong, or None."""
        key = (host.casefold(), port)
        outcome = await self._connect(lane, host, port, protocol)
        if isinstance(outcome, Refusal):
            lane.failures[key] = outcome
            if outcome.reason is Reason.FORBIDDEN_ADDRESS and len(lane.refused) < 200:
                lane.refused.append(Missing(f"{host}:{port}", outcome.detail))
            return outcome
        lane.remotes[key] = outcome
        return None

    async def _connect(self, lane: Lane, host: str, port: int, protocol: asyncio.Protocol) -> str | Refusal:
        if lane.over_limit:
            return Refusal(Reason.FORBIDDEN_ADDRESS, "the capture's byte limit is spent")
        route = await self._find_route(lane, host, port)
        if route.refusal is not None:
            return route.refusal
        if self._policy.proxy and not self._fixed_target(host, port):
            return await self._connect_by_proxy(host, port, protocol)
        refusal = Refusal(Reason.UNREACHABLE, "no address")
        for address, fixed_port in route.addresses[:_MOST_ADDRESSES]:
            if (fixed_port or port) in self.closed_ports and _is_own_machine(address):
                return Refusal(Reason.FORBIDDEN_ADDRESS, f"{host}:{port} is a port of this capture's own machinery")
            result = await _connect_direct(address, fixed_port or port, protocol)
            if isinstance(result, str):
                return result
            refusal = result
        return refusal

    async def _find_route(self, lane: Lane, host: str, port: int) -> _Route:
        """The checked addresses of a host: found once a capture, then pinned."""
        fixed = self._fixed_target(host, port)
        if fixed:
            address, fixed_port = split_endpoint(fixed, 0)
            told = [
                (answer.host.casefold(), answer.addresses) for answer in lane.names if answer.resolver == "configured"
            ]
            if (host.casefold(), (address,)) not in told:
                lane.names.append(NameAnswer(host, "configured", (address,), "", self._clock()))
            return _Route(((address, fixed_port),))
        route = lane._routes.get(host.casefold())
        if route is None:
            route = asyncio.get_running_loop().create_future()
            lane._routes[host.casefold()] = route
            try:
                route.set_result(await self._resolve(lane, host))
            except BaseException:
                lane._routes.pop(host.casefold(), None)
                route.cancel()
                raise
        return await asyncio.shield(route)

    async def _resolve(self, lane: Lane, host: str) -> _Route:
        literal = parse_address(host)
        if literal is not None:
            lookup = Lookup("literal", (literal,))
        elif self._policy.proxy:
            if is_inside_name(host) and not is_named(host, self._policy.allow_private):
                detail = f"{host} is a name of an inner network; add it to network.allow_private if you mean it"
                return _Route(refusal=Refusal(Reason.FORBIDDEN_ADDRESS, detail))
            return _Route()  # the user's proxy resolves; what it reaches is its network, not ours
        else:
            lookup = await resolve_name(host, self._policy.nameserver)
            shown = tuple(str(address) for address in lookup.addresses)
            lane.names.append(NameAnswer(host, lookup.resolver, shown, lookup.error, self._clock()))
        if lookup.reason is not None:
            return _Route(refusal=Refusal(lookup.reason, f"{host}: {lookup.error}"))
        for address in lookup.addresses:
            why = self._explain(host, address)
            if why:
                detail = f"{host} is {address}, a {why}; add it to network.allow_private if you mean it"
                return _Route(refusal=Refusal(Reason.FORBIDDEN_ADDRESS, detail))
        ordered = sorted(lookup.addresses, key=lambda address: address.version)
        return _Route(tuple((str(address), 0) for address in ordered))

    def _explain(self, host: str, address: Address) -> str:
        why = explain_refusal(address)
        return "" if not why or is_allowed(host, address, self._policy.allow_private) else why

    def _fixed_target(self, host: str, port: int) -> str:
        """`resolve` entries may name a host, or a host and the port asked for."""
        name = host.casefold()
        return self._fixed.get(f"{name}:{port}") or self._fixed.get(name, "")

    async def _connect_by_proxy(self, host: str, port: int, protocol: asyncio.Protocol) -> str | Refusal:
        shown = show_proxy(self._policy.proxy)
        try:
            stream = await Proxy.from_url(self._policy.proxy).connect(host, port, timeout=_CONNECT_SECONDS * 2)
            await asyncio.get_running_loop().create_connection(lambda: protocol, sock=stream)
        except ProxyError as error:
            return Refusal(Reason.UNREACHABLE, f"the proxy {shown} did not reach {host}:{port}: {error}")
        except (TimeoutError, OSError) as error:
            return Refusal(Reason.OWN_NETWORK, f"the proxy {shown} cannot be used: {error or 'no answer in time'}")
        return f"by proxy {shown}"


def show_proxy(proxy: str) -> str:
    """A proxy's address without its credentials."""
    parts = urlsplit(proxy)
    return f"{parts.scheme}://{parts.hostname or ''}:{parts.port or ''}".rstrip(":") if proxy else ""


def _is_own_machine(address: str) -> bool:
    """Whether an address leads back here: loopback, also in its IPv6 clothes, and the one that stands for any."""
    found = ipaddress.ip_address(address)
    plain = (found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else found
    return plain.is_loopback or plain.is_unspecified


async def _connect_direct(address: str, port: int, protocol: asyncio.Protocol) -> str | Refusal:
    shown = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            await asyncio.get_running_loop().create_connection(lambda: protocol, address, port)
    except TimeoutError:
        return Refusal(Reason.CONNECT_TIMEOUT, f"{shown} did not answer within {_CONNECT_SECONDS:.0f} s")
    except ConnectionRefusedError:
        return Refusal(Reason.REFUSED, f"{shown} refused the connection")
    except OSError as error:
        if error.errno == errno.ECONNRESET:
            return Refusal(Reason.RESET, f"{shown} reset the connection")
        if error.errno == errno.ETIMEDOUT:
            return Refusal(Reason.CONNECT_TIMEOUT, f"{shown} did not answer")
        if not ipaddress.ip_address(address).is_loopback and not has_route():
            return Refusal(Reason.OWN_NETWORK, "this machine has no network route")
        return Refusal(Reason.UNREACHABLE, f"{shown} cannot be reached: {error.strerror or error}")
    return shown


class _Pair:
    """Two joined connections: what one receives the other sends. Counts, and cuts at the lane's limit."""

    def __init__(self, lane: Lane, browser: asyncio.Transport) -> None:
        self.lane = lane
        self.browser = browser
        self.server: asyncio.Transport | None = None
        lane._pairs.add(self)

    def cut(self) -> None:
        self.lane._pairs.discard(self)
        for side in (self.browser, self.server):
            if side is not None:
                side.abort()

    def finish(self, ended: asyncio.BaseTransport | None) -> None:
        """One side ended: let the other send what it still holds, then end it."""
        self.lane._pairs.discard(self)
        other = self.server if ended is self.browser else self.browser
        if other is not None:
            other.close()


class _ServerSide(asyncio.Protocol):
    def __init__(self, pair: _Pair) -> None:
        self._pair = pair

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._pair.server = transport
            if self._pair.browser.is_closing():
                transport.abort()

    def data_received(self, data: bytes) -> None:
        lane = self._pair.lane
        lane.received += len(data)
        if lane.received > lane.byte_limit:
            lane.over_limit = True
            for pair in list(lane._pairs):
                pair.cut()
            return
        self._pair.browser.write(data)

    def pause_writing(self) -> None:
        with contextlib.suppress(RuntimeError):
            self._pair.browser.pause_reading()

    def resume_writing(self) -> None:
        with contextlib.suppress(RuntimeError):
            self._pair.browser.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None:
            self._pair.cut()  # a reset stays a reset for the browser
        else:
            self._pair.finish(self._pair.server)


class _Greeting(asyncio.Protocol):
    """The browser's side: the SOCKS5 handshake, then the browser's half of a pair."""

    def __init__(self, gate: Gate, lane: Lane) -> None:
        self._gate = gate
        self._lane = lane
        self._buffer = b""
        self._greeted = False
        self._asked = False
        self._pair: _Pair | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            return
        self._transport = transport
        self._pair = _Pair(self._lane, transport)
        if len(self._lane._pairs) > _MOST_CONNECTIONS:
            self._pair.cut()
            return
        self._timer = asyncio.get_running_loop().call_later(_HANDSHAKE_SECONDS, self._pair.cut)

    def data_received(self, data: bytes) -> None:
        if self._pair is not None and self._pair.server is not None:
            self._lane.sent += len(data)
            self._pair.server.write(data)
            return
        self._buffer += data
        if not self._greeted:
            if len(self._buffer) < 2 or len(self._buffer) < 2 + self._buffer[1]:
                return
            if self._buffer[0] != 5:
                self._transport.abort()
                return
            self._buffer = self._buffer[2 + self._buffer[1] :]
            self._greeted = True
            self._transport.write(b"\x05\x00")
        if not self._asked and self._buffer:
            self._read_request()

    def pause_writing(self) -> None:
        if self._pair is not None and self._pair.server is not None:
            with contextlib.suppress(RuntimeError):
                self._pair.server.pause_reading()

    def resume_writing(self) -> None:
        if self._pair is not None and self._pair.server is not None:
            with contextlib.suppress(RuntimeError):
                self._pair.server.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._pair is not None:
            self._pair.finish(self._pair.browser)

    def _read_request(self) -> None:
        """VER CMD RSV ATYP ADDRESS PORT."""
        data = self._buffer
        if len(data) < 5:
            return
        kind = data[3]
        length = {1: 4, 3: 1 + data[4], 4: 16}.get(kind)
        if data[0] != 5 or data[1] != 1 or length is None:
            self._transport.abort()
            return
        if len(data) < 6 + length:
            return
        raw = data[4 : 4 + length]
        host = raw[1:].decode("ascii", "replace") if kind == 3 else str(ipaddress.ip_address(raw))
        (port,) = struct.unpack(">H", data[4 + length : 6 + length])
        self._buffer = data[6 + length :]
        self._asked = True
        if self._timer is not None:
            self._timer.cancel()
        task = asyncio.get_running_loop().create_task(self._connect(host, port))
        self._lane._tasks.add(task)
        task.add_done_callback(self._lane._tasks.discard)

    async def _connect(self, host: str, port: int) -> None:
        if self._pair is None:
            return
        refusal = await self._gate.connect(self._lane, host, port, _ServerSide(self._pair))
        if self._transport.is_closing():
            self._pair.cut()
            return
        code = 0 if refusal is None else _SOCKS_REPLY.get(refusal.reason, 1)
        self._transport.write(bytes((5, code, 0, 1, 0, 0, 0, 0, 0, 0)))
        if refusal is not None:
            self._transport.close()
        elif self._buffer and self._pair.server is not None:
            self._pair.server.write(self._buffer)
            self._buffer = b""
