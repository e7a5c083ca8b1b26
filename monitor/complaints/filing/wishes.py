"""What the buyer himself asked the seller for, where the demands of the case ask for nothing of it.

A paper that asks for money beside a story that asks for the goods turns what he wanted. Takes a case file, gives his
words, for a warning: whoever was refused may well want something else now. Pure.
"""

from __future__ import annotations

from monitor.complaints.evidence.said_lines import BUYER, read_chat
from monitor.complaints.filing.contrary_evidence import TALKS
from monitor.complaints.model import CaseFile
from monitor.complaints.routing.filing_words import clauses_of, own_words, pattern, quote_clause
from storage.case import DemandKind

_ROWS = {
    DemandKind.DELIVER: "wish_deliver",
    DemandKind.REPLACE: "wish_replace",
    DemandKind.REFUND: "wish_refund",
}
_SAME = {DemandKind.RELEASE: DemandKind.REFUND, DemandKind.FRAUD: DemandKind.REFUND}


def find_unmet_wish(file: CaseFile) -> str:
    """The buyer's words that ask for something, where no demand asks for that or for another thing that he wished."""
    facts = file.case.facts
    asked = {_SAME.get(one.kind, one.kind) for one in facts.demands}
    wished = {kind: words for kind, row in _ROWS.items() if (words := _find(file, row))}
    if not asked or not wished or asked & set(wished):
        return ""
    return quote_clause(next(iter(wished.values())))


def _find(file: CaseFile, row: str) -> str:
    facts = file.case.facts
    wanted, apart = pattern("story", row), pattern("story", "wish_unless")
    own = [
        line.words.strip()
        for item in file.items
        if item.removed_at is None and item.kind in TALKS
        for line in read_chat(item.text, facts)
        if line.who == BUYER
    ]
    clauses = (one for text in (own_words(facts.what_happened), *own) for one in clauses_of(text))
    return next((one for one in clauses if wanted.search(one) and not apart.search(one)), "")
