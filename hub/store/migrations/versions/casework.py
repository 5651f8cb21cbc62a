"""Matters of villagers at the centre: who works on each, call-backs, tickets."""

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the tables."""
