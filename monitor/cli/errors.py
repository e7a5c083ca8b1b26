"""The one place where a command's errors become a message and an exit status.

Expected errors are known by the name of their class, so that nothing is imported to recognise them. An unexpected one
is told in one line; its traceback is shown when CARDWATCH_DEBUG is set.
"""

from __future__ import annotations

import os
import sys
import traceback

import click

from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import plain_text

EXPECTED: dict[str, ExitCode] = {
    "monitor.config.problems.ConfigError": ExitCode.WRONG_USE,
    "monitor.cli.output.CommandError": ExitCode.INTERNAL_ERROR,  # carries its own status
    "scrapers.errors.SavedFileError": ExitCode.WRONG_USE,
    "scrapers.errors.SessionError": ExitCode.WRONG_USE,
    "scrapers.errors": ExitCode.CANNOT_WORK,  # any other error of that module
    "storage.errors.ArchiveDamaged": ExitCode.ARCHIVE_DAMAGED,
    "storage.errors.NotInArchive": ExitCode.NOTHING_FOUND,
    "storage.errors": ExitCode.CANNOT_WORK,
    "sqlalchemy.exc.OperationalError": ExitCode.CANNOT_WORK,
    "filelock._error.Timeout": ExitCode.CANNOT_WORK,
    "builtins.OSError": ExitCode.CANNOT_WORK,
}
_INTERRUPTED = 130
_BROKEN_PIPE = 141


class ReaderGoneError(Exception):
    """Whoever read our output has closed it: no error of ours, nothing to tell."""


def find_exit_code(error: BaseException) -> ExitCode | None:
    """The status of an expected error, None for an unexpected one."""
    status = getattr(error, "exit_code", None)
    if isinstance(status, ExitCode):
        return status
    for kind in type(error).__mro__:
        for name in (f"{kind.__module__}.{kind.__qualname__}", kind.__module__):
            if name in EXPECTED:
                return EXPECTED[name]
    return None


def describe_error(error: BaseException) -> str:
    """The message of an expected error, on as few lines as it has, without control characters of hostile input."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    if type(error).__module__ == "sqlalchemy.exc":
        return f"the database did not answer: {getattr(error, 'orig', error)}; try again when no other job uses it"
    return "\n".join(plain_text(line) for line in str(error).splitlines()) or type(error).__name__


def report_error(error: BaseException) -> int:
    """Write one error to stderr and give the status to leave with."""
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else ExitCode.DONE
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        click.echo("stopped", err=True)
        return _INTERRUPTED
    if isinstance(error, ReaderGoneError):
        # Keep the interpreter from complaining about the unwritten rest when it leaves.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    if isinstance(error, click.ClickException):
        error.show()
        return error.exit_code if isinstance(error, click.UsageError) else ExitCode.WRONG_USE
    if os.environ.get("CARDWATCH_DEBUG"):
        traceback.print_exception(error)
    status = find_exit_code(error)
    if status is not None:
        click.echo(f"cardwatch: {describe_error(error)}", err=True)
        return status
    click.echo(
        f"cardwatch: internal error: {type(error).__name__}: {plain_text(str(error))}\n"
        "This should not happen. Set CARDWATCH_DEBUG=1 to see where, and report it with that text.",
        err=True,
    )
    return ExitCode.INTERNAL_ERROR
