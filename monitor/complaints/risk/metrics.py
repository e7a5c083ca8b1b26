"""How a platform dealt with the complaints that are kept here: hours to an answer, rates, money that came back. Pure.

Takes cases with their steps, gives figures with n and an interval; under five cases there is no figure. Rates have the
Wilson interval (Wilson 1927), medians one by resampling with a fixed seed: the same cases give the same numbers.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from monitor.complaints.facts.step_outcomes import NO_ANSWERS
from monitor.config.complaints import ComplaintSettings
from storage.case import Case, CaseStep, DemandKind

LEAST = 5
"""Fewer cases give no figure."""

Z95 = 1.959964
_ROUNDS = 1000
_SEED = 20261123
_MOST_SAMPLED = 2000
_RESOLVED = ("refunded", "replaced")
_MONEY = (DemandKind.REFUND, DemandKind.RELEASE, DemandKind.DAMAGES, DemandKind.FRAUD)


@dataclass(frozen=True)
class Figure:
    """One figure: `value` with its 95 % interval, None with the reason in `note`. `unit` is hour, day, rate or yuan."""

    id: str
    name: str
    unit: str
    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    note: str = ""


@dataclass(frozen=True)
class KnownCase:
    """A case with its steps."""

    case: Case
    steps: tuple[CaseStep, ...] = ()


@dataclass(frozen=True)
class _Answered:
    """How a first contact went: hours until the answer (None while there is none), and the hours that were given."""

    hours: float | None
    given: float
    passed: float  # since the contact


def measure_cases(cases: Sequence[KnownCase], at: datetime, settings: ComplaintSettings) -> tuple[Figure, ...]:
    """The figures of one platform's cases as of a moment; erased cases count nowhere."""
    living = [one for one in cases if one.case.erased_at is None and one.case.opened_at <= at]
    answered = [one for case in living if (one := _first_answer(case, at, settings)) is not None]
    hours = [one.hours for one in answered if one.hours is not None]
    judged = [one for one in answered if one.hours is not None or one.passed > one.given]
    closed = [one.case for one in living if one.case.closed_at is not None]
    refunded = sum(bool(_returned(one)) for one in living if one.case.closed_at is not None)
    waits = [days for one in living if (days := _days_to_refund(one)) is not None]
    silent = [one for one in answered if one.passed > one.given]
    return (
        _quantile("first_response_p50", "首次答复用时（中位）", "hour", hours, 0.5),
        _quantile("first_response_p90", "首次答复用时（九成以内）", "hour", hours, 0.9),
        _rate("on_time_rate", "按期答复率", sum(_in_time(one) for one in judged), len(judged)),
        _rate("silent_rate", "到期未答复率", sum(one.hours is None for one in silent), len(silent)),
        _rate("resolution_rate", "解决率（退款或换货）", sum(one.outcome in _RESOLVED for one in closed), len(closed)),
        _rate("refund_rate", "退款率（全部或部分）", refunded, len(closed)),
        _money(living),
        _quantile("time_to_refund", "退款到账用时（中位）", "day", waits, 0.5),
    )  # fmt: skip


def wilson_interval(hits: int, n: int, z: float = Z95) -> tuple[float, float]:
    """The Wilson score interval of a rate; n must be above 0."""
    share, square = hits / n, z * z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = z / (1 + square / n) * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def find_quantile(values: Sequence[float], share: float) -> float:
    """The quantile of values by linear interpolation; values must not be empty."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def resample_quantile(values: Sequence[float], share: float) -> tuple[float, float]:
    """A 95 % interval of a quantile by resampling, the same for the same values."""
    drawn = random.Random(_SEED)  # noqa: S311 - statistics, no secret
    pool = sorted(values)[:_MOST_SAMPLED]
    found = sorted(find_quantile(drawn.choices(pool, k=len(pool)), share) for _ in range(_ROUNDS))
    return found[int(_ROUNDS * 0.025)], found[int(_ROUNDS * 0.975) - 1]


def _first_answer(known: KnownCase, at: datetime, settings: ComplaintSettings) -> _Answered | None:
    facts = known.case.facts
    filed = [step for step in known.steps if step.channel == "platform"]
    contacted = facts.contacted_at or min((step.filed_at for step in filed), default=None)
    if contacted is None or contacted > at:
        return None
    answers = [
        moment
        for moment in (facts.replied_at, *(step.answered_at for step in filed if step.outcome not in NO_ANSWERS))
        if moment is not None
    ]
    first = min((moment for moment in answers if contacted <= moment <= at), default=None)
    due = facts.answer_by or next((step.due_at for step in filed if step.due_at), None)
    given = (due - contacted) if due and due > contacted else timedelta(hours=settings.answer_hours)
    return _Answered(_hours(first - contacted) if first else None, _hours(given), _hours(at - contacted))


def _in_time(one: _Answered) -> bool:
    return one.hours is not None and one.hours <= one.given


def _days_to_refund(known: KnownCase) -> float | None:
    paid = [step.answered_at for step in known.steps if step.returned and step.answered_at]
    back = min(paid, default=None) or (known.case.closed_at if known.case.returned else None)
    begun = known.case.facts.contacted_at or known.case.opened_at
    return None if back is None or back < begun else _hours(back - begun) / 24


def _returned(known: KnownCase) -> Decimal:
    if known.case.returned is not None:
        return known.case.returned
    return sum((step.returned for step in known.steps if step.returned), Decimal(0))


def _claimed(known: KnownCase) -> Decimal | None:
    sums = [one.amount for one in known.case.facts.demands if one.kind in _MONEY and one.amount is not None]
    return sum(sums, Decimal(0)) if sums else known.case.facts.paid


def _money(cases: Sequence[KnownCase]) -> Figure:
    told = [(one, claimed) for one in cases if one.case.closed_at and (claimed := _claimed(one))]
    name = "已退金额（已结案件）"
    if len(told) < LEAST:
        return _too_few("refunded_yuan", name, "yuan", len(told))
    asked = sum((claimed for _, claimed in told), Decimal(0))
    back = sum((_returned(one) for one, _ in told), Decimal(0))
    share = f"，占{back / asked:.0%}" if asked else ""
    return Figure("refunded_yuan", name, "yuan", len(told), float(back), note=f"主张{asked:f}元{share}")


def _quantile(name: str, title: str, unit: str, values: Sequence[float], share: float) -> Figure:
    if len(values) < LEAST:
        return _too_few(name, title, unit, len(values))
    low, high = resample_quantile(values, share)
    return Figure(name, title, unit, len(values), round(find_quantile(values, share), 2), round(low, 2), round(high, 2))


def _rate(name: str, title: str, hits: int, n: int) -> Figure:
    if n < LEAST:
        return _too_few(name, title, "rate", n)
    low, high = wilson_interval(hits, n)
    return Figure(name, title, "rate", n, round(hits / n, 4), round(low, 4), round(high, 4))


def _too_few(name: str, title: str, unit: str, n: int) -> Figure:
    return Figure(name, title, unit, n, note=f"样本不足{LEAST}个（n={n}），不给数值")


def _hours(span: timedelta) -> float:
    return span.total_seconds() / 3600
