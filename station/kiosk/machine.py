"""The machine a kiosk stands on: every thread and port by the settings, started together, ended in reverse."""

import os
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Final, Protocol

from station.clock import Clock
from station.devices.reader.serial_port import SerialReader
from station.kiosk.card_watch import CardWatch
from station.kiosk.entry.pinyin_file import ensure_pinyin
from station.kiosk.events import Event
from station.kiosk.keeper import Keeper
from station.kiosk.ports.cups import CupsPrinter
from station.kiosk.ports.espeak import EspeakVoice
from station.kiosk.ports.library_reader import LibraryReader
from station.kiosk.ports.printer import NullPrinter
from station.kiosk.ports.staff_desk import StaffDesk
from station.kiosk.ports.video import VideoProgram
from station.kiosk.ports.wayland_zoom import zoom_of
from station.kiosk.work import Ports
from station.sealing import Seal
from station.settings import Settings
from station.store.presence import agent_runs
from station.store.spool import FILE_NAME, Spool
from wire.life import DeviceState, StateWord

PINYIN_FILE: Final = "pinyin.sqlite3"
LIBRARY_FILE: Final = "library.json"


class Tells(Protocol):
    """What the threads tell things to."""

    def tell(self, event: Event) -> None:
        """Take an event from any thread."""

    def today(self) -> date:
        """Return China's day."""


class Machine:
    """Everything a kiosk uses; nothing runs before `start`, and everything ends with the stack."""

    def __init__(self, settings: Settings, seal: Seal, clock: Clock, app: Tells, stack: ExitStack) -> None:
        """Set everything up; what needs an end is put on `stack`."""
        self._stack = stack
        state_dir = Path(settings.state_dir)
        kiosk = settings.kiosk
        self._pinyin_file, self._places = state_dir / PINYIN_FILE, (settings.name, settings.town)
        self._keeper = Keeper(
            lambda: Spool.open(state_dir / FILE_NAME, limit_bytes=settings.spool_limit_bytes),
            clock,
            seal,
            app.tell,
            lambda: agent_runs(state_dir),
        )
        stack.callback(self._keeper.close)
        stack.callback(lambda: self._keeper.put_device(DeviceState(device="screen", state="absent")))
        self._library = LibraryReader(state_dir / LIBRARY_FILE, app.tell)
        stack.callback(self._library.close)
        voice = EspeakVoice(None if kiosk.prompts_dir is None else Path(kiosk.prompts_dir))
        stack.callback(voice.close)
        printer = NullPrinter() if kiosk.printer is None else CupsPrinter(kiosk.printer)
        stack.callback(printer.close)
        zoom = zoom_of(os.environ)
        stack.callback(zoom.close)
        video = VideoProgram(kiosk.video_command, app.tell)
        stack.callback(video.close)
        pin_file = None if kiosk.staff_pin_file is None else Path(kiosk.staff_pin_file)
        staff = StaffDesk(self._keeper, voice, printer, pin_file, state_dir, app.tell)
        stack.callback(staff.close)
        self._cards: CardWatch | None = None
        if settings.reader is not None:

            def reader_is(state: StateWord, code: str | None) -> None:
                since_ms = clock.now().at_ms
                self._keeper.put_device(DeviceState(device="reader", state=state, since_ms=since_ms, code=code))

            reader = SerialReader(settings.reader.port, settings.reader.baud, clock)
            self._cards = CardWatch(reader, app.today, app.tell, reader_is)
            stack.callback(self._cards.close)
        self.ports = Ports(self._keeper, self._cards, voice, printer, zoom, video, staff)

    def start(self) -> None:
        """Let the threads begin."""
        self._keeper.start()
        self._library.start()
        if self._cards is not None:
            self._cards.start()
        builder = ensure_pinyin(self._pinyin_file, self._places)
        if builder is not None:
            self._stack.callback(builder.kill)  # begun anew at the next start
