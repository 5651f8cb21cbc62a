"""Calls for help: who acknowledged each, and what came of it."""

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables."""
