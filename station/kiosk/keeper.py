"""The one thread that touches the spool: a disk may take its time, the screen does not wait for it."""

import logging
import queue
import threading
from collections.abc import Callable
from typing import Final

from station.clock import Clock
from station.errors import SpoolFullError, StoreError
from station.kiosk.events import Event, GradeSaved, NotSaved, Refusal, Saved, Store, StoreTold
from station.number import visit_number
from station.store.spool import Spool
from wire.life import DeviceState
from wire.records import Rating, Visit

logger = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 0.2
"""How often it is looked whether the agent changed something: the wait for 县里已收到 to appear."""
ROOM_EVERY_LOOKS: Final = 10
"""Room is also looked at without a change: another program may fill the disk."""
REOPEN_AFTER_S: Final = 3.0

Job = Callable[[Spool], None]


class Keeper:
    """Takes visits, ratings and device states to the spool and tells what becomes of them."""

    def __init__(
        self,
        open_spool: Callable[[], Spool],
        clock: Clock,
        tell: Callable[[Event], None],
        agent_runs: Callable[[], bool] = lambda: True,
    ) -> None:
        """Use the spool `open_spool` returns; call `tell` from the thread.

        What the agent noted of the hub counts only while `agent_runs`: a dead agent leaves its last word behind.
        """
        self._agent_runs = agent_runs
        self._open_spool = open_spool
        self._clock = clock
        self._tell = tell
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def close(self, within_s: float = 2.0) -> None:
        """Finish what was handed over, but do not wait for a disk that hangs."""
        self._stopping.set()
        self._jobs.put(None)
        if self._thread.ident is not None:
            self._thread.join(within_s)

    def save_visit(self, visit: int, make: Callable[[str], Visit]) -> None:
        """Commit the visit `make(number)`; tells Saved or NotSaved."""

        def job(spool: Spool) -> None:
            def body(seq: int) -> Visit:
                return make(visit_number(spool.epoch, seq))

            seq = spool.append(body, self._clock.now())
            self._tell(Saved(visit, seq, visit_number(spool.epoch, seq)))

        self._jobs.put(self._or_not_saved(visit, job))

    def save_grade(self, visit: int, seq: int, grade: int) -> None:
        """Commit the rating of the visit `seq`; tells GradeSaved or NotSaved."""

        def job(spool: Spool) -> None:
            spool.append(lambda _: Rating(visit=seq, grade=grade), self._clock.now())
            self._tell(GradeSaved(visit))

        self._jobs.put(self._or_not_saved(visit, job))

    def put_device(self, state: DeviceState) -> None:
        """Store how a device is."""
        self._jobs.put(lambda spool: spool.put_device(state))

    def _or_not_saved(self, visit: int, job: Job) -> Job:
        def trying(spool: Spool) -> None:
            try:
                job(spool)
            except SpoolFullError as error:
                logger.warning("%s", error)
                self._tell(NotSaved(visit, Refusal.FULL))
            except Exception:
                self._tell(NotSaved(visit, Refusal.DISK))
                raise

        return trying

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._open_and_serve()
            except StoreError as error:
                logger.error("%s", error)  # noqa: TRY400 - its text says it; a trace adds nothing
            except Exception as error:  # noqa: BLE001 - top loop; the text of an unforeseen error is not logged
                logger.error("the keeper failed with %s; starting over", type(error).__name__)  # noqa: TRY400 - likewise
            else:
                continue
            self._tell(StoreTold(Store.FAILED))
            self._stopping.wait(REOPEN_AFTER_S)

    def _open_and_serve(self) -> None:
        spool = self._open_spool()
        try:
            self._serve(spool)
        finally:
            spool.close()

    def _serve(self, spool: Spool) -> None:
        looks = 0
        while True:
            if spool.changed() or looks % ROOM_EVERY_LOOKS == 0:
                self._look(spool)
            looks += 1
            try:
                job = self._jobs.get(timeout=LOOK_EVERY_S)
            except queue.Empty:
                continue
            if job is None:
                return
            job(spool)

    def _look(self, spool: Spool) -> None:
        note = spool.note("clock") or ""
        kernel_boot, _, offset_ms = note.partition(" ")
        if kernel_boot == self._clock.kernel_boot and offset_ms.lstrip("-").isdigit():
            self._clock.learn(int(offset_ms))
        store = Store.READY if spool.has_room() else Store.FULL
        hub_online = spool.note("hub") == "online" and self._agent_runs()
        self._tell(StoreTold(store, spool.trimmed_to(), hub_online))
