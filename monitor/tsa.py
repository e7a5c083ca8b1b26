"""One time-stamping authority (RFC 3161): ask it for a token over a SHA-256, and check a token, now or years later.

`ask_authority` needs the network and ends in time; `verify_token` is pure: bytes, certificates and moments in, facts
out. A token that was altered, or speaks of something else, raises TokenInvalid; one whose signer is not trusted gives
facts that say so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from monitor.bounded_request import Answer, NoAnswerError, ask_bounded
from monitor.certificate_chain import (
    BROKEN,
    Chain,
    RootsUnreadableError,
    build_chain,
    is_issued_by,
    load_roots,
    name_certificate,
)
from monitor.signed_token import SignatureWrongError, SignedToken, check_signature, read_signed_token

if TYPE_CHECKING:
    from monitor.config.services import TimestampAuthority

LARGEST_TOKEN = 256_000
REPLY_TYPE = "application/timestamp-reply"
_SHA256 = "2.16.840.1.101.3.4.2.1"
_GRANTED = 0
_PASSING_STATUS = frozenset({3})  # waiting
_STATUS_WORDS = {1: "granted with changes", 2: "rejection", 3: "waiting", 4: "revocation warning", 5: "revocation"}


class TokenInvalid(Exception):  # noqa: N818 - reads as a sentence where it is caught
    """The bytes are no token over this imprint: altered, cut off, or made for something else. Says which."""


class TokenNotGiven(Exception):  # noqa: N818 - reads as a sentence where it is caught
    """The authority gave no usable token. `passing` is True where asking again later may help."""

    def __init__(self, reason: str, *, passing: bool) -> None:
        super().__init__(reason)
        self.passing = passing


@dataclass(frozen=True)
class TokenFacts:
    """What a token says and what it rests on.

    The time is `gen_time`, give or take `accuracy` (None where the authority states none). `chain` runs from the signer
    up, `expires_at` is when the first of its certificates ends. `trusted` says whether it reaches one of the roots and
    held at the moments asked about; if not, `problem` says why. `strays` names certificates that lie in the token, are
    not part of the chain, and that nothing at hand shows to be genuine: they prove nothing, and may have been altered.
    """

    gen_time: datetime
    accuracy: timedelta | None
    policy: str
    serial: int
    nonce: int | None
    signer: str
    chain: tuple[x509.Certificate, ...]
    expires_at: datetime
    trusted: bool
    problem: str
    strays: tuple[str, ...] = ()


@dataclass(frozen=True)
class GivenToken:
    """A token as it came and was checked on arrival. `offset` is the authority's clock less ours, blurred by `blur`."""

    data: bytes
    facts: TokenFacts
    asked_at: datetime
    offset: timedelta
    blur: timedelta


def ask_authority(
    authority: TimestampAuthority,
    imprint: bytes,
    *,
    clock: Callable[[], datetime],
    proxy: str = "",
) -> GivenToken:
    """Ask for a token over a SHA-256 and check it: imprint, nonce, policy, signature, chain to the configured roots.

    Raises TokenNotGiven with the precise reason. Takes no longer than the authority's `seconds`.
    """
    # The library hashes what it is given; it has no way to ask for a hash that is known. So its request is made for
    # other bytes of our own and the imprint put in place of theirs: both have 32 bytes.
    request = TimestampRequestBuilder().data(imprint).hash_algorithm(HashAlgorithm.SHA256).build()
    body = request.as_bytes().replace(request.message_imprint.message, imprint, 1)
    try:
        roots = load_roots(authority.ca)
    except RootsUnreadableError as error:
        raise TokenNotGiven(f"{error}; correct `ca` of [[tsa]] {authority.name}", passing=True) from error
    started = clock()
    try:
        answer = ask_bounded(
            authority.url,
            body=body,
            headers={"Content-Type": "application/timestamp-query", "Accept": REPLY_TYPE},
            seconds=authority.seconds,
            most_bytes=LARGEST_TOKEN,
            proxy=proxy,
        )
    except NoAnswerError as error:
        raise TokenNotGiven(str(error), passing=True) from error
    ended = clock()
    _require_reply(answer)
    reply = _decode(answer)
    _require_granted(reply)
    try:
        facts = verify_token(answer.body, imprint, roots=roots, at=ended)
    except TokenInvalid as error:
        raise TokenNotGiven(str(error), passing=False) from error
    if facts.nonce != request.nonce:
        raise TokenNotGiven("wrong nonce: the token answers another request, as a replayed one does", passing=False)
    if authority.policy and facts.policy != authority.policy:
        raise TokenNotGiven(f"its policy is {facts.policy}, not {authority.policy} as configured", passing=False)
    if not facts.trusted:
        raise TokenNotGiven(facts.problem, passing=False)
    half = (ended - started) / 2
    return GivenToken(answer.body, facts, started, facts.gen_time - (started + half), half)


def verify_token(
    data: bytes,
    imprint: bytes,
    *,
    roots: Sequence[x509.Certificate],
    at: datetime | None = None,
    extra_chain: Sequence[x509.Certificate] = (),
) -> TokenFacts:
    """Check a token (a whole RFC 3161 reply) over a SHA-256, offline.

    The chain must hold at the token's own time, and at `at` where it is given: the present moment, or the time of the
    token that renews this one. `extra_chain` helps to find the way to a root and is trusted in nothing. Raises
    TokenInvalid for a wrong imprint, a wrong signature or bytes that are no token.
    """
    if len(data) > LARGEST_TOKEN:
        raise TokenInvalid(f"the token has {len(data)} bytes; the most is {LARGEST_TOKEN}")
    try:
        token = read_signed_token(data)
        reply = decode_timestamp_response(token.ordered)
        info = reply.tst_info
        gen_time, policy = info.gen_time.astimezone(UTC), info.policy.dotted_string
        accuracy, nonce, serial = _read_accuracy(reply), info.nonce, info.serial_number
        found, algorithm = info.message_imprint.message, info.message_imprint.hash_algorithm.dotted_string
        status = reply.status
    except SignatureWrongError as error:
        raise TokenInvalid(f"the token {error}") from error
    except ValueError as error:
        raise TokenInvalid(f"the token is no RFC 3161 reply, or was cut off ({error})") from error
    if status != _GRANTED:
        raise TokenInvalid(f"the reply's status is {_STATUS_WORDS.get(status, status)}, not granted")
    if algorithm != _SHA256 or found != imprint:
        raise TokenInvalid("wrong imprint: the token was made for other bytes")
    try:
        check_signature(token)
    except SignatureWrongError as error:
        raise TokenInvalid(f"the token: {error}") from error
    _require_purpose(token.signer)
    others = [certificate for certificate in (*token.certificates, *extra_chain) if certificate != token.signer]
    chain = build_chain(token.signer, others, roots, [gen_time] if at is None else [gen_time, at])
    if chain.altered:
        raise TokenInvalid(f"the token was altered: {chain.problem}")
    problem = chain.problem or _ask_library(reply, imprint, chain)
    return TokenFacts(
        gen_time=gen_time,
        accuracy=accuracy,
        policy=policy,
        serial=serial,
        nonce=nonce,
        signer=token.signer.subject.rfc4514_string()[:500],
        chain=chain.certificates,
        expires_at=chain.ends_at,
        trusted=not problem,
        problem=problem,
        strays=_find_strays(token, chain, (*others, *roots)),
    )


def _require_reply(answer: Answer) -> None:
    if 300 <= answer.status < 400:
        plain = answer.location.partition("?")[0]  # what follows may be a key of ours
        raise TokenNotGiven(
            f"it redirects to {plain[:200]}, which is not followed: configure that address", passing=True
        )
    if answer.status != 200:
        raise TokenNotGiven(f"it answered HTTP {answer.status}", passing=True)
    if not answer.body:
        raise TokenNotGiven("its answer is empty", passing=True)


def _decode(answer: Answer) -> TimeStampResponse:
    """The reply. A media type other than the right one is told only where the bytes are no reply either."""
    try:
        try:
            return decode_timestamp_response(read_signed_token(answer.body).ordered)
        except SignatureWrongError:  # a rejection carries no token
            return decode_timestamp_response(answer.body)
    except ValueError as error:
        if answer.media_type not in ("", REPLY_TYPE, "application/octet-stream"):
            reason = f"its answer is {answer.media_type}, no time-stamp reply"
        else:
            reason = f"its answer is no time-stamp reply, or was cut off ({error})"
        raise TokenNotGiven(reason, passing=True) from error


def _require_granted(reply: TimeStampResponse) -> None:
    if reply.status == _GRANTED:
        return
    said = "; ".join(text[:300] for text in reply.status_string[:5]) or "it says no more"
    word = _STATUS_WORDS.get(reply.status, str(reply.status))
    raise TokenNotGiven(f"it gave no token: {word} ({said})", passing=reply.status in _PASSING_STATUS)


def _read_accuracy(reply: TimeStampResponse) -> timedelta | None:
    stated = reply.tst_info.accuracy
    if stated is None:
        return None
    return timedelta(seconds=stated.seconds or 0, milliseconds=stated.millis or 0, microseconds=stated.micros or 0)


def _require_purpose(signer: x509.Certificate) -> None:
    """RFC 3161 2.3: the signer's certificate is for time stamps, says so critically, and for nothing else."""
    try:
        usage = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        raise TokenInvalid("the signer's certificate is not made for time stamps") from None
    if not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise TokenInvalid("the signer's certificate is not made for time stamps alone")


def _ask_library(reply: TimeStampResponse, imprint: bytes, chain: Chain) -> str:
    """What rfc3161-client, which checks by OpenSSL, has against the token; "" if nothing."""
    verifier = VerifierBuilder(roots=[chain.certificates[-1]], intermediates=list(chain.certificates[1:-1])).build()
    try:
        verifier.verify(reply, imprint)
    except VerificationError as error:
        return f"rfc3161-client refuses the token: {str(error)[:300]}"
    return ""


def _find_strays(token: SignedToken, chain: Chain, known: Sequence[x509.Certificate]) -> tuple[str, ...]:
    """Certificates that lie in the token for no reason that can be seen.

    Reasons are: being of the chain, being issued by a certificate at hand, or leading from a key of the chain to some
    other root (authorities put the old and the new way into one token).
    """
    return tuple(
        name_certificate(c)
        for c in token.certificates
        if c not in chain.certificates
        and not any(own.subject == c.subject and _key_of(own) == _key_of(c) for own in chain.certificates)
        and not any(other.subject == c.issuer and is_issued_by(c, other) for other in (c, *known))
    )


def _key_of(certificate: x509.Certificate) -> object:
    try:
        return certificate.public_key()
    except BROKEN:
        return certificate  # equal to nothing but itself
