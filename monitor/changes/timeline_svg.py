"""Draws timelines as SVG: changes by severity, price, stock and how each look ended, over one axis of time. Chinese.

Takes timelines, gives text without scripts or outside files. Severity is told by shape, size and colour together:
it holds in print and for the colour-blind. Long histories are drawn by columns of the picture, never look by look.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from monitor.change_words import SEVERITY_WORDS
from monitor.changes.redline_words import EFFECT_WORDS
from monitor.changes.timeline import Event, Timeline
from monitor.changes.timeline_lanes import (
    FAINT,
    INK,
    LEFT,
    LOOKS,
    RIGHT,
    SOFT,
    WIDTH,
    Scale,
    draw_axis,
    draw_looks,
    draw_series,
    escape,
    shorten,
    show_moment,
    text,
)
from storage.model import ChangeClass, ChangeStatus, Effect, Severity

MOST_PAGES = 24
_EVENT_HEIGHT, _PRICE_HEIGHT, _STOCK_HEIGHT, _LOOK_HEIGHT = 46, 74, 40, 18
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_LISTED = 14
_MOST_MARKS = 160
_FONT = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif"
_COLOURS = {
    Severity.CRITICAL: "#7a0019",
    Severity.HIGH: "#c43c00",
    Severity.MEDIUM: "#b08900",
    Severity.LOW: "#1f5582",
    Severity.NONE: "#777",
}


def draw_timelines(timelines: Sequence[Timeline]) -> str:
    """One picture of one or more pages, the gravest first where they are many, over one axis."""
    shown = timelines[:MOST_PAGES]
    start, end = min(one.start for one in shown), max(one.end for one in shown)
    margin = max((end - start) / 60, timedelta(minutes=30))
    scale = Scale(start - margin, end + margin)
    parts: list[str] = []
    y = 16
    for timeline in shown:
        body, height = _draw_page(timeline, scale, y)
        parts.append(body)
        y += height + 22
    if len(timelines) > len(shown):
        parts.append(text(LEFT, y, f"另有 {len(timelines) - len(shown)} 个页面未画出", size=12, colour=SOFT))
        y += 18
    parts.append(_legend(y, sum(timeline.left_out for timeline in timelines)))
    y += 62 + 20 * any(timeline.left_out for timeline in timelines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y}" viewBox="0 0 {WIDTH} {y}" '
        f'font-family="{_FONT}" role="img" aria-label="页面变更时间线">'
        f"<title>页面变更时间线（北京时间）</title>{_PATTERN}"
        f'<rect width="{WIDTH}" height="{y}" fill="#fff"/>{"".join(parts)}</svg>'
    )


_PATTERN = (
    '<defs><pattern id="gap" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="7" height="7" fill="#f6f6f6"/><line x1="0" y1="0" x2="0" y2="7" stroke="#cfcfcf" stroke-width="2"/>'
    "</pattern></defs>"
)


def _draw_page(timeline: Timeline, scale: Scale, top: int) -> tuple[str, int]:
    """One page from `top` on, and how high it is."""
    page = timeline.page
    parts = [
        text(12, top + 6, page.platform, size=15, weight=700),
        text(12, top + 24, shorten(f"{_ROLES.get(page.role.value, page.role.value)}  {page.url}", 110), size=12,
              colour=SOFT),
    ]  # fmt: skip
    y = top + 40
    lanes: list[tuple[str, int, str]] = []
    marks, listed = _draw_events(timeline.events, scale, y)
    lanes.append(("变更", _EVENT_HEIGHT, marks))
    y += _EVENT_HEIGHT + 8
    for name, height, series in (
        ("价格（元）", _PRICE_HEIGHT, timeline.prices),
        ("库存", _STOCK_HEIGHT, timeline.stock),
    ):
        if series:
            lanes.append((name, height, draw_series(series, timeline, scale, y, height)))
            y += height + 8
    lanes.append(("抓取", _LOOK_HEIGHT, draw_looks(timeline, scale, y, _LOOK_HEIGHT)))
    y += _LOOK_HEIGHT + 8
    bottom = y
    at = top + 40
    gaps = "".join(
        f'<rect x="{scale.at(first)}" y="{at}" width="{max(scale.at(last) - scale.at(first), 1):.1f}" '
        f'height="{bottom - at}" fill="url(#gap)">'
        f"<title>未观察：{show_moment(first)} 至 {show_moment(last)}</title></rect>"
        for first, last in timeline.gaps
    )
    parts.append(gaps)
    parts.append(draw_axis(scale, at, bottom))
    for name, height, body in lanes:
        parts.append(text(12, at + height / 2 + 4, name, size=12, colour=SOFT))
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at + height}" y2="{at + height}" stroke="{FAINT}"/>')
        parts.append(body)
        at += height + 8
    y = bottom + 32
    for number, event in listed:
        parts.append(_tell_event(number, event, y))
        y += 19
    for words in _tell_rest(timeline.events, len(listed)):
        parts.append(text(LEFT, y, words, size=12, colour=SOFT))
        y += 19
    return "".join(parts), y - top


_ROLES = {
    "product": "商品页", "terms": "条款页", "notice": "公告页", "home": "首页", "contact": "联系页", "order": "订单页",
    "release": "发布页",
}  # fmt: skip


# --- the lanes --------------------------------------------------------------------------------------------------------


def _draw_events(events: Sequence[Event], scale: Scale, top: int) -> tuple[str, list[tuple[int, Event]]]:
    """A mark for each change at its first sight, and the time since the old text was seen; the gravest have numbers."""
    standing = [event for event in events if event.status is not ChangeStatus.BLINKED]
    ranked = sorted(standing, key=lambda event: (-event.severity.rank, event.effect is not Effect.WORSE, event.at))
    chosen = sorted([event for event in ranked if event.is_told][:_LISTED], key=_when)
    numbers = {event.change_id: number for number, event in enumerate(chosen, 1)}
    parts: list[str] = []
    middle = top + 28
    columns: set[tuple[int, Severity]] = set()
    drawn: list[Event] = []
    for event in ranked:
        column = int(scale.at(event.at) // 12), event.severity
        if column not in columns or event.change_id in numbers:  # the same shape at the same place says nothing more
            columns.add(column)
            drawn.append(event)
    for event in reversed(drawn[:_MOST_MARKS]):
        x = scale.at(event.at)
        colour = _COLOURS[event.severity]
        before = scale.at(event.last_before) if event.last_before else x
        title = f"<title>{escape(f'{show_moment(event.at)} {event.reason[:200]}')}</title>"
        parts.append(
            f'<g>{title}<line x1="{before}" x2="{x}" y1="{middle}" y2="{middle}" stroke="{colour}" stroke-width="2" '
            f'stroke-dasharray="3 3" opacity=".6"/>{_shape(event, x, middle)}</g>'
        )
    for x, first, last in _join_labels([(scale.at(event.at), number) for number, event in enumerate(chosen, 1)]):
        label = str(first) if first == last else f"{first}–{last}"
        parts.append(text(x, middle - 13, label, size=11, weight=700, anchor="middle"))
    return "".join(parts), list(enumerate(chosen, 1))


def _join_labels(places: Sequence[tuple[float, int]]) -> list[tuple[float, int, int]]:
    """Numbers that would stand over each other as one span: place, first and last number."""
    joined: list[tuple[float, int, int]] = []
    for x, number in places:
        if joined and x - joined[-1][0] < 26:
            joined[-1] = (joined[-1][0], joined[-1][1], number)
        else:
            joined.append((x, number, number))
    return joined


def _shape(event: Event, x: float, y: float) -> str:
    """Diamond, triangle, square, disc and ring from the gravest to none; what is better for the buyer is hollow."""
    colour = _COLOURS[event.severity]
    fill = "#fff" if event.effect is Effect.BETTER or event.severity is Severity.NONE else colour
    style = f'fill="{fill}" stroke="{colour}" stroke-width="2"'
    if event.severity is Severity.CRITICAL:
        return f'<path d="M{x} {y - 9}L{x + 9} {y}L{x} {y + 9}L{x - 9} {y}Z" {style}/>'
    if event.severity is Severity.HIGH:
        return f'<path d="M{x} {y - 8}L{x + 8} {y + 6}L{x - 8} {y + 6}Z" {style}/>'
    if event.severity is Severity.MEDIUM:
        return f'<rect x="{x - 5.5}" y="{y - 5.5}" width="11" height="11" {style}/>'
    return f'<circle cx="{x}" cy="{y}" r="{5 if event.severity is Severity.LOW else 4}" {style}/>'


def _when(event: Event) -> tuple[datetime, int]:
    return event.at, -event.severity.rank


def _tell_event(number: int, event: Event, y: float) -> str:
    """One line of the list under a page."""
    span = show_moment(event.at)
    if event.last_before:
        span = f"{show_moment(event.last_before)[:10]} 之后、{span} 之前"
    status = {ChangeStatus.PENDING: "，待复核", ChangeStatus.CLAIMED: "，第三方材料"}.get(event.status, "")
    words = f"{SEVERITY_WORDS[event.severity]}·{EFFECT_WORDS[event.effect]}{status}  {event.reason}"
    return (
        text(LEFT - 18, y, str(number), size=12, weight=700, anchor="end")
        + _shape(event, LEFT - 4, y - 4)
        + text(LEFT + 12, y, span, size=12, colour=SOFT)
        + text(LEFT + 292, y, shorten(words, 46), size=12, colour=INK)
    )


def _tell_rest(events: Sequence[Event], listed: int) -> list[str]:
    """What the list leaves out: more changes, and those that were gone at the second look."""
    told = [event for event in events if event.is_told]
    blinked = sum(event.status is ChangeStatus.BLINKED for event in told)
    rest = len(told) - blinked - listed
    said = [f"另有 {rest} 处变更未列出，cardwatch changes 可查"] if rest > 0 else []
    return [*said, f"闪变 {blinked} 处（再看时已恢复，不算变更，未画出）"] if blinked else said


def _legend(top: float, left_out: int) -> str:
    """What the shapes and colours mean."""
    parts = [f'<line x1="12" x2="{WIDTH - RIGHT}" y1="{top}" y2="{top}" stroke="{FAINT}"/>']
    x = 20.0
    y = top + 20
    for severity in reversed(Severity):
        event = Event("", None, _EPOCH, ChangeClass.RULE, severity, Effect.WORSE, ChangeStatus.CONFIRMED, "")
        parts.append(_shape(event, x, y - 4) + text(x + 14, y, SEVERITY_WORDS[severity], size=12))
        x += 34 + 13 * len(SEVERITY_WORDS[severity])
    parts.append(text(x, y, "空心：对买家有利", size=12))
    x += 118
    parts.append(f'<line x1="{x}" x2="{x + 30}" y1="{y - 4}" y2="{y - 4}" stroke="{INK}" stroke-dasharray="3 3"/>')
    parts.append(text(x + 36, y, "旧文最后一次见到，至新文首次见到", size=12))
    x, y = 12.0, top + 42
    parts.append(f'<rect x="{x}" y="{y - 12}" width="26" height="14" fill="url(#gap)" stroke="{FAINT}"/>')
    parts.append(text(x + 32, y, "未观察", size=12))
    x += 92
    for colour, name in LOOKS.values():
        parts.append(
            f'<rect x="{x}" y="{y - 11}" width="5" height="12" fill="{colour}"/>' + text(x + 10, y, name, size=12)
        )
        x += 52
    parts.append(text(x + 12, y, "时间为北京时间。页面内容只在各次抓取时为已知，其间不作推断。", size=12, colour=SOFT))
    if left_out:
        told = f"另有 {left_out} 种页面内容未逐一读取价格与库存；变更不受影响，全部列出。"
        parts.append(text(12, y + 22, told, size=12, colour=SOFT))
    return "".join(parts)
