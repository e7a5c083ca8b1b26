"""What holds in a case for the reasons and the texts of an excuse: used or not, in time, a fee shown, a fault named.

Takes what the buyer told and the clauses found, gives the names of the conditions in monitor/reference/excuses.toml.
Nothing is judged beyond that; pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.complaints.excuses.book import ExcuseRow
from monitor.complaints.excuses.model import ClauseSeen, Standing
from monitor.complaints.routing.filing_words import clauses_of, find_clause, pattern
from storage.case import Answer, DemandKind, Facts, ProblemKind

_NAMED = re.compile("余额|提现|提款|冻结")


def list_conditions(facts: Facts, clauses: Sequence[ClauseSeen] = ()) -> frozenset[str]:
    """Which conditions of reasons hold in this case."""
    holds = {"", {Answer.NO: "used_no", Answer.YES: "used_yes"}.get(facts.used, "used_unknown")}
    noticed = facts.used_at or facts.noticed_at
    if facts.valid_until is None:
        holds.add("no_validity")
    elif noticed is not None:
        holds.add("in_time" if noticed <= facts.valid_until else "late")
    if any(one.standing is Standing.ADDED_AFTER for one in clauses):
        holds.add("clause_later")
    fees = [one for one in clauses if not one.pattern]
    holds.add("fee_shown" if any(one.standing.when in ("before", "unsure") for one in fees) else "fee_not_seen")
    if facts.demands and not any(one.kind in (DemandKind.REPLACE, DemandKind.DELIVER) for one in facts.demands):
        holds.add("refund_only")
    if not names_fault(facts):
        holds.add("no_fault")
    if facts.problem is ProblemKind.BALANCE_FROZEN or facts.balance:
        holds.add("balance")
    return frozenset(holds)


def names_fault(facts: Facts) -> bool:
    """Whether the buyer says that the goods are bad: not where he ordered wrong, nor where only the service refused."""
    if find_clause(facts, "misread", "misread_unless") or find_clause(facts, "own_slip", "own_slip_unless"):
        return False
    if facts.problem is ProblemKind.UNKNOWN:
        return False
    if facts.problem is not ProblemKind.REFUSED_AFTER_SALES:
        return True
    if find_clause(facts, "solved", "solved_unless"):
        return False
    return any(pattern("story", "defect").search(one) for one in clauses_of(facts.what_happened))


def is_of_matter(row: ExcuseRow, words: str, facts: Facts) -> bool:
    """Whether a row is of this case: it needs nothing, its condition holds, or the words themselves name a balance."""
    return not row.needs or row.needs in list_conditions(facts) or _NAMED.search(words) is not None
