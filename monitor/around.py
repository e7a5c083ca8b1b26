"""What a page said around a moment: the last version seen before it, the first one after, and what lies between.

Takes an open session, a page and a moment; gives both versions, how they differ, and the sentence that is true of them.
Nothing is claimed about the gap: a page is known at its captures only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.changes.compare import compare_readings
from monitor.outcomes import left_site
from monitor.times import show_time
from scrapers.model import Origin, Outcome
from storage.captures import get_capture, list_captures
from storage.versions import versions_around

if TYPE_CHECKING:
    from scrapers.model import Reading
    from storage.model import Difference, StoredCapture, Version, WatchedPage
    from storage.session import Session

_MOST_BETWEEN = 20
_MOST_VISITS = 500
MEANS_NOTHING = ("noise", "technical", "moved")
_NO_RULE = (*MEANS_NOTHING, "price", "stock")


@dataclass(frozen=True)
class Around:
    """What is known of a page around a moment.

    `own_before` and `own_after` are our own nearest versions where a nearer one was brought in by somebody else.
    `alike` and `rules_alike` are None unless there are versions on both sides, read in one way.
    """

    page: WatchedPage
    before: Version | None
    after: Version | None
    own_before: Version | None
    own_after: Version | None
    alike: bool | None
    rules_alike: bool | None
    differences: tuple[Difference, ...]
    between: tuple[StoredCapture, ...]  # blocked or failed visits in the gap
    led_away: tuple[StoredCapture, ...]  # visits in the gap that ended on another site
    statement: str
    statement_en: str
    day_only: frozenset[str]  # captures whose bringer claims a day without a time


def look_around(session: Session, page: WatchedPage, at: datetime, *, until: datetime | None = None) -> Around:
    """Find the versions of a page on both sides of a moment, and say honestly what they show.

    What was seen after `until` is left out, as if it were not known yet.
    """
    before, after = versions_around(session, page.id, at)
    own_before, own_after = versions_around(session, page.id, at, origin=Origin.OWN)
    after, own_after = _seen_by(after, until), _seen_by(own_after, until)
    between = list_captures(
        session,
        pages=[page.id],
        since=before.seen_at if before else None,
        until=after.seen_at if after else until,
        outcomes=[Outcome.BLOCKED, Outcome.FAILED],
        limit=_MOST_BETWEEN,
    )
    led_away = _find_led_away(session, page, before, after, until)
    differences: tuple[Difference, ...] = ()
    alike = rules_alike = None
    if before is not None and after is not None:
        if not _same_content(before.reading, after.reading):
            differences = compare_readings(before.reading, after.reading, role=page.role)
        alike = all(difference.change_class in MEANS_NOTHING for difference in differences)
        rules_alike = all(difference.change_class in _NO_RULE for difference in differences)
        if any(difference.change_class == "technical" for difference in differences):
            alike, rules_alike = (None if alike else False), (None if rules_alike else False)
    sides = [version for version in (before, after) if version is not None and version.origin is Origin.IMPORTED]
    day_only = frozenset(
        version.capture_id for version in sides if get_capture(session, version.capture_id).claims_day_only
    )
    statement, statement_en = _word_statement(before, after, at, alike, rules_alike, day_only)
    if before is not None and before.capture_id in day_only and at - before.seen_at < timedelta(days=1):
        statement += f"第三方只称当日、未给钟点：不能断定在 {show_time(at)} 之前还是之后。"
        statement_en += (
            f" The third party claims that day and no time: whether before or after {show_time(at)} is not known."
        )
    if led_away:
        arrived = "、".join(dict.fromkeys(left_site(capture) for capture in led_away))
        statement += f"期间 {len(led_away)} 次访问被带到另一个网站（{arrived}），那里显示的不算本页内容。"
        statement_en += (
            f" {len(led_away)} visits in between ended on another site ({arrived}): not this page's content."
        )
    return Around(
        page=page,
        before=before,
        after=after,
        own_before=own_before if own_before != before else None,
        own_after=own_after if own_after != after else None,
        alike=alike,
        rules_alike=rules_alike,
        differences=differences,
        between=between,
        led_away=led_away,
        statement=statement,
        statement_en=statement_en,
        day_only=day_only,
    )


def _seen_by(version: Version | None, until: datetime | None) -> Version | None:
    return version if version is None or until is None or version.seen_at <= until else None


def _find_led_away(
    session: Session, page: WatchedPage, before: Version | None, after: Version | None, until: datetime | None
) -> tuple[StoredCapture, ...]:
    """The visits to a page between two of its versions that ended on another site, the newest first."""
    found = list_captures(
        session,
        pages=[page.id],
        since=before.seen_at if before else None,
        until=after.seen_at if after else until,
        outcomes=[Outcome.COMPLETE, Outcome.PARTIAL],
        limit=_MOST_VISITS,
    )
    sides = {version.capture_id for version in (before, after) if version is not None}
    return tuple(one for one in found if one.id not in sides and left_site(one))[:_MOST_BETWEEN]


def _same_content(before: Reading, after: Reading) -> bool:
    return before == replace(after, release=before.release)


def _word_statement(
    before: Version | None,
    after: Version | None,
    at: datetime,
    alike: bool | None,
    rules_alike: bool | None,
    day_only: frozenset[str],
) -> tuple[str, str]:
    """Say what the captures show, in Chinese and in English, and no more than that."""
    first, first_en = _name(before, day_only)
    then, then_en = _name(after, day_only)
    if before is None and after is None:
        return "没有读到内容的抓取。", "No capture of this page could be read."
    if before is not None and before.seen_at == at:
        return f"在 {first} 抓取中显示。", f"Shown in the capture of {first_en}."
    if before is None:
        return (
            f"此前没有读到内容的抓取；最早在 {then} 抓取中显示，{show_time(at)} 时的内容未观察。",
            f"Nothing was read before; first shown in the capture of {then_en}.",
        )
    if after is None:
        return (
            f"最后在 {first} 抓取中显示；此后没有读到内容的抓取，{show_time(at)} 时的内容未观察。",
            f"Last shown in the capture of {first_en}; nothing was read after it.",
        )
    if alike:
        return (
            f"在 {first}、{then} 两次抓取中均显示，间隔期间未观察。",
            f"Shown alike in the captures of {first_en} and {then_en}; nothing was observed between them.",
        )
    if rules_alike is None:
        return (
            f"{first} 与 {then} 两次抓取由不同方式读取，内容是否相同须对照两份原文；间隔期间未观察。",
            f"The captures of {first_en} and {then_en} were read in different ways: compare both texts; nothing was "
            "observed between them.",
        )
    if rules_alike:
        return (
            f"条款在 {first}、{then} 两次抓取中均显示，间隔期间未观察；价格或库存不同。",
            f"The terms are shown alike in the captures of {first_en} and {then_en}, price or stock differ; nothing "
            "was observed between them.",
        )
    return (
        f"{first} 与 {then} 两次抓取显示的内容不同，间隔期间未观察：{show_time(at)} 时显示的是哪一种，不能断定。",
        f"The captures of {first_en} and {then_en} differ and nothing was observed between them: which of the two was "
        "shown then is not known.",
    )


def _name(version: Version | None, day_only: frozenset[str]) -> tuple[str, str]:
    """Name a version by its time, in Chinese and in English; whose time is only claimed is said in both."""
    if version is None:
        return "", ""
    shown = show_time(version.seen_at)
    if version.origin != "imported":
        return shown, shown
    if version.capture_id in day_only:
        return (
            f"{shown[:10]} 当日（第三方提供，日期为其声称，未给钟点）",
            f"{shown[:10]} (from a third party: that day is claimed, no time given)",
        )
    return f"{shown}（第三方提供，时间为其声称）", f"{shown} (from a third party: the time is only claimed)"
