"""Checks the sealed record of a visit: each exchange and the rest with their commitments, and what is said of it."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.verify.checks import Findings, Said, Status
from monitor.verify.proof import Proof, Redactions, Salts
from storage.manifest import SECRET_HEADER, Manifest, commit, json_piece
from storage.provenance import Provenance

_STATED = {"id", "url", "started_at", "ended_at", "title"}


def check_provenance(findings: Findings, proof: Proof, manifest: Manifest, provenance: Provenance | None) -> None:
    """Check every exchange and the rest of the visit with their commitments."""
    salts = proof.salts
    if provenance is None:
        withheld = 1 in proof.redactions.records
        for kind in ("exchange_commitments", "visit_commitment"):
            said = Said("WARC 中没有可读的抓取记录", "the WARC holds no readable record of the visit")
            findings.add(kind, Status.REDACTED if withheld else Status.ABSENT, said)
        return
    if salts.none and not proof.redacted:
        note_no_salts(findings, "exchange_commitments", "visit_commitment")
        return
    table = provenance.exchanges
    if len(table) != len(manifest.exchanges):
        said = Said(
            f"有 {len(table)} 次请求，清单封存了 {len(manifest.exchanges)} 次",
            f"{len(table)} exchanges, {len(manifest.exchanges)} were sealed",
        )
        findings.failed("exchange_commitments", said)
    for number, (entry, stated) in enumerate(zip(table, manifest.exchanges, strict=False)):
        _check_exchange(findings, number, entry, stated, salts, proof.redactions)
    findings.settle("exchange_commitments", Said(f"{len(table)} 次请求", f"{len(table)} exchanges"))
    _check_visit(findings, proof, manifest, provenance)


def check_statement(findings: Findings, proof: Proof, manifest: Manifest, provenance: Provenance | None) -> None:
    """Check that proof.json and the record of the visit say the same as the manifest."""
    stated = manifest.fields.get("capture")
    sealed = stated if isinstance(stated, dict) else {}
    masked = provenance is None or proof.redactions.visit is not None
    seen = provenance.capture if provenance is not None and not masked else {}
    wrong = [
        f"proof.json {name}" for name in ("id", "url", "started_at", "ended_at")
        if proof.capture.get(name) != sealed.get(name)
    ]  # fmt: skip
    for name in ("id", "url", "outcome", "reason", "status", "started_at", "ended_at"):
        value = seen.get(name)
        if isinstance(value, (str, int)) and _plain(value) != _plain(sealed.get(name)):
            wrong.append(f"capture {name}")
    # A masked visit bears the title that is left of it: nobody may state another in the proof.
    if provenance is not None and proof.capture.get("title") != provenance.capture.get("title", ""):
        wrong.append("proof.json title")
    wrong += [f"proof.json {name[:40]}" for name in proof.capture.keys() - _STATED]
    if wrong:
        findings.failed("statement", Said(f"不一致：{', '.join(wrong)}", f"they differ in {', '.join(wrong)}"))
    findings.settle("statement")


def note_no_salts(findings: Findings, *kinds: str) -> None:
    """Tell that parts cannot be checked one by one."""
    for kind in kinds:
        findings.cannot_say(
            kind,
            Said(
                "盐未公开或已销毁，不能逐条核对；整个文件仍由其摘要证明",
                "the salts are not disclosed or were destroyed, so parts cannot be checked one by one; the digest of "
                "the whole file proves them all the same",
            ),
        )


def _check_exchange(
    findings: Findings, number: int, entry: object, stated: str, salts: Salts, redactions: Redactions
) -> None:
    about = f"exchange {number}"
    if isinstance(entry, dict) and isinstance(entry.get("url"), str):
        about += f": {entry['url'][:200]}"
    if number in redactions.exchanges and entry not in ({"redacted": True}, {"redacted": stated}):
        said = Said("写明已遮盖，却另有内容", "is said to be withheld, and something stands there")
        findings.failed("exchange_commitments", said, about=about)
        return
    if number in redactions.exchanges:
        findings.add("exchange_commitments", Status.REDACTED, Said("未提供", "withheld"), about=about)
        return
    salt = salts.of(f"exchange:{number}")
    blinded = blind(entry, number, salts)
    if salt is None or blinded is None:
        said = Said("没有公开核对它所需的盐", "the salt to check it with is not disclosed")
        findings.absent("exchange_commitments", said, about=about)
    elif commit(salt, json_piece(blinded)) != stated:
        said = Said("与封存时的承诺不符：内容被改", "is not what the manifest commits to: it was altered")
        findings.failed("exchange_commitments", said, about=about)


def blind(entry: object, number: int, salts: Salts) -> object | None:
    """Blind an entry as docs/evidence.md says, with the salts at hand; None where one that is needed is not."""
    if not isinstance(entry, dict):
        return entry
    blinded = dict(entry)
    for side in ("request_headers", "response_headers"):
        headers = entry.get(side)
        if not isinstance(headers, list):
            continue
        done: list[object] = []
        for place, pair in enumerate(headers):
            secret = isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str)
            if secret and SECRET_HEADER.search(pair[0]) and not isinstance(pair[1], dict):
                salt = salts.of(f"exchange:{number}:{side}:{place}")
                if salt is None:
                    return None
                done.append([pair[0], {"redacted": commit(salt, json_piece(pair[1]))}])
            else:
                done.append(pair)
        blinded[side] = done
    body = entry.get("request_body")
    if body is not None and not isinstance(body, dict):
        salt = salts.of(f"exchange:{number}:request_body")
        if salt is None:
            return None
        blinded["request_body"] = {"redacted": commit(salt, json_piece(body))}
    return blinded


def _check_visit(findings: Findings, proof: Proof, manifest: Manifest, provenance: Provenance) -> None:
    if proof.redactions.visit is not None:
        findings.add("visit_commitment", Status.REDACTED, Said("访问情况经过遮盖", "masked"))
        return
    salt = proof.salts.of("visit")
    if salt is None:
        findings.absent("visit_commitment", Said("没有公开核对它所需的盐", "its salt is not disclosed"))
    elif commit(salt, json_piece(provenance.visit)) != manifest.visit:
        findings.failed(
            "visit_commitment",
            Said("与封存时的承诺不符：内容被改", "is not what the manifest commits to: it was altered"),
        )
    else:
        findings.passed("visit_commitment")


def _plain(value: object) -> object:
    """A moment in the form of the manifest, anything else as it is."""
    if isinstance(value, str) and len(value) > 18 and value[4:5] == "-" and value[10:11] == "T":
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except ValueError:
            return value
    return value
