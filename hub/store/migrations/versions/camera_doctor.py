"""What stations say of their cameras' pictures, orders to stations, and who looked at a picture."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "camera_fault",
        sa.Column("id", Id, nullable=False),
        sa.Column("station_id", Id, nullable=False),
        sa.Column("epoch_id", Id, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=True),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("shown_ms", sa.BigInteger(), nullable=False),
        sa.Column("camera", sa.String(length=40), nullable=False),
        sa.Column("fault", sa.String(length=40), nullable=False),
        sa.Column("change", sa.String(length=40), nullable=False),
        sa.Column("severity", sa.Float(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("began_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["epoch_id"], ["epoch.id"]),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("epoch_id", "seq", name="uq_camera_fault"),
    )
    op.create_index("ix_camera_fault_shown", "camera_fault", ["shown_ms"], unique=False)
    op.create_index("ix_camera_fault_station", "camera_fault", ["station_id", "id"], unique=False)
    op.create_table(
        "command",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("station_id", Id, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("arguments", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("run_id", Id, nullable=True),
        sa.Column("sent_ms", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("answered_ms", sa.BigInteger(), nullable=True),
        sa.Column("measures", sa.LargeBinary(), nullable=True),
        sa.Column("picture_key", sa.String(length=16), nullable=True),
        sa.Column("picture_camera", sa.String(length=40), nullable=True),
        sa.Column("picture_fault", sa.String(length=40), nullable=True),
        sa.Column("picture_width_px", sa.BigInteger(), nullable=True),
        sa.Column("picture_height_px", sa.BigInteger(), nullable=True),
        sa.Column("picture_taken_ms", sa.BigInteger(), nullable=True),
        sa.Column("picture_deleted_ms", sa.BigInteger(), nullable=True),
        sa.Column("picture_box", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"]),
        sa.ForeignKeyConstraint(["run_id"], ["hub_life.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_command_outcome", "command", ["outcome"], unique=False)
    op.create_index("ix_command_asked", "command", ["asked_ms"], unique=False)
    op.create_table(
        "viewing",
        sa.Column("id", Id, nullable=False),
        sa.Column("command_id", sa.String(length=40), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_viewing_command", "viewing", ["command_id"], unique=False)
