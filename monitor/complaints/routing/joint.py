"""Which of the cases that a buyer names make a joint complaint with his: several buyers, one dispute, one operator.

Takes a case file, gives them sorted (总局令第121号 art. 12). What is not in this archive is never filled in. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.complaints.evidence.contradictions import is_same_party
from monitor.complaints.model import CaseFile, OtherCase


@dataclass(frozen=True)
class Joint:
    """The named cases: those that join, those of another operator, those of the same buyer, those not known here."""

    joined: tuple[OtherCase, ...] = ()
    apart: tuple[OtherCase, ...] = ()  # of another operator, or of one that was not told
    same_buyer: tuple[OtherCase, ...] = ()
    strange: tuple[str, ...] = ()  # ids


def find_joint(file: CaseFile) -> Joint:
    """The cases that `others` names, each once."""
    known = {one.id: one for one in file.others}
    names = tuple(dict.fromkeys(one for one in file.case.facts.others if one != file.case.id))
    listed = [known[one] for one in names if one in known]
    mine = [one for one in listed if _is_same_buyer(file, one)]
    theirs = [one for one in listed if one not in mine]
    return Joint(
        tuple(one for one in theirs if is_same_operator(file, one)),
        tuple(one for one in theirs if not is_same_operator(file, one)),
        tuple(mine),
        tuple(one for one in names if one not in known),
    )


def is_same_operator(file: CaseFile, other: OtherCase) -> bool | None:
    """Whether both trades are with one operator: by the respondents where both are told, else by the platforms.

    None where neither is told on both sides. Shops on one platform are operators of their own.
    """
    facts = file.case.facts
    pairs = ((facts.respondent.name, other.respondent), (facts.respondent.shop, other.shop))
    for mine, theirs in (*pairs, (facts.platform, other.platform)):
        if mine.strip() and theirs.strip():
            return is_same_party(mine.strip(), theirs.strip())
    return None


def _is_same_buyer(file: CaseFile, other: OtherCase) -> bool:
    buyer = file.case.facts.buyer
    if not buyer.name.strip() or buyer.name.strip() != other.buyer.strip():
        return False
    return not (buyer.phone.strip() and other.phone.strip()) or buyer.phone.strip() == other.phone.strip()
