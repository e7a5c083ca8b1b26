"""Clauses that may be unfair, as the pages showed them around the order and as they were seen last.

Each comes with what the same page says that softens it; a clause that a person has to judge is left to him. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from monitor.complaints.letters.charges import grants, needs_person
from monitor.complaints.letters.material import Material
from monitor.complaints.letters.page_moves import is_of_told_site
from monitor.complaints.letters.page_names import name_page
from monitor.complaints.letters.page_sight import Sight, is_said_of_it, is_shown, look_at, make_dense
from monitor.complaints.letters.page_sightings import LEAST, LONGEST, pin_quote, say_seen, say_told
from monitor.complaints.letters.sentences import fact
from monitor.complaints.model import PageAround, SeenVersion, Sentence
from monitor.complaints.routing.report_parties import Doer, author_of, doer_of
from monitor.review.model import TermFinding
from scrapers.model import Origin

_MOST_CLAUSES = 8


@dataclass(frozen=True)
class Clause:
    """An unfair or risky sentence as a page showed it: all that was found in it, where and when it was seen."""

    findings: tuple[TermFinding, ...]
    sentences: tuple[Sentence, ...]
    quote: str
    doer: Doer = Doer.SITE  # whose page or words it stands in
    own: bool = True  # seen by this tool: what a file of somebody else holds may never have been shown
    heading: str = ""  # what stands above it on the page


def find_clauses(material: Material, *, most: int = _MOST_CLAUSES) -> tuple[Clause, ...]:
    """Clauses of the page's rules nearest to the order that may be unfair, as they were shown."""

    def tell(page: PageAround, seen: SeenVersion, quote: str, whole: str) -> Sentence:
        what = f"{name_page(material, page.url, page.role)}{say_told(seen)}“{quote}”"
        return pin_quote(material, page, what, whole)

    pages = [page for page in material.file.pages if page.before is not None or is_of_told_site(material, page)]
    if len(pages) < len(material.file.pages):
        material.note("下单以后才见到的另一网站，页面上的条款没有写入：它与下单网站的关系查明以后再写")
    sides = [(page, page.nearest) for page in pages]
    return _gather(material, sides, tell, most, noted=True)


def find_clauses_now(material: Material, *, most: int = _MOST_CLAUSES) -> tuple[Clause, ...]:
    """Clauses that may be unfair on the pages as they were seen last: what an office can still look at."""

    def tell(page: PageAround, seen: SeenVersion, quote: str, _whole: str) -> Sentence:
        shown = "的抓取中显示" if seen.origin is Origin.OWN else "的文件中载有"
        what = name_page(material, page.url, page.role)
        return fact(f"该{what}在{say_seen(seen)}{shown}“{quote}”", material.marks_of((seen.capture,)))

    newest = [(page, page.newest) for page in material.file.pages]
    sides = [
        (page, seen) for page, seen in newest if seen and seen.capture != (page.nearest.capture if page.nearest else "")
    ]
    return _gather(material, sides, tell, most, noted=False)


def _gather(
    material: Material,
    sides: Iterable[tuple[PageAround, SeenVersion | None]],
    tell: Callable[[PageAround, SeenVersion, str, str], Sentence],
    most: int,
    *,
    noted: bool,
) -> tuple[Clause, ...]:
    """The sentences in which something was found, each once with all of it; each kind once."""
    found: dict[str, Clause] = {}
    kinds: set[str] = set()
    for page, seen in sides:
        sight = look_at(seen) if seen is not None else None
        for finding in seen.findings if seen is not None else ():
            assert seen is not None and sight is not None
            whole = _clause_of(sight, finding)
            quote = material.clean(whole, most=LONGEST)
            if not finding.quotable or len(quote) < LEAST or finding.pattern in kinds:
                continue
            if grants(finding.pattern, quote):
                continue
            if finding.needs_human or needs_person(finding.pattern, quote):
                if noted and len(found) < most:
                    material.note(f"条款“{finding.name}”须人工核对后再写，未写入文书")
                continue
            doer = _doer_of(material, page, seen, finding)
            known = found.get(make_dense(quote))
            if known is not None and known.doer is doer:
                also = [one for one in _soften(material, seen, finding) if one not in known.sentences]
                more = replace(known, findings=(*known.findings, finding), sentences=(*known.sentences, *also))
                found[make_dense(quote)] = more
            elif known is None and len(found) < most:
                told = (tell(page, seen, quote, whole), *_soften(material, seen, finding))
                own = seen.origin is Origin.OWN
                heading = _heading_of(seen, finding)
                found[make_dense(quote)] = Clause((finding,), told, quote, doer, own, heading)
            else:
                continue
            kinds.add(finding.pattern)
    return tuple(found.values())


def _heading_of(seen: SeenVersion, finding: TermFinding) -> str:
    """What stands above a clause on its page: the line that leads its list in, and the heading of its block."""
    dense = make_dense(finding.text)
    blocks = (one.heading for one in seen.reading.blocks if is_shown(one) and dense in make_dense(one.text))
    return f"{finding.lead_in}\n{next(blocks, '')}".strip()


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
