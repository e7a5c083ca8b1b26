"""Draws the domains of a platform over time: one bar a site, coloured by state, and the moves between them. Chinese.

Takes periods and moves, gives SVG without scripts or outside files. A state is told by colour, pattern and word; the
time that nobody looked is empty or dotted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.changes.timeline_lanes import INK, LEFT, RIGHT, SOFT, WIDTH, Scale, draw_axis, escape, shorten, text
from monitor.operators.kind_words import STATE_WORDS
from monitor.times import SHANGHAI
from storage.identity import Move, MoveKind, SitePeriod, SiteState

MOST_SITES = 30
_BAR, _TOP = 16, 30
_STEP, _NARROW, _MANY = 46, 36, 12  # how far apart sites are; many are drawn closer, for one page
_COLOURS = {
    SiteState.ACTIVE: "#2f7d4f",
    SiteState.REDIRECTING: "#1f5582",
    SiteState.PARKED: "#8a7a55",
    SiteState.FILTERED: "#8e3a6b",
    SiteState.HELD: "#b06000",
    SiteState.EXPIRED: "#9a9a9a",
    SiteState.DEAD: "#1c1c1c",
    SiteState.UNKNOWN: "url(#unknown)",
    SiteState.REREGISTERED: "#7a0019",
}
_MOVES = {
    MoveKind.SUCCESSOR: ("#7a0019", "", "后继"),
    MoveKind.CANDIDATE: ("#777", "5 4", "候选，未确认"),
    MoveKind.MIRROR: ("#1f5582", "2 3", "镜像"),
    MoveKind.BRANCH: ("#8a7a55", "2 3", "分站"),
}
_DEFS = (
    '<defs><pattern id="unknown" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="6" height="6" fill="#fff"/><line x1="0" y1="0" x2="0" y2="6" stroke="#999" stroke-width="2"/>'
    '</pattern><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
    'orient="auto-start-reverse"><path d="M0 0L8 4L0 8z" fill="context-stroke"/></marker></defs>'
)


def draw_domains(periods: Sequence[SitePeriod], moves: Sequence[Move]) -> str:
    """The picture, the oldest site on top, up to the last check of any; "" where no site was looked at."""
    order = _order_sites(periods)
    sites = order[:MOST_SITES]
    if not sites:
        return ""
    start = min(period.since for period in periods)
    until = max(period.ended_at or period.checked_at for period in periods)
    margin = max((until - start) / 40, timedelta(hours=12))
    scale = Scale(start - margin, until + margin)
    step = _STEP if len(sites) <= _MANY else _NARROW
    rows = {site: _TOP + number * step for number, site in enumerate(sites)}
    bottom = _TOP + len(sites) * step
    parts = [f'<g class="axis">{draw_axis(scale, _TOP - 12, bottom)}</g>']
    for site, top in rows.items():
        shown = [period for period in periods if period.site == site]
        parts.append(text(4, top - 5, shorten(site, 60), size=14.5, weight=700))
        parts += [_draw_period(period, scale, top, until) for period in shown]
        parts.append(_draw_unseen(max(one.ended_at or one.checked_at for one in shown), until, scale, top))
    drawn = [move for move in moves if move.before in rows and move.after in rows]
    parts += [_draw_move(move, scale, rows, number) for number, move in enumerate(drawn)]
    y = bottom + 40
    if len(order) > len(sites):
        parts.append(text(4, y, f"另有 {len(order) - len(sites)} 个网站未画出，见下表", size=14, colour=SOFT))
        y += 22
    legend = _draw_legend({one.state for one in periods if one.site in rows}, {move.kind for move in drawn}, y)
    parts.append(legend + text(4, y + 24, f"图止于最近一次检查 {_time(until)}；虚线处没有再检查", size=13, colour=SOFT))
    height = y + 36
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        f'role="img" aria-label="域名沿革图">{_DEFS}<rect width="{WIDTH}" height="{height}" fill="#fff"/>'
        f"{''.join(parts)}</svg>"
    )


def _draw_unseen(last: datetime, until: datetime, scale: Scale, top: int) -> str:
    """A dotted line for the time in which nobody looked at a site any more, while others were."""
    left, right, middle = scale.at(last), scale.at(until), top + _BAR / 2
    if right - left < _BAR:
        return ""
    return f'<path d="M{left + 3} {middle}H{right}" stroke="#999" stroke-width="1.5" stroke-dasharray="2 5"/>'


def _order_sites(periods: Sequence[SitePeriod]) -> list[str]:
    first: dict[str, datetime] = {}
    for period in periods:
        first[period.site] = min(first.get(period.site, period.since), period.since)
    return sorted(first, key=lambda site: (first[site], site))


def _draw_period(period: SitePeriod, scale: Scale, top: int, until: datetime) -> str:
    left, right = scale.at(period.since), scale.at(period.ended_at or min(period.checked_at, until))
    word = STATE_WORDS[period.state]
    title = f"{word}：{_time(period.since)} 至 {_time(period.ended_at) if period.ended_at else '最近一次检查'}"
    if period.reason:
        title += f"（{period.reason}）"
    width = max(right - left, 3.0)
    edge = ' stroke="#777" stroke-width="0.8"' if period.state is SiteState.UNKNOWN else ""
    body = (
        f'<rect x="{left}" y="{top}" width="{width:.1f}" height="{_BAR}" fill="{_COLOURS[period.state]}"{edge}>'
        f"<title>{escape(title)}</title></rect>"
    )
    if width > 15 * len(word):
        colour = INK if period.state is SiteState.UNKNOWN else "#fff"
        body += text(left + 5, top + 12.5, word, size=12.5, colour=colour)
    return body


def _draw_move(move: Move, scale: Scale, rows: dict[str, int], number: int) -> str:
    colour, dash, word = _MOVES[move.kind]
    x = min(max(scale.at(move.since) + (number % 5) * 4, LEFT), WIDTH - RIGHT)
    before, after = rows[move.before], rows[move.after]
    first, last = (before + _BAR, after - 2) if after > before else (before, after + _BAR + 2)
    style = f' stroke-dasharray="{dash}"' if dash else ""
    title = f"{word}：{move.before} → {move.after}，{_time(move.since)}；{move.reason}"
    return (
        f'<path d="M{x} {first}L{x} {last}" stroke="{colour}" stroke-width="1.8" fill="none" marker-end="url(#tip)"'
        f"{style}><title>{escape(title)}</title></path>"
    )


def _draw_legend(states: set[SiteState], kinds: set[MoveKind], y: int) -> str:
    parts: list[str] = []
    x = 4.0
    for state in SiteState:
        if state in states:
            parts.append(
                f'<rect x="{x}" y="{y - 11}" width="15" height="12" fill="{_COLOURS[state]}" stroke="#777" '
                'stroke-width="0.5"/>'
            )
            parts.append(text(x + 20, y, STATE_WORDS[state], size=13.5, colour=SOFT))
            x += 36 + 14 * len(STATE_WORDS[state])
    for kind in MoveKind:
        if kind in kinds:
            colour, dash, word = _MOVES[kind]
            style = f' stroke-dasharray="{dash}"' if dash else ""
            parts.append(f'<path d="M{x} {y - 5}h26" stroke="{colour}" stroke-width="1.8"{style}/>')
            parts.append(text(x + 32, y, word, size=13.5, colour=SOFT))
            x += 50 + 14 * len(word)
    return "".join(parts)


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
