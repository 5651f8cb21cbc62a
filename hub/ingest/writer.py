"""The one thread that turns what arrived into what is stored, then acknowledged, then shown; in this order.

While the database takes nothing, nothing is acknowledged or receipted: stations keep everything, and the county is
still watched in memory. What could not be stored yet is tried again with growing delay.
"""

import logging
import threading
import time
from collections.abc import Callable, Container
from typing import Final

from hub.health.county import Change, County, Member
from hub.health.station import ClockStepped, HubBlind, HubSees, Tick
from hub.ingest.beside import Beside
from hub.ingest.clock import HubClock
from hub.ingest.handle import REVOKED, Arrived, Handled, handle
from hub.ingest.items import Blind, Brings, Item, Pulse, Sees, Stepped
from hub.ingest.landing import Landing
from hub.ingest.refusal import set_refused_aside
from hub.ingest.showing import Showing
from hub.store.engine import Database, RefusedError, StoreError, reading, writing
from hub.store.history import (
    Noticed,
    Remembered,
    prolong_life,
    visits_of_day,
    write_states,
    write_transitions,
)
from hub.store.intake import Stored, store
from hub.view import Counters
from hub.visits.day import day_start_ms

logger = logging.getLogger(__name__)

ROUND_S: Final = 0.25
ALIVE_EVERY_MS: Final = 5_000
STATES_EVERY_MS: Final = 30_000
RETRY_FIRST_S, RETRY_MAX_S = 0.1, 5.0
MOST_CHANGES: Final = 20_000
"""Changes of state kept while nothing can be stored."""


class Writer:
    """Owns the county in memory and every write to the database."""

    def __init__(
        self,
        *,
        database: Database,
        edge: Brings,
        showing: Showing,
        beside: Beside,
        clock: HubClock,
        county: County,
        ids: dict[str, int],
        run: int,
        linger_ms: int,
        revoked: Callable[[], Container[str]] = lambda: (),
    ) -> None:
        """Take what it works with: the stations' keys, this run's row of hub_life, and who is not heard any more."""
        self._database, self._edge, self._showing, self._clock = database, edge, showing, clock
        self._county, self._ids, self._run_key, self._beside = county, ids, run, beside
        self._linger_s, self._revoked = linger_ms / 1000, revoked
        self._landing = Landing()
        self._left_out = self._connected = False
        self._changes: list[Noticed] = []
        self._stale: set[str] = set()
        self._trouble: str | None = None
        self._retry_s, self._retry_at = RETRY_FIRST_S, 0.0
        self._alive_ms = self._states_ms = clock.now_ms()
        self._day = day_start_ms(self._alive_ms)
        self._counters = Counters(0, 0, 0, 0, 0, 0.0, 0, 0)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)

    def start(self) -> None:
        """Show what is known and begin."""
        self._show()
        self._thread.start()

    def stop(self) -> None:
        """Store what has arrived, note the orderly end, and wait for the thread."""
        self._stopping.set()
        self._thread.join(3.0)

    def note_changes(self, changes: list[Change]) -> None:
        """Have these changes of state stored with the next commit."""
        now_ms = self._clock.now_ms()
        if changes and len(self._changes) + len(changes) > MOST_CHANGES:
            logger.error("E-HUB-30 too many changes of state to keep while nothing can be stored; oldest forgotten")
            del self._changes[: len(self._changes) // 2]
        self._changes += [Noticed(change.station, change.flip, now_ms) for change in changes]
        self._stale.update(change.station for change in changes)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.turn(ROUND_S)
            except Exception:
                # Nothing of what was at hand is acknowledged: the stations send it again.
                logger.exception("E-HUB-31 the writer failed in a round; what it held is not acknowledged")
                self._landing.clear()
                self._left_out = True
        try:
            self.turn(0.0)
            with writing(self._database) as connection:
                prolong_life(connection, self._run_key, self._clock.now_ms(), orderly=True)
        except StoreError as error:
            logger.warning("%s", error)

    def turn(self, patience_s: float) -> None:
        """Take what has arrived, waiting up to `patience_s` for the first; store, acknowledge, show."""
        if self._trouble is not None:
            patience_s = min(patience_s, max(0.0, self._retry_at - time.monotonic()))
        self._collect(patience_s)
        if self._work_waits() and time.monotonic() >= self._retry_at:
            self._commit()
        if self._trouble is not None:
            self._beside.not_stored(self._landing.handled)
        self._beside.round(self._clock.now_ms(), connected=self._connected)
        self._show()

    def _collect(self, patience_s: float) -> None:
        item = self._edge.take(patience_s)
        until = time.monotonic() + self._linger_s
        while item is not None:
            self._take(item)
            if self._landing.full() or time.monotonic() > until + ROUND_S:
                return
            item = self._edge.take(max(0.0, until - time.monotonic()) if len(self._landing) else 0.0)

    def _take(self, item: Item) -> None:
        match item:
            case Arrived():
                self._message(item)
            case Pulse(sent_ms):
                self.note_changes(self._county.tell_all(Tick(), sent_ms))
            case Sees(at_ms):
                self._connected = True
                self.note_changes(self._county.tell_all(HubSees(), at_ms))
                self._showing.tell_all_again(self._county)
            case Blind(at_ms):
                self._connected = False
                self.note_changes(self._county.tell_all(HubBlind(), at_ms))
            case Stepped(by_ms):
                logger.warning("the machine's clock was set by %+d ms 系统时钟被调整", by_ms)
                self.note_changes(self._county.tell_all(ClockStepped(by_ms), self._clock.now_ms()))
                self._beside.stepped(by_ms)

    def _message(self, arrived: Arrived) -> None:
        if self._trouble is None and self._landing.full():
            self._left_out = True  # not acknowledged: its station sends it again
            return
        share = arrived.qos == 0 or self._landing.has_room_for(arrived)
        if not share and (self._trouble is None or not arrived.topic.endswith("/urgent")):
            self._edge.acknowledge(arrived)  # a flood, off the broker's window; not receipted, so nothing is lost
            self._count(not_taken=1)
            return
        handled = handle(arrived, self._ids, self._revoked())
        self._count(messages=1, revoked_messages=int(handled.refused == REVOKED))
        if handled.station is not None:
            code = handled.station
            self.note_changes(self._county.tell(code, handled.events, arrived.received_ms))
            if handled.birth is not None:
                self._county.born(code, handled.birth)
                self._stale.add(code)
            if handled.beat is not None:
                self._county.beaten(code, handled.beat)
            if handled.ask is not None:
                self._beside.asked(code, handled.ask, self._clock.now_ms())
        if self._trouble is None or (share and self._landing.has_room_in_trouble(handled)):
            if arrived.qos > 0 or handled.unreadable:
                self._landing.add(arrived, handled)
        elif arrived.qos > 0:
            self._edge.acknowledge(arrived)  # likewise; and `renew` will fetch it
            self._count(not_taken=1)
            self._left_out = True
            self._beside.not_stored([handled])

    def _work_waits(self) -> bool:
        due = self._clock.now_ms() - self._alive_ms >= ALIVE_EVERY_MS
        return due or bool(self._landing or self._changes or self._stale)

    def _commit(self) -> None:
        now_ms = self._clock.now_ms()
        if now_ms - self._states_ms >= STATES_EVERY_MS:
            self._stale.update(self._county.members)
        began = time.monotonic()
        try:
            stored = self._transaction(self._landing.handled, now_ms)
        except RefusedError as error:
            self._refused(error)
            return
        except StoreError as error:
            self._failed(error)
            return
        if self._trouble is not None:
            logger.warning("the database takes everything again 数据库已恢复")
        self._trouble, self._retry_s, self._retry_at = None, RETRY_FIRST_S, 0.0
        self._alive_ms = now_ms
        if now_ms - self._states_ms >= STATES_EVERY_MS:
            self._states_ms = now_ms
        self._changes.clear()
        self._stale.clear()
        self._committed(stored, time.monotonic() - began)

    def _transaction(self, handled: list[Handled], now_ms: int) -> Stored:
        with writing(self._database) as connection:
            stored = store(connection, handled, self._ids, self._beside.whose)
            write_transitions(connection, self._changes, self._ids)
            write_states(
                connection, [(code, _remembered(self._county.members[code])) for code in self._stale], self._ids
            )
            prolong_life(connection, self._run_key, now_ms)
        return stored

    def _committed(self, stored: Stored, took_s: float) -> None:
        """Acknowledge, then tell the stations, then the county."""
        for arrived in self._landing.arrived:
            self._edge.acknowledge(arrived)
        arrived_any = bool(self._landing)
        self._landing.clear()
        if self._left_out:
            self._left_out = False
            self._edge.renew()
        now_ms = self._clock.now_ms()
        receipts = 0
        for place, owed in stored.owed.items():
            receipts += self._showing.outward.receipt(place, owed, now_ms)
            self._county.stored(*place, owed.stored_to)
        for code, shown_ms in stored.visits:
            if shown_ms >= self._day:
                self._county.visited(code)
        self._beside.committed(stored, now_ms)
        if stored.quarantined is not None:
            grown = stored.quarantined - self._county.quarantined
            self._county.quarantined = stored.quarantined
            self._count(quarantined=grown)
            if grown > 0:
                logger.error("%d unreadable, set aside whole in the quarantine 有无法识别的数据，已隔离保存", grown)
        self._count(
            records_stored=stored.records,
            records_repeated=stored.repeated,
            batches_committed=int(arrived_any),
            commit_seconds=took_s,
            receipts=receipts,
            answers_unknown=stored.answers_unknown,
            emergencies=stored.emergencies,
        )

    def _failed(self, error: StoreError) -> None:
        if self._trouble != error.code:
            logger.error("%s", error)
        self._trouble = error.code
        self._retry_at = time.monotonic() + self._retry_s
        self._retry_s = min(self._retry_s * 2, RETRY_MAX_S)

    def _refused(self, error: RefusedError) -> None:
        """Set aside, whole, the messages whose values the database refuses; the others are stored next round."""
        try:
            replaced = set_refused_aside(self._database, self._landing.arrived, self._landing.handled, self._ids)
        except StoreError as worse:
            self._failed(worse)
            return
        if replaced is None:
            self._failed(error)
        else:
            logger.error("%s", error)
            self._landing.replace(replaced)

    def _show(self) -> None:
        """Bring the view and the monitoring topics up to what is stored, or, in trouble, to what is known."""
        if self._changes and self._trouble is None:
            return
        now_ms = self._clock.now_ms()
        self._turn_day(now_ms)
        counters = self._counters._replace(not_taken=self._counters.not_taken + self._edge.not_taken)
        self._showing.show(self._county, counters, now_ms, connected=self._connected, trouble=self._trouble)

    def _turn_day(self, now_ms: int) -> None:
        day = day_start_ms(now_ms)
        if day == self._day:
            return
        try:
            with reading(self._database.reader) as connection:
                self._county.new_day(visits_of_day(connection, now_ms))
            self._day = day
        except StoreError as error:
            logger.warning("%s", error)

    def _count(self, **by: float) -> None:
        self._counters = self._counters._replace(
            **{name: getattr(self._counters, name) + more for name, more in by.items()}
        )


def _remembered(member: Member) -> Remembered:
    return Remembered(member.known, member.birth, member.beat)
