"""Sums that nothing carries: a balance beyond what was paid in, a value that was not short, damages without a proof.

Takes a case file and a channel at which something is claimed, gives what is missing with a way out for each. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from monitor.complaints.facts.demands import consumed_of, holds_gift
from monitor.complaints.filing.grounds import ASKED, find_grounds
from monitor.complaints.model import CaseFile, Missing
from monitor.complaints.routing.channels import in_force
from monitor.complaints.routing.exclusions import BODIES
from monitor.complaints.routing.filing_words import pattern, quote_clause
from storage.case import DemandKind, ProblemKind

_GROSS = Decimal("1.2")  # our own measure: what a forgotten top-up may make up; a letter notes any excess


def find_sum_blocks(file: CaseFile, channel: str) -> Iterator[Missing]:
    """Sums asked for that the orders, the values or the proofs of the case do not carry."""
    facts = file.case.facts
    paid = facts.paid
    asked = next((one for one in facts.demands if one.kind is DemandKind.RELEASE), None)
    if asked is not None and asked.amount is not None and paid is not None and paid > 0:
        used = consumed_of(facts)
        beyond = asked.amount > paid * _GROSS and not pattern("story", "other_topups").search(facts.what_happened)
        if asked.amount > paid - used and (holds_gift(facts) or beyond):
            yield Missing(
                "balance.principal",
                "余额中自己充值的本金",
                f"请求退还余额{asked.amount:f}元，而所列充值（订单）共付{paid:f}元"
                + (f"、经过中写已消费{used:f}元" if used else "")
                + "：多出的部分不是付出去的钱",
                "其余的充值逐笔填进 orders；含赠送的，请求改为付过而没有消费的数额"
                "（case set 案件 demands.1.amount=金额），并写明赠送多少、消费多少",
                in_force(("yfk-15",), file.today) if channel in BODIES else (),
            )
    face, got = facts.face_value, facts.got_value
    if facts.problem is ProblemKind.SHORT_VALUE and face is not None and got is not None and got >= face:
        yield Missing(
            "got_value",
            "少于应得的实得",
            f"实得{got:f}元{'多于' if got > face else '等于'}应得{face:f}元：没有少给",
            "核对 face_value 和 got_value 是不是填反了（case set 案件 face_value=应得 got_value=实得）",
            find_grounds(file, channel, ASKED),
        )
    for one in facts.demands:
        if one.kind is not DemandKind.DAMAGES:
            continue
        mental = pattern("requests", "mental").search(one.reckoning)
        shown = any(item.kind == "loss" and item.removed_at is None for item in file.items)
        idle = pattern("requests", "lost_time").search(one.reckoning)
        large = one.amount is not None and paid is not None and one.amount > paid
        if mental or (not shown and (idle or large)):
            why = (
                f"计算写的是“{quote_clause(one.reckoning)}”：买卖的是点卡一类财产，不赔精神损失"
                if mental
                else f"请求赔偿{one.amount or 0:f}元（{quote_clause(one.reckoning)}），而案件中没有损失的凭证"
            )
            yield Missing(
                "damages",
                "有凭证的实际损失",
                why + "：赔偿以实际发生、可以预见的损失为限",
                "放入损失的凭证（case add --kind loss）并写明怎么算的，或去掉这一项（case set 案件 demands.N=）",
                in_force(("mfd-584",), file.today),
            )
            return
