"""When the seller was turned to, and when something was asked of him: two things, which the papers tell apart.

A buyer is asked when he first turned to the seller; that he demanded something then he did not say. Takes the material
of a letter, gives the first line of his in a chat that asks for money, goods or repair, with its own time. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.complaints.evidence.said_lines import BUYER, asks_remedy, read_chat
from monitor.complaints.letters.material import Material, day_bounds
from monitor.complaints.letters.support import asked_by_buyer, no_other_day, written_by_buyer
from monitor.complaints.letters.who_answered import Answerer, who_answered
from monitor.complaints.model import Sentence

TALKS = ("demand_chat", "first_complaint", "chat")
_TWO_CLOCKS = timedelta(minutes=5)


@dataclass(frozen=True)
class FirstRequest:
    """The first line that asks for a remedy: when it was sent, None where the chat does not tell; in which exhibit."""

    at: datetime | None
    number: str


def find_request(material: Material) -> FirstRequest | None:
    """The first demand of the buyer in a chat among the exhibits; of several the one with the earliest known time."""
    ordered = material.facts.ordered_at
    found = list(_list_requests(material))
    timed = [(one.at, one) for one in found if one.at is not None]
    since = [(at, one) for at, one in timed if ordered is None or at >= day_bounds(ordered)[0] - _TWO_CLOCKS]
    if since:
        return min(since, key=lambda one: one[0])[1]
    return next((one for one in found if one.at is None), None)


def is_first_contact(request: FirstRequest, contacted: datetime) -> bool:
    """Whether the demand is how he first turned to the seller: at the same time by two clocks, or on the day told."""
    first, last = day_bounds(contacted)
    return request.at is not None and first - _TWO_CLOCKS <= request.at <= last + _TWO_CLOCKS


def say_asked(material: Material) -> str:
    """That something was demanded, in words: of whom, where seller and platform are one."""
    return f"{'向对方' if _seller_alone(material) else ''}提出处理要求"


def say_contacted(material: Material) -> str:
    """That the seller was turned to for the first time; of a shop on a platform it is not known which of the two."""
    return "首次就此联系对方" if _seller_alone(material) else "首次就此联系店铺或平台"


def support_contact(material: Material, text: str, contacted: datetime) -> Sentence:
    """The sentence that the seller was turned to, marked by a line of the buyer at that time, whatever it says."""
    tests = (no_other_day(contacted), written_by_buyer(material.facts, contacted))
    return material.support(text, TALKS, *tests)


def _seller_alone(material: Material) -> bool:
    return who_answered(material.file) is Answerer.SELLER


def _list_requests(material: Material) -> Iterator[FirstRequest]:
    """Every line of the buyer that asks for a remedy; an exhibit of another trade is none of this one's."""
    marked = material.support("", TALKS, asked_by_buyer(material.facts)).marks
    for exhibit in material.exhibits:
        if exhibit.number not in marked:
            continue
        for line in read_chat(material.read_in(exhibit), material.facts):
            if line.who == BUYER and asks_remedy(line):
                yield FirstRequest(line.at, exhibit.number)
