"""Planned times: maintenance, and when nothing new is opened or nobody is alerted; when stations were in service."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "time_window",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("effect", sa.String(length=16), nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.Column("lasts_ms", sa.BigInteger(), nullable=True),
        sa.Column("every", sa.String(length=80), nullable=True),
        sa.Column("began_ms", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended_reason", sa.String(length=200), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_time_window_until", "time_window", ["until_ms"], unique=False)
    op.create_table(
        "service_change",
        sa.Column("id", Id, nullable=False),
        sa.Column("station_id", Id, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("starts", sa.Boolean(), nullable=False),
        sa.Column("how", sa.String(length=8), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_service_change_station", "service_change", ["station_id", "id"], unique=False)
    # Those in service since they were first heard (0006), as if that had been noted.
    op.execute(
        "INSERT INTO service_change (station_id, at_ms, starts, how, who, reason, made_ms)"
        " SELECT id, commissioned_ms, true, 'born', '', '', commissioned_ms FROM station"
        " WHERE commissioned_ms IS NOT NULL"
    )
    # Those that left the county's list were in service until they were last heard.
    op.execute(
        "INSERT INTO service_change (station_id, at_ms, starts, how, who, reason, made_ms)"
        " SELECT station.id, COALESCE(heard_ms, since_ms), false, 'list', '', '', COALESCE(heard_ms, since_ms)"
        " FROM station JOIN station_state ON station_state.station_id = station.id"
        " WHERE commissioned_ms IS NOT NULL AND NOT enrolled"
    )
    op.execute("UPDATE station SET commissioned_ms = NULL WHERE NOT enrolled")
