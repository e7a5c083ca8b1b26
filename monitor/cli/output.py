"""How commands print: JSON, tables that fit the terminal, times in Asia/Shanghai, and the way to fail.

What comes from a page is hostile: control characters are made visible, so that no title can move the cursor.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path, PurePath
from typing import NoReturn

import click

from monitor.cli.exit_codes import ExitCode
from monitor.times import show_time

__all__ = ["CommandError", "fail", "format_json", "plain_text", "print_json", "print_table", "show_time"]

# C0, DEL, C1, and the marks that turn the direction of writing around.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_CONTROL_IN_JSON = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")  # json writes C0 as codes itself
_SPACE = {"\t": " ", "\n": " ", "\r": " "}


class CommandError(Exception):
    """A command cannot give what was asked; carries the exit status."""

    def __init__(self, message: str, code: ExitCode) -> None:
        super().__init__(message)
        self.exit_code = code


def refuse_taken(path: Path) -> None:
    """End the command where a new file cannot be made at a path: something is there, or the folder is not."""
    if path.exists():
        fail(f"{path} is there already: give another name, or remove it first", ExitCode.WRONG_USE)
    if not path.parent.is_dir():
        fail(f"{path.parent} is no folder: make it first", ExitCode.WRONG_USE)


def fail(message: str, code: ExitCode) -> NoReturn:
    """End the command with a message on stderr (what happened, to what, what to do next) and a status."""
    raise CommandError(message, code)


def plain_text(text: str) -> str:
    """One line of text that is safe on a terminal: breaks become spaces, other controls are shown as codes."""
    return _CONTROL.sub(lambda match: _SPACE.get(match[0]) or f"<{ord(match[0]):04X}>", text)


def print_json(data: object) -> None:
    """Print data as JSON: dataclasses as objects, times as ISO 8601 in Asia/Shanghai, decimals as strings."""
    click.echo(format_json(data, indent=2))


def format_json(data: object, *, indent: int | None = None) -> str:
    """Data as JSON text, on one line unless indented, safe to print."""
    text = json.dumps(data, ensure_ascii=False, indent=indent, default=_as_json)
    text = _CONTROL_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)  # U+009B starts a terminal's commands
    return text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate would end the output half-way


def _as_json(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, datetime):
        return show_time(value, iso=True)
    if isinstance(value, (Decimal, PurePath)):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]], *, keep: Sequence[str] = ()) -> None:
    """Print rows under their headings, wrapped to the terminal (Chinese characters are two cells wide).

    `keep` names columns that are never wrapped (ids). Into a pipe nothing is wrapped, so that grep finds whole lines.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        table.add_column(Text(column), overflow="fold", no_wrap=column in keep)
    for row in rows:
        table.add_row(*(Text(plain_text(_as_cell(value))) for value in row))
    width = None if sys.stdout.isatty() else 10_000
    console = Console(file=sys.stdout, width=width, highlight=False, legacy_windows=False)
    with console.capture() as printed:
        console.print(table, crop=False)
    for line in printed.get().splitlines():
        click.echo(line.rstrip())


def _as_cell(value: object) -> str:
    if value is None:
        return ""
    return show_time(value) if isinstance(value, datetime) else str(value)
