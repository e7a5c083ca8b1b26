"""How it is said that a site's state changed, or that a platform has a successor: each once, in Chinese. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from monitor.alert_text import Notice
from monitor.operators.kind_words import STATE_WORDS
from monitor.times import show_time
from storage.identity import Move, SitePeriod, SiteState

if TYPE_CHECKING:
    from monitor.config.settings import PageSettings

_MOST = 8
_GRAVE = frozenset({SiteState.DEAD, SiteState.REDIRECTING, SiteState.REREGISTERED, SiteState.PARKED})


def tell_sites(
    begun: Iterable[SitePeriod],
    found: Iterable[Move],
    taken: Iterable[PageSettings] = (),
    *,
    platforms_of: Mapping[str, str],
    certain: Iterable[Move] = (),
) -> tuple[Notice, ...]:
    """A notice for each successor and each change of state; the first sight of an open site is no news.

    Notices leave this machine: a successor that is not `certain` is not named in them, only where to look it up.
    """
    sure = {(move.before, move.after) for move in certain}
    notices = [
        _tell_move(move, platforms_of) if (move.before, move.after) in sure else _tell_clue(move, platforms_of)
        for move in found
        if _platform_of(move, platforms_of)  # else not even the site that it leads from may be named
    ]
    for period in begun:
        if period.state is SiteState.UNKNOWN or (period.state is SiteState.ACTIVE and period.content != "changed"):
            continue
        platform = platforms_of.get(period.site.partition("@")[0], "")
        if platform:
            notices.append(_tell_period(period, platform))
    pages = list(taken)
    if pages:
        text = f"已按设置把 {len(pages)} 个后继站点的页面加入监测：{'、'.join(page.url for page in pages[:3])}"
        notices.append(Notice(f"sites-taken-{pages[0].platform}:{pages[0].url}", text))
    return tuple(notices[:_MOST])


def _tell_move(move: Move, platforms_of: Mapping[str, str]) -> Notice:
    platform = _platform_of(move, platforms_of)
    text = (
        f"{platform}：发现后继域名 {move.before} → {move.after}（{show_time(move.since)[:10]} 起有信号）。"
        f"{move.reason}。请运行 cardwatch domains {platform} 核对；也可以 --confirm 或 --reject。"
    )
    return Notice(f"successor-{move.before}-{move.after}", text, grave=True)


def _tell_clue(move: Move, platforms_of: Mapping[str, str]) -> Notice:
    """That there is something to look at, without the name of a site that may be a stranger's."""
    platform = _platform_of(move, platforms_of)
    text = (
        f"{platform}：{move.before} 有了尚未核实的后继候选，名称只在本机显示。"
        f"请在本机运行 cardwatch domains {platform} 核对，并用 --confirm 或 --reject 记下结论。"
    )
    return Notice(f"successor-clue-{move.before}:{move.since.isoformat()}", text)


def _platform_of(move: Move, platforms_of: Mapping[str, str]) -> str:
    return platforms_of.get(move.before.partition("@")[0], "")


def _tell_period(period: SitePeriod, platform: str) -> Notice:
    since = show_time(period.since)[:16]
    text = f"{platform}：{period.site} 自 {since} 起{STATE_WORDS[period.state]}。{period.reason}。"
    return Notice(f"site-{period.site}:{period.state}:{period.since.isoformat()}", text, grave=period.state in _GRAVE)
