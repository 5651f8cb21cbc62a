"""Indexes by which the newest calls of each station are found, however many one station sends."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the indexes."""
    staff = sa.text("service = 'call_staff'")
    op.create_index(
        "ix_visit_staff", "visit", ["station_id", "id"], unique=False, sqlite_where=staff, postgresql_where=staff
    )
    op.create_index("ix_emergency_station", "emergency", ["station_id", "id"], unique=False)
    op.create_index("ix_emergency_call", "emergency", ["station_id", "call"], unique=False)
