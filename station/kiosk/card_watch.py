"""The one thread that touches the reader: its events become events of the flow."""

import logging
import threading
from collections.abc import Callable
from datetime import date
from typing import Final

from station.devices.reader.port import (
    CardGone,
    CardPlaced,
    Reader,
    ReaderEvent,
    ReaderReady,
    ReaderTrouble,
    Trouble,
)
from station.kiosk.ages import birth_of, is_minor
from station.kiosk.events import CardLifted, CardRead, Event, ReaderTold
from station.kiosk.record import person_of
from wire.life import StateWord

logger = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 0.02
READER_STATES: Final[dict[Trouble, StateWord]] = {
    Trouble.MODULE_FAULT: "failed",
    Trouble.NOT_LICENSED: "failed",
    Trouble.NO_READER: "absent",
}


class CardWatch:
    """Runs a reader and tells the flow; says how the device is whenever that changes."""

    def __init__(
        self,
        reader: Reader,
        today: Callable[[], date],
        tell: Callable[[Event], None],
        device: Callable[[StateWord, str | None], None],
    ) -> None:
        """Call `tell` and `device` from the thread."""
        self._reader = reader
        self._today = today
        self._tell = tell
        self._device = device
        self._wanted = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="card-watch", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def look(self, wanted: bool) -> None:
        """Say whether a card is asked for; the thread passes it on."""
        self._wanted = wanted

    def close(self, within_s: float = 5.0) -> None:
        """Stop the reader, but do not wait for one that hangs."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(within_s)

    def _run(self) -> None:
        self._reader.start()
        passed_on: bool | None = None
        try:
            while not self._stopping.wait(LOOK_EVERY_S):
                if self._wanted is not passed_on:
                    passed_on = self._wanted
                    self._reader.look(passed_on)
                for event in self._reader.events():
                    self._pass_on(event)
        finally:
            self._reader.close()

    def _pass_on(self, event: ReaderEvent) -> None:
        match event:
            case CardPlaced(card):
                self._tell(
                    CardRead(person_of(card), minor=is_minor(birth_of(card.birth, card.id_number), self._today()))
                )
            case CardGone():
                self._tell(CardLifted())
            case ReaderReady():
                self._device("ok", None)
                self._tell(ReaderTold(None))
            case ReaderTrouble(trouble):
                logger.info("reader: %s", trouble.value)
                if trouble in READER_STATES:
                    self._device(READER_STATES[trouble], trouble.value)
                self._tell(ReaderTold(trouble))
