"""How old somebody was on a day, and which articles go by that age. Pure."""

from __future__ import annotations

from datetime import date

from monitor.times import SHANGHAI
from storage.case import Facts

SMALL = 8
"""Below this age a child's own trade is void (民法典第二十条、第一百四十四条)."""


def age_on(born: date | None, day: date) -> int | None:
    """Whole years on a day; None where the birthday is not known."""
    if born is None:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def articles_of_age(age: int | None) -> tuple[str, ...]:
    """The articles on what a child of that age bought; the usual ones where the age is not known."""
    return ("mfd-20", "mfd-144") if age is not None and age < SMALL else ("mfd-19", "mfd-145")


def age_at_order(facts: Facts, today: date) -> int | None:
    """How old the buyer was when he ordered; today's age where no order has a time."""
    ordered = facts.ordered_at
    return age_on(facts.buyer.born_on, ordered.astimezone(SHANGHAI).date() if ordered is not None else today)


def is_small_child(facts: Facts, today: date) -> bool:
    """Whether the buyer was below that age when he ordered."""
    age = age_at_order(facts, today)
    return facts.minor and age is not None and age < SMALL
