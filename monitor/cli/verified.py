"""`verified`: what a person looked up by hand at a register, a payment provider, a platform or a court."""

from __future__ import annotations

import getpass
import mimetypes
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.asking import open_asked_archive
from monitor.cli.context import open_cli_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json, print_table

if TYPE_CHECKING:
    from storage.identity import VerifiedRecord
    from storage.session import Session

_SOURCES = ("gsxt", "miit", "payment", "platform", "court", "other")
_MOST_ASKED = 500


@click.group()
def verified_command() -> None:
    """Keep what you looked up by hand: who a register, a payment provider, a platform or a court says it is.

    `cardwatch who` names what to look up, with the words to type and the screenshot to make. The screenshot becomes an
    entry of the custody log.
    """


@verified_command.command("add")
@click.argument("about", metavar="PLATFORM|SITE")
@click.option("--source", type=click.Choice(_SOURCES), required=True, help="Who gave the answer.")
@click.option("--asked", required=True, metavar="TEXT", help="The exact words that you typed or asked.")
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="NAME=TEXT",
    help="What it answered: name, uscc, address, icp, domain, website, account, status, scope ...; repeat.",
)
@click.option("--looked-on", default="", metavar="DATE", help="The day of the look-up.  [default: today]")
@click.option(
    "--file", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The screenshot of the answer."
)
@click.option("--by", "made_by", default="", metavar="NAME", help="Who looked it up.  [default: the login name]")
@click.option("--json", "as_json", is_flag=True, help="Print the record as JSON.")
@click.pass_context
def add_command(
    context: click.Context,
    about: str,
    source: str,
    asked: str,
    fields: tuple[str, ...],
    looked_on: str,
    path: Path | None,
    made_by: str,
    as_json: bool,
) -> None:
    """Keep one answer about a platform's or site's subject.

    A record that says `uninvolved=yes` marks a licence as stolen: its owner is never named as a respondent.
    """
    from monitor.operators.verified_answers import SOURCES, check_fields
    from storage.evidence import keep_evidence
    from storage.identity import VerifiedRecord
    from storage.ids import new_id
    from storage.verified import keep_verified

    told = tuple(_read_field(field) for field in fields)
    problem = check_fields(told)
    if problem:
        fail(problem, ExitCode.WRONG_USE)
    if not asked.strip() or len(asked) > _MOST_ASKED:
        fail(f"--asked needs 1 to {_MOST_ASKED} characters: the words that you typed", ExitCode.WRONG_USE)
    now = datetime.now(UTC)
    day = _read_day(looked_on, now)
    with open_cli_archive(context) as archive:
        with archive.database.reading() as session:
            site = find_site(session, about, asked)
        evidence = ""
        if path is not None:
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            note = (
                f"{SOURCES[source]}的查询结果，查询词：{asked.strip()[:200]}，查询日：{day.isoformat()}，站点：{site}"
            )
            evidence = keep_evidence(archive, path, name=path.name, media_type=kind, note=note, at=now).id
        record = VerifiedRecord(
            new_id("verified", now),
            site,
            source,
            asked.strip(),
            told,
            day,
            now,
            made_by.strip()[:100] or _login_name(),
            evidence,
        )
        with archive.database.writing() as session:
            keep_verified(session, record, archive.keys)
    if as_json:
        print_json(verified_data(record))
        return
    click.echo(f"kept as {record.id}, about {record.site}" + (f", screenshot {evidence}" if evidence else ""))
    if not evidence:
        click.echo("without a screenshot (--file) nobody else can check it", err=True)


@verified_command.command("list")
@click.argument("about", metavar="[PLATFORM|SITE]", default="")
@click.option("--revoked", is_flag=True, help="Show those that were revoked too.")
@click.option("--json", "as_json", is_flag=True, help="Print the records as JSON.")
@click.pass_context
def list_command(context: click.Context, about: str, revoked: bool, as_json: bool) -> ExitCode:
    """List the records, of a platform or site or all."""
    from monitor.operators.platform_sites import find_platforms, sites_for
    from storage.verified import list_verified

    with open_asked_archive(context) as archive, archive.database.reading() as session:
        sites: tuple[str, ...] = ()
        if about:
            sites = sites_for(session, *find_platforms(session, about))
            if not sites:
                fail(f"no platform or site '{plain_text(about[:200])}' in the archive", ExitCode.NOTHING_FOUND)
        records = list_verified(session, sites, revoked=revoked)
    if as_json:
        print_json({"verified": [verified_data(one) for one in records]})
        return ExitCode.DONE if records else ExitCode.NOTHING_FOUND
    if not records:
        click.echo("nothing was looked up yet: `cardwatch who` names what to look up", err=True)
        return ExitCode.NOTHING_FOUND
    rows = [
        (
            one.id,
            one.site,
            one.source,
            one.looked_on.isoformat(),
            one.asked,
            " ".join(f"{name}={value}" for name, value in one.fields),
            "revoked" if one.revoked_at else "screenshot destroyed" if one.evidence_erased_at else "",
        )
        for one in records
    ]
    print_table(("id", "site", "source", "looked on", "asked", "answer", ""), rows, keep=("id",))
    return ExitCode.DONE


@verified_command.command("revoke")
@click.argument("record_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print the record as JSON.")
@click.pass_context
def revoke_command(context: click.Context, record_id: str, as_json: bool) -> None:
    """Take a record back that was wrong. It stays in the archive, with the moment."""
    from storage.verified import revoke_verified

    with open_cli_archive(context) as archive, archive.database.writing() as session:
        record = revoke_verified(session, record_id, datetime.now(UTC), archive.keys)
    if as_json:
        print_json(verified_data(record))
    else:
        click.echo(f"revoked {record.id}")


def verified_data(record: VerifiedRecord) -> dict[str, object]:
    """A record as JSON; the field names are documented in docs/json.md."""
    return {
        "id": record.id,
        "site": record.site,
        "source": record.source,
        "asked": record.asked,
        "fields": [{"name": name, "value": value} for name, value in record.fields],
        "looked_on": record.looked_on.isoformat(),
        "recorded_at": record.recorded_at,
        "recorded_by": record.recorded_by,
        "evidence": record.evidence,
        "evidence_erased_at": record.evidence_erased_at,
        "revoked_at": record.revoked_at,
    }


def find_site(session: Session, about: str, asked: str) -> str:
    """The site that a record is about: the domain that was asked if it is the platform's, else its current site."""
    from monitor.operators.platform_sites import find_platforms, sites_for, sort_by_use
    from scrapers.domains import registrable_domain
    from storage.site_periods import list_periods
    from storage.sites import has_site

    platforms, sites = find_platforms(session, about)
    known = sites_for(session, platforms, sites)
    if not known:
        fail(
            f"no platform or site '{plain_text(about[:200])}' in the archive; `cardwatch platforms` lists them",
            ExitCode.NOTHING_FOUND,
        )
    domain = registrable_domain(asked if "://" in asked else f"https://{asked}")
    if domain in known:
        return domain
    site = sites[0] if sites else sort_by_use(known, list_periods(session, known), datetime.now(UTC))[0]
    if has_site(session, domain):
        click.echo(
            plain_text(f"{domain} is no site of {about[:80]}: kept about {site}, it says nothing of {domain}; name "
                       f"{domain} in the place of {about[:80]} for that"), err=True,
        )  # fmt: skip
    return site


def _read_field(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        fail(f"--field {plain_text(text[:80])}: write NAME=TEXT, such as name=某某有限公司", ExitCode.WRONG_USE)
    return name.strip().lower(), value.strip()


def _read_day(text: str, now: datetime) -> date:
    from monitor.times import SHANGHAI, parse_time

    if not text:
        return now.astimezone(SHANGHAI).date()
    try:
        day = parse_time(text, now=now).astimezone(SHANGHAI).date()
    except ValueError as error:
        fail(f"--looked-on: {error}", ExitCode.WRONG_USE)
    if day > now.astimezone(SHANGHAI).date():
        fail(f"--looked-on {text} lies in the future", ExitCode.WRONG_USE)
    return day


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
