"""Documents of the county's library: every edition stays, the latest of each scope counts; and which were refused."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, Row, Select, func, insert, select

from hub.ingest.handle import Handled
from hub.library.rules import Edition, Spot, next_version
from hub.store import tables as t
from hub.store.engine import insert_new, reading
from wire.content import KINDS
from wire.records import DeviceEvent

LIBRARY: Final = "library"
"""The device of such a record, and the document's name where the whole shelf failed."""
REFUSABLE: Final = frozenset({*KINDS, LIBRARY})
"""Other names are no document of the county: a station that thinks them up gets no row for each."""
AT_ONCE: Final = 500


class Refusal(NamedTuple):
    """What a station said of a document it did not take; the one before it stays there."""

    station: str
    name: str
    version: int
    code: str
    at_ms: int


def add_edition(
    connection: Connection, name: str, spot: Spot, text: str | None, by: str, now_ms: int, *, above: int = 0
) -> int:
    """Store a publication, or with None a withdrawal, and return its version: over every other, and over `above`."""
    last = connection.execute(select(func.max(t.document.c.version))).scalar()
    version = next_version(max(last or 0, above), now_ms)
    connection.execute(
        insert(t.document).values(
            name=name, scope=spot.scope, place=spot.place, version=version, text=text, published_by=by, at_ms=now_ms
        )
    )
    return version


def note_refusals(connection: Connection, landed: Sequence[Handled], station_ids: Mapping[str, int]) -> None:
    """Keep what stations refused: one row a station and kind of document, the latest version of it."""
    said: dict[tuple[int, str], dict[str, Any]] = {}
    for one in landed:
        for record in one.records if one.station is not None else ():
            if not (isinstance(record.item, DeviceEvent) and record.item.device == LIBRARY):
                continue
            name, version = _what(record.item.note)
            key = (station_ids[one.station or ""], name)
            if name in REFUSABLE and (key not in said or said[key]["version"] < version):
                said[key] = {"version": version, "code": record.item.code, "at_ms": one.received_ms}
    for (station_id, name), row in said.items():
        _note(connection, station_id, name, row)


def _what(note: str) -> tuple[str, int]:
    """Return document and version of a station's note; no name for what was not meant so."""
    name, _, number = note.rpartition(" ")
    return (name, int(number)) if number.isascii() and number.isdigit() and len(number) < 16 else ("", 0)


def _note(connection: Connection, station_id: int, name: str, row: Mapping[str, Any]) -> None:
    c = t.document_refusal.c
    mine = (c.station_id == station_id, c.name == name)
    known = connection.execute(select(c.version).where(*mine)).scalar()
    if known is None:
        insert_new(connection, t.document_refusal, [{"station_id": station_id, "name": name, **row}])
    elif known < row["version"]:  # what was sent again late says nothing new
        connection.execute(t.document_refusal.update().where(*mine).values(row))


class DocumentsReader:
    """Reads on connections of its own; every method raises StoreError E-STORE-05 when the database gives nothing."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def newest_version(self) -> int:
        """Return the largest version there is: while it stays, nothing was published."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.max(t.document.c.version))).scalar() or 0

    def latest(self) -> list[Edition]:
        """Return the latest edition of every document for every spot."""
        c = t.document.c
        newest = select(func.max(c.version)).group_by(c.name, c.scope, c.place)
        with reading(self._engine) as connection:
            return [_edition(row) for row in connection.execute(_editions().where(c.version.in_(newest)))]

    def history(self, name: str, spot: Spot) -> list[Edition]:
        """Return every edition of a document for a spot, the newest first."""
        c = t.document.c
        mine = (c.name == name, c.scope == spot.scope, c.place == spot.place)
        with reading(self._engine) as connection:
            return [_edition(row) for row in connection.execute(_editions().where(*mine).order_by(c.version.desc()))]

    def text(self, version: int) -> str | None:
        """Return the text of one edition; None of a withdrawal."""
        with reading(self._engine) as connection:
            return connection.execute(select(t.document.c.text).where(t.document.c.version == version)).scalar()

    def texts(self, versions: Iterable[int]) -> dict[int, str | None]:
        """Return the texts of many editions at once; what is no edition is not among them."""
        wanted, c = sorted(versions), t.document.c
        found: dict[int, str | None] = {}
        with reading(self._engine) as connection:
            for first in range(0, len(wanted), AT_ONCE):
                some = select(c.version, c.text).where(c.version.in_(wanted[first : first + AT_ONCE]))
                found |= {row[0]: row[1] for row in connection.execute(some)}
        return found

    def refusals(self) -> list[Refusal]:
        """Return what enrolled stations refused last of each document."""
        c = t.document_refusal.c
        query = (
            select(t.station.c.code, c.name, c.version, c.code, c.at_ms)
            .join(t.station, t.station.c.id == c.station_id)
            .where(t.station.c.enrolled.is_(True))
            .order_by(t.station.c.code, c.name)
        )
        with reading(self._engine) as connection:
            return [Refusal._make(row) for row in connection.execute(query)]


def _editions() -> Select[Any]:
    c = t.document.c
    return select(c.name, c.scope, c.place, c.version, c.text.is_(None), c.published_by, c.at_ms)


def _edition(row: Row[Any]) -> Edition:
    name, scope, place, version, withdrawn, by, at_ms = row
    return Edition(name, Spot(scope, place), version, bool(withdrawn), by, at_ms)
