"""Checks that a package holds what its proof names, each file where it belongs, and nothing else.

Whoever packs anew can list and sign any further file, and replay tools load every WARC, index and list of pages that
lies in the package. So a file that the proof does not name is an altered package, however well it is listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.verify.checks import Findings, Said, Unreadable
from monitor.verify.custody import DERIVATIVE
from monitor.verify.package import Export, is_litter
from monitor.verify.package_checks import EXPLAINING, LIST, SIGNED
from monitor.verify.page_list import PAGES
from monitor.verify.proof import PATH, Proof
from monitor.verify.reading import Misshaped, read_object
from monitor.verify.replay_index import INDEX
from storage.wacz_note import PATH as NOTE

SEALED, RESOLVED = "archive/capture.warc.gz", "archive/resolved.warc.gz"
_PROOF_FILE = re.compile(r"cardwatch/[^/]+")
_MOST_GROWTH = 1 << 20


def check_contents(findings: Findings, export: Export, proof: Proof) -> None:
    """Check every path of the proof, and every file of the package that is none of them."""
    for path, place in ((proof.warc.path, SEALED), (proof.resolved.path if proof.resolved else RESOLVED, RESOLVED)):
        if path != place:
            said = Said(f"这个文件应在 {place}", f"this file belongs at {place}: replay tools read what lies there")
            findings.failed("proof_format", said, about=path[:200])
    named = set(_list_paths(export, proof))
    for path in sorted(named):
        if not _PROOF_FILE.fullmatch(path):
            said = Said("证明材料应在 cardwatch/ 之下", "a file of the proof lies in cardwatch/, not elsewhere")
            findings.failed("proof_format", said, about=path[:200])
    known = {PATH, LIST, SIGNED, INDEX, PAGES, SEALED, NOTE, *EXPLAINING, *named}
    if proof.resolved is not None:
        known.add(RESOLVED)
    if proof.redacted:
        known.update(DERIVATIVE)
    for name in sorted(export.names):
        if name not in known and not is_litter(name):
            said = Said("证明没有提到这个文件：是后来加入的", "the proof does not name this file: it was added")
            findings.failed("other_files", said, about=name[:200])


def _list_paths(export: Export, proof: Proof) -> Iterator[str]:
    yield from (proof.manifest.path, proof.checkpoint)
    for entry in (proof.entry, *proof.keys, *proof.later_keys):
        yield from (entry.path, entry.proof)
    for token in proof.tokens:
        yield token.path
        if token.chain:
            yield token.chain
    for renewal in proof.renewals:
        yield from (renewal.entry.path, renewal.entry.proof, renewal.checkpoint)
    if not proof.consistency:
        return
    yield proof.consistency
    try:
        fields = read_object(export.read(proof.consistency, _MOST_GROWTH)) if export.has(proof.consistency) else {}
    except (Misshaped, Unreadable):
        return  # told where the growth of the log is checked
    yield from (value for value in (fields.get("from"), fields.get("to")) if isinstance(value, str))
