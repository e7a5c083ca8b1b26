"""What quick gives: what was understood, what to save, what to write, what is due. Frozen values, all in Chinese."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.complaints.quick.understand import QuickAnswers, Understood
from storage.case import Facts


@dataclass(frozen=True)
class SaveItem:
    """One thing to save now, and why."""

    id: str
    text: str
    why: str


@dataclass(frozen=True)
class SellerText:
    """What to paste to the seller: within 100 characters for a chat box, and a longer one."""

    chat: str
    long: str


@dataclass(frozen=True)
class PaymentText:
    """What to hand to the payment provider (`text`, within 300), where, what it gives; "" where there is nobody to ask.

    `instead` is what there is where the form knows no dispute of a merchant.
    """

    form: str
    name: str
    to: str
    entry: str
    text: str
    gives: str
    instead: str
    confirmed: bool


@dataclass(frozen=True)
class Clock:
    """A deadline: `at` the exact moment, None where none is known; `basis` says where it comes from."""

    id: str
    what: str
    at: datetime | None
    basis: str
    articles: tuple[str, ...] = ()


@dataclass(frozen=True)
class QuickAnswer:
    """All that five answers give at once. `facts` open the case; `seller` is None where no consumer text is made."""

    answers: QuickAnswers
    at: datetime
    understood: Understood
    facts: Facts
    alerts: tuple[str, ...]
    heard: tuple[tuple[str, str], ...]
    save: tuple[SaveItem, ...]
    seller: SellerText | None
    payment: PaymentText | None
    clocks: tuple[Clock, ...]
    older: tuple[str, ...]
    notes: tuple[str, ...]
