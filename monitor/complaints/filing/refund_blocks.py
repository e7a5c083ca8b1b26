"""Money that came back, which the claim does not subtract, or a loss that a report to the police overstates by it.

Takes a case file and a channel at which something is claimed, gives what is missing with a way out for each. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from monitor.complaints.evidence.against_claim import find_against, find_refund
from monitor.complaints.evidence.contradictions import find_contradictions
from monitor.complaints.facts.demands import asks_whole
from monitor.complaints.filing.grounds import REFUSED, find_grounds
from monitor.complaints.model import CaseFile, Missing
from monitor.complaints.routing.exclusions import BODIES
from monitor.complaints.routing.filing_words import find_clause, quote_clause
from storage.case import Facts

_SUM = re.compile(r"(\d+(?:\.\d{1,2})?)\s*(?:元|块)")


def find_refund_blocks(file: CaseFile, channel: str) -> Iterator[Missing]:
    """Money that the case shows as returned, where the claim asks for the whole price all the same."""
    found = find_refund(file)
    if found is None:
        whole = _told_back(file) if channel not in BODIES else None  # a body is stopped by what was told already
        if whole is not None:
            yield whole
            return
        recorded = any(step.returned for step in file.steps)
        said = find_clause(file.case.facts, "refunded_part", "refunded_part_unless") or find_part_back(file.case.facts)
        if said and not recorded and asks_whole(file.case.facts):
            yield Missing(
                "refunded",
                "扣除已经退回的钱",
                f"经过中写有“{quote_clause(said)}”，请求却是退回全部",
                "把请求改为差额（case set 案件 demands.1.amount=差额），或用 case answer 记录退回多少",
                find_grounds(file, channel, REFUSED),
                said,
            )
        return
    yield Missing(
        "refunded",
        "扣除已经退回的钱",
        f"“{found.title}”中有“{found.read}”：像是已经退款，请求却没有扣除",
        "全额退回了的用 case close 结案；退了一部分的，把请求改为差额（case set 案件 demands.1.amount=差额），"
        "并用 case answer 记录退回多少；没有到账的，在经过里写“对方称已退款，本人没有收到退款”",
        find_grounds(file, channel, REFUSED),
        found.words,
    )


def find_part_back(facts: Facts) -> str:
    """The clause that tells of money that came back, where its sum is less than the price: no refund of all."""
    said = find_clause(facts, "refunded", "refunded_unless", other="other_trade")
    sums = [Decimal(one) for one in _SUM.findall(said)]
    return said if sums and facts.paid is not None and max(sums) < facts.paid else ""


def _told_back(file: CaseFile) -> Missing | None:
    """The story itself tells that the money is back, and no step records it."""
    if any(step.returned for step in file.steps):
        return None
    said = find_clause(file.case.facts, "refunded", "refunded_unless", other="other_trade")
    if not said or find_part_back(file.case.facts):
        return None
    return Missing(
        "story.refunded",
        "还没有退回的钱",
        f"经过中写有“{quote_clause(said)}”：像是已经退回，却仍按全额写",
        "已解决的用 case close 结案；只退了一部分的，用 case answer 记录退回多少，并把请求改为差额",
        (),
        said,
    )


def find_loss_blocks(file: CaseFile) -> Iterator[Missing]:
    """A loss that a report to the police overstates: the case's own evidence says that it came back or was not paid."""
    back = sum((step.returned for step in file.steps if step.returned is not None), Decimal(0))
    paid = file.case.facts.paid
    if (told := _told_back(file)) is not None:
        yield told
    for one in find_against(file):
        amount = paid if one.whole and one.amount is None else one.amount
        if one.field != "refunded" or (back and (amount is None or back >= amount)):
            continue
        yield Missing(
            "refunded",
            "与证据一致的损失数额",
            f"“{one.title}”中有“{one.read}”：像是已经退款，报案材料却没有写退回了多少",
            "退回了的用 case answer 记录退回多少；没有到账的，在经过里写“对方称已退款，本人没有收到退款”",
            (),
            one.words,
        )
        break
    unpaid = next((one for one in find_contradictions(file) if one.grave and one.field == "unpaid"), None)
    if unpaid is not None:
        yield Missing(
            "purchase_proof",
            "付款成功的凭证",
            f"{unpaid.sentence}：损失多少要看实际付成的款",
            f"换成付款成功的账单（case add --kind wallet_bill）；放错的移除它（case remove 案件 {unpaid.item}）",
        )
