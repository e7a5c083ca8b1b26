"""Checks one export: its package, the capture in it, and its place in the custody log, in this order.

Goes on after damage wherever something is left to be checked, so that every altered part is named.
"""

from __future__ import annotations

import re

from monitor.verify.capture import Scan, check_manifest, check_warc
from monitor.verify.checks import Findings, Said, Status, Unreadable
from monitor.verify.contents import check_contents
from monitor.verify.custody import CustodyCheck
from monitor.verify.log_check import read_moment
from monitor.verify.options import Options
from monitor.verify.package import Export
from monitor.verify.package_checks import check_list, fetch_file, note_unreadable
from monitor.verify.package_note import check_package_note
from monitor.verify.page_list import check_description, check_pages
from monitor.verify.proof import MOST_BYTES, PATH, Proof, read_proof
from monitor.verify.provenance import check_provenance, check_statement
from monitor.verify.reading import Misshaped
from monitor.verify.replay import check_resolved, read_outline
from monitor.verify.replay_index import check_index
from monitor.verify.verdict import Facts, Subject, Trace, judge
from storage.manifest import Manifest

_CAPTURE_ID = re.compile(r"c-\d{8}T\d{6}-[0-9a-z]{8}")


def check_export(export: Export, options: Options, findings: Findings) -> Subject:
    """Check an export; `findings` hold what was found of its container already."""
    facts, trace = Facts(), Trace()
    try:
        _check(export, options, findings, facts, trace)
    except Unreadable as error:
        note_unreadable(findings, error)
    facts.redacted = sum(check.status is Status.REDACTED for check in findings.list())
    verdict = judge(findings, facts)
    return Subject(export.label, "capture", verdict, facts, findings.list(), trace)


def _check(export: Export, options: Options, findings: Findings, facts: Facts, trace: Trace) -> None:
    check_list(findings, export, options.tick)
    if not export.has(PATH):
        listed = findings.has("package_digests", Status.ABSENT)
        said = Said("没有证明文件 cardwatch/proof.json", "there is no cardwatch/proof.json")
        (findings.absent if listed else findings.cannot_say)("nothing_proven", said)
        return
    data = fetch_file(findings, "proof_format", export, PATH, MOST_BYTES)
    if data is None:
        return
    try:
        proof = read_proof(data)
    except Misshaped as error:
        findings.failed("proof_format", Said(f"证明文件读不懂（{error}）", str(error)), about=PATH)
        return
    check_contents(findings, export, proof)
    findings.settle("proof_format")
    manifest = check_manifest(findings, export, proof, options.tick)
    log = CustodyCheck(export, proof, options, findings, facts)
    log.check()
    check_package_note(findings, export, proof, log.signer)
    trace.heads, trace.moments, trace.manifest = tuple(log.heads), tuple(log.moments), proof.manifest.sha256
    if manifest is not None:
        _check_content(export, proof, manifest, options, findings, facts)
        log.check_clock(manifest)


def _check_content(
    export: Export, proof: Proof, manifest: Manifest, options: Options, findings: Findings, facts: Facts
) -> None:
    sealed = manifest.fields.get("capture")
    told = sealed if isinstance(sealed, dict) else {}
    facts.capture, facts.url, facts.outcome = (str(told.get(name, "")) for name in ("id", "url", "outcome"))
    facts.started_at, facts.ended_at = (read_moment(told, name) for name in ("started_at", "ended_at"))
    facts.title = str(proof.capture.get("title", ""))
    scan = check_warc(findings, export, proof, manifest, options.tick)
    check_provenance(findings, proof, manifest, scan.provenance)
    check_statement(findings, proof, manifest, scan.provenance)
    _check_replay(export, proof, manifest, scan, options, findings)
    _note_redactions(proof, manifest, findings)
    named = [name for name in _CAPTURE_ID.findall(export.label) if name != facts.capture]
    if named:
        said = Said(
            f"文件名写的是另一次抓取 {named[-1]}，内容是 {facts.capture}",
            f"the file is named after the capture {named[-1]}, but holds {facts.capture}",
        )
        findings.failed("statement", said, about=export.label[-200:])


def _check_replay(
    export: Export, proof: Proof, manifest: Manifest, scan: Scan, options: Options, findings: Findings
) -> None:
    outline = read_outline(findings, scan.provenance) if scan.provenance is not None else None
    if outline is None:
        return
    check_resolved(findings, export, proof, scan, outline, options.tick)
    check_index(findings, export, proof, scan, outline)
    check_pages(findings, export, outline, proof, scan)
    check_description(findings, export, outline, proof, scan, manifest)


def _note_redactions(proof: Proof, manifest: Manifest, findings: Findings) -> None:
    redactions = proof.redactions
    if not proof.redacted:
        if redactions.count:
            said = Said(
                "未标为遮盖副本，却列有遮盖", "parts are listed as redacted in what is said to be no redacted copy"
            )
            findings.failed("redactions", said)
        return
    beyond = [number for number in redactions.records if not 0 <= number < len(manifest.records)]
    beyond += [number for number in redactions.exchanges if not 0 <= number < len(manifest.exchanges)]
    if beyond:
        findings.failed("redactions", Said(f"没有第 {beyond[0]} 项", f"there is no part {beyond[0]} to redact"))
        return
    said = Said(f"{redactions.count} 处未按原样提供", f"{redactions.count} parts are not here as they were sealed")
    findings.add("redactions", Status.REDACTED, said)
