"""What the story says of the payment that parts it from the one complained of: paid to another, the order left unpaid.

Takes a case file and a channel at which something is claimed, gives what is missing with a way out. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.complaints.evidence.contradictions import is_same_party, read_payees
from monitor.complaints.filing.grounds import REFUSED, find_grounds
from monitor.complaints.model import CaseFile, Missing
from monitor.complaints.routing.exclusions import BODIES
from monitor.complaints.routing.filing_words import find_clause, quote_clause
from monitor.complaints.routing.named_respondent import find_respondent


def find_payment_blocks(file: CaseFile, channel: str) -> Iterator[Missing]:
    """An order that the site shows as unpaid, of which the money went to somebody else than the one complained of.

    A complaint has to show a dispute with the one it names (总局令第121号第十六条): the payment does not show it here.
    """
    named = find_respondent(file)
    if channel not in BODIES or named is None or not named.name:
        return
    payees = [one for one in (file.case.facts.payee.strip(), *read_payees(file)) if one]
    if not payees or any(is_same_party(one, named.name) for one in payees):
        return
    said = find_clause(file.case.facts, "unpaid_order", "unpaid_order_unless")
    if said:
        yield Missing(
            "story.unpaid",
            f"与“{named.name}”有交易的证明",
            f"经过中写有“{quote_clause(said)}”，款又付给了“{payees[0]}”：看不出与被投诉人成立了交易，可能不予受理",
            "附上客服让您付给该收款方的聊天，写明是谁让付的；证明不了的，按收款人向支付机构申请处理、报案；"
            "订单后来改成已支付的，写明",
            find_grounds(file, channel, REFUSED),
            said,
        )
