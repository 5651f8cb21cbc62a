"""What goes wrong with probing itself: told once, until it is over (thread-safe); and why an order is refused."""

import threading
from typing import Final

from wire.records import DeviceEvent

DEVICE: Final = "line"
NO_SOCKET: Final = "E-PROBE-01"
FAILED: Final = "E-PROBE-02"
NO_REFLECTOR: Final = "E-PROBE-03"
NO_SESSION: Final = "E-PROBE-04"
BUSY: Final = "E-PROBE-05"
NOT_SET_UP: Final = "E-PROBE-06"
SWITCHED_OFF: Final = "E-PROBE-07"
CAMERAS_NOT_ASKED: Final = "E-PROBE-10"


class Troubles:
    """Collects what is to be recorded."""

    def __init__(self) -> None:
        """Begin without any."""
        self._guard = threading.Lock()
        self._standing: set[str] = set()
        self._events: list[DeviceEvent] = []

    def tell(self, code: str, note: str = "") -> bool:
        """Have this recorded unless it stands already; say whether it is news. `note` holds no address."""
        with self._guard:
            if code in self._standing:
                return False
            self._standing.add(code)
            self._events.append(DeviceEvent(DEVICE, code, note=note[:200]))
            return True

    def over(self, code: str) -> None:
        """Take it as over: when it comes again it is told again."""
        with self._guard:
            self._standing.discard(code)

    def events(self) -> list[DeviceEvent]:
        """Return what is to be recorded since the last call."""
        with self._guard:
            events, self._events = self._events, []
            return events
