"""`at`: what a page said around a moment: the last version seen before it, the first one after, and the gap between.

Nothing is claimed about the gap: a page is known at its captures only.
"""

from __future__ import annotations

from datetime import datetime
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
    from monitor.around import Around

_MOST_PAGES = 50
_SHOWN_TEXT = 1500
_SHOWN_DIFFERENCES = 20


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
    from monitor.around import look_around

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


def _as_data(around: Around) -> dict[str, object]:
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


def _gap(around: Around) -> float | None:
    if around.before is None or around.after is None or around.day_only:
        return None  # a day without a time bounds no gap
    return (around.after.seen_at - around.before.seen_at).total_seconds()


def _print_surroundings(around: Around, at: datetime) -> None:
    from monitor.around import MEANS_NOTHING
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
        if difference.change_class not in MEANS_NOTHING:
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
