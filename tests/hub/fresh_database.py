"""An empty database of a county, as the migrations leave it: they run once for all tests of a process."""

import shutil
import tempfile
from functools import cache
from pathlib import Path

from hub.store.engine import Database


@cache
def _template() -> Path:
    path = Path(tempfile.mkdtemp(prefix="cuncuntong-empty-")) / "hub.sqlite3"
    Database(f"sqlite:///{path}").stop()
    return path


def fresh_database(path: Path) -> Database:
    """Open the database at `path`, made here where there is none yet; who asks for it stops it."""
    if not path.exists():
        shutil.copyfile(_template(), path)
        path.chmod(0o600)
    return Database(f"sqlite:///{path}")
