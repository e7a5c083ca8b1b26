"""Writes the letters of a pack: with its true pages, and where a note of data asks for them its witnesses and digests.

Takes the work, gives the letters; what in them needs a warning is added to the warnings of the work.
"""

from __future__ import annotations

from monitor.attestation.facts import Witness
from monitor.attestation.gather import gather_attestation, name_tool
from monitor.complaints.letters.write import Extra
from monitor.complaints.masking.third_parties import warn_public
from monitor.complaints.pack.gate import EVIDENCE_LIST, write_letters
from monitor.complaints.pack.model import WrittenLetter
from monitor.complaints.pack.work import Work
from storage.evidence import load_evidence


def write_case_letters(work: Work, pages: dict[str, str]) -> tuple[WrittenLetter, ...]:
    """The letters of the channel over what lies in the pack; `pages` by exhibit number."""
    exhibits = [one.exhibit for one in work.prepared]
    notes = {"data_note", "capture_note"} & set(work.opened.kinds)
    extra = Extra(
        pages=pages,
        witnesses=_find_witnesses(work) if notes else {},
        digests=_find_digests(work) if notes else {},
        disclose_reporter=work.disclose,
        tool=name_tool(),
        logged_in=frozenset(one.exhibit.id for one in work.prepared if one.session),
    )
    letters = write_letters(work.opened, work.file, exhibits, work.settings, work.masker, extra, work.prepared)
    work.warnings += [f"《{one.title}》：{one.too_long}" for one in letters if one.too_long]
    work.warnings += [
        f"《{one.title}》提到未附的证{'、'.join(one.leans_on)}，文中已注明“未附”：能提交的请另行提交"
        for one in letters
        if one.leans_on and one.kind != EVIDENCE_LIST
    ]
    work.warnings += warn_public(work.masker.masking, work.file)
    return letters


def _find_witnesses(work: Work) -> dict[str, tuple[Witness, ...]]:
    found = {}
    for one in work.prepared:
        if one.exhibit.form == "capture" and not one.withheld:
            place = gather_attestation(work.archive, one.exhibit.id, work.at).place
            found[one.exhibit.id] = place.witnesses if place else ()
    return found


def _find_digests(work: Work) -> dict[str, str]:
    """Of captures, and of originals that lie in the pack: from that of a masked text its secret could be tried out."""
    found = {}
    for one in work.prepared:
        told = dict(one.facts).get("WARC 文件 SHA-256", "")
        if told:
            found[one.exhibit.id] = told
        elif one.file is not None and not one.masked:
            found[one.exhibit.id] = load_evidence(work.archive, one.evidence).object
    return found
