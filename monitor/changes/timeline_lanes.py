"""The lanes of a timeline that show values: price and stock as steps, looks by how they ended, and the axis of time.

Gives SVG; every text is escaped. What is more than a screen can show is joined by columns of the picture.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from monitor.changes.redline_words import show_hidden
from monitor.changes.timeline import Look, Point, Series, Timeline
from monitor.times import SHANGHAI
from scrapers.model import Outcome

WIDTH = 1000
LEFT, RIGHT = 96, 20
_PLOT = WIDTH - LEFT - RIGHT
INK, SOFT, FAINT = "#1c1c1c", "#555", "#d5d5d5"
_COLUMN = 3
LOOKS = {
    Outcome.COMPLETE: ("#8aa0b4", "完整"),
    Outcome.PARTIAL: ("#b08900", "部分"),
    Outcome.BLOCKED: ("#c43c00", "被拦"),
    Outcome.FAILED: ("#1c1c1c", "失败"),
}
_LINES = ("#0060a8", "#8a4f00", "#5b3a8e")
_DASHES = ("", ' stroke-dasharray="7 3"', ' stroke-dasharray="2 3"')
_STEPS = (
    timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=7), timedelta(days=14),
    timedelta(days=30), timedelta(days=91), timedelta(days=365), timedelta(days=1826),
)  # fmt: skip
_MOST_TICKS = 12


@dataclass(frozen=True)
class Scale:
    """Turns a moment into a place from left to right."""

    start: datetime
    end: datetime

    def at(self, moment: datetime) -> float:
        """The place of a moment, inside the plot."""
        whole = max((self.end - self.start).total_seconds(), 1.0)
        share = min(1.0, max(0.0, (moment - self.start).total_seconds() / whole))
        return round(LEFT + share * _PLOT, 1)


def draw_series(series: Sequence[Series], timeline: Timeline, scale: Scale, top: int, height: int) -> str:
    """A value stands firm between two looks that showed it, and is dotted where it changed between them."""
    values = [point.value for one in series for point in one.points if point.value is not None]
    if not values:
        words = " → ".join(dict.fromkeys(point.shown for one in series for point in one.points))
        return text(LEFT + 6, top + height / 2 + 4, shorten(words, 70), size=12)
    low, high = min(values), max(values)
    room = (high - low) or max(abs(high), Decimal(1)) * Decimal("0.2")
    base = low - room * Decimal("0.08") if high > low else low - room

    def place(value: Decimal) -> float:
        share = float((value - base) / (room * Decimal("1.16") if high > low else room * 2))
        return round(top + height - 4 - share * (height - 10), 1)

    parts = [
        text(LEFT - 6, place(value) + 4, f"{value.normalize():f}", size=11, colour=SOFT, anchor="end")
        for value in dict.fromkeys((low, high))
    ]
    ends = {first for first, _last in timeline.gaps}
    for number, one in enumerate(series):
        colour, dash = _LINES[number % len(_LINES)], _DASHES[number % len(_DASHES)]
        same, moved = _paths(one, scale, place, ends)
        parts.append(f'<path d="{same}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>' if same else "")
        parts.append(
            f'<path d="{moved}" fill="none" stroke="{colour}" stroke-width="1.4" stroke-dasharray="1.5 3"/>'
            if moved
            else ""
        )
        parts += [
            f'<circle cx="{scale.at(point.at)}" cy="{place(point.value)}" r="2.4" fill="{colour}"><title>'
            f"{escape(f'{show_moment(point.at)} {point.shown}')}</title></circle>"
            for point in _turns(one)
            if point.value is not None
        ]
        last = one.points[-1].value
        if len(series) > 1 and last is not None:
            name = shorten(one.name, 14)
            parts.append(text(WIDTH - RIGHT, place(last) - 5, name, size=11, colour=colour, anchor="end"))
    return "".join(parts)


def _paths(
    series: Series, scale: Scale, place: Callable[[Decimal], float], ends: Collection[datetime]
) -> tuple[str, str]:
    """The line where two looks showed one value, and that where it changed between them; nothing through a gap.

    At most one stroke for each column of the picture.
    """
    same: list[str] = []
    moved: list[str] = []
    last: tuple[float, float] | None = None
    for point in series.points:
        if point.value is None:
            last = None
            continue
        x, y = scale.at(point.at), place(point.value)
        if last is not None and (y != last[1] or x - last[0] >= _COLUMN):
            (same if y == last[1] else moved).append(f"M{last[0]} {last[1]}L{x} {y}")
        elif last is not None:
            x = last[0]
        last = None if point.at in ends else (x, y)
    return "".join(same), "".join(moved)


def _turns(series: Series, most: int = 120) -> list[Point]:
    """The points at which the value is another than before; evenly thinned where they are many."""
    turns = [
        point
        for number, point in enumerate(series.points)
        if number == 0 or point.shown != series.points[number - 1].shown
    ]
    step = -(-len(turns) // most)
    return turns[::step] if step > 1 else turns


def draw_looks(timeline: Timeline, scale: Scale, top: int, height: int) -> str:
    """A stroke for each look, or for each column of looks: the worst outcome is seen, the others are in its title."""
    columns: dict[int, list[Look]] = {}
    for look in timeline.looks:
        columns.setdefault(int(scale.at(look.at) // _COLUMN), []).append(look)
    parts = []
    for column, looks in columns.items():
        worst = max((look.outcome for look in looks), key=list(LOOKS).index)
        colour, _name = LOOKS[worst]
        counts = Counter(look.outcome for look in looks)
        told = "、".join(f"{LOOKS[outcome][1]} {count}" for outcome, count in counts.items())
        reasons = "、".join(dict.fromkeys(look.reason for look in looks if look.reason))
        title = f"{show_moment(looks[0].at)} {told} {reasons}".strip()
        x = column * _COLUMN
        bad = worst in (Outcome.BLOCKED, Outcome.FAILED)
        first = top if bad else top + height / 2
        parts.append(
            f'<g><title>{escape(title)}</title><rect x="{x}" y="{first}" width="{_COLUMN - 1}" '
            f'height="{top + height - first}" fill="{colour}"/>'
        )
        if worst is Outcome.FAILED:  # a cross, so that it is not told from 被拦 by colour alone
            parts.append(f'<path d="M{x - 2} {top - 4}l6 6m0 -6l-6 6" stroke="{colour}" stroke-width="1.6"/>')
        parts.append("</g>")
    return "".join(parts)


def draw_axis(scale: Scale, top: int, bottom: int) -> str:
    """Days in Asia/Shanghai under the lanes, and a faint line up from each."""
    span = scale.end - scale.start
    step = next((one for one in _STEPS if span / one <= _MOST_TICKS), _STEPS[-1])
    first = scale.start.astimezone(SHANGHAI).replace(minute=0, second=0, microsecond=0)
    first = first if step < timedelta(days=1) else first.replace(hour=0)
    parts = []
    moment = first
    for _tick in range(4 * _MOST_TICKS):
        if moment > scale.end:
            break
        if moment >= scale.start:
            x = scale.at(moment)
            label = f"{moment:%m-%d %H:00}" if step < timedelta(days=1) else f"{moment:%Y-%m-%d}"
            parts.append(f'<line x1="{x}" x2="{x}" y1="{top}" y2="{bottom}" stroke="{FAINT}" stroke-dasharray="1 4"/>')
            parts.append(text(x, bottom + 10, label, size=10.5, colour=SOFT, anchor="middle"))
        moment += step
    return "".join(parts)


def text(
    x: float, y: float, words: str, *, size: float, colour: str = INK, weight: int = 400, anchor: str = "start"
) -> str:
    """A line of text, escaped."""
    place = f' text-anchor="{anchor}"' if anchor != "start" else ""
    bold = f' font-weight="{weight}"' if weight != 400 else ""
    return f'<text x="{x}" y="{y:.1f}" font-size="{size}" fill="{colour}"{bold}{place}>{escape(words)}</text>'


def show_moment(moment: datetime) -> str:
    """A moment in Asia/Shanghai to the minute."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def shorten(words: str, most: int) -> str:
    """The first characters, and … where there were more."""
    return words if len(words) <= most else f"{words[: most - 1]}…"


def escape(words: str) -> str:
    """Text that is safe inside SVG and HTML; controls are shown as codes."""
    return html.escape(show_hidden(words), quote=True)
