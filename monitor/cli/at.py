"""`at`: what a page said around a moment: the last version seen before it, the first one after, and the gap between.

Nothing is claimed about the gap: a page is known at its captures only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from monitor.cli.asking import (
    capture_data,
    describe_outcome,
    difference_data,
    find_asked_pages,
    find_platform_pages,
    open_asked_archive,
    page_data,
    read_moment,
    version_data,
)
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json, show_time

if TYPE_CHECKING:
    from scrapers.model import Reading
    from storage.model import Difference, StoredCapture, Version, WatchedPage
    from storage.session import Session

_MOST_PAGES = 50
_MOST_BETWEEN = 20
_MOST_VISITS = 500
_SHOWN_TEXT = 1500
_SHOWN_DIFFERENCES = 20
_MEANS_NOTHING = ("noise", "technical", "moved")
_NO_RULE = (*_MEANS_NOTHING, "price", "stock")


@dataclass(frozen=True)
class Surroundings:
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


@click.command()
@click.argument("what", required=False, default="", metavar="URL|PAGE|PLATFORM")
@click.option("--platform", "across", default="", metavar="NAME", help="One platform across all its domains.")
@click.option("--at", "moment", required=True, metavar="T", help="The moment, such as '2026-03-01 14:30' or 3天前.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON, with all facts and blocks of both versions.")
@click.pass_context
def at_command(context: click.Context, what: str, across: str, moment: str, as_json: bool) -> ExitCode:
    """Show what a page said around a moment: the last version seen before it and the first one after.

    Between two captures nothing was observed, and nothing is claimed.
    """
    at = read_moment(moment, "--at")
    if at is None:
        fail("--at: give a moment, such as '2026-03-01 14:30'", ExitCode.WRONG_USE)
    if bool(what) == bool(across):
        fail("name a page, or with --platform a whole platform", ExitCode.WRONG_USE)
    with open_asked_archive(context) as archive, archive.database.reading() as session:
        pages = find_platform_pages(session, across) if across else find_asked_pages(session, what)
        if len(pages) > _MOST_PAGES:
            fail(f"'{what or across}' has {len(pages)} pages; ask for one of their URLs", ExitCode.WRONG_USE)
        found = [look_around(session, page, at) for page in pages]
        if across:  # a domain that was never seen to say anything adds nothing to the whole
            found = [around for around in found if around.before or around.after] or found
    if as_json:
        print_json({"at": at, "pages": [_as_data(around) for around in found]})
    else:
        for around in found:
            _print_surroundings(around, at)
    return ExitCode.DONE if any(item.before or item.after for item in found) else ExitCode.NOTHING_FOUND


def look_around(session: Session, page: WatchedPage, at: datetime) -> Surroundings:
    """Find the versions of a page on both sides of a moment, and say honestly what they show."""
    from monitor.changes.compare import compare_readings
    from monitor.outcomes import left_site
    from scrapers.model import Origin, Outcome
    from storage.captures import get_capture, list_captures
    from storage.versions import versions_around

    before, after = versions_around(session, page.id, at)
    own_before, own_after = versions_around(session, page.id, at, origin=Origin.OWN)
    between = list_captures(
        session,
        pages=[page.id],
        since=before.seen_at if before else None,
        until=after.seen_at if after else None,
        outcomes=[Outcome.BLOCKED, Outcome.FAILED],
        limit=_MOST_BETWEEN,
    )
    led_away = _find_led_away(session, page, before, after)
    differences: tuple[Difference, ...] = ()
    alike = rules_alike = None
    if before is not None and after is not None:
        if not _same_content(before.reading, after.reading):
            differences = compare_readings(before.reading, after.reading, role=page.role)
        alike = all(difference.change_class in _MEANS_NOTHING for difference in differences)
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
    return Surroundings(
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


def _find_led_away(
    session: Session, page: WatchedPage, before: Version | None, after: Version | None
) -> tuple[StoredCapture, ...]:
    """The visits to a page between two of its versions that ended on another site, the newest first."""
    from monitor.outcomes import left_site
    from scrapers.model import Outcome
    from storage.captures import list_captures

    found = list_captures(
        session,
        pages=[page.id],
        since=before.seen_at if before else None,
        until=after.seen_at if after else None,
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


def _as_data(around: Surroundings) -> dict[str, object]:
    from monitor.outcomes import left_site

    return {
        "page": page_data(around.page),
        "statement": around.statement,
        "statement_en": around.statement_en,
        "alike": around.alike,
        "rules_alike": around.rules_alike,
        "before": version_data(around.before) if around.before else None,
        "after": version_data(around.after) if around.after else None,
        "claims_day_only": sorted(around.day_only),
        "own_before": version_data(around.own_before) if around.own_before else None,
        "own_after": version_data(around.own_after) if around.own_after else None,
        "gap_seconds": _gap(around),
        "differences": [difference_data(difference) for difference in around.differences],
        "led_away_between": [
            {**capture_data(capture), "arrived_at": left_site(capture)} for capture in around.led_away
        ],
        "not_read_between": [capture_data(capture) for capture in around.between],
    }


def _gap(around: Surroundings) -> float | None:
    if around.before is None or around.after is None or around.day_only:
        return None  # a day without a time bounds no gap
    return (around.after.seen_at - around.before.seen_at).total_seconds()


def _print_surroundings(around: Surroundings, at: datetime) -> None:
    from monitor.outcomes import left_site

    page = around.page
    click.echo(f"{plain_text(page.platform)} {page.role} {page.url} ({page.vantage}, {page.id})")
    click.echo(f"  {around.statement}")
    click.echo(f"  {around.statement_en}")
    sides = (
        ("our own before", around.own_before),
        ("before", around.before),
        ("after", around.after),
        ("our own after", around.own_after),
    )
    for side, version in sides:
        if version is not None:
            mark = ", third party" if version.origin == "imported" else ""
            shown = show_time(version.seen_at)
            if version.capture_id in around.day_only:
                shown = f"{shown[:10]}, no time given"
            click.echo(f"  {side}: {version.capture_id} seen {shown}{mark}")
    gap = _gap(around)
    if gap is not None:
        click.echo(f"  gap: {_shown_length(gap)}")
    for difference in around.differences[:_SHOWN_DIFFERENCES]:
        if difference.change_class not in _MEANS_NOTHING:
            click.echo(
                f"  differs: {difference.change_class} {difference.severity}: {plain_text(difference.reason)}"
                f"\n    - {plain_text(difference.before[:300])}\n    + {plain_text(difference.after[:300])}"
            )
    for capture in around.led_away:
        click.echo(f"  期间跳转到另一个网站：{capture.id} {show_time(capture.seen_at)} → {left_site(capture)}")
    for capture in around.between:
        click.echo(f"  not read between: {capture.id} {show_time(capture.seen_at)} {describe_outcome(capture)}")
    nearest = around.before or around.after
    if nearest is not None:
        click.echo(f"  text of {nearest.capture_id}:")
        text = nearest.reading.text
        for line in text[:_SHOWN_TEXT].splitlines():
            if line.strip():
                click.echo(f"    {plain_text(line.strip())}")
        if len(text) > _SHOWN_TEXT:
            click.echo(f"    ... {len(text) - _SHOWN_TEXT} more characters: add --json, or `cardwatch show`")
    click.echo("")


def _shown_length(seconds: float) -> str:
    days, rest = divmod(int(seconds), 86400)
    hours, rest = divmod(rest, 3600)
    minutes, left = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (left, "s")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count)[:40] or "0 s"
