"""Answering what stations ask (办事进度), on a thread of its own: nothing of it holds up the writer.

A station gets to know only of visits made in its own village, and every question is on record before its answer
leaves: whoever takes a kiosk away cannot read the county with it.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from queue import Empty, Full, Queue
from typing import Final, NamedTuple

from hub.ingest.outward import Publishes
from hub.ingest.rates import DAY_MS, Rates
from hub.store.asked import Asking, asked_since, note_asked
from hub.store.cases import CasesReader
from hub.store.engine import Database, StoreError, writing
from hub.view import OUTCOMES, View
from hub.visits.index import PersonIndex
from hub.visits.matters import cases, fitted
from hub.visits.opening import Unsealer, seal_to
from wire.asking import MOST_CASES, PROGRESS
from wire.codec import encode
from wire.orders import Ask, Reply
from wire.topics import down

logger = logging.getLogger(__name__)

FOUND, NONE, EXPIRED, UNREADABLE, UNKNOWN, TOO_MANY, BUSY = OUTCOMES
TOLD: Final = frozenset({FOUND, NONE, EXPIRED})
REFUSED: Final = "refused"
"""What a station hears of every other outcome."""

MOST_WAITING: Final = 64
MOST_PLAIN_BYTES: Final = 16 * 1024 - 48
"""A box holds 16 KiB (`SealedBox` of wire/scalars.py), 48 of which are the seal's."""
LONGEST_REPLY_S: Final = 60
EXPIRED_REPLY_S: Final = 5
NOTE_REFUSED_EVERY_MS: Final = 10_000
ROUND_S: Final = 0.5


class _Answer(NamedTuple):
    asking: Asking
    box: bytes | None = None


class AskDesk:
    """Takes questions from the writer's thread, answers them on its own."""

    def __init__(
        self,
        *,
        database: Database,
        edge: Publishes,
        unsealer: Unsealer,
        index: PersonIndex,
        ids: Mapping[str, int],
        view: View,
        clock: Callable[[], int],
    ) -> None:
        """Take where cases stand, what publishes, opens and finds, the stations' keys, what counts, and the time.

        Raises StoreError when what was asked before cannot be read.
        """
        self._database, self._edge, self._unsealer, self._index = database, edge, unsealer, index
        self._ids, self._view, self._clock = ids, view, clock
        self._reader = CasesReader(database.reader)
        self._rates = Rates(asked_since(database.reader, clock() - DAY_MS, TOO_MANY))
        self._queue: Queue[tuple[str, Ask]] = Queue(MOST_WAITING)
        self._refused: Counter[tuple[str, str]] = Counter()
        self._refused_lock = threading.Lock()
        self._noted_ms = clock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="asks", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, with what was refused on record."""
        self._stopping.set()
        self._thread.join(2.0)

    def take(self, station: str, ask: Ask, now_ms: int) -> None:
        """Take a question, or refuse it at once: too many of one station, or too many waiting."""
        outcome = BUSY
        if not self._rates.admit(station, now_ms):
            outcome = TOO_MANY
        else:
            try:
                self._queue.put_nowait((station, ask))
            except Full:
                pass
            else:
                return
        with self._refused_lock:
            self._refused[station, outcome] += 1
        self._view.count_asks(outcome)
        self._reply(station, ask, outcome, None)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.turn(ROUND_S)
            except Exception as error:  # noqa: BLE001 - the next is answered; a trace may quote whom this was about
                logger.error("E-HUB-32 a question failed (%s) 查询未能答复", type(error).__name__)  # noqa: TRY400
        self._note_refused()

    def turn(self, patience_s: float) -> None:
        """Answer the next question, waiting up to `patience_s` for it, and log what was refused when that is due."""
        try:
            station, ask = self._queue.get(timeout=patience_s) if patience_s > 0 else self._queue.get_nowait()
        except Empty:
            pass
        else:
            self._settle(station, ask)
        if not 0 <= self._clock() - self._noted_ms < NOTE_REFUSED_EVERY_MS:
            self._note_refused()

    def _settle(self, station: str, ask: Ask) -> None:
        """Answer one: look, log, and only then tell."""
        answer = _Answer(Asking(station, self._clock(), BUSY))
        try:
            answer = self._answer(station, ask)
            with writing(self._database) as connection:
                note_asked(connection, [answer.asking], self._ids)
        except StoreError as error:
            logger.warning("a question of %s is not answered: %s", station, error)
            answer = _Answer(Asking(station, self._clock(), BUSY))
        self._view.count_asks(answer.asking.outcome)
        self._reply(station, ask, answer.asking.outcome, answer.box)

    def _answer(self, station: str, ask: Ask) -> _Answer:
        now_ms = self._clock()
        if ask.about != PROGRESS:
            return _Answer(Asking(station, now_ms, UNKNOWN))
        if ask.expires_ms <= now_ms:
            return _Answer(Asking(station, now_ms, EXPIRED))
        asker = self._unsealer.asker(ask)
        bound = asker is not None and asker.reply_to == ask.reply_to
        key = self._index.key_of_number(asker.id_number) if asker is not None and bound else None
        if key is None:
            return _Answer(Asking(station, now_ms, UNREADABLE))
        matters, steps, more = self._reader.of_person(key, station, MOST_CASES)
        if not matters:
            return _Answer(Asking(station, now_ms, NONE, key))
        told = fitted(cases(matters, steps, more, self._unsealer), MOST_PLAIN_BYTES)
        box = seal_to(ask.reply_to, told)
        if box is None:
            return _Answer(Asking(station, now_ms, UNREADABLE, key))
        return _Answer(Asking(station, now_ms, FOUND, key, len(told.cases)), box)

    def _reply(self, station: str, ask: Ask, outcome: str, box: bytes | None) -> None:
        """Publish the answer while it is of use: what comes later was not waited for."""
        left_ms = ask.expires_ms - self._clock()
        if left_ms <= 0 and outcome != EXPIRED:
            return
        expires_s = EXPIRED_REPLY_S if left_ms <= 0 else min(LONGEST_REPLY_S, -(-left_ms // 1000))
        reply = Reply(ask.id, outcome if outcome in TOLD else REFUSED, box)
        self._edge.publish(down(station, "reply"), encode(reply), expires_s=expires_s)

    def _note_refused(self) -> None:
        """Log those refused without a look, together: a flood of questions is no flood of commits."""
        self._noted_ms = now_ms = self._clock()
        with self._refused_lock:
            refused, self._refused = self._refused, Counter()
        if not refused:
            return
        rows = [Asking(station, now_ms, outcome, times=times) for (station, outcome), times in refused.items()]
        try:
            with writing(self._database) as connection:
                note_asked(connection, rows, self._ids)
        except StoreError as error:
            logger.warning("%s", error)
            with self._refused_lock:
                self._refused.update(refused)
