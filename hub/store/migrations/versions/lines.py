"""What probes of lines saw, every change of a camera's state, and since when a station is in service."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "camera_change",
        sa.Column("id", Id, nullable=False),
        sa.Column("station_id", Id, nullable=False),
        sa.Column("epoch_id", Id, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=True),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("shown_ms", sa.BigInteger(), nullable=False),
        sa.Column("camera", sa.String(length=40), nullable=False),
        sa.Column("was", sa.String(length=40), nullable=False),
        sa.Column("now", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["epoch_id"],
            ["epoch.id"],
        ),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("epoch_id", "seq", name="uq_camera_change"),
    )
    op.create_table(
        "link_summary",
        sa.Column("id", Id, nullable=False),
        sa.Column("station_id", Id, nullable=False),
        sa.Column("epoch_id", Id, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=True),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("shown_ms", sa.BigInteger(), nullable=False),
        sa.Column("leg", sa.String(length=40), nullable=False),
        sa.Column("lasted_ms", sa.BigInteger(), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=False),
        sa.Column("reached", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("rtt_min_ms", sa.Float(), nullable=True),
        sa.Column("rtt_p50_ms", sa.Float(), nullable=True),
        sa.Column("rtt_p95_ms", sa.Float(), nullable=True),
        sa.Column("rtt_max_ms", sa.Float(), nullable=True),
        sa.Column("jitter_ms", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["epoch_id"],
            ["epoch.id"],
        ),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("epoch_id", "seq", name="uq_link_summary"),
    )
    op.add_column("station", sa.Column("commissioned_ms", sa.BigInteger(), nullable=True))
    op.create_index("ix_camera_change_shown", "camera_change", ["shown_ms"], unique=False)
    op.create_index("ix_camera_change_station", "camera_change", ["station_id", "shown_ms"], unique=False)
    op.create_index("ix_link_summary_shown", "link_summary", ["shown_ms"], unique=False)
    op.create_index("ix_link_summary_station", "link_summary", ["station_id", "shown_ms"], unique=False)
    pairs, link = sa.text("leg != 'county'"), sa.text("kind = 'link'")
    op.create_index("ix_link_summary_pair", "link_summary", ["shown_ms"], sqlite_where=pairs, postgresql_where=pairs)
    op.create_index("ix_record_link", "record", ["received_ms"], sqlite_where=link, postgresql_where=link)
    # Those that were there before are in service since they were first heard.
    op.execute(
        "UPDATE station SET commissioned_ms = (SELECT MIN(first_ms) FROM epoch WHERE epoch.station_id = station.id)"
    )
