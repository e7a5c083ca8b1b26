"""`reextract`: read the whole history anew by the present extractor release, and say what it sees otherwise."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from monitor.cli.asking import change_data, difference_data, find_asked_pages, page_data, read_moment
from monitor.cli.context import load_cli_settings, open_cli_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json, show_time

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from monitor.operators.restate import Restated
    from monitor.reextract import Tally
    from storage.model import Change, Reassessed, WatchedPage
    from storage.session import Session

_VERDICTS = {"newly_found": "新版读取程序发现、旧版未发现", "not_found_again": "旧版曾认定、新版不再认定"}
_MOST = 1000
_QUOTED = 120
_MOST_JOBS = 32
_SECONDS_BETWEEN = 0.5


@click.command()
@click.option("--page", "wanted", default="", metavar="URL|PAGE", help="Only this page.")
@click.option("--platform", default="", metavar="NAME", help="Only the pages of this platform.")
@click.option("--since", default="", metavar="T", help="Only what was seen at this time or later.")
@click.option("--jobs", type=click.IntRange(1, _MOST_JOBS), default=2, show_default=True, help="Processes that read.")
@click.option("--show", is_flag=True, help="Read nothing; show what earlier rereadings found.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def reextract_command(
    context: click.Context, wanted: str, platform: str, since: str, jobs: int, show: bool, as_json: bool
) -> ExitCode:
    """Read every capture of the history anew by this release's readers and the configured selectors.

    May be interrupted at any time: the next run goes on. What is read otherwise is class technical and never alerts;
    changes that only one of two releases finds are listed apart, with both captures. What was told stays as it was.
    """
    from datetime import UTC, datetime

    from monitor.operators.restate import Restated, restate_pages
    from monitor.reextract import Tally, choose_selectors, reextract_pages
    from storage.changes import list_changes
    from storage.model import ChangeClass
    from storage.rereads import list_reassessed

    first = read_moment(since, "--since")
    settings = load_cli_settings(context, tolerant=True)
    if not settings.archive.path.exists():
        fail(f"there is no archive at {settings.archive.path} yet; `cardwatch run` makes it", ExitCode.NOTHING_FOUND)
    tally, restated = Tally(), Restated()
    with open_cli_archive(context, settings) as archive:
        with archive.database.reading() as session:
            pages = _choose_pages(session, wanted, platform)
        if not show:
            tally = reextract_pages(
                archive,
                pages,
                choose_selectors(settings),
                clock=lambda: datetime.now(UTC),
                since=first,
                jobs=jobs,
                on_progress=_progress_teller(),
            )
            restated = restate_pages(
                archive, pages, at=datetime.now(UTC), ocr=settings.ocr, on_progress=_restating_teller()
            )
            if restated.total:
                from monitor.operators.operator_store import settle_operators  # slow to import

                settle_operators(archive, at=datetime.now(UTC))
        ids = [page.id for page in pages] if wanted or platform else []
        with archive.database.reading() as session:
            reassessed = list_reassessed(session, pages=ids, limit=_MOST)
            technical = [
                change
                for change in list_changes(session, pages=ids, classes=[ChangeClass.TECHNICAL], limit=_MOST)
                if change.before_capture == change.after_capture
            ]
    if as_json:
        print_json(
            {
                **_tally_data(tally),
                "identifiers": _restated_data(restated),
                "technical": [change_data(one) for one in technical],
                "reassessed": [_reassessed_data(one) for one in reassessed],
            }
        )
    else:
        _print_tally(tally, show, len(pages))
        _print_restated(restated)
        _print_found(technical, reassessed, show)
    return ExitCode.PAGES_FAILED if tally.failures or restated.failures else ExitCode.DONE


def _choose_pages(session: Session, wanted: str, platform: str) -> tuple[WatchedPage, ...]:
    from storage.pages import list_pages

    if wanted:
        pages = find_asked_pages(session, wanted)
    elif platform:
        pages = find_asked_pages(session, platform)
    else:
        pages = list_pages(session)
    if platform:
        pages = tuple(page for page in pages if page.platform == platform.strip())
        if not pages:
            fail(f"--platform: '{plain_text(platform)}' has no such page in the archive", ExitCode.NOTHING_FOUND)
    return pages


def _progress_teller() -> Callable[[Tally], None]:
    """Tell on stderr how far it is: in place on a terminal, else a line now and then."""
    import time

    told: list[float] = []

    def tell(tally: Tally) -> None:
        now, ended = time.monotonic(), tally.done >= tally.total
        if told and not ended and now - told[0] < _SECONDS_BETWEEN:
            return
        told[:] = [now]
        left = tally.seconds_left
        rest = f", about {left:.0f} s left" if left is not None and not ended else ""
        line = f"{tally.done} of {tally.total} captures, {tally.rate:.0f}/s{rest}"
        if sys.stderr.isatty():
            click.echo(f"\r{line:<70}", err=True, nl=ended)
        else:
            click.echo(line, err=True)

    return tell


def _restating_teller() -> Callable[[Restated], None]:
    """Tell on stderr how far the reading of identifiers is, a line now and then."""
    import time

    told = [time.monotonic()]

    def tell(done: Restated) -> None:
        now = time.monotonic()
        if now - told[0] >= _SECONDS_BETWEEN or (done.read == done.total and done.total > 1):
            told[0] = now
            click.echo(f"identifiers: {done.read} of {done.total} captures", err=True)

    return tell


def _print_restated(restated: Restated) -> None:
    if restated.total:
        click.echo(
            f"identifiers of {restated.read} captures read anew ({restated.equal} of them equal to one read before): "
            f"{restated.statements} statements"
        )
    for capture, reason in restated.failures:
        click.echo(
            f"identifiers not read: {capture}: {plain_text(reason)}; what was known of its sites stays", err=True
        )


def _restated_data(restated: Restated) -> dict[str, object]:
    return {
        "captures": restated.total,
        "read": restated.read,
        "equal": restated.equal,
        "statements": restated.statements,
        "failed": [{"capture": capture, "reason": reason} for capture, reason in restated.failures],
    }


def _print_tally(tally: Tally, show: bool, pages: int) -> None:
    from scrapers.extract import RELEASE

    if show:
        return
    click.echo(
        f"release {RELEASE}: {tally.read} captures of {pages} pages read anew in {tally.seconds:.1f} s "
        f"({tally.rate:.0f}/s, {tally.reused} of them equal to one read before), {tally.skipped} not of the page's site"
    )
    click.echo(f"{tally.differing} captures are read otherwise than before")
    for failure in tally.failures:
        click.echo(f"not read: {failure.capture}: {plain_text(failure.reason)}; the next run tries again", err=True)


def _print_found(technical: Sequence[Change], reassessed: Sequence[Reassessed], show: bool) -> None:
    click.echo(f"{len(technical)} technical differences (the same capture, read otherwise)" + _hint(technical, show))
    if show:
        for change in technical:
            click.echo(f"  {change.after_capture}  {change.page.url}: {_short(change.difference.reason)}")
    click.echo(f"{len(reassessed)} changes between captures on which the releases differ; none of them is told as news")
    for one in reassessed:
        click.echo(
            f"  {_VERDICTS[one.verdict]} ({one.former} -> {one.release})  {one.difference.severity} "
            f"{one.difference.change_class}  {one.page.url}"
        )
        click.echo(
            f"    between {show_time(one.before_at)} .. {show_time(one.after_at)}: {_short(one.difference.reason)}"
        )
        click.echo(f"    captures {one.before_capture} -> {one.after_capture}")


def _hint(technical: Sequence[Change], show: bool) -> str:
    return "; `cardwatch reextract --show` lists them" if technical and not show else ""


def _short(text: str) -> str:
    line = plain_text(text)
    return line if len(line) <= _QUOTED else line[: _QUOTED - 1] + "…"


def _tally_data(tally: Tally) -> dict[str, object]:
    from scrapers.extract import RELEASE

    return {
        "release": RELEASE,
        "pages": tally.pages,
        "read": tally.read,
        "reused": tally.reused,
        "skipped": tally.skipped,
        "differing": tally.differing,
        "failed": [{"capture": one.capture, "reason": one.reason} for one in tally.failures],
        "seconds": round(tally.seconds, 3),
        "rate": round(tally.rate, 1),
    }


def _reassessed_data(one: Reassessed) -> dict[str, object]:
    return {
        "verdict": one.verdict,
        "found_by": one.release if one.verdict == "newly_found" else one.former,
        "release": one.release,
        "former": one.former,
        "page": page_data(one.page),
        "before_capture": one.before_capture,
        "after_capture": one.after_capture,
        "before_at": one.before_at,
        "after_at": one.after_at,
        **difference_data(one.difference),
    }
