from __future__ import annotations

import ssl
from collections.abc import Iterator

import pytest
import trustme
from capture.site import Answer, Site
from conftest import run_async

from lookups.servers import AT, Zone, clock, drip, free_port, name_server, open_gate, stream_server
from scrapers.gate import Gate
from scrapers.identity import IdentifierKind, Place
from scrapers.lookups.http import look_http, read_http
from scrapers.lookups.model import HttpFacts, LookupAnswer, LookupOutcome
from scrapers.model import NetworkPolicy


@pytest.fixture
def site() -> Iterator[Site]:
    served = Site()
    yield served
    served.close()


def gate_to(site: Site, *names: str, allow: tuple[str, ...] = ()) -> Gate:
    closed = f"127.0.0.1:{free_port()}"
    resolve = {f"{name}:80": site.endpoint for name in names} | {f"{name}:443": closed for name in names}
    return open_gate(resolve=resolve, allow=allow)


def look(gate: Gate, domain: str = "kashop.cn", seconds: float = 3) -> LookupAnswer:
    return run_async(look_http(domain, gate, clock=clock, seconds=seconds))


def facts_of(answer: LookupAnswer) -> HttpFacts:
    assert isinstance(answer.facts, HttpFacts), answer.detail
    return answer.facts


def test_https_is_tried_first_and_the_trouble_is_kept(site: Site) -> None:
    site.page("/", "<title> 晚枫卡铺 </title><p>自动发货", headers=(("Server", "nginx"),))
    answer = look(gate_to(site, "kashop.cn"))
    facts = facts_of(answer)
    assert answer.outcome is LookupOutcome.OK
    assert [(hop.url, hop.status) for hop in facts.hops] == [("https://kashop.cn/", 0), ("http://kashop.cn/", 200)]
    assert facts.hops[0].trouble.startswith("refused")
    assert (facts.title, facts.status, facts.final_url) == ("晚枫卡铺", 200, "http://kashop.cn/")
    assert "自动发货" in facts.html


def test_a_site_with_a_bad_certificate_is_looked_at_all_the_same() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("other.example").configure_cert(context)
    served = Site(context=context)
    served.page("/", "<title>甲")
    try:
        answer = look(open_gate(resolve={"kashop.cn:443": served.endpoint}))
    finally:
        served.close()
    assert facts_of(answer).title == "甲"


def test_a_redirect_to_another_site_is_an_identifier(site: Site) -> None:
    site.answers["/"] = Answer("", 301, headers=(("Location", "http://www.kashop2.top/enter?from=old"),))
    site.answers["/enter"] = Answer("<title>新家")
    answer = look(gate_to(site, "kashop.cn", "www.kashop2.top"))
    (found,) = answer.identifiers
    assert (found.kind, found.value, found.place) == (IdentifierKind.REDIRECT, "kashop2.top", Place.REDIRECT)
    assert "HTTP 301" in found.where and found.shown == "http://www.kashop2.top/enter?from=old"
    assert facts_of(answer).final_url == "http://www.kashop2.top/enter?from=old"
    assert facts_of(answer).title == "新家"


def test_a_refresh_header_is_a_redirect_that_is_not_followed(site: Site) -> None:
    site.answers["/"] = Answer("<title>搬家", headers=(("Refresh", "3; URL='https://kashop3.vip/'"),))
    answer = look(gate_to(site, "kashop.cn"))
    (found,) = answer.identifiers
    assert found.value == "kashop3.vip" and found.where.startswith("Refresh")
    assert facts_of(answer).title == "搬家"


def test_a_redirect_within_the_site_is_none(site: Site) -> None:
    site.answers["/"] = Answer("", 302, headers=(("Location", "http://www.kashop.cn/index"),))
    site.answers["/index"] = Answer("<title>甲")
    assert look(gate_to(site, "kashop.cn", "www.kashop.cn")).identifiers == ()


def test_a_redirect_to_an_inner_address_is_not_followed(site: Site) -> None:
    inner = Site()
    try:
        site.answers["/"] = Answer("", 302, headers=(("Location", f"{inner.url}/secret"),))
        answer = look(gate_to(site, "kashop.cn"))
        assert inner.connections == 0
    finally:
        inner.close()
    assert "loopback" in facts_of(answer).hops[-1].trouble
    assert answer.outcome is LookupOutcome.OK, "the redirect itself was seen"


@pytest.mark.parametrize(
    ("location", "words"),
    [("/", "redirect loop"), ("javascript:alert(1)", "no web page"), ("file:///etc/passwd", "no web page")],
)
def test_redirects_that_lead_nowhere_end_by_name(site: Site, location: str, words: str) -> None:
    site.answers["/"] = Answer("", 302, headers=(("Location", location),))
    answer = look(gate_to(site, "kashop.cn"))
    assert words in answer.detail
    assert facts_of(answer).looped is (location == "/")


def test_a_long_chain_of_redirects_is_cut(site: Site) -> None:
    site.answers["/"] = Answer("", 302, headers=(("Location", "/1"),))
    for number in range(1, 30):
        site.answers[f"/{number}"] = Answer("", 302, headers=(("Location", f"/{number + 1}"),))
    answer = look(gate_to(site, "kashop.cn"))
    assert "more than 5 redirects" in answer.detail and len(site.seen) == 6


def test_no_cookie_comes_back_and_nothing_is_asked_but_the_page(site: Site) -> None:
    site.answers["/"] = Answer("", 302, headers=(("Location", "/in"), ("Set-Cookie", "a=b")))
    heads: list[str] = []

    def enter(request: object) -> None:
        heads.extend(request.headers.keys())  # type: ignore[attr-defined]
        request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>x")  # type: ignore[attr-defined]

    site.answers["/in"] = enter
    assert facts_of(look(gate_to(site, "kashop.cn"))).title == "x"
    assert "Cookie" not in heads and site.seen == ["GET /", "GET /in"]


def test_chunked_and_packed_bodies_are_read(site: Site) -> None:
    import gzip

    packed = gzip.compress("<title>打包</title>".encode())

    def chunks(request: object) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n"
        head += b"Content-Encoding: gzip\r\n\r\n"
        request.wfile.write(head + b"".join(b"%x\r\n%s\r\n" % (1, bytes([one])) for one in packed) + b"0\r\n\r\n")  # type: ignore[attr-defined]

    site.answers["/"] = chunks
    assert facts_of(look(gate_to(site, "kashop.cn"))).title == "打包"


def test_a_site_that_has_an_address_at_www_only_is_found_there(site: Site) -> None:
    site.page("/", "<title>甲铺")
    with name_server(Zone({})) as resolver:
        closed = f"127.0.0.1:{free_port()}"
        resolve = (("www.kashop.cn:80", site.endpoint), ("www.kashop.cn:443", closed))
        gate = Gate(NetworkPolicy(resolve=resolve, nameserver=resolver), clock)
        answer = look(gate)
        gone = look(gate, "kashop2.cn")
    assert [hop.url for hop in facts_of(answer).hops] == [
        "https://kashop.cn/",
        "https://www.kashop.cn/",
        "http://www.kashop.cn/",
    ]
    assert facts_of(answer).title == "甲铺"
    assert gone.outcome is LookupOutcome.NO_SUCH_NAME


def test_a_bomb_and_an_endless_page_stay_within_the_bound(site: Site) -> None:
    import gzip

    bomb = gzip.compress(b"<title>x</title>" + b"a" * 20_000_000)
    site.answers["/"] = Answer(bomb, headers=(("Content-Encoding", "gzip"),))
    assert len(facts_of(look(gate_to(site, "kashop.cn"))).html) <= 65_536
    with stream_server(drip(b"a" * 5000, 0, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")) as endpoint:
        answer = look(open_gate(resolve={"kashop.cn:80": endpoint, "kashop.cn:443": f"127.0.0.1:{free_port()}"}))
    assert len(facts_of(answer).html) == 65_536


def test_what_is_no_http_is_an_error_that_quotes_it() -> None:
    with stream_server(drip(b"SSH-2.0-OpenSSH\r\n", 0.01)) as endpoint:
        answer = look(open_gate(resolve={"kashop.cn:80": endpoint, "kashop.cn:443": f"127.0.0.1:{free_port()}"}))
    assert answer.outcome is LookupOutcome.ERROR and "SSH-2.0" in answer.detail


def test_a_site_that_refuses_both_ways_is_refused(site: Site) -> None:
    closed = f"127.0.0.1:{free_port()}"
    answer = look(open_gate(resolve={"kashop.cn": closed}))
    assert answer.outcome is LookupOutcome.REFUSED and answer.raw == b""


def test_a_kept_look_reads_as_it_did(site: Site) -> None:
    site.page("/", "<title>甲</title>".encode("gb18030"), media_type="text/html; charset=gbk")
    answer = look(gate_to(site, "kashop.cn"))
    assert facts_of(answer).title == "甲"
    assert read_http(answer.raw, "kashop.cn", AT) == answer
