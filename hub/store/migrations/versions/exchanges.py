"""What was imported from, and exported to, other platforms."""

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the tables."""
