"""The one thread that touches the spool: a disk may take its time, the screen does not wait for it."""

import logging
import queue
import secrets
import threading
import time
from collections.abc import Callable
from typing import Final, NamedTuple

from station.asking import Question
from station.clock import Clock
from station.errors import SpoolFullError, StoreError
from station.kiosk.events import (
    Answered,
    AskTold,
    CallSaved,
    CardSeen,
    Event,
    GradeSaved,
    NotSaved,
    Refusal,
    Saved,
    Store,
    StoreTold,
)
from station.number import seq_of, visit_number
from station.sealing import Seal
from station.store.spool import Spool
from wire.life import CAMERA, DeviceState
from wire.orders import Reply
from wire.person import Person
from wire.records import Body, Emergency, Rating, Visit

logger = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 0.1
"""How often it is looked whether the agent changed something: the wait for 县里已收到 to appear."""
ROOM_EVERY_LOOKS: Final = 20
"""Room is also looked at without a change: another program may fill the disk."""
REOPEN_AFTER_S: Final = 3.0
COUNT_EVERY_S: Final = 5.0
"""Counting what waits reads a full spool for a second: only while the county is away, and not at every change."""
MOST_JOBS: Final = 50
ANSWER_WITHIN_MS: Final = 10_000
CARD_WITHIN_MS: Final = 20_000

Job = Callable[[Spool], None]


class Open(NamedTuple):
    """A question that waits for its answer."""

    visit: int
    question: Question
    read: Callable[[Reply], Event]
    late: Event
    until_s: float


class Keeper:
    """Takes visits, ratings, calls and device states to the spool, and questions; tells what becomes of them."""

    def __init__(
        self,
        open_spool: Callable[[], Spool],
        clock: Clock,
        seal: Seal,
        tell: Callable[[Event], None],
        agent_runs: Callable[[], bool] = lambda: True,
    ) -> None:
        """Use the spool `open_spool` returns; call `tell` from the thread.

        What the agent noted of the hub counts only while `agent_runs`: a dead agent leaves its last word behind.
        """
        self._agent_runs = agent_runs
        self._open_spool = open_spool
        self._clock = clock
        self._seal = seal
        self._tell = tell
        self.camera_works = False
        """A camera of this station gives pictures, as the agent last noted."""
        self._call = ""
        self._waiting, self._count_at_s = 0, 0.0
        self._asked: dict[str, Open] = {}
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
            seq = spool.append(_numbered(spool, make), self._clock.now())
            self._tell(Saved(visit, seq, visit_number(spool.epoch, seq)))

        self._jobs.put(self._or_not_saved(visit, job))

    def save_looked_at(self, make: Callable[[str], Visit]) -> None:
        """Commit that a service was looked at; a full or hanging disk drops it, and nobody is told."""
        if self._jobs.qsize() > MOST_JOBS:
            return

        def job(spool: Spool) -> None:
            try:
                spool.append(_numbered(spool, make), self._clock.now())
            except SpoolFullError as error:
                logger.warning("%s", error)

        self._jobs.put(job)

    def save_grade(self, visit: int, number: str, grade: int) -> None:
        """Commit the rating of the visit with `number`; tells GradeSaved or NotSaved.

        The number, and not a place alone: a spool set aside since has other visits at the same places.
        """

        def job(spool: Spool) -> None:
            rated = seq_of(number, spool.epoch)
            if rated is None:
                self._tell(NotSaved(visit, Refusal.NUMBER))
                return
            spool.append(lambda _: Rating(visit=rated, grade=grade), self._clock.now())
            self._tell(GradeSaved(visit))

        self._jobs.put(self._or_not_saved(visit, job))

    def call_for_help(self, call: int, *, withdrawn: bool) -> None:
        """Commit a call, or that the last one was a mistake; tells CallSaved, with place 0 when it could not be."""
        if not withdrawn:
            self._call = f"call-{secrets.token_hex(4)}"
        body = Emergency(call=self._call, withdrawn=withdrawn)
        self._jobs.put(self._called(call, lambda _: lambda _: body, tries=2))

    def call_staff(self, call: int) -> None:
        """Commit a call for staff; tells CallSaved likewise."""
        self._jobs.put(self._called(call, lambda spool: _numbered(spool, _staff_called), tries=1))

    def ask_progress(self, visit: int, person: Person) -> None:
        """Ask the county; tells AskTold."""
        question = Question.about_progress(self._seal, person)

        def read(reply: Reply) -> Event:
            return AskTold(visit, *question.read(reply))

        self._ask(Open(visit, question, read, AskTold(visit, Answered.LATE), 0.0), ANSWER_WITHIN_MS)

    def seek_card(self, visit: int) -> None:
        """Have the agent look for a 便民服务卡; tells CardSeen."""
        question = Question.for_service_card()

        def read(reply: Reply) -> Event:
            return CardSeen(visit, question.read_card(reply))

        self._ask(Open(visit, question, read, CardSeen(visit, None), 0.0), CARD_WITHIN_MS)

    def forget_questions(self) -> None:
        """Drop what waits for an answer, its sealed rows too."""

        def job(spool: Spool) -> None:
            asked, self._asked = self._asked, {}
            for ask_id in asked:
                spool.forget_ask(ask_id)

        self._jobs.put(job)

    def put_device(self, state: DeviceState) -> None:
        """Store how a device is."""
        self._jobs.put(lambda spool: spool.put_device(state))

    def with_spool(self, job: Job) -> None:
        """Do `job` with the spool, in its turn."""
        self._jobs.put(job)

    def _ask(self, opened: Open, within_ms: int) -> None:
        opened = opened._replace(until_s=time.monotonic() + within_ms / 1000 + 1.0)

        def job(spool: Spool) -> None:
            if not self._agent_runs():
                self._tell(opened.late)
                return
            if time.monotonic() > opened.until_s:
                return  # the disk hung, and whoever asked was told
            ask = opened.question.ask(within_ms)
            self._asked[ask.id] = opened
            try:
                spool.put_ask(ask)
            except StoreError:
                del self._asked[ask.id]
                self._tell(opened.late)
                raise

        self._jobs.put(job)

    def _called(self, call: int, body: Callable[[Spool], Callable[[int], Body]], *, tries: int) -> Job:
        stamp = self._clock.now()  # when it was called, however long the disk takes

        def job(spool: Spool, tries_left: int = tries) -> None:
            try:
                seq = spool.append(body(spool), stamp, urgent=tries > 1)
            except Exception as error:
                self._tell(CallSaved(call, 0))
                if tries_left > 1 and not isinstance(error, SpoolFullError):
                    self._jobs.put(lambda spool: job(spool, tries_left - 1))  # the spool is opened anew before
                raise
            self._tell(CallSaved(call, seq))

        return job

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
            self._read_answers(spool)
            looks += 1
            try:
                job = self._jobs.get(timeout=LOOK_EVERY_S)
            except queue.Empty:
                continue
            if job is None:
                return
            job(spool)

    def _read_answers(self, spool: Spool) -> None:
        for ask_id, opened in list(self._asked.items()):
            reply = spool.take_reply(ask_id)
            if reply is not None:
                del self._asked[ask_id]
                self._tell(opened.read(reply))
            elif time.monotonic() > opened.until_s:
                del self._asked[ask_id]
                self._tell(opened.late)

    def _look(self, spool: Spool) -> None:
        note = spool.note("clock") or ""
        kernel_boot, _, offset_ms = note.partition(" ")
        if kernel_boot == self._clock.kernel_boot and offset_ms.lstrip("-").isdigit():
            self._clock.learn(int(offset_ms))
        store = Store.READY if spool.has_room() else Store.FULL
        hub_online = spool.note("hub") == "online" and self._agent_runs()
        if not hub_online and time.monotonic() >= self._count_at_s:
            self._count_at_s = time.monotonic() + COUNT_EVERY_S
            self._waiting = spool.depth().records
        self.camera_works = any(
            one.device.startswith(CAMERA) and one.state in {"ok", "degraded"} for one in spool.devices()
        )
        self._tell(StoreTold(store, spool.trimmed_to(), hub_online, spool.urgent_receipted(), self._waiting))


def _staff_called(number: str) -> Visit:
    return Visit(number, "call_staff", "anonymous", "zh")


def _numbered(spool: Spool, make: Callable[[str], Visit]) -> Callable[[int], Visit]:
    return lambda seq: make(visit_number(spool.epoch, seq))
