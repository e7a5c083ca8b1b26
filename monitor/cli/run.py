"""`cardwatch run` (for cron) and `cardwatch schedule` (the daemon): visit what is due, say what came of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from monitor.cli.context import load_cli_settings, open_cli_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json, show_time
from monitor.cli.stamp import describe_sealing, print_sealing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.config.settings import PageSettings, Settings
    from monitor.page_result import PageResult
    from monitor.runner import RunOutcome
    from monitor.schedule import RunSummary
    from monitor.sites.watch import SiteRun
    from monitor.timestamps import Sealing


@click.command()
@click.option("--due", "choice", flag_value="due", default="due", help="Visit the pages that are due (the default).")
@click.option("--all", "choice", flag_value="all", help="Visit every page now.")
@click.option("--page", metavar="URL", help="Visit only the page with this address.")
@click.option("--platform", metavar="NAME", help="Visit only the pages of this platform.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.pass_context
def run_command(context: click.Context, choice: str, page: str | None, platform: str | None, as_json: bool) -> int:
    """Capture pages, compare them with what was there, and alert. Made for cron: every few minutes is fine.

    \b
    Exit codes: 0 nothing grave, 2 wrong use or configuration, 3 a grave change, 4 some pages failed,
    5 a grave change and failed pages, 8 cannot work now (no browser, disk full, archive locked).
    Where nothing is due, nothing is printed but on a terminal, so that cron has nothing to mail.
    --page and --platform visit at once, due or not; with --due they only narrow what is due.
    """
    from monitor.runner import run_once

    explicit_due = context.get_parameter_source("choice") is not click.core.ParameterSource.DEFAULT and choice == "due"
    settings = load_cli_settings(context, tolerant=True)
    _say_problems(settings)
    chosen = choose_pages(settings, page, platform)
    only_due = explicit_due or (choice == "due" and not page and not platform)
    mode = "due" if only_due else "page" if page else "platform" if platform else "all"
    with open_cli_archive(context, settings) as archive:
        outcome = run_once(
            settings, archive, chosen, mode=mode, only_due=only_due, on_result=_follow, on_wait=_say_wait
        )
    if as_json:
        print_json(describe_run(outcome))
    else:
        _print_run(outcome)
    if outcome.summary.disk_full:
        return ExitCode.CANNOT_WORK
    return exit_code_of(outcome.summary, broken_config=bool(settings.problems))


@click.command()
@click.option("--every", "seconds", default=30, show_default=True, type=click.IntRange(5, 3600),
              help="Seconds between two looks at what is due.")  # fmt: skip
@click.pass_context
def schedule_command(context: click.Context, seconds: int) -> int:
    """Keep running and visit pages when they are due. Ctrl-C or SIGTERM ends after the visits under way."""
    from monitor.daemon import run_daemon

    settings = load_cli_settings(context, tolerant=True)
    _say_problems(settings)
    if not settings.pages:
        fail("no page is watched yet; `cardwatch add URL --platform NAME --role ROLE` adds one", ExitCode.WRONG_USE)
    with open_cli_archive(context, settings) as archive:
        click.echo(f"watching {len(settings.pages)} pages; looking every {seconds} s at what is due", err=True)
        run_daemon(
            settings,
            archive,
            seconds=seconds,
            reload=lambda: load_cli_settings(context, tolerant=True),
            on_result=_follow,
            on_run=_print_run,
        )
    return ExitCode.DONE


def choose_pages(settings: Settings, url: str | None, platform: str | None) -> tuple[PageSettings, ...]:
    """The pages that an address and a platform's name choose; ends the command when there are none."""
    from difflib import get_close_matches

    pages = settings.pages
    if not pages:
        fail("no page is watched yet; `cardwatch add URL --platform NAME --role ROLE` adds one", ExitCode.WRONG_USE)
    if platform:
        pages = tuple(page for page in pages if page.platform == platform)
        if not pages:
            near = get_close_matches(platform, [p.name for p in settings.platforms], n=1, cutoff=0.3)
            hint = f"; did you mean '{near[0]}'?" if near else "; `cardwatch platforms` lists them"
            fail(f"there is no platform '{platform}'{hint}", ExitCode.WRONG_USE)
    if url:
        found = tuple(page for page in pages if page.url.rstrip("/") == url.rstrip("/"))
        if not found:
            near = get_close_matches(url, [page.url for page in pages], n=1, cutoff=0.3)
            hint = f"; did you mean {near[0]}?" if near else "; `cardwatch pages` lists them"
            fail(f"no watched page has the address {url}{hint}", ExitCode.WRONG_USE)
        pages = found
    return pages


def exit_code_of(summary: RunSummary, *, broken_config: bool = False) -> ExitCode:
    """The status that says how a run went; broken pages in the configuration count as failed ones."""
    failed = bool(summary.failed) or broken_config
    if summary.grave:
        return ExitCode.GRAVE_CHANGE_AND_PAGES_FAILED if failed else ExitCode.GRAVE_CHANGE
    return ExitCode.PAGES_FAILED if failed else ExitCode.DONE


def describe_run(outcome: RunOutcome) -> dict[str, object]:
    """The summary as data; the field names are documented in docs/json.md."""
    summary = outcome.summary
    return {
        "run": summary.run_id,
        "started_at": summary.started_at,
        "ended_at": summary.ended_at,
        "planned": summary.planned,
        "visited": len(summary.results),
        "skipped": [page.url for page in summary.skipped],
        "missed": [{"url": due.page.url, "since": due.missed_since, "times": due.missed} for due in summary.missed],
        "note": summary.note,
        "captures": [
            {
                "capture": result.capture.id,
                "platform": result.page.platform,
                "url": result.page.url,
                "outcome": result.capture.outcome,
                "reason": result.capture.reason,
                "detail": result.capture.detail,
                "problems": result.problems,
            }
            for result in summary.results
        ],
        "changes": [
            {
                "change": change.id,
                "url": change.page.url,
                "class": change.difference.change_class,
                "severity": change.difference.severity,
                "status": change.status,
                "reason": change.difference.reason,
                "before_capture": change.before_capture,
                "after_capture": change.after_capture,
            }
            for result in summary.results
            for change in (*result.found, *result.confirmed, *result.blinked)
        ],
        "alerts": None if outcome.digest is None else outcome.digest.deliveries,
        "heartbeat_problem": outcome.heartbeat_problem,
        "sites": None if outcome.sites is None else describe_sites(outcome.sites),
        "sealing": None if outcome.sealing is None else describe_sealing(outcome.sealing),
    }


def _say_problems(settings: Settings) -> None:
    for problem in settings.problems:
        click.echo(f"{settings.path}: {problem} (left out; the rest runs)", err=True)


def _follow(result: PageResult) -> None:
    from monitor.outcomes import is_readable

    capture = result.capture
    word = f"{capture.outcome}{f' ({capture.reason})' if capture.reason else ''}"
    click.echo(f"{show_time(capture.started_at)}  {word:<22} {plain_text(result.page.url)}", err=True)
    if capture.detail and not is_readable(capture.outcome):
        click.echo(f"    {plain_text(capture.detail)}", err=True)
    for problem in result.problems:
        click.echo(f"    reader: {plain_text(problem)}", err=True)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _say_wait(pages: Sequence[PageSettings], seconds: float) -> None:
    """Tell why a run that found something grave does not end at once."""
    what = plain_text(pages[0].url) + (f" and {len(pages) - 1} more" if len(pages) > 1 else "")
    click.echo(f"a grave change: looking again at {what} in {seconds:.0f} s, before it is told as confirmed", err=True)


def _print_run(outcome: RunOutcome) -> None:
    summary = outcome.summary
    for due in summary.missed:
        since = show_time(due.missed_since) if due.missed_since else ""
        click.echo(f"missed {due.missed} visits since {since}: {due.page.url} (caught up once)", err=True)
    changes = {change.id: change for result in summary.results for change in result.found}
    changes |= {change.id: change for result in summary.results for change in (*result.confirmed, *result.blinked)}
    for change in sorted(changes.values(), key=lambda c: -c.difference.severity.rank):
        difference = change.difference
        if difference.severity.rank or difference.change_class.value in {"rule", "price", "outcome"}:
            head = f"[{difference.severity}] {difference.change_class} {change.status}"
            click.echo(f"{head:<28} {plain_text(change.page.platform)}  {plain_text(difference.reason)}")
            look = f"cardwatch diff {change.before_capture} {change.after_capture}" if change.before_capture else ""
            click.echo(f"{'':<28} {plain_text(change.page.url)}  {look}")
    failed = len(summary.failed)
    line = f"{_count(len(summary.results), 'visit')} to {_count(summary.planned, 'due page')}"
    if failed:
        line += f", {_count(failed, 'page')} could not be read"
    if summary.skipped:
        line += f", {len(summary.skipped)} held by another run"
    line += f"; {_count(len(changes), 'change')}, {len(summary.grave)} grave"
    if summary.planned or sys.stdout.isatty():  # cron mails every line that a job prints
        click.echo(line)
    if not summary.planned and sys.stderr.isatty():
        click.echo("no page is due now; `cardwatch run --all` visits every page at once", err=True)
    if summary.note:
        click.echo(f"ended early: {summary.note}", err=True)
    for problem in outcome.digest.problems if outcome.digest else ():
        click.echo(problem, err=True)
    if outcome.heartbeat_problem:
        click.echo(outcome.heartbeat_problem, err=True)
    if outcome.sites is not None:
        _print_sites(outcome.sites)
    if outcome.sealing is not None:
        if summary.results and outcome.sealing.checkpoint is not None:
            click.echo(_say_sealed(outcome.sealing))
        print_sealing(outcome.sealing)


def describe_sites(run: SiteRun) -> dict[str, object]:
    """What a run learnt of sites, as data."""
    from monitor.sites.answers import move_data, period_data

    return {
        "checked": list(run.checked),
        "asked": run.asked,
        "begun": [{"site": period.site, **period_data(period)} for period in run.begun],
        "successors": [move_data(move) for move in run.found],
        "proposals": [{"url": one.url, "role": one.role, "continues": one.continues} for one in run.proposals],
        "taken": [page.url for page in run.taken],
        "problem": run.problem,
    }


def _print_sites(run: SiteRun) -> None:
    for move in run.found:
        click.echo(f"successor: {move.before} -> {move.after}; `cardwatch domains {move.before}` shows the proof")
    for period in run.begun:
        click.echo(f"site {period.site} is {period.state} since {show_time(period.since)[:16]}")
    for page in run.taken:
        click.echo(f"now watched: {page.url}")
    if run.problem:
        click.echo(run.problem, err=True)


def _say_sealed(sealing: Sealing) -> str:
    """One line on what now stands in the sealed log, and whether anybody else has witnessed the time."""
    size = sealing.checkpoint.size if sealing.checkpoint else 0
    key = ", by a new key, for the old one is gone" if sealing.key_lost else ""
    held = [asked.authority for asked in sealing.asked if asked.status.value == "held" and not asked.renewal]
    if held:
        time = f"time stamp by {', '.join(held)}"
    elif sealing.asked or sealing.waiting:
        time = "no time stamp yet; `cardwatch stamp` asks again"
    else:
        time = "no time stamp: no authority is configured (docs/howto/timestamps.md)"
    return plain_text(f"sealed: {size} log {'entry' if size == 1 else 'entries'}{key}; {time}")
