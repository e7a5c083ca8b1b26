"""Which channels must not handle one dispute at the same time, and what the steps already filed stand in the way of.

总局令121 art. 16(2) names them: courts, arbitration, market regulators or other authorities, consumer associations.
A public platform or a payment provider is none of them. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from monitor.complaints.deadlines.calendar import day_of
from monitor.complaints.deadlines.terms import due_after
from monitor.complaints.facts.step_outcomes import was_taken_up
from monitor.complaints.model import CaseFile, Missing
from monitor.complaints.routing.channels import in_force, load_channels
from storage.case import Answer, CaseStep

COURTS = ("pre_mediation", "small_claims", "court")
COMPLAINTS = ("p12315", "market_complaint")
CONSUMER = (*COMPLAINTS, "consumer_assoc")
"""The bodies that take up what somebody bought for his living."""
BODIES = (*CONSUMER, *COURTS)
"""The channels of ours that are bodies in the sense of that article, for the dispute between buyer and seller."""

_REFUSE = ("tsjb-16", "tsjb_old-15")


def said_of_elsewhere(file: CaseFile) -> Answer:
    """Whether another body has or had the dispute, as the buyer declares; NO where steps are recorded instead.

    A step is judged by its outcome, so what the buyer recorded need not be declared once more.
    """
    if any(step.channel in BODIES for step in file.steps):
        return Answer.NO
    return file.case.facts.elsewhere


def may_run_together(one: str, other: str) -> bool:
    """Whether two channels may handle the same dispute at the same time."""
    channels = load_channels()
    return one == other or (other not in channels[one].excludes and one not in channels[other].excludes)


def find_conflicts(channel: str, steps: Sequence[CaseStep], day: date) -> tuple[Missing, ...]:
    """Why a channel cannot be used for what was filed elsewhere already, and what to do instead."""
    if channel not in BODIES:
        return ()
    names = {name: row.name for name, row in load_channels().items()}
    found = []
    for step in steps:
        if step.channel not in BODIES or not (was_taken_up(step) or awaits_decision(step, day)):
            continue
        if not _stands(channel, step, day):
            continue
        name = names[step.channel]
        if step.channel == channel:
            found.append(_again(channel, step, name, day))
            continue
        found.append(
            Missing(
                field=f"steps.{step.channel}",
                what=f"同一争议已向“{name}”提出",
                why=_why(channel, step, name, names[channel]),
                mend=_mend(channel, step, name),
                articles=in_force(_REFUSE if channel in COMPLAINTS else (), day),
            )
        )
    return tuple(found)


def awaits_decision(step: CaseStep, day: date) -> bool:
    """Whether nobody answered yet and the body may still decide to take it up: silence is no refusal (art. 14).

    Until its term is over; afterwards it has to be asked, and what it says recorded.
    """
    if step.outcome != "silent" or step.channel not in BODIES:
        return False
    due = due_after(step.channel, "filed", step.filed_at)
    return due is not None and day_of(due.at) >= day


def find_silent(steps: Iterable[CaseStep], day: date) -> tuple[CaseStep, ...]:
    """The filings with bodies of that article that nobody answered although their term is over."""
    return tuple(
        step for step in steps if step.channel in BODIES and step.outcome == "silent" and not awaits_decision(step, day)
    )


def _stands(channel: str, step: CaseStep, day: date) -> bool:
    """Whether a step stands in the way of a channel.

    A court does not refuse a suit because a complaint is pending: the mediation ends then (art. 23), which is told.
    """
    if channel == "pre_mediation" and step.channel == channel:
        return not step.outcome  # who did not agree may be mediated once more
    if channel in COURTS:
        if step.channel in COURTS:
            if step.outcome == "withdrawn":
                return False  # who withdrew a suit may sue again
            return {channel, step.channel} <= {"small_claims", "court"}
        return False
    return True


def _again(channel: str, step: CaseStep, name: str, day: date) -> Missing:
    """The same dispute at the same body a second time: it has it already, or has dealt with it (16(2))."""
    silent = awaits_decision(step, day)
    done = bool(step.outcome) and not silent
    if done:
        state, why = "，并已处理", "已经受理或者处理过的同一争议，再次提出不予受理"
    elif step.accepted_at is not None:
        state, why = "，已受理，正在处理", "已经受理的同一争议，再次提出不予受理"
    else:
        state, why = "，还在等是否受理的决定", "没有答复不等于不予受理：期限没有过，受理以后再次提出的不予受理"
    return Missing(
        field=f"steps.{step.channel}",
        what=f"同一争议已向“{name}”提出{state}",
        why=why,
        mend=_mend(channel, step, name)
        if done
        else f"等“{name}”的结果，要补的材料补进原来的那一件；收到不予受理的，用 case answer 记录为 rejected 再提"
        + ("；期限过了仍没有答复的，凭编号打电话问是否受理" if step.accepted_at is None else ""),
        articles=in_force(_REFUSE if channel in COMPLAINTS else (), day),
    )


def _why(channel: str, step: CaseStep, name: str, wanted: str) -> str:
    state = "处理过" if step.outcome not in ("", "silent") else "正在处理" if step.accepted_at else "已收到"
    return f"“{name}”{state}的同一争议，不能再由“{wanted}”处理"


def _mend(channel: str, step: CaseStep, name: str) -> str:
    if channel in COURTS and step.channel in COURTS:
        if step.outcome:
            return "已有裁判的不能就同一争议再起诉：按裁判文书写明的期限上诉（小额诉讼一审终审），能否申请再审咨询律师"
        return "在已经立案的诉讼中提出全部请求"
    if step.channel in COURTS:
        return "在诉讼（调解）中提出全部请求，不再向行政机关投诉"
    if step.outcome and step.outcome != "silent":
        return "该争议已处理过：下一步走诉前调解或起诉"
    return f"等“{name}”的结果；结束后没有解决的，走诉前调解或起诉"
