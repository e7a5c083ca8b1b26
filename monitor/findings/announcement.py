"""Whether a rewritten rule was announced, and how long before.

Takes confirmed rule changes of one platform and what its pages showed, gives findings. What counts as a notice is a
sentence about a change of rules on a watched page, first seen in the days before; what was not watched is said to be
unknown, never to be silence. Pure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.findings.model import FindingKind, Sight, SiteFinding, show_day
from monitor.findings.rule_dates import judge_dates
from monitor.findings.stated_dates import find_first_day
from monitor.times import show_time
from scrapers.model import Role
from scrapers.text import condense
from storage.model import Change, ChangeClass, ChangeStatus, Effect, Severity

NOTICE_DAYS = 30
"""How long before a change a notice of it is looked for; a default of ours, no rule of law."""
PUBLICITY = timedelta(days=7)
"""电子商务法第三十四条: what is modified must be published at least seven days before it takes effect (platforms)."""

_RULES = r"规则|协议|条款|政策|售后|质保|退[款换货]|补发|须知|服务内容|管辖"
_CHANGED = r"变更|调整|修改|修订|更新|改版|变动|停止|取消|改为"
_NOTICE = re.compile(rf"(?:{_RULES})[^。\n]{{0,14}}?(?:{_CHANGED})|(?:{_CHANGED})[^。\n]{{0,14}}?(?:{_RULES})")
_POWER = re.compile(r"有权|保留|可能|随时|不再另行|另行通知|如有|如遇|若|应当|可以注销|视为|不定期|不时")
_DEED = re.compile(
    r"即日起|将[于在]|现将|特此|自.{2,24}起|已[于经]|本次|公示期|20\d{2}\s?[年\-/.]\s?\d{1,2}|\d{1,2}\s?月\s?\d{1,2}\s?日"
)
_DUTY = "；如其为平台经营者，修改规则应至少提前七日公示"
_ENOUGH = 3  # fewer looks at the notice pages are too few to speak of silence without a person's judgement
_MOST_LINE = 400
_MOST_LINES = 3000


@dataclass(frozen=True)
class _Notice:
    """A sentence about a change of rules, and the sight that showed it first."""

    words: str
    first: Sight
    unseen_at: Sight | None  # the last sight of that page before, which did not show it


def judge_announcements(
    changes: Sequence[Change], sights: Sequence[Sight], *, days: int = NOTICE_DAYS
) -> tuple[SiteFinding, ...]:
    """Findings about the confirmed rule changes of one platform; `sights` are what its pages showed, in any order."""
    groups: dict[tuple[str, str], list[Change]] = defaultdict(list)
    for change in changes:
        difference = change.difference
        worse = difference.effect in (Effect.WORSE, Effect.MIXED) and difference.severity is not Severity.NONE
        if change.status is ChangeStatus.CONFIRMED and difference.change_class is ChangeClass.RULE and worse:
            groups[change.page.id, change.after_capture].append(change)
    ordered = sorted(sights, key=lambda sight: sight.at)
    notices = _find_notices(ordered)
    by_capture = {sight.version.capture_id: sight for sight in ordered}
    found: list[SiteFinding] = []
    for group in groups.values():
        found.extend(_judge_notice(group, ordered, notices, timedelta(days=days)))
        old, new = by_capture.get(group[0].before_capture), by_capture.get(group[0].after_capture)
        if old is not None and new is not None:
            found.extend(judge_dates(group, old, new))
    return tuple(found)


# --- announced or silent ----------------------------------------------------------------------------------------------


def _find_notices(ordered: Sequence[Sight]) -> list[_Notice]:
    """Every sentence that tells of a change of rules, with the sight that showed it first."""
    found: dict[tuple[str, str], _Notice] = {}
    last: dict[str, Sight] = {}
    for sight in ordered:
        if sight.page.role in (Role.NOTICE, Role.HOME, Role.TERMS, Role.RELEASE, Role.CONTACT):
            for line in sight.seen_text.split("\n")[:_MOST_LINES]:
                words = line.strip()[:_MOST_LINE]
                key = sight.page.id, condense(words)
                if key not in found and is_change_notice(words):
                    found[key] = _Notice(words, sight, last.get(sight.page.id))
        last[sight.page.id] = sight
    return list(found.values())


def is_change_notice(words: str) -> bool:
    """Whether a sentence tells that rules change or changed, and not that somebody may change them."""
    if len(words) < 8 or not _NOTICE.search(words) or _POWER.search(words):
        return False
    return _DEED.search(words) is not None


def _judge_notice(
    group: Sequence[Change], ordered: Sequence[Sight], notices: Sequence[_Notice], window: timedelta
) -> Iterator[SiteFinding]:
    change = _gravest(group)
    before, after = change.before_at or change.after_at, change.after_at
    begin = before - window
    heard = [
        one
        for one in notices
        if one.first.at <= after
        and (begin <= one.first.at or _names_day(one, before, after))
        and _stood_apart(one, change)
    ]
    is_product = change.page.role is Role.PRODUCT
    told = (
        f"{_name_page(change)} 在 {show_time(before)} 之后、{show_time(after)} 之前被修改（{change.difference.reason}）"
    )
    about = SiteFinding(
        FindingKind.CHANGED_SILENTLY,
        Severity.NONE,
        change.page.platform,
        (change.page.url,),
        after,
        told,
        _captures(group),
        tuple(one.id for one in group),
    )
    if heard:
        yield from _judge_lead(change, about, heard)
        return
    watched = [sight for sight in ordered if sight.page.role in (Role.NOTICE, Role.HOME) and begin <= sight.at <= after]
    days = window.days
    if not watched:
        yield replace(
            about,
            kind=FindingKind.NOTICE_UNKNOWN,
            sentence=f"{told}；此前{days}天内没有抓取过公告页或首页，是否事先公示无从判断",
            needs_human=True,
        )
        return
    pages = len({sight.page.id for sight in watched})
    severity = Severity.HIGH if change.difference.severity.rank >= Severity.HIGH.rank else Severity.MEDIUM
    if is_product:
        severity = Severity.LOW
    afterwards = next((one for one in notices if after < one.first.at <= after + window), None)
    late = f"；{show_time(afterwards.first.at)}才首次见到相关通知“{afterwards.words[:60]}”" if afterwards else ""
    yield replace(
        about,
        severity=severity,
        sentence=(
            f"{told}；此前{days}天内对已监测的公告页和首页（共{pages}个）的{len(watched)}次抓取中未发现变更通知"
            f"（抓取之间的时段未观察）{late}{'' if is_product else _DUTY}"
        ),
        captures=(*about.captures, *(sight.version.capture_id for sight in watched[-3:])),
        articles=() if is_product else ("dsf-34", "mfd-543"),
        needs_human=(
            is_product
            or len(watched) < _ENOUGH
            or after - watched[-1].at > PUBLICITY
            or any(map(_holds_unseen_notice, watched))
        ),
    )


def _judge_lead(change: Change, about: SiteFinding, heard: Sequence[_Notice]) -> Iterator[SiteFinding]:
    """A notice was there: how long before the change, as far as the captures can say."""
    first = min(heard, key=lambda one: one.first.at)
    about = replace(
        about,
        urls=tuple(dict.fromkeys((change.page.url, first.first.page.url))),
        captures=tuple(dict.fromkeys((first.first.version.capture_id, *about.captures))),
        quote=first.words,
    )
    unseen = first.unseen_at
    if unseen is not None and change.after_at - unseen.at < PUBLICITY and change.page.role is not Role.PRODUCT:
        hours = int((change.after_at - unseen.at).total_seconds() // 3600)
        span = f"{hours // 24}天" if hours >= 48 else f"{hours}小时"
        yield replace(
            about,
            kind=FindingKind.SHORT_NOTICE,
            severity=Severity.MEDIUM,
            sentence=f"{about.sentence}，相关通知在{show_time(unseen.at)}尚未出现，距修改最多{span}，不足七日",
            captures=(unseen.version.capture_id, *about.captures),
            articles=("dsf-34",),
        )
        return
    day = find_first_day(first.words)
    stated = f"，通知写明自{show_day(day)}起执行" if day else ""
    lead = "首次抓取该页时通知已在" if unseen is None else f"通知于{show_time(first.first.at)}首次见到"
    yield replace(about, kind=FindingKind.ANNOUNCED, sentence=f"{about.sentence}，{lead}{stated}")


def _holds_unseen_notice(sight: Sight) -> bool:
    """Whether a notice stands in the page where no visitor sees it: it announces nothing, but a person must look."""
    seen = sight.seen_text
    unseen = [block.text for block in sight.version.reading.blocks if block.text and block.text not in seen]
    return any(
        is_change_notice(line.strip()[:_MOST_LINE]) for text in unseen for line in text.split("\n")[:_MOST_LINES]
    )


def _names_day(notice: _Notice, before: datetime, after: datetime) -> bool:
    """Whether a notice from long before names the day of this change."""
    stated, day = find_first_day(notice.words), timedelta(days=1)
    return stated is not None and (before - day).date() <= stated <= (after + day).date()


def _stood_apart(notice: _Notice, change: Change) -> bool:
    """Whether a notice is more than the changed clause itself: a clause about changes is no notice of this one."""
    words = condense(notice.words)
    return words not in condense(change.difference.after) and words not in condense(change.difference.before)


def _gravest(group: Sequence[Change]) -> Change:
    return max(group, key=lambda change: change.difference.severity.rank)


def _captures(group: Sequence[Change]) -> tuple[str, ...]:
    return tuple(name for name in (group[0].before_capture, group[0].after_capture) if name)


def _name_page(change: Change) -> str:
    roles = {Role.TERMS: "条款页", Role.PRODUCT: "商品页", Role.NOTICE: "公告页", Role.HOME: "首页"}
    return f"{roles.get(change.page.role, '页面')} {change.page.url}"
