"""A page that flickers without end: beyond so many blinks its differences that are no rules are told in one line.

Takes the habits of a page and the differences of a visit, gives what is told. Rules, prices, terms and limits always
come through one by one. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor.changes.habits import WINDOW, Habits, make_noise, may_be_noise
from storage.model import ChangeClass, Difference, Effect, Severity

BLINKS_TO_BEGIN = 8
BLINKS_TO_END = 3
"""Visits of the last WINDOW in which something blinked: from the first on the budget holds, down to the second."""

_MASK = (1 << WINDOW) - 1
_MOST_CHARACTERS = 2_000
_NAMED = 3
_QUOTED = 24


def count_blink(habits: Habits, blinked: bool) -> Habits:
    """The habits after a visit in which something blinked, or nothing did."""
    bits = (habits.blinks << 1 | blinked) & _MASK
    times = bits.bit_count()
    on = times >= BLINKS_TO_BEGIN or (habits.on_budget and times > BLINKS_TO_END)
    return replace(habits, blinks=bits, on_budget=on)


def fold_differences(habits: Habits, differences: Sequence[Difference]) -> tuple[Difference, ...]:
    """The differences as they are, or, for a page on its budget, those that are no rules folded into one."""
    if not habits.on_budget:
        return tuple(differences)
    folded = [one for one in differences if one.change_class is not ChangeClass.NOISE and may_be_noise(one)]
    if not folded:
        return tuple(differences)
    kept = [one for one in differences if not any(one is other for other in folded)]
    return (*kept, _fold(habits, folded))


def _fold(habits: Habits, folded: Sequence[Difference]) -> Difference:
    texts = [one.after or one.before for one in folded]
    named = "、".join(f"“{text[:_QUOTED]}”" for text in texts[:_NAMED])
    more = f"等{len(folded)}处" if len(folded) > _NAMED else f"共{len(folded)}处"
    reason = (
        f"本页最近{WINDOW}次抓取中有{habits.blinks.bit_count()}次闪变，已列入噪声预算：{named}{more}不涉及规则的变动合并为一行；"
        "条款、价格、期限、限购的变动仍逐条列出"
    )
    merged = Difference(
        ChangeClass.NOISE,
        Severity.NONE,
        Effect.NEUTRAL,
        ("noise_budget",),
        "",
        "\n".join(one.before for one in folded if one.before)[:_MOST_CHARACTERS],
        "\n".join(one.after for one in folded if one.after)[:_MOST_CHARACTERS],
        reason,
        all(one.quotable for one in folded),
    )
    return make_noise(merged, "noise_budget", reason)
