"""`sites`: every site that is known, the state it is in since when, why, and when it is looked at next."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from monitor.cli.asking import open_asked_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json, show_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.sites.answers import SiteRow
    from storage.session import Session


@click.command()
@click.argument("what", required=False, default="", metavar="[PLATFORM|SITE]")
@click.option("--all", "everything", is_flag=True, help="Also sites that were only met: partners, targets, strangers.")
@click.option("--limit", type=click.IntRange(1, 1000), default=200, show_default=True, help="How many at most.")
@click.option("--check", "checks", is_flag=True, help="Look them up now, before they are shown.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def sites_command(
    context: click.Context, what: str, everything: bool, limit: int, checks: bool, as_json: bool
) -> ExitCode:
    """List the sites of a platform, or of all: their state, since when, why, and the next check.

    A state is made of what the registry, the server and the page say. Two checks are needed for a change, three over
    72 hours for 失效; what only our own network failed to reach is 未知.
    """
    from monitor.sites.answers import read_site, site_data

    if checks:
        _check(context)
    with open_asked_archive(context) as archive, archive.database.reading() as session:
        names = _choose(session, what.strip(), everything)[:limit]
        rows = [read_site(session, name) for name in names]
    if as_json:
        print_json({"at": datetime.now(UTC), "sites": [site_data(row) for row in rows]})
    else:
        for row in rows:
            _print_site(row)
    if not rows:
        click.echo("no site is known yet; `cardwatch run` visits the watched pages and looks their sites up", err=True)
    return ExitCode.DONE if rows else ExitCode.NOTHING_FOUND


def _choose(session: Session, what: str, everything: bool) -> list[str]:
    from monitor.cli.domains import find_platform
    from monitor.sites.moves import read_line
    from storage.pages import list_platforms
    from storage.sites import has_site, list_sites, sites_of_platform

    if everything and not what:
        return [stored.site for stored in list_sites(session)]
    if what and what not in list_platforms(session) and has_site(session, what):
        return [what]
    platforms = [find_platform(session, what)] if what else list_platforms(session)
    found: dict[str, None] = {}
    for platform in platforms:
        own = sites_of_platform(session, platform, arrived=everything)
        found |= dict.fromkeys(read_line(session, own))
    if what and not found:
        fail(f"no site of '{plain_text(what[:100])}' is known yet; `cardwatch run` finds them", ExitCode.NOTHING_FOUND)
    return list(found)


def _check(context: click.Context) -> None:
    import asyncio

    from monitor.cli.context import load_cli_settings
    from monitor.runner import utc_now
    from monitor.sites.watch import watch_sites

    settings = load_cli_settings(context, tolerant=True)
    with open_asked_archive(context) as archive:
        click.echo("looking the sites up ...", err=True)
        run = asyncio.run(watch_sites(settings, archive, utc_now, everything=True))
    if run.problem:
        click.echo(run.problem, err=True)
    click.echo(f"{len(run.checked)} sites looked at, {run.asked} questions asked", err=True)


def _print_site(row: SiteRow) -> None:
    from monitor.operators.kind_words import STATE_WORDS

    current, pending = row.current, row.pending
    if current is None:
        state = "未检查"
        click.echo(f"{row.site}  {state}" + _of(row))
    else:
        click.echo(f"{row.site}  {STATE_WORDS[current.state]}，自 {show_time(current.since)[:16]} 起" + _of(row))
        click.echo(f"    依据：{plain_text(current.reason)}")
        click.echo(f"    证据：{_say_proof(current.proof)}")
        click.echo(f"    最近检查：{show_time(row.looked_at or current.checked_at)[:16]}" + _say_next(row))
    if pending is not None:
        seen = f"{STATE_WORDS[pending.sign.state]}（{pending.checks} 次，自 {show_time(pending.first_at)[:16]} 起）"
        click.echo(f"    待确认：{seen}：{plain_text(pending.sign.reason)}")


def _say_proof(proof: Sequence[str]) -> str:
    """The first proof and the newest; --json has them all."""
    shown = list(dict.fromkeys((*proof[:1], *proof[-1:])))
    more = f"（另有 {len(proof) - len(shown)} 项，见 --json）" if len(proof) > len(shown) else ""
    return " ".join(shown) + more if shown else "（无）"


def _of(row: SiteRow) -> str:
    return f"  [{plain_text('、'.join(row.platforms))}]" if row.platforms else ""


def _say_next(row: SiteRow) -> str:
    return f"；下次检查不早于 {show_time(row.next_check_at)[:16]}" if row.next_check_at else ""
