"""Makes the certificates of the practice platform: an authority of its own, a good leaf and an expired one.

Keys are made at run time and live in memory and in a temporary folder until the contexts are built; nothing secret is
shipped. The browser is told to trust the good leaf's key only, so the expired leaf is refused as a real one would be.
"""

from __future__ import annotations

import base64
import hashlib
import ssl
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


@dataclass(frozen=True)
class PlatformCertificates:
    """TLS contexts for good and for bad days, and the key digests that the browser may trust (base64 SHA-256).

    Every owner has a key and a certificate of its own, for its own names: a shared one would say that they are one.
    """

    good: tuple[tuple[tuple[str, ...], ssl.SSLContext], ...]
    expired: ssl.SSLContext
    trusted_spki: tuple[str, ...]

    def good_for(self, greeting: bytes) -> ssl.SSLContext:
        """The context of the owner whose name stands in a TLS greeting; the first one's where none does."""
        for hosts, context in self.good:
            if any(host.encode() in greeting for host in hosts):
                return context
        return self.good[0][1]


def make_certificates(owners: Sequence[Sequence[str]], *, expired: str, now: datetime) -> PlatformCertificates:
    """A certificate for the hosts of each owner, good from 2026-05 until after `now`, and an ended one for a host."""
    root_key = ec.generate_private_key(ec.SECP256R1())
    root = _sign(
        _name("Practice Root CA"), root_key, _name("Practice Root CA"), root_key, hosts=(),
        start=datetime(2026, 1, 1, tzinfo=UTC), end=now + timedelta(days=3650),
    )  # fmt: skip
    good: list[tuple[tuple[str, ...], ssl.SSLContext]] = []
    trusted: list[str] = []
    for hosts in owners:
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = _sign(
            _name(hosts[0]), key, root.subject, root_key, hosts=hosts,
            start=datetime(2026, 5, 1, tzinfo=UTC), end=now + timedelta(days=300),
        )  # fmt: skip
        good.append((tuple(hosts), _context(leaf, key, root)))
        trusted.append(_digest_key(key))
    ended_key = ec.generate_private_key(ec.SECP256R1())
    ended = _sign(
        _name(expired), ended_key, root.subject, root_key, hosts=(expired,),
        start=datetime(2025, 7, 8, tzinfo=UTC), end=datetime(2026, 7, 8, 16, tzinfo=UTC),
    )  # fmt: skip
    return PlatformCertificates(tuple(good), _context(ended, ended_key, root), tuple(trusted))


def _digest_key(key: ec.EllipticCurvePrivateKey) -> str:
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(public).digest()).decode()


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _sign(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    hosts: Sequence[str],
    start: datetime,
    end: datetime,
) -> x509.Certificate:
    authority = not hosts
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if not authority:
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
        builder = builder.add_extension(names, critical=False).add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
    return builder.sign(issuer_key, hashes.SHA256())


def _context(leaf: x509.Certificate, key: ec.EllipticCurvePrivateKey, authority: x509.Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    pem = serialization.Encoding.PEM
    with tempfile.TemporaryDirectory() as folder:  # the ssl module reads keys from files only
        chain, secret = Path(folder) / "chain.pem", Path(folder) / "key.pem"
        chain.write_bytes(leaf.public_bytes(pem) + authority.public_bytes(pem))
        secret.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        context.load_cert_chain(chain, secret)
    return context
