"""The secrets that a case itself knows: they are masked wherever they stand, whatever stands beside them.

Takes a case file, gives (text, kind) pairs: persons with their phones, homes and identity numbers, accounts, order
numbers (masked before the public only), and the keys that its own evidence shows. They never leave the process.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.complaints.masking.spelling import dense
from monitor.complaints.masking.text import find_spans
from monitor.complaints.model import Audience, CaseFile, Masking
from monitor.operators.subject_names import SubjectKind, classify_name
from monitor.operators.who_masking import list_private
from storage.case import Person

_MOST = 2_000
_MOST_READ = 400_000  # signs of all items together that are searched for keys
_REPEATED = frozenset({"card_key", "password", "id_number", "bank_card"})
_LEAST = {"card_key": 8, "password": 8}


def texts_of(file: CaseFile) -> tuple[tuple[str, str], ...]:
    """Each text that is private in this case, with what it is; the longest first, each once."""
    found: dict[str, str] = {}
    for text, kind in _gather(file):
        text = text.strip()
        if len(dense(text)) >= 2:
            found.setdefault(text, kind)
    ordered = sorted(found.items(), key=lambda one: (-len(one[0]), one[0]))
    return tuple(ordered[:_MOST])


def _gather(file: CaseFile) -> Iterator[tuple[str, str]]:
    facts = file.case.facts
    for person in (facts.buyer, facts.guardian, facts.helper):
        yield from _of_person(person)
    for name, phone, address in (
        (facts.respondent.name, facts.respondent.phone, facts.respondent.address),
        (facts.payee, "", ""),
    ):
        if name and classify_name(name) in (SubjectKind.PERSON, SubjectKind.ACCOUNT):
            yield name, "person"
            yield address, "address"
        if phone and classify_name(name) is not SubjectKind.COMPANY:
            yield phone, "phone"
    yield facts.payee_account, "account"
    yield facts.seller_contact, "account"
    for order in facts.orders:
        yield order.number, "order"
        yield order.payment_no, "order"
    if file.who is not None:
        for text in list_private(file.who):
            yield text, _kind_of(text)
    yield from _shown_by_items(file)


def _of_person(person: Person) -> Iterator[tuple[str, str]]:
    yield person.name, "person"
    yield person.phone, "phone"
    yield person.address, "address"
    yield person.id_number, "id_number"


def _kind_of(text: str) -> str:
    if "@" in text:
        return "email"
    if classify_name(text) is SubjectKind.PERSON:
        return "person"
    return "phone" if text.isdigit() and len(text) == 11 else "account"


def _shown_by_items(file: CaseFile) -> Iterator[tuple[str, str]]:
    """The keys and numbers that the evidence of the case shows."""
    left = _MOST_READ
    for item in file.items:
        text = item.text[:left]
        left -= len(text)
        for span in find_spans(text, Masking(Audience.AUTHORITY)):
            if span.kind in _REPEATED and span.end - span.begin >= _LEAST.get(span.kind, 12):
                yield text[span.begin : span.end], span.kind
