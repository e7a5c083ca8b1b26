"""Every https host's certificate is kept with its chain and verdict: good, bad, redirecting and refused ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from capture.conftest import Visitor

from scrapers.browser import FoundBrowser
from scrapers.certificates import find_fault, read_certificate
from scrapers.model import Capture, Certificate, NetworkPolicy, Outcome

from .server import Answer, Server, expired, spki_of

PAGE = "<title>点卡</title><h1>游戏点卡</h1><p>价格 ¥10 库存 5</p><p>售后：7天内包补发。</p>"
DRAWING = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"
AUTHORITY = trustme.CA()
MIDDLE = AUTHORITY.create_child_ca()


@pytest.fixture(scope="module")
def shown() -> dict[str, trustme.LeafCert]:
    """Certificates by host; only those of ok.test and hop.test are trusted."""
    return {
        "ok.test": MIDDLE.issue_cert("ok.test", "*.ok.test"),
        "hop.test": AUTHORITY.issue_cert("hop.test"),
        "old.test": expired(AUTHORITY, "old.test"),
        "wrong.test": AUTHORITY.issue_cert("other.test"),
        "stranger.test": trustme.CA().issue_cert("stranger.test"),
    }


@pytest.fixture(scope="module")
def web(shown: dict[str, trustme.LeafCert]) -> Iterator[Server]:
    server = Server(shown, http2=True)
    for host in shown:
        server.put(f"{host}/", PAGE + "".join(f"<img src=https://{other}/i>" for other in shown))
        server.put(f"{host}/i", DRAWING, media_type="image/svg+xml")
    server.put("hop.test/i", Answer("", 302, (("Location", "https://ok.test/i?2"),)))
    server.put("hop.test/go", Answer("", 302, (("Location", "https://ok.test/"),)))
    yield server
    server.close()


@pytest.fixture(scope="module")
def visitor(found_browser: FoundBrowser, web: Server, shown: dict[str, trustme.LeafCert]) -> Iterator[Visitor]:
    policy = NetworkPolicy(resolve=tuple((host, web.endpoint) for host in (*shown, "closed.test:443")))
    trusted = (spki_of(shown["ok.test"]), spki_of(shown["hop.test"]))
    visitor = Visitor(found_browser, policy, trusted_spki=trusted)
    yield visitor
    visitor.close()


def certificates_of(capture: Capture) -> dict[str, Certificate]:
    return {certificate.host: certificate for certificate in capture.certificates}


def test_hosts_that_redirect_or_are_refused_are_asked_for_their_chain(
    visitor: Visitor, shown: dict[str, trustme.LeafCert]
) -> None:
    capture = visitor.capture("https://hop.test/go")
    assert capture.final_url == "https://ok.test/"
    found = certificates_of(capture)
    assert set(found) == set(shown)
    assert (found["ok.test"].seen_by, found["hop.test"].seen_by) == ("browser", "handshake")
    assert len(found["ok.test"].chain) == 2  # with the authority in between
    assert found["ok.test"].names == ("ok.test", "*.ok.test")
    for host in ("ok.test", "hop.test"):
        assert (found[host].error, found[host].protocol) == ("", "TLS 1.3")
    for host in ("old.test", "wrong.test", "stranger.test"):
        refused = next(e for e in capture.exchanges if e.url == f"https://{host}/i")
        assert refused.status is None
        assert refused.error.endswith(found[host].error)
        assert found[host].error.startswith("ERR_CERT_")
        assert found[host].seen_by == "handshake"
        assert refused.remote_address
    assert found["wrong.test"].names == ("other.test",)
    ended = found["old.test"].valid_to
    assert ended is not None
    assert ended < datetime.now(UTC)


@pytest.mark.parametrize("host", ["old.test", "wrong.test", "stranger.test"])
def test_a_page_with_a_bad_certificate_is_captured_as_what_it_is(visitor: Visitor, host: str) -> None:
    capture = visitor.capture(f"https://{host}/")
    assert capture.outcome is Outcome.COMPLETE, capture.detail
    assert capture.certificate_error.startswith("ERR_CERT_")
    assert [exchange.status for exchange in capture.exchanges if exchange.url == f"https://{host}/"] == [None, 200]
    found = certificates_of(capture)
    assert found[host].error == capture.certificate_error
    assert found["ok.test"].error == ""
    # With the page let through, checks are off for the others too: their faults are found by us.
    faults = {
        "old.test": "ERR_CERT_DATE_INVALID",
        "wrong.test": "ERR_CERT_COMMON_NAME_INVALID",
        "stranger.test": "ERR_CERT_AUTHORITY_INVALID",
    }
    for other, fault in faults.items():
        if other != host:
            assert found[other].error == fault


def test_a_host_without_tls_has_no_certificate_and_harms_none(visitor: Visitor, web: Server) -> None:
    plain = Server()
    try:
        web.put("ok.test/plain", PAGE + f"<img src=https://127.0.0.1:{plain.port}/x>")
        capture = visitor.capture("https://ok.test/plain")
    finally:
        plain.close()
    assert set(certificates_of(capture)) == {"ok.test"}


def test_the_gravest_fault_of_a_certificate_is_named() -> None:
    def read(leaf: trustme.LeafCert) -> Certificate:
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import Encoding

        der = x509.load_pem_x509_certificate(leaf.cert_chain_pems[0].bytes()).public_bytes(Encoding.DER)
        return read_certificate("shop.test", (der,), protocol="", error="")

    now = datetime.now(UTC)
    good = read(AUTHORITY.issue_cert("*.shop.test", "127.0.0.1"))
    assert find_fault(good, "a.shop.test", now) == "ERR_CERT_AUTHORITY_INVALID"
    assert find_fault(good, "127.0.0.1", now) == "ERR_CERT_AUTHORITY_INVALID"
    assert find_fault(good, "a.b.shop.test", now) == "ERR_CERT_COMMON_NAME_INVALID"
    assert good.valid_to is not None
    assert find_fault(good, "a.shop.test", good.valid_to + timedelta(seconds=1)) == "ERR_CERT_DATE_INVALID"
    broken = read_certificate("shop.test", (b"no certificate",), protocol="", error="")
    assert (broken.error, broken.chain) == ("unreadable certificate", (b"no certificate",))
