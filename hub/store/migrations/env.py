"""Alembic's entry: migrates on the connection the hub opened."""

from alembic import context

from hub.store import (  # noqa: F401 (their tables are in metadata)
    acceptance_tables,
    access_tables,
    calls_tables,
    casework_tables,
    enrolment_tables,
    exchanges_tables,
    incident_tables,
    line_tables,
    reports_tables,
    rollout_tables,
    shelves_tables,
    window_tables,
)
from hub.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
