"""What the kept evidence itself says against the claim: the money came back, the key worked, the seller sent it again.

Takes a case file, gives what was read in which item. A chat counts only where it is known who speaks; what is asked,
denied or only meant to come counts for nothing. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from monitor.complaints.evidence.contradictions import find_contradictions
from monitor.complaints.evidence.said_lines import (
    BUYER,
    SELLER,
    UNKNOWN,
    asks_remedy,
    is_question,
    names_nobody,
    read_chat,
)
from monitor.complaints.model import CaseFile
from monitor.complaints.routing.filing_words import clauses_of, explained, pattern
from storage.case import Answer, CaseItem, Facts, ProblemKind

BILLS = ("order", "voucher", "wallet_bill")
CHATS = ("chat", "demand_chat", "first_complaint", "reply", "refusal")
_RESULTS = ("failure", "use_trace", "recording", "balance_record")
_WORKS = (ProblemKind.DEAD_KEY, ProblemKind.EXPIRED_KEY)
_COMES = (ProblemKind.NOT_DELIVERED, ProblemKind.TOPUP_MISSING)
_MOST_TEXT = 50_000
_MOST_READ = 40
_SENTENCE = re.compile(r"[。！？!?；;\n]+")
_CLAUSE = re.compile(r"[,，]+")
_SUM = re.compile(r"(?<![\d.])(\d{1,7}(?:\.\d{1,2})?)(?![\d.:：年月/-])")


@dataclass(frozen=True)
class AgainstClaim:
    """What one item (or the seller's words as told) says. `amount` of money that came back, None where unknown."""

    field: str  # refunded, worked, resent, settled, offered
    item: str  # item id, "" for the buyer's own account
    title: str
    read: str
    amount: Decimal | None = None
    whole: bool = False  # all of the money
    proof: bool = False  # a bill or a picture says it: no word of the buyer clears it up

    @property
    def words(self) -> str:
        """The words of which the buyer may say what they mean; "" of a proof."""
        return "" if self.proof else self.read


def find_against(file: CaseFile) -> tuple[AgainstClaim, ...]:
    """Everything that speaks against the claim and that the buyer's own account does not clear up."""
    facts = file.case.facts
    found: list[AgainstClaim] = []
    for item in file.items:
        if item.removed_at is not None or item.duplicate_of or not item.text.strip():
            continue
        if item.kind in BILLS:
            found += _refund_in_bill(item)
        if item.kind in CHATS:
            found += _refund_in_chat(item, facts)
            found += _settled_in_chat(item, facts)
        found += _worked(item, facts)
    found += _told_by_seller(facts)
    return tuple(one for one in found if not _is_cleared(one, facts))


def find_refund(file: CaseFile) -> AgainstClaim | None:
    """Money that came back by what was kept, and that the demands and the record do not reckon with."""
    refunds = [one for one in find_against(file) if one.field == "refunded"]
    paid = file.case.facts.paid
    back = sum((step.returned for step in file.steps if step.returned is not None), Decimal(0))
    asked = sum((one.amount or Decimal(0) for one in file.case.facts.demands if one.kind.value == "refund"), Decimal(0))
    for one in refunds:
        amount = paid if one.whole and one.amount is None else one.amount
        if amount is None or paid is None:
            if not back:
                return one
        elif back < amount and (asked > paid - amount or amount >= paid):
            return one
    return None


def find_undone(file: CaseFile) -> frozenset[str]:
    """The evidence ids of bills and orders that show no payment that stands: unpaid, closed, failed, or paid back."""
    unpaid = {one.item for one in find_contradictions(file) if one.field == "unpaid"}
    back = {one.item for one in find_against(file) if one.field == "refunded"}
    return frozenset(
        item.evidence
        for item in file.items
        if item.kind in BILLS and item.id in unpaid | back and item.removed_at is None
    )


def find_contrary(file: CaseFile) -> frozenset[str]:
    """The evidence ids of pictures of a result that read as success where the claim is that it failed."""
    worked = {one.item for one in find_against(file) if one.field == "worked"}
    return frozenset(item.evidence for item in file.items if item.kind in _RESULTS and item.id in worked)


def find_offer(file: CaseFile, *, unnamed: bool = False) -> AgainstClaim | None:
    """What the seller offers in a chat, money back or other goods, and neither the answer nor the story tells.

    With `unnamed` what is offered in a chat in which no line says who speaks.
    """
    facts = file.case.facts
    reply, story = _plain(facts.seller_reply), _plain(facts.what_happened)
    told = any(pattern("proofs", "tells_offer").search(text) for text in (reply, story))
    if told or any(_offers(clause) for clause in _CLAUSE.split(reply)):
        return None
    found: AgainstClaim | None = None
    for item in file.items:
        if item.removed_at is not None or item.kind not in CHATS or item.text_source == "html":
            continue
        lines = read_chat(_plain(item.text), facts)
        if unnamed and not names_nobody(lines):
            continue
        for line in lines:
            for part in _SENTENCE.split(line.words):
                if line.who != (UNKNOWN if unnamed else SELLER) or _is_question(part, line.words):
                    continue
                if _offers(part):
                    found = AgainstClaim("offered", item.id, item.title, _cut(part))
                elif pattern("proofs", "refused").search(part):
                    found = None
    dense = "".join(reply.split())
    if found is None or found.read in explained(facts) or "".join(found.read.rstrip("…").split()) in dense:
        return None
    return found


def _offers(text: str) -> bool:
    return bool(pattern("proofs", "offer").search(text)) and not _denied(text, "offer_unless")


def _refund_in_bill(item: CaseItem) -> Iterator[AgainstClaim]:
    text = _plain(item.text)
    if len(set(pattern("proofs", "transaction").findall(text))) > 1:
        return  # a list of bills: the refund may be of another trade
    for line in text.splitlines():
        said = pattern("proofs", "refunded_bill").search(line)
        if said is None or pattern("proofs", "refunded_bill_unless").search(line):
            continue
        sums = _sums(line[said.start() :]) or _sums(line)
        yield AgainstClaim(
            "refunded", item.id, item.title, _cut(line), sums[0] if sums else None, "全额" in line or "全部" in line,
            proof=True,
        )  # fmt: skip
        return


def _refund_in_chat(item: CaseItem, facts: Facts) -> Iterator[AgainstClaim]:
    """The seller says that it was paid back, or the buyer that it came; taken back by a later line of the buyer."""
    found: AgainstClaim | None = None
    offered = bool(pattern("proofs", "refund_word").search(facts.seller_reply))
    last = ""  # what the seller said last
    for line in read_chat(_plain(item.text), facts):
        for part in _SENTENCE.split(line.words):
            if not part.strip() or _is_question(part, line.words):
                continue
            if line.who == SELLER:
                if _tells_refund(part):
                    sums = _sums(part)
                    whole = "全额" in part or "全部" in part or "全款" in part
                    found = AgainstClaim("refunded", item.id, item.title, _cut(part), sums[0] if sums else None, whole)
                offered = offered or bool(pattern("proofs", "refund_word").search(part))
                last = part
            elif line.who == BUYER:
                gone = "not_taken" if found is not None and "转账" in found.read else "not_come"
                if found is not None and (pattern("proofs", gone).search(part) or _not_come(part)):
                    found = None
                elif _is_receipt(part, offered, last):
                    sums = _sums(part)
                    before = found.amount if found else None
                    found = AgainstClaim(
                        "refunded", item.id, item.title, _cut(part), sums[0] if sums else before,
                        bool(found and found.whole),
                    )  # fmt: skip
    if found is not None:
        yield found


def _not_come(part: str) -> bool:
    return bool(pattern("proofs", "not_come").search(part))


def _is_receipt(part: str, offered: bool, last: str) -> bool:
    """Whether the buyer says that money came; a bare 收到了 only where the seller had just spoken of money back."""
    if _denied(part, "buyer_received_unless"):
        return False
    if pattern("proofs", "buyer_received_only").search(part):
        return bool(pattern("proofs", "refund_word").search(last)) and not pattern("proofs", "refused").search(last)
    return offered and bool(pattern("proofs", "buyer_received").search(part))


def _settled_in_chat(item: CaseItem, facts: Facts) -> Iterator[AgainstClaim]:
    """The buyer writes that he needs nothing more; taken back by a later line in which he asks or finds it bad."""
    found: AgainstClaim | None = None
    for line in read_chat(_plain(item.text), facts):
        if line.who != BUYER:
            continue
        found = None if asks_remedy(line) else found
        for part in _SENTENCE.split(line.words):
            if not part.strip() or _is_question(part, line.words):
                continue
            if pattern("proofs", "buyer_settled").search(part) and not _denied(part, "buyer_settled_unless"):
                found = AgainstClaim("settled", item.id, item.title, _cut(part))
            elif pattern("proofs", "unsettled").search(part):
                found = None
    if found is not None:
        yield found


def _worked(item: CaseItem, facts: Facts) -> Iterator[AgainstClaim]:
    """A picture or a word of the buyer that shows success where the claim is that it failed."""
    if facts.problem not in (*_WORKS, *_COMES) or Answer.PARTLY in (facts.used, facts.delivered):
        return
    if len(facts.orders) > 1 or any((one.quantity or 1) > 1 for one in facts.orders):
        return  # another of them may be the one that worked
    text = _plain(item.text)
    parts: list[str] = []
    if item.kind in _RESULTS:
        if facts.problem is ProblemKind.TOPUP_MISSING and item.kind != "balance_record":
            return  # the seller's page often says so of a top-up that never came
        if pattern("proofs", "failed").search(text):
            return  # it shows both: a history, or another attempt
        parts = [part for part in _SENTENCE.split(text) if part.strip()]
    elif item.kind in CHATS:
        parts = [
            part
            for line in read_chat(text, facts)
            if line.who == BUYER
            for part in _SENTENCE.split(line.words)
            if part.strip()
        ]
    name = "worked" if facts.problem in _WORKS else "came"
    for part in parts:
        for clause in clauses_of(part):
            if _is_question(clause, text):
                continue
            if pattern("proofs", name).search(clause) and not pattern("proofs", "worked_unless").search(clause):
                yield AgainstClaim("worked", item.id, item.title, _cut(clause), proof=item.kind in _RESULTS)
                return


def _told_by_seller(facts: Facts) -> Iterator[AgainstClaim]:
    reply = _plain(facts.seller_reply)
    for part in _SENTENCE.split(reply):
        if _is_question(part, reply):
            continue
        if _tells_refund(part):
            sums = _sums(part)
            yield AgainstClaim(
                "refunded", "", "卖家的答复", _cut(part), sums[0] if sums else None, "全额" in part or "全部" in part
            )
        elif pattern("proofs", "resent").search(part) and not _denied(part, "resent_unless"):
            yield AgainstClaim("resent", "", "卖家的答复", _cut(part))


def _tells_refund(part: str) -> bool:
    """Whether a clause says that it was paid back: neither denied in itself nor said under the condition before it."""
    before = ""
    for clause in _CLAUSE.split(part):
        said = pattern("proofs", "seller_refunded").search(clause) and not _denied(clause, "seller_refunded_unless")
        if said and not pattern("proofs", "condition").search(before):
            return True
        before = clause
    return False


def _is_cleared(one: AgainstClaim, facts: Facts) -> bool:
    """Whether the buyer's own account says that it is not so, or why it says nothing against him."""
    if one.words and one.words in explained(facts):
        return True
    told = {
        "refunded": "clears_refund",
        "worked": "clears_success",
        "resent": "clears_resent",
        "settled": "clears_settled",
    }[one.field]
    return bool(pattern("proofs", told).search(_plain(facts.what_happened)))


def _is_question(part: str, whole: str) -> bool:
    place = whole.find(part) + len(part)
    return whole[place : place + 1] in ("?", "？") or is_question(part.strip())


def _denied(part: str, unless: str) -> bool:
    return bool(pattern("proofs", unless).search(part))


def _sums(text: str) -> list[Decimal]:
    return [Decimal(one) for one in _SUM.findall(text)]


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MOST_READ else line[:_MOST_READ] + "…"


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:_MOST_TEXT])
