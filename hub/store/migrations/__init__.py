"""The steps from each version's tables to the next."""

NEWEST = "0015"
"""The last of them: a database that came this far is opened without asking Alembic."""
