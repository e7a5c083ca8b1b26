"""Clauses that may be unfair, as the pages showed them around the order and as they were seen last.

Each comes with what the same page says that softens it; a clause that a person has to judge is left to him. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from monitor.complaints.letters.material import Material
from monitor.complaints.letters.page_names import name_page
from monitor.complaints.letters.page_sight import Sight, is_said_of_it, look_at
from monitor.complaints.letters.page_sightings import LEAST, LONGEST, pin_quote, say_seen, say_told
from monitor.complaints.letters.sentences import fact
from monitor.complaints.model import PageAround, SeenVersion, Sentence
from monitor.complaints.routing.report_parties import Doer, author_of, doer_of
from monitor.review.model import TermFinding
from scrapers.model import Origin

_MOST_CLAUSES = 8


@dataclass(frozen=True)
class Clause:
    """An unfair or risky clause as a page showed it: the finding, where and when it was seen, the marks."""

    finding: TermFinding
    sentences: tuple[Sentence, ...]
    quote: str
    doer: Doer = Doer.SITE  # whose page or words it stands in
    own: bool = True  # seen by this tool: what a file of somebody else holds may never have been shown


def find_clauses(material: Material, *, most: int = _MOST_CLAUSES) -> tuple[Clause, ...]:
    """Clauses of the page's rules nearest to the order that may be unfair, as they were shown."""
    found: dict[str, Clause] = {}
    for page in material.file.pages:
        seen = page.nearest
        if seen is None:
            continue
        sight = look_at(seen)
        for finding in seen.findings:
            whole = _clause_of(sight, finding)
            quote = material.clean(whole, most=LONGEST)
            if not finding.quotable or len(quote) < LEAST or finding.pattern in found or len(found) >= most:
                continue
            if finding.needs_human:
                material.note(f"条款“{finding.name}”须人工核对后再写，未写入文书")
                continue
            told = pin_quote(
                material, page, f"{name_page(material, page.url, page.role)}{say_told(seen)}“{quote}”", whole
            )
            own = seen.origin is Origin.OWN
            found[finding.pattern] = Clause(
                finding, (told, *_soften(material, seen, finding)), quote, _doer_of(material, page, seen, finding), own
            )
    return tuple(found.values())


def find_clauses_now(material: Material, *, most: int = _MOST_CLAUSES) -> tuple[Clause, ...]:
    """Clauses that may be unfair on the pages as they were seen last: what an office can still look at."""
    found: dict[str, Clause] = {}
    for page in material.file.pages:
        seen = page.newest
        if seen is None or seen.capture == (page.nearest.capture if page.nearest else ""):
            continue
        sight = look_at(seen)
        for finding in seen.findings:
            quote = material.clean(_clause_of(sight, finding), most=LONGEST)
            if not finding.quotable or finding.needs_human or len(quote) < LEAST or finding.pattern in found:
                continue
            if len(found) < most:
                shown = "的抓取中显示" if seen.origin is Origin.OWN else "的文件中载有"
                what = name_page(material, page.url, page.role)
                told = fact(f"该{what}在{say_seen(seen)}{shown}“{quote}”", material.marks_of((seen.capture,)))
                own = seen.origin is Origin.OWN
                found[finding.pattern] = Clause(
                    finding,
                    (told, *_soften(material, seen, finding)),
                    quote,
                    _doer_of(material, page, seen, finding),
                    own,
                )
    return tuple(found.values())


def _doer_of(material: Material, page: PageAround, seen: SeenVersion, finding: TermFinding) -> Doer:
    return doer_of(material.file, page.url, page.role, author_of(seen, finding.text))


def _soften(material: Material, seen: SeenVersion, finding: TermFinding) -> Iterator[Sentence]:
    """What the same page says that softens the clause: left out, it would be held against the writer."""
    for text in (*finding.exceptions, *finding.counter_evidence)[:2]:
        quote = material.clean(look_at(seen).whole(text), most=LONGEST)
        if quote:
            yield fact(f"同一页面另有“{quote}”的表述", material.marks_of((seen.capture,)))


def _clause_of(sight: Sight, finding: TermFinding) -> str:
    """A clause as the whole sentence that holds it; "" where it was not to be seen, or is only quoted or taken back."""
    whole = sight.whole(finding.text)
    if finding.lead_in and whole:  # an item of a list is no clause without the line that leads it in
        lead = sight.whole(finding.lead_in)
        whole = f"{lead}……{whole}" if lead else ""
    lines = [line for line in finding.text.splitlines() if line.strip()]
    return whole.rstrip("。") if whole and all(is_said_of_it(line, whole) or len(lines) > 1 for line in lines) else ""
