"""The gate by itself: which addresses pass, and what happens on its wire."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime

import pytest

from scrapers.addresses import explain_refusal, is_allowed
from scrapers.gate import Gate, show_proxy
from scrapers.model import NetworkPolicy, Reason

from .site import Site

RunAsync = Callable[[Coroutine[object, object, object]], object]


@pytest.mark.parametrize(
    "address",
    """127.0.0.1 127.9.9.9 10.0.0.1 172.16.0.1 192.168.1.1 100.64.0.1 169.254.169.254 0.0.0.0 224.0.0.1 255.255.255.255
    240.0.0.1 192.0.2.1 198.18.0.1 :: ::1 fe80::1 fc00::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.1.1.1 64:ff9b::a00:1
    64:ff9b:1::7f00:1 2002:a00:1:: ::127.0.0.1 2001:db8::1 fec0::1
    168.63.129.16 192.0.0.192 192.0.0.9 3fff::1 2606:4700::5efe:7f00:1 2606:4700::200:5efe:a00:1""".split(),  # noqa: SIM905
)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    assert explain_refusal(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_public_addresses_pass(address: str) -> None:
    assert explain_refusal(ipaddress.ip_address(address)) == ""


def test_the_configuration_allows_hosts_addresses_and_networks() -> None:
    address = ipaddress.ip_address("10.1.2.3")
    assert is_allowed("shop.test", address, ["SHOP.test"])
    assert is_allowed("shop.test", address, ["10.1.2.3"])
    assert is_allowed("shop.test", address, ["10.0.0.0/8"])
    assert not is_allowed("shop.test", address, ["10.1.2.4", "other.test", "fc00::/7"])


def ask(policy: NetworkPolicy, host: str, port: int, *, byte_limit: int = 1 << 20) -> bytes:
    """Speak SOCKS5 to a lane and send a GET through it; the reply code, then what came."""

    async def speak() -> bytes:
        gate = Gate(policy, lambda: datetime.now(UTC))
        lane = await gate.open_lane(byte_limit)
        reader, writer = await asyncio.open_connection("127.0.0.1", lane.port)
        writer.write(b"\x05\x01\x00")
        assert await reader.readexactly(2) == b"\x05\x00"
        name = host.encode()
        writer.write(b"\x05\x01\x00\x03" + bytes([len(name)]) + name + port.to_bytes(2, "big"))
        answer = (await reader.readexactly(10))[1:2]
        if answer == b"\x00":
            writer.write(b"GET / HTTP/1.0\r\n\r\n")
            try:
                answer += await reader.read()
            except ConnectionError:
                answer += b" reset"
        writer.close()
        await lane.close()
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", lane.port)) != 0
        return answer

    return asyncio.run(speak())


def in_thread(run_async: RunAsync, work: Callable[[], bytes]) -> bytes:
    async def later() -> bytes:
        return await asyncio.to_thread(work)

    return run_async(later())  # type: ignore[return-value]


def test_a_lane_connects_checks_and_counts(site: Site, run_async: RunAsync) -> None:
    site.page("/", "hello" * 2000)
    fixed = NetworkPolicy(resolve=(("shop.test", site.endpoint),))
    assert in_thread(run_async, lambda: ask(fixed, "shop.test", 80)).endswith(b"hellohello")
    by_port = NetworkPolicy(resolve=(("shop.test:8080", site.endpoint),))
    assert in_thread(run_async, lambda: ask(by_port, "shop.test", 8080)).endswith(b"hello")
    assert in_thread(run_async, lambda: ask(NetworkPolicy(), "127.0.0.1", site.port)) == b"\x02"
    cut = in_thread(run_async, lambda: ask(fixed, "shop.test", 80, byte_limit=100))
    assert len(cut) < 200
    assert site.seen == ["GET /"] * 3


def test_a_proxy_carries_the_names_and_its_credentials_are_never_shown(run_async: RunAsync, site: Site) -> None:
    """Our own gate stands in as the user's SOCKS proxy."""
    site.page("/", "by proxy")

    async def chain() -> bytes:
        outer = Gate(NetworkPolicy(resolve=(("far.test", site.endpoint),)), lambda: datetime.now(UTC))
        proxy = await outer.open_lane(1 << 20)
        policy = NetworkPolicy(proxy=f"socks5://127.0.0.1:{proxy.port}")
        answer = await asyncio.to_thread(ask, policy, "far.test", 80)
        refused = await asyncio.to_thread(ask, policy, "10.0.0.1", 80)
        await proxy.close()
        return answer + b"|" + refused

    assert run_async(chain()).endswith(b"by proxy|\x02")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "host", ["localhost", "a.localhost", "LOCALHOST.", "metadata.google.internal", "nas.local", "router"]
)
def test_names_of_the_inside_are_refused_to_a_proxy_too(run_async: RunAsync, site: Site, host: str) -> None:
    """A proxy on this machine would resolve them to this machine: nobody else checks what it reaches."""

    async def chain() -> bytes:
        inside = tuple((name, site.endpoint) for name in (host, host.rstrip(".")))
        outer = Gate(NetworkPolicy(resolve=inside), lambda: datetime.now(UTC))
        proxy = await outer.open_lane(1 << 20)
        policy = NetworkPolicy(proxy=f"socks5://127.0.0.1:{proxy.port}")
        answer = await asyncio.to_thread(ask, policy, host, 80)
        allowing = NetworkPolicy(proxy=policy.proxy, allow_private=(host,))
        answer += (await asyncio.to_thread(ask, allowing, host, 80))[:1]
        await proxy.close()
        return answer

    assert run_async(chain()) == b"\x02\x00"
    assert all("inside" not in seen for seen in site.seen)


def test_an_address_set_for_one_port_says_nothing_of_another(run_async: RunAsync, site: Site) -> None:
    site.page("/", "hello")
    policy = NetworkPolicy(resolve=(("127.0.0.1:8080", site.endpoint),))

    async def both() -> bytes:
        gate = Gate(policy, lambda: datetime.now(UTC))
        lane = await gate.open_lane(1 << 20)
        codes = b""
        for port in (8080, site.port):
            reader, writer = await asyncio.open_connection("127.0.0.1", lane.port)
            writer.write(b"\x05\x01\x00\x05\x01\x00\x03\x09127.0.0.1" + port.to_bytes(2, "big"))
            codes += (await reader.readexactly(12))[3:4]
            writer.close()
        await lane.close()
        return codes

    assert run_async(both()) == b"\x00\x02"


def test_a_proxy_is_shown_without_its_credentials() -> None:
    assert show_proxy("socks5://user:secret@proxy.test:1080") == "socks5://proxy.test:1080"


@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:127.0.0.1", "0.0.0.0", "::", "localhost"])
def test_no_capture_leaves_through_another_lane_whatever_the_policy_allows(address: str, run_async: RunAsync) -> None:
    allowed = NetworkPolicy(allow_private=("127.0.0.0/8", "0.0.0.0/8", "::/0", "localhost"))

    async def work() -> None:
        gate = Gate(allowed, lambda: datetime.now(UTC))
        one, two = await gate.open_lane(1 << 20), await gate.open_lane(1 << 20)
        assert gate.closed_ports == {one.port, two.port}
        for port in (one.port, two.port):
            refusal = await gate.connect(one, address, port, asyncio.Protocol())
            assert refusal is not None and refusal.reason is Reason.FORBIDDEN_ADDRESS, refusal
        await one.close()
        await two.close()
        assert gate.closed_ports == set()

    run_async(work())
