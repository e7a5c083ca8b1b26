"""What each host showed at its TLS handshake: the chain as DER, its digest, and the browser's verdict."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from urllib.parse import urlsplit

from cryptography import x509

from scrapers.devtools import get_text, get_texts
from scrapers.errors import DevToolsRefused
from scrapers.model import Certificate
from scrapers.tab import Tab

_MOST_HOSTS = 12


async def collect_certificates(tab: Tab, errors: dict[str, str], seconds: float) -> tuple[Certificate, ...]:
    """Ask the browser for the chain of each HTTPS origin that answered. `errors` is the verdict by origin."""
    origins = [*tab.recorder.hosts][:_MOST_HOSTS]
    found: list[Certificate] = []
    try:
        async with asyncio.timeout(seconds):
            for origin in origins:
                certificate = await _collect_one(tab, origin, errors.get(origin, ""))
                if certificate is not None:
                    found.append(certificate)
    except TimeoutError:
        return tuple(found)
    return tuple(found)


async def _collect_one(tab: Tab, origin: str, error: str) -> Certificate | None:
    try:
        answer = await tab.connection.send(
            "Network.getCertificate", {"origin": origin}, tab.recorder.hosts.get(origin) or tab.session
        )
    except DevToolsRefused:
        return None
    chain = tuple(base64.b64decode(text) for text in get_texts(answer, "tableNames"))
    if not chain:
        return None
    protocol = get_text(tab.recorder.security.get(origin, {}), "protocol")
    return read_certificate(urlsplit(origin).netloc, chain, protocol=protocol, error=error)


def read_certificate(host: str, chain: tuple[bytes, ...], *, protocol: str, error: str) -> Certificate:
    """The certificate of `host` with the readable parts of its leaf; an unreadable leaf keeps its bytes."""
    digest = hashlib.sha256(b"".join(chain)).hexdigest()
    try:
        leaf = x509.load_der_x509_certificate(chain[0])
    except ValueError:
        return Certificate(host, protocol, "", "", None, None, (), chain, digest, error or "unreadable certificate")
    try:
        extension = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = (*extension.get_values_for_type(x509.DNSName), *map(str, extension.get_values_for_type(x509.IPAddress)))
    except (x509.ExtensionNotFound, ValueError):
        names = ()
    return Certificate(
        host=host,
        protocol=protocol,
        subject=leaf.subject.rfc4514_string(),
        issuer=leaf.issuer.rfc4514_string(),
        valid_from=leaf.not_valid_before_utc,
        valid_to=leaf.not_valid_after_utc,
        names=names[:200],
        chain=chain,
        chain_digest=digest,
        error=error,
    )
