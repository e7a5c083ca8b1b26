"""Says what an audience need not see of a case: the one place where the rules by audience stand.

Takes a case file and an audience, gives a Masking. An authority needs the parties with their addresses and phones, a
payment provider the payer's name and phone and the payee, a platform the order and who it was; authority and platform
also the number that a top-up did not reach, for it has to be looked up. All of them may see the contacts that a seller
shows to everybody; the public none of this. Live keys, identity numbers and bank cards are masked for everybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.complaints.masking.known import texts_of
from monitor.complaints.masking.spelling import dense
from monitor.complaints.model import Audience, CaseFile, Masking
from monitor.complaints.routing.joint import find_joint
from monitor.operators.respondents import Respondent as Ranked
from monitor.operators.subject_names import SubjectKind, classify_name
from monitor.operators.who_masking import list_private
from storage.case import Facts, ProblemKind, Respondent

_SENTENCE = re.compile(r"[。；;！!？?\n]+")
_CLAUSE = re.compile(r"[，,]+")
_TOPS_UP = re.compile(r"充|话费|流量|到账")
_OTHERS = re.compile(r"卖家|客服|商家|店家|对方|老板|联系|加我?(?:微信|qq)|收款|付给|转给|银行卡", re.IGNORECASE)
# a mobile number, or what a word for an account stands before: never the long digits of a key
_TARGET = re.compile(
    r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"
    r"|(?<=号)[:：为是 ]{0,2}\d{5,12}(?!\d)|(?:qq|uid|id)[:：为是 ]{0,2}\d{5,12}(?!\d)",
    re.IGNORECASE,
)
_MOST_TEXT = 20_000


def policy_for(file: CaseFile, audience: Audience) -> Masking:
    """What to mask in everything of this case that goes to this audience."""
    keep = tuple(dict.fromkeys(text.strip() for text in _kept(file, audience) if text.strip()))
    stays = {dense(text) for text in keep}
    known = tuple((text, kind) for text, kind in texts_of(file) if dense(text) not in stays)
    return Masking(audience, keep, known)


def _kept(file: CaseFile, audience: Audience) -> tuple[str, ...]:
    """The texts of persons that this audience needs."""
    facts = file.case.facts
    people = (facts.buyer, facts.guardian, facts.helper)
    names = tuple(person.name for person in people)
    phones = tuple(person.phone for person in people)
    other = (facts.payee, facts.payee_account, facts.seller_contact)
    respondent = facts.respondent
    firm = _of_firm(respondent)
    if audience is Audience.AUTHORITY:
        homes = tuple(person.address for person in people)
        joint = tuple(
            text
            for one in find_joint(file).joined
            for text in (one.buyer, one.phone, one.address, one.guardian.name, *(order.number for order in one.orders))
        )
        subjects = tuple(text for one in _ranked(file) for text in _texts_of_subject(one))
        return (*names, *phones, *homes, *other, respondent.name, respondent.address, respondent.uscc, respondent.phone,
                respondent.shop, *subjects, *joint, *_shown(file), *_topped_up(facts))  # fmt: skip
    if audience is Audience.PAYMENT:
        return (*names, *phones, *other, respondent.name, *firm, *_contacts(file))
    if audience is Audience.PLATFORM:
        return (*names, *phones, *other, respondent.name, respondent.phone, respondent.shop, *firm, *_contacts(file),
                *_topped_up(facts))  # fmt: skip
    return firm


def _topped_up(facts: Facts) -> Iterator[str]:
    """The numbers that a top-up should have reached, as the buyer writes them: not those of the other side."""
    if facts.problem is not ProblemKind.TOPUP_MISSING:
        return
    told = "\n".join((facts.what_happened[:_MOST_TEXT], *(one.product for one in facts.orders[:50])))
    for sentence in _SENTENCE.split(told):
        if not _TOPS_UP.search(sentence):
            continue
        for clause in _CLAUSE.split(sentence):
            if not _OTHERS.search(clause):
                yield from (re.sub(r"^[^\d]+", "", found) for found in _TARGET.findall(clause))


def _of_firm(respondent: Respondent) -> tuple[str, ...]:
    """The public data of a respondent that is a firm; nothing of a natural person."""
    if classify_name(respondent.name) is not SubjectKind.COMPANY:
        return ()
    return (respondent.name, respondent.phone, respondent.address, respondent.uscc)


def _shown(file: CaseFile) -> tuple[str, ...]:
    """What the seller's pages show to everybody of who he is and how he is reached."""
    return tuple(list_private(file.who)) if file.who is not None else ()


def _contacts(file: CaseFile) -> tuple[str, ...]:
    return tuple(text for text in _shown(file) if classify_name(text) is not SubjectKind.PERSON)


def _ranked(file: CaseFile) -> tuple[Ranked, ...]:
    return file.who.answer.respondents if file.who is not None else ()


def _texts_of_subject(one: Ranked) -> tuple[str, ...]:
    subject = one.subject
    return (subject.name, *subject.other_names, *(address.text for address in subject.addresses))
