"""The migrations make the tables of the models, at once or never, and an up-to-date database opens without them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from storage.errors import ArchiveNewer
from storage.migrations.upgrade import make_config
from storage.session import HEAD, Database
from storage.tables import Row


def differences(connection: Connection) -> list[object]:
    def ours(item: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
        return not (kind == "table" and (name or "").startswith("text_index"))

    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": ours})
    return list(compare_metadata(context, Row.metadata))


def test_migrations_from_an_empty_database_make_the_tables_of_the_models(database: Database, tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/cardwatch.db")
    with engine.connect() as connection:
        assert differences(connection) == []
        connection.execute(text("DROP INDEX ix_change_after_key"))
        assert differences(connection), "the comparison must see a missing index"
    engine.dispose()


def test_the_program_knows_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(make_config()).get_current_head() == HEAD


def test_an_up_to_date_database_opens_without_loading_alembic(database: Database, tmp_path: Path) -> None:
    code = (
        "import sys; from storage.session import Database\n"
        f"d = Database('sqlite:///{tmp_path}/cardwatch.db'); d.migrate(); d.close()\n"
        "sys.exit('alembic' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_two_processes_may_open_an_empty_database_at_once(tmp_path: Path) -> None:
    code = f"from storage.session import Database; Database('sqlite:///{tmp_path}/new.db').migrate()"
    runners = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in range(3)]
    answers = [runner.communicate(timeout=60) for runner in runners]
    assert [runner.returncode for runner in runners] == [0, 0, 0], answers
    assert Database(f"sqlite:///{tmp_path}/new.db").revision() == HEAD


def test_a_database_of_a_newer_program_is_refused(database: Database, tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/cardwatch.db")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(ArchiveNewer, match="revision 9999"):
        database.migrate()


def test_a_migration_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from storage.migrations import upgrade

    def stumble(config: object, revision: str) -> None:
        connection = config.attributes["connection"]  # type: ignore[attr-defined]
        connection.execute(text("CREATE TABLE half (key INTEGER)"))
        raise OSError("power cut")

    monkeypatch.setattr(upgrade.command, "upgrade", stumble)
    database = Database(f"sqlite:///{tmp_path}/half.db")
    with pytest.raises(OSError, match="power cut"):
        database.migrate()
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM sqlite_master")).scalar() == 0
    database.close()


def test_every_table_can_be_made_on_postgresql() -> None:
    for table in Row.metadata.sorted_tables:
        made = str(CreateTable(table).compile(dialect=postgresql.dialect()))
        assert "DATETIME" not in made and "TIMESTAMP" not in made, f"{table.name}: moments are BIGINT"
