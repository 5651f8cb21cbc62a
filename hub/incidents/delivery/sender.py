"""The thread that sends what is queued, outside the writer's rounds.

A letter is claimed in one transaction, sent, and its end noted in another. Killed between sending and noting, a hub
sends the letter once more, after LEASE_MS and with the same key; a letter that was sent and cannot be noted, because
the database takes nothing, is remembered and not sent again. More than that no sender can promise: the window is one
commit long, and each port says what the receiver can tell by.
"""

import logging
import random
import threading
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from hub.incidents.delivery.letter import Later, Letter, Never, Outcome, Taken
from hub.incidents.delivery.ports import Ports
from hub.store.deliveries import claim, due, end, put_off, waiting
from hub.store.engine import Database, writing
from hub.store.patience import Patience

logger = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 1.0
MOST_AT_ONCE: Final = 50
LEASE_MS: Final = 180_000
"""Longer than any port may take for one letter."""
FIRST_DELAY_S, MOST_DELAY_S = 15.0, 3_600.0
MOST_REST_S: Final = 300.0
"""How long a port that reaches nobody is left alone, at most: its server may be back."""
MOST_WAIT_MS: Final = 86_400_000
"""The same where the other side asked for it; after longer the clock was set."""


class Counts(Protocol):
    """What shows how it goes."""

    def count_letter(self, port: str, outcome: str) -> None:
        """Count one that ended."""
        ...

    def show_queue(self, waiting: Mapping[str, int]) -> None:
        """Show how many wait, by port."""
        ...


class Sender:
    """Sends, notes, and tries again with growing delay."""

    def __init__(
        self,
        database: Database,
        ports: Ports,
        clock: Callable[[], int],
        counts: Counts | None = None,
        seed: int | None = None,
    ) -> None:
        """Take where the queue is, the ports, what tells the time and what shows figures; `seed` repeats the delays."""
        self._database, self._ports, self._clock, self._counts = database, ports, clock, counts
        self._random = random.Random(seed)
        self._ended: dict[int, tuple[str, str, int, str | None]] = {}
        """Letters whose end could not be noted yet."""
        self._rests: dict[str, tuple[int, float]] = {}
        """Ports that reached nobody or asked to be left alone: until when they are, and the length that doubles."""
        self._patience = Patience(logger)
        self._wakes = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sender", daemon=True)

    def start(self) -> None:
        """Say which ports cannot be used as things stand, and begin."""
        for name, trouble in self._ports.troubles():
            logger.error("alerts by %s cannot be sent 告警渠道不可用: %s", name, trouble)
        self._thread.start()

    def wake(self) -> None:
        """Look now: something was queued."""
        self._wakes.set()

    def stop(self) -> None:
        """End after the letter at hand, but do not wait long for it: it stays in the queue."""
        self._stopping.set()
        self._wakes.set()
        self._thread.join(2.0)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.turn()
            except Exception:
                logger.exception("E-SEND-14 the sender failed in a round; what it held is sent again")
            self._wakes.wait(LOOK_EVERY_S)
            self._wakes.clear()

    def turn(self) -> int:
        """Send what is due, and return how many letters were taken by the other side."""
        taken = 0
        with self._patience:
            self._note_ended()
            for letter in due(self._database.reader, self._clock(), MOST_AT_ONCE, self._resting()):
                if self._stopping.is_set():
                    break
                taken += self._one(letter)
            if self._counts is not None:
                self._counts.show_queue(waiting(self._database.reader))
        return taken

    def _resting(self) -> list[str]:
        now_ms = self._clock()
        return [name for name, (until_ms, _) in self._rests.items() if 0 < until_ms - now_ms <= MOST_WAIT_MS]

    def _one(self, letter: Letter) -> bool:
        name, port = self._ports.of(letter)
        if name in self._resting() or letter.id in self._ended:
            return False
        now_ms = self._clock()
        with writing(self._database) as connection:
            if not claim(connection, letter, now_ms, now_ms + LEASE_MS):
                return False
        if port is None:
            outcome: Outcome = Never("E-SEND-13 the settings name no such port any more 设置中已无此渠道")
        elif letter.tries and now_ms >= letter.until_ms:  # every try before died with the hub, or by a fault of ours
            outcome = Later("E-SEND-14 no try of it ever came to an end 每次发送均异常中止")
        else:
            outcome = port.send(letter, now_ms)
        self._note(letter, name, outcome)
        return isinstance(outcome, Taken)

    def _note(self, letter: Letter, name: str, outcome: Outcome) -> None:
        now_ms = self._clock()
        match outcome:
            case Taken():
                self._rests.pop(name, None)
                self._ended[letter.id] = (letter.port, "sent", now_ms, None)
            case Never(trouble):
                self._ended[letter.id] = (letter.port, "refused", now_ms, trouble)
                logger.error("letter %d by %s is refused for good: %s 告警被拒收", letter.id, letter.port, trouble[:9])
            case Later(trouble, after_s, any_letter):
                delay_s = self._delay_s(letter.tries, after_s)
                if any_letter or after_s:
                    self._rest(name, now_ms, trouble, after_s or 0.0)
                if now_ms + delay_s * 1000 >= letter.until_ms:
                    self._ended[letter.id] = (letter.port, "given_up", now_ms, trouble)
                    what = "E-SEND-12 letter %d by %s is given up after %d tries: %s 告警多次发送失败，已放弃"
                    logger.error(what, letter.id, letter.port, letter.tries + 1, trouble[:9])
                else:
                    with writing(self._database) as connection:
                        put_off(connection, letter.id, now_ms + round(delay_s * 1000), trouble)
        self._note_ended()

    def _note_ended(self) -> None:
        if self._ended:
            with writing(self._database) as connection:
                for key, (_, outcome, at_ms, trouble) in self._ended.items():
                    end(connection, key, outcome, at_ms, trouble)
            for port, outcome, *_ in self._ended.values():
                if self._counts is not None:
                    self._counts.count_letter(port, outcome)
            self._ended.clear()

    def _delay_s(self, tries: int, after_s: float | None) -> float:
        delay_s = min(FIRST_DELAY_S * 2 ** min(tries, 20), MOST_DELAY_S) * self._random.uniform(0.5, 1.0)
        return float(max(delay_s, after_s or 0.0))

    def _rest(self, name: str, now_ms: int, trouble: str, after_s: float) -> None:
        _, was_s = self._rests.get(name, (0, FIRST_DELAY_S / 4))
        if name not in self._rests:
            logger.warning("%s: %s 告警渠道暂不可用，稍后重试", name, trouble[:9])
        rest_s = min(was_s * 2, MOST_REST_S)
        wait_s = max(rest_s * self._random.uniform(0.5, 1.0), after_s)
        self._rests[name] = (now_ms + round(wait_s * 1000), rest_s)
