"""Figures of own cases: with n and an interval, none under five, and what is not known counts nowhere."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from monitor.complaints.risk.metrics import (
    Figure,
    KnownCase,
    find_quantile,
    measure_cases,
    resample_quantile,
    wilson_interval,
)
from monitor.config.complaints import ComplaintSettings
from risk.known import DAY, NOW, case
from storage.case import CaseStep

HOUR = timedelta(hours=1)


def measure(*cases: KnownCase) -> dict[str, Figure]:
    return {one.id: one for one in measure_cases(cases, NOW, ComplaintSettings())}


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(5, 10, 0.2366, 0.7634), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (1, 5, 0.0362, 0.6245)],
)
def test_wilson_interval_is_the_published_one(hits: int, n: int, low: float, high: float) -> None:
    found = wilson_interval(hits, n)
    assert found == pytest.approx((low, high), abs=1e-3)


def test_quantiles_and_their_interval_are_the_same_each_time() -> None:
    values = [1.0, 2.0, 3.0, 4.0, 10.0]
    assert find_quantile(values, 0.5) == 3.0
    assert find_quantile(values, 0.9) == pytest.approx(7.6)
    assert resample_quantile(values, 0.5) == resample_quantile(list(reversed(values)), 0.5)
    low, high = resample_quantile(values, 0.5)
    assert 1.0 <= low <= 3.0 <= high <= 10.0


def test_under_five_cases_there_is_no_figure() -> None:
    found = measure(*(case(n, contacted_at=NOW - 5 * DAY, replied_at=NOW - 4 * DAY) for n in range(4)))
    assert all(one.value is None for one in found.values())
    assert "n=4" in found["first_response_p50"].note


def test_hours_to_the_first_answer_and_on_time_rate() -> None:
    waits = (1, 2, 3, 30, 40)
    found = measure(
        *(case(n, contacted_at=NOW - 5 * DAY, replied_at=NOW - 5 * DAY + w * HOUR) for n, w in enumerate(waits))
    )
    assert found["first_response_p50"].value == 3
    assert found["first_response_p90"].value == 36
    on_time = found["on_time_rate"]
    assert (on_time.value, on_time.n) == (0.6, 5)
    assert on_time.low is not None and on_time.high is not None
    assert on_time.low < 0.6 < on_time.high


def test_silence_counts_only_once_the_time_is_over() -> None:
    old = [case(n, contacted_at=NOW - 3 * DAY) for n in range(4)]
    answered = case(4, contacted_at=NOW - 3 * DAY, replied_at=NOW - 3 * DAY + HOUR)
    fresh = case(5, contacted_at=NOW - HOUR)
    found = measure(*old, answered, fresh)
    assert (found["silent_rate"].value, found["silent_rate"].n) == (0.8, 5)
    assert found["on_time_rate"].n == 5


def test_a_step_to_the_platform_counts_as_contact_and_answer() -> None:
    def step(n: int) -> CaseStep:
        filed = NOW - 4 * DAY
        return CaseStep(f"p-{n}", f"k-{n}", "platform", filed, due_at=filed + 2 * HOUR, answered_at=filed + HOUR)

    found = measure(*(case(n, steps=(step(n),)) for n in range(5)))
    assert found["first_response_p50"].value == 1
    assert found["on_time_rate"].value == 1


def test_resolution_refund_and_money_count_closed_cases_only() -> None:
    closed = NOW - DAY
    done = [case(n, closed_at=closed, outcome="refunded", returned=Decimal(50)) for n in range(3)]
    done += [case(3, closed_at=closed, outcome="partly", returned=Decimal(20))]
    done += [case(4, closed_at=closed, outcome="refused"), case(5)]
    found = measure(*done)
    assert (found["resolution_rate"].value, found["resolution_rate"].n) == (0.6, 5)
    assert found["refund_rate"].value == 0.8
    assert found["refunded_yuan"].value == 170
    assert "主张250元" in found["refunded_yuan"].note
    assert found["time_to_refund"].n == 4


def test_time_to_refund_runs_from_the_first_contact_to_the_money() -> None:
    contacted = NOW - 9 * DAY
    paid = [
        case(
            n,
            contacted_at=contacted,
            steps=(
                CaseStep("p", f"k-{n}", "wechat_pay", contacted, answered_at=contacted + 3 * DAY, returned=Decimal(50)),
            ),
        )
        for n in range(5)
    ]
    assert measure(*paid)["time_to_refund"].value == 3


def test_erased_and_later_cases_count_nowhere() -> None:
    gone = [case(n, erased_at=NOW, contacted_at=NOW - 5 * DAY) for n in range(5)]
    later = [case(n, opened=NOW + DAY, contacted_at=NOW - 5 * DAY) for n in range(5)]
    assert measure(*gone, *later)["silent_rate"].n == 0
