"""`evidence`: files that a person brings, kept sealed beside the captures."""

from __future__ import annotations

import mimetypes
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.context import open_cli_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.lookup_show import refuse_lookup
from monitor.cli.output import fail, plain_text, print_json, print_table

if TYPE_CHECKING:
    from storage.model import StoredEvidence

_MOST_LISTED = 1000
_MOST_NAMED = 10  # records that rest on an item


@click.group()
def evidence_command() -> None:
    """Keep orders, chats, pictures and other files as evidence.

    Each becomes an entry of the custody log when it is brought in, and the next checkpoint seals it: with the next
    run, or at once by `cardwatch stamp` or `cardwatch custody checkpoint`.
    """


@evidence_command.command("add")
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", default="", metavar="TEXT", help="What to call it.  [default: the file's name]")
@click.option("--type", "media_type", default="", metavar="TYPE", help="Its media type.  [default: by its name]")
@click.option("--note", default="", metavar="TEXT", help="What it shows, and where it comes from.")
@click.option("--masked-from", "original", default="", metavar="ID", help="FILE is a masked copy of this item.")
@click.option("--what", default="", metavar="TEXT", help="What was masked; needed with --masked-from.")
@click.option("--json", "as_json", is_flag=True, help="Print the item as JSON.")
@click.pass_context
def add_command(
    context: click.Context,
    path: Path,
    name: str,
    media_type: str,
    note: str,
    original: str,
    what: str,
    as_json: bool,
) -> None:
    """Keep FILE as evidence. The file itself stays where it is."""
    from storage.evidence import keep_evidence, keep_masked_copy

    if bool(original) != bool(what.strip()):
        fail("a masked copy needs both --masked-from ID and --what TEXT", ExitCode.WRONG_USE)
    if original and note:
        fail("the note of a masked copy is what was masked: leave out --note", ExitCode.WRONG_USE)
    name = name or path.name
    media_type = media_type or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    at = datetime.now(UTC)
    with open_cli_archive(context) as archive:
        if original:
            item = keep_masked_copy(archive, original, path, what, at, name=name, media_type=media_type)
        else:
            item = keep_evidence(archive, path, name=name, media_type=media_type, note=note, at=at)
    if as_json:
        print_json(item)
    else:
        click.echo(f"kept {plain_text(item.name)} as {item.id}, entry {item.log_index} of the custody log")
        click.echo(f"SHA-256 {item.object}")
        click.echo("the next run seals it; `cardwatch stamp` (or `cardwatch custody checkpoint`) seals it now")


@evidence_command.command("list")
@click.option("--after", default="", metavar="ID", help="Continue after this item.")
@click.option("--json", "as_json", is_flag=True, help="Print the items as JSON.")
@click.pass_context
def list_command(context: click.Context, after: str, as_json: bool) -> None:
    """List the items by the time they were kept, with those that were erased."""
    from storage.evidence import list_evidence

    with open_cli_archive(context) as archive:
        items = list_evidence(archive, after=after, limit=_MOST_LISTED)
    following = items[-1].id if len(items) == _MOST_LISTED else None
    if as_json:
        print_json({"evidence": items, "next": following})
        return
    if not items:
        click.echo("no evidence is kept here yet: cardwatch evidence add FILE")
        return
    rows = [(item.id, item.kept_at, item.bytes, _show_name(item), item.original) for item in items]
    print_table(("id", "kept", "bytes", "name", "masked from"), rows, keep=("id", "kept"))
    if following:
        click.echo(f"more: --after {following}")


@evidence_command.command("show")
@click.argument("item_id", metavar="ID")
@click.option(
    "--to", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write its bytes to a new file."
)
@click.option("--json", "as_json", is_flag=True, help="Print the item as JSON.")
@click.pass_context
def show_command(context: click.Context, item_id: str, to: Path | None, as_json: bool) -> None:
    """Show one item. ID may be its unique beginning."""
    from storage.evidence import load_evidence, open_evidence

    with open_cli_archive(context) as archive:
        if item_id.startswith("q-"):
            refuse_lookup(archive, item_id, "its answer is {item}: `cardwatch evidence show {item}`")
        item = load_evidence(archive, item_id)
        if to is not None:
            if to.exists():
                fail(f"{to} is there already: give another name", ExitCode.WRONG_USE)
            with open_evidence(archive, item.id) as source, to.open("xb") as target:
                shutil.copyfileobj(source, target)
    if as_json:
        print_json(item)
        return
    rows: list[tuple[str, object]] = [
        ("id", item.id),
        ("name", _show_name(item)),
        ("type", item.media_type),
        ("note" if not item.original else "masked", item.note),
        ("kept", item.kept_at),
        ("bytes", item.bytes),
        ("SHA-256", item.object),
        ("manifest", item.manifest),
        ("log entry", item.log_index),
    ]
    if item.original:
        rows.append(("masked from", item.original))
    if item.erased_at is not None:
        rows += [("erased", item.erased_at), ("tombstone", item.tombstone_index)]
    print_table(("what", "is"), rows, keep=("what",))


@evidence_command.command("erase")
@click.argument("item_id", metavar="ID")
@click.option("--reason", required=True, metavar="TEXT", help="Why; it stays in the log for good.")
@click.option("--yes", is_flag=True, help="Do not ask; not enough where a record rests on the item.")
@click.option("--force", is_flag=True, help="Do not ask, though records rest on the item.")
@click.option("--json", "as_json", is_flag=True, help="Print the item as JSON.")
@click.pass_context
def erase_command(context: click.Context, item_id: str, reason: str, yes: bool, force: bool, as_json: bool) -> None:
    """Destroy the bytes of an item, and leave a dated tombstone in the log.

    It cannot be undone. Masked copies of it stay, and so do backups that were made before. A look-up, a verified
    record or an objection that names the item stays and says from then on that its proof was destroyed.
    """
    from storage.evidence import erase_evidence, list_records_naming, load_evidence

    with open_cli_archive(context) as archive:
        item = load_evidence(archive, item_id)
        naming = list_records_naming(archive, item.id)
        records = ", ".join(f"{kind} {record}" for kind, record in naming[:_MOST_NAMED])
        records += f" and {len(naming) - _MOST_NAMED} more" if len(naming) > _MOST_NAMED else ""
        if naming and yes and not force:
            fail(f"nothing was erased: {item.id} is the proof of {records}; add --force", ExitCode.WRONG_USE)
        if naming:
            click.echo(f"{item.id} is the proof of {records}: erased, nobody can look at it again", err=True)
        if not (yes or force):
            click.confirm(f"destroy {item.id} ({plain_text(_show_name(item))}) for good?", abort=True, err=True)
        erased = erase_evidence(archive, item.id, reason, datetime.now(UTC))
        still = archive.objects.has(item.object)
        forgotten = archive.database.forget_overwritten()
    if as_json:
        print_json(erased)
        return
    click.echo(f"erased {erased.id}; entry {erased.tombstone_index} of the custody log is its tombstone")
    if still:
        click.echo("the same bytes are kept as another item too, so they are still there", err=True)
    if not forgotten:
        click.echo("the database's journal still holds what was overwritten: run `cardwatch check` later", err=True)


def _show_name(item: StoredEvidence) -> str:
    return item.name if item.erased_at is None else "(erased)"
