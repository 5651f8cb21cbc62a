"""A real database for a made-up county: migrated once for all tests, copied for each, with one paired screen."""

import shutil
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from sqlalchemy import insert

from hub.store.access import digest_of
from hub.store.access_tables import screen
from hub.store.engine import Database, writing
from hub.store.stations import Village, enrol
from tests.hub.fresh_database import fresh_database

SCREEN = "the-secret-of-a-paired-screen-of-this-test"


@cache
def _template() -> Path:
    path = Path(tempfile.mkdtemp(prefix="cuncuntong-template-")) / "hub.sqlite3"
    database = fresh_database(path)
    with writing(database) as connection:
        connection.execute(
            insert(screen).values(
                digest=digest_of(SCREEN), name="测试大屏", asked_ms=1, paired_by="测试", paired_ms=2, seen_ms=2**42
            )
        )
    database.stop()
    return path


def a_database(folder: Path, villages: Sequence[tuple[str, str, str]] = ()) -> Database:
    """Return a database of these villages in `folder`; who asks for it stops it."""
    path = folder / "hub.sqlite3"
    shutil.copy(_template(), path)
    path.chmod(0o600)
    database = Database(f"sqlite:///{path}")
    if villages:
        with writing(database) as connection:
            enrol(connection, [Village(*village) for village in villages])
    return database
