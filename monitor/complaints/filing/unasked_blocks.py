"""A story of a charge that nobody asked for, filed under another problem: the papers would say that it was ordered.

Takes a case file and a channel, gives what is missing with a way out. Pure; words are [story] of filing_checks.toml.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.complaints.filing.grounds import ASKED, find_grounds
from monitor.complaints.model import CaseFile, Missing
from monitor.complaints.routing.filing_words import find_sentence, quote_clause
from storage.case import ProblemKind

_OF_MONEY = (ProblemKind.UNASKED_CHARGE, ProblemKind.EXTRA_FEE, ProblemKind.BALANCE_FROZEN)


def find_unasked_blocks(file: CaseFile, channel: str) -> Iterator[Missing]:
    """An automatic renewal, or a debit without consent, that the case tells as goods ordered and delivered."""
    facts = file.case.facts
    said = "" if facts.problem in _OF_MONEY else find_sentence(facts, "unasked", "unasked_unless")
    if said:
        yield Missing(
            "problem",
            "与经过一致的问题",
            f"经过中写有“{quote_clause(said)}”：像是没有同意就扣的款，所填的问题却会写成本人下单购买、对方已交付",
            "没有下单、没有同意而扣的：case set 案件 problem=自动续费（订单里逐笔填扣款的时间、金额）；"
            "这几笔确是自己下单的，用 case clarify 说明",
            find_grounds(file, channel, ASKED),
            said,
        )
