"""Large signs on the real screen: keys of foot's, pressed by a virtual keyboard (`wtype`), make its font larger."""

import logging
import shutil
import threading
from collections.abc import Mapping
from typing import Final

from station.kiosk.ports.process import run
from station.kiosk.ports.zoom import Zoom

logger = logging.getLogger(__name__)

USUAL_KEY: Final = "F24"
LARGER_KEY: Final = "F22"
"""As systemd/foot.ini binds them."""
STEPS: Final = 12
"""foot's step is half a point, 2/3 px: from 24 px to 32 px, from 85 by 20 to 64 by 15 cells on 1024 by 600 px."""
PRESS_WITHIN_S: Final = 2.0
"""80 ms is usual, the terminal's drawing included."""
CLOSE_WITHIN_S: Final = 1.0
NOT_ENLARGED: Final = "E-ZOOM-01 the terminal's signs were not made larger, is cage older than 0.2? 无法放大终端字号"


class NoZoom:
    """`Zoom` of a terminal that cannot."""

    def enlarge(self, large: bool) -> None:
        """Change nothing."""

    def close(self) -> None:
        """Leave all as it is."""


class WaylandZoom:
    """`Zoom` of foot with the kiosk's foot.ini, under a compositor with a virtual keyboard (cage from 0.2)."""

    def __init__(self, wtype: str) -> None:
        """Begin with the usual size, whatever an earlier kiosk left. `wtype` is the program's path."""
        self._wtype = wtype
        self._changed = threading.Condition()
        self._wanted = False
        self._shown: bool | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="zoom", daemon=True)
        self._thread.start()

    def enlarge(self, large: bool) -> None:
        """Show large signs, or the usual ones again; returns at once, and the last word counts."""
        with self._changed:
            if not self._closing:
                self._wanted = large
                self._changed.notify()

    def close(self) -> None:
        """Leave the usual size behind, but do not wait long for a program that hangs."""
        with self._changed:
            self._wanted = False
            self._closing = True
            self._changed.notify()
        self._thread.join(CLOSE_WITHIN_S)

    def _run(self) -> None:
        while True:
            with self._changed:
                while self._wanted == self._shown and not self._closing:
                    self._changed.wait()
                if self._wanted == self._shown:
                    return
                large = self._wanted
            self._press(large)
            # Shown or not: what failed is not tried again before the next wish.
            self._shown = large

    def _press(self, large: bool) -> None:
        # From the usual size on every time: how often it was pressed before does not matter.
        keys = [USUAL_KEY, *([LARGER_KEY] * STEPS if large else [])]
        if run([self._wtype, *(word for key in keys for word in ("-k", key))], b"", PRESS_WITHIN_S).code != 0:
            logger.warning(NOT_ENLARGED)


def zoom_of(environment: Mapping[str, str]) -> Zoom:
    """Return what enlarges this terminal's signs; `environment` is the process's, to which foot.ini adds a word."""
    wtype = shutil.which("wtype", path=environment.get("PATH"))
    if wtype is None or not environment.get("WAYLAND_DISPLAY") or environment.get("CUNCUNTONG_ZOOM") != "foot":
        return NoZoom()
    return WaylandZoom(wtype)
