"""Identifiers in the traffic of a visit: address and TLS key of the host that answered, names of its certificate.

Takes a Capture; gives identifiers of the host that the final address names, never of a third party or a hop before.
Addresses that are not public say nothing. What stands behind a content network is marked by role `cdn`; what a
certificate says that no browser trusts bears a `problem`: anybody can write it, and a panel's key is on many servers.
Pure.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from scrapers.addresses import explain_refusal, parse_address
from scrapers.domains import ascii_host, host_of, is_domain_name, registrable_domain, site_of_host
from scrapers.identifiers import find_identifiers
from scrapers.identity import Identifier, IdentifierKind, Place
from scrapers.model import Capture, Certificate, Exchange, PageContent

MOST_NAMES = 50
"""A certificate with more registrable domains is a network's, not one customer's."""
MOST_HOSTS = 300
CDN = "cdn"
SHARED = "shared_certificate"
SELF_SIGNED = "self_signed"
NOT_TRUSTED = "certificate not trusted"
_MOST_REQUESTS = 40
_LONGEST_ADDRESS = 2_000
_BEARS_ACCOUNT = re.compile(
    r"[?&](?:pid|mch_id|mchid|partner|seller_id)=\d|qr\.alipay\.com/(?:fkx|stx|tsx)|hm\.js\?[0-9a-f]{32}|cnzz\.com|umeng\.com|51\.la"
    r"|[?&]id=(?:G-|UA-|AW-|GTM-)",
    re.I,
)
_IN_REQUESTS = frozenset({"epay_pid", "merchant_id", "alipay_static", "baidu_tongji", "cnzz", "la51", "ga", "gtm"})
# Headers that content networks and shields put into answers; each with the start of its value, "" for any.
_CDN_HEADERS = {
    "cf-ray": "",
    "x-amz-cf-id": "",
    "x-akamai-transformed": "",
    "eagleid": "",
    "x-swift-cachetime": "",
    "x-nws-log-uuid": "",
    "x-cdn-request-id": "",
    "x-cdn": "",
    "x-via-cdn": "",
    "x-ser": "bc",
    "x-fastly-request-id": "",
    "x-vercel-id": "",
    "x-nf-request-id": "",
    "x-github-request-id": "",
    "x-qiniu-zone": "",
    "x-bce-cdn": "",
    "x-hcs-proxy-type": "",
    "server": "cloudflare",
}
_CDN_NAMES = ("cloudflaressl.com", "sni.cloudflaressl.com", "fastly.net", "akamai.net", "cdn20.com", "cdnetworks.net")


def find_traffic_identifiers(capture: Capture) -> tuple[Identifier, ...]:
    """IP addresses, TLS key and the domains of the certificate of the host that the visit ended at."""
    host = host_of(capture.final_url or capture.url)
    if not host:
        return ()
    return (*_addresses(capture, host), *_keys(capture, host))


def find_request_identifiers(capture: Capture) -> tuple[Identifier, ...]:
    """Accounts in the addresses that the page asked for: a gateway with its merchant, a counter with its number.

    What a foreign frame asked for is its own. Requests of scripts leave no trace in the markup; these do here.
    """
    address = capture.final_url or capture.url
    own = registrable_domain(address)
    asked = dict.fromkeys(
        one.url[:_LONGEST_ADDRESS]
        for one in capture.exchanges
        if _BEARS_ACCOUNT.search(one.url[:_LONGEST_ADDRESS]) and registrable_domain(one.frame_url) in ("", own)
    )
    links = "".join(
        f'<script src="{told}"></script><a href="{told}">.</a>'
        for told in (html.escape(url, quote=True) for url in list(asked)[:_MOST_REQUESTS])
    )
    if not links:
        return ()
    found = find_identifiers(PageContent(address, f"<body>{links}</body>"), site_host=host_of(address))
    kept = (one for one in found if not one.problem and one.kind in _IN_REQUESTS)
    return tuple(replace(one, place=Place.SCRIPT, where="addresses that the page asked for", block="") for one in kept)


def third_party_hosts(capture: Capture) -> tuple[str, ...]:
    """The hosts that the page asked for something under other registrable domains, in the order they were asked."""
    own = registrable_domain(capture.final_url or capture.url)
    found: dict[str, None] = {}
    for exchange in capture.exchanges:
        host = host_of(exchange.url) if exchange.url.startswith(("http", "ws")) else ""
        if host and site_of_host(host) != own:
            found[host] = None
        if len(found) == MOST_HOSTS:
            break
    return tuple(found)


def is_behind_cdn(capture: Capture) -> bool:
    """Whether the answers of the final host bear the marks of a content network or a shield."""
    host = host_of(capture.final_url or capture.url)
    answers = (one for one in capture.exchanges if one.status is not None and host_of(one.url) == host)
    return any(_has_cdn_mark(one) for _, one in zip(range(40), answers, strict=False))


def _addresses(capture: Capture, host: str) -> Iterator[Identifier]:
    found: dict[str, str] = {}
    for answer in capture.names[:500]:
        if ascii_host(answer.host) == host:
            found |= dict.fromkeys(answer.addresses[:20], f"resolved by {answer.resolver}"[:200])
    if not capture.proxy:  # behind the user's proxy the other end of the line is the proxy
        for exchange in capture.exchanges:
            if exchange.main_document and exchange.remote_address and host_of(exchange.url) == host:
                found.setdefault(_bare_address(exchange.remote_address), "answered the visit")
    role = CDN if found and is_behind_cdn(capture) else ""
    for text, where in found.items():
        address = parse_address(text)
        if address is not None and not explain_refusal(address):
            yield Identifier(IdentifierKind.IP, str(address), Place.DNS, text, where, role)


def _keys(capture: Capture, host: str) -> Iterator[Identifier]:
    certificate = next((one for one in capture.certificates if _host_in(one) == host and one.chain), None)
    if certificate is None:
        return
    domains = tuple(dict.fromkeys(filter(None, map(_domain_in, certificate.names))))
    shared = len(domains) > MOST_NAMES or len(certificate.names) >= 200
    shared = shared or any(name.endswith(_CDN_NAMES) for name in certificate.names)
    role = SHARED if shared else SELF_SIGNED if certificate.issuer == certificate.subject else ""
    fault = certificate.error or (SELF_SIGNED if role == SELF_SIGNED else "")
    problem = f"{NOT_TRUSTED}: {fault}"[:300] if fault else ""
    where = f"certificate of {certificate.host}, {certificate.subject}"[:300]
    digest = key_digest(certificate.chain[0])
    if digest:
        yield Identifier(IdentifierKind.TLS_SPKI, digest, Place.TLS, certificate.subject[:300], where, role, problem)
    if not shared:
        for domain in domains:
            yield Identifier(IdentifierKind.TLS_SAN, domain, Place.TLS, domain, where, role, problem)


@lru_cache(maxsize=2_000)
def key_digest(leaf: bytes) -> str:
    """SHA-256 of the SubjectPublicKeyInfo (RFC 5280, 4.1.2.7) of a certificate in DER, "" where it cannot be read."""
    try:
        key = x509.load_der_x509_certificate(leaf).public_key()
        return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return ""


def _domain_in(name: str) -> str:
    """The registrable domain of a name of a certificate, "" of an address or a name that nobody can register."""
    host = name.removeprefix("*.")
    return site_of_host(host) if is_domain_name(host) else ""


def _host_in(certificate: Certificate) -> str:
    return host_of(f"https://{certificate.host}")


def _has_cdn_mark(exchange: Exchange) -> bool:
    return any(
        value.lower().startswith(start)
        for name, value in exchange.response_headers
        if (start := _CDN_HEADERS.get(name.lower())) is not None
    )


def _bare_address(endpoint: str) -> str:
    """The address of "address:port" or "[v6]:port"."""
    return (urlsplit(f"//{endpoint}").hostname or "") if endpoint.count(":") == 1 or "[" in endpoint else endpoint
