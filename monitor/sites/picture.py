"""A small picture of a platform's sites over time, for a terminal: one row a site, one sign a stretch of time. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.times import SHANGHAI
from storage.identity import SitePeriod, SiteState

WIDTH = 48
SIGNS = {
    SiteState.ACTIVE: "━",
    SiteState.REDIRECTING: "→",
    SiteState.PARKED: "▒",
    SiteState.FILTERED: "▓",
    SiteState.HELD: "◌",
    SiteState.EXPIRED: "○",
    SiteState.DEAD: "×",
    SiteState.UNKNOWN: "?",
    SiteState.REREGISTERED: "◆",
}
UNSEEN = "·"
LEGEND = "━ 正常  → 跳转  ▒ 停放  ▓ 被拦截  ◌ 暂停解析  ○ 到期  × 失效  ? 未知  ◆ 被重新注册  · 未再查看"
_STILL_TRUE = timedelta(days=8)  # names that are gone are asked for every week


def draw_sites(sites: Sequence[tuple[str, Sequence[SitePeriod]]], at: datetime, *, width: int = WIDTH) -> list[str]:
    """The rows of a picture: an axis with the first and last day, then a row for each site, with its name behind.

    It ends where anybody looked last; of a site that was looked at earlier only, the rest is not known.
    """
    begins = [period.since for _, periods in sites for period in periods]
    if not begins:
        return []
    first = min(begins)
    last = min(at, max(period.ended_at or period.checked_at for _, periods in sites for period in periods))
    span = max((last - first).total_seconds(), 1.0)
    rows = [_axis(first, last, width)]
    for site, periods in sites:
        cells = [" "] * width
        for period in sorted(periods, key=lambda one: one.since):
            start = _cell(period.since, first, span, width)
            known = period.ended_at or period.checked_at + _STILL_TRUE
            end = width if known >= last else _cell(known, first, span, width)
            for cell in range(start, max(start + 1, end)):
                cells[cell] = SIGNS[period.state]
            if period.ended_at is None:
                cells[max(start + 1, end) :] = UNSEEN * (width - max(start + 1, end))
        rows.append(f"{''.join(cells)} {site}".rstrip())
    return rows


def _axis(first: datetime, last: datetime, width: int) -> str:
    left, right = (moment.astimezone(SHANGHAI).date().isoformat() for moment in (first, last))
    return f"{left}{right:>{max(len(right) + 1, width - len(left))}}"


def _cell(moment: datetime, first: datetime, span: float, width: int) -> int:
    share = (moment - first).total_seconds() / span
    return min(width - 1, max(0, int(share * width)))
