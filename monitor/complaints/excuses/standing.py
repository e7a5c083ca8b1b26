"""Where a clause stood in time, and the sentence that is true of it. Pure.

What was captured on the day of an order whose clock time is not known stands neither before nor after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from monitor.complaints.excuses.model import Standing
from monitor.complaints.excuses.sights import PageHistory, Sight, Span, stands_in
from monitor.times import show_time

_MOST_TURNS = 4
_MOST_NAMED = 6


@dataclass(frozen=True)
class Placed:
    """A clause in time. `holders` are the captures that the sentence leans on and that have it, `without` those not.

    `shown` is False where no capture showed it as text. `told` may be said to the seller, "" where nothing may.
    """

    standing: Standing
    statement: str
    holders: tuple[Sight, ...]
    without: tuple[Sight, ...] = ()
    shown: bool = True
    told: str = ""


def place_clause(words: str, history: PageHistory, span: Span | None) -> Placed:
    """Where words (condensed) stood around an order; `span` None where its time is not known."""
    sights = history.sights
    having = [one for one in sights if stands_in(words, one.shown)]
    if not having:
        read = tuple(one for one in sights if words in one.words)[:_MOST_NAMED]
        times = "、".join(map(_at, read)) or "这一页"
        return Placed(
            Standing.CONCEALED,
            f"{times}的抓取里只在页面的隐藏内容或图片识别文字中读到，不作为当时显示的内容引用",
            read,
            shown=False,
        )
    if span is None:
        one = having[0]
        return Placed(
            Standing.AFTER_ONLY, f"{_at(one)}的抓取中显示；下单时间未填写，当时是否显示无法判断", tuple(having[:1])
        )
    before = [one for one in sights if span.is_before(one.seen_at)]
    rest = [one for one in sights if not span.is_before(one.seen_at)]
    if span.day_only:
        same = [one for one in rest if not span.is_after(one.seen_at)]
        near = [*before[-1:], *rest[: len(same) + 1]]
        states = {stands_in(words, one.shown) for one in near}
        if same and (states == {True, False} or (states == {True} and not before)):
            return _place_on_the_day(words, near, rest[len(same) :], span)
        if states == {False}:  # not there on that day at all: only what is certainly after the order counts
            rest = rest[len(same) :]
    if before and stands_in(words, before[-1].shown):
        return _place_there(words, before[-1], rest)
    return _place_away(words, before, rest, whole=history.whole)


def _place_on_the_day(words: str, near: Sequence[Sight], later: Sequence[Sight], span: Span) -> Placed:
    """Where the captures of the day itself decide: which of them were before the order is not known."""
    seen = "、".join(f"{_at(one)}{'显示' if stands_in(words, one.shown) else '未显示'}" for one in near[-_MOST_NAMED:])
    return Placed(
        Standing.SAME_DAY,
        f"下单只知道是{show_time(span.first)[:10]}（时刻不详），抓取所见：{seen}；"
        f"当天的抓取在下单前还是下单后不能断定，下单时是否显示不能断定{_turns(words, later)}",
        tuple(one for one in near if stands_in(words, one.shown)),
        tuple(one for one in near if words not in one.shown),
    )


def _place_there(words: str, last: Sight, rest: Sequence[Sight]) -> Placed:
    """It was shown in the last capture before the order."""
    if not rest:
        return Placed(
            Standing.BEFORE_ONLY, f"{_at(last)}（下单前）的抓取中显示；此后没有抓取，下单时是否仍在未观察", (last,)
        )
    first = rest[0]
    if stands_in(words, first.shown):
        return Placed(
            Standing.BOTH_SIDES,
            f"在{_at(last)}（下单前）、{_at(first)}两次抓取中均显示，间隔期间未观察{_turns(words, rest)}",
            (last, first),
        )
    return Placed(
        Standing.GONE_AFTER,
        f"{_at(last)}（下单前）的抓取中显示，{_at(first)}的抓取中未显示；两次之间未观察{_turns(words, rest)}",
        (last,),
        (first,),
    )


def _place_away(words: str, before: Sequence[Sight], rest: Sequence[Sight], *, whole: bool) -> Placed:
    """It was not shown in the last capture before the order, or there is none."""
    place = next((number for number, one in enumerate(rest) if stands_in(words, one.shown)), None)
    earlier = [one for one in before if stands_in(words, one.shown)]
    last = before[-1] if before else None
    if place is None:
        assert last is not None and earlier
        return Placed(
            Standing.ON_AND_OFF,
            f"{_at(earlier[-1])}（下单前）的抓取中曾显示，下单前最近一次{_at(last)}的抓取中未显示，此后也没有再见到",
            tuple(earlier[-1:]),
            (last,),
        )
    first, since = rest[place], rest[place - 1] if place else None
    turns = _turns(words, rest[place:])
    if last is not None and earlier:
        between = f"下单后{_at(since)}的抓取中也未显示，" if since else ""
        return Placed(
            Standing.ON_AND_OFF,
            f"下单前最近一次{_at(last)}的抓取中未显示，{between}{_at(first)}的抓取中又显示；"
            f"更早曾在{_span(earlier)}的抓取中显示：时有时无，下单时是否显示未观察{turns}",
            (earlier[0], first),
            tuple(one for one in (last, since) if one),
        )
    if since is not None and last is not None:
        never = f"；下单前的{len(before)}次抓取中都没有" if whole and len(before) > 1 else ""
        told = (
            f"该规则在下单前后最近的两次页面存证（{_at(last)}、{_at(since)}）中都没有，下单以后{_at(first)}的存证中见到。"
            if since is rest[0]
            else f"该规则在{_at(last)}（下单前）、{_at(since)}的页面存证中都没有，下单以后{_at(first)}的存证中见到。"
        )
        return Placed(
            Standing.ADDED_AFTER,
            f"{_at(last)}（下单前）和{_at(since)}（下单后）的抓取中都没有，{_at(first)}的抓取中见到；"
            f"两次之间未观察{never}{turns}",
            (first,),
            (last, since),
            told=told,
        )
    if since is not None:
        return Placed(
            Standing.ADDED_AFTER,
            f"下单后{_at(since)}的抓取中还没有，{_at(first)}的抓取中见到；下单前没有抓取，当时是否显示无法判断{turns}",
            (first,),
            (since,),
        )
    if last is not None:
        return Placed(
            Standing.ADDED_BETWEEN,
            f"{_at(last)}（下单前）的抓取中没有，{_at(first)}（下单后）的抓取中见到；"
            f"两次之间何时加上未观察，可能早于下单{turns}",
            (first,),
            (last,),
        )
    return Placed(
        Standing.AFTER_ONLY,
        f"{_at(first)}（下单后）的抓取中显示；下单前没有抓取，下单时是否显示无法判断{turns}",
        (first,),
    )


def _turns(words: str, sights: Sequence[Sight]) -> str:
    """How it came and went from the first of these captures on, "" where it stayed as it was."""
    turned: list[str] = []
    for before, after in pairwise(sights):
        if (stands_in(words, before.shown)) != (stands_in(words, after.shown)):
            turned.append(f"{_at(after)}{'显示' if stands_in(words, after.shown) else '未显示'}")
    if not turned:
        return ""
    more = "等" if len(turned) > _MOST_TURNS else ""
    return f"；此后{'、'.join(turned[:_MOST_TURNS])}{more}"


def _span(sights: Sequence[Sight]) -> str:
    return _at(sights[0]) if len(sights) == 1 else f"{_at(sights[0])}至{_at(sights[-1])}间"


def _at(sight: Sight) -> str:
    return show_time(sight.seen_at)[:16]
