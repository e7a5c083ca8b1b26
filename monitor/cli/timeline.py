"""`timeline`: the history of a page or platform as a picture, a list, or JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.asking import find_asked_pages, open_asked_archive, page_data, read_span
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json, show_time

if TYPE_CHECKING:
    from monitor.changes.timeline import Event, Series, Timeline

_MOST_PAGES = 200
_SHOWN = 120


@click.command()
@click.argument("wanted", metavar="PAGE|PLATFORM")
@click.option("--since", default="", metavar="T", help="From this time on, such as 2026-03-01 or 90天前.")
@click.option("--until", default="", metavar="T", help="Up to this time; a date counts to its end.")
@click.option("--svg", "svg_file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Draw it as a picture.")  # fmt: skip
@click.option("--html", "html_file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="The picture and the list, to read or print.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def timeline_command(
    context: click.Context,
    wanted: str,
    since: str,
    until: str,
    svg_file: Path | None,
    html_file: Path | None,
    as_json: bool,
) -> ExitCode:
    """Show the history of a page or of all pages of a platform: changes, prices, stock, and how every look ended.

    PAGE|PLATFORM is a URL, a page's id or a platform's name. Between two looks nothing is known, and nothing is drawn.
    """
    from monitor.changes.timeline_page import render_timeline_html
    from monitor.changes.timeline_svg import draw_timelines
    from monitor.cli.difference import write_page
    from monitor.history_timeline import read_timelines

    first, last = read_span(since, until)
    with open_asked_archive(context) as archive, archive.database.reading() as session:
        pages = find_asked_pages(session, wanted)
        if len(pages) > _MOST_PAGES:
            click.echo(f"note: {len(pages)} pages; the first {_MOST_PAGES} are read, name one of the others", err=True)
        timelines = read_timelines(session, pages[:_MOST_PAGES], since=first, until=last)
    if not timelines:
        fail(f"nobody looked at '{plain_text(wanted[:200])}' in this time; try a longer one", ExitCode.NOTHING_FOUND)
    if svg_file is not None:
        write_page(svg_file, draw_timelines(timelines), "--svg")
    if html_file is not None:
        write_page(html_file, render_timeline_html(timelines))
    if as_json:
        print_json({"pages": [_timeline_data(timeline) for timeline in timelines]})
    else:
        for timeline in timelines:
            _print_timeline(timeline)
    return ExitCode.DONE


def _timeline_data(timeline: Timeline) -> dict[str, object]:
    return {
        "page": page_data(timeline.page),
        "since": timeline.start,
        "until": timeline.end,
        "looks": dict(Counter(look.outcome.value for look in timeline.looks)),
        "not_observed": [{"since": first, "until": last} for first, last in timeline.gaps],
        "left_out": timeline.left_out,
        "prices": [_series_data(series) for series in timeline.prices],
        "stock": [_series_data(series) for series in timeline.stock],
        "events": [_event_data(event) for event in timeline.events],
    }


def _series_data(series: Series) -> dict[str, object]:
    return {"name": series.name, "points": [{"at": point.at, "value": point.shown} for point in series.points]}


def _event_data(event: Event) -> dict[str, object]:
    return {
        "change": event.change_id,
        "last_seen_before": event.last_before,
        "first_seen_after": event.at,
        "class": event.change_class,
        "severity": event.severity,
        "effect": event.effect,
        "status": event.status,
        "reason": event.reason,
    }


def _print_timeline(timeline: Timeline) -> None:
    page = timeline.page
    looks = ", ".join(f"{count} {word}" for word, count in Counter(one.outcome.value for one in timeline.looks).items())
    click.echo(f"{plain_text(page.platform)}  {page.role}  {plain_text(page.url)}")
    click.echo(f"  {show_time(timeline.start)} .. {show_time(timeline.end)}: {looks}")
    for line in _lines(timeline.events):
        click.echo(f"  {line}")


def _lines(events: Sequence[Event]) -> list[str]:
    return [
        f"{show_time(event.at)[:16]}  {event.severity:8} {event.change_class:8} {event.status:9} "
        f"{plain_text(event.reason[:_SHOWN])}"
        for event in events
        if event.is_told
    ]
