"""Whether the dates that a rule page states of itself fit what was observed: backdated, not updated, applied backwards.

Takes the two sights of a confirmed change, or one sight; gives findings. A day is compared with the last capture that
still showed the old words, so it is never our clock against theirs alone. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from monitor.findings.model import FindingKind, Sight, SiteFinding, show_day
from monitor.findings.stated_dates import DateKind, find_stated_dates, latest
from monitor.times import SHANGHAI, show_time
from scrapers.text import condense
from storage.model import Change, Severity

_BACKWARDS = re.compile(
    r"(?:此前|之前|以前|在先|历史|已(?:经)?(?:购买|下单|成交|售出|支付|提交))[^。；\n]{0,20}?(?:同样|一并|一律|也|均|亦|全部)[^。；\n]{0,8}?(?:适用|执行|按|受|遵)"
    r"|(?:具有|有)溯及力|溯及既往|追溯(?:适用|至)"
)
_NOT_BACKWARDS = re.compile(r"不(?:适用|溯及|追溯|受|影响|具有)|无溯及|仍(?:按|适用|依)")
_MOST_LINE = 400
_MOST_LINES = 3000


def judge_own_dates(sight: Sight) -> tuple[SiteFinding, ...]:
    """What the dates of one version say against each other: in force before it was published."""
    dates = find_stated_dates(sight.seen_text)
    effective, published = latest(dates, DateKind.EFFECTIVE), latest(dates, DateKind.PUBLISHED)
    if effective is None or published is None or effective.day >= published.day:
        return ()
    sentence = (
        f"页面写明{show_day(published.day)}发布，却自{show_day(effective.day)}起生效，"
        "生效早于发布；发布之前的订单是否适用须人工核对"
    )
    return (
        SiteFinding(
            FindingKind.EFFECTIVE_BEFORE_PUBLISHED,
            Severity.MEDIUM,
            sight.page.platform,
            (sight.page.url,),
            sight.at,
            sentence,
            (sight.version.capture_id,),
            quote=f"{published.words} / {effective.words}",
            articles=("mfd-543", "dsf-34"),
            needs_human=True,
        ),
    )


def judge_dates(group: Sequence[Change], old: Sight, new: Sight) -> Iterator[SiteFinding]:
    """What the new version says of its own dates beside the capture that still showed the old words."""
    change = max(group, key=lambda one: one.difference.severity.rank)
    before_day = old.at.astimezone(SHANGHAI).date()
    old_dates, new_dates = find_stated_dates(old.seen_text), find_stated_dates(new.seen_text)
    about = SiteFinding(
        FindingKind.BACKDATED,
        Severity.MEDIUM,
        new.page.platform,
        (new.page.url,),
        new.at,
        "",
        (old.version.capture_id, new.version.capture_id),
        tuple(one.id for one in group),
    )
    effective, updated = latest(new_dates, DateKind.EFFECTIVE), latest(new_dates, DateKind.UPDATED)
    was_effective, was_updated = latest(old_dates, DateKind.EFFECTIVE), latest(old_dates, DateKind.UPDATED)
    fresh = effective is not None and (was_effective is None or was_effective.day != effective.day)
    if effective is not None and fresh and effective.day < before_day:
        yield replace(
            about,
            kind=FindingKind.BACKDATED,
            severity=Severity.HIGH,
            sentence=(
                f"页面写明新规则自{show_day(effective.day)}起生效，但{show_time(old.at)}抓取时仍是旧文字，"
                f"生效日期早于实际修改（{change.difference.reason}）"
            ),
            quote=effective.words,
            articles=("mfd-543", "dsf-34"),
        )
    if updated is not None and updated.day < before_day and not (was_updated is None or was_updated.day == updated.day):
        yield replace(
            about,
            kind=FindingKind.BACKDATED,
            severity=Severity.MEDIUM,
            sentence=f"页面写明更新于{show_day(updated.day)}，但{show_time(old.at)}抓取时仍是旧文字，更新日期早于实际修改",
            quote=updated.words,
        )
    unchanged = [
        (name, now)
        for name, now, was in (("更新日期", updated, was_updated), ("生效日期", effective, was_effective))
        if now is not None and was is not None and now.day == was.day and now.day <= before_day
    ]
    if unchanged:
        name, stated = unchanged[0]
        yield replace(
            about,
            kind=FindingKind.DATE_NOT_UPDATED,
            severity=Severity.MEDIUM,
            sentence=f"规则文字已改（{change.difference.reason}），页面的{name}仍写{show_day(stated.day)}，与修改前相同",
            quote=stated.words,
            articles=("dsf-34",),
        )
    had = condense(old.seen_text)
    for line in new.seen_text.split("\n")[:_MOST_LINES]:
        match = _BACKWARDS.search(line[:_MOST_LINE])
        if match and not _NOT_BACKWARDS.search(line[:_MOST_LINE]) and condense(line) not in had:
            yield replace(
                about,
                kind=FindingKind.APPLIES_BACKWARDS,
                severity=Severity.HIGH,
                sentence="新规则写明对修改之前的订单也适用，改变了买家下单时的约定",
                quote=line.strip()[:200],
                articles=("mfd-543",),
            )
            break
