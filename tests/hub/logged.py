"""What stands in a county's audit log."""

from sqlalchemy import select

from hub.store.access_tables import audit
from hub.store.engine import Database, reading


def acts_of(database: Database) -> list[tuple[str, str]]:
    """Return who did what, oldest first."""
    with reading(database.reader) as connection:
        rows = connection.execute(select(audit.c.who, audit.c.act).order_by(audit.c.number))
        return [(row.who, row.act) for row in rows]
