"""A county in a database: villages in service, visits, ratings, answers, calls; one row a thing."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, insert

from hub.incidents.calls import Acknowledge, Close, Matter, Outcome
from hub.store import tables as t
from hub.store.calls import act, take_up
from hub.store.engine import Database, writing
from hub.store.service import change_service

HOUR, DAY = 3_600_000, 86_400_000


class Stored:
    """Writes what stations would have sent."""

    def __init__(self, database: Database, ids: list[int], since_ms: int, alive_ms: int) -> None:
        self.database, self.ids, self._seq = database, ids, 0
        self._open: Connection | None = None
        with writing(database) as connection:
            connection.execute(insert(t.hub_life).values(started_ms=since_ms, alive_ms=alive_ms, orderly=False))
            rows = [{"id": key, "station_id": key, "epoch": "a" * 16, "stored_to": 0, "first_ms": 0} for key in ids]
            connection.execute(insert(t.epoch), rows)
            pairs = [(key, since_ms) for key in ids]
            change_service(connection, pairs, starts=True, how="born", now_ms=since_ms)
            self._states(connection, [(key, since_ms, "online") for key in ids])

    @contextmanager
    def together(self) -> Iterator[None]:
        """Write all that is written meanwhile in one transaction."""
        with writing(self.database) as self._open:
            yield
        self._open = None

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        if self._open is not None:
            yield self._open
            return
        with writing(self.database) as connection:
            yield connection

    def states(self, *said: tuple[int, int, str]) -> None:
        with self._writing() as connection:
            self._states(connection, list(said))

    def _states(self, connection: Connection, said: list[tuple[int, int, str]]) -> None:
        rows = [
            {"station_id": key, "at_ms": at_ms, "noticed_ms": at_ms, "state": state, "reason": "x"}
            for key, at_ms, state in said
        ]
        connection.execute(insert(t.transition), rows)

    def visit(
        self,
        station: int,
        at_ms: int,
        service: str = "legal_advice",
        *,
        matter: str | None = None,
        grades: tuple[int, ...] = (),
        answered_ms: int | None = None,
    ) -> None:
        with self._writing() as connection:
            self._seq += 1
            key, when = self._seq, dict.fromkeys(("at_ms", "received_ms", "shown_ms"), at_ms)
            told = {"number": "42-00001-1", "service": service, "who": "card", "language": "zh", "matter": matter}
            row = {"id": key, "station_id": station, "epoch_id": station, "seq": key, **when, **told}
            connection.execute(insert(t.visit), [row])
            for at, grade in enumerate(grades):
                rated = {"station_id": station, "epoch_id": station, "seq": 1000 * key + at, "visit_seq": key, **when}
                connection.execute(insert(t.rating).values(grade=grade, **rated))
            if answered_ms is not None:
                step = {"visit_id": key, "at_ms": answered_ms, "who": "某人", "state": "answered"}
                connection.execute(insert(t.visit_step).values(**step))

    def call(self, station: int, at_ms: int, *, withdrawn_ms: int | None = None) -> None:
        with self._writing() as connection:
            for when, withdrawn in ((at_ms, False), (withdrawn_ms, True)):
                if when is not None:
                    self._seq += 1
                    told = {"station_id": station, "epoch_id": station, "seq": self._seq, "call": f"c{at_ms}"}
                    times = dict.fromkeys(("at_ms", "received_ms", "shown_ms"), when)
                    connection.execute(insert(t.emergency).values(withdrawn=withdrawn, **told, **times))
            take_up(connection, at_ms)

    def close(self, call: int, outcome: Outcome, matter: Matter | None = None) -> None:
        """Have somebody take a call for help, and say what it was."""
        with self._writing() as connection:
            act(connection, call, Acknowledge("值班"), self._seq)
            act(connection, call, Close("值班", outcome, matter), self._seq)
