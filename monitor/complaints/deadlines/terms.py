"""Until when an answer is due, and what to do when it does not come.

Takes a channel, an event and its moment, gives the moment when the term has run out: by hours for the seller, by the
clocks of the rules for others. Which rule goes is decided by the day on which the channel received the matter. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.complaints.deadlines.calendar import (
    Term,
    add_days,
    add_months,
    add_working_days,
    add_years_unmoved,
    day_of,
    end_of,
)
from monitor.complaints.facts.purposes import is_not_living
from monitor.complaints.facts.step_outcomes import OUTCOME_ZH
from monitor.complaints.routing.channels import UNIT_ZH, Clock, Unit, cite, in_force, load_channels
from monitor.complaints.routing.payment_routes import PAYMENT_CHANNELS, find_payment_route
from monitor.config.complaints import ComplaintSettings
from storage.case import Case, CaseStep, Facts

_DEFAULTS = ComplaintSettings()
LIMITATION_YEARS = 3


@dataclass(frozen=True)
class Due:
    """When what is due. `provisional` with `why`; `article` is the id of the first article that gives the term, or "".

    `then` is the next move once it has passed; `confirmed` False where no rule gives the term.
    """

    at: datetime
    what: str
    provisional: bool
    article: str
    why: str = ""
    then: str = ""
    confirmed: bool = True
    buyers: bool = False


@dataclass(frozen=True)
class DueRow:
    """One term of a case as the list of what is due shows it."""

    case: str
    step: str  # "" for a term that hangs on no step
    channel: str
    name: str
    due: Due
    passed: bool
    next_moves: tuple[str, ...] = ()


def due_after(
    channel: str,
    event: str,
    at: datetime,
    settings: ComplaintSettings = _DEFAULTS,
    *,
    received: datetime | None = None,
) -> Due | None:
    """When the channel's clock for an event runs out; None where it has none.

    Events are filed, accepted, ended, paid, harmed. `received` is when the channel got the matter (else `at`): a
    complaint received before 2026-04-15 goes by the rules of then. An unknown channel raises KeyError.
    """
    clock = find_clock(channel, event, received or at)
    return _run(clock, at, received or at, settings) if clock else None


def find_clock(channel: str, event: str, received: datetime) -> Clock | None:
    """The clock of a channel for an event, by the rules of the day on which the matter was received."""
    day = day_of(received)
    clocks = load_channels()[channel].clocks
    return next((one for one in clocks if one.event == event and one.holds_on(day)), None)


def due_of_step(step: CaseStep, settings: ComplaintSettings = _DEFAULTS) -> Due | None:
    """What is due on a step that runs, reckoned anew from its moments; None once it is over or has no clock."""
    if is_over(step):
        return step_end_due(step, settings) if step.outcome == "ended" else None
    event = "accepted" if step.accepted_at else "filed"
    clock = find_clock(step.channel, event, step.filed_at) if step.channel in load_channels() else None
    if clock is None:
        return None
    start = step.filed_at if clock.counts_from == "filed" or step.accepted_at is None else step.accepted_at
    return _run(clock, start, step.filed_at, settings)


def step_end_due(step: CaseStep, settings: ComplaintSettings = _DEFAULTS) -> Due | None:
    """Until when the end of a mediation must be told, where the rule gives a term; None while the end is not known."""
    if step.answered_at is None or step.channel not in load_channels():
        return None
    return due_after(step.channel, "ended", step.answered_at, settings, received=step.filed_at)


def apply_answer(
    step: CaseStep, outcome: str, at: datetime, settings: ComplaintSettings = _DEFAULTS
) -> tuple[CaseStep, Due | None]:
    """A step after an answer, and what is due next. `accepted` is 受理: a new clock, which may be reminded of anew."""
    if outcome != "accepted":
        return replace(step, answered_at=at, outcome=outcome), None
    taken = replace(step, accepted_at=at, outcome="", answered_at=None, due_at=None, reminded_at=None)
    due = due_of_step(taken, settings)
    if due is None:
        return replace(taken, due_at=None, due_what="", provisional=False), None
    return replace(taken, due_at=due.at, due_what=due.what, provisional=due.provisional), due


def is_over(step: CaseStep) -> bool:
    """Whether a step came to its end."""
    return step.outcome in OUTCOME_ZH


def is_running(step: CaseStep, at: datetime) -> bool:
    """Whether an answer to a step is still awaited and its term has not run out."""
    return not is_over(step) and (step.due_at is None or step.due_at >= at)


def limitation_of(facts: Facts) -> Due | None:
    """When the general limitation of three years runs out, from the day on which the harm was seen; None: not known."""
    start = facts.noticed_at or facts.contacted_at or facts.ordered_at
    if start is None:
        return None
    last = add_years_unmoved(day_of(start), LIMITATION_YEARS)
    told = "" if facts.noticed_at else "发现问题的时间未填写，按最早的已知时间保守计算"
    articles = in_force(("mfd-188",), day_of(start))
    return Due(
        end_of(last),
        "诉讼时效（三年；投诉也以三年为限）",
        bool(told),
        articles[0] if articles else "",
        told,
        "时效届满后对方可以此抗辩，投诉也不再受理；在此之前提出请求或起诉会使时效中断，须留下证据",
        True,
        True,
    )


def list_due(
    case: Case, steps: Sequence[CaseStep], at: datetime, settings: ComplaintSettings = _DEFAULTS
) -> tuple[DueRow, ...]:
    """Everything that is due in an open case, earliest first: steps that run, the demand's deadline, the limitation."""
    if case.closed_at is not None or case.erased_at is not None:
        return ()
    rows: list[DueRow] = []
    channels = load_channels()
    for step in steps:
        fresh = due_of_step(step, settings)  # a provisional date is reckoned anew: the calendar may reach further now
        due = fresh if step.provisional and fresh is not None else _stored_due(step) or fresh
        if due is None or is_over(step):
            continue
        name = channels[step.channel].name if step.channel in channels else step.channel
        moves = next_moves(step, steps, case.facts)
        rows.append(DueRow(case.id, step.id, step.channel, name, due, due.at < at, moves))
    asked = case.facts.answer_by
    if asked is not None and not any(step.channel == "platform" for step in steps):
        due = Due(asked, "给卖家的答复期限", False, "", then="用 case file 记录已发出的函件；无答复的转支付渠道")
        rows.append(DueRow(case.id, "", "platform", channels["platform"].name, due, asked < at))
    limitation = limitation_of(case.facts)
    if limitation is not None:
        rows.append(DueRow(case.id, "", "", "诉讼时效", limitation, limitation.at < at))
    return tuple(sorted(rows, key=lambda row: (row.due.at, row.step, row.name)))


def next_moves(step: CaseStep, steps: Iterable[CaseStep], facts: Facts) -> tuple[str, ...]:
    """The channels that follow on a step, were not used yet and fit how it was paid and for what; ids of channels."""
    channel = load_channels().get(step.channel)
    if channel is None:
        return ()
    left_out = {one.channel for one in steps}
    left_out |= {*PAYMENT_CHANNELS} - {*find_payment_route(facts, day_of(step.filed_at)).channels}
    if is_not_living(facts):
        left_out |= {"p12315", "market_complaint", "consumer_assoc"}
    return tuple(one for one in channel.after if one not in left_out)


def tell_due(due: Due, settings_note: str = "") -> str:
    """One Chinese line: until when what, by which article, and whether the date is provisional."""
    from monitor.times import show_time

    law = cite((due.article,), day_of(due.at)) if due.article else ""
    marks = [*(["暂定"] if due.provisional else []), *([] if due.confirmed else ["没有条文依据的默认值"])]
    mark = f"〔{'，'.join(marks)}〕" if marks else ""
    return f"{show_time(due.at)[:16]} {due.what}{law}{mark}{settings_note}"


def _stored_due(step: CaseStep) -> Due | None:
    """The term as it was written down with the step; what follows on it comes from the channel's clock."""
    if step.due_at is None:
        return None
    event = "accepted" if step.accepted_at else "filed"
    clock = find_clock(step.channel, event, step.filed_at) if step.channel in load_channels() else None
    articles = in_force(clock.articles, day_of(step.filed_at)) if clock else ()
    return Due(
        step.due_at,
        step.due_what or (clock.what if clock else "答复"),
        step.provisional,
        articles[0] if articles else "",
        then=clock.then if clock else "",
        confirmed=clock.confirmed if clock else False,
    )


def _run(clock: Clock, at: datetime, received: datetime, settings: ComplaintSettings) -> Due:
    amount = int(getattr(settings, clock.setting)) if clock.setting else clock.amount
    articles = in_force(clock.articles, day_of(received))
    article = articles[0] if articles else ""
    length = f"{amount}{UNIT_ZH[clock.unit]}"
    what = f"{clock.what}：{length}"
    if clock.unit is Unit.HOURS:
        return Due(at + timedelta(hours=amount), what, False, article, "", clock.then, clock.confirmed, clock.buyers)
    term = _count(clock, at, amount)
    return Due(end_of(term.last), what, term.provisional, article, term.why, clock.then, clock.confirmed, clock.buyers)


def _count(clock: Clock, at: datetime, amount: int) -> Term:
    start = day_of(at)
    if clock.buyers:
        if clock.unit is Unit.YEARS:
            return Term(add_years_unmoved(start, amount))
        return Term(start + timedelta(days=amount))
    if clock.unit is Unit.WORKING_DAYS:
        return add_working_days(start, amount)
    if clock.unit is Unit.DAYS:
        return add_days(start, amount)
    return add_months(start, amount * (12 if clock.unit is Unit.YEARS else 1))
