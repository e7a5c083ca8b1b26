"""`link`: which sites of a file of statements are under one control, how sure, and by which rows of proof."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json, print_table

if TYPE_CHECKING:
    from monitor.operators.link_file import FileReading
    from monitor.operators.model import Attribution, LinkRow

_SHOWN_SITES = 6
_SHOWN_NOTES = 12


@click.command()
@click.argument("file", metavar="FILE.jsonl")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.option("--links", "most_links", type=click.IntRange(0), default=200_000, show_default=True, metavar="N",
              help="The strongest N links are given.")  # fmt: skip
def link_command(file: str, as_json: bool, most_links: int) -> ExitCode:
    """Link the sites of a file of statements, without an archive: operators, links, and why.

    A line of FILE (- for standard input) is {"site", "kind", "value", "place", "first_seen", "last_seen"}; kinds and
    places are those of docs/operators.md, others are kept without weight and named. Status 6 without any statement.
    """
    from monitor.operators.attribute import attribute_columns, describe

    reading = _read(file)
    if not reading.columns.sites:
        _name_problems(reading)
        fail(f"{file}: no line holds a statement; see docs/operators.md for the form", ExitCode.NOTHING_FOUND)
    answer = describe(attribute_columns(reading.columns), most_links=most_links)
    if as_json:
        print_json(link_data(answer, reading))
    else:
        _show(answer, reading)
    return ExitCode.DONE


def link_data(answer: Attribution, reading: FileReading) -> dict[str, object]:
    """The answer as JSON gives it."""
    return {
        "operators": [{"id": one.id, "sites": list(one.sites), "band": one.band} for one in answer.operators],
        "links": [
            {
                "a": link.a, "b": link.b, "bits": link.bits, "band": link.band, "decided": link.decided,
                "rows": [_row_data(row, reading.days) for row in link.rows],
                "contrary": [_row_data(row, reading.days) for row in link.contrary],
            }
            for link in answer.links
        ],
        "notes": [*_problem_notes(reading), *answer.notes],
    }  # fmt: skip


def _row_data(row: LinkRow, days: frozenset[int]) -> dict[str, object]:
    from monitor.operators.columns import to_minutes

    def moment(at: datetime | None) -> datetime | str | None:
        """The moment as the file gave it: a day without a time stays a day."""
        return at.date().isoformat() if at is not None and to_minutes(at) in days else at

    return {
        "kind": row.kind, "value": row.value, "bits": row.bits, "reason": row.reason, "family": row.family,
        "forge": row.forge, "other_value": row.other_value, "place_a": row.place_a, "place_b": row.place_b,
        "first_a": moment(row.first_a), "last_a": moment(row.last_a),
        "first_b": moment(row.first_b), "last_b": moment(row.last_b),
        "sites": row.sites, "without": row.without,
    }  # fmt: skip


def _problem_notes(reading: FileReading) -> list[str]:
    notes = [f"line {number}: {why}" for number, why in reading.problems]
    if reading.wrong > len(notes):
        notes.append(f"and {reading.wrong - len(notes)} more lines that could not be read")
    if reading.ahead:
        notes.append(f"lines that say what was seen after today: {reading.ahead}; read as they stand, check their days")
    return notes


def _name_problems(reading: FileReading) -> None:
    for note in _problem_notes(reading):
        click.echo(plain_text(note), err=True)


def _read(file: str) -> FileReading:
    from monitor.operators.link_file import read_statements

    now = datetime.now(UTC)

    def tell(lines: int) -> None:
        click.echo(f"{lines:,} lines read", err=True)

    if file == "-":
        return read_statements(sys.stdin.buffer, tell, now=now)
    path = Path(file)
    if not path.is_file():
        fail(f"{file} is not a file: give a file of JSON lines, or - for standard input", ExitCode.WRONG_USE)
    with path.open("rb") as stream:
        return read_statements(stream, tell, now=now)


def _list_sites(sites: tuple[str, ...]) -> str:
    return "  ".join(sites[:_SHOWN_SITES]) + ("  …" if len(sites) > _SHOWN_SITES else "")


def _show(answer: Attribution, reading: FileReading) -> None:
    from monitor.operators.kind_words import KIND_WORDS

    alone = sum(1 for one in answer.operators if len(one.sites) == 1)
    rows = [
        (one.band, one.id, len(one.sites), _list_sites(one.sites))
        for one in answer.operators
        if len(one.sites) > 1
    ]  # fmt: skip
    if rows:
        print_table(("把握", "运营者", "站点数", "站点"), rows)
    click.echo(f"{len(reading.columns.sites)} 个网站，{len(rows)} 组，{alone} 个独立网站")
    shown = [link for link in answer.links if link.band != "线索" or link.decided]
    for link in sorted(shown, key=lambda one: -one.bits)[:_SHOWN_NOTES]:
        best = "；".join(
            f"{KIND_WORDS.get(row.kind, row.kind)} {row.value} {row.bits:+.1f}"
            for row in (*link.rows[:3], *link.contrary[:2])
            if row.bits and row.kind != "prior"
        )
        click.echo(plain_text(f"{link.band} {link.bits:+.1f} 比特  {link.a} = {link.b}  {best}"))
    if len(shown) > _SHOWN_NOTES:
        click.echo(f"and {len(shown) - _SHOWN_NOTES} more links: --json gives all with their rows")
    for note in [*_problem_notes(reading), *answer.notes][:_SHOWN_NOTES]:
        click.echo(plain_text(note), err=True)
