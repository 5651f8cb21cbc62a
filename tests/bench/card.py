"""From a card on the reader to its name on the screen: the real kiosk in a terminal, the reader's twin on a pty."""

import statistics
import time
from pathlib import Path

from demo.processes import tool
from station.devices.reader.frames import Command, Frame
from station.devices.reader.simulated import SimulatedReader
from station.settings import ReaderSettings
from tests.bench.table import Figure
from tests.county import County
from tests.end_to_end.villager import WAY
from tests.terminal import Terminal

CARDS = 30
WAITING, ASKED = WAY[0][2], WAY[1][2]


class TimedReader(SimulatedReader):
    """The twin, telling when it last answered that a card is there: the read begins then."""

    def __init__(self, link: Path) -> None:
        super().__init__(link=link)
        self.found_at = 0.0
        answer = self.module.answer

        def timed(frame: Frame) -> bytes:
            reply = answer(frame)
            if frame.body[:2] == Command.FIND.value and reply[9] == 0x9F:
                self.found_at = time.monotonic()
            return reply

        self.module.answer = timed  # type: ignore[method-assign]


def measure(folder: Path) -> list[Figure]:
    """Place a card again and again and time until the kiosk asks whether it is theirs."""
    county = County(folder / "county")
    config = county.station(reader=ReaderSettings(str(folder / "reader")))
    reader = TimedReader(folder / "reader")
    reader.start()
    try:
        with Terminal([tool("station"), "kiosk", "--config", str(config)]) as kiosk:
            times = [_one(kiosk, reader) for _ in range(CARDS)]
    finally:
        reader.close()
    read_ms, placed_ms = sorted(read for read, _ in times), sorted(placed for _, placed in times)
    how = f"{CARDS} cards on the twin at 115200 baud, kiosk in a pty"
    return [
        Figure("read begun to name on screen, p50", statistics.median(read_ms), "ms", 400, how),
        Figure("read begun to name on screen, worst", read_ms[-1], "ms", 400, how),
        Figure(
            "card placed to name on screen, worst",
            placed_ms[-1],
            "ms",
            None,
            f"{how}; a card is looked for every 0.45 s",
        ),
    ]


def _one(kiosk: Terminal, reader: TimedReader) -> tuple[float, float]:
    # Not while half of the screen before is still drawn over.
    kiosk.wait_until(lambda shown: WAITING in shown and ASKED not in shown, WAITING, within_s=20)
    time.sleep(0.3)
    placed_at = time.monotonic()
    reader.place("resident")
    kiosk.wait_for(ASKED)
    shown_at = time.monotonic()
    reader.lift()
    kiosk.press("2")
    return (shown_at - reader.found_at) * 1000, (shown_at - placed_at) * 1000
