"""The demo's kiosk: F9 places and lifts a card on the simulated reader, Ctrl-C leaves."""

import logging
import threading
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding

from station.clock import Clock
from station.devices.reader.control import Lift, Order, Place, steer
from station.errors import DeviceError
from station.kiosk.app import KioskApp
from station.kiosk.entry.pinyin import Pinyin
from station.kiosk.texts import Texts
from station.sealing import Seal
from station.settings import Settings

logger = logging.getLogger(__name__)


class DemoKioskApp(KioskApp):
    """A kiosk for someone at a desk, without a card."""

    BINDINGS: ClassVar = [
        Binding("f9", "card", show=False, priority=True),
        Binding("ctrl+c", "quit", show=False, priority=True),
    ]

    def __init__(
        self, settings: Settings, seal: Seal, clock: Clock, pinyin: Pinyin, names: Pinyin, control: Path | None
    ) -> None:
        """Steer the simulated reader that listens at `control`, if it is a simulated one."""
        super().__init__(settings, seal, clock, pinyin, names)
        self._control = control

    def help_line(self, say: Texts) -> str:
        """Say how to place a card and how to leave."""
        return say("demo.leave" if self._control is None else "demo.card")

    def action_card(self) -> None:
        """Place the card, or lift it when one lies there."""
        if self._control is None:
            return
        order = Lift() if self.state.card_there else Place("resident")
        threading.Thread(target=_give, args=(self._control, order), name="demo-card", daemon=True).start()


def _give(control: Path, order: Order) -> None:
    try:
        steer(control, order)
    except DeviceError as error:
        logger.warning("%s", error)
