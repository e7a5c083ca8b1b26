"""What the commands that ask the archive share: options, finding the pages meant, and the JSON form of what is kept.

JSON field names are promises: they are only ever added to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from monitor.cli.context import load_archive_settings, open_cli_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, show_time

if TYPE_CHECKING:
    from storage.archive import Archive
    from storage.model import Change, Difference, StoredCapture, Version, WatchedPage
    from storage.session import Session

Command = TypeVar("Command", bound=Callable[..., object])
Item = TypeVar("Item")

THIRD_PARTY = "third party"
_MOST_LISTED = 1000
_MOST_PAGES = 400  # of a platform in one question


def list_options(command: Command) -> Command:
    """Add what all lists take: --since, --until, --limit, --after and --json."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print as JSON."),
        click.option(
            "--after", default="", metavar="ID", help="Continue after this id: the `next` of the list before."
        ),
        click.option(
            "--limit", type=click.IntRange(1, _MOST_LISTED), default=50, show_default=True, help="How many at most."
        ),
        click.option("--until", default="", metavar="T", help="Seen at this time or before; a date counts to its end."),
        click.option(
            "--since", default="", metavar="T", help="Seen at this time or later, such as 2026-03-01 or 3天前."
        ),
    ):
        command = option(command)
    return command


def read_moment(text: str, option: str, *, end: bool = False) -> datetime | None:
    """Read a time that was typed, "" being none; a wrong one ends the command."""
    from monitor.times import parse_time

    if not text:
        return None
    try:
        return parse_time(text, now=datetime.now(UTC), end=end)
    except ValueError as error:
        fail(f"{option}: {error}", ExitCode.WRONG_USE)


def read_span(since: str, until: str) -> tuple[datetime | None, datetime | None]:
    """Read --since and --until; the wrong way round ends the command."""
    first, last = read_moment(since, "--since"), read_moment(until, "--until", end=True)
    if first is not None and last is not None and first > last:
        fail(f"--since {since} is later than --until {until}; exchange them", ExitCode.WRONG_USE)
    return first, last


def find_asked_pages(session: Session, wanted: str) -> tuple[WatchedPage, ...]:
    """Find the pages meant by an id, a URL in any usual spelling or a platform's name; none ends the command."""
    from monitor.page_address import normalise_address
    from storage.pages import find_pages, nearest_pages

    found = find_pages(session, wanted)
    if not found:
        try:
            found = find_pages(session, normalise_address(wanted if "://" in wanted else f"https://{wanted}"))
        except ValueError:
            found = ()
    if not found:
        nearest = nearest_pages(session, wanted)
        hint = "the nearest known: " + ", ".join(nearest) if nearest else "`cardwatch pages` lists what is watched"
        fail(f"no page, URL or platform '{plain_text(wanted[:200])}' in the archive; {hint}", ExitCode.NOTHING_FOUND)
    return found


def find_platform_pages(session: Session, platform: str) -> tuple[WatchedPage, ...]:
    """Find the pages of a platform (by its name or one of its domains) across its domains; none ends the command."""
    from monitor.cli.domains import find_platform
    from monitor.sites.pages import pages_across_domains

    found = pages_across_domains(session, find_platform(session, platform))
    if not found:
        fail(f"no page of '{plain_text(platform[:200])}' is in the archive", ExitCode.NOTHING_FOUND)
    return found[:_MOST_PAGES]


@contextmanager
def open_asked_archive(context: click.Context) -> Iterator[Archive]:
    """The archive of the chosen settings, for a question: where there is none yet, none is made."""
    settings = load_archive_settings(context)
    folder = settings.archive.path
    database = Path(settings.archive.database.removeprefix("sqlite:///"))
    # A folder with objects and no database goes on to be opened: that it is damaged must be told.
    if not database.exists() and not (folder / "objects").is_dir():
        fail(
            f"there is no archive at {folder} yet; `cardwatch run` makes it, or choose with --config",
            ExitCode.NOTHING_FOUND,
        )
    with open_cli_archive(context, settings) as archive:
        yield archive


def cut_list(found: Sequence[Item], limit: int) -> tuple[Sequence[Item], bool]:
    """Cut a list that was asked for with one item more than its limit; say whether it goes on."""
    return found[:limit], len(found) > limit


def say_next(goes_on: bool, last_id: str) -> None:
    """Tell on stderr how to go on, where a list was cut."""
    if goes_on:
        click.echo(f"more: add --after {last_id}", err=True)


def show_seen(capture: StoredCapture) -> str:
    """When a page was seen; of a claim that names a day only, that day and no more."""
    shown = show_time(capture.seen_at)
    return f"{shown[:10]}, no time given" if capture.claims_day_only else shown


def describe_outcome(capture: StoredCapture) -> str:
    """Say on one line how a capture ended, and mark what was brought in by somebody else."""
    parts = [capture.outcome.value]
    if capture.reason:
        parts.append(capture.reason)
    if capture.status and capture.status != 200 and f"{capture.status}" not in capture.reason:
        parts.append(f"HTTP {capture.status}")
    if capture.missing:
        parts.append(f"{len(capture.missing)} missing")
    if capture.certificate_error:
        parts.append("bad certificate")
    if capture.origin == "imported":
        parts.append(THIRD_PARTY if capture.claimed_at else f"{THIRD_PARTY}, no time claimed")
    return ", ".join(parts)


def page_data(page: WatchedPage) -> dict[str, object]:
    """A page as JSON."""
    return {"id": page.id, "platform": page.platform, "url": page.url, "role": page.role, "vantage": page.vantage}


def capture_data(capture: StoredCapture) -> dict[str, object]:
    """A capture as JSON; `third_party` marks what was brought in, whose `seen_at` is then only claimed."""
    return {
        "id": capture.id,
        "page": page_data(capture.page),
        "seen_at": capture.seen_at,
        "started_at": capture.started_at,
        "ended_at": capture.ended_at,
        "outcome": capture.outcome,
        "reason": capture.reason,
        "detail": capture.detail,
        "missing": [{"what": what, "why": why} for what, why in capture.missing],
        "status": capture.status,
        "final_url": capture.final_url,
        "title": capture.title,
        "certificate_error": capture.certificate_error,
        "third_party": capture.origin == "imported",
        "origin": capture.origin,
        "claimed_at": capture.claimed_at,
        "claims_day_only": capture.claims_day_only,
        "source_file": capture.source_file,
        "full_views": capture.full_views,
        "warc": capture.warc,
        "warc_bytes": capture.warc_bytes,
        "manifest": capture.manifest,
        "previous": capture.previous,
    }


def version_data(version: Version, url: str = "") -> dict[str, object]:
    """A version as JSON, with all that was read."""
    from monitor.json_forms import reading_data

    return {
        "id": version.id,
        "capture": version.capture_id,
        "seen_at": version.seen_at,
        "third_party": version.origin == "imported",
        **reading_data(version.reading, url),
    }


def change_data(change: Change) -> dict[str, object]:
    """A change as JSON."""
    return {
        "id": change.id,
        "page": page_data(change.page),
        "before_capture": change.before_capture,
        "after_capture": change.after_capture,
        "before_at": change.before_at,
        "after_at": change.after_at,
        "status": change.status,
        "settled_by": change.settled_by,
        **difference_data(change.difference),
    }


def difference_data(difference: Difference) -> dict[str, object]:
    """What differs, as JSON."""
    return {
        "class": difference.change_class,
        "severity": difference.severity,
        "effect": difference.effect,
        "kinds": list(difference.kinds),
        "subject": difference.subject,
        "reason": difference.reason,
        "before": difference.before,
        "after": difference.after,
        "quotable": difference.quotable,
    }
