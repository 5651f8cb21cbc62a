"""Which version of the tables is today's (`migrations/versions/`)."""

NEWEST = "0018"
"""The last step: a database that came this far is opened without asking Alembic."""
