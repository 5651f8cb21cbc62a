"""Calls for help: who acknowledged each, and what came of it."""

import time

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DAY_MS = 86_400_000


def upgrade() -> None:
    """Make the tables; calls of before that the wall does not show any more (a day old) are not to be answered."""
    op.create_table(
        "help_call",
        sa.Column("id", Id, nullable=False),
        sa.Column("station_id", Id, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("rung_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("presses", sa.Integer(), nullable=False),
        sa.Column("withdrawn_ms", sa.BigInteger(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("acknowledged_by", sa.String(length=64), nullable=True),
        sa.Column("acknowledged_ms", sa.BigInteger(), nullable=True),
        sa.Column("dispatched_to", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("matter", sa.String(length=16), nullable=True),
        sa.Column("closed_by", sa.String(length=64), nullable=True),
        sa.Column("closed_ms", sa.BigInteger(), nullable=True),
        sa.Column("due_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for name, columns in (
        ("state", ["state", "id"]),
        ("station", ["station_id", "state"]),
        ("received", ["received_ms"]),
        ("due", ["due_ms"]),
    ):
        op.create_index(f"ix_help_call_{name}", "help_call", columns, unique=False)
    op.create_table(
        "help_press",
        sa.Column("id", Id, nullable=False),
        sa.Column("help_call_id", Id, nullable=False),
        sa.Column("station_id", Id, nullable=False),
        sa.Column("call", sa.String(length=40), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["help_call_id"], ["help_call.id"]),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("station_id", "call", name="uq_help_press"),
    )
    op.create_index("ix_help_press_call", "help_press", ["help_call_id"], unique=False)
    op.create_table(
        "help_step",
        sa.Column("id", Id, nullable=False),
        sa.Column("help_call_id", Id, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["help_call_id"], ["help_call.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_help_step_call", "help_step", ["help_call_id", "id"], unique=False)
    log = op.create_table(
        "help_log",
        sa.Column("id", Id, nullable=False),
        sa.Column("emergency_id", Id, nullable=False),
        sa.Column("emergency_ms", sa.BigInteger(), nullable=False),
        sa.Column("told_step", Id, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    emergency = sa.table("emergency", sa.column("id", Id), sa.column("received_ms", sa.BigInteger()))
    old = (
        sa.select(emergency.c.id, emergency.c.received_ms)
        .where(emergency.c.received_ms < time.time_ns() // 1_000_000 - DAY_MS)
        .order_by(emergency.c.id.desc())
        .limit(1)
    )
    last, at_ms = op.get_bind().execute(old).first() or (0, 0)
    op.bulk_insert(log, [{"id": 1, "emergency_id": last, "emergency_ms": at_ms, "told_step": 0}])
