"""Releases, and their way through the fleet."""

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Make the tables."""
