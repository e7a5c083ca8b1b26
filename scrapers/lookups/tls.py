"""What a host shows at its TLS handshake: chain, key and names, also of certificates that a browser refuses.

No more than a handshake through the gate; nothing is sent after it. The verdict on the chain is worked out from the
bytes afterwards, against the roots that Mozilla trusts, so a bad certificate is read like a good one.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import warnings
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from scrapers.addresses import parse_address
from scrapers.certificates import find_fault, read_certificate
from scrapers.domains import is_domain_name, site_of_host
from scrapers.gate import Gate
from scrapers.handshake import read_shown
from scrapers.identifiers.traffic import NOT_TRUSTED
from scrapers.identity import Identifier, IdentifierKind, Place
from scrapers.lookups.connection import connect, look_any, open_lane
from scrapers.lookups.model import (
    LookupAnswer,
    LookupFailed,
    LookupOutcome,
    TlsFacts,
    identify,
    keep_distinct,
)
from scrapers.model import Certificate, Clock

MEDIA_TYPE = "application/json"
FORMAT = "cardwatch-tls-1"
_MOST_NAMES = 60
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")


async def look_tls(domain: str, gate: Gate, *, clock: Clock, seconds: float, port: int = 443) -> LookupAnswer:
    """Shake hands with the host and keep what it shows."""
    asked_at = clock()
    server = f"{domain}:{port}"
    try:
        async with open_lane(gate, seconds) as lane, connect(lane, domain, port, look_any()) as (_, writer):
            shown = read_shown(writer.get_extra_info("ssl_object"))
            address = lane.remote_address(domain, port)
    except LookupFailed as failed:
        return LookupAnswer(domain, "tls", server, asked_at, failed.outcome, failed.detail)
    if shown is None:
        detail = "the handshake ended without a certificate"
        return LookupAnswer(domain, "tls", server, asked_at, LookupOutcome.ERROR, detail)
    told = {
        "format": FORMAT,
        "host": domain,
        "port": port,
        "address": address,
        "protocol": shown.protocol,
        "chain": [base64.b64encode(link).decode() for link in shown.chain],
    }
    return read_tls(json.dumps(told, indent=1).encode(), asked_at)


def read_tls(raw: bytes, asked_at: datetime) -> LookupAnswer:
    """What the kept chain says. Raises ValueError for bytes that are not of this form."""
    try:
        told = json.loads(raw)
        if told["format"] != FORMAT:
            raise ValueError("another format")
        host, port, address = str(told["host"]), int(told["port"]), str(told["address"])
        chain = tuple(base64.b64decode(link) for link in told["chain"])
        protocol = str(told["protocol"])
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"this is no kept TLS handshake: {error}") from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)  # odd numbers of home-made certificates
        read = read_certificate(host, chain, protocol=protocol, error="", seen_by="handshake")
        spki = _spki(chain[0])
        fault = read.error or _fault(read, host, asked_at)
    facts = TlsFacts(
        *(host, address, protocol, read.subject, read.issuer, read.valid_from, read.valid_to, read.names, spki),
        chain=tuple(hashlib.sha256(link).hexdigest() for link in chain),
        fault=fault,
    )
    return LookupAnswer(
        *(host, "tls", f"{host}:{port}", asked_at, LookupOutcome.OK, fault, raw, MEDIA_TYPE),
        keep_distinct(_identify(facts)),
        facts,
    )


def _identify(facts: TlsFacts) -> list[Identifier]:
    """The key and the other sites that the certificate names; how many is the role: a shared one says little.

    Of a certificate that a browser refuses they are kept with that as their `problem`, and weigh nothing: anybody can
    write one for any name, and the key that a panel ships is on thousands of servers.
    """
    problem = f"{NOT_TRUSTED}: {facts.fault}" if facts.fault else ""
    names = [name.removeprefix("*.") for name in facts.names]
    sites = sorted({site_of_host(name) for name in names if is_domain_name(name)} - {site_of_host(facts.host)})
    role = f"certificate for {len(sites) + 1} sites" if len(sites) > 1 else ""
    found = [identify(IdentifierKind.TLS_SPKI, facts.spki, Place.TLS, where=facts.subject, role=role, problem=problem)]
    for site in sites[:_MOST_NAMES]:
        found.append(identify(IdentifierKind.TLS_SAN, site, Place.TLS, where=facts.subject, role=role, problem=problem))
    return found


def _spki(leaf: bytes) -> str:
    try:
        key = x509.load_der_x509_certificate(leaf).public_key()
        return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
    except (ValueError, UnsupportedAlgorithm):
        return ""


def _fault(read: Certificate, host: str, at: datetime) -> str:
    """Why a browser would refuse the chain, in its words; "" when it holds."""
    gravest = find_fault(read, host, at)
    if gravest != "ERR_CERT_AUTHORITY_INVALID":
        return gravest
    return "" if _is_trusted(read.chain, host, at) else gravest


def _is_trusted(chain: Sequence[bytes], host: str, at: datetime) -> bool:
    try:
        address = parse_address(host)
        subject = x509.DNSName(host) if address is None else x509.IPAddress(address)
        leaf, *others = (x509.load_der_x509_certificate(link) for link in chain)
        verifier = PolicyBuilder().store(_roots()).time(at).build_server_verifier(subject)
        verifier.verify(leaf, others)
    except (VerificationError, InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


@cache
def _roots() -> Store:
    """The roots that Mozilla trusts, as certifi brings them; those that break RFC 5280 by their number are left out."""
    import certifi

    found = []
    for block in _PEM.findall(Path(certifi.where()).read_bytes()):
        with warnings.catch_warnings():
            warnings.simplefilter("error", CryptographyDeprecationWarning)
            try:
                found.append(x509.load_pem_x509_certificate(block))
            except (ValueError, CryptographyDeprecationWarning):
                continue
    return Store(found)
