"""The CMS signature of an RFC 3161 token (RFC 5652, 5035, 5816), apart from whether its signer is trusted.

`read_signed_token` takes a time-stamp reply and checks every byte that the signature does not protect by itself;
`check_signature` says whether the token was altered. Neither looks at roots, clocks or the network.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from monitor.certificate_chain import BROKEN, load_certificate
from monitor.der import INTEGER, NULL, OBJECT, OCTET_STRING, SEQUENCE, SET, DerError, Element, parse_der

_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_TST_INFO = bytes.fromhex("2a864886f70d0109100104")
_CONTENT_TYPE = bytes.fromhex("2a864886f70d010903")
_MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")
_SIGNING_CERTIFICATE = bytes.fromhex("2a864886f70d010910020c")
_SIGNING_CERTIFICATE_V2 = bytes.fromhex("2a864886f70d010910022f")
_HASHES: dict[bytes, hashes.HashAlgorithm] = {
    bytes.fromhex("608648016503040201"): hashes.SHA256(),
    bytes.fromhex("608648016503040202"): hashes.SHA384(),
    bytes.fromhex("608648016503040203"): hashes.SHA512(),
}
_RSA = bytes.fromhex("2a864886f70d010101")
_WITH_HASH: dict[bytes, tuple[str, str]] = {
    bytes.fromhex("2a864886f70d01010b"): ("rsa", "sha256"),
    bytes.fromhex("2a864886f70d01010c"): ("rsa", "sha384"),
    bytes.fromhex("2a864886f70d01010d"): ("rsa", "sha512"),
    bytes.fromhex("2a8648ce3d040302"): ("ec", "sha256"),
    bytes.fromhex("2a8648ce3d040303"): ("ec", "sha384"),
    bytes.fromhex("2a8648ce3d040304"): ("ec", "sha512"),
}
_MOST_CERTIFICATES = 20
CERTIFICATES = 0xA0
SIGNED_ATTRIBUTES = 0xA0
UNSIGNED_ATTRIBUTES = 0xA1


class SignatureWrongError(ValueError):
    """The token's signature does not hold over its content, or its structure is not what RFC 3161 asks for."""


@dataclass(frozen=True)
class SignedToken:
    """The parts of a reply. `ordered` is the reply with its certificates in DER order, which strict readers ask for."""

    ordered: bytes
    content: bytes
    certificates: tuple[x509.Certificate, ...]
    signer: x509.Certificate
    digest: hashes.HashAlgorithm
    algorithm: bytes
    attributes: bytes
    signature: bytes
    certificate_ids: tuple[tuple[str, bytes], ...]


def read_signed_token(reply: bytes) -> SignedToken:
    """Take a reply apart. Raises SignatureWrongError where a part is missing, doubled or not of its form."""
    try:
        return _read(reply)
    except DerError as error:
        raise SignatureWrongError(f"is no RFC 3161 reply: {error}") from error
    except ValueError as error:
        raise SignatureWrongError(str(error)) from error


def check_signature(token: SignedToken) -> None:
    """Whether signer, attributes, content and signature belong together. Raises SignatureWrongError."""
    for name, expected in token.certificate_ids[:1]:  # the first names the signer (RFC 5035)
        found = hashlib.new(name, token.signer.public_bytes(Encoding.DER), usedforsecurity=False).digest()
        if not hmac.compare_digest(found, expected):
            raise SignatureWrongError("the signer's certificate is not the one that the token names")
    kind, name = _WITH_HASH.get(token.algorithm, ("rsa", token.digest.name))
    if name != token.digest.name:
        raise SignatureWrongError("names two hash algorithms for one signature")
    try:
        key = token.signer.public_key()
        if kind == "rsa" and isinstance(key, rsa.RSAPublicKey):
            key.verify(token.signature, token.attributes, padding.PKCS1v15(), token.digest)
        elif kind == "ec" and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(token.signature, token.attributes, ec.ECDSA(token.digest))
        else:
            raise SignatureWrongError("its signature algorithm is not that of the signer's key")
    except InvalidSignature:
        raise SignatureWrongError("its signature does not hold: the token was altered or made up") from None
    except SignatureWrongError:
        raise
    except BROKEN as error:
        raise SignatureWrongError(f"its signature cannot be checked: {error}") from error


def _read(reply: bytes) -> SignedToken:
    outer = parse_der(reply).require(SEQUENCE).parts()
    if len(outer) != 2:
        raise SignatureWrongError("carries no token")
    kind, wrapped = _pair(outer[1])
    if kind.require(OBJECT).value != _SIGNED_DATA:
        raise SignatureWrongError("is no signed data")
    signed = _only(wrapped.require(0xA0)).require(SEQUENCE)
    version, digests, content_info, *rest = signed.parts()
    if version.require(INTEGER).value != b"\x03":  # RFC 5652 5.1: 3 for content that is not plain data
        raise SignatureWrongError(f"has version {version.value.hex()} of signed data, not 3")
    held = next((part for part in rest if part.tag == CERTIFICATES), None)
    if held is None:
        raise SignatureWrongError("carries no certificate")
    if [part.tag for part in rest] not in ([CERTIFICATES, SET], [CERTIFICATES, 0xA1, SET]):
        raise SignatureWrongError("has parts of signed data that do not belong there")
    encoded = [part.require(SEQUENCE).whole for part in held.parts()]
    if not 1 <= len(encoded) <= _MOST_CERTIFICATES:
        raise SignatureWrongError(f"carries {len(encoded)} certificates; the most are {_MOST_CERTIFICATES}")
    certificates = tuple(_load(data) for data in encoded)
    content = _read_content(content_info)
    info = _only(rest[-1].require(SET)).require(SEQUENCE).parts()
    return _read_signer(reply, held, encoded, certificates, content, _digests(digests), info)


def _read_signer(
    reply: bytes,
    held: Element,
    encoded: list[bytes],
    certificates: tuple[x509.Certificate, ...],
    content: bytes,
    digests: set[bytes],
    info: tuple[Element, ...],
) -> SignedToken:
    if len(info) not in (6, 7) or (len(info) == 7 and info[6].tag != UNSIGNED_ATTRIBUTES):
        raise SignatureWrongError("has no whole signer information")
    version, name, digest, attributes, algorithm, signature = info[:6]
    if version.require(INTEGER).value != b"\x01":  # RFC 5652 5.3: 1 for a signer named by issuer and number
        raise SignatureWrongError(f"has version {version.value.hex()} of signer information, not 1")
    digest_id = _algorithm(digest)
    if digest_id not in _HASHES or digest_id not in digests:
        raise SignatureWrongError("is hashed by an algorithm that is not SHA-256, SHA-384 or SHA-512, or not announced")
    algorithm_id = _algorithm(algorithm)
    if algorithm_id != _RSA and algorithm_id not in _WITH_HASH:
        raise SignatureWrongError("is signed by an algorithm other than RSA (PKCS #1) and ECDSA")
    values = _attributes(attributes.require(SIGNED_ATTRIBUTES))
    if values.get(_CONTENT_TYPE, (b"",))[0] != _TST_INFO:
        raise SignatureWrongError("does not say in its signed part that it is a time stamp")
    hashed = hashlib.new(_HASHES[digest_id].name, content).digest()
    if not hmac.compare_digest(values.get(_MESSAGE_DIGEST, (b"",))[0], hashed):
        raise SignatureWrongError("its content is not the one that was signed")
    issuer, number = _pair(name)
    serial = int.from_bytes(number.require(INTEGER).value, "big", signed=True)
    signers = [c for c in certificates if c.serial_number == serial and _issuer(c) == issuer.whole]
    if len(signers) != 1:
        raise SignatureWrongError("does not carry the certificate of its signer")
    start, end = held.content, held.end
    return SignedToken(
        ordered=reply[:start] + b"".join(sorted(encoded)) + reply[end:],
        content=content,
        certificates=certificates,
        signer=signers[0],
        digest=_HASHES[digest_id],
        algorithm=algorithm_id,
        attributes=b"\x31" + attributes.whole[1:],  # what is signed is the set, not its place (RFC 5652 5.4)
        signature=signature.require(OCTET_STRING).value,
        certificate_ids=_certificate_ids(values),
    )


def _read_content(element: Element) -> bytes:
    kind, wrapped = _pair(element)
    if kind.require(OBJECT).value != _TST_INFO:
        raise SignatureWrongError("holds no time stamp")
    return _only(wrapped.require(0xA0)).require(OCTET_STRING).value


def _digests(element: Element) -> set[bytes]:
    return {_algorithm(part) for part in element.require(SET).parts()}


def _algorithm(element: Element) -> bytes:
    """The identifier of an algorithm without parameters: nothing, or NULL."""
    name, *parameters = element.require(SEQUENCE).parts()
    if [part.whole for part in parameters] not in ([], [bytes([NULL, 0])]):
        raise SignatureWrongError("names an algorithm with parameters, which this reader does not know")
    return name.require(OBJECT).value


def _attributes(element: Element) -> dict[bytes, tuple[bytes, bytes]]:
    """The signed attributes by their kind: content and whole of the one value that each has."""
    found: dict[bytes, tuple[bytes, bytes]] = {}
    for part in element.parts():
        kind, values = _pair(part)
        name = kind.require(OBJECT).value
        if name in found:
            raise SignatureWrongError("has a signed attribute twice")
        value = _only(values.require(SET))
        found[name] = (value.value, value.whole)
    return found


def _certificate_ids(values: dict[bytes, tuple[bytes, bytes]]) -> tuple[tuple[str, bytes], ...]:
    """Hash name and hash of the certificates that the signature names (RFC 3161 asks for the signer's at least)."""
    found: list[tuple[str, bytes]] = []
    for name, usual in ((_SIGNING_CERTIFICATE_V2, "sha256"), (_SIGNING_CERTIFICATE, "sha1")):
        if name not in values:
            continue
        for part in parse_der(values[name][1]).require(SEQUENCE).parts()[0].require(SEQUENCE).parts():
            first, *others = part.require(SEQUENCE).parts()
            algorithm = usual
            if first.tag == SEQUENCE and usual == "sha256":
                identifier = _algorithm(first)
                if identifier not in _HASHES:
                    raise SignatureWrongError("names its signer's certificate by an unknown hash")
                algorithm, first = _HASHES[identifier].name, others[0]
            found.append((algorithm, first.require(OCTET_STRING).value))
        break
    if not found:
        raise SignatureWrongError("does not name its signer's certificate in its signed part")
    return tuple(found)


def _issuer(certificate: x509.Certificate) -> bytes:
    """The issuer's name as it stands in the certificate, which another encoder might write otherwise."""
    parts = parse_der(certificate.tbs_certificate_bytes).require(SEQUENCE).parts()
    return parts[3 if parts[0].tag == 0xA0 else 2].whole


def _load(data: bytes) -> x509.Certificate:
    try:
        return load_certificate(data)
    except ValueError as error:
        raise SignatureWrongError(f"carries a broken certificate: {error}") from error


def _pair(element: Element) -> tuple[Element, Element]:
    parts = element.require(SEQUENCE).parts()
    if len(parts) != 2:
        raise DerError(f"{len(parts)} parts at byte {element.start}, where 2 belong")
    return parts[0], parts[1]


def _only(element: Element) -> Element:
    parts = element.parts()
    if len(parts) != 1:
        raise DerError(f"{len(parts)} parts at byte {element.start}, where 1 belongs")
    return parts[0]
