"""Brings a database to the newest revision in one transaction, so that a crash leaves the old or the new tables.

Takes a connection whose transactions take the write lock; two processes that start at once do it one after the other.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.errors import ArchiveNewer
from storage.session import read_revision

_FOLDER = Path(__file__).parent


def make_config(connection: Connection | None = None) -> Config:
    """Make the Alembic settings for this folder, bound to a connection if one is given."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade_database(connection: Connection) -> None:
    """Run the missing migrations; raise ArchiveNewer for a revision that this program does not know."""
    config = make_config(connection)
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        # Tables are altered by copy and rename, which would delete what refers to them. Only works outside
        # a transaction, and the driver's connection is in none yet.
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
    try:
        with connection.begin():
            found = read_revision(connection)
            known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
            if found is not None and found not in known:
                raise ArchiveNewer(
                    f"the archive's database is at revision {found}, which this version of cardwatch does not know; "
                    "use the newer cardwatch that wrote it"
                )
            command.upgrade(config, "head")
            if sqlite:
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    raise RuntimeError(f"the migration left rows that refer to nothing: {broken[:5]}; nothing was kept")
    finally:
        if sqlite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]
