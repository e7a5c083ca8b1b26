"""Times in an order that cannot be, and a key that was good when it came and ran out unused.

Takes a case file and a channel at which something is claimed, gives what is missing with a way out for each. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from monitor.complaints.facts.fact_paths import show_moment
from monitor.complaints.filing.grounds import ASKED, find_grounds
from monitor.complaints.model import CaseFile, Missing
from monitor.complaints.routing.filing_words import pattern
from storage.case import DemandKind, ProblemKind

_KEYS = (ProblemKind.DEAD_KEY, ProblemKind.EXPIRED_KEY, ProblemKind.USED_KEY, ProblemKind.SHORT_VALUE)
_NEAR = timedelta(minutes=5)  # two clocks


def find_time_blocks(file: CaseFile, channel: str) -> Iterator[Missing]:
    """Times of which the later is told as the earlier."""
    facts = file.case.facts
    paid = min((one.paid_at for one in facts.orders if one.paid_at is not None), default=None)
    steps = [
        ("下单", facts.ordered_at, "收到商品", facts.received_at),
        ("下单", facts.ordered_at, "发现问题", facts.noticed_at),
        ("下单", facts.ordered_at, "首次找卖家", facts.contacted_at),
        ("下单", facts.ordered_at, "卖家答复", facts.replied_at),
        ("下单", facts.ordered_at, "使用", facts.used_at),
        ("首次找卖家", facts.contacted_at, "卖家答复", facts.replied_at),
    ]
    if len(facts.orders) == 1:  # of several orders one may have been used before another came
        steps.append(("付款", paid, "收到商品", facts.received_at))
        steps.append(("收到商品", facts.received_at, "使用", facts.used_at))
        if facts.problem in _KEYS:
            steps.append(("收到商品", facts.received_at, "发现问题", facts.noticed_at))
    wrong = [
        f"{later}（{show_moment(then)}）早于{earlier}（{show_moment(first)}）"
        for earlier, first, later, then in steps
        if first is not None and then is not None and is_before(then, first)
    ]
    if wrong:
        yield Missing(
            "times",
            "前后对得上的时间",
            f"{'；'.join(wrong[:3])}：陈述自相矛盾，会被要求说明或退回",
            "对照账单、订单页和聊天逐个改正（case set 案件 …）",
            find_grounds(file, channel, ASKED),
        )


def is_before(one: datetime, other: datetime) -> bool:
    """Whether a moment is surely earlier: by days where one is told as a day only, else by more than clocks differ."""
    first, second = show_moment(one), show_moment(other)
    if len(first) != len(second):
        length = min(len(first), len(second))
        return first[:length] < second[:length]
    return one < other - _NEAR if len(first) > len("2026-11-10") else first < second


def find_expired_keys(file: CaseFile, channel: str) -> Iterator[Missing]:
    """A key that was good when it came and ran out unused: its price is not asked back as of bad goods."""
    facts = file.case.facts
    received, until, noticed = facts.received_at, facts.valid_until, facts.noticed_at
    if facts.problem is not ProblemKind.EXPIRED_KEY or received is None or until is None or noticed is None:
        return
    in_time = is_before(received, until) and is_before(until, noticed)
    asks = any(one.kind in (DemandKind.REFUND, DemandKind.FRAUD, DemandKind.DAMAGES) for one in facts.demands)
    if in_time and asks and not pattern("story", "expiry_excused").search(facts.what_happened):
        yield Missing(
            "story.expiry",
            "与有效期相符的请求",
            f"收到时（{show_moment(received)}）卡密还在有效期内（至{show_moment(until)}），"
            f"{show_moment(noticed)}才发现过期：因没有及时兑换而过期的，要求退款的依据不足",
            "去掉退款、赔偿的请求，改为协商延期或换发（case set 案件 demands.1.kind=换发同面值 demands.1.amount=）；"
            "对方没有告知有效期、或期内就兑换不了的，在经过里写明",
            find_grounds(file, channel, ASKED),
        )
