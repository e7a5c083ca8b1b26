"""`domains`: where a platform was, is and may be: its line of domains with dates, moves, their signals and proof.

A person's word stands above the judgement: `--confirm`, `--reject` and `--undo` keep it, dated, with its reason.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from monitor.cli.asking import open_asked_archive
from monitor.cli.context import load_cli_settings
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json

if TYPE_CHECKING:
    from monitor.sites.answers import SiteRow
    from monitor.sites.moves import PlatformLine
    from storage.archive import Archive
    from storage.identity import Move, Verdict
    from storage.session import Session


@click.command()
@click.argument("what", metavar="PLATFORM|DOMAIN|URL")
@click.option("--confirm", nargs=2, metavar="A B", help="B is where A moved to.")
@click.option("--reject", nargs=2, metavar="A B", help="B is not where A moved to.")
@click.option("--undo", nargs=2, metavar="A B", help="Take back what was decided about A and B.")
@click.option("--reason", default="", metavar="TEXT", help="Why; kept with the decision.")
@click.option("--by", "maker", default="", metavar="NAME", help="Who decides.  [default: the user of this machine]")
@click.option("--follow", is_flag=True, help="Take the proposed pages into the watch list.")
@click.option("--details", is_flag=True, help="Also every state and signal, with its proof.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def domains_command(
    context: click.Context,
    what: str,
    confirm: tuple[str, str] | None,
    reject: tuple[str, str] | None,
    undo: tuple[str, str] | None,
    reason: str,
    maker: str,
    follow: bool,
    details: bool,
    as_json: bool,
) -> ExitCode:
    """Show the line of domains of a platform, with dates, states, moves, their signals and proof.

    A successor needs a word of the old site and what ties the two, or what cannot be copied. All else is a candidate.
    """
    from storage.identity import Verdict

    chosen = [(pair, verdict) for pair, verdict in ((confirm, Verdict.SAME), (reject, Verdict.DIFFERENT)) if pair]
    if len(chosen) + bool(undo) > 1:
        fail("give one of --confirm, --reject and --undo at a time", ExitCode.WRONG_USE)
    if chosen and not reason.strip():
        fail('say why: --reason "客服当面确认" is kept with the decision and shown beside it', ExitCode.WRONG_USE)
    settings = load_cli_settings(context, tolerant=True)
    at = datetime.now(UTC)
    with open_asked_archive(context) as archive:
        with archive.database.reading() as session:
            platform = find_platform(session, what)
        for pair, verdict in chosen:
            _decide(archive, pair, verdict, reason.strip(), maker, at)
        if undo:
            _undo(archive, undo, at)
        line, rows, moves = _judge(archive, platform, at, keep=bool(chosen or undo))
    from monitor.sites.follow import propose_pages, take_pages

    proposals = propose_pages(settings.pages, line)
    if follow:
        done = take_pages(settings, proposals)
        for page in done.taken:
            click.echo(f"now watched: {page.url} ({page.role})", err=True)
        for refused in done.refused:
            click.echo(f"not taken: {plain_text(refused)}", err=True)
        proposals = tuple(one for one in proposals if one.url not in {page.url for page in done.taken})
    if as_json:
        from monitor.sites.answers import line_data

        print_json(line_data(line, rows, moves, proposals, at))
    else:
        from monitor.cli.domain_lines import print_line

        print_line(line, rows, moves, proposals, at, details=details)
    return ExitCode.DONE if rows else ExitCode.NOTHING_FOUND


def find_platform(session: Session, what: str) -> str:
    """The platform meant by its name, or by a domain or URL of it; none or several end the command."""
    from scrapers.domains import registrable_domain
    from storage.pages import list_platforms, nearest_pages
    from storage.sites import platforms_of_site

    wanted = what.strip()
    if wanted in list_platforms(session):
        return wanted
    site = registrable_domain(wanted if "://" in wanted else f"//{wanted}")
    found = platforms_of_site(session, wanted) or platforms_of_site(session, site)
    if len(found) > 1:
        fail(f"{site} is known of several platforms: {', '.join(found)}; name one of them", ExitCode.WRONG_USE)
    if not found:
        near = nearest_pages(session, wanted)
        hint = f"the nearest known: {', '.join(near)}" if near else "`cardwatch platforms` lists them"
        fail(f"no platform or domain '{plain_text(wanted[:100])}' is known; {hint}", ExitCode.NOTHING_FOUND)
    return found[0]


def _judge(
    archive: Archive, platform: str, at: datetime, *, keep: bool
) -> tuple[PlatformLine, list[SiteRow], list[Move]]:
    from monitor.sites.answers import read_site
    from monitor.sites.moves import BY_NAME, follow_platform, keep_moves
    from storage.identity import MoveKind
    from storage.moves import list_moves

    with archive.database.reading() as session:
        line = follow_platform(session, platform, at)
        names = [name for site in line.sites for name in _epochs_of(session, site)]
        rows = [read_site(session, name) for name in names]
        known = {(move.before, move.after) for move in (*line.moves, *line.succession.rejected)}
        siblings = [
            move
            for move in list_moves(session, line.sites, kinds=(MoveKind.CANDIDATE,))
            if any(name == BY_NAME for name, _, _ in move.signals) and (move.before, move.after) not in known
        ]
    if keep:
        with archive.database.writing() as session:
            keep_moves(session, line, at)
    return line, rows, [*line.moves, *siblings]


def _epochs_of(session: Session, site: str) -> list[str]:
    from monitor.sites.records import read_memory

    return [*(name for _, name in read_memory(session, site).epochs), site]


def _decide(archive: Archive, pair: tuple[str, str], verdict: Verdict, reason: str, maker: str, at: datetime) -> None:
    import getpass

    from storage.decisions import ABOUT_MOVE, keep_decision
    from storage.identity import Decision
    from storage.ids import new_id
    from storage.sites import ensure_site, has_site

    before, after = (_site_name(name) for name in pair)
    if before == after:
        fail(f"{before} and {after} are one site", ExitCode.WRONG_USE)
    with archive.database.reading() as session:
        for site in (before, after):
            if not has_site(session, site) and site not in _epochs_of(session, site.partition("@")[0])[:-1]:
                fail(
                    f"nobody has ever looked at {plain_text(site[:100])}: look it up with `cardwatch lookup "
                    f"{plain_text(site[:100])}`, or watch a page of it with `cardwatch add`, then decide",
                    ExitCode.NOTHING_FOUND,
                )
    decision = Decision(
        new_id("decision", at), ABOUT_MOVE, before, after, verdict, at, maker.strip() or getpass.getuser(), reason
    )
    with archive.database.writing() as session:
        ensure_site(session, before, at)
        ensure_site(session, after, at)
        keep_decision(session, decision, archive.keys)


def _undo(archive: Archive, pair: tuple[str, str], at: datetime) -> None:
    from storage.decisions import ABOUT_MOVE, revoke_decision, standing_decision

    before, after = (_site_name(name) for name in pair)
    with archive.database.writing() as session:
        standing = standing_decision(session, before, after, about=ABOUT_MOVE)
        if standing is None:
            fail(f"nobody decided about {before} and {after}", ExitCode.NOTHING_FOUND)
        revoke_decision(session, standing.id, at, archive.keys)


def _site_name(text: str) -> str:
    """A site as it was typed: a domain, a URL, or an earlier registration `domain@day`."""
    from scrapers.domains import registrable_domain

    name, mark, day = text.strip().partition("@")
    site = registrable_domain(name if "://" in name else f"//{name}") if "/" not in name or "://" in name else name
    if not site or "." not in site:
        fail(f"'{plain_text(text[:100])}' is no domain", ExitCode.WRONG_USE)
    return f"{site}{mark}{day}"
