"""Checks time tokens: what each is over, who signed it, whether that signer is trusted, and what it proves.

A token that a later one seals is judged at the time of that one, the last at the present moment. Offline: no
revocation lists, and of OpenTimestamps only what the proof itself leads to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.verify.checks import Findings, Said

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from monitor.tsa import TokenFacts

MOST_TOKEN = 256_000
_MOST_IN_CHAIN = 20  # each is held against each: more would be a bomb
SLACK = timedelta(minutes=10)
"""By so much may two clocks differ before an order of times cannot be true."""

FetchPart = Callable[[str], "bytes | None"]
"""Gives a small file by its path, None where it is not there."""


@dataclass(frozen=True)
class NamedToken:
    """A token as a proof names it: `of` is the path of what it is over, `chain` of its certificates or ""."""

    kind: str
    authority: str
    path: str
    chain: str
    of: str


@dataclass(frozen=True)
class Stamp:
    """What was found out of a token. `over` is the path of what it stamps; `time` is None where it gives none."""

    kind: str
    authority: str
    path: str
    over: str
    time: datetime | None
    trusted: bool
    signer: str = ""
    root: str = ""


def check_tokens(
    findings: Findings,
    tokens: Sequence[NamedToken],
    fetch: FetchPart,
    *,
    stamped: Sequence[str],
    roots: Sequence[Certificate],
    at: datetime,
    sealed: Mapping[str, Sequence[str]] | None = None,
    existed: Mapping[str, datetime] | None = None,
) -> tuple[Stamp, ...]:
    """Check every token of a proof. `stamped` are the paths that a first token may be over.

    `sealed` are for a token the earlier ones that the log below it names, `existed` by when tokens are known to have
    existed otherwise; both by their paths.
    """
    stamps: list[Stamp] = []
    known = {token.path for token in tokens}
    times: dict[str, datetime] = dict(existed or {})  # by when a token existed
    sealed = sealed or {}
    for token in reversed(tokens):
        data, target = fetch(token.path), fetch(token.of)
        if data is None or target is None:
            gone = token.path if data is None else token.of
            findings.absent(
                "token_imprint", Said(f"文件不在：{gone}", f"the file is not there: {gone}"), about=token.path
            )
            continue
        if token.of not in stamped and token.of not in known and token.path not in sealed:
            said = Said("时间戳不是盖在检查点上的", "the token is not over a checkpoint")
            findings.failed("token_imprint", said, about=token.path)
            continue
        digest = hashlib.sha256(target).digest()
        if token.kind == "opentimestamps":
            stamps.append(_check_ots(findings, token, data, digest))
            continue
        chain = fetch(token.chain) if token.chain else b""
        if chain is None:
            said = Said(f"证书链文件不在：{token.chain}", f"the chain file is not there: {token.chain}")
            findings.absent("token_trust", said, about=token.path)
            chain = b""
        stamp = _check_stamp(findings, token, data, digest, chain, roots, times.get(token.path, at), at)
        if stamp.time is not None and stamp.trusted:
            for path in (token.of, *sealed.get(token.path, ())):
                times[path] = min(stamp.time, times.get(path, stamp.time))
        stamps.append(stamp)
    return tuple(reversed(stamps))


def is_anchored(stamps: Sequence[Stamp], stamped: Sequence[str]) -> datetime | None:
    """Give the earliest time that a trusted token over one of these paths proves, None if there is none."""
    times = [stamp.time for stamp in stamps if stamp.trusted and stamp.time and stamp.over in stamped]
    return min(times, default=None)


def _check_stamp(
    findings: Findings,
    token: NamedToken,
    data: bytes,
    digest: bytes,
    chain: bytes,
    roots: Sequence[Certificate],
    judged_at: datetime,
    at: datetime,
) -> Stamp:
    from monitor.certificate_chain import RootsUnreadableError, name_certificate, parse_certificates, write_chain
    from monitor.tsa import TokenInvalid, verify_token

    nothing = Stamp(token.kind, token.authority, token.path, token.of, None, False)
    extra: list[Certificate] = []
    try:
        extra = parse_certificates(chain, token.chain, _MOST_IN_CHAIN) if chain else []
        if write_chain(extra) != chain:
            raise RootsUnreadableError(f"{token.chain} holds more than its certificates, or is written in another way")
    except RootsUnreadableError as error:
        findings.failed(
            "token_trust", Said(f"证书链文件读不出：{error}", f"the chain cannot be read: {error}"), about=token.chain
        )
    try:
        facts = verify_token(data, digest, roots=roots, at=judged_at, extra_chain=extra)
        if not facts.trusted:
            facts = _judge_untrusted(findings, token, data, digest, roots, extra, facts)
    except TokenInvalid as error:
        wrong_imprint = str(error).startswith("wrong imprint")
        findings.failed(
            "token_imprint" if wrong_imprint else "token_signature",
            Said("时间戳盖的是别的内容", "the token was made for other bytes")
            if wrong_imprint
            else Said(f"时间戳被改动或已损坏（{error}）", f"the token was altered or is damaged: {error}"),
            about=token.path,
        )
        return nothing
    findings.passed("token_imprint", about=token.path)
    findings.passed("token_signature", Said(facts.signer, facts.signer), about=token.path)
    if facts.strays:
        names = ", ".join(facts.strays)
        findings.failed(
            "token_signature",
            Said(f"时间戳里有来历不明的证书：{names}", f"certificates of no known origin lie in the token: {names}"),
            about=token.path,
        )
    _check_certificates(findings, token, data, extra, facts)
    root = name_certificate(facts.chain[-1]) if facts.chain else ""
    if facts.trusted:
        findings.passed("token_trust", _say_trust(root, facts, judged_at, at), about=token.path)
    shown = f"{facts.gen_time:%Y-%m-%dT%H:%M:%SZ}"
    if facts.gen_time > at + SLACK:
        findings.failed(
            "token_time",
            Said(f"时间戳的时间 {shown} 晚于现在", f"the token's time {shown} lies in the future"),
            about=token.path,
        )
        return nothing
    if facts.trusted:
        findings.passed(
            "token_time",
            Said(f"早于 {shown}（{token.authority}）", f"before {shown} ({token.authority})"),
            about=token.path,
        )
    else:
        findings.cannot_say(
            "token_time",
            Said(f"所称 {shown}，机构不受信任", f"claims {shown}; the authority is not trusted"),
            about=token.path,
        )
    return Stamp(token.kind, token.authority, token.path, token.of, facts.gen_time, facts.trusted, facts.signer, root)


def _say_trust(root: str, facts: TokenFacts, judged_at: datetime, at: datetime) -> Said:
    """Name the root, and by what a token stands whose certificate has ended since."""
    if facts.expires_at > at:
        return Said(f"根证书：{root}", f"root: {root}")
    ended, shown = f"{facts.expires_at:%Y-%m-%d}", f"{judged_at:%Y-%m-%d}"
    return Said(
        f"根证书：{root}；证书已于 {ended} 到期，{shown} 的时间戳证明它在到期前已存在",
        f"root: {root}; its certificate ended on {ended}, and a token of {shown} proves that it existed before that",
    )


def _judge_untrusted(
    findings: Findings,
    token: NamedToken,
    data: bytes,
    digest: bytes,
    roots: Sequence[Certificate],
    extra: Sequence[Certificate],
    facts: TokenFacts,
) -> TokenFacts:
    """Tell a certificate that has ended since from one that was never trusted."""
    from monitor.tsa import verify_token

    then = verify_token(data, digest, roots=roots, at=None, extra_chain=extra)
    if then.trusted:
        ended = f"{then.expires_at:%Y-%m-%d}"
        said = Said(
            f"签发时受信任，但证书已于 {ended} 到期，且没有续盖的时间戳",
            f"it was trusted when it was made, but its certificate ended on {ended} and no token renews it",
        )
    else:
        said = Said(
            f"证书链没有通到受信任的根证书（{facts.problem}）。若您信任该机构，用 --trust 指定其根证书",
            f"{facts.problem}; if you trust the authority, give its root certificate by --trust",
        )
    findings.cannot_say("token_trust", said, about=token.path)
    return facts


def _check_certificates(
    findings: Findings, token: NamedToken, data: bytes, given: Sequence[Certificate], facts: TokenFacts
) -> None:
    """Name altered certificates in a token or beside it. They are needed for nothing, but bytes were changed."""
    from monitor.certificate_chain import is_issued_by
    from monitor.signed_token import read_signed_token

    held = read_signed_token(data).certificates
    known = (*held, *given, *facts.chain)
    for certificate, kind, about in (
        *((item, "token_signature", token.path) for item in held),
        *((item, "token_trust", token.chain) for item in given),
    ):
        if certificate in facts.chain:
            continue
        issuers = [other for other in known if other.subject == certificate.issuer]
        copied = any(other.signature == certificate.signature for other in facts.chain)
        unknown = kind == "token_trust" and not issuers
        if copied or unknown or (issuers and not any(is_issued_by(certificate, other) for other in issuers)):
            name = certificate.subject.rfc4514_string()[:200]
            said = Said(
                f"所附证书被改动或来历不明：{name}",
                f"a certificate with it was altered, or is of no known origin: {name}",
            )
            findings.failed(kind, said, about=about)


def _check_ots(findings: Findings, token: NamedToken, data: bytes, digest: bytes) -> Stamp:
    from monitor.ots import ProofInvalid, check_proof, is_installed

    nothing = Stamp(token.kind, token.authority, token.path, token.of, None, False)
    if not is_installed():
        said = Said(
            '核对 OpenTimestamps 需要安装：pip install "cardwatch[ots]"',
            'OpenTimestamps needs a library: pip install "cardwatch[ots]"',
        )
        findings.cannot_say("ots_proof", said, about=token.path)
        return nothing
    try:
        facts = check_proof(data, digest)
    except ProofInvalid as error:
        wrong = str(error).startswith("wrong digest")
        said = Said(f"证明被改动或已损坏（{error}）", f"the proof was altered or is damaged: {error}")
        findings.failed("token_imprint" if wrong else "ots_proof", said, about=token.path)
        return nothing
    findings.passed("token_imprint", about=token.path)
    blocks = ", ".join(f"{height} ({root})" for height, root in facts.blocks)
    if facts.blocks:
        said = Said(
            f"指向比特币区块 {blocks}；离线无法得知该区块是否存在，请自行核对其 Merkle 根",
            f"leads to Bitcoin block {blocks}; offline nobody can say whether there is such a block: compare its "
            "Merkle root yourself",
        )
    else:
        where = ", ".join(facts.pending) or "no calendar"
        said = Said(f"尚未进入比特币区块，等待 {where}", f"not in a Bitcoin block yet; waits for {where}")
    findings.cannot_say("ots_proof", said, about=token.path)
    return nothing
