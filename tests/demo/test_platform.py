"""The practice platform on its sockets: routing by Host, bytes in GBK, noise, and bad days of TLS and names."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dns.message
import dns.query
import dns.rcode
import pytest
from cryptography import x509

from monitor.demo.clock import SimulatedClock
from monitor.demo.platform import PracticePlatform, policy_at
from monitor.demo.script import DAYS, NEW_HOST, OLD_HOST, START, at

from .pages import ask, decode, read_page

Running = tuple[PracticePlatform, SimulatedClock]


@pytest.fixture
def running() -> Iterator[Running]:
    clock = SimulatedClock(START)
    with PracticePlatform(clock, now=datetime.now(UTC)) as platform:
        yield platform, clock


def get_plain(platform: PracticePlatform, host: str, path: str = "/") -> tuple[int, bytes, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection("127.0.0.1", platform.ports.served, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": host})
        response = connection.getresponse()
        return response.status, response.read(), response.headers
    finally:
        connection.close()


def shake_hands(platform: PracticePlatform, host: str) -> x509.Certificate:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", platform.ports.served), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=host) as secured,
    ):
        data = secured.getpeercert(binary_form=True)
        assert data is not None
        return x509.load_der_x509_certificate(data)


def test_one_port_serves_every_shop_by_its_host_name(running: Running) -> None:
    platform, _ = running
    assert "松果小铺".encode() in get_plain(platform, "songguo.example")[1]
    assert "云雀发卡".encode() in get_plain(platform, "yunque.test")[1]
    assert "星河卡盟".encode("gbk") in get_plain(platform, OLD_HOST)[1]
    assert get_plain(platform, "stranger.example")[0] == 421


def test_the_old_exchange_sends_gbk_bytes_under_marks_that_disagree(running: Running) -> None:
    _, body, headers = get_plain(running[0], OLD_HOST, "/agreement.asp")
    assert headers["Content-Type"] == "text/html"
    assert re.findall(rb"charset=([\w-]+)", body) == [b"gb2312", b"utf-8"]
    assert body.count(b"<body>") == 2
    assert "第二十九条 本协议未尽事宜" in body.decode("gbk")
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")


def test_the_server_follows_the_simulated_clock(running: Running) -> None:
    platform, clock = running
    assert get_plain(platform, OLD_HOST)[0] == 200
    clock.move_to(at(8, 2))
    status, _, headers = get_plain(platform, OLD_HOST, "/agreement.asp")
    assert (status, headers["Location"]) == (301, f"https://{NEW_HOST}/agreement.asp")
    assert headers["Date"].startswith("Sun, 02 Aug 2026 01:00")


@pytest.mark.parametrize("key", ["songguo-item", "yunque-buy", "yunque-terms", "xinghe-home", "xinghe-terms"])
def test_tokens_counters_and_times_flicker_on_every_view(key: str) -> None:
    first, second = (read_page(key, START, number=number) for number in (1, 2))
    assert first != second


def test_the_certificate_is_good_then_expired_then_good_again(running: Running) -> None:
    platform, clock = running
    now = datetime.now(UTC)
    assert shake_hands(platform, OLD_HOST).not_valid_after_utc > now
    clock.move_to(at(7, 9, 12))
    assert shake_hands(platform, OLD_HOST).not_valid_after_utc < clock()
    assert shake_hands(platform, "yunque.test").not_valid_after_utc > now
    clock.move_to(at(7, 10, 12))
    assert shake_hands(platform, OLD_HOST).not_valid_after_utc > now


def test_a_broken_handshake_lasts_a_day_and_hits_one_host(running: Running) -> None:
    platform, clock = running
    clock.move_to(at(7, 22, 12))
    with pytest.raises(ssl.SSLError):
        shake_hands(platform, "yunque.test")
    shake_hands(platform, OLD_HOST)
    clock.move_to(at(7, 23, 12))
    shake_hands(platform, "yunque.test")


def test_names_vanish_and_hosts_refuse_when_the_script_says_so(running: Running) -> None:
    ports = running[0].ports
    days = {at(7, 26): "songguo.example", at(7, 27, 12): "", at(7, 28): "songguo.example"}
    for moment, host in days.items():
        assert ("songguo.example" in dict(policy_at(moment, ports).resolve)) == bool(host)
    assert dict(policy_at(at(8, 19), ports).resolve)[OLD_HOST] == f"127.0.0.1:{ports.served}"
    assert dict(policy_at(at(8, 21), ports).resolve)[OLD_HOST] == f"127.0.0.1:{ports.closed}"
    assert OLD_HOST not in dict(policy_at(at(8, 26), ports).resolve)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", ports.closed), timeout=10)


def test_the_nameserver_knows_the_practice_names_while_they_live(running: Running) -> None:
    platform, clock = running
    host, _, port = platform.ports.nameserver.partition(":")

    def ask_name(name: str, kind: str = "A") -> tuple[str, list[str]]:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.sendto(b"no question", (host, int(port)))
        answer = dns.query.udp(dns.message.make_query(name, kind), host, timeout=10, port=int(port))
        return dns.rcode.to_text(answer.rcode()), sorted(item.to_text() for row in answer.answer for item in row)

    assert ask_name("songguo.example") == ("NOERROR", ["127.0.0.1"])
    assert ask_name("www.xinghe-ka.test") == ("NOERROR", ["127.0.0.1"])
    assert ask_name("xinghe-ka.test", "NS") == ("NOERROR", ["ns1.xinghe-ka.test.", "ns2.xinghe-ka.test."])
    assert ask_name("pay.suitong-pay.example") == ("NXDOMAIN", [])
    assert ask_name("www.xinghe99.test") == ("NXDOMAIN", [])
    clock.move_to(at(7, 27, 12))
    assert ask_name("songguo.example") == ("NXDOMAIN", [])
    clock.move_to(at(8, 27, 12))
    assert ask_name("www.xinghe88.test") == ("NXDOMAIN", [])
    assert ask_name("www.xinghe99.test") == ("NOERROR", ["127.0.0.1"])


def test_the_registry_tells_who_registered_a_name_and_that_it_is_held(running: Running) -> None:
    platform, clock = running

    def ask_registry(name: str) -> str:
        address, _, port = platform.ports.whois.partition(":")
        with socket.create_connection((address, int(port)), timeout=10) as asker:
            asker.sendall(f"{name}\r\n".encode())
            return b"".join(iter(lambda: asker.recv(4096), b"")).decode()

    assert "No matching record" in ask_registry("xinghe99.test")
    clock.move_to(at(8, 26))
    assert "Domain Status: ok" in ask_registry("xinghe88.test")
    assert "Registrant: 赵练习" in ask_registry("xinghe-vip.test")
    clock.move_to(at(8, 27, 12))
    assert "Domain Status: clientHold" in ask_registry("xinghe88.test")


def test_walls_stand_and_fall_with_the_script() -> None:
    rows = {
        ("http://songguo.example/", at(6, 16, 12)): "店铺正在维护",
        ("http://songguo.example/item/12", at(7, 6, 12)): "请按住滑块",
        ("https://yunque.test/buy/3", at(6, 22, 12)): "在浏览器打开",
        ("https://yunque.test/buy/3", at(7, 18, 12)): "商品不存在或已下架",
        ("https://yunque.test/buy/3", at(8, 3, 12)): "正在检查您的浏览器",
    }
    for (url, moment), words in rows.items():
        answer = ask(url, moment)
        assert answer.status == 200
        assert words in decode(answer)
        assert words not in decode(ask(url, moment - timedelta(days=2)))
        assert words not in decode(ask(url, moment + timedelta(days=2)))
    login = ask("https://www.xinghe-ka.test/goods.asp?id=1024", at(6, 18, 12))
    assert (login.status, dict(login.headers)["Location"]) == (302, "/login.asp?url=%2Fgoods.asp%3Fid%3D1024")


def test_no_page_breaks_on_any_day() -> None:
    for day in range(DAYS):
        for key in ("songguo-home", "songguo-item", "yunque-home", "yunque-buy", "yunque-terms", "xinghe88-terms"):
            text = read_page(key, START + timedelta(days=day))
            assert "{{" not in text
