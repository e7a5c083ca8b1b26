"""A shop that changed its software is read by another reader: which differences the page made, and which the reader.

What one reader gave and the other did not is the page's only if the page's whole text does not hold it; a price only if
both show one and neither shows the other's. All else is technical, and never a rule that was changed. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from monitor.changes.fact_judging import fact_of_subject, read_decimal
from monitor.changes.habits import is_guarded
from monitor.changes.shown_lines import ShownLines
from scrapers.model import FactKind, Reading
from storage.model import ChangeClass, Difference, Effect, Severity

_RULES = (ChangeClass.RULE, ChangeClass.WORDING)
_NUMBER = re.compile(r"(?<![\d.])\d[\d,]*(?:\.\d+)?")


def tell_other_software(differences: Sequence[Difference], before: Reading, after: Reading) -> list[Difference]:
    """The differences between readings by readers of two families, those technical that the page may not have made."""
    shown = ShownLines(before.text), ShownLines(after.text)
    cause = f"页面改由{after.family}读取（此前为{before.family}）"
    told = []
    for one in differences:
        if _is_of_page(one, shown) or _is_price(one, before.text, after.text):
            told.append(replace(one, reason=f"{one.reason}（网站换了建站程序，已与两次网页的全文核对）"))
        else:
            told.append(mark_technical(one, cause))
    return told


def mark_technical(difference: Difference, cause: str) -> Difference:
    """A difference that readers made, or may have made."""
    return replace(
        difference, change_class=ChangeClass.TECHNICAL, severity=Severity.NONE, effect=Effect.NEUTRAL,
        reason=f"{cause}，不能据此认定规则有变：{difference.reason}",
    )  # fmt: skip


def _is_of_page(one: Difference, shown: tuple[ShownLines, ShownLines]) -> bool:
    """Whether a clause came, went or was rewritten as the whole texts show it too."""
    if one.change_class not in _RULES or fact_of_subject(one.subject) is not None:
        return False
    if one.effect is Effect.NEUTRAL and not any(map(is_guarded, (one.before, one.after))):
        return False
    sides = one.before.splitlines(), one.after.splitlines()
    return all(
        own.holds(line) and not other.holds(line)
        for lines, own, other in zip(sides, shown, reversed(shown), strict=True)
        for line in lines
        if line.strip()
    )


def _is_price(one: Difference, before: str, after: str) -> bool:
    """Whether the price of the page changed: both texts show their own amount, and neither the other's."""
    fact = fact_of_subject(one.subject)
    if fact is None or fact[0] is not FactKind.PRICE:
        return False
    old, new = read_decimal(one.before), read_decimal(one.after)
    if old is None or new is None:
        return False
    texts = [{read_decimal(number) for number in _NUMBER.findall(text)} for text in (before, after)]
    return old in texts[0] and new in texts[1] and old not in texts[1] and new not in texts[0]
