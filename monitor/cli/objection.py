"""`objection`: what a platform or person answered to being named; it goes along with every dossier."""

from __future__ import annotations

import mimetypes
from datetime import UTC, datetime
from pathlib import Path

import click

from monitor.cli.asking import open_asked_archive, read_moment
from monitor.cli.context import open_cli_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json, show_time

_LONGEST = 20_000


@click.group()
def objection_command() -> None:
    """Keep what a platform or person answered to being named; `cardwatch who` and `dossier` give it along."""


@objection_command.command("add")
@click.argument("about", metavar="PLATFORM|SITE")
@click.option("--by", required=True, metavar="NAME", help="Who objects.")
@click.option("--text", required=True, metavar="TEXT", help="What is objected, in the objector's own words.")
@click.option("--received", default="", metavar="DATE", help="When it was received.  [default: now]")
@click.option(
    "--file", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The letter or screenshot."
)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def add_command(
    context: click.Context, about: str, by: str, text: str, received: str, path: Path | None, as_json: bool
) -> ExitCode:
    """Keep an objection about a platform or a site. It is never deleted, and never weighed by the tool."""
    from monitor.cli.domains import find_platform
    from monitor.operators.asked_sites import find_site
    from storage.evidence import keep_evidence
    from storage.identity import Objection
    from storage.ids import new_id
    from storage.objections import keep_objection

    if not by.strip() or not text.strip() or len(text) > _LONGEST:
        fail(f"--by and --text must say something, --text in {_LONGEST} characters at most", ExitCode.WRONG_USE)
    now = datetime.now(UTC)
    with open_cli_archive(context) as archive:
        with archive.database.reading() as session:
            known = find_site(session, about) or find_platform(session, about)
        evidence = ""
        if path is not None:
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            kept = keep_evidence(archive, path, name=path.name, media_type=kind, note=f"{by} 的异议"[:500], at=now)
            evidence = kept.id
        objection = Objection(
            new_id("objection", now), known, by.strip(), text.strip(), read_moment(received, "--received") or now, now,
            evidence,
        )  # fmt: skip
        with archive.database.writing() as session:
            keep_objection(session, objection, archive.keys)
    if as_json:
        print_json(objection)
    else:
        click.echo(plain_text(f"kept {objection.id} about {known}; it goes along with every dossier of it"))
    return ExitCode.DONE


@objection_command.command("list")
@click.argument("about", metavar="[PLATFORM|SITE]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def list_command(context: click.Context, about: str | None, as_json: bool) -> ExitCode:
    """List the objections about a platform or site, or all."""
    from monitor.operators.asked_sites import find_site, find_sites
    from storage.objections import list_objections

    with open_asked_archive(context) as archive, archive.database.reading() as session:
        names = [about, find_site(session, about), *find_sites(session, about)] if about else []
        found = list_objections(session, [name for name in names if name])
    if as_json:
        print_json({"objections": found})
    else:
        for one in found:
            click.echo(plain_text(f"{one.id}  {show_time(one.received_at)}  {one.about}  {one.by}：{one.text}"))
    return ExitCode.DONE if found else ExitCode.NOTHING_FOUND
