"""Shows one lookup by its id: what was asked of whom, when, how it ended, and the raw answer that is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json, show_time

if TYPE_CHECKING:
    from storage.archive import Archive
    from storage.identity import StoredLookup

_MOST_SHOWN = 2000  # characters of an answer on the screen


def show_lookup(archive: Archive, lookup_id: str, *, as_json: bool) -> ExitCode:
    """Print a lookup and its answer; raise NotInArchive where there is none of this id."""
    from storage.errors import NotInArchive
    from storage.lookups import get_lookup, load_answer

    with archive.database.reading() as session:
        lookup = get_lookup(session, lookup_id)
    try:
        raw = load_answer(archive, lookup)
        missing = ""
    except NotInArchive as error:
        raw, missing = b"", str(error)
    text = raw[: 4 * _MOST_SHOWN].decode("utf-8", "replace")
    if as_json:
        told: dict[str, object] = {
            "id": lookup.id,
            "domain": lookup.domain,
            "kind": lookup.kind,
            "server": lookup.server,
        }
        told |= {"asked_at": lookup.asked_at, "outcome": lookup.outcome, "detail": lookup.detail}
        print_json(
            {"lookup": {**told, "evidence": lookup.evidence, "bytes": len(raw), "answer": text}, "missing": missing}
        )
        return ExitCode.DONE
    rows = (
        ("lookup", lookup.id),
        ("domain", lookup.domain),
        ("kind", lookup.kind.value),
        ("server", lookup.server),
        ("asked", show_time(lookup.asked_at)),
        ("outcome", lookup.outcome + (f": {lookup.detail}" if lookup.detail else "")),
        ("evidence", lookup.evidence or "none: there was no answer to keep"),
        ("bytes", str(len(raw)) if raw else ""),
        ("missing", missing),
    )
    for name, value in rows:
        if value:
            click.echo(f"{name:<12} {plain_text(value)}")
    for line in text[:_MOST_SHOWN].splitlines():
        click.echo(f"  {plain_text(line)}")
    if len(text) > _MOST_SHOWN:
        click.echo(f"  ... more: cardwatch evidence show {lookup.evidence} --to FILE")
    return ExitCode.DONE


def evidence_of_lookup(archive: Archive, lookup_id: str) -> str:
    """The evidence item of a lookup; ends the command where it kept none."""
    lookup = _find(archive, lookup_id)
    if not lookup.evidence:
        fail(f"lookup {lookup.id} got no answer ({lookup.outcome}), so nothing was kept of it", ExitCode.NOTHING_FOUND)
    return lookup.evidence


def refuse_lookup(archive: Archive, lookup_id: str, instead: str) -> None:
    """End a command that cannot take a lookup, with what to do instead; `instead` has a place for the evidence's id."""
    item = evidence_of_lookup(archive, lookup_id)
    fail(f"{lookup_id} is a lookup: {instead.format(item=item, lookup=lookup_id)}", ExitCode.WRONG_USE)


def _find(archive: Archive, lookup_id: str) -> StoredLookup:
    from storage.errors import NotInArchive
    from storage.lookups import get_lookup

    try:
        with archive.database.reading() as session:
            return get_lookup(session, lookup_id)
    except NotInArchive as error:
        fail(str(error), ExitCode.NOTHING_FOUND)
