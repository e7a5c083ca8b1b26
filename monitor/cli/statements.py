"""`statements`: what sites showed of who runs them, where and when; also of a saved file, without an archive."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.asking import open_asked_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, format_json, plain_text, print_json, print_table, show_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.identity import Statement

_SHOWN = 200


@click.command()
@click.argument("asked", metavar="PLATFORM|SITE|URL|FILE")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Only this kind, such as qq; may be repeated.")
@click.option("--url", default="", metavar="URL", help="Where a saved FILE is from, if it does not say so itself.")
@click.option("--personal", is_flag=True, help="Show the names and mail addresses of natural persons.")
@click.option("--jsonl", is_flag=True, help="Print a statement a line, as `cardwatch link` reads them.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def statements_command(
    context: click.Context, asked: str, kinds: tuple[str, ...], url: str, personal: bool, jsonl: bool, as_json: bool
) -> ExitCode:
    """List what a platform, a site or a saved FILE shows of who runs it, with place, dates and proof.

    The lines of --jsonl hold all values as they are, for `cardwatch link`, without what files of others claim; keep
    them on this machine. Status 6 where nothing is known.
    """
    path = Path(asked)
    is_file = path.is_file()
    found = _read_file(path, url) if is_file else _ask_archive(context, asked)
    found = [one for one in found if not kinds or one.kind in kinds]
    if jsonl:
        for one in found if is_file else (one for one in found if not one.claimed):
            click.echo(format_json(line_data(one)))
    elif as_json:
        print_json({"asked": asked, "statements": [statement_data(one, personal=personal) for one in found]})
    else:
        _print(found, personal)
    return ExitCode.DONE if found else ExitCode.NOTHING_FOUND


def line_data(one: Statement) -> dict[str, object]:
    """A statement as a line that `cardwatch link` reads."""
    return {
        "site": one.site,
        "kind": one.kind,
        "value": one.value,
        "place": one.place,
        "first_seen": one.first_seen,
        "last_seen": one.last_seen,
    }


def statement_data(one: Statement, *, personal: bool) -> dict[str, object]:
    """A statement as JSON; the field names are documented in docs/json.md."""
    return {
        **line_data(one),
        "value": show_value(one, personal=personal),
        "shown": one.shown if personal or show_value(one, personal=False) == one.value else "",
        "where": one.where,
        "role": one.role,
        "problem": one.problem,
        "confidence": one.confidence,
        "times": one.times,
        "claimed": one.claimed,
        "first_capture": one.first_capture or None,
        "last_capture": one.last_capture or None,
    }


def show_value(one: Statement, *, personal: bool) -> str:
    """The value; of a natural person only the beginning, unless the name is asked for."""
    from monitor.operators.subject_names import classify_name, mask_name, mask_value

    if personal:
        return one.value
    if one.kind == "email" and one.role == "person":
        return mask_value(one.kind, one.value)
    if one.kind in ("registrant", "payee", "company"):
        return mask_name(one.value, classify_name(one.value))
    return one.value


def _ask_archive(context: click.Context, asked: str) -> list[Statement]:
    from monitor.operators.asked_sites import find_sites
    from storage.statements import statements_of

    with open_asked_archive(context) as archive, archive.database.reading() as session:
        sites = find_sites(session, asked)
        if not sites:
            fail(
                f"nothing is known of '{plain_text(asked[:200])}': no platform, site or file; `cardwatch sites` lists "
                "the sites",
                ExitCode.NOTHING_FOUND,
            )
        return list(statements_of(session, sites))


def _read_file(path: Path, url: str) -> list[Statement]:
    """What the pages of a saved file state, as claims."""
    from datetime import UTC, datetime

    from monitor.cli.read import open_file
    from monitor.operators.statements import state_file_capture

    at = datetime.now(UTC)
    return [one for capture in open_file(path, url) for one in state_file_capture(capture, at)]


def _print(found: Sequence[Statement], personal: bool) -> None:
    from monitor.findings.problem_words import say_problem
    from monitor.operators.kind_words import KIND_WORDS, ROLE_WORDS
    from monitor.operators.place_words import PLACE_WORDS

    rows = [
        (
            one.site,
            KIND_WORDS.get(one.kind, one.kind),
            show_value(one, personal=personal),
            PLACE_WORDS.get(one.place, one.place) + ("（据称）" if one.claimed else ""),
            "、".join(part for part in (ROLE_WORDS.get(one.role, one.role), say_problem(one.problem)) if part),
            show_time(one.first_seen)[:10],
            show_time(one.last_seen)[:10],
            one.last_capture,
        )
        for one in found[:_SHOWN]
    ]
    if rows:
        print_table(("网站", "种类", "内容", "位置", "说明", "首次见到", "最近见到", "证据"), rows)
    if len(found) > _SHOWN:
        click.echo(f"... {len(found) - _SHOWN} more; --kind chooses, --json prints all")
    if not found:
        click.echo("no statements of this kind", err=True)
