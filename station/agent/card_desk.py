"""The question of the kiosk that its own station answers: which 便民服务卡 is held before the camera."""

import queue
import threading
from typing import Final

from station.agent.questions import LATE
from station.clock import Stamp
from station.devices.camera.port import Camera
from wire.orders import Ask, Reply

LOOK_MOST_S: Final = 20.0
FOUND: Final = "found"
NONE: Final = "none"


class CardDesk:
    """Used by the agent's loop; each look waits in a thread of its own, and a newer one ends the one before."""

    def __init__(self, camera: Camera | None) -> None:
        """Take the camera before which cards are held, already started; without one there are no cards."""
        self._camera = camera
        self._replies: queue.SimpleQueue[Reply] = queue.SimpleQueue()

    def look_for(self, ask: Ask, deadline_mono_ms: int, now: Stamp) -> None:
        """Begin to look, until the question's time is over; what came of it will be among `replies`."""
        within_s = min((deadline_mono_ms - now.mono_ms) / 1000, LOOK_MOST_S)
        if within_s <= 0:
            self._replies.put(Reply(ask.id, LATE))
        elif self._camera is None or _has_no_pictures(self._camera):
            self._replies.put(Reply(ask.id, NONE))
        else:
            arguments = (self._camera, ask, within_s)
            threading.Thread(target=self._look, args=arguments, name="service card", daemon=True).start()

    def replies(self) -> list[Reply]:
        """Return the replies that came since."""
        came = []
        while not self._replies.empty():
            came.append(self._replies.get())
        return came

    def _look(self, camera: Camera, ask: Ask, within_s: float) -> None:
        box = None
        try:
            box = camera.find_card(ask.reply_to, within_s)
        finally:
            self._replies.put(Reply(ask.id, NONE) if box is None else Reply(ask.id, FOUND, box))


def _has_no_pictures(camera: Camera) -> bool:
    """Say whether its stream is not there; a fault of the picture may be the very card that is held up."""
    status = camera.status()
    return status.state == "failed" and (status.code or "").startswith("E-CAM")
