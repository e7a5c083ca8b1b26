"""Gathers what can be said of one kept capture for its attestation (取证说明), and renders it.

Takes an open archive and a capture's id; reads back the sealed files and hashes them anew, so that nothing is attested
that is damaged. Asks no network and writes nothing. The words are in `words`, the page in
`page`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from monitor.attestation.facts import Attested, LogPlace, Witness
from monitor.attestation.mask import mask_attestation
from monitor.attestation.page import render_attestation
from monitor.evidence_rules import load_evidence_rules
from monitor.signed_token import SignatureWrongError, read_signed_token
from monitor.times import SHANGHAI
from storage.captures import get_capture
from storage.checkpoints import checkpoint_covering, head_of
from storage.custody import read_entry
from storage.errors import ArchiveDamaged
from storage.model import TimeToken, TokenKind, TokenStatus
from storage.objects import digest_file
from storage.token_renewals import first_lasting
from storage.tokens import tokens_of_checkpoint

if TYPE_CHECKING:
    from scrapers.model import Surroundings
    from storage.archive import Archive
    from storage.model import StoredCapture
    from storage.session import Session

__all__ = ["attest_capture", "describe_attestation", "gather_attestation", "render_attestation"]


def attest_capture(archive: Archive, capture_id: str, at: datetime, *, masks: Sequence[str] | None = None) -> str:
    """The attestation of a kept capture as one HTML page. Raises NotInArchive, or ArchiveDamaged with what is wrong.

    With `masks` (it may be empty) it is the one for a redacted copy: cookies, tokens and these texts are masked.
    """
    attested = gather_attestation(archive, capture_id, at)
    return render_attestation(attested if masks is None else mask_attestation(attested, masks))


def gather_attestation(archive: Archive, capture_id: str, at: datetime) -> Attested:
    """Everything that the attestation of a capture states; its files are hashed anew. Raises as `attest_capture`."""
    with archive.database.reading() as session:
        stored = get_capture(session, capture_id)
        place = _find_place(session, stored, at)
    for name, digest in (("WARC", stored.warc), ("manifest", stored.manifest)):
        path = archive.objects.path_of(digest)
        if not archive.objects.has(digest):
            raise ArchiveDamaged(f"the {name} of capture {stored.id} is missing ({digest}): run `cardwatch check`")
        if digest_file(path)[0] != digest:
            raise ArchiveDamaged(
                f"the {name} of capture {stored.id} was altered since it was sealed ({digest}): it is not attested; "
                "run `cardwatch check`, and bring back a backup"
            )
    rules = load_evidence_rules()
    return Attested(
        made_at=at,
        maker=name_tool(),
        stored=stored,
        capture=archive.load_capture(stored.id),
        manifest_bytes=archive.objects.path_of(stored.manifest).stat().st_size,
        place=place,
        rules=rules.in_force(at.astimezone(SHANGHAI).date()),
        rules_from=rules,
    )


def describe_attestation(attested: Attested) -> dict[str, object]:
    """The same as data; the field names are documented in docs/json.md."""
    capture, stored, place = attested.capture, attested.stored, attested.place
    return {
        "capture": stored.id,
        "made_at": attested.made_at,
        "maker": attested.maker,
        "url": capture.url,
        "hops": [{"url": hop.url, "status": hop.status} for hop in attested.hops],
        "final_url": capture.final_url,
        "title": capture.title,
        "started_at": capture.started_at,
        "ended_at": capture.ended_at,
        "origin": capture.origin,
        "outcome": capture.outcome,
        "reason": capture.reason,
        "detail": capture.detail,
        "status": capture.status,
        "missing": list(capture.missing),
        "refused": list(capture.refused),
        "tool": capture.tool,
        "browser": capture.browser,
        "vantage": capture.vantage,
        "proxy": capture.proxy,
        "session": capture.session,
        "surroundings": _surroundings_data(capture.surroundings),
        "steps": list(capture.steps_done),
        "names": list(capture.names),
        "servers": [{"address": address, "url": url} for address, url in attested.servers],
        "certificates": [
            {"host": item.host, "issuer": item.issuer, "chain_digest": item.chain_digest, "error": item.error}
            for item in capture.certificates
        ],
        "warc": {"sha256": stored.warc, "bytes": stored.warc_bytes},
        "manifest": {"sha256": stored.manifest, "bytes": attested.manifest_bytes},
        "views": [
            {"kind": view.kind, "name": view.name, "sha256": view.digest, "reused_from": view.reused_from}
            for view in capture.views
        ],
        "log": None if place is None else _place_data(place),
        "rules": [{"rule": rule.id, "title": rule.title, "article": rule.article} for rule in attested.rules],
    }


def _find_place(session: Session, stored: StoredCapture, at: datetime) -> LogPlace | None:
    """The capture's entry, and the earliest signed head over it that has a token (else the earliest at all)."""
    if stored.log_index is None:
        return None
    entry = read_entry(session, stored.log_index)
    checkpoint = first_lasting(session, entry.index, at) or checkpoint_covering(session, entry.index)
    if checkpoint is None:
        return LogPlace(entry.index, entry.at)
    head = head_of(checkpoint)
    witnesses = tuple(
        _read_witness(token)
        for token in tokens_of_checkpoint(session, checkpoint)
        if token.status is not TokenStatus.REFUSED
    )
    return LogPlace(entry.index, entry.at, head.origin, head.root.hex(), checkpoint, witnesses)


def _read_witness(token: TimeToken) -> Witness:
    signer = issuer = ""
    if token.kind is TokenKind.RFC3161 and token.data is not None:
        try:
            certificate = read_signed_token(token.data).signer
        except SignatureWrongError as error:
            raise ArchiveDamaged(
                f"the token of {token.authority} cannot be read: {error}; run `cardwatch check`"
            ) from None
        signer, issuer = certificate.subject.rfc4514_string(), certificate.issuer.rfc4514_string()
    return Witness(
        kind=token.kind,
        status=token.status,
        authority=token.authority,
        stamped_at=token.stamped_at,
        expires_at=token.expires_at,
        renews=token.renews is not None,
        signer=signer,
        issuer=issuer,
    )


def name_tool() -> str:
    """This tool with its release."""
    try:
        return f"cardwatch {version('cardwatch')}"
    except PackageNotFoundError:
        return "cardwatch"


def _surroundings_data(surroundings: Surroundings | None) -> dict[str, object] | None:
    return None if surroundings is None else asdict(surroundings)


def _place_data(place: LogPlace) -> dict[str, object]:
    checkpoint = place.checkpoint
    return {
        "index": place.index,
        "entered_at": place.entered_at,
        "origin": place.origin,
        "checkpoint": None
        if checkpoint is None
        else {
            "size": checkpoint.size,
            "root": place.root,
            "sha256": checkpoint.digest,
            "made_at": checkpoint.made_at,
        },
        "tokens": [
            {
                "kind": witness.kind,
                "status": witness.status,
                "authority": witness.authority,
                "stamped_at": witness.stamped_at,
                "expires_at": witness.expires_at,
                "signer": witness.signer,
                "issuer": witness.issuer,
                "trusted_timestamp": witness.is_trusted_timestamp,
            }
            for witness in place.witnesses
        ],
    }
