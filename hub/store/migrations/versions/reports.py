"""Reports: drafts, approvals, what was distributed; warnings."""

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables."""
