"""Whether a village can be seen: from what its station last said of its cameras (pure)."""

from collections.abc import Sequence
from typing import Final

from wire.health import State, Video
from wire.life import CameraInfo, DeviceState

PREFIX: Final = "camera/"
FAULTS: Final = frozenset({"failed", "degraded", "absent"})


def video_of(state: State, cameras: Sequence[CameraInfo], devices: Sequence[DeviceState]) -> Video:
    """Return ok only while the station is online and every camera it has is ok; a fault is one that was said."""
    if state != "online":
        return "unknown"
    said = {device.device: device.state for device in devices if device.device.startswith(PREFIX)}
    if any(word in FAULTS for word in said.values()):
        return "fault"
    expected = {PREFIX + camera.name for camera in cameras} | set(said)
    return "ok" if expected and all(said.get(camera) == "ok" for camera in expected) else "unknown"
