"""Tells Alembic which tables there are and runs its steps on the connection that storage.session opened."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.schema import SchemaItem

import storage.case_tables
import storage.identity_tables  # noqa: F401 - its tables join those of storage.tables
from storage.tables import Row


def belongs_to_models(item: SchemaItem, name: str | None, kind: str, reflected: bool, other: SchemaItem | None) -> bool:
    """Leave out the search index: it is SQLite's own kind of table and not of the models."""
    return not (kind == "table" and name is not None and name.startswith("text_index"))


connection = context.config.attributes.get("connection")
if not isinstance(connection, Connection):
    raise RuntimeError("migrations run through storage.session.Database.migrate, which brings the connection")
context.configure(
    connection=connection,
    target_metadata=Row.metadata,
    include_object=belongs_to_models,
    render_as_batch=True,
    transactional_ddl=True,
    compare_type=True,
)
context.run_migrations()
