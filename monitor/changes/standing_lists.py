"""The lists that stand on both sides of an alignment, by what their lead-ins say of each item.

A list whose lead-in was reworded (概不售后 for 不予售后) is another list here: its lead-in is judged itself. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.changes.align import Aligned, Alignment
from monitor.changes.clauses import Clause
from monitor.changes.lead_ins import read_lead_in


@dataclass(frozen=True)
class StandingLists:
    """What the lead-ins of each side say of their items."""

    before: frozenset[str]
    after: frozenset[str]

    def holds(self, clause: Clause) -> bool:
        """Whether the list of an item is there on both sides."""
        return bool(clause.lead_in) and told_of_items(clause) in self.before & self.after

    def crosses(self, pair: Aligned) -> bool:
        """Whether an item went from one list into another, both there before and after: its sense has turned."""
        old, new = pair.before, pair.after
        return bool(old and new and told_of_items(old) != told_of_items(new) and self.holds(old) and self.holds(new))


def told_of_items(clause: Clause) -> str:
    """What the lead-in of a clause says of it, in one word for comparing; "" for what is no item."""
    return "|".join(read_lead_in(clause.lead_in) or ())


def find_standing_lists(alignment: Alignment) -> StandingLists:
    """The lists of an alignment."""
    before, after = (
        frozenset(told_of_items(clause) for clause in clauses if clause and clause.lead_in)
        for clauses in ((pair.before for pair in alignment.pairs), (pair.after for pair in alignment.pairs))
    )
    return StandingLists(before, after)
