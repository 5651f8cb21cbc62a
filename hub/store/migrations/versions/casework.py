"""Matters of villagers at the centre: who works on each, when it ended, call-backs, holds, and what was erased."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = "ended_ms IS NULL AND service IN ('legal_advice', 'mediation', 'legal_aid')"


def upgrade() -> None:
    """Make the tables; what was closed (or advice that was answered) before has ended when that was written."""
    op.add_column("visit", sa.Column("ended_ms", sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE visit SET ended_ms = (SELECT min(s.at_ms) FROM visit_step s WHERE s.visit_id = visit.id"
        " AND s.withdrawn_ms IS NULL"
        " AND (s.state = 'closed' OR (s.state = 'answered' AND visit.service = 'legal_advice')))"
    )
    op.create_index("ix_visit_open", "visit", ["id"], sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN))
    bad = sa.text("grade <= 2")
    op.create_index("ix_rating_bad", "rating", ["received_ms"], sqlite_where=bad, postgresql_where=bad)
    op.create_table(
        "visit_assignment",
        sa.Column("id", Id, nullable=False),
        sa.Column("step_id", Id, nullable=False),
        sa.Column("visit_id", Id, nullable=False),
        sa.Column("whom", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["step_id"], ["visit_step.id"]),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("step_id"),
    )
    op.create_index("ix_visit_assignment_visit", "visit_assignment", ["visit_id"])
    op.create_index("ix_visit_step_at", "visit_step", ["at_ms"])
    op.create_table(
        "call_back",
        sa.Column("id", Id, nullable=False),
        sa.Column("visit_id", Id, nullable=False),
        sa.Column("rating_id", Id, nullable=True),
        sa.Column("opened_ms", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("fixed_ms", sa.BigInteger(), nullable=True),
        sa.Column("fixed_by", sa.String(length=64), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"]),
        sa.ForeignKeyConstraint(["rating_id"], ["rating.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_call_back_visit", "call_back", ["visit_id"])
    op.create_table(
        "call_made",
        sa.Column("id", Id, nullable=False),
        sa.Column("call_back_id", Id, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("satisfied", sa.Boolean(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["call_back_id"], ["call_back.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_call_made_of", "call_made", ["call_back_id"])
    op.create_table(
        "visit_hold",
        sa.Column("id", Id, nullable=False),
        sa.Column("visit_id", Id, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_visit_hold_visit", "visit_hold", ["visit_id"])
    op.create_table(
        "visit_erasure",
        sa.Column("visit_id", Id, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("why", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"]),
        sa.PrimaryKeyConstraint("visit_id"),
    )
    op.create_index("ix_visit_erasure_at", "visit_erasure", ["at_ms"])
