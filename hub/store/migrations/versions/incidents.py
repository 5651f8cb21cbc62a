"""Incidents, whom they affect, what was done, who is on duty, and who is told."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "incident",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("open_key", sa.String(length=96), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("opened_ms", sa.BigInteger(), nullable=False),
        sa.Column("closed_ms", sa.BigInteger(), nullable=True),
        sa.Column("due_ms", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("open_key", name="uq_incident_open"),
    )
    op.create_index("ix_incident_opened", "incident", ["opened_ms"], unique=False)
    op.create_index("ix_incident_state", "incident", ["state"], unique=False)
    op.create_index("ix_incident_closed", "incident", ["closed_ms"], unique=False)
    op.create_index("ix_incident_due", "incident", ["due_ms"], unique=False)
    op.create_table(
        "duty",
        sa.Column("id", Id, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("mail", sa.String(length=254), nullable=True),
        sa.Column("days", sa.String(length=32), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("until_minute", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "incident_station",
        sa.Column("id", Id, nullable=False),
        sa.Column("incident_id", sa.String(length=12), nullable=False),
        sa.Column("station_id", Id, nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"]),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_incident_station_incident", "incident_station", ["incident_id"], unique=False)
    op.create_index("ix_incident_station_station", "incident_station", ["station_id"], unique=False)
    op.create_table(
        "incident_step",
        sa.Column("id", Id, nullable=False),
        sa.Column("incident_id", sa.String(length=12), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("withdrawn_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_incident_step_incident", "incident_step", ["incident_id", "id"], unique=False)
    log = op.create_table(
        "incident_log",
        sa.Column("id", Id, nullable=False),
        sa.Column("last", Id, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.bulk_insert(log, [{"id": 1, "last": 0}])
    op.create_table(
        "delivery",
        sa.Column("id", Id, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("incident_id", sa.String(length=12), nullable=True),
        sa.Column("step_id", Id, nullable=True),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("port", sa.String(length=12), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("thread", sa.String(length=64), nullable=True),
        sa.Column("digest_id", Id, nullable=True),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=True),
        sa.Column("until_ms", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("trouble", sa.String(length=200), nullable=True),
        sa.Column("retried_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"]),
        sa.ForeignKeyConstraint(["step_id"], ["incident_step.id"]),
        sa.ForeignKeyConstraint(["digest_id"], ["delivery.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key", name="uq_delivery"),
    )
    op.create_index("ix_delivery_ended", "delivery", ["ended_ms", "due_ms"], unique=False)
    op.create_index("ix_delivery_incident", "delivery", ["incident_id"], unique=False)
    op.create_index("ix_delivery_made", "delivery", ["made_ms"], unique=False)
    op.create_table(
        "followed",
        sa.Column("id", Id, nullable=False),
        sa.Column("step_id", Id, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
