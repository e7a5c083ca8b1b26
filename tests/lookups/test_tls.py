from __future__ import annotations

import hashlib
import ssl
from collections.abc import Callable
from datetime import datetime

import pytest
import trustme
from capture.site import Site
from conftest import run_async
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lookups.servers import AT, clock, drip, open_gate, stream_server
from scrapers.identity import IdentifierKind
from scrapers.lookups.model import LookupAnswer, LookupOutcome, TlsFacts
from scrapers.lookups.tls import look_tls, read_tls


def serve(certificate: trustme.LeafCert) -> Site:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return Site(context=context)


def look(
    endpoint: str, domain: str = "kashop.cn", *, seconds: float = 3, at: Callable[[], datetime] = clock
) -> LookupAnswer:
    gate = open_gate(resolve={f"{domain}:443": endpoint}, allow=())
    return run_async(look_tls(domain, gate, clock=at, seconds=seconds))


def facts_of(answer: LookupAnswer) -> TlsFacts:
    assert isinstance(answer.facts, TlsFacts), answer.detail
    return answer.facts


def values(answer: LookupAnswer, kind: IdentifierKind) -> list[str]:
    return [one.value for one in answer.identifiers if one.kind == kind]


def test_key_names_and_chain_of_an_untrusted_certificate_are_read() -> None:
    leaf = trustme.CA().issue_cert("kashop.cn", "*.kashop.cn", "pay.wanfeng.com.cn", "kashop2.top")
    site = serve(leaf)
    try:
        answer = look(site.endpoint)
    finally:
        site.close()
    facts = facts_of(answer)
    shown = x509.load_pem_x509_certificate(leaf.cert_chain_pems[0].bytes())
    key = shown.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert answer.outcome is LookupOutcome.OK
    assert facts.fault == answer.detail == "ERR_CERT_AUTHORITY_INVALID" or facts.fault == "ERR_CERT_DATE_INVALID"
    assert values(answer, IdentifierKind.TLS_SPKI) == [hashlib.sha256(key).hexdigest()]
    assert values(answer, IdentifierKind.TLS_SAN) == ["kashop2.top", "wanfeng.com.cn"]
    assert {one.problem for one in answer.identifiers} == {f"certificate not trusted: {facts.fault}"}, "no weight"
    assert facts.protocol == "TLS 1.3" and facts.address == site.endpoint
    assert facts.names == ("kashop.cn", "*.kashop.cn", "pay.wanfeng.com.cn", "kashop2.top")


def test_a_certificate_for_other_names_is_read_and_said_to_be() -> None:
    site = serve(trustme.CA().issue_cert("panel.example.net"))
    try:
        answer = look(site.endpoint)
    finally:
        site.close()
    assert facts_of(answer).fault == "ERR_CERT_COMMON_NAME_INVALID"
    assert values(answer, IdentifierKind.TLS_SAN) == ["example.net"]


def test_a_certificate_of_very_many_sites_says_how_many() -> None:
    names = [f"shop{number}.example{number}.com" for number in range(90)]
    site = serve(trustme.CA().issue_cert("kashop.cn", *names))
    try:
        answer = look(site.endpoint)
    finally:
        site.close()
    assert {one.role for one in answer.identifiers} == {"certificate for 91 sites"}
    assert len(values(answer, IdentifierKind.TLS_SAN)) == 60


def test_what_is_no_tls_ends_by_name() -> None:
    with stream_server(drip(b"HTTP/1.1 400 Bad Request\r\n\r\n", 0.01)) as endpoint:
        answer = look(endpoint)
    assert answer.outcome is LookupOutcome.SERVER_FAILURE and "TLS" in answer.detail
    with stream_server(lambda channel: None) as endpoint:
        assert look(endpoint).outcome is LookupOutcome.SERVER_FAILURE


def test_a_server_that_never_shakes_hands_ends_in_time() -> None:
    with stream_server(lambda channel: (channel.recv(10_000), channel.recv(10_000))[0] and None) as endpoint:  # type: ignore[func-returns-value]
        answer = look(endpoint, seconds=0.4)
    assert answer.outcome is LookupOutcome.TIMEOUT


def test_a_private_address_is_not_asked() -> None:
    site = serve(trustme.CA().issue_cert("127.0.0.1"))
    try:
        answer = run_async(look_tls("127.0.0.1", open_gate(allow=()), clock=clock, seconds=2, port=site.port))
        assert answer.outcome is LookupOutcome.ERROR and "loopback" in answer.detail
        assert site.connections == 0
    finally:
        site.close()


def test_a_kept_handshake_reads_as_it_did() -> None:
    site = serve(trustme.CA().issue_cert("kashop.cn"))
    try:
        answer = look(site.endpoint)
    finally:
        site.close()
    assert read_tls(answer.raw, AT) == answer
    with pytest.raises(ValueError, match="no kept TLS handshake"):
        read_tls(b"[]", AT)
