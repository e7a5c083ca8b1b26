"""What each host showed at its TLS handshake: the chain as DER, its digest, and the verdict on it.

The browser is asked first (as it saw the host); hosts that only redirected, or that it refused, are asked by a
handshake of our own, and the certificate says so. Every https host of the capture is in, as far as it showed one.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import ipaddress
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from cryptography import x509

from scrapers.devtools import get_part, get_text, get_texts
from scrapers.errors import BrowserLost, DevToolsRefused
from scrapers.exchanges import endpoint_of
from scrapers.gate import Lane
from scrapers.handshake import ask_chain
from scrapers.model import Certificate
from scrapers.recorder import Recorder

_MOST_HANDSHAKES = 40
_AT_ONCE = 8


async def collect_certificates(
    recorder: Recorder, lane: Lane, refused: Mapping[str, str], at: datetime, seconds: float
) -> tuple[Certificate, ...]:
    """The certificates of all https origins of a capture, in the order they were met.

    `refused` is the browser's verdict by origin on pages that were then let through; with one of them checks were off,
    so that a fault of another host is found here. What is not there in time is left out.
    """
    places = asyncio.Semaphore(_AT_ONCE)
    handshakes = iter(range(_MOST_HANDSHAKES))

    async def collect(origin: str) -> Certificate | None:
        told = await _ask_browser(recorder, origin)
        host, port = endpoint_of(origin)
        answer, seen_by = recorder.security.get(origin, {}), "browser"
        protocol = get_text(get_part(answer, "securityDetails"), "protocol")
        if not told and lane.failure(host, port) is None and next(handshakes, None) is not None:
            async with places:
                shown = await ask_chain(lane.port, host, port)
            if shown is not None:
                told, protocol, seen_by = shown.chain, protocol or shown.protocol, "handshake"
        if not told:
            return None
        error = refused.get(origin) or recorder.origins.get(origin, "")
        made = read_certificate(urlsplit(origin).netloc, told, protocol=protocol, error=error, seen_by=seen_by)
        if not error and refused and get_text(answer, "securityState") == "insecure":
            return replace(made, error=find_fault(made, host, at))
        return made

    tasks = [asyncio.ensure_future(collect(origin)) for origin in recorder.origins]
    if not tasks:
        return ()
    await asyncio.wait(tasks, timeout=max(seconds, 0))
    for task in tasks:
        task.cancel()
    done = [task.result() for task in tasks if task.done() and not task.cancelled()]
    return tuple(certificate for certificate in done if certificate is not None)


async def _ask_browser(recorder: Recorder, origin: str) -> tuple[bytes, ...]:
    answer = recorder.chains.get(origin)
    if answer is None:
        return ()
    try:
        told = await answer
        return tuple(base64.b64decode(text) for text in get_texts(told, "tableNames"))
    except (DevToolsRefused, BrowserLost, ValueError):
        return ()


def find_fault(certificate: Certificate, host: str, at: datetime) -> str:
    """What a browser would have said of a certificate that it was told not to look at; the gravest, in its words."""
    if not _names(certificate, host):
        return "ERR_CERT_COMMON_NAME_INVALID"
    if certificate.valid_from is None or certificate.valid_to is None:
        return "ERR_CERT_INVALID"
    if not certificate.valid_from <= at <= certificate.valid_to:
        return "ERR_CERT_DATE_INVALID"
    return "ERR_CERT_AUTHORITY_INVALID"


def _names(certificate: Certificate, host: str) -> bool:
    try:
        address = str(ipaddress.ip_address(host))
    except ValueError:
        wanted = host.casefold()
        wild = "*." + wanted.partition(".")[2]
        return any(name.casefold() in (wanted, wild) for name in certificate.names)
    return address in certificate.names


def read_certificate(
    host: str, chain: tuple[bytes, ...], *, protocol: str, error: str, seen_by: str = "browser"
) -> Certificate:
    """The certificate of `host` with the readable parts of its leaf; an unreadable leaf keeps its bytes."""
    digest = hashlib.sha256(b"".join(chain)).hexdigest()
    try:
        leaf = x509.load_der_x509_certificate(chain[0])
    except ValueError:
        error = error or "unreadable certificate"
        return Certificate(host, protocol, "", "", None, None, (), chain, digest, error, seen_by)
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
        seen_by=seen_by,
    )
