"""What the commands of cases share: the archive, and the case that was meant. Errors in Chinese."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from monitor.cli.context import load_cli_settings, open_cli_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text

if TYPE_CHECKING:
    from monitor.config.settings import Settings
    from storage.archive import Archive
    from storage.case import Case
    from storage.session import Session


def load_case_settings(context: click.Context) -> Settings:
    """The settings, without a configuration file the defaults: a buyer who comes after the sale has none."""
    import os

    from monitor.cli.context import find_config
    from monitor.config.settings import read_settings

    path = find_config(context)
    if not path.exists() and "cardwatch.config" not in context.find_root().meta:
        return read_settings("", path, os.environ, tolerant=True)
    return load_cli_settings(context, tolerant=True)


@contextmanager
def open_case_archive(context: click.Context) -> Iterator[tuple[Archive, Settings]]:
    """The archive and the settings that it was opened with."""
    settings = load_case_settings(context)
    with open_cli_archive(context, settings) as archive:
        yield archive, settings


def find_case(session: Session, wanted: str, *, living: bool = False) -> Case:
    """The case that is meant by an id or its unique beginning; none, or an erased one if `living`, ends the command."""
    from storage.cases import list_cases, load_case
    from storage.errors import NotInArchive

    try:
        case = load_case(session, wanted)
    except NotInArchive:
        shown = plain_text(wanted[:80])
        begins = wanted.strip() if wanted.strip().startswith("k-") else f"k-{wanted.strip()}"
        near = [case.id for case in list_cases(session) if case.id.startswith(begins)] if wanted.strip() else []
        if near:
            fail(f"有{len(near)}个案件以“{shown}”开头：{'、'.join(near[:5])}；请写全一些", ExitCode.NOTHING_FOUND)
        fail(f"没有编号是“{shown}”的案件；`cardwatch case list` 列出全部", ExitCode.NOTHING_FOUND)
    if living and case.erased_at is not None:
        fail(f"案件 {case.id} 的内容已经清除，不能再改", ExitCode.WRONG_USE)
    return case
