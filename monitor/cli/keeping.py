"""`export`, `check`, `backup` and `restore`: the archive's bytes, out and back in."""

from __future__ import annotations

import json
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.context import find_config, load_archive_settings, open_cli_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.lookup_show import refuse_lookup
from monitor.cli.output import fail, plain_text, print_json, print_table, refuse_taken

if TYPE_CHECKING:
    from storage.backup import BackupReport
    from storage.check import CheckReport

_SHOWN = 50
_TICK_SECONDS = 0.1


@click.command()
@click.argument("capture")
@click.option(
    "--wacz",
    "path",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The WACZ file to write; it must not be there yet.",
)
@click.option("--redacted", is_flag=True, help="Take cookies and tokens out; what stays is still proven.")
@click.option("--mask", "masks", multiple=True, metavar="TEXT", help="With --redacted: mask this text too; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")
@click.pass_context
def export_command(
    context: click.Context, capture: str, path: Path, redacted: bool, masks: tuple[str, ...], as_json: bool
) -> None:
    """Write a capture to a WACZ file, complete in itself, with the proof of it.

    It opens in ReplayWeb.page and in pywb. Whoever gets it can check it with `cardwatch verify`, or with the
    verify.html inside it and no install. CAPTURE is an id, or its unique beginning.
    """
    from monitor.export import export_capture, find_unmet_masks

    if masks and not redacted:
        fail("--mask belongs to --redacted: give both, or leave the texts as they are", ExitCode.WRONG_USE)
    refuse_taken(path)
    with open_cli_archive(context) as archive:
        if capture.startswith("q-"):
            refuse_lookup(archive, capture, "`cardwatch evidence show {item} --to FILE` writes its answer, "
                          "`cardwatch custody prove {lookup}` proves it")  # fmt: skip
        written = export_capture(archive, capture, path, at=datetime.now(UTC), masks=masks if redacted else None)
        unmet = find_unmet_masks(archive, capture, masks)
    if as_json:
        print_json(
            {
                "capture": written.capture.id,
                "url": written.capture.page.url,
                "started_at": written.capture.started_at,
                "file": written.path,
                "bytes": written.bytes,
                "sha256": written.sha256,
                "records": written.records,
                "redacted": redacted,
                "masks_not_found": unmet,
            }
        )
        return
    click.echo(f"wrote {written.path}: {written.records} records, {_show_size(written.bytes)}")
    click.echo(f"SHA-256 {written.sha256}")
    _tell_package(written.path)
    for mask in unmet:
        click.echo(
            f"{plain_text(mask)} stands nowhere in the text of this page: is it spelled so? Nobody reads the pictures",
            err=True,
        )
    click.echo("open it at https://replayweb.page (it stays on this machine) or with pywb")
    click.echo(f"check it: cardwatch verify {plain_text(str(written.path))}")


def _tell_package(path: Path) -> None:
    """Say what a package that was just written lacks: what was taken out of it, and a witness of its time."""
    with zipfile.ZipFile(path) as package:
        proof = json.loads(package.read("cardwatch/proof.json"))
    if proof["redactions"]:
        click.echo(f"masked or left out: {len(proof['redactions'])} parts; read it through before you hand it over")
    if not proof["tokens"]:
        click.echo("no time stamp in it: its time rests on this machine's clock (docs/howto/timestamps.md)")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_context
def check_command(context: click.Context, as_json: bool) -> ExitCode:
    """Check every row, object, record and manifest of the archive.

    Status 7 when something is missing or altered. Nothing is changed.
    """
    from storage.check import check_archive

    with open_cli_archive(context) as archive, _meter("checking") as progress:
        report = check_archive(archive, progress=progress)
    if as_json:
        print_json(
            {
                "whole": report.whole,
                "captures": report.captures,
                "objects": report.objects,
                "records": report.records,
                "evidence": report.evidence,
                "entries": report.entries,
                "bytes": report.bytes,
                "problems": report.problems,
                "orphans": report.orphans,
            }
        )
    else:
        _tell_check(report)
    return ExitCode.DONE if report.whole else ExitCode.ARCHIVE_DAMAGED


@click.command()
@click.argument("to", type=click.Path(path_type=Path))
@click.option("--with-key", "with_keys", is_flag=True, help="Add the private keys: whoever reads it can then sign.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.pass_context
def backup_command(context: click.Context, to: Path, with_keys: bool, as_json: bool) -> ExitCode:
    """Back the archive up into the folder TO, or into a new file if TO ends in .tar.

    Runs beside other jobs. A folder that is a backup already is only added to. Every object is hashed on the way;
    status 7 when some were missing or altered (they are left out and named).
    """
    from storage.backup import backup_archive
    from storage.errors import BackupRefused

    try:
        with open_cli_archive(context) as archive, _meter("backing up") as progress:
            report = backup_archive(archive, to, at=datetime.now(UTC), with_keys=with_keys, progress=progress)
    except BackupRefused as error:
        fail(str(error), ExitCode.WRONG_USE)
    if not with_keys and not as_json:
        click.echo("without the private key; to its own place: `cardwatch custody export-key FILE`", err=True)
    return _tell_copy("backed up to", report, as_json)


@click.command()
@click.argument("source", metavar="FROM", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--to", type=click.Path(path_type=Path), metavar="FOLDER", help="Where to.  [default: the configured archive]"
)
@click.option("--partial", is_flag=True, help="Bring back what is left of a damaged backup.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.pass_context
def restore_command(context: click.Context, source: Path, to: Path | None, partial: bool, as_json: bool) -> ExitCode:
    """Bring the backup FROM back. Overwrites nothing: the place must be absent or empty.

    Every byte is checked first; a damaged backup ends with status 7 and restores nothing unless --partial is given.
    """
    from storage.errors import BackupRefused
    from storage.restore import restore_archive

    root, database = (to, None) if to is not None else _configured_place(context)
    try:
        with _meter("restoring") as progress:
            report = restore_archive(
                source, root, at=datetime.now(UTC), database=database, partial=partial, progress=progress
            )
    except BackupRefused as error:
        fail(str(error), ExitCode.WRONG_USE)
    if not as_json:
        click.echo("before the next run bring the private key back: cardwatch custody import-key FILE", err=True)
        click.echo("then: cardwatch check  (the configuration must name this folder under [archive])", err=True)
    return _tell_copy("restored to", report, as_json)


def _configured_place(context: click.Context) -> tuple[Path, Path]:
    settings = load_archive_settings(context).archive
    scheme, _, path = settings.database.partition(":///")
    if scheme != "sqlite" or not path:
        fail(
            f"the archive of {find_config(context)} is not on SQLite: restore its database with its own tools",
            ExitCode.WRONG_USE,
        )
    return settings.path, Path(path.partition("?")[0])


def _tell_check(report: CheckReport) -> None:
    if report.problems:
        rows = [(item.capture, item.kind.value, item.what, item.object[:12]) for item in report.problems[:_SHOWN]]
        print_table(("capture", "kind", "what", "object"), rows, keep=("capture", "kind"))
        if len(report.problems) > _SHOWN:
            click.echo(f"... and {len(report.problems) - _SHOWN} more; --json lists all")
    for digest in report.orphans[:_SHOWN]:
        click.echo(f"no capture names object {digest} (left by a loss of power; harmless)")
    if len(report.orphans) > _SHOWN:
        click.echo(f"... and {len(report.orphans) - _SHOWN} more such objects")
    click.echo(
        f"{report.captures} captures, {report.objects} objects, {report.records} records, "
        f"{report.evidence} evidence items, {report.entries} log entries, {_show_size(report.bytes)}: "
        + ("whole" if report.whole else f"{len(report.problems)} problems")
    )
    if not report.whole:
        click.echo("keep this archive as it is, and restore a backup beside it: cardwatch restore BACKUP --to FOLDER")


def _tell_copy(word: str, report: BackupReport, as_json: bool) -> ExitCode:
    if as_json:
        print_json(
            {
                "place": report.place,
                "objects": report.objects,
                "copied": report.copied,
                "bytes": report.bytes,
                "damaged": report.damaged,
            }
        )
    else:
        click.echo(
            f"{word} {plain_text(str(report.place))}: {report.objects} objects, {_show_size(report.bytes)}, "
            f"{report.copied} copied now"
        )
        for digest in report.damaged[:_SHOWN]:
            click.echo(f"missing or altered, left out: object {digest}; `cardwatch check` names its captures")
    return ExitCode.ARCHIVE_DAMAGED if report.damaged else ExitCode.DONE


@contextmanager
def _meter(label: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that shows bytes done of all bytes as a bar on stderr; into a pipe it shows nothing."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    with click.progressbar(length=1000, label=label, file=sys.stderr) as bar:
        last = 0.0

        def show(done: int, total: int) -> None:
            nonlocal last
            now = time.monotonic()
            if done >= total or now - last >= _TICK_SECONDS:
                last = now
                bar.update((1000 * done // total if total else 1000) - bar.pos)

        yield show


def _show_size(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB" if size >= 100_000 else f"{size / 1000:,.1f} kB"
