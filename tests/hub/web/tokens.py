"""Tokens of programs in tests: in the real database, with these permissions."""

import time

from hub.access.caller import Area
from hub.store.engine import Database, writing
from hub.store.tokens import NewToken, add_token


def a_token(database: Database, *permissions: str, towns: frozenset[str] = frozenset()) -> str:
    """Make a token and return its secret."""
    now_ms = time.time_ns() // 1_000_000
    with writing(database) as connection:
        new = NewToken(f"test-{now_ms}-{len(permissions)}", frozenset(permissions), Area(towns), 1, "测试管")  # type: ignore[arg-type]
        return add_token(connection, new, now_ms)
