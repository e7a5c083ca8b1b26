"""`custody`: the log that proves what was kept, its checkpoints, and the key that signs them."""

from __future__ import annotations

import base64
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.context import open_cli_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.lookup_show import evidence_of_lookup
from monitor.cli.output import fail, plain_text, print_json, print_table, show_time

if TYPE_CHECKING:
    from storage.archive import Archive
    from storage.model import Checkpoint, TimeToken

_MOST_KEY_FILE = 16 << 10


@click.group()
def custody_command() -> None:
    """See, seal and prove the custody log.

    Every capture and evidence item is a leaf of an append-only Merkle log, whose head is signed after every run.
    """


@custody_command.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_context
def status_command(context: click.Context, as_json: bool) -> None:
    """Say how long the log is, what was sealed last, and whether the key is there."""
    from storage.checkpoints import latest_checkpoint, list_checkpoints
    from storage.custody import list_keys, log_size
    from storage.tokens import newest_held

    with open_cli_archive(context) as archive:
        with archive.database.reading() as session:
            size = log_size(session)
            keys = list_keys(session, size)
            newest, made = latest_checkpoint(session), len(list_checkpoints(session))
            token = newest_held(session)
        state = _key_state(archive, keys[-1].key.public) if keys else "none yet"
    current = keys[-1] if keys else None
    told = {
        "log": current.log if current else "",
        "epoch": current.epoch if current else 0,
        "origin": current.key.name if current else "",
        "entries": size,
        "unsealed": size - newest.size if newest else size,
        "checkpoints": made,
        "checkpoint": _checkpoint_data(newest) if newest else None,
        "token": _token_data(token) if token else None,
        "key": current.key.text if current else "",
        "key_state": state,
        "keys": len(keys),
    }
    if as_json:
        print_json(told)
        return
    if current is None:
        click.echo("the log is empty: it begins with the first capture that is kept")
        return
    rows = [("log", f"{current.log}, epoch {current.epoch}"), ("entries", f"{size}, {told['unsealed']} not sealed yet")]
    rows.append(("sealed", f"{show_time(newest.made_at)}, {newest.size} entries" if newest else "never"))
    rows += [
        ("checkpoints", str(made)),
        ("time token", _say_token(token)),
        ("key", current.key.text),
        ("private key", state),
    ]
    print_table(("what", "is"), rows, keep=("what",))
    if state == "missing":
        click.echo(
            "bring the key back before the next run: cardwatch custody import-key FILE\n"
            "without it the next checkpoint is signed by a new key, and the log says that the old one was lost",
            err=True,
        )


@custody_command.command("checkpoint")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_context
def checkpoint_command(context: click.Context, as_json: bool) -> None:
    """Sign the log now, if anything was appended since, and print the checkpoint.

    Every run does this by itself. Give the printed text to somebody else, by mail or on paper: it pins the log.
    """
    from monitor.cli.stamp import KEY_LOST
    from storage.checkpoints import names_lost_key, seal_log

    with open_cli_archive(context) as archive:
        checkpoint = seal_log(archive, datetime.now(UTC))
        path = archive.log.path_of_checkpoint(checkpoint.epoch, checkpoint.size)
        with archive.database.reading() as session:
            lost = names_lost_key(session, checkpoint)
    if as_json:
        told = {**_checkpoint_data(checkpoint), "note": checkpoint.note.decode(), "file": path}
        print_json({**told, "key_lost": lost})
        return
    click.echo(checkpoint.note.decode(), nl=False)
    if lost:
        click.echo(KEY_LOST, err=True)


@custody_command.command("rotate")
@click.option(
    "--reason",
    required=True,
    type=click.Choice(["rotation", "compromise"]),
    help="Why: a change by plan, or because somebody else may have the key.",
)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_context
def rotate_command(context: click.Context, reason: str, as_json: bool) -> None:
    """Make a new signing key; the log says so, and old and new key sign the next checkpoint together.

    Where the old key is gone, the log says that it was lost.
    """
    from storage.checkpoints import rotate_key
    from storage.custody import newest_key

    with open_cli_archive(context) as archive:
        checkpoint = rotate_key(archive, datetime.now(UTC), reason)
        with archive.database.reading() as session:
            key = newest_key(session)
    if as_json:
        print_json({"key": key.key.text, "entry": key.place, "checkpoint": _checkpoint_data(checkpoint)})
        return
    click.echo(f"the log is signed by this key from entry {key.place} on; pin it anew:")
    click.echo(key.key.text)
    click.echo("back it up: cardwatch custody export-key FILE")


@custody_command.command("prove")
@click.argument("item", required=False, metavar="CAPTURE")
@click.option("--from", "old", type=click.IntRange(min=1), metavar="SIZE", help="Prove growth: from this many entries.")
@click.option("--to", "new", type=click.IntRange(min=1), metavar="SIZE", help="To this many.  [default: the newest]")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_context
def prove_command(context: click.Context, item: str | None, old: int | None, new: int | None, as_json: bool) -> None:
    """Prove that a capture or evidence item is in the log (c2sp.org/tlog-proof), or that the log only grew.

    CAPTURE is an id of either, or its unique beginning; of a lookup (q-...) its answer is proven.
    With --from a consistency proof between two checkpoints is
    printed as JSON.
    """
    if (item is None) == (old is None):
        fail("give a capture, or --from SIZE and --to SIZE", ExitCode.WRONG_USE)
    with open_cli_archive(context) as archive:
        if item is not None:
            _prove_item(archive, item, as_json)
        elif old is not None:
            _prove_growth(archive, old, new)


@custody_command.command("key")
@click.option("--json", "as_json", is_flag=True, help="Print all keys of the log as JSON.")
@click.pass_context
def key_command(context: click.Context, as_json: bool) -> None:
    """Print the verifier key of the log, for whoever wants to pin it."""
    from storage.custody import key_entries, log_size, newest_key

    with open_cli_archive(context) as archive, archive.database.reading() as session:
        current = newest_key(session)
        entries = key_entries(session, log_size(session))
    if not as_json:
        click.echo(current.key.text)
        return
    keys = [
        {
            "entry": entry.index,
            "kind": entry.kind.value,
            "at": entry.at,
            "key": entry.fields.get("key"),
            "reason": entry.fields.get("reason", ""),
        }
        for entry in entries
    ]
    print_json({"key": current.key.text, "keys": keys})


@custody_command.command("export-key")
@click.argument("path", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.pass_context
def export_key_command(context: click.Context, path: Path, as_json: bool) -> None:
    """Copy the private key that signs now to FILE, readable for you alone.

    It is sealed where CARDWATCH_KEY_PASSPHRASE was set when it was made. Nothing is overwritten.
    """
    from storage.custody import newest_key
    from storage.keys import write_private

    if not path.parent.is_dir():
        fail(f"{path.parent} is no folder: make it first", ExitCode.WRONG_USE)
    with open_cli_archive(context) as archive:
        with archive.database.reading() as session:
            current = newest_key(session)
        if archive.keys.find(current.key.public) is None:
            fail(f"the private key is not in {archive.keys.folder}: there is nothing to copy", ExitCode.NOTHING_FOUND)
        write_private(path, archive.keys.path_of(current.key.public).read_bytes())
    if as_json:
        print_json({"file": path, "key": current.key.text})
    else:
        click.echo(f"wrote {path}; whoever has it can sign as this log: keep it away from the archive")


@custody_command.command("import-key")
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.pass_context
def import_key_command(context: click.Context, path: Path, as_json: bool) -> None:
    """Bring a private key back from FILE, as after a restore. A log that has not begun yet begins with it."""
    from storage.custody import list_keys, log_size

    if path.stat().st_size > _MOST_KEY_FILE:
        fail(f"{path} is too long for a private key", ExitCode.WRONG_USE)
    with open_cli_archive(context) as archive:
        key = archive.keys.add(path.read_bytes())
        public = key.public_key().public_bytes_raw()
        with archive.database.reading() as session:
            keys = list_keys(session, log_size(session))
        place = archive.keys.path_of(public)
    signs = not keys or keys[-1].key.public == public
    if as_json:
        print_json({"file": place, "signs": signs})
        return
    click.echo(f"brought into {place}")
    if not signs:
        click.echo("the log is signed by another key by now, so this one signs nothing", err=True)
    if os.name != "nt" and path.stat().st_mode & 0o077:
        click.echo(f"{path} may be read by others: remove it, or run `chmod 600 {path}`", err=True)


@custody_command.command("publish")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.pass_context
def publish_command(context: click.Context, as_json: bool) -> None:
    """Compare the files of `log/` with the database, and write anew what is missing or differs."""
    from storage.checkpoints import publish_log
    from storage.token_files import publish_tokens

    with open_cli_archive(context) as archive:
        newest = publish_log(archive, anew=True)
        if newest is None:
            fail("nothing was sealed yet: run `cardwatch custody checkpoint` first", ExitCode.NOTHING_FOUND)
        publish_tokens(archive)
        folder = archive.log.folder
    if as_json:
        print_json({"folder": folder, "checkpoint": _checkpoint_data(newest)})
    else:
        click.echo(f"{folder} stands as of {newest.size} entries, epoch {newest.epoch}")


def _checkpoint_data(checkpoint: Checkpoint) -> dict[str, object]:
    from storage.checkpoints import head_of

    return {
        "epoch": checkpoint.epoch,
        "size": checkpoint.size,
        "root": head_of(checkpoint).root,
        "sha256": checkpoint.digest,
        "made_at": checkpoint.made_at,
    }


def _token_data(token: TimeToken) -> dict[str, object]:
    return {
        "authority": token.authority,
        "kind": token.kind,
        "stamped_at": token.stamped_at,
        "size": token.checkpoint.size,
    }


def _say_token(token: TimeToken | None) -> str:
    if token is None:
        return "none: nobody else has witnessed the time (docs/howto/timestamps.md)"
    when = show_time(token.stamped_at) if token.stamped_at else "confirmed by Bitcoin"
    return plain_text(f"{token.authority}, {when}, over the first {token.checkpoint.size} entries")


def _key_state(archive: Archive, public: bytes) -> str:
    from storage.keys import KeyRefused

    try:
        return "missing" if archive.keys.find(public) is None else "here"
    except KeyRefused as error:
        return str(error)


def _prove_item(archive: Archive, item: str, as_json: bool) -> None:
    from storage.captures import get_capture
    from storage.checkpoints import checkpoint_covering
    from storage.custody import prove_entry, read_entry
    from storage.evidence import load_evidence
    from storage.notes import write_proof

    if item.startswith("q-"):  # what is kept of a lookup is its raw answer
        item = evidence_of_lookup(archive, item)
    with archive.database.reading() as session:
        if item.startswith("e-"):
            found = load_evidence(archive, item)
            name, index = found.id, found.log_index
        else:
            capture = get_capture(session, item)
            if capture.log_index is None:
                fail(f"capture {capture.id} is not in the custody log: run `cardwatch check`", ExitCode.ARCHIVE_DAMAGED)
            name, index = capture.id, capture.log_index
        checkpoint = checkpoint_covering(session, index)
        if checkpoint is None:
            fail(f"{name} is not sealed yet: run `cardwatch custody checkpoint` first", ExitCode.NOTHING_FOUND)
        proof = write_proof(index, prove_entry(session, index, checkpoint.size), checkpoint.note)
        entry = read_entry(session, index)
    if as_json:
        told = {"item": name, "index": index, "entry": entry.data.decode(), "proof": proof.decode()}
        print_json({**told, "checkpoint": _checkpoint_data(checkpoint)})
    else:
        click.echo(proof.decode(), nl=False)


def _prove_growth(archive: Archive, old: int, new: int | None) -> None:
    from storage.checkpoints import list_checkpoints
    from storage.custody import prove_growth

    with archive.database.reading() as session:
        sealed = {checkpoint.size: checkpoint for checkpoint in list_checkpoints(session)}
        wanted = (old, new if new is not None else max(sealed, default=0))
        missing = [size for size in wanted if size not in sealed]
        if missing:
            sizes = ", ".join(str(size) for size in sorted(sealed)[-5:]) or "none"
            fail(f"no checkpoint has {missing[0]} entries (the last are {sizes})", ExitCode.NOTHING_FOUND)
        if wanted[0] > wanted[1]:
            fail(f"a log of {wanted[1]} entries does not extend one of {wanted[0]}", ExitCode.WRONG_USE)
        hashes = prove_growth(session, *wanted)
    print_json(
        {
            "from": sealed[wanted[0]].note.decode(),
            "to": sealed[wanted[1]].note.decode(),
            "hashes": [base64.b64encode(item).decode() for item in hashes],
        }
    )
