"""`discover`: look through a site from its home page, and propose what to watch."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from monitor.cli.context import find_config, load_cli_settings, open_cli_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json, print_table

if TYPE_CHECKING:
    from monitor.config.settings import Settings
    from monitor.discovery import Bounds, Discovery, Progress, Proposal
    from monitor.watchlist import Addition
    from scrapers.model import Capture, Limits, NetworkPolicy, Role

_ROLES = ("product", "terms", "notice", "home", "contact", "release")
_SURE_ENOUGH = 0.6
_MOST_SECONDS = 3600


@click.command()
@click.argument("url")
@click.option("--add", "adds", is_flag=True, help="Write the proposals to the configuration, as `cardwatch add` does.")
@click.option(
    "--platform", default="", metavar="NAME", help="With --add or --keep.  [default: as watched, or the host]"
)
@click.option("--role", "roles", type=click.Choice(_ROLES), multiple=True, help="Only these; may be repeated.")
@click.option(
    "--sure",
    type=click.FloatRange(0, 1),
    default=_SURE_ENOUGH,
    show_default=True,
    help="With --add: only what is at least so sure.",
)
@click.option("--max-pages", type=click.IntRange(1, 500), default=25, show_default=True, help="Open at most so many.")
@click.option("--depth", type=click.IntRange(0, 5), default=2, show_default=True, help="At most so many clicks away.")
@click.option(
    "--pace",
    type=click.FloatRange(0, 60),
    default=None,
    metavar="S",
    help="Seconds between two pages.  [default: as configured]",
)
@click.option(
    "--seconds",
    type=click.IntRange(10, _MOST_SECONDS),
    default=300,
    show_default=True,
    help="Open no further page after so long.",
)
@click.option("--keep", is_flag=True, help="Keep what was opened in the archive; else nothing is stored.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def discover_command(
    context: click.Context, url: str, adds: bool, platform: str, roles: tuple[str, ...], sure: float, max_pages: int,
    depth: int, pace: float | None, seconds: int, keep: bool, as_json: bool,
) -> ExitCode:  # fmt: skip
    """Find the products, terms, notices, contact and release pages of a site by themselves, and propose them.

    Only this site and only pages that anyone may GET: no login, cart, payment or order query, no form, and nothing
    that robots.txt closes to crawlers. Status 4 when the home page could not be seen, 6 when nothing was found.
    """
    from dataclasses import replace

    from monitor.discovery import Bounds
    from monitor.page_address import normalise_address
    from scrapers.discover import same_address

    try:
        home = normalise_address(url if "://" in url else f"https://{url}")
    except ValueError as error:
        fail(str(error), ExitCode.WRONG_USE)
    settings = _settings(context)
    default_pace = settings.run.pace_seconds if settings else 2.0
    bounds = Bounds(pages=max_pages, depth=depth, seconds=float(seconds), pace=default_pace if pace is None else pace)
    watched = [page.url for page in settings.pages] if settings else []
    captures: list[tuple[Capture, Role]] = []
    found = _crawl(home, settings, bounds, watched, captures, keep=keep)
    if roles:
        found = replace(found, proposals=tuple(one for one in found.proposals if one.role in roles))
    known = settings.pages if settings else ()
    name = platform.strip() or next(
        (page.platform for page in known if _host(same_address(page.url)) == _host(same_address(home))),
        _host(same_address(home)),
    )
    kept = _keep_captures(context, name, captures) if keep else []
    done = _add(context, name, found.proposals, sure) if adds else None
    if as_json:
        print_json(describe_discovery(found, name, done, kept))
    else:
        _print(found, done, context)
        if keep:
            click.echo(f"{len(kept)} captures kept under '{plain_text(name)}'")
    if found.outcome not in ("complete", "partial"):
        return ExitCode.PAGES_FAILED
    return ExitCode.DONE if any(one.role != "home" for one in found.proposals) else ExitCode.NOTHING_FOUND


def describe_discovery(
    found: Discovery, platform: str, done: Addition | None, kept: Sequence[str]
) -> dict[str, object]:
    """What was found as data; the field names are documented in docs/json.md."""
    return {
        "home": found.home,
        "final_url": found.final_url,
        "title": found.title,
        "platform": platform,
        "family": found.family,
        "family_confidence": found.family_confidence,
        "outcome": found.outcome,
        "reason": found.reason,
        "proposals": list(found.proposals),
        "visited": list(found.visited),
        "skipped": list(found.skipped),
        "notes": list(found.notes),
        "stopped": found.stopped,
        "without_address": list(found.without_address),
        "added": [page.url for page in done.added] if done else [],
        "refused": [{"url": one.page.url, "reason": one.reason} for one in done.refused] if done else [],
        "kept": list(kept),
    }


def _host(spelling: str) -> str:
    return spelling.partition("/")[0].partition("?")[0].partition("#")[0]


def _settings(context: click.Context) -> Settings | None:
    if not find_config(context).exists() and "cardwatch.config" not in context.find_root().meta:
        return None
    return load_cli_settings(context, tolerant=True)


def _crawl(
    home: str,
    settings: Settings | None,
    bounds: Bounds,
    watched: Sequence[str],
    captures: list[tuple[Capture, Role]],
    *,
    keep: bool,
) -> Discovery:
    from monitor.discover import discover_site
    from monitor.runner import utc_now
    from scrapers.browser import find_browser, open_browser
    from scrapers.model import Limits, NetworkPolicy, PageTask
    from storage.ids import new_id

    found = find_browser(os.environ)
    if found is None:
        fail("no browser was found to open the site; `cardwatch doctor` says how to mend it", ExitCode.CANNOT_WORK)
    policy: NetworkPolicy = settings.network if settings else NetworkPolicy()
    limits: Limits = settings.limits if settings else Limits()

    async def crawl() -> Discovery:
        async with open_browser(found, policy, utc_now) as browser:

            async def look(address: str, role: Role) -> Capture:
                return await browser.capture_page(PageTask(new_id("capture", utc_now()), address, role, limits=limits))

            def take(capture: Capture, role: Role) -> None:
                if keep:
                    captures.append((capture, role))

            return await discover_site(home, look=look, bounds=bounds, watched=watched, keep=take, report=_say_progress)

    return asyncio.run(crawl())


def _say_progress(progress: Progress) -> None:
    click.echo(
        f"[{progress.opened + 1}/{progress.most}] {plain_text(progress.url)}  ({progress.waiting} waiting)", err=True
    )


def _keep_captures(context: click.Context, platform: str, captures: list[tuple[Capture, Role]]) -> list[str]:
    from monitor.runner import utc_now
    from monitor.selectors import Selectors
    from monitor.timestamps import seal_and_stamp
    from monitor.watch import record_capture
    from storage.pages import ensure_page

    settings = load_cli_settings(context, tolerant=True)
    kept = []
    with open_cli_archive(context, settings) as archive:
        for capture, role in captures:
            with archive.database.writing() as session:
                page = ensure_page(session, platform, capture.url, role, capture.vantage.name, utc_now())
            kept.append(record_capture(archive, capture, page, Selectors()).capture.id)
        if kept:
            seal_and_stamp(settings, archive, utc_now)
    return kept


def _add(context: click.Context, platform: str, proposals: Sequence[Proposal], sure: float) -> Addition | None:
    from monitor.watchlist import NewPage, add_pages

    pages = [
        NewPage(platform, one.url, str(one.role)) for one in proposals if one.confidence >= sure and not one.watched
    ]
    return add_pages(find_config(context), pages) if pages else None


def _print(found: Discovery, done: Addition | None, context: click.Context) -> None:
    click.echo(f"site     {plain_text(found.title) or '(no title)'}  {plain_text(found.final_url)}")
    if found.outcome not in ("complete", "partial"):
        click.echo(f"the home page was not seen: {found.outcome} ({plain_text(found.reason)})", err=True)
    else:
        click.echo(f"family   {found.family} ({found.family_confidence:.0%})")
    if found.proposals:
        click.echo()
        rows = [
            (one.role, one.name, one.url, f"{one.confidence:.0%}", "watched" if one.watched else one.opened, _why(one))
            for one in found.proposals
        ]
        print_table(("role", "name", "url", "sure", "state", "why"), rows)
        click.echo()
    for note in found.notes:
        click.echo(f"note: {plain_text(note)}", err=True)
    closed = [one for one in found.skipped if one.reason.startswith("robots.txt")]
    if closed:
        click.echo(
            f"robots.txt closes {len(closed)} of the linked addresses to crawlers; they were not opened", err=True
        )
    if found.without_address:
        names = "、".join(plain_text(name) for name in found.without_address[:5])
        click.echo(
            f"{len(found.without_address)} products stand on the list only, with no page of their own: {names}",
            err=True,
        )
    if found.stopped:
        click.echo(f"ended early: {plain_text(found.stopped)}; more may be there", err=True)
    opened, left = len(found.visited), len(found.skipped)
    click.echo(f"{opened} pages opened, {left} addresses left out (login, cart, other sites ...; --json names them)")
    _tell_added(found, done, find_config(context).name)


def _tell_added(found: Discovery, done: Addition | None, config: str) -> None:
    if done is not None:
        click.echo(f"{len(done.added)} pages added to {config}")
        for refusal in done.refused:
            click.echo(f"not added: {plain_text(refusal.reason)}", err=True)
        return
    if any(not one.watched for one in found.proposals):
        click.echo("`--add` writes them to the configuration; `cardwatch run` then captures them")


def _why(one: Proposal) -> str:
    return f"{one.why} ({one.note})" if one.note else one.why
