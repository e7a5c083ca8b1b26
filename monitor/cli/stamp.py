"""`cardwatch stamp`: seal the custody log now and ask every authority for what is still to be had."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitor.cli.context import load_cli_settings, open_cli_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json, show_time

if TYPE_CHECKING:
    from monitor.timestamps import Asked, Sealing


KEY_LOST = (
    "the log's signing key was gone: a new one was made and signs from now on, and the log says that the old one was "
    "lost. Whoever pinned the old key has to pin the new one (`cardwatch custody key`); back it up (`cardwatch custody "
    "export-key FILE`). Next time bring the key back with `cardwatch custody import-key FILE` before the next run "
    "(docs/howto/custody.md)"
)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def stamp_command(context: click.Context, as_json: bool) -> ExitCode:
    """Sign the custody log and ask the configured authorities for their tokens now, whatever waits.

    \b
    A run does this by itself; this command is for after an outage, or before something is handed over.
    Exit codes: 0 nothing is missing, 2 no authority is configured, 6 nothing is kept yet, 8 an authority gave no token.
    """
    from monitor.runner import utc_now
    from monitor.timestamps import seal_and_stamp

    settings = load_cli_settings(context, tolerant=True)
    if not settings.authorities and not settings.calendars:
        fail(
            "no time-stamping authority is configured; add [[tsa]] to config.toml (docs/howto/timestamps.md)",
            ExitCode.WRONG_USE,
        )
    with open_cli_archive(context, settings) as archive:
        sealing = seal_and_stamp(settings, archive, utc_now, early=True)
    if as_json:
        print_json(describe_sealing(sealing))
    else:
        print_sealing(sealing, full=True)
    if sealing.problem or any(is_trouble(asked) for asked in sealing.asked):
        return ExitCode.CANNOT_WORK
    return ExitCode.DONE if sealing.checkpoint is not None else ExitCode.NOTHING_FOUND


def describe_sealing(sealing: Sealing) -> dict[str, object]:
    """What was sealed and stamped as data; the field names are documented in docs/json.md."""
    checkpoint = sealing.checkpoint
    return {
        "checkpoint": None
        if checkpoint is None
        else {
            "epoch": checkpoint.epoch,
            "size": checkpoint.size,
            "sha256": checkpoint.digest,
            "made_at": checkpoint.made_at,
        },
        "tokens": list(sealing.asked),
        "waiting": sealing.waiting,
        "problem": sealing.problem,
        "key_lost": sealing.key_lost,
    }


def print_sealing(sealing: Sealing, *, full: bool = False) -> None:
    """Print trouble on stderr; with `full` also what went well, on stdout."""
    checkpoint = sealing.checkpoint
    if full and checkpoint is not None:
        made = show_time(checkpoint.made_at)
        click.echo(f"checkpoint {checkpoint.epoch}-{checkpoint.size} of {made}, SHA-256 {checkpoint.digest}")
    if full and checkpoint is None and not sealing.problem:
        click.echo("nothing is kept yet; `cardwatch run` captures the pages that are watched", err=True)
    for asked in sealing.asked:
        if is_trouble(asked):
            click.echo(plain_text(f"no token of {asked.authority}: {asked.trouble}{_say_next(asked)}"), err=True)
        elif full and asked.stamped_at is not None:
            renewed = " (a renewal)" if asked.renewal else ""
            offset = "" if asked.offset_seconds is None else f", its clock is {asked.offset_seconds:+.1f} s from ours"
            click.echo(f"{asked.authority}: stamped at {show_time(asked.stamped_at)}{renewed}{offset}")
        elif full:
            click.echo(f"{asked.authority}: {asked.trouble or _say_state(asked)}")
    if full and checkpoint is not None and not sealing.asked and not sealing.problem:
        click.echo("every authority has stamped it already")
    if sealing.key_lost:
        click.echo(KEY_LOST, err=True)
    if sealing.problem:
        click.echo(plain_text(sealing.problem), err=True)


def is_trouble(asked: Asked) -> bool:
    """Whether a request failed; a calendar that waits for Bitcoin has not."""
    return bool(asked.trouble) and not asked.waits_for_bitcoin and asked.status.value != "held"


def _say_next(asked: Asked) -> str:
    if asked.next_try_at is None:
        return " (refused for good; the next checkpoint is asked for anew)"
    return f" (asked again with a run after {show_time(asked.next_try_at)})"


def _say_state(asked: Asked) -> str:
    return (
        "confirmed by Bitcoin" if asked.status.value == "held" else "taken by the calendar; Bitcoin confirms in hours"
    )
