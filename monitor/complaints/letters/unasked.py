"""A charge that nobody asked for: an automatic renewal, a debit without consent.

It is no order, and nothing was handed over. Takes facts; that it was without consent is what the buyer says. Pure.
"""

from __future__ import annotations

import re

from storage.case import Facts, ProblemKind

_RENEWAL = re.compile(r"自动续|自动扣|连续包|续(?:费|订|期)|到期(?:后|了)?[^，。；]{0,6}扣|免密|包月|包年|包季")


def is_unasked(facts: Facts) -> bool:
    """Whether the buyer says that he was charged without having ordered or agreed."""
    return facts.problem is ProblemKind.UNASKED_CHARGE


def is_renewal(facts: Facts) -> bool:
    """Whether his account or the name of the charge tells of a renewal."""
    return any(_RENEWAL.search(one) for one in (facts.what_happened, *(order.product for order in facts.orders)))
