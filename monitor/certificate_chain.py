"""The way from a signer's certificate up to a trusted root, and why there is none.

Given certificates only: no network, no revocation lists. A chain is checked for signatures, validity at the moments
given, and the marks of a certificate authority (RFC 5280); which roots are trusted is the caller's choice.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

from monitor.der import INTEGER, SEQUENCE, parse_der

BROKEN = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""What `cryptography` raises for a certificate that is not as it should be."""

_PARTS = ("subject", "issuer", "not_valid_before_utc", "not_valid_after_utc", "extensions", "version")
_LONGEST_CHAIN = 8
_MOST_STEPS = 100
_LARGEST_FILE = 2_000_000
_MOST_CERTIFICATES = 1000
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----")


class RootsUnreadableError(Exception):
    """A file of root certificates cannot be used; the message names it and says why."""


@dataclass(frozen=True)
class Chain:
    """Certificates from the signer upwards; `problem` says why the last one is no trusted root, "" if it is.

    `altered` says that the issuer's very key is at hand and did not sign the last one: its bytes were changed.
    """

    certificates: tuple[x509.Certificate, ...]
    problem: str
    altered: bool = False

    @property
    def ends_at(self) -> datetime:
        """When the first of its certificates ends."""
        return min(certificate.not_valid_after_utc for certificate in self.certificates)


def load_roots(path: Path | None) -> tuple[x509.Certificate, ...]:
    """The certificates of a PEM file, or without one those that Mozilla trusts for websites (certifi).

    Raises RootsUnreadableError. Roots of that list that break RFC 5280 by their number are left out.
    """
    if path is None:
        import certifi

        path = Path(certifi.where())
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise RootsUnreadableError(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > _LARGEST_FILE:
        raise RootsUnreadableError(f"{path} is too large for a PEM file of root certificates")
    return tuple(parse_certificates(data, str(path)))


def parse_certificates(data: bytes, name: str, most: int = _MOST_CERTIFICATES) -> list[x509.Certificate]:
    """The certificates of PEM text, `most` of them; `name` says in an error what it was."""
    found = []
    for number, block in enumerate(_PEM.findall(data), start=1):
        if number > most:
            raise RootsUnreadableError(f"{name} holds more than {most} certificates")
        try:
            encoded = base64.b64decode(block, validate=False)
            if has_positive_number(encoded):
                found.append(load_certificate(encoded))
        except ValueError as error:
            raise RootsUnreadableError(f"certificate {number} of {name} is broken: {error}") from error
    if not found:
        raise RootsUnreadableError(f"{name} holds no PEM certificate")
    return found


def load_certificate(encoded: bytes) -> x509.Certificate:
    """A certificate from DER, all of its parts read at once. Raises ValueError if one is broken.

    `cryptography` reads most parts only when they are asked for; here what is broken is told before it is used.
    """
    if not has_positive_number(encoded):
        raise ValueError("its serial number is not positive")
    try:
        certificate = x509.load_der_x509_certificate(encoded)
        for part in _PARTS:
            getattr(certificate, part)
    except BROKEN as error:
        raise ValueError(str(error)) from error
    return certificate


def has_positive_number(encoded: bytes) -> bool:
    """Whether a DER certificate's serial number is positive, as RFC 5280 4.1.2.2 asks; others are not loaded.

    A few old roots have the number 0. `cryptography` warns of them and will refuse them.
    """
    parts = parse_der(encoded).require(SEQUENCE).parts()[0].require(SEQUENCE).parts()
    number = parts[1 if parts[0].tag == 0xA0 else 0].require(INTEGER).value
    return int.from_bytes(number, "big", signed=True) > 0


def write_chain(certificates: Sequence[x509.Certificate]) -> bytes:
    """The certificates as PEM, in their order."""
    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)


def name_certificate(certificate: x509.Certificate) -> str:
    """The common name of a certificate's subject, or its whole name."""
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value)[:200] if names else certificate.subject.rfc4514_string()[:200] or "(no name)"


def build_chain(
    signer: x509.Certificate,
    others: Sequence[x509.Certificate],
    roots: Sequence[x509.Certificate],
    moments: Sequence[datetime],
) -> Chain:
    """The chain from `signer` by `others` to one of `roots`, valid at every one of `moments`.

    Without one: the longest way that was found, and what is wrong with it.
    """
    search = _Search(others, roots, moments)
    search.extend((signer,))
    return search.best or Chain((signer,), f"no certificate of {name_certificate(signer)}'s issuer is at hand")


class _Search:
    def __init__(
        self, others: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], moments: Sequence[datetime]
    ) -> None:
        self.best: Chain | None = None
        self._roots = frozenset(roots)
        self._candidates = (*roots, *others)
        self._moments = moments
        self._steps = 0

    def extend(self, way: tuple[x509.Certificate, ...]) -> bool:
        """Go on from the end of the way; True when a trusted and valid chain was found."""
        last = way[-1]
        if last in self._roots:
            return self._end(way, self._find_fault(way))
        issuers = self._find_issuers(last, way)
        if not issuers:
            what = name_certificate(last)
            if any(_names_key_of(last, candidate) for candidate in self._candidates if candidate not in way):
                return self._end(way, f"the certificate of {what} is not as its issuer signed it", altered=True)
            self_made = last.subject == last.issuer
            why = f"its chain ends at {what}, which is none of the trusted roots" if self_made else (
                f"the certificate of {what}'s issuer ({_show_name(last.issuer)}) is not among the trusted roots"
            )  # fmt: skip
            return self._end(way, f"untrusted: {why}")
        return any(self.extend((*way, issuer)) for issuer in issuers)

    def _find_issuers(self, last: x509.Certificate, way: tuple[x509.Certificate, ...]) -> list[x509.Certificate]:
        found: list[x509.Certificate] = []
        if len(way) >= _LONGEST_CHAIN:
            return found
        for candidate in self._candidates:
            if candidate.subject != last.issuer or candidate in way or candidate in found:
                continue
            self._steps += 1
            if self._steps > _MOST_STEPS:
                break
            if is_issued_by(last, candidate):
                found.append(candidate)
        return found

    def _find_fault(self, way: tuple[x509.Certificate, ...]) -> str:
        for depth, certificate in enumerate(way):
            if depth and (fault := _find_authority_fault(certificate, depth - 1)):
                return fault
            for moment in self._moments:
                if moment > certificate.not_valid_after_utc:
                    return f"expired: the certificate of {name_certificate(certificate)} ended on " + _day(
                        certificate.not_valid_after_utc
                    )
                if moment < certificate.not_valid_before_utc:
                    return f"the certificate of {name_certificate(certificate)} begins only on " + _day(
                        certificate.not_valid_before_utc
                    )
        return ""

    def _end(self, way: tuple[x509.Certificate, ...], problem: str, *, altered: bool = False) -> bool:
        better = self.best is None or (self.best.problem and (not problem or len(way) > len(self.best.certificates)))
        if better:
            self.best = Chain(way, problem, altered)
        return not problem


def is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether the issuer's key signed the certificate."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, *BROKEN):
        return False
    return True


def _names_key_of(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether a certificate names this issuer and this very key of it (RFC 5280 4.2.1.1)."""
    try:
        named = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
        own = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except (x509.ExtensionNotFound, *BROKEN):
        return False
    return certificate.issuer == issuer.subject and named == own


def _find_authority_fault(certificate: x509.Certificate, below: int) -> str:
    """Why a certificate may not issue others, "" if it may; `below` authorities stand between it and the signer."""
    name = name_certificate(certificate)
    try:
        extensions = certificate.extensions
        limits = extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        # The first kind of X.509 has no such mark; old roots that are trusted by hand are of it.
        return "" if certificate.version is x509.Version.v1 and certificate.subject == certificate.issuer else (
            f"{name} is no certificate authority"
        )  # fmt: skip
    except BROKEN as error:
        return f"the certificate of {name} is broken: {error}"
    if not limits.ca:
        return f"{name} is no certificate authority"
    if limits.path_length is not None and below > limits.path_length:
        return f"{name} may not stand so high in a chain"
    try:
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return ""
    return "" if usage.key_cert_sign else f"{name} may not sign certificates"


def _show_name(name: x509.Name) -> str:
    names = name.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value)[:200] if names else name.rfc4514_string()[:200]


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
