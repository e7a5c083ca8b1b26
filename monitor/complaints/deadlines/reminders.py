"""Which deadlines of open cases call for a reminder now: one for each deadline, and never twice.

Takes cases with their steps and the moment, gives the reminders that were not given yet. Who sends them, and notes
that they were sent, is the caller. A reminder holds no name, number or amount: it may travel by mail. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.complaints.deadlines.terms import due_of_step, is_over, next_moves
from monitor.complaints.routing.channels import load_channels
from monitor.config.complaints import ComplaintSettings
from monitor.times import show_time
from storage.case import Case, CaseStep


@dataclass(frozen=True)
class Reminder:
    """One reminder: the step whose term has run out, and one Chinese line that tells what to do."""

    case: str
    step: str
    due_at: datetime
    text: str


def new_reminders(
    cases: Iterable[tuple[Case, Sequence[CaseStep]]], at: datetime, settings: ComplaintSettings
) -> tuple[Reminder, ...]:
    """The reminders that are new at a moment, earliest deadline first. A later deadline of a step is a new one."""
    found = []
    for case, steps in cases:
        if case.closed_at is not None or case.erased_at is not None:
            continue
        for step in steps:
            due_at = step.due_at
            if due_at is None or due_at > at or is_over(step):
                continue
            if step.reminded_at is not None and step.reminded_at >= due_at:
                continue
            found.append(Reminder(case.id, step.id, due_at, _tell(case, step, due_at, steps, settings)))
    return tuple(sorted(found, key=lambda one: (one.due_at, one.step)))


def _tell(case: Case, step: CaseStep, due_at: datetime, steps: Sequence[CaseStep], settings: ComplaintSettings) -> str:
    channels = load_channels()
    name = channels[step.channel].name if step.channel in channels else step.channel
    due = due_of_step(step, settings)
    what = step.due_what or (due.what if due else "答复期限")
    then = due.then if due else ""
    moves = [channels[one].name for one in next_moves(step, steps, case.facts)]
    told = f"案件 {case.id}：“{name}”的期限已到（{show_time(due_at)[:16]}，{what}）"
    if step.provisional:
        told += "；该日期是暂算的，先核对放假安排"
    if then:
        told += f"。下一步：{then}"
    if moves:
        told += f"。可用的渠道：{'、'.join(moves[:4])}"
    return told + "。有答复的，用 case answer 记录"
