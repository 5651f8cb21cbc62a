"""What stands in a county's audit log."""

from sqlalchemy import select

from hub.store.access_tables import audit
from hub.store.engine import Database, reading


def logged(database: Database, *columns: str) -> list[tuple[str, ...]]:
    """Return these columns of every entry, oldest first."""
    with reading(database.reader) as connection:
        rows = connection.execute(select(*(audit.c[name] for name in columns)).order_by(audit.c.number))
        return [tuple(row) for row in rows]
