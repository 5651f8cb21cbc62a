"""What was imported from, and exported to, other platforms."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "exchange",
        sa.Column("id", Id, nullable=False),
        sa.Column("way", sa.String(length=3), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("file", sa.LargeBinary(length=32), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("stored", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_exchange_what", "exchange", ["way", "what", "id"], unique=False)
    op.create_table(
        "ticket",
        sa.Column("id", Id, nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("town", sa.String(length=64), nullable=False),
        sa.Column("station_id", Id, nullable=True),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("matter", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("handled_by", sa.String(length=64), nullable=False),
        sa.Column("answered_ms", sa.BigInteger(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("changed_ms", sa.BigInteger(), nullable=True),
        sa.Column("sealed_to", sa.String(length=16), nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=True),
        sa.Column("mask", sa.LargeBinary(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("person_key", sa.LargeBinary(length=16), nullable=True),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("stored_ms", sa.BigInteger(), nullable=False),
        sa.Column("updated_ms", sa.BigInteger(), nullable=False),
        sa.Column("exchange_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["exchange_id"], ["exchange.id"]),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("platform", "external_id", name="uq_ticket"),
    )
    op.create_index("ix_ticket_at", "ticket", ["at_ms"], unique=False)
    op.create_index("ix_ticket_person", "ticket", ["person_key"], unique=False)
