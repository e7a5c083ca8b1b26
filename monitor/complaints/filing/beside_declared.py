"""What of the story a buyer should lay beside his own declarations before he signs them: read widely, judged nowhere.

He declares whose trade it is, that it stands, that no money came back, that nobody else has it, and what it was for. A
pattern that stops for everything which may say otherwise would stop honest complaints, so these words stop nothing:
the clause is quoted beside the declaration. Pure; words are [beside] of filing_checks.toml.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.complaints.facts.fact_paths import show_fact
from monitor.complaints.facts.fact_words import label_of
from monitor.complaints.routing.filing_words import clauses_of, explained, pattern, quote_clause
from storage.case import Answer, Facts, Purpose

_CLEAR = {
    "own_trade": Answer.YES,
    "still_open": Answer.YES,
    "money_back": Answer.NO,
    "elsewhere": Answer.NO,
    "purpose": Purpose.LIVING,
}
_MOST = 3
_MANY = 5  # our own measure: a household has hardly more


def tell_beside(facts: Facts) -> tuple[str, ...]:
    """One sentence for each declaration beside which the story has words to be compared, with those words."""
    return tuple(_tell(facts))


def warn_of_number(facts: Facts) -> tuple[str, ...]:
    """That many of one thing which one person needs but once will be asked about (总局令第121号 arts. 3, 17)."""
    many = [
        one for one in facts.orders if (one.quantity or 1) >= _MANY and pattern("beside", "once").search(one.product)
    ]
    if not many or facts.purpose is not Purpose.LIVING:
        return ()
    return (
        f"一次买了{many[0].quantity}份“{quote_clause(many[0].product)}”，而用途写的是自用："
        "会被问为什么要这么多、给谁用；给别人或单位买的，改正用途，自用的在经过里写明",
    )


def _tell(facts: Facts) -> Iterator[str]:
    clear = explained(facts)
    for name, answer in _CLEAR.items():
        if getattr(facts, name) is not answer:
            continue
        said = [
            one
            for one in dict.fromkeys(clauses_of(facts.what_happened))
            if pattern("beside", name).search(one) and not any(one in words or words in one for words in clear)
        ]
        if said:
            quoted = "”“".join(quote_clause(one) for one in said[:_MOST])
            yield (
                f"您声明“{label_of(name)}：{show_fact(name, answer)}”，经过里有“{quoted}”："
                "两处对照一遍，不一致的先改声明或写清楚，再签名"
            )
