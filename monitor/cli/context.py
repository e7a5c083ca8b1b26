"""What commands share: the settings of the chosen file, and the archive opened with them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.main import CONFIG_VARIABLE

if TYPE_CHECKING:
    from monitor.config.settings import Settings
    from storage.archive import Archive

DEFAULT_CONFIG = "config.toml"


def find_config(context: click.Context) -> Path:
    """The configuration file: `--config`, else CARDWATCH_CONFIG, else config.toml here. It need not exist."""
    chosen = context.find_root().meta.get("cardwatch.config")
    if isinstance(chosen, Path):
        return chosen
    return Path(os.environ.get(CONFIG_VARIABLE) or DEFAULT_CONFIG)


def load_cli_settings(context: click.Context, *, tolerant: bool = False) -> Settings:
    """The settings of the chosen file; `tolerant` leaves broken pages out and names them in `problems`."""
    from monitor.config.settings import load_settings

    return load_settings(find_config(context), os.environ, tolerant=tolerant)


def load_archive_settings(context: click.Context) -> Settings:
    """The settings of the chosen file; where none was chosen and none is here, the defaults, if their archive is here.

    Who opened a case before he ever watched a page has an archive and no configuration.
    """
    from monitor.config.settings import read_settings

    path = find_config(context)
    chosen = "cardwatch.config" in context.find_root().meta or CONFIG_VARIABLE in os.environ
    if not chosen and not path.exists():
        settings = read_settings("", path, os.environ, tolerant=True)
        if Path(settings.archive.database.removeprefix("sqlite:///")).exists():
            return settings
    return load_cli_settings(context, tolerant=True)


@contextmanager
def open_cli_archive(context: click.Context, settings: Settings | None = None) -> Iterator[Archive]:
    """The archive of the chosen settings, open for the length of a `with`; says on stderr what it cleaned."""
    from storage.archive import open_archive
    from storage.keys import PASSPHRASE_VARIABLE

    chosen = (settings or load_archive_settings(context)).archive
    archive = open_archive(
        chosen.path,
        chosen.database,
        at=datetime.now(UTC),
        minimum_free_megabytes=chosen.minimum_free_megabytes,
        key_passphrase=os.environ.get(PASSPHRASE_VARIABLE, ""),
    )
    try:
        for line in archive.cleaned:
            click.echo(f"cleaned after a crash: {line}", err=True)
        yield archive
    finally:
        archive.close()
