"""How a step ends, as it is recorded, and how that is told in Chinese. `accepted` (受理) is an answer, no end."""

from __future__ import annotations

from collections.abc import Mapping

from storage.case import CaseStep

OUTCOME_ZH: Mapping[str, str] = {
    "refunded": "已退款",
    "replaced": "已换货",
    "partly": "部分解决",
    "refused": "对方拒绝",
    "rejected": "不予受理",
    "ended": "已终止，未达成协议",
    "silent": "没有答复",
    "withdrawn": "本人已撤回",
}
"""Every way in which a step ends, in the order in which a person is asked."""

NO_ANSWERS = frozenset({"silent", "withdrawn"})
"""Ends at which the other side said nothing."""


def was_taken_up(step: CaseStep) -> bool:
    """Whether a body has, or had, the dispute in hands: not where it refused to, kept silent, or had not begun yet.

    Withdrawn, or left unanswered, before it was accepted, it was taken up by nobody that we know of (总局令第121号
    art. 16(2): 受理或者处理过); what it is while the term runs is judged in routing.exclusions.
    """
    if step.outcome in ("withdrawn", "silent"):
        return step.accepted_at is not None
    return step.outcome != "rejected"
