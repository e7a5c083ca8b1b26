"""Differences between what one page shows to different vantages at about the same time: desktop, mobile, WeChat.

Takes sights of one address from several disclosed vantages, gives findings. Vantages are never compared to get past
a gate: a page that only says 请在浏览器打开 is an outcome, has no version, and so never comes here. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import combinations

from monitor.changes.compare import compare_readings
from monitor.changes.normal_forms import compact_form
from monitor.findings.model import FindingKind, Sight, SiteFinding
from monitor.times import show_time
from storage.model import ChangeClass, Difference, Severity

TOGETHER = timedelta(hours=6)
"""Two captures this near count as of one time; a change in between shows in the page's own history."""

_TOLD = (ChangeClass.RULE, ChangeClass.PRICE)
_MOST_PAIRS = 6
_MOST_TOLD = 20


def compare_vantages(sights: Sequence[Sight], *, sessions: Mapping[str, str] | None = None) -> tuple[SiteFinding, ...]:
    """Findings about pages that show other rules or prices to another vantage; `sessions` names logins by page id.

    A difference that two pairs of captures show is told; one that a single pair shows is told for a person to check.
    """
    places: dict[tuple[str, str], dict[str, list[Sight]]] = defaultdict(lambda: defaultdict(list))
    for sight in sights:
        places[sight.page.platform, sight.page.url][sight.page.id].append(sight)
    found: list[SiteFinding] = []
    for views in places.values():
        for one, other in combinations(sorted(views), 2):
            if views[one][0].page.vantage != views[other][0].page.vantage:
                found.extend(_compare_pair(views[one], views[other], sessions or {}))
    return tuple(found)


def _compare_pair(ones: Sequence[Sight], others: Sequence[Sight], sessions: Mapping[str, str]) -> list[SiteFinding]:
    pairs = _pair_up(ones, others)
    times: dict[tuple[str, str, str], int] = defaultdict(int)
    newest: dict[tuple[str, str, str], tuple[Sight, Sight, Difference]] = {}
    for one, other in pairs:
        for difference in compare_readings(one.version.reading, other.version.reading, role=one.page.role):
            if difference.change_class in _TOLD and difference.quotable and not _stands_in_both(difference, one, other):
                key = difference.subject, compact_form(difference.before), compact_form(difference.after)
                times[key] += 1
                newest.setdefault(key, (one, other, difference))
    latest = pairs[0] if pairs else None
    told = [(key, *found) for key, found in newest.items() if found[:2] == latest]
    return [_tell(one, other, difference, times[key], sessions) for key, one, other, difference in told[:_MOST_TOLD]]


def _pair_up(ones: Sequence[Sight], others: Sequence[Sight]) -> list[tuple[Sight, Sight]]:
    """The nearest captures of the two vantages, newest first, each capture once, at most six pairs."""
    free = sorted(others, key=lambda sight: sight.at)
    pairs: list[tuple[Sight, Sight]] = []
    for one in sorted(ones, key=lambda sight: sight.at, reverse=True):
        nearest = min(free, key=lambda other: abs(other.at - one.at), default=None)
        if nearest is not None and abs(nearest.at - one.at) <= TOGETHER:
            pairs.append((one, nearest))
            free.remove(nearest)
        if len(pairs) == _MOST_PAIRS:
            break
    return pairs


def _stands_in_both(difference: Difference, one: Sight, other: Sight) -> bool:
    """Whether the words stand on both pages after all, laid out otherwise: another menu is no other rule."""
    before, after = compact_form(difference.before), compact_form(difference.after)
    whole_one, whole_other = compact_form(one.text), compact_form(other.text)
    return (not before or before in whole_other) and (not after or after in whole_one)


def _tell(one: Sight, other: Sight, difference: Difference, seen: int, sessions: Mapping[str, str]) -> SiteFinding:
    names = [_name_view(sight, sessions) for sight in (one, other)]
    words = [difference.before.strip()[:80], difference.after.strip()[:80]]
    shown = [f"显示“{text}”" if text else "没有这一内容" for text in words]
    again = f"，{seen}组抓取均如此" if seen > 1 else "，仅有一组抓取，须再次核对"
    logged_in = any(sessions.get(sight.page.id) for sight in (one, other))
    why = "；其中一个视角已登录，会员内容不同属常见" if logged_in else ""
    views = [f"在{name}（{show_time(sight.at)}）" for name, sight in zip(names, (one, other), strict=True)]
    sentence = f"同一页面{views[0]}{shown[0]}，{views[1]}{shown[1]}{again}{why}"
    grave = difference.change_class is ChangeClass.RULE and difference.severity.rank >= Severity.HIGH.rank
    severity = Severity.LOW if logged_in else Severity.HIGH if grave else Severity.MEDIUM
    return SiteFinding(
        FindingKind.VANTAGES_DIFFER,
        severity,
        one.page.platform,
        (one.page.url,),
        max(one.at, other.at),
        sentence,
        (one.version.capture_id, other.version.capture_id),
        quote=" / ".join(filter(None, words)),
        needs_human=seen < 2 or logged_in,
    )


def _name_view(sight: Sight, sessions: Mapping[str, str]) -> str:
    session = sessions.get(sight.page.id, "")
    return f"{sight.page.vantage}视角" + (f"（登录会话 {session}）" if session else "")
