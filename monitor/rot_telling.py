"""How it is said that a page is read worse than before, and that it is read well again: each once.

Takes states of readings, gives one line for a terminal, a notice for the digest, and JSON.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.alert_text import Notice
from monitor.times import show_time
from storage.habits import list_states
from storage.model import ReadingState

if TYPE_CHECKING:
    from storage.session import Database

_TOLD_BACK = timedelta(days=7)
_MOST_NOTICES = 5
_QUOTED = 40


def describe_state(state: ReadingState) -> str:
    """One English line: what is not read any more since when, and where it stands now."""
    if state.ended_at is not None:
        return f"reading recovered: all that was not read since {show_time(state.began_at)} is read again, or gone"
    what = []
    if state.selectors:
        what.append("matches nothing any more: " + ", ".join(state.selectors))
    if state.lost:
        what.append(
            f"{len(state.lost)} texts are still on the page but not read any more ('{state.lost[0].text[:_QUOTED]}')"
        )
    where = f"; {state.share:.0%} of it stands under `{state.proposal}`" if state.proposal else ""
    return f"reading degraded since {show_time(state.began_at)}: {'; '.join(what)}{where}"


def notices_of_reading(database: Database, *, at: datetime) -> tuple[Notice, ...]:
    """A notice for each page whose reading became worse or well again in the last days; each is told once."""
    with database.reading() as session:
        states = list_states(session, ended_since=at - _TOLD_BACK)
    grave = [state for state in states if state.grave]
    return tuple(_notice_of(state) for state in grave[:_MOST_NOTICES])


def state_data(state: ReadingState) -> dict[str, object]:
    """A state as JSON."""
    return {
        "since": state.began_at,
        "until": state.ended_at,
        "began_capture": state.began_capture,
        "ended_capture": state.ended_capture,
        "selectors": list(state.selectors),
        "lost": [{"text": one.text, "what": one.what} for one in state.lost],
        "proposal": state.proposal,
        "share": state.share,
    }


def _notice_of(state: ReadingState) -> Notice:
    where = f"{state.page.platform} {state.page.url}"
    if state.ended_at is not None:
        span = f"{show_time(state.began_at)} 至 {show_time(state.ended_at)}"
        text = f"{where}：页面的读取已恢复正常（{span} 期间读取不全）。"
        return Notice(f"reading{state.key}:recovered", text)
    proposal = f"原文字现位于“{state.proposal}”，可据此调整选择器。" if state.proposal else ""
    text = (
        f"{where}：自 {show_time(state.began_at)} 起读取不全（网页结构有变），"
        f"网页上仍有而未能读到的文字{len(state.lost)}处。"
        f"{proposal}在此期间不会据此认定规则被删除。"
    )
    return Notice(f"reading{state.key}:degraded", text)
