"""The county's shelf of documents: drafts, and what villages must disclose when."""

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the tables."""
