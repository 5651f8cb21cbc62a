"""Drafts of documents in the database: one a kind and spot, each saved over the very one it was begun from."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, Row, and_, delete, func, select, update

from hub.errors import HubError
from hub.library.rules import Spot
from hub.store.documents import add_edition
from hub.store.engine import insert_new, reading
from hub.store.shelves_tables import library_draft
from hub.store.tables import document

_C: Final = library_draft.c


class StaleError(HubError):
    """Somebody else was there first; what was to be written stands nowhere."""


class DraftRow(NamedTuple):
    """A document while it is written."""

    name: str
    spot: Spot
    began_from: int
    """The version that was published there when it was begun; 0 for none."""
    text: str
    revision: int
    """Grows with each saving."""
    saved_by: str
    saved_ms: int


class DraftKey(NamedTuple):
    """Which draft, and as of which saving."""

    name: str
    spot: Spot
    revision: int


def begin_draft(
    connection: Connection, name: str, spot: Spot, text: str, began_from: int, who: str, now_ms: int
) -> None:
    """Begin a draft; one that is there already stays as it is."""
    row = {
        "name": name, "scope": spot.scope, "place": spot.place, "began_from": began_from, "text": text, "revision": 1,
        "made_by": who, "made_ms": now_ms, "saved_by": who, "saved_ms": now_ms,
    }  # fmt: skip
    insert_new(connection, library_draft, [row])


def save_draft(connection: Connection, key: DraftKey, text: str, who: str, now_ms: int) -> None:
    """Save a draft over the revision it was read as.

    Raises StaleError E-DOC-07 when another was saved since, or it was published or thrown away.
    """
    values = {"text": text, "revision": key.revision + 1, "saved_by": who, "saved_ms": now_ms}
    if connection.execute(update(library_draft).where(_is(key)).values(values)).rowcount != 1:
        raise _stale(connection, key)


def discard_draft(connection: Connection, key: DraftKey) -> None:
    """Throw a draft away; StaleError E-DOC-07 as for saving it."""
    if connection.execute(delete(library_draft).where(_is(key))).rowcount != 1:
        raise _stale(connection, key)


def publish_draft(
    connection: Connection, key: DraftKey, text: str, spots: Sequence[Spot], who: str, now_ms: int,
    *, above: int, over: int,
) -> list[int]:  # fmt: skip
    """Publish a draft for these spots, and end it; return the versions. `over` is what its reader saw published there.

    Raises StaleError E-DOC-07 when the draft was saved since, E-DOC-08 when something was published there since.
    """
    check_over(connection, key.name, key.spot, over)
    discard_draft(connection, key)
    return [add_edition(connection, key.name, spot, text, who, now_ms, above=above) for spot in spots]


def check_over(connection: Connection, name: str, spot: Spot, over: int) -> None:
    """Raise StaleError E-DOC-08 when another version than `over` is the last one there."""
    latest = _latest(connection, name, spot)
    if latest != over:
        raise StaleError(
            "E-DOC-08",
            f"version {latest} was published there since; look at what it changed, then publish"
            f" 此期间已下发第 {latest} 版，请先看变化再下发",
        )


def _latest(connection: Connection, name: str, spot: Spot) -> int:
    c = document.c
    mine = (c.name == name, c.scope == spot.scope, c.place == spot.place)
    return int(connection.execute(select(func.max(c.version)).where(*mine)).scalar() or 0)


def _is(key: DraftKey) -> Any:
    return and_(_of(key), _C.revision == key.revision)


def _of(key: DraftKey) -> Any:
    return and_(_C.name == key.name, _C.scope == key.spot.scope, _C.place == key.spot.place)


def _stale(connection: Connection, key: DraftKey) -> StaleError:
    who = connection.execute(select(_C.saved_by).where(_of(key))).scalar()
    if who is None:
        what = "the draft was published or thrown away since; begin it anew 草稿已下发或已放弃，请重新起草"
    else:
        what = f"{who} saved this draft since you opened it; yours is not in it yet {who} 已先保存，您的改动尚未存入"
    return StaleError("E-DOC-07", what)


class DraftsReader:
    """Reads on connections of its own; every method raises StoreError."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def all(self) -> list[DraftRow]:
        """Return every draft, by kind and spot."""
        with reading(self._engine) as connection:
            return [_draft(row) for row in connection.execute(_DRAFTS.order_by(_C.name, _C.scope, _C.place))]

    def find(self, name: str, spot: Spot) -> DraftRow | None:
        """Return the draft of a kind for a spot."""
        query = _DRAFTS.where(_C.name == name, _C.scope == spot.scope, _C.place == spot.place)
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else _draft(row)


_DRAFTS: Final = select(_C.name, _C.scope, _C.place, _C.began_from, _C.text, _C.revision, _C.saved_by, _C.saved_ms)


def _draft(row: Row[Any]) -> DraftRow:
    name, scope, place, *rest = row
    return DraftRow(name, Spot(scope, place), *rest)
