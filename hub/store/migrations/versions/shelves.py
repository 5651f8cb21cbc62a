"""The county's shelf: drafts, what villages must make public by when, notices; and people's work lists."""

import time

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, and the county's first rule of what is due each quarter."""
    op.create_table(
        "library_draft",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("began_from", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("saved_by", sa.String(length=64), nullable=False),
        sa.Column("saved_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name", "scope", "place", name="uq_library_draft"),
    )
    rule = op.create_table(
        "disclosure_rule",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title_zh", sa.String(length=100), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("from_day", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "disclosure_event",
        sa.Column("id", Id, nullable=False),
        sa.Column("station", sa.String(length=15), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("happened_day", sa.Integer(), nullable=False),
        sa.Column("due_day", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_disclosure_event_station", "disclosure_event", ["station"], unique=False)
    op.create_table(
        "rectification",
        sa.Column("id", Id, nullable=False),
        sa.Column("station", sa.String(length=15), nullable=False),
        sa.Column("duty", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("demand", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("deadline_day", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_rectification_state", "rectification", ["state"], unique=False)
    op.create_table(
        "rectification_step",
        sa.Column("id", Id, nullable=False),
        sa.Column("rectification_id", Id, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["rectification_id"], ["rectification.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_rectification_step_of", "rectification_step", ["rectification_id", "id"], unique=False)
    op.create_table(
        "work_mark",
        sa.Column("id", Id, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=96), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("undone_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_work_mark_account", "work_mark", ["account_id", "day"], unique=False)
    op.create_table(
        "work_own",
        sa.Column("id", Id, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("due_day", sa.Integer(), nullable=True),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("done_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_work_own_account", "work_own", ["account_id", "id"], unique=False)
    op.create_table(
        "work_week",
        sa.Column("id", Id, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("monday", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_ms", sa.BigInteger(), nullable=False),
        sa.Column("handed", sa.Boolean(), nullable=False),
        sa.Column("handed_ms", sa.BigInteger(), nullable=True),
        sa.Column("seen_by", sa.String(length=64), nullable=True),
        sa.Column("seen_ms", sa.BigInteger(), nullable=True),
        sa.Column("remark", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "monday", name="uq_work_week"),
    )
    # From today on: no village is told that it was late before anybody had asked.
    today = (time.time_ns() // 1_000_000 + 8 * 3_600_000) // 86_400_000
    rows = (
        ("quarterly", "村务和财务季度公开", "Village affairs and accounts, each quarter", 10),
        ("event", "重大事项随时公开", "Matters of weight, as they happen", 5),
    )
    op.bulk_insert(
        rule,
        [
            {
                "kind": kind,
                "title_zh": zh,
                "title_en": en,
                "days": days,
                "from_day": today,
                "made_by": "",
                "made_ms": 0,
            }
            for kind, zh, en, days in rows
        ],
    )
