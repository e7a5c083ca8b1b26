"""Checks that later tokens seal earlier ones: by the earlier token's entry in the log that the later one stamps.

The later token is over a checkpoint, and the checkpoint's root commits to the entry, which names the earlier token's
SHA-256. So the earlier one existed by the later one's time, whoever keeps the log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from monitor.verify.checks import Findings, Said
from monitor.verify.log import MOST_ENTRY, check_inclusion, read_entry, read_sealed
from monitor.verify.package import Export
from monitor.verify.package_checks import fetch_file
from monitor.verify.proof import NamedRenewal
from monitor.verify.reading import Misshaped, take_digest
from monitor.verify.tokens import MOST_TOKEN, NamedToken
from storage.errors import ArchiveDamaged
from storage.notes import MOST_NOTE_BYTES, parse_proof


def check_renewals(
    findings: Findings, export: Export, renewals: Sequence[NamedRenewal], tokens: Sequence[NamedToken]
) -> dict[str, tuple[str, ...]]:
    """Check every renewal; gives for each later token the earlier ones that it seals (perhaps none), by their paths."""
    over = {token.path: token.of for token in tokens}
    sealed: dict[str, tuple[str, ...]] = {}
    for renewal in renewals:
        if over.get(renewal.by) != renewal.checkpoint or renewal.token not in over:
            said = Said("续签所指的时间戳不在这里", "it speaks of tokens that are not named so")
            findings.failed("token_renewal", said, about=renewal.entry.path[:200])
            continue
        known = sealed.setdefault(renewal.by, ())
        if _holds(findings, export, renewal):
            sealed[renewal.by] = (*known, renewal.token)
    return sealed


def _holds(findings: Findings, export: Export, renewal: NamedRenewal) -> bool:
    kind, path = "token_renewal", renewal.entry.path
    data = fetch_file(findings, kind, export, path, MOST_ENTRY)
    proof = fetch_file(findings, kind, export, renewal.entry.proof, 2 * MOST_NOTE_BYTES)
    checkpoint = fetch_file(findings, kind, export, renewal.checkpoint, MOST_NOTE_BYTES)
    token = fetch_file(findings, kind, export, renewal.token, MOST_TOKEN)
    if data is None or proof is None or checkpoint is None or token is None:
        return False
    try:
        entry = read_entry(data, renewal.entry.index)
        named = take_digest(entry.fields, "sha256")
        found, sealed = parse_proof(proof), read_sealed(checkpoint)
    except (Misshaped, ArchiveDamaged) as error:
        findings.failed(kind, Said(f"读不懂（{error}）", str(error)), about=path[:200])
        return False
    if entry.kind != "token" or named != hashlib.sha256(token).hexdigest():
        said = Said("条目登记的不是这个时间戳", "the entry does not name this token")
        findings.failed(kind, said, about=path[:200])
        return False
    if not check_inclusion(findings, kind, path[:200], data, entry.index, found, sealed):
        return False
    said = Said(f"第 {entry.index} 条", f"entry {entry.index}")
    findings.passed(kind, said, about=renewal.token)
    return True
