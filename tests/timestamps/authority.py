"""A time-stamping authority's papers for tests: root, intermediate and signer, as files that `openssl ts` takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Papers:
    """The certificates of one authority. `configuration` is what `openssl ts -reply -config` takes."""

    folder: Path
    root: x509.Certificate
    intermediate: x509.Certificate
    signer: x509.Certificate

    @property
    def root_pem(self) -> Path:
        return self.folder / "root.pem"

    @property
    def configuration(self) -> Path:
        return self.folder / "tsa.cnf"


def make_papers(
    folder: Path,
    *,
    name: str = "Test",
    ends: datetime | None = None,
    with_rsa: bool = False,
    for_time_stamps: bool = True,
) -> Papers:
    """Make them in a folder of their own; `ends` is when the signer's certificate ends (default: in ten years)."""
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC).replace(microsecond=0)
    keys: list[Key] = [_make_key(with_rsa) for _ in range(3)]
    root = _sign(f"{name} Root", keys[0], None, keys[0], now, now + 7300 * DAY)
    intermediate = _sign(f"{name} Intermediate", keys[1], root, keys[0], now, now + 5000 * DAY)
    ends = ends or now + 3650 * DAY
    begins = min(now, ends) - 30 * DAY
    signer = _sign(
        f"{name} Time Stamps", keys[2], intermediate, keys[1], begins, ends, signer=True, stamps=for_time_stamps
    )
    for file, certificate in (("root", root), ("intermediate", intermediate), ("signer", signer)):
        (folder / f"{file}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    key_bytes = keys[2].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "signer.key").write_bytes(key_bytes)
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(
        f"""[tsa]
default_tsa = own
[own]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/signer.pem
certs = {folder}/intermediate.pem
signer_key = {folder}/signer.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256
accuracy = secs:1, millisecs:500
ordering = no
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""
    )
    return Papers(folder, root, intermediate, signer)


def cross_sign(certificate: x509.Certificate, root_name: str) -> x509.Certificate:
    """The same authority, name and key, as another root signs it."""
    key = _make_key(False)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, root_name)])
    return (
        x509.CertificateBuilder()
        .subject_name(certificate.subject)
        .issuer_name(name)
        .public_key(certificate.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(certificate.not_valid_before_utc)
        .not_valid_after(certificate.not_valid_after_utc)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )


def _make_key(with_rsa: bool) -> Key:
    return rsa.generate_private_key(65537, 2048) if with_rsa else ec.generate_private_key(ec.SECP256R1())


def _sign(
    name: str,
    key: Key,
    issuer: x509.Certificate | None,
    issuer_key: Key,
    begins: datetime,
    ends: datetime,
    *,
    signer: bool = False,
    stamps: bool = True,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    key_id = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(key_id, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .add_extension(x509.BasicConstraints(ca=not signer, path_length=None), critical=True)
        .add_extension(_usage(signer), critical=True)
    )
    if signer:
        purpose = ExtendedKeyUsageOID.TIME_STAMPING if stamps else ExtendedKeyUsageOID.SERVER_AUTH
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
    return builder.sign(issuer_key, hashes.SHA256())


def _usage(signer: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signer,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not signer,
        crl_sign=not signer,
        encipher_only=False,
        decipher_only=False,
    )
