"""Alembic's entry: migrates on the connection the hub opened."""

from alembic import context

from hub.store import incident_tables, line_tables, window_tables  # noqa: F401 (their tables are in metadata)
from hub.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
