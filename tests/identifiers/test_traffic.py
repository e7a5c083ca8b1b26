"""What the traffic of a visit tells of its host: address, TLS key, names of the certificate; real certificates."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from scrapers.certificates import read_certificate
from scrapers.identifiers.traffic import (
    CDN,
    SELF_SIGNED,
    SHARED,
    find_request_identifiers,
    find_traffic_identifiers,
    third_party_hosts,
)
from scrapers.identity import Identifier
from scrapers.model import Capture, Certificate, Exchange, NameAnswer, Outcome, Vantage

AT = datetime(2026, 11, 1, tzinfo=UTC)
AUTHORITY = trustme.CA(key_type=trustme.KeyType.ECDSA)


def certificate_of(host: str, *names: str) -> tuple[Certificate, str]:
    """A certificate that names these, and the digest of its key as computed from the private key."""
    issued = AUTHORITY.issue_cert(*names, key_type=trustme.KeyType.ECDSA)
    pem = issued.cert_chain_pems[0].bytes()
    from cryptography import x509

    leaf = x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)
    key = load_pem_private_key(issued.private_key_pem.bytes(), None).public_key()
    digest = hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
    return read_certificate(host, (leaf,), protocol="TLS 1.3", error=""), digest


def capture(**parts: object) -> Capture:
    start = {"url": "https://kamao-old.com/", "final_url": "https://www.kamao-new.net/b"}
    return Capture("c", vantage=Vantage(), started_at=AT, ended_at=AT, outcome=Outcome.COMPLETE, **(start | parts))  # type: ignore[arg-type]


def values(capture: Capture, kind: str) -> list[str]:
    return [one.value for one in find_traffic_identifiers(capture) if one.kind == kind]


def document(host: str, address: str, **parts: object) -> Exchange:
    return Exchange(1, f"https://{host}/b", "GET", AT, "document", status=200, remote_address=address,
                    main_document=True, **parts)  # type: ignore[arg-type]  # fmt: skip


def answer(host: str, *addresses: str) -> NameAnswer:
    return NameAnswer(host, "223.5.5.5:53", addresses, "", AT)


def test_the_address_is_that_of_the_host_that_the_visit_ended_at() -> None:
    names = (
        answer("kamao-old.com", "45.76.1.1"),
        answer("www.kamao-new.net", "45.76.2.2"),
        answer("cdn.org", "1.1.1.1"),
    )
    assert values(capture(names=names), "ip") == ["45.76.2.2"]
    seen = capture(exchanges=(document("www.kamao-new.net", "45.76.2.3:443"),))
    assert values(seen, "ip") == ["45.76.2.3"]
    assert values(capture(exchanges=(document("www.kamao-new.net", "[2400:3200::9]:443"),)), "ip") == ["2400:3200::9"]


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "100.64.3.3", "::1", "169.254.169.254", "not an address"])
def test_an_address_that_is_not_public_says_nothing(address: str) -> None:
    assert values(capture(names=(answer("www.kamao-new.net", address),)), "ip") == []


def test_behind_the_users_proxy_the_other_end_is_not_the_sites() -> None:
    seen = capture(exchanges=(document("www.kamao-new.net", "45.76.2.3:443"),), proxy="socks5://127.0.0.1:9050")
    assert values(seen, "ip") == []


def test_an_address_behind_a_content_network_is_marked() -> None:
    seen = capture(
        exchanges=(document("www.kamao-new.net", "104.16.1.1:443", response_headers=(("CF-RAY", "8a-HKG"),)),)
    )
    (ip,) = find_traffic_identifiers(seen)
    assert (ip.value, ip.role) == ("104.16.1.1", CDN)


def test_key_and_names_are_of_the_leaf_of_the_sites_own_host() -> None:
    own, digest = certificate_of("www.kamao-new.net", "www.kamao-new.net", "kamao-new.net", "*.kamao-third.com.cn")
    other, _ = certificate_of("hm.baidu.com", "hm.baidu.com")
    seen = capture(certificates=(other, own))
    assert values(seen, "tls_spki") == [digest]
    assert values(seen, "tls_san") == ["kamao-new.net", "kamao-third.com.cn"]
    assert {one.place for one in find_traffic_identifiers(seen)} == {"tls"}


@pytest.mark.parametrize("fault", ["ERR_CERT_AUTHORITY_INVALID", "ERR_CERT_DATE_INVALID"])
def test_what_a_certificate_says_that_no_browser_trusts_bears_a_problem(fault: str) -> None:
    own, digest = certificate_of("www.kamao-new.net", "www.kamao-new.net", "victim.com")
    assert {one.problem for one in find_traffic_identifiers(capture(certificates=(own,)))} == {""}
    refused = find_traffic_identifiers(capture(certificates=(replace(own, error=fault),)))
    assert {one.value for one in refused} == {digest, "kamao-new.net", "victim.com"}
    assert {one.problem for one in refused} == {f"certificate not trusted: {fault}"}
    (key, *_) = find_traffic_identifiers(capture(certificates=(replace(own, issuer=own.subject),)))
    assert (key.role, key.problem) == (SELF_SIGNED, "certificate not trusted: self_signed")


def test_a_certificate_on_another_port_is_the_hosts_too() -> None:
    own, digest = certificate_of("www.kamao-new.net:8443", "kamao-new.net")
    assert values(capture(certificates=(own,)), "tls_spki") == [digest]


def test_a_certificate_of_a_network_names_nobody() -> None:
    shared, digest = certificate_of("www.kamao-new.net", "kamao-new.net", *(f"customer{n}.com" for n in range(60)))
    (key,) = find_traffic_identifiers(capture(certificates=(shared,)))
    assert (key.value, key.role) == (digest, SHARED)


def test_a_chain_that_cannot_be_read_gives_no_key() -> None:
    broken = Certificate("www.kamao-new.net", "", "", "", None, None, ("com", "*.com.cn"), (b"none",), "", "")
    assert find_traffic_identifiers(capture(certificates=(broken,))) == ()


def test_third_parties_are_listed_in_their_order() -> None:
    asked = [Exchange(n, url, "GET", AT, "script") for n, url in enumerate(
        ["https://www.kamao-new.net/a.js", "https://api.upstream.top/x", "wss://im.kefu.cn/ws", "https://api.upstream.top/y",
         "data:text/plain,1", "https://static.kamao-new.net/b.js"])]  # fmt: skip
    assert third_party_hosts(capture(exchanges=tuple(asked))) == ("api.upstream.top", "im.kefu.cn")


def test_hostile_traffic_does_no_harm() -> None:
    odd = Exchange(1, "http://[broken", "GET", AT, "document", remote_address="[::", main_document=True, status=200)
    found: tuple[Identifier, ...] = find_traffic_identifiers(
        capture(final_url="https://www.kamao-new.net", exchanges=(odd,))
    )
    assert found == ()
    assert find_traffic_identifiers(capture(url="http://[broken", final_url="")) == ()


def test_accounts_in_what_the_page_asked_for_are_read_and_those_of_foreign_frames_are_not() -> None:
    token = hashlib.md5(b"kamao").hexdigest()
    home = "https://www.kamao-new.net/b"
    asked = (
        Exchange(1, f"https://hm.baidu.com/hm.js?{token}", "GET", AT, "script", frame_url=home),
        Exchange(2, "https://pay.zhifu88.com/submit.php?pid=10234&type=alipay&out_trade_no=1&money=9.90", "GET", AT,
                 "document", frame_url=home),
        Exchange(3, f"https://hm.baidu.com/hm.js?{token[::-1]}", "GET", AT, "script", frame_url="https://ads.org/"),
        Exchange(4, "https://oj.school.org/submit.php?pid=1001", "GET", AT, "xhr", frame_url=home),
    )  # fmt: skip
    found = find_request_identifiers(capture(exchanges=asked))
    assert {(one.kind, one.value, one.place) for one in found} == {
        ("baidu_tongji", token, "script"),
        ("epay_pid", "pay.zhifu88.com#10234", "script"),
    }
