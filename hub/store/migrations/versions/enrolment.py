"""Tokens, certificates and revocations of stations."""

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the tables."""
