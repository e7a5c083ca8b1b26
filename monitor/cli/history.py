"""`history`: the captures of a page, a platform or everything, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from monitor.cli.asking import (
    capture_data,
    cut_list,
    describe_outcome,
    find_asked_pages,
    find_platform_pages,
    list_options,
    open_asked_archive,
    read_span,
    say_next,
    show_seen,
)
from monitor.cli.at import at_command
from monitor.cli.changes import changes_command
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json, print_table
from monitor.cli.show import show_command

if TYPE_CHECKING:
    from storage.model import StoredCapture

__all__ = ["at_command", "changes_command", "history_command", "show_command"]

OUTCOMES = ("complete", "partial", "blocked", "failed")


@click.command()
@click.argument("what", required=False, default="", metavar="[URL|PAGE|PLATFORM]")
@click.option("--platform", "across", default="", metavar="NAME", help="One platform across all its domains.")
@click.option("--outcome", "outcomes", type=click.Choice(OUTCOMES), multiple=True, help="Only these; may be repeated.")
@list_options
@click.pass_context
def history_command(
    context: click.Context,
    what: str,
    across: str,
    outcomes: tuple[str, ...],
    since: str,
    until: str,
    limit: int,
    after: str,
    as_json: bool,
) -> ExitCode:
    """List the captures of a page, of a platform, or of all, newest first.

    Times are those at which the page was seen; of a file that was brought in, the time that it claims. With
    --platform, captures of sites that the platform moved to are among them, under whatever name they are watched.
    """
    if across and what:
        fail("ask for a page or, with --platform, for a whole platform: not for both", ExitCode.WRONG_USE)
    first, last = read_span(since, until)
    with open_asked_archive(context) as archive, archive.database.reading() as session:
        from scrapers.model import Outcome
        from storage.captures import list_captures

        chosen = find_asked_pages(session, what) if what else ()
        pages = find_platform_pages(session, across) if across else chosen
        names = {page.platform for page in pages}
        platform = what if pages and pages[0].platform == what.strip() else ""
        if across and len(names) == 1:
            platform = names.pop()
        found = list_captures(
            session,
            pages=() if platform else [page.id for page in pages],
            platform=platform.strip(),
            since=first,
            until=last,
            outcomes=[Outcome(word) for word in outcomes],
            after=after,
            limit=limit + 1,
        )
    shown, goes_on = cut_list(found, limit)
    if as_json:
        listed = [capture_data(capture) for capture in shown]
        print_json({"captures": listed, "next": shown[-1].id if goes_on else None})
    elif shown:
        _print_captures(shown)
        say_next(goes_on, shown[-1].id)
    else:
        click.echo("no captures for this question", err=True)
    return ExitCode.DONE if shown else ExitCode.NOTHING_FOUND


def _say_arrival(capture: StoredCapture) -> str:
    """Where a visit ended that left its site; what it shows is that site's."""
    from monitor.outcomes import left_site

    site = left_site(capture)
    return f" → {site}" if site else ""


def _print_captures(captures: Sequence[StoredCapture]) -> None:
    """Pages first, each on a line of its own that nothing breaks, so that addresses can be copied; then the rows."""
    pages = list({capture.page.id: capture.page for capture in captures}.values())
    several = len(pages) > 1
    numbers = {page.id: number for number, page in enumerate(pages, 1)}
    for page in pages:
        mark = f"[{numbers[page.id]}] " if several else ""
        click.echo(f"{mark}{plain_text(page.platform)} {page.role} {page.url} ({page.vantage}, {page.id})")
    click.echo("")
    columns = ["capture", "seen", "outcome", "page" if several else "title"]
    rows = [
        (
            capture.id,
            show_seen(capture),
            describe_outcome(capture),
            (f"[{numbers[capture.page.id]}] {capture.page.role}" if several else capture.title) + _say_arrival(capture),
        )
        for capture in captures
    ]
    print_table(columns, rows, keep=("capture", "seen"))
