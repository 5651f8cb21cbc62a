"""Whether a village can be seen, and why not: from what its station last said of its cameras (pure)."""

from collections.abc import Sequence
from typing import Final

from hub.view import Cause
from wire.health import State, Video
from wire.life import CAMERA, CameraInfo, DeviceState
from wire.video import KIND_OF_CODE

FAULTS: Final = ("failed", "absent", "degraded")
"""The worst first."""


def video_of(state: State, cameras: Sequence[CameraInfo], devices: Sequence[DeviceState]) -> Video:
    """Return ok only while the station is online and every camera it has is ok; a fault is one that was said."""
    if state != "online":
        return "unknown"
    if cause_of(state, devices) is not None:
        return "fault"
    said = {device.device: device.state for device in devices if device.device.startswith(CAMERA)}
    expected = {CAMERA + camera.name for camera in cameras} | set(said)
    return "ok" if expected and all(said.get(camera) == "ok" for camera in expected) else "unknown"


def cause_of(state: State, devices: Sequence[DeviceState]) -> Cause | None:
    """Return why its picture is a fault, or None when it is none or nobody can know."""
    if state != "online":
        return None
    # The later of two entries for one camera is its state.
    cameras = {device.device: device for device in devices if device.device.startswith(CAMERA)}
    bad = [device for device in cameras.values() if device.state in FAULTS]
    if not bad:
        return None
    worst = min(bad, key=lambda device: FAULTS.index(device.state))
    kind = KIND_OF_CODE.get(worst.code or "")
    return Cause(worst.device.removeprefix(CAMERA), worst.state, worst.code, kind, worst.since_ms)
