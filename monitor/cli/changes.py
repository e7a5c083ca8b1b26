"""`changes`: what was found to have changed, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from monitor.cli.asking import (
    change_data,
    cut_list,
    find_asked_pages,
    list_options,
    open_asked_archive,
    read_span,
    say_next,
)
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json, show_time

if TYPE_CHECKING:
    from storage.model import Change

SEVERITIES = ("none", "low", "medium", "high", "critical")
CLASSES = ("new", "rule", "price", "stock", "wording", "moved", "technical", "noise", "outcome")
STATUSES = ("pending", "confirmed", "blinked", "claimed")
_SHOWN = 200


@click.command()
@click.option("--severity", type=click.Choice(SEVERITIES), default="low", show_default=True, help="This or graver.")
@click.option("--class", "classes", type=click.Choice(CLASSES), multiple=True, help="Only these; may be repeated.")
@click.option("--platform", default="", metavar="NAME", help="Only of this platform.")
@click.option("--page", "wanted", default="", metavar="URL|PAGE", help="Only of this page.")
@click.option(
    "--status",
    type=click.Choice(STATUSES),
    default=None,
    help="Only with this status; claimed rests on a file brought in.",
)
@list_options
@click.pass_context
def changes_command(
    context: click.Context,
    severity: str,
    classes: tuple[str, ...],
    platform: str,
    wanted: str,
    status: str | None,
    since: str,
    until: str,
    limit: int,
    after: str,
    as_json: bool,
) -> ExitCode:
    """List the changes that were found, newest first.

    Changes of severity none (noise, moved clauses) are kept too: `--severity none` shows them.
    """
    first, last = read_span(since, until)
    with open_asked_archive(context) as archive, archive.database.reading() as session:
        from storage.changes import list_changes
        from storage.model import ChangeClass, ChangeStatus, Severity

        pages = find_asked_pages(session, wanted) if wanted else ()
        if platform:
            owned = find_asked_pages(session, platform)
            if all(page.platform != platform.strip() for page in owned):
                fail(f"--platform: '{plain_text(platform)}' is no platform's name", ExitCode.NOTHING_FOUND)
            pages = tuple(page for page in pages if page.platform == platform.strip())
            if wanted and not pages:
                fail(f"--page: this page is not of '{plain_text(platform)}'", ExitCode.NOTHING_FOUND)
        found = list_changes(
            session,
            pages=[page.id for page in pages],
            platform="" if pages else platform.strip(),
            since=first,
            until=last,
            min_severity=Severity(severity),
            classes=[ChangeClass(word) for word in classes],
            status=ChangeStatus(status) if status else None,
            after=after,
            limit=limit + 1,
        )
    shown, goes_on = cut_list(found, limit)
    if as_json:
        print_json({"changes": [change_data(change) for change in shown], "next": shown[-1].id if goes_on else None})
    elif shown:
        print_changes(shown)
        say_next(goes_on, shown[-1].id)
    else:
        click.echo(f"no changes of severity {severity} or graver for this question", err=True)
    return ExitCode.DONE if shown else ExitCode.NOTHING_FOUND


def print_changes(changes: Sequence[Change]) -> None:
    """Print changes for a person: what, where, between which captures, and the words before and after."""
    for change in changes:
        difference = change.difference
        span = f"between {show_time(change.before_at)} .. " if change.before_at else "first seen "
        click.echo(
            f"{change.id}  {difference.severity} {difference.change_class}, {change.status}  "
            f"{plain_text(change.page.platform)} {change.page.role} {change.page.url}"
        )
        click.echo(f"  {span}{show_time(change.after_at)}: {plain_text(difference.reason)}")
        for sign, text in (("-", difference.before), ("+", difference.after)):
            if text:
                click.echo(f"  {sign} {plain_text(text[:_SHOWN])}{'…' if len(text) > _SHOWN else ''}")
        captures = " -> ".join(name for name in (change.before_capture, change.after_capture) if name)
        quotable = "" if difference.quotable else "; read from hidden text or a picture, not to be quoted as shown"
        click.echo(f"  captures {captures}{quotable}")
