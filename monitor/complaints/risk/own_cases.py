"""Signs in own cases: withdrawals that are held back, refunds that are asked for all at once. Pure.

They are 经营异常迹象: a handful of cases of one person or office. They name case ids and never leave this machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from monitor.complaints.risk.book import Limits
from monitor.complaints.risk.metrics import KnownCase
from monitor.complaints.risk.model import Factor, RiskInput, Weight
from storage.case import DemandKind, ProblemKind

_HELD_BACK = (ProblemKind.BALANCE_FROZEN,)
_REFUND = (DemandKind.REFUND, DemandKind.RELEASE, DemandKind.FRAUD)
_LOCAL = "（经营异常迹象，只供本机参考，不得公开）"


def judge_withdrawals(known: RiskInput, limits: Limits) -> Factor:
    """The factor of own cases whose balance is held back; unknown without own cases."""
    if not known.cases:
        return Factor("", "", Weight.UNKNOWN, "没有自己的案件，提现情况未知", local=True)
    held = [one.case for one in known.cases if one.case.facts.problem in _HELD_BACK or one.case.facts.balance]
    if not held:
        told = f"{len(known.cases)}个自己的案件里没有提现受阻"
        return Factor("", "", Weight.UNSEEN, told, local=True)
    return Factor(
        "",
        "",
        Weight.GRAVE if len(held) >= limits.cases_grave else Weight.HEED,
        f"{len(known.cases)}个自己的案件里有{len(held)}个涉及余额冻结或提现受阻{_LOCAL}",
        cases=tuple(case.id for case in held),
        local=True,
    )


def judge_burst(known: RiskInput, limits: Limits) -> Factor:
    """The factor of refunds asked for in few days; unknown without own cases."""
    asked = sorted(
        (one for one in known.cases if any(demand.kind in _REFUND for demand in one.case.facts.demands)),
        key=lambda one: one.case.opened_at,
    )
    if not known.cases:
        return Factor("", "", Weight.UNKNOWN, "没有自己的案件，退款情况未知", local=True)
    most = _densest(asked, timedelta(days=limits.burst_days))
    if len(most) < limits.burst_heed:
        told = f"自己的案件里没有{limits.burst_days}天内集中要求退款的情况"
        return Factor("", "", Weight.UNSEEN, told, local=True)
    return Factor(
        "",
        "",
        Weight.GRAVE if len(most) >= limits.burst_grave else Weight.HEED,
        f"{limits.burst_days}天内有{len(most)}个自己的案件要求退款{_LOCAL}",
        cases=tuple(one.case.id for one in most),
        local=True,
    )


def _densest(cases: Sequence[KnownCase], span: timedelta) -> list[KnownCase]:
    """The most cases that were opened within a span."""
    best: list[KnownCase] = []
    start = 0
    for end in range(len(cases)):
        while cases[end].case.opened_at - cases[start].case.opened_at > span:
            start += 1
        if end - start + 1 > len(best):
            best = list(cases[start : end + 1])
    return best
