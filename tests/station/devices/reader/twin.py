"""The real driver in front of the simulated twin, over a pty; waiting is for a condition, with a deadline."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from station.devices.reader.port import CardPlaced, ReaderEvent, ReaderReady, ReaderTrouble
from station.devices.reader.serial_port import SerialReader
from station.devices.reader.simulated import SimulatedReader

PATIENCE_S = 15.0


class Desk:
    """A twin, a driver on it, and all the driver has told."""

    def __init__(self, twin: SimulatedReader, reader: SerialReader) -> None:
        self.twin = twin
        self.reader = reader
        self.told: list[ReaderEvent] = []

    def wait(self, found: Callable[[ReaderEvent], bool], within_s: float = PATIENCE_S) -> ReaderEvent:
        """Return the first event, of those not yet waited for, that is meant; those before it are passed over."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            self.told += self.reader.events()
            while self.told:
                event = self.told.pop(0)
                if found(event):
                    return event
            time.sleep(0.001)
        raise AssertionError(f"not told within {within_s} s")

    def wait_ready(self) -> ReaderReady:
        event = self.wait(lambda event: isinstance(event, ReaderReady))
        assert isinstance(event, ReaderReady)
        return event

    def wait_card(self) -> CardPlaced:
        event = self.wait(lambda event: isinstance(event, CardPlaced))
        assert isinstance(event, CardPlaced)
        return event

    def wait_trouble(self) -> ReaderTrouble:
        event = self.wait(lambda event: isinstance(event, ReaderTrouble))
        assert isinstance(event, ReaderTrouble)
        return event


@contextmanager
def desk(
    tmp_path: Path, *, baud: int = 115200, driver_baud: int = 115200, plugged_in: bool = True, **twin_options: object
) -> Iterator[Desk]:
    twin = SimulatedReader(link=tmp_path / "reader", baud=baud, **twin_options)
    if plugged_in:
        twin.start()
    reader = SerialReader(twin.path, driver_baud)
    reader.start()
    try:
        yield Desk(twin, reader)
    finally:
        reader.close()
        twin.close()
