"""Timelines as one HTML file to read and print: the picture, then every change as a table. Chinese, no script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from monitor.change_words import CLASS_WORDS, SEVERITY_WORDS
from monitor.changes.redline_words import EFFECT_WORDS
from monitor.changes.timeline import Event, Timeline
from monitor.changes.timeline_lanes import escape, show_moment
from monitor.changes.timeline_svg import draw_timelines
from storage.model import ChangeStatus

_STYLE = """
*{font-variant-ligatures:none}
:root{color-scheme:light}
body{font:15px/1.6 "Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei","PingFang SC",sans-serif;max-width:66rem;
margin:0 auto;padding:1.2rem;background:#fff;color:#1c1c1c;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
h1{font-size:1.3rem;margin:0 0 .5rem}
h2{font-size:1rem;margin:1.4rem 0 .3rem;break-after:avoid}
svg{width:100%;height:auto}
table{border-collapse:collapse;width:100%;font-size:.88rem}
th,td{text-align:left;vertical-align:top;padding:.25rem .5rem;border-bottom:1px solid #ccc}
td:nth-child(-n+3){white-space:nowrap}
tr{break-inside:avoid}
@media print{body{max-width:none;padding:0;font-size:10pt}}
"""
_STATUSES = {
    ChangeStatus.PENDING: "待复核",
    ChangeStatus.CONFIRMED: "已复核",
    ChangeStatus.BLINKED: "闪变",
    ChangeStatus.CLAIMED: "第三方材料",
}
_MOST_ROWS = 500


def render_timeline_html(timelines: Sequence[Timeline]) -> str:
    """The whole page."""
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    tables = "".join(_table(timeline) for timeline in timelines)
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{digest}'\">"
        '<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">'
        f"<title>页面变更时间线</title><style>{_STYLE}</style></head><body><h1>页面变更时间线</h1>"
        f"{draw_timelines(timelines)}{tables}</body></html>"
    )


def _table(timeline: Timeline) -> str:
    told = sorted((event for event in timeline.events if event.is_told), key=_newest_first)
    if not told:
        return ""
    rows = "".join(_row(event) for event in told[:_MOST_ROWS])
    more = f"<p>另有 {len(told) - _MOST_ROWS} 处更早的变更未列出。</p>" if len(told) > _MOST_ROWS else ""
    page = timeline.page
    return (
        f"<h2>{escape(page.platform)}　{escape(page.url)}</h2><table><tr><th>旧文最后见到</th><th>新文首次见到</th>"
        f"<th>程度</th><th>变更</th></tr>{rows}</table>{more}"
    )


def _newest_first(event: Event) -> float:
    return -event.at.timestamp()


def _row(event: Event) -> str:
    before = show_moment(event.last_before) if event.last_before else "—"
    marks = f"{SEVERITY_WORDS[event.severity]}·{CLASS_WORDS[event.change_class]}"
    effect = EFFECT_WORDS[event.effect]
    tail = f"（{'' if event.reason.endswith(effect) else effect + '，'}{_STATUSES[event.status]}）"
    return (
        f"<tr><td>{before}</td><td>{show_moment(event.at)}</td><td>{marks}</td>"
        f"<td>{escape(event.reason)}{tail}</td></tr>"
    )
