"""Certificates of the hostile site, made when a run begins: a good one, an expired one, one with a thousand names."""

from __future__ import annotations

import base64
import hashlib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


@dataclass(frozen=True)
class Keys:
    """One authority and what it issued."""

    authority: trustme.CA
    certificate: trustme.LeafCert
    crowded: trustme.LeafCert
    expired: trustme.LeafCert

    @property
    def trusted(self) -> tuple[str, ...]:
        """Digests of the keys that the browser is told to trust."""
        return tuple(_spki(leaf) for leaf in (self.certificate, self.crowded))

    def good(self) -> ssl.SSLContext:
        """A server's context with a certificate that is trusted."""
        return _context(self.certificate)

    def crowd(self) -> ssl.SSLContext:
        """One whose certificate names a thousand hosts."""
        return _context(self.crowded)

    def old(self) -> ssl.SSLContext:
        """One whose certificate has run out."""
        return _context(self.expired)

    def asking(self) -> ssl.SSLContext:
        """One that wants a certificate of its visitor."""
        context = _context(self.certificate)
        context.verify_mode = ssl.CERT_REQUIRED
        self.authority.configure_trust(context)
        return context

    def second(self) -> ssl.SSLContext:
        """One that speaks HTTP/2 only."""
        context = _context(self.certificate)
        context.set_alpn_protocols(["h2"])
        return context


def make_keys() -> Keys:
    """Issue them."""
    authority = trustme.CA()
    names = ["s.test", "client.test", "h2a.test", "h2b.test", "h2c.test", "h2d.test"]
    return Keys(
        authority,
        authority.issue_cert(*names),
        authority.issue_cert("crowded.test", *(f"shop{number}.example.com" for number in range(1000))),
        authority.issue_cert("expired.test", not_after=datetime.now(UTC) - timedelta(days=3)),
    )


def _context(leaf: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    return context


def _spki(leaf: trustme.LeafCert) -> str:
    certificate = x509.load_pem_x509_certificate(leaf.cert_chain_pems[0].bytes())
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(key).digest()).decode()
